/*
 * plugin.h -- one plugin: a program that is started when it is needed, spoken to by one caller at a
 * time, and killed when it does not keep to the contract (plugins/weft_plugin.h).
 *
 *     ready    it described itself, and the last call was answered
 *     broken   it hung, died in a call, or answered nonsense; it is started again when somebody
 * needs it, but not before a pause that doubles with each failure in a row
 *
 * Shared by threads.
 */
#ifndef WEFT_PROVISION_PLUGIN_H
#define WEFT_PROVISION_PLUGIN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/metrics.h"

#include "plugin_answer.h"

struct plugin;

struct plugin_options {
	const char *name;
	const char *path;    /* of the program */
	const char *root;    /* the folder where it may keep things; also its working directory */
	const char *secrets; /* the file with its own environment; need not exist */
	int64_t deadline;    /* seconds for one call */
	int64_t pause_first, pause_longest; /* seconds before a broken one is started again */
	struct metrics *metrics;
};

/* plugin_create -- copies the options; starts nothing. */
struct plugin *plugin_create(const struct plugin_options *options);
void plugin_destroy(struct plugin *p); /* ends the process, too */

const char *plugin_name(const struct plugin *p);

/*
 * plugin_describe -- start it if it is not running, so that what it can do is known.  Fails as
 * plugin_call() does.
 */
enum err_code plugin_describe(struct plugin *p, int64_t deadline, struct err *e);

/* Does it offer the role, has it the verb?  False while it never described itself. */
bool plugin_has_role(struct plugin *p, const char *role);
bool plugin_has_verb(struct plugin *p, const char *verb);

/* plugin_roles -- "storage, compute", in `arena`. */
const char *plugin_roles(struct plugin *p, struct arena *arena);

struct plugin_call {
	const char *verb;
	const char *resource; /* JSON */
	int64_t patience;     /* microseconds; see lane.h */
};

/*
 * plugin_call -- an answer that says no is an answer.  Fails:
 *     ERR_BUSY         another call takes long, or the plugin rests after a failure; nothing was
 * sent ERR_TOO_LARGE    the request would be longer than the contract allows; nothing was sent
 *     ERR_UNREACHABLE  it cannot be started, hung, died, or answered nonsense; it may have done the
 * work or not
 */
enum err_code plugin_call(struct plugin *p, const struct plugin_call *call, struct arena *arena,
			  struct plugin_answer *ret_answer, struct err *e);

/* plugin_refuse -- from now on every call fails with ERR_BUSY: the server is stopping. */
void plugin_refuse(struct plugin *p);

/* As provision.h says: {name, description, roles, state, error, restarts, settings_schema} */
void plugin_write(struct plugin *p, struct json *j);

#endif
