/*
 * office.h -- a catalog with governance over it, for one test, and the few calls that the tests
 * make of it.
 */
#ifndef WEFT_TESTS_OFFICE_H
#define WEFT_TESTS_OFFICE_H

#include "catalog/event_log.h"
#include "governance/governance.h"

#include "folder.h"
#include "size_of_log.h"
#include "unit.h"

struct office {
	struct folder folder;
	struct store *store;
	struct governance *governance;
	struct arena arena;
	struct violations violations; /* of the last call */
	struct err e;
	struct buf answer;
	struct node answered; /* the answer as a tree */
	int status;
};

static const struct actor office_admin = {.name = "council", .role = ROLE_ADMIN};

static inline int
office_open(void **state)
{
	struct office *o = calloc(1, sizeof *o);
	folder_make(&o->folder);
	if (digest_start_up(&o->e) != ERR_OK)
		return -1;
	const struct store_options options = {
	    .folder = o->folder.path, .origin = "test", .mode = STORE_SERVE, .readers = 2};
	if (store_open(&options, &o->store, &o->e) != ERR_OK ||
	    governance_create(o->store, &o->governance, &o->e) != ERR_OK) {
		fprintf(stderr, "%s\n", o->e.message);
		return -1;
	}
	*state = o;
	return 0;
}

static inline int
office_close(void **state)
{
	struct office *o = *state;
	governance_destroy(o->governance);
	store_close(o->store);
	folder_remove(&o->folder);
	buf_done(&o->answer);
	arena_done(&o->arena);
	free(o);
	return 0;
}

static inline struct submission
office_paper(const char *text)
{
	return (struct submission){.text = text,
				   .length = strlen(text),
				   .media_type = "application/yaml",
				   .actor = &office_admin};
}

static inline struct outcome
office_begin(struct office *o)
{
	buf_clear(&o->answer);
	o->violations = (struct violations){.arena = &o->arena};
	return (struct outcome){.body = &o->answer};
}

static inline enum err_code
office_end(struct office *o, enum err_code code, struct outcome *out)
{
	struct err ignored;
	if (code == ERR_OK)
		code = outcome_settle(o->governance, out, &o->e);
	o->status = out->status;
	if (code == ERR_OK)
		assert_int_equal(document_read(DOCUMENT_JSON, o->answer.data, o->answer.length,
					       NULL, &o->arena, &o->answered, &ignored),
				 ERR_OK);
	return code;
}

static inline enum err_code
office_publish(struct office *o, const struct submission *in)
{
	struct outcome out = office_begin(o);
	return office_end(
	    o, product_publish(o->governance, in, &o->arena, &o->violations, &out, &o->e), &out);
}

static inline enum err_code
office_publish_text(struct office *o, const char *text)
{
	const struct submission in = office_paper(text);
	return office_publish(o, &in);
}

static inline const char *
office_answer(const struct office *o, const char *key)
{
	return node_text(&o->answered, key, "");
}

static inline uint64_t
office_log_size(struct office *o)
{
	struct session *s = NULL;
	assert_int_equal(store_read(o->store, &s, &o->e), ERR_OK);
	uint64_t size = size_of_log(s);
	session_end(&s);
	return size;
}

/* The complaint whose message is this, or NULL. */
static inline const struct violation *
office_complaint(const struct office *o, const char *message)
{
	for (size_t i = 0; i < o->violations.count; i++)
		if (strcmp(o->violations.items[i].message, message) == 0)
			return &o->violations.items[i];
	return NULL;
}

#endif
