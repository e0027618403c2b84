/*
 * weft_plugin.h -- all that an author of a plugin in C needs.  README.md beside it has a complete
 * example.
 *
 * A plugin is a program that reads requests from standard input and writes answers to standard
 * output, a JSON document a line (UTF-8, at most 1 MiB); its standard error goes to Weft's log. The
 * author fills a table of verbs and calls weft_plugin_main(), which does the rest: reading lines,
 * checking requests, calling verbs, writing answers.
 *
 *     request    {"id": 7, "verb": "apply", "resource": {...}, "settings": {...}}
 *     answer     {"id": 7, "ok": true, "result": {...}}
 *     failure    {"id": 7, "ok": false, "error": {"message": "...", "retry": true}}
 *
 * A resource is {product, version, role: storage|compute, name, owner, domain, classification,
 * retention, retention_seconds, quota, settings, columns: [{name, type, nullable, key, pii,
 * classification}], checks: [{kind, columns, within_seconds, values, least, most}], access: [{role,
 * level, columns}]}; what the product does not say is absent. `access` is everyone who may have
 * access now; of a `revoke` it is those who must lose it.
 *
 * `resource.settings` is what the product's owner wrote; the request's own `settings` come from
 * Weft: {root: folder where this plugin may keep things, deadline_seconds: how long Weft waits for
 * the answer before it kills the plugin}.
 *
 * EVERY VERB IS IDEMPOTENT: Weft calls it again after a crash of either side, and the second call
 * must end where the first did.  Verbs that a plugin does not have stay NULL; `describe` is
 * answered from the table.
 *
 * Values are jansson's (jansson.readthedocs.io).  A verb gives a new reference to its result, or
 * NULL after filling in the failure.
 */
#ifndef WEFT_PLUGIN_H
#define WEFT_PLUGIN_H

#include <jansson.h>
#include <stdbool.h>

struct weft_failure {
	char message[500]; /* for the product's owner: what, which value, what would be right */
	bool retry;        /* may work later without anyone changing the wish */
};

/* weft_fail -- fill in the failure and give NULL, to be returned by a verb. */
json_t *weft_fail(struct weft_failure *failure, bool retry, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef json_t *weft_verb(const json_t *resource, const json_t *settings,
			  struct weft_failure *failure);

struct weft_plugin {
	const char *name;
	const char *description;
	const char *const *roles;    /* NULL-terminated: "storage", "compute" */
	const char *settings_schema; /* JSON Schema of what `settings` of a wish may hold */

	weft_verb *validate; /* is the wish one that this plugin can grant?  {} */
	weft_verb *observe;  /* {exists, ...}: what there is */
	/* {changes: ["create folder ...", ...]}: what apply would do; empty when nothing */
	weft_verb *plan;
	weft_verb *apply;   /* make it so: {location, ...} */
	weft_verb *destroy; /* {} */
	weft_verb *grant;   /* give the access that the resource says */
	weft_verb *revoke;  /* take it */
	weft_verb
	    *check; /* {passed, checks: [{check, columns, passed, message, failing, observed}]} */
	weft_verb *retain; /* remove what is older than the retention: {removed} */
};

/* weft_plugin_main -- answer requests until standard input ends.  Gives the exit status. */
int weft_plugin_main(const struct weft_plugin *plugin);

/*
 * weft_plugin_answer -- what weft_plugin_main() does with one line: the answer's line, to be freed.
 * For tests of a plugin.
 */
char *weft_plugin_answer(const struct weft_plugin *plugin, const char *line, size_t length);

/*
 * Shortcuts for reading a resource: the member's text or number, or `otherwise` when it is absent
 * or something else.
 */
const char *weft_text(const json_t *object, const char *key, const char *otherwise);
json_int_t weft_number(const json_t *object, const char *key, json_int_t otherwise);

/*
 * weft_bytes -- an amount as people write it: "500 MB", "10 GB" (1000 each), "8 GiB" (1024);
 * false when it is none.
 */
bool weft_bytes(const char *text, json_int_t *ret_bytes);

/*
 * weft_is_name -- may this name a file?  Letters, digits, "_", "-" and ".", not first a point, at
 * most 200 bytes: so no way out of a folder.  Weft checks names too; a plugin that makes paths of
 * them checks again.
 */
bool weft_is_name(const char *name);

#endif
