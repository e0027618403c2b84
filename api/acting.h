/*
 * acting.h -- commands upon a published product that carry no document.
 */
#ifndef WEFT_API_ACTING_H
#define WEFT_API_ACTING_H

#include "http/http.h"

/* may_act_on -- is the product there, and of a domain of this publisher's?  Fails: ERR_NOT_FOUND,
 * ERR_FORBIDDEN. */
enum err_code may_act_on(const struct request *rq, const char *product, struct err *e);

/* write_outcome -- {name, outcome} */
void write_outcome(const char *name, const char *outcome, struct response *rs);

#endif
