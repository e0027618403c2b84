/*
 * backup.h -- a catalog in one file, and back.
 *
 * The file is the database and nothing else: log, proofs, projections, jobs, the hashes of tokens.
 * The secret key that signs checkpoints is not in it: a backup is copied to places where a key
 * should not lie, and the key never changes.  So it is kept apart, once, and given back with the
 * restore; without it a log can be read and verified, but not served.
 */
#ifndef WEFT_CATALOG_BACKUP_H
#define WEFT_CATALOG_BACKUP_H

#include "catalog/catalog_check.h"

struct backup_wish {
	const char *folder; /* of a catalog, served or not */
	const char *file;   /* must not be there */
	const char *key;    /* where a copy of log.key goes, mode 0600; or NULL */
	bool (*progress)(void *user, uint64_t done, uint64_t of); /* false: give up; or NULL */
	void *user;
};

struct backup_report {
	uint64_t events, bytes;
};

/*
 * backup_make -- the catalog of one moment, while others write to it; on disk, and whole under its
 * name or not there at all.  Fails: ERR_NOT_FOUND (no catalog), ERR_CONFLICT (a file is there
 * already), ERR_NO_SPACE ...
 */
enum err_code backup_make(const struct backup_wish *wish, struct backup_report *ret_report,
			  struct err *e);

struct restore_wish {
	const char *file;
	const char *folder; /* is made when it is missing; must not hold a catalog */
	const char *key;    /* the copy of log.key, or NULL */
	const char *since;  /* as in check_wish; so is the rest */
	void (*complain)(void *user, const char *what, const char *message);
	bool (*progress)(void *user, uint64_t done, uint64_t of);
	void *user;
};

/*
 * backup_restore -- checks all that catalog_check() does on a copy within the folder, then puts the
 * copy in place.  Nothing is put in place when something was found (ret_report->findings).  Fails:
 * ERR_CONFLICT (the folder has a catalog), ERR_BUSY (it is served), ERR_REFUSED (the key is
 * another log's) ...
 */
enum err_code backup_restore(const struct restore_wish *wish, struct arena *arena,
			     struct check_report *ret_report, struct err *e);

#endif
