/*
 * adopted_before.h -- the policy that is in force already under the name that an adopted one gets:
 * how it enforces and what it sets stay, unless the command says otherwise.
 */
#ifndef WEFT_CLI_ADOPTED_BEFORE_H
#define WEFT_CLI_ADOPTED_BEFORE_H

#include "policy/adoption.h"

#include "call.h"

/*
 * adopted_before_keep -- put what it says into `a`, for a policy of that name whose `parameters`
 * are these; its enforcement only when `a` has none.  What is kept is noted.  Nothing is in force
 * under the name, or for another scope: `a` stays as it is.
 */
enum err_code adopted_before_keep(struct call *c, const char *name, const struct node *parameters,
				  struct adoption *a, struct err *e);

#endif
