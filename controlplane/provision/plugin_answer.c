/*
 * plugin_answer.c -- see plugin_answer.h.
 */
#include "plugin_answer.h"

#include <string.h>

enum { MESSAGE_MOST = 500 };

/* At most `most` bytes of the text, without splitting a character. */
static size_t
cut(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

/* A message goes to logs, events and screens: bounded, and in one line. */
static const char *
message_of(const struct node *error, struct arena *arena)
{
	const char *text = node_text(error, "message", "");
	if (!*text)
		return "the plugin gave no reason";
	char *message = arena_bytes(arena, text, cut(text, strlen(text), MESSAGE_MOST));
	for (char *p = message; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return message;
}

static enum err_code
read_failure(const struct node *root, struct arena *arena, struct plugin_answer *ret_answer,
	     struct err *e)
{
	const struct node *error = node_get(root, "error");
	if (!error || error->kind != NODE_MAP)
		return ERR(e, UNREACHABLE, "answered a failure without its error");
	*ret_answer = (struct plugin_answer){
	    .message = message_of(error, arena),
	    .retry = node_bool(error, "retry", true),
	};
	return ERR_OK;
}

enum err_code
plugin_answer_read(const char *line, size_t length, int64_t id, struct arena *arena,
		   struct plugin_answer *ret_answer, struct err *e)
{
	struct err why = {0};
	struct node *root = ARENA_NEW(arena, struct node);
	if (document_read(DOCUMENT_JSON, line, length, NULL, arena, root, &why) != ERR_OK)
		return ERR(e, UNREACHABLE, "answered what is no JSON: %s", why.message);
	const struct node *ok = node_get(root, "ok");
	if (node_int(root, "id", -1) != id)
		return ERR(e, UNREACHABLE, "answered to another request than it was sent");
	if (!ok || ok->kind != NODE_BOOL)
		return ERR(e, UNREACHABLE, "answered without saying whether it is ok");
	if (!ok->boolean)
		return read_failure(root, arena, ret_answer, e);
	const struct node *result = node_get(root, "result");
	if (!result || result->kind != NODE_MAP)
		return ERR(e, UNREACHABLE, "answered without a result");
	*ret_answer = (struct plugin_answer){.ok = true, .result = result};
	return ERR_OK;
}
