/*
 * acting.c -- who may act upon a product is who may publish it.
 */
#include "acting.h"

#include "catalog/product.h"

#include "handling.h"

enum err_code
may_act_on(const struct request *rq, const char *product, struct err *e)
{
	CLEANUP(session_end) struct session *s = NULL;
	struct product p;
	TRY(session_read(rq, &s, e));
	TRY(product_get(s, product, rq->arena, &p, e));
	return actor_may_publish(actor_of(rq), p.domain, e);
}

void
write_outcome(const char *name, const char *outcome, struct response *rs)
{
	struct json j = {.out = &rs->body};
	json_begin_map(&j);
	json_member_text(&j, "name", name);
	json_member_text(&j, "outcome", outcome);
	json_end_map(&j);
}
