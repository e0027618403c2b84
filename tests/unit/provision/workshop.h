/*
 * workshop.h -- a catalog with provisioning over it, the real plugins, and plugins written for one
 * test.
 */
#ifndef WEFT_TESTS_PROVISION_WORKSHOP_H
#define WEFT_TESTS_PROVISION_WORKSHOP_H

#include <sys/stat.h>

#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "catalog/fixture.h"
#include "catalog/job.h"
#include "catalog/resource.h"
#include "provision/provision.h"

#include "store_parts.h"

struct workshop {
	struct mesh *mesh;
	struct folder plugins;
	struct config config;
	struct metrics *metrics;
	struct provision *provision;
};

/* ---- plugins written for a test ---- */

/*
 * A plugin in shell.  `behaviour` is what it does for a verb other than describe, with $id and
 * $verb set, and `ok` a function that answers with the result given; it runs in the plugin's own
 * folder under DATA/storage.
 */
static inline void
write_plugin(const char *folder, const char *name, const char *behaviour)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(
	    f,
	    "#!/bin/sh\n"
	    "ok() { echo '{\"id\":'$id',\"ok\":true,\"result\":'\"$1\"'}'; }\n"
	    "no() { echo "
	    "'{\"id\":'$id',\"ok\":false,\"error\":{\"message\":\"'\"$1\"'\",\"retry\":'$2'}}'; }\n"
	    "while read -r line; do\n"
	    "id=${line#*'\"id\":'}; id=${id%%%%,*}\n"
	    "verb=${line#*'\"verb\":\"'}; verb=${verb%%%%'\"'*}\n"
	    "case $verb in\n"
	    "describe) ok "
	    "'{\"name\":\"%.*s\",\"roles\":[\"storage\"],\"verbs\":[\"observe\",\"plan\",\"apply\","
	    "\"destroy\",\"check\",\"grant\",\"revoke\",\"retain\"]}' ;;\n"
	    "*) %s ;;\n"
	    "esac\n"
	    "done\n",
	    (int)strcspn(name, "."), name, behaviour);
	if (fclose(f) != 0 || chmod(path, 0755) != 0)
		abort();
}

static inline void
link_plugin(const char *folder, const char *name)
{
	char from[300], to[300];
	snprintf(from, sizeof from, "%s/%s", WEFT_LIBEXEC, name);
	snprintf(to, sizeof to, "%s/%s", folder, name);
	if (symlink(from, to) != 0)
		abort();
}

/* ---- beginning and end ---- */

static inline int
workshop_begin(void **state)
{
	struct workshop *w = calloc(1, sizeof *w);
	log_set_level(LOG_LEVEL_ERROR);
	signal(SIGPIPE, SIG_IGN);
	folder_make(&w->plugins);
	link_plugin(w->plugins.path, "filesystem");
	link_plugin(w->plugins.path, "sqlite");
	w->config = (struct config){.store = "",
				    .plugins = w->plugins.path,
				    .plugin_deadline = 20,
				    .retry_first = 1,
				    .retry_longest = 2};
	*state = w;
	void *mesh;
	int failed = mesh_open(&mesh);
	w->mesh = mesh;
	return failed;
}

/* Another plugin, before workshop_open(). */
static inline void
workshop_plugin(struct workshop *w, const char *name, const char *behaviour)
{
	write_plugin(w->plugins.path, name, behaviour);
}

static inline void
workshop_open(struct workshop *w)
{
	w->metrics = metrics_create();
	assert_ok(w->mesh, provision_create(w->mesh->store, &w->config, w->metrics, &w->provision,
					    &w->mesh->e));
	assert_ok(w->mesh, provision_start(w->provision, &w->mesh->e));
}

static inline void
workshop_shut(struct workshop *w)
{
	provision_destroy(w->provision);
	metrics_destroy(w->metrics);
	w->provision = NULL;
	w->metrics = NULL;
}

static inline int
workshop_end(void **state)
{
	struct workshop *w = *state;
	void *mesh = w->mesh;
	workshop_shut(w);
	mesh_close(&mesh);
	folder_remove(&w->plugins);
	free(w);
	return 0;
}

/* ---- making things happen, and seeing what became of them ---- */

