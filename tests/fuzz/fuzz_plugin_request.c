/*
 * fuzz_plugin_request.c -- lines that a plugin is sent.
 *
 * Whatever comes, the SDK answers with one line of JSON that says whether it is ok and, unless the
 * request's id could not be read, to which request.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "weft_plugin.h"

/* Reads everything of the request that it can reach, and answers it. */
static json_t *
echo(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	json_int_t bytes = 0;
	const char *quota = weft_text(resource, "quota", "");
	if (!weft_is_name(weft_text(resource, "product", "")))
		return weft_fail(failure, true, "'%s' is no name",
				 weft_text(resource, "product", ""));
	if (weft_bytes(quota, &bytes) && bytes <= 0)
		abort();
	return json_pack("{s:O, s:s, s:I}", "resource", (json_t *)resource, "root",
			 weft_text(settings, "root", ""), "bytes", bytes);
}

static const char *const roles[] = {"storage", NULL};
static const struct weft_plugin plugin = {
    .name = "fuzz", .roles = roles, .apply = echo, .check = echo};

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	json_error_t where;
	char *line = weft_plugin_answer(&plugin, (const char *)bytes, length);
	MUST(line && !strchr(line, '\n'));
	json_t *answer = json_loads(line, 0, &where);
	MUST(json_is_boolean(json_object_get(answer, "ok")));
	MUST(json_object_get(answer,
			     json_is_true(json_object_get(answer, "ok")) ? "result" : "error"));
	json_decref(answer);
	free(line);
	return 0;
}
