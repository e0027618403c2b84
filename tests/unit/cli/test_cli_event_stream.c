/*
 * test_cli_event_stream.c -- streams of events, cut anywhere.
 */
#include <string.h>

#include "cmocka_first.h"
#include "event_stream.h"

static struct buf seen; /* the data of each event, a "|" behind each */
static size_t wanted;

static bool
take(void *user, const char *data, size_t length)
{
	(void)user;
	buf_append(&seen, data, length);
	buf_char(&seen, '|');
	return --wanted > 0;
}

/* Feed the text in pieces of `piece` bytes; gives whether more was wanted at the end. */
static bool
feed(const char *text, size_t piece, size_t most)
{
	struct event_stream s = {.take = take};
	bool goes_on = true;
	buf_clear(&seen);
	wanted = most;
	for (size_t i = 0; i < strlen(text) && goes_on; i += piece)
		goes_on = event_stream_feed(&s, text + i,
					    strlen(text + i) < piece ? strlen(text + i) : piece);
	event_stream_done(&s);
	return goes_on;
}

static void
events_come_whole_wherever_the_stream_is_cut(void **state)
{
	(void)state;
	static const char text[] = ": heartbeat\n\nid: 1\nevent: x\ndata: "
				   "one\n\ndata:two\r\n\r\ndata: three\r\rdata: 4\ndata: 5\n\n";
	for (size_t piece = 1; piece < sizeof text; piece++) {
		assert_true(feed(text, piece, 100));
		assert_string_equal(seen.data, "one|two|three|4\n5|");
	}
}

static void
what_is_not_ended_is_no_event(void **state)
{
	(void)state;
	feed("data: one\n\ndata: two\n", 3, 100);
	assert_string_equal(seen.data, "one|");
	feed("data: one\n\nid: 7\n\n", 3, 100);
	assert_string_equal(seen.data, "one|");
}

static void
an_empty_data_line_is_an_empty_event(void **state)
{
	(void)state;
	feed("data\n\ndata:\n\ndatum: x\n\n", 1, 100);
	assert_string_equal(seen.data, "|");
}

static void
reading_ends_when_no_more_is_wanted(void **state)
{
	(void)state;
	assert_false(feed("data: one\n\ndata: two\n\ndata: three\n\n", 100, 2));
	assert_string_equal(seen.data, "one|two|");
}

static int
free_all(void **state)
{
	(void)state;
	buf_done(&seen);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_come_whole_wherever_the_stream_is_cut),
	    cmocka_unit_test(what_is_not_ended_is_no_event),
	    cmocka_unit_test(an_empty_data_line_is_an_empty_event),
	    cmocka_unit_test(reading_ends_when_no_more_is_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, free_all);
}
