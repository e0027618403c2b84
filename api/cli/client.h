/*
 * client.h -- asking the server: paths, one request, and its answer or what was wrong.
 */
#ifndef WEFT_CLI_CLIENT_H
#define WEFT_CLI_CLIENT_H

#include "base/document.h"
#include "base/fetch.h"
#include "base/violation.h"

#include "call.h"

struct question {
	const char *method;     /* NULL is GET */
	const char *path;       /* from api_path() */
	const char *accept;     /* NULL is JSON */
	const char *media_type; /* of the body */
	const void *body;
	size_t body_length;
};

/* Lives in the call's arena, or in the one that was given. */
struct answer {
	int status;
	const char *content_type;
	const char *body;
	size_t length;
	struct node root;             /* the body when it is JSON, else NODE_NULL */
	struct violations violations; /* those of the answer, be it a problem document or a success
					 with warnings */
};

/* What an answer may hold: more than a document that a person writes. */
extern const struct document_limits client_limits;

/* api_path -- "/api/v1" and the parts, escaped; ends with NULL. */
const char *api_path(struct arena *arena, const char *first, ...) __attribute__((sentinel));

/* path_with -- the path with one more query parameter; as it is when `value` is NULL. */
const char *path_with(struct arena *arena, const char *path, const char *key, const char *value);
const char *path_with_number(struct arena *arena, const char *path, const char *key,
			     uint64_t value);

/*
 * client_ask -- Fails: ERR_UNREACHABLE, ERR_TIMEOUT, ERR_TOO_LARGE; and with the code and the words
 * of the problem document when the server refused, where `*ret_answer` is filled all the same.
 * ret_answer->status is 0 when no answer came.
 */
enum err_code client_ask(struct call *c, const struct question *q, struct answer *ret_answer,
			 struct err *e);

/* The same in an arena of the caller's, for many answers one after another. */
enum err_code client_ask_in(struct call *c, struct arena *arena, const struct question *q,
			    struct answer *ret_answer, struct err *e);

enum err_code client_get(struct call *c, const char *path, struct answer *ret_answer,
			 struct err *e);

/*
 * client_read -- the last step of the above, for an answer that came by another way: a status of
 * 300 or more fails.
 */
enum err_code client_read(struct call *c, struct arena *arena,
			  const struct fetch_response *response, struct answer *ret_answer,
			  struct err *e);

/*
 * answer_show_json -- what the server answered, on the page: in lines for a terminal, else as it
 * came.
 */
void answer_show_json(struct call *c, const struct answer *a);

/* reason_check -- has whoever takes something out of force said why?  Fails: ERR_USAGE. */
enum err_code reason_check(const char *reason, struct err *e);

/* sent_file_read -- a document to send: FILE ("-" is standard input). */
struct sent_file {
	const char *name; /* as shown: "<stdin>" */
	const char *media_type;
	char *text;
	size_t length;
};
enum err_code sent_file_read(struct call *c, const char *path, struct sent_file *ret_file,
			     struct err *e);

#endif
