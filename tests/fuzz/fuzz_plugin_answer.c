/*
 * fuzz_plugin_answer.c -- lines that a plugin says.
 *
 * What is taken has a result that is a map, or a message in one line that can be written into an
 * event and read again.
 */
#include <string.h>

#include "base/json.h"

#include "fuzz.h"
#include "plugin_answer.h"

static void
check_message(const char *message, struct arena *arena)
{
	struct err e;
	struct node again;
	CLEANUP(buf_done) struct buf text = {0};
	json_text(&(struct json){.out = &text}, message);
	MUST(!strchr(message, '\n') && strlen(message) <= 500);
	MUST(document_read(DOCUMENT_JSON, text.data, text.length, NULL, arena, &again, &e) ==
	     ERR_OK);
	MUST(strcmp(again.text, message) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct plugin_answer answer;
	struct err e = {0};
	enum err_code code =
	    plugin_answer_read((const char *)bytes, length, 7, &arena, &answer, &e);
	MUST(code == ERR_OK || (code == ERR_UNREACHABLE && e.message[0]));
	if (code == ERR_OK && answer.ok)
		MUST(answer.result->kind == NODE_MAP);
	else if (code == ERR_OK)
		check_message(answer.message, &arena);
	return 0;
}
