/*
 * fuzz_projection.c -- events as a log may hold them, applied to a small catalog: what is refused
 * leaves nothing, and what is taken gives the same rows every time.
 *
 * The input is a few events: "KIND SUBJECT", a line feed, and the body up to the next record
 * separator (0x1e).  Everything happens within transactions that never commit.
 */
#include "base/utf8.h"
#include "catalog/rebuild.h"

#include "db.h"
#include "fuzz.h"
#include "scratch.h"
#include "search_index.h"
#include "store_parts.h"

enum { MOST_EVENTS = 8 };

struct story {
	struct {
		const char *kind, *subject, *body;
		bool is_bad;
	} events[MOST_EVENTS];
	size_t count;
};

/* Cut where it stands; what has no kind or subject is no event. */
static void
read_story(char *text, struct story *ret_story)
{
	*ret_story = (struct story){.count = 0};
	for (char *next = text; next && ret_story->count < MOST_EVENTS;) {
		char *body = strsep(&next, "\x1e");
		const char *kind = strsep(&body, " ");
		const char *subject = strsep(&body, "\n");
		if (!body || !*kind || !*subject)
			continue;
		ret_story->events[ret_story->count].kind = kind;
		ret_story->events[ret_story->count].subject = subject;
		ret_story->events[ret_story->count++].body = body;
	}
}

static void
check_index(struct session *s)
{
	struct err e = {0};
	size_t count;
	MUST(!search_index_follow(s, SEARCH_MOST_PENDING, &count, &e));
	MUST(!db_run(s->db,
		     "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)",
		     DB_NO_ARGS, &e));
}

static struct projection_digests
look(struct session *s, struct arena *arena)
{
	struct projection_digests digests = {0};
	struct err e;
	MUST(!projection_digests(s, arena, &digests, &e));
	return digests;
}

static void
check_same(const struct projection_digests *now, const struct projection_digests *before)
{
	for (size_t i = 0; i < now->count; i++) {
		MUST(now->items[i].rows == before->items[i].rows);
		MUST(digest_equal(&now->items[i].digest, &before->items[i].digest));
	}
}

static enum err_code
append(struct session *s, const struct story *story, size_t i)
{
	CLEANUP(buf_done) struct buf body = {0};
	struct err e = {0};
	buf_text(&body, story->events[i].body);
	enum err_code code = event_append(s, "fuzz", story->events[i].kind,
					  story->events[i].subject, &body, NULL, &e);
	MUST(code == ERR_OK || e.message[0]);
	MUST(code != ERR_INTERNAL && code != ERR_CORRUPT && code != ERR_BUSY);
	return code;
}

/* In one session, as a batch is; gives false after the first that is refused, which is marked. */
static bool
tell(struct session *s, struct story *story)
{
	for (size_t i = 0; i < story->count; i++) {
		if (story->events[i].is_bad)
			continue;
		story->events[i].is_bad = append(s, story, i) != ERR_OK;
		if (story->events[i].is_bad)
			return false;
	}
	check_index(s);
	return true;
}

/* The whole of it is told again without an event that was refused, as the commit queue does. */
static bool
tell_anew(struct story *story, struct arena *arena, struct projection_digests *ret_digests)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct err e;
	MUST(!store_write(scratch_store(), &s, &e));
	bool told = tell(s, story);
	if (told)
		*ret_digests = look(s, arena);
	return told;
}

static void
check_story(struct story *story, struct arena *arena)
{
	struct projection_digests before = {0}, after = {0}, again = {0};
	struct story nothing = {.count = 0};
	tell_anew(&nothing, arena, &before);
	while (!tell_anew(story, arena, &after)) {
		tell_anew(&nothing, arena, &again);
		check_same(&again, &before);
	}
	MUST(tell_anew(story, arena, &again));
	check_same(&again, &after);
	tell_anew(&nothing, arena, &again);
	check_same(&again, &before);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct story story;
	char *text = fuzz_text(bytes, length);
	read_story(text, &story);
	if (story.count > 0)
		check_story(&story, &arena);
	free(text);
	return 0;
}
