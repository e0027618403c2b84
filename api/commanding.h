/*
 * commanding.h -- commands: what the request says of them, and their answer once they are durable.
 *
 *     struct command *c = command_begin(rq, rs);
 *     TRY(submission_of(rq, &c->in, e));
 *     TRY(product_publish(governance, &c->in, rq->arena, &rq->violations, &c->out, e));
 *     return command_end(c, e);
 *
 * What is left to be written is handed on to the committer, and what is to be asked to those who
 * ask Open Policy Agents: the request waits for both without a thread.
 */
#ifndef WEFT_API_COMMANDING_H
#define WEFT_API_COMMANDING_H

#include "handling.h"

struct command {
	struct request *rq;
	struct response *rs;
	struct submission in;
	struct outcome out;
};

/* command_begin -- in the request's arena; the answer is the response's body. */
struct command *command_begin(struct request *rq, struct response *rs);

/* command_end -- answer, now or when it is written: a handler's last act. */
enum err_code command_end(struct command *c, struct err *e);

/*
 * submission_of -- the body with what the header and the query say about it: media type, dry_run,
 * If-Match, If-None-Match, Idempotency-Key.  command_of -- the same for a command without a
 * document.
 */
enum err_code submission_of(const struct request *rq, struct submission *ret_submission,
			    struct err *e);
enum err_code command_of(const struct request *rq, struct submission *ret_submission,
			 struct err *e);

/* no_idempotency_key -- refuse one where no answer is kept, rather than let a client rely on it. */
enum err_code no_idempotency_key(const struct request *rq, struct err *e);

/*
 * answer_when_written -- what the handler has answered goes out when `write` is durable, else a
 * problem document.  A handler's last act; `user` lives in the request's arena.
 */
void answer_when_written(struct request *rq, struct response *rs, change_fn *write, void *user);

#endif
