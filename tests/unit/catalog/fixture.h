/*
 * fixture.h -- a catalog in a temporary folder for one test, and short ways to make things happen
 * in it.
 *
 * What is committed here is what the services commit: bodies have the form that event_log.h gives.
 */
#ifndef WEFT_TESTS_CATALOG_FIXTURE_H
#define WEFT_TESTS_CATALOG_FIXTURE_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "catalog/event_log.h"
#include "catalog/product.h"
#include "catalog/rebuild.h"

#include "database.h"
#include "folder.h"
#include "size_of_log.h"

struct mesh {
	struct folder folder;
	struct database database;
	struct store *store;
	struct arena arena;
	struct err e;
	const char *violations; /* a JSON list, of what is published next; NULL: none */
};

/* The message says what went wrong; the number would not. */
#define assert_ok(m, call)                                                                         \
	do {                                                                                       \
		if ((call) != ERR_OK)                                                              \
			fail_msg("%s: %s", #call, (m)->e.message);                                 \
	} while (0)

/* What is about a file, a journal or SQLite's own tables. */
#define sqlite_only()                                                                              \
	do {                                                                                       \
		if (!database_is_sqlite())                                                         \
			skip();                                                                    \
	} while (0)

/* It fails so, and says so. */
#define assert_err(m, expected, part, call)                                                        \
	do {                                                                                       \
		assert_int_equal((call), (expected));                                              \
		if (!strstr((m)->e.message, (part)))                                               \
			fail_msg("'%s' is not in '%s'", (part), (m)->e.message);                   \
	} while (0)

/* Another process, or another thread, with the same catalog. */
static inline struct mesh
mesh_beside(const struct mesh *m)
{
	return (struct mesh){.folder = m->folder, .database = m->database};
}

static inline const char *
mesh_database(const struct mesh *m)
{
	return *m->database.url ? m->database.url : NULL;
}

static inline enum err_code
mesh_start(struct mesh *m, enum store_mode mode)
{
	const struct store_options options = {.folder = m->folder.path,
					      .database = mesh_database(m),
					      .origin = "test.log",
					      .mode = mode,
					      .readers = 2};
	return store_open(&options, &m->store, &m->e);
}

static inline void
mesh_stop(struct mesh *m)
{
	store_close(m->store);
	m->store = NULL;
}

static inline void
mesh_restart(struct mesh *m)
{
	mesh_stop(m);
	assert_ok(m, mesh_start(m, STORE_SERVE));
}

static inline int
mesh_make(void **state)
{
	struct mesh *m = calloc(1, sizeof *m);
	folder_make(&m->folder);
	database_make(&m->database);
	*state = m;
	return 0;
}

static inline int
mesh_open(void **state)
{
	mesh_make(state);
	struct mesh *m = *state;
	if (mesh_start(m, STORE_SERVE) == ERR_OK)
		return 0;
	fprintf(stderr, "%s\n", m->e.message);
	return -1;
}

static inline int
mesh_close(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	folder_remove(&m->folder);
	database_remove(&m->database);
	arena_done(&m->arena);
	free(m);
	return 0;
}

static inline const char *
mesh_path(struct mesh *m, const char *name)
{
	return arena_printf(&m->arena, "%s/%s", m->folder.path, name);
}

static inline struct session *
mesh_read(struct mesh *m)
{
	struct session *s = NULL;
	assert_ok(m, store_read(m->store, &s, &m->e));
	return s;
}

static inline struct session *
mesh_write(struct mesh *m)
{
	struct session *s = NULL;
	assert_ok(m, store_write(m->store, &s, &m->e));
	return s;
}

static inline void
mesh_commit(struct mesh *m, struct session *s)
{
	assert_ok(m, session_commit(s, &m->e));
	session_end(&s);
}

/* --- bodies --- */

/* The body of product.published for a document in YAML; its name in `ret_name`. */
static inline void
publish_body(struct mesh *m, const char *yaml, const char *version, struct buf *body,
	     const char **ret_name)
{
	struct node document;
	char hash[DIGEST_TEXT_SIZE];
	assert_ok(
	    m, document_read(DOCUMENT_YAML, yaml, strlen(yaml), NULL, &m->arena, &document, &m->e));
	struct digest d = descriptor_hash(&document, &m->arena);
	digest_format(&d, hash);
	*ret_name = node_text(&document, "name", "");

	struct json j = {.out = body};
	json_begin_map(&j);
	json_member_text(&j, "version", version);
	json_member_text(&j, "change", "minor");
	json_member_text(&j, "media_type", "application/yaml");
	json_member_text(&j, "hash", hash);
	json_member_text(&j, "standing", "compliant");
	json_member_text(&j, "source", yaml);
	json_key(&j, "verdicts");
	json_begin_list(&j);
	json_end_list(&j);
	json_key(&j, "violations");
	const char *violations = m->violations ? m->violations : "[]";
	json_raw(&j, violations, strlen(violations));
	json_end_map(&j);
}

static inline enum err_code
publish_in(struct mesh *m, struct session *s, const char *yaml, const char *version,
	   uint64_t *ret_seq)
{
	CLEANUP(buf_done) struct buf body = {0};
	const char *name = NULL;
	struct event ev = {0};
	publish_body(m, yaml, version, &body, &name);
	enum err_code code =
	    event_append(s, "pipeline", "product.published", name, &body, &ev, &m->e);
	*ret_seq = ev.seq;
	return code;
}

/* One publish in a transaction of its own; gives its event. */
static inline uint64_t
publish(struct mesh *m, const char *yaml, const char *version)
{
	uint64_t seq = 0;
	struct session *s = mesh_write(m);
	assert_ok(m, publish_in(m, s, yaml, version, &seq));
	mesh_commit(m, s);
	return seq;
}

/* Any other event, its body as JSON. */
static inline uint64_t
happen(struct mesh *m, const char *kind, const char *subject, const char *json)
{
	CLEANUP(buf_done) struct buf body = {0};
	struct event ev = {0};
	buf_text(&body, json);
	struct session *s = mesh_write(m);
	assert_ok(m, event_append(s, "steward", kind, subject, &body, &ev, &m->e));
	mesh_commit(m, s);
	return ev.seq;
}

static inline uint64_t
retire(struct mesh *m, const char *name)
{
	return happen(m, "product.retired", name,
		      "{\"version\":\"1.0.0\",\"reason\":\"no longer used\"}");
}

/* A document as the services put it into an event: domain.defined, policy.defined. */
static inline uint64_t
define(struct mesh *m, const char *kind, const char *name, const char *yaml)
{
	CLEANUP(buf_done) struct buf body = {0};
	char hash[DIGEST_TEXT_SIZE];
	struct digest d = digest_of(yaml, strlen(yaml));
	digest_format(&d, hash);
	struct json j = {.out = &body};
	json_begin_map(&j);
	json_member_text(&j, "media_type", "application/yaml");
	json_member_text(&j, "hash", hash);
	json_member_text(&j, "source", yaml);
	json_end_map(&j);
	return happen(m, kind, name, body.data);
}

/* A small product: name, domain and whatever else is given as lines of YAML. */
static inline const char *
product_yaml(struct mesh *m, const char *name, const char *domain, const char *more)
{
	return arena_printf(
	    &m->arena,
	    "name: %s\nowner: %s-team\ndomain: %s\nschema:\n  - {name: id, type: STRING}\n%s", name,
	    domain, domain, more);
}

static inline struct projection_digests
mesh_digests(struct mesh *m)
{
	struct projection_digests d;
	struct session *s = mesh_read(m);
	assert_ok(m, projection_digests(s, &m->arena, &d, &m->e));
	session_end(&s);
	return d;
}

static inline void
digests_are_the_same(const struct projection_digests *a, const struct projection_digests *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].rows != b->items[i].rows ||
		    !digest_equal(&a->items[i].digest, &b->items[i].digest))
			fail_msg("%s: %d rows before, %d after, or others", a->items[i].table,
				 (int)a->items[i].rows, (int)b->items[i].rows);
}

/* Every projection is what the log says. */
static inline void
mesh_rebuilds_to_the_same(struct mesh *m)
{
	const struct projection_digests before = mesh_digests(m);
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	const struct projection_digests after = mesh_digests(m);
	digests_are_the_same(&before, &after);
}

#endif
