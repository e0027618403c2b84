/*
 * event_stream.c -- from bytes to lines, from lines to events.
 */
#include "event_stream.h"

#include <string.h>

/* An event of Weft is at most some megabytes; a stream without an end of line is none of ours. */
enum { LONGEST = 64 << 20 };

/* An empty line ends an event.  The data has one line feed too many, behind its last line. */
static void
end_event(struct event_stream *s)
{
	if (s->data.length > 0)
		s->ended = !s->take(s->user, s->data.data, s->data.length - 1);
	buf_clear(&s->data);
}

static void
end_line(struct event_stream *s)
{
	if (s->line.length == 0) {
		end_event(s);
		return;
	}
	const char *line = s->line.data;
	if (!strncmp(line, "data:", 5)) {
		line += line[5] == ' ' ? 6 : 5;
		buf_append(&s->data, line, s->line.length - (size_t)(line - s->line.data));
		buf_char(&s->data, '\n');
	}
	buf_clear(&s->line);
}

static void
take_byte(struct event_stream *s, char c)
{
	bool second_of_pair = c == '\n' && s->after_return;
	s->after_return = c == '\r';
	if (second_of_pair)
		return;
	if (c == '\n' || c == '\r')
		end_line(s);
	else
		buf_char(&s->line, c);
}

bool
event_stream_feed(struct event_stream *s, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && !s->ended; i++)
		take_byte(s, bytes[i]);
	if (s->line.length + s->data.length > LONGEST)
		s->ended = true;
	return !s->ended;
}

void
event_stream_done(struct event_stream *s)
{
	buf_done(&s->line);
	buf_done(&s->data);
}