/* A publish or a retirement as governance does it: the event and the job in one transaction. */
static inline void
workshop_publish(struct workshop *w, const char *yaml, const char *version)
{
	uint64_t seq;
	struct node document;
	struct mesh *m = w->mesh;
	assert_ok(
	    m, document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, &m->arena, &document, &m->e));
	struct session *s = mesh_write(m);
	assert_ok(m, publish_in(m, s, yaml, version, &seq));
	assert_ok(
	    m, job_want(s, "reconcile", node_text(&document, "name", ""), session_now(s), &m->e));
	mesh_commit(m, s);
}

static inline void
workshop_reconcile(struct workshop *w, const char *product)
{
	struct session *s = mesh_write(w->mesh);
	assert_ok(w->mesh, job_want(s, "reconcile", product, session_now(s), &w->mesh->e));
	mesh_commit(w->mesh, s);
}

static inline void
workshop_retire(struct workshop *w, const char *product)
{
	retire(w->mesh, product);
	workshop_reconcile(w, product);
}

static inline struct resource
workshop_resource(struct workshop *w, const char *product, const char *role, const char *plugin)
{
	struct resource_list list;
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh, resource_list(s, product, &w->mesh->arena, &list, &w->mesh->e));
	session_end(&s);
	for (size_t i = 0; i < list.count; i++)
		if (strcmp(list.items[i].role, role) == 0 &&
		    strcmp(list.items[i].plugin, plugin) == 0)
			return list.items[i];
	fail_msg("%s has no %s by %s", product, role, plugin);
	return (struct resource){.state = ""};
}

/* Waits until the resource is in the state. */
static inline struct resource
workshop_await(struct workshop *w, const char *product, const char *role, const char *plugin,
	       const char *state)
{
	moment deadline = clock_monotonic() + SECONDS(60);
	for (;;) {
		struct resource r = workshop_resource(w, product, role, plugin);
		if (strcmp(r.state, state) == 0)
			return r;
		if (clock_monotonic() > deadline)
			fail_msg("%s of %s is %s, not %s: %s", role, product, r.state, state,
				 r.error ? r.error : "no error");
		usleep(2000);
	}
}

static inline bool
workshop_is_busy(struct workshop *w)
{
	static const char sql[] =
	    "SELECT count(*) FROM jobs WHERE claimed IS NOT NULL OR due_at <= $1";
	struct query q = {0};
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh, db_query(s->db, sql, DB_ARGS(db_int(session_now(s))), &q, &w->mesh->e));
	bool busy = db_next(&q) && db_column_int(&q, 0) > 0;
	query_close(&q);
	session_end(&s);
	return busy;
}

/* Waits until no job is due or being done: what is to come lies in the future. */
static inline void
workshop_settle(struct workshop *w)
{
	moment deadline = clock_monotonic() + SECONDS(60);
	while (workshop_is_busy(w)) {
		if (clock_monotonic() > deadline)
			fail_msg("the workers do not come to rest");
		usleep(2000);
	}
}

static inline uint64_t
workshop_log_size(struct workshop *w)
{
	struct session *s = mesh_read(w->mesh);
	uint64_t size = size_of_log(s);
	session_end(&s);
	return size;
}

/* How many resource.changed events of the product have this state. */
static inline int
workshop_count(struct workshop *w, const char *product, const char *state)
{
	struct event_list list;
	int count = 0;
	struct session *s = mesh_read(w->mesh);
	assert_ok(w->mesh, event_list(s, 0, 10000, "resource.", product, &w->mesh->arena, &list,
				      &w->mesh->e));
	session_end(&s);
	const char *part = arena_printf(&w->mesh->arena, "\"state\":\"%s\"", state);
	for (size_t i = 0; i < list.count; i++)
		count += strstr(list.items[i].body, part) != NULL;
	return count;
}

static inline const char *
workshop_stored(struct workshop *w, const char *leaf)
{
	return mesh_path(w->mesh, arena_printf(&w->mesh->arena, "storage/%s", leaf));
}

static inline bool
workshop_has(struct workshop *w, const char *leaf)
{
	return access(workshop_stored(w, leaf), F_OK) == 0;
}

#endif
