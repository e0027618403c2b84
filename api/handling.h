/*
 * handling.h -- what the handlers of every resource do in the same way.
 */
#ifndef WEFT_API_HANDLING_H
#define WEFT_API_HANDLING_H

#include "answer_cache.h"
#include "api.h"

/* Leave early with what a call reports. */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		enum err_code try_code = (call);                                                   \
		if (try_code != ERR_OK)                                                            \
			return try_code;                                                           \
	} while (0)

const struct services *services_of(const struct request *rq);
const struct actor *actor_of(const struct request *rq);

/* session_read -- a reader's session on the catalog. */
enum err_code session_read(const struct request *rq, struct session **ret_session, struct err *e);

/* query_word -- a parameter that must be one of `words` (NULL-terminated), or NULL.  Fails:
 * ERR_MALFORMED. */
enum err_code query_word(const struct request *rq, const char *name, const char *const *words,
			 const char **ret_word, struct err *e);

/* query_text -- a parameter that must be there. */
enum err_code query_text(const struct request *rq, const char *name, const char **ret_text,
			 struct err *e);

/* cursor_number -- the cursor of a list that counts, or `otherwise`. */
enum err_code cursor_number(const struct request *rq, uint64_t otherwise, uint64_t *ret_number,
			    struct err *e);

/*
 * query_as_of -- `as_of` as the last event that had happened by then; 0 when it is absent.
 * Fails: ERR_MALFORMED (no time), ERR_NOT_FOUND (before the log began).
 */
enum err_code query_as_of(const struct request *rq, struct session *s, uint64_t *ret_seq,
			  struct err *e);

/* The frame of a list: {"items": [...], "next": cursor or null}. */
void page_begin(struct json *j, struct response *rs);
void page_end(struct json *j, const struct response *rs, const char *next);
const char *number_text(struct arena *arena, uint64_t number);

/* json_member_raw -- a member that is JSON already; NULL is null. */
void json_member_raw(struct json *j, const char *key, const char *json);

/* etag_of_bytes -- for answers that change only with the program. */
const char *etag_of_bytes(struct arena *arena, const void *bytes, size_t length);

/* event_source -- the document as it was sent with the event `seq`: `source` and `media_type` of
 * its body. */
enum err_code event_source(struct session *s, uint64_t seq, struct arena *arena,
			   const char **ret_source, struct err *e);

#endif
