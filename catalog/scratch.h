/*
 * scratch.h -- a folder of its own with a copy of a database, to look at and to try things on.
 * Private to catalog/.
 *
 * It holds weft.db and log.verifier, so that store_open() takes it for STORE_VERIFY and
 * STORE_SCRATCH.  There is no key in it.
 */
#ifndef WEFT_CATALOG_SCRATCH_H
#define WEFT_CATALOG_SCRATCH_H

#include "base/arena.h"

#include "database_file.h"

struct scratch {
	const char *folder, *database; /* NULL: there is none */
	const char *verifier;          /* the text of log.verifier */
	struct copy_report copied;
};

/*
 * scratch_make -- in a new folder below `parent`, with the schema of this program (one that is
 * newer is REFUSED); `wish.to` is filled here.  `verifier` is the text of the key that the log is
 * to be held against; NULL is the one that the log's first event names. Texts live in `arena`.
 * scratch_remove takes all of it away, also after a failure.
 */
enum err_code scratch_make(const char *parent, struct copy_wish wish, const char *verifier,
			   struct arena *arena, struct scratch *ret_scratch, struct err *e);
void scratch_remove(struct scratch *s);

/* scratch_make_empty -- the same without a copy: a database with nothing in it. */
enum err_code scratch_make_empty(const char *parent, const char *verifier, struct arena *arena,
				 struct scratch *ret_scratch, struct err *e);

/* scratch_remove_stale -- those below `parent` that a process left which died; nobody may have one
 * there. */
void scratch_remove_stale(const char *parent);

/* scratch_own_verifier -- the key that the log itself names in its first event. */
enum err_code scratch_own_verifier(const char *database, struct arena *arena,
				   const char **ret_verifier, struct err *e);

#endif
