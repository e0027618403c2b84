/*
 * fake_server.h -- an HTTP server on a free port of loopback that answers by a table, and remembers
 * what it was asked.
 *
 *     struct fake_server *s = fake_server_start(answers);
 *     run_weft(&run, "list", "--server", fake_server_url(s), NULL);
 */
#ifndef WEFT_TEST_FAKE_SERVER_H
#define WEFT_TEST_FAKE_SERVER_H

#include <stddef.h>

struct fake_answer {
	const char *method;
	const char *path; /* with its query, or up to it: "/api/v1/products" */
	int status;
	const char *type; /* NULL is application/json */
	const char *body;
};

struct fake_server;

/*
 * `answers` end with a row of zeros; the first that fits is given, else a problem document with
 * status 404.
 */
struct fake_server *fake_server_start(const struct fake_answer *answers);
void fake_server_stop(struct fake_server *s);
const char *fake_server_url(const struct fake_server *s);

/* What the last request was; "" when there was none. */
struct fake_request {
	char method[16], target[2000], body[20000], type[100], accept[100], authorization[200];
};
const struct fake_request *fake_server_last(const struct fake_server *s);
size_t fake_server_requests(const struct fake_server *s);

#endif
