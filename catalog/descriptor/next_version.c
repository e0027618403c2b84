/*
 * next_version.c -- which version a change needs, and whether the one that is written announces it.
 */
#include "compat.h"

static const char *
format(const struct semver *v, struct arena *arena)
{
	return arena_printf(arena, "%llu.%llu.%llu", (unsigned long long)v->major,
			    (unsigned long long)v->minor, (unsigned long long)v->patch);
}

/*
 * The lowest release above `v` that announces changes of `level`.  While major is 0 everything
 * counts one place lower. A prerelease announces what its release will: behind 2.0.0-rc.1 a
 * breaking change makes 2.0.0, not 3.0.0.
 */
static struct semver
next_version(struct semver v, enum change_level level)
{
	bool early = v.major == 0, prerelease = *v.prerelease != '\0';
	struct semver next = {v.major, v.minor, v.patch, ""};
	if (level == CHANGE_MAJOR && !early) {
		if (!prerelease || v.minor != 0 || v.patch != 0)
			next = (struct semver){v.major + 1, 0, 0, ""};
	} else if (level == CHANGE_MAJOR || (level == CHANGE_MINOR && !early)) {
		if (!prerelease || v.patch != 0)
			next = (struct semver){v.major, v.minor + 1, 0, ""};
	} else if (!prerelease) {
		next.patch++;
	}
	return next;
}

static struct position
version_place(const struct descriptor *d)
{
	const struct node *version = node_get(d->document, "version");
	return version ? version->at : d->at;
}

/* The version itself is complained of, and each change that it does not announce. */
static void
complain_of_breaking(const struct changes *changes, const struct descriptor *after,
		     const char *before, const char *needed, struct violations *violations)
{
	size_t breaking = 0;
	while (breaking < changes->count && changes->items[breaking].level == CHANGE_MAJOR)
		breaking++;
	violation_note(violations, "version", "/version", version_place(after),
		       "version %s follows %s, but %zu breaking change%s need%s %s or above",
		       after->version, before, breaking, breaking == 1 ? "" : "s",
		       breaking == 1 ? "s" : "", needed)
	    ->suggestion = needed;
	for (size_t i = 0; i < breaking; i++) {
		const struct change *c = &changes->items[i];
		violation_note(violations, "version", c->pointer,
			       c->at.line ? c->at : version_place(after),
			       "%s, which breaks those who read version %s", c->message, before)
		    ->suggestion = arena_printf(violations->arena, "version: %s", needed);
	}
}

const char *
version_choose(const char *before, const struct changes *changes, const struct descriptor *after,
	       struct violations *violations)
{
	struct arena *arena = violations->arena;
	struct semver old, written;
	if (!before || !semver_parse(before, arena, &old))
		return after->version ? after->version : "1.0.0";

	struct semver next = next_version(old, changes->level);
	const char *needed = changes->level == CHANGE_NONE ? before : format(&next, arena);
	if (!after->version || !semver_parse(after->version, arena, &written))
		return needed;

	/* A prerelease of the version that is needed announces as much as that version. */
	struct semver core = {written.major, written.minor, written.patch, ""};
	int order = semver_compare(&written, &old);
	if (order < 0 || (order == 0 && changes->level > CHANGE_NONE))
		violation_note(violations, "version", "/version", version_place(after),
			       "version %s is not above %s, the version before", after->version,
			       before)
		    ->suggestion = needed;
	else if (changes->level == CHANGE_MAJOR && semver_compare(&core, &next) < 0)
		complain_of_breaking(changes, after, before, needed, violations);
	return after->version;
}
