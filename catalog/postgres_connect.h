/*
 * postgres_connect.h -- from a URL to a session of PostgreSQL.  Private to the PostgreSQL driver.
 */
#ifndef WEFT_CATALOG_POSTGRES_CONNECT_H
#define WEFT_CATALOG_POSTGRES_CONNECT_H

#include <libpq-fe.h>

#include "db.h"

/*
 * postgres_connect -- what the URL does not say is set so that nobody waits for a server that is
 * gone, and no session keeps a lock when its process stands still.  Of several hosts, the one that
 * takes writes.  No message holds the URL: it has a password in it.  Fails: ERR_USAGE (no URL of
 * PostgreSQL), ERR_UNAVAILABLE.
 */
enum err_code postgres_connect(const char *url, enum db_mode mode, PGconn **ret_conn,
			       struct err *e);

#endif
