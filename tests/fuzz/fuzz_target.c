/*
 * fuzz_target.c -- request targets: what was taken apart is put together, escaped wholly, and taken
 * apart again as the same; what handlers ask of the query is within its bounds or complained of.
 */
#include "base/utf8.h"

#include "fuzz.h"
#include "one_request.h"

static void
escape(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_printf(out, "%%%02X", (unsigned char)*text);
}

static void
put_together(const struct target *t, struct buf *out)
{
	for (size_t i = 0; i < t->part_count; i++) {
		buf_char(out, '/');
		escape(out, t->parts[i]);
	}
	for (size_t i = 0; i < t->pair_count; i++) {
		buf_char(out, i ? '&' : '?');
		escape(out, t->pairs[i].name);
		buf_char(out, '=');
		escape(out, t->pairs[i].value);
	}
}

static void
check_same(const struct target *a, const struct target *b)
{
	MUST(a->part_count == b->part_count && a->pair_count == b->pair_count);
	for (size_t i = 0; i < a->part_count; i++)
		MUST(strcmp(a->parts[i], b->parts[i]) == 0);
	for (size_t i = 0; i < a->pair_count; i++) {
		MUST(strcmp(a->pairs[i].name, b->pairs[i].name) == 0);
		MUST(strcmp(a->pairs[i].value, b->pairs[i].value) == 0);
	}
}

static void
check_texts(const struct target *t)
{
	MUST(t->part_count >= 1 && t->part_count <= TARGET_MOST_PARTS);
	MUST(t->pair_count <= TARGET_MOST_PAIRS);
	for (size_t i = 0; i < t->part_count; i++) {
		MUST(utf8_check(t->parts[i], strlen(t->parts[i])) == strlen(t->parts[i]));
		for (const char *p = t->parts[i]; *p; p++)
			MUST((unsigned char)*p >= ' ' && *p != 0x7f);
	}
}

static void
check_again(const struct target *t, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct target again;
	struct err e;
	put_together(t, &text);
	if (text.length > TARGET_MOST_BYTES)
		return;
	MUST(!target_parse(text.data, arena, &again, &e));
	check_same(t, &again);
}

static void
check_query(const struct request *rq, const struct target *t)
{
	static const char *const known[] = {"limit", "cursor", "as_of", NULL};
	struct err e = {0};
	for (size_t i = 0; i < t->pair_count; i++) {
		const char *name = t->pairs[i].name;
		uint64_t number = 0;
		bool flag;
		MUST(request_query(rq, name));
		if (request_query_number(rq, name, 5, 1000, 50, &number, &e))
			MUST(e.code == ERR_MALFORMED && e.message[0]);
		else
			MUST(number >= 5 && number <= 1000);
		if (request_query_flag(rq, name, &flag, &e))
			MUST(e.code == ERR_MALFORMED && e.message[0]);
	}
	if (request_only(rq, known, &e))
		MUST(e.code == ERR_MALFORMED && e.message[0] && t->pair_count > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct one_request r;
	struct err e = {0};
	char *text = fuzz_text(bytes, length);
	one_request_init(&r);
	struct target *t = &r.exchange.target;
	if (target_parse(text, &r.exchange.arena, t, &e)) {
		MUST(e.code == ERR_MALFORMED && e.message[0] && t->path && t->query);
	} else {
		check_texts(t);
		check_again(t, &r.exchange.arena);
		check_query(&r.exchange.rq, t);
	}
	one_request_done(&r);
	free(text);
	return 0;
}
