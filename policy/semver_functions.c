/*
 * semver_functions.c -- semantic versions (base/semver.h), named as Kubernetes names them in its
 * expressions.
 *
 * A version is a map of its parts behind a type of its own: fields of it cannot be selected, and
 * what is no version cannot be compared with one.
 */
#include "base/semver.h"

#include "governance_functions.h"

static bool
parse(struct cel_run *run, struct cel_value text, struct semver *ret_version)
{
	const char *copy = arena_bytes(cel_arena(run), text.text, text.count);
	return strlen(copy) == text.count && semver_parse(copy, cel_arena(run), ret_version) &&
	       ret_version->major <= INT64_MAX && ret_version->minor <= INT64_MAX &&
	       ret_version->patch <= INT64_MAX;
}

static struct cel_value
is_semver(struct cel_run *run, const struct cel_value *v)
{
	struct semver version;
	return cel_bool(parse(run, *v, &version));
}

static struct cel_value
key(const char *text)
{
	return cel_string(text, strlen(text));
}

static struct cel_value
semver(struct cel_run *run, const struct cel_value *v)
{
	struct semver version;
	if (!parse(run, *v, &version)) {
		CLEANUP(buf_done) struct buf shown = {0};
		cel_format(*v, 60, &shown);
		return cel_fail(run, "%s is no semantic version, such as \"1.4.0\"", shown.data);
	}
	const struct cel_entry parts[] = {
	    {key("major"), cel_int((int64_t)version.major)},
	    {key("minor"), cel_int((int64_t)version.minor)},
	    {key("patch"), cel_int((int64_t)version.patch)},
	    {key("prerelease"), key(version.prerelease)},
	};
	return cel_map_of(cel_arena(run), parts, ARRAY_LEN(parts));
}

/* Only what semver() made has these parts; a map that came in as `dyn` may lack them. */
static bool
parts_of(struct cel_run *run, struct cel_value v, struct semver *ret_version)
{
	struct cel_value major, minor, patch, prerelease;
	if (!member_of(v, "major", &major) || !member_of(v, "minor", &minor) ||
	    !member_of(v, "patch", &patch) || !member_of(v, "prerelease", &prerelease) ||
	    major.kind != CEL_INT || minor.kind != CEL_INT || patch.kind != CEL_INT ||
	    prerelease.kind != CEL_STRING)
		return false;
	*ret_version = (struct semver){
	    .major = major.natural,
	    .minor = minor.natural,
	    .patch = patch.natural,
	    .prerelease = arena_bytes(cel_arena(run), prerelease.text, prerelease.count),
	};
	return true;
}

static struct cel_value
not_one(struct cel_run *run)
{
	return cel_fail(run, "it is no semantic version: semver(\"1.4.0\") makes one");
}

static struct cel_value
major(struct cel_run *run, const struct cel_value *v)
{
	struct semver version;
	return parts_of(run, *v, &version) ? cel_int((int64_t)version.major) : not_one(run);
}

static struct cel_value
minor(struct cel_run *run, const struct cel_value *v)
{
	struct semver version;
	return parts_of(run, *v, &version) ? cel_int((int64_t)version.minor) : not_one(run);
}

static struct cel_value
patch(struct cel_run *run, const struct cel_value *v)
{
	struct semver version;
	return parts_of(run, *v, &version) ? cel_int((int64_t)version.patch) : not_one(run);
}

static struct cel_value
compare(struct cel_run *run, const struct cel_value *v)
{
	struct semver a, b;
	if (!parts_of(run, v[0], &a) || !parts_of(run, v[1], &b))
		return not_one(run);
	int order = semver_compare(&a, &b);
	return cel_int((order > 0) - (order < 0));
}

static struct cel_value
is_less(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value order = compare(run, v);
	return cel_is_error(order) ? order : cel_bool(order.integer < 0);
}

static struct cel_value
is_greater(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value order = compare(run, v);
	return cel_is_error(order) ? order : cel_bool(order.integer > 0);
}

/* While major is 0, minor versions break (section 4 of semver.org leaves it open; Weft's reading).
 */
static struct cel_value
breaks(struct cel_run *run, const struct cel_value *v)
{
	struct semver from, to;
	if (!parts_of(run, v[0], &to) || !parts_of(run, v[1], &from))
		return not_one(run);
	bool early = from.major == 0 && to.major == 0;
	return cel_bool(early ? to.minor > from.minor : to.major > from.major);
}

// clang-format off
const struct cel_function semver_functions[] = {
	{"isSemver",      "(string) bool",          is_semver,  "whether the text is a semantic version"},
	{"semver",        "(string) semver",        semver,     "the version that a text names: `semver(product.version)`"},
	{"major",         "semver.() int",          major,      "its first number"},
	{"minor",         "semver.() int",          minor,      "its second number"},
	{"patch",         "semver.() int",          patch,      "its third number"},
	{"compareTo",     "semver.(semver) int",    compare,    "-1 when it is below the other, 0 when they are the same, 1 when it is above"},
	{"isLessThan",    "semver.(semver) bool",   is_less,    "whether it is below the other"},
	{"isGreaterThan", "semver.(semver) bool",   is_greater, "whether it is above the other"},
	{"isBreakingAfter", "semver.(semver) bool", breaks,     "whether it announces that readers of the other break: a higher major number, or while that is 0 a higher minor one"},
	{0},
};
// clang-format on
