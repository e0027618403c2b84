/*
 * fetch_transfer.h -- one request on a handle of libcurl's.  Private to fetching.
 *
 *     transfer_begin -> libcurl performs t->curl, alone or among others -> transfer_end ->
 * transfer_done
 */
#ifndef WEFT_BASE_FETCH_TRANSFER_H
#define WEFT_BASE_FETCH_TRANSFER_H

#include <curl/curl.h>

#include "fetch.h"

struct transfer {
	const struct fetch_request *request; /* not owned */
	CURL *curl;
	struct curl_slist *headers;
	struct buf body;
	size_t most; /* bytes of the answer */
	bool is_too_large, is_stopped;
	char problem[CURL_ERROR_SIZE]; /* libcurl writes it */
};

/*
 * transfer_begin -- into the caller's storage, which does not move; `request` outlives it.  Fails
 * before anything is sent.  transfer_done() it in any case.
 */
enum err_code transfer_begin(struct transfer *t, const struct fetch_request *request,
			     struct err *e);

/* transfer_end -- what became of it, by what libcurl says. */
enum err_code transfer_end(const struct transfer *t, CURLcode result, struct arena *arena,
			   struct fetch_response *ret_response, struct err *e);

void transfer_done(struct transfer *t);

#endif
