/*
 * fuzz_duration.c -- lengths of time: what is written reads back as the same, and comparing is in
 * order.
 */
#include "base/duration.h"

#include "fuzz.h"

static void
check_pair(struct duration a, struct duration b)
{
	MUST(duration_at_least(a, a));
	MUST(duration_shortest(a) <= duration_longest(a));
	if (duration_shortest(a) >= duration_longest(b))
		MUST(duration_at_least(a, b));
	if (duration_longest(a) < duration_shortest(b))
		MUST(!duration_at_least(a, b));
}

static void
check_text(struct duration d)
{
	char text[DURATION_TEXT_SIZE];
	struct duration again;
	struct err e;
	duration_format(d, text);
	MUST(!duration_parse(text, &again, &e));
	MUST(again.months == d.months && again.micros == d.micros);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct duration d, other = {84, 12345};
	struct err e = {0};
	char *text = fuzz_text(bytes, length);
	if (duration_parse(text, &d, &e)) {
		MUST(e.code == ERR_MALFORMED && e.message[0] != '\0');
	} else {
		MUST(d.months >= 0 && d.months <= 120000 && d.micros >= 0);
		check_text(d);
		check_pair(d, other);
		check_pair(other, d);
	}
	free(text);
	return 0;
}
