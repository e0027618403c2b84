/*
 * database_file.h -- a database of SQLite's as a file: copied while others write to it, and
 * examined page by page.  Private to catalog/.
 */
#ifndef WEFT_CATALOG_DATABASE_FILE_H
#define WEFT_CATALOG_DATABASE_FILE_H

#include <stdbool.h>

#include "base/err.h"

/* Called now and then; false ends the copy with ERR_BUSY. */
typedef bool copy_progress_fn(void *user, uint64_t done, uint64_t of);

struct copy_wish {
	const char *from;
	const char *to; /* must not be there */
	/* Nobody changes `from`, a backup perhaps: nothing is made beside it, it may be read only.
	 */
	bool frozen;
	copy_progress_fn *progress; /* or NULL */
	void *user;
};

struct copy_report {
	uint64_t events; /* of the log in the copy */
	uint64_t bytes;
};

/*
 * database_copy -- what was committed when it began, all of one moment; on disk when it returns.
 * Nobody waits for it: writers go on, and their journal grows until it is done.  On failure `to`
 * is removed.  Fails: ERR_CONFLICT (`to` is there), ERR_CORRUPT (no database of Weft, damaged),
 * ERR_NO_SPACE, ERR_IO, ERR_BUSY.
 */
enum err_code database_copy(const struct copy_wish *wish, struct copy_report *ret_report,
			    struct err *e);

/*
 * database_examine -- every page, row and index of the file by SQLite's own check, and the
 * full-text index against what it indexes; `complain` is called for each finding.  The file must be
 * nobody else's.  Fails only when it cannot read.
 */
typedef void database_complain_fn(void *user, const char *message);
enum err_code database_examine(const char *path, database_complain_fn *complain, void *user,
			       uint64_t *ret_pages, struct err *e);

#endif
