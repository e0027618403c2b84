/*
 * one_request.h -- a request as a handler sees it, without a connection: target and headers are
 * what the test says.
 */
#ifndef WEFT_TESTS_ONE_REQUEST_H
#define WEFT_TESTS_ONE_REQUEST_H

#include "exchange.h"

enum { ONE_REQUEST_MOST_HEADERS = 20 };

struct one_request {
	struct exchange exchange; /* its connection leads back here */
	struct {
		const char *name, *value;
	} headers[ONE_REQUEST_MOST_HEADERS];
	size_t header_count;
};

void one_request_init(struct one_request *r);
void one_request_done(struct one_request *r);

/* one_request_header -- borrowed; those beyond the most are left out. */
void one_request_header(struct one_request *r, const char *name, const char *value);

/* one_request_header_lines -- "Name: value" lines up to an empty one, cut where they stand; gives
 * what follows. */
char *one_request_header_lines(struct one_request *r, char *lines);

#endif
