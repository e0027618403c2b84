/*
 * plugin_answer.h -- one line of a plugin, which may be anything.
 */
#ifndef WEFT_PROVISION_PLUGIN_ANSWER_H
#define WEFT_PROVISION_PLUGIN_ANSWER_H

#include "base/arena.h"
#include "base/document.h"
#include "base/err.h"

enum { PLUGIN_LINE_MOST = 1024 * 1024 }; /* bytes, of a request as well */

struct plugin_answer {
	bool ok;
	const struct node *result; /* when ok: a map */
	const char *message;       /* when not ok: the plugin's own words */
	bool retry;
};

/*
 * plugin_answer_read -- the answer to the request `id`.  Fails: ERR_UNREACHABLE with what is wrong;
 * a plugin that says such a thing cannot be trusted to say the next right either.
 */
enum err_code plugin_answer_read(const char *line, size_t length, int64_t id, struct arena *arena,
				 struct plugin_answer *ret_answer, struct err *e);

#endif
