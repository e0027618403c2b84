/*
 * catalog_check.h -- is a catalog sound?  Its database, its log, its keys, and everything that is
 * made from the log.
 *
 * All is looked at in a copy of one moment, so that a server goes on undisturbed, and that what is
 * made again from the log for comparison is made elsewhere.  Of a catalog in PostgreSQL, whose
 * pages are PostgreSQL's own to check, the log is read where it is, and replayed into a database
 * here.
 */
#ifndef WEFT_CATALOG_CATALOG_CHECK_H
#define WEFT_CATALOG_CATALOG_CHECK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/* One thing that was looked at: 3 "events" of the "log". */
struct check_line {
	const char *what, *unit;
	uint64_t looked_at, findings;
};

struct check_report {
	const struct check_line *lines; /* in the order in which they were looked at */
	size_t count;
	uint64_t findings; /* of all lines */
};

struct check_wish {
	const char *folder;  /* of a catalog, served or not; or NULL: */
	const char *store;   /* of the folder, when its catalog is in PostgreSQL: the URL */
	const char *backup;  /* a file that backup_make() made */
	const char *scratch; /* folder in which the copy is made */
	const char *since;   /* text of a checkpoint that was kept from before, or NULL */

	/* `complain` is called for each finding; `progress` while the copy is made, or NULL */
	void (*complain)(void *user, const char *what, const char *message);
	bool (*progress)(void *user, uint64_t done, uint64_t of);
	void *user;
};

/*
 * catalog_check -- damage is a finding.  Fails when it cannot look: ERR_NOT_FOUND (no catalog),
 * ERR_CORRUPT (no database at all), ERR_IO, ERR_NO_SPACE (for the copy).
 */
enum err_code catalog_check(const struct check_wish *wish, struct arena *arena,
			    struct check_report *ret_report, struct err *e);

#endif
