/*
 * fuzz_event.c -- an event that was read is written, and read again as the same: body, leaf and
 * text.
 */
#include <string.h>

#include "proof/event.h"

#include "fuzz.h"

static void
write_event(const struct event *ev, struct buf *out)
{
	event_write(ev, &(struct json){.out = out});
}

static void
check_round_trip(const struct event *ev, struct arena *arena)
{
	CLEANUP(buf_done) struct buf first = {0}, second = {0};
	const struct document_limits wide = {(size_t)64 << 20, document_default_limits.nodes, 64};
	struct node map;
	struct event again;
	struct digest stated, leaf = event_leaf(ev);
	struct err e;
	write_event(ev, &first);
	if (document_read(DOCUMENT_JSON, first.data, first.length, &wide, arena, &map, &e)) {
		MUST(e.code == ERR_TOO_LARGE); /* body_sha256 and leaf may be more than there was */
		return;
	}
	MUST(!event_read(&map, arena, &again, &stated, &e));
	MUST(digest_equal(&stated, &leaf));
	MUST(!ev->body == !again.body && ev->body_length == again.body_length);
	MUST(!ev->body || memcmp(ev->body, again.body, ev->body_length) == 0);
	write_event(&again, &second);
	MUST(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct arena arena = {0};
	struct node map;
	struct event ev;
	struct digest stated;
	struct err e;
	if (!document_read(DOCUMENT_JSON, (const char *)bytes, length, NULL, &arena, &map, &e)) {
		if (event_read(&map, &arena, &ev, &stated, &e))
			MUST(e.code == ERR_MALFORMED && e.message[0] != '\0' && e.at.line > 0);
		else
			check_round_trip(&ev, &arena);
	}
	arena_done(&arena);
	return 0;
}
