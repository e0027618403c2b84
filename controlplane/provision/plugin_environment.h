/*
 * plugin_environment.h -- what a plugin finds in its environment: the little that programs need,
 * and its own secrets.
 */
#ifndef WEFT_PROVISION_PLUGIN_ENVIRONMENT_H
#define WEFT_PROVISION_PLUGIN_ENVIRONMENT_H

#include "base/arena.h"
#include "base/err.h"

/*
 * plugin_environment -- PATH, HOME, LANG, TZ and the lines NAME=value of the file `secrets`, if
 * there is one; NULL-ended. Fails: ERR_REFUSED (others than the owner may read the file),
 * ERR_MALFORMED (a line without "="), ERR_IO.
 */
enum err_code plugin_environment(const char *secrets, const char *home, struct arena *arena,
				 const char *const **ret_environment, struct err *e);

#endif
