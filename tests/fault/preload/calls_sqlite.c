/*
 * calls_sqlite.c -- steps of the database.
 *
 * A step that fails does nothing, and connection and statement say why until their next step.
 * SQLite itself would have noted the code in both, where nobody else can put it; so who asks for
 * it, or resets the statement, is answered here.  The library's own steps (it reads its schema so,
 * and its full-text index is kept so) ask in other ways, and pass: they fail when reading and
 * writing does.
 */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>

#include "control.h"

static _Thread_local sqlite3 *connection_failed;
static _Thread_local sqlite3_stmt *statement_failed;
static _Thread_local int reason;

static bool
is_the_librarys(const void *caller)
{
	Dl_info of_caller, of_library;
	return dladdr(caller, &of_caller) && dladdr(fault_real("sqlite3_step"), &of_library) &&
	       of_caller.dli_fbase == of_library.dli_fbase;
}

int
sqlite3_step(sqlite3_stmt *statement)
{
	connection_failed = NULL;
	if (statement_failed == statement)
		statement_failed = NULL;
	if (!fault_counts(FAULT_SQL) || is_the_librarys(__builtin_return_address(0)) ||
	    !fault_strikes(FAULT_SQL))
		return REAL(sqlite3_step)(statement);
	connection_failed = sqlite3_db_handle(statement);
	statement_failed = statement;
	reason = fault_error();
	const char *sql = sqlite3_sql(statement);
	fprintf(stderr, "fault: made to fail: %s\n", sql ? sql : "(no text)");
	return reason;
}

/* Gives what the last step gave, if that was made to fail. */
static int
last_word(sqlite3_stmt *statement, int result)
{
	if (!statement || statement != statement_failed)
		return result;
	statement_failed = NULL;
	return reason;
}

int
sqlite3_reset(sqlite3_stmt *statement)
{
	return last_word(statement, REAL(sqlite3_reset)(statement));
}

int
sqlite3_finalize(sqlite3_stmt *statement)
{
	return last_word(statement, REAL(sqlite3_finalize)(statement));
}

int
sqlite3_extended_errcode(sqlite3 *connection)
{
	return connection && connection == connection_failed
		   ? reason
		   : REAL(sqlite3_extended_errcode)(connection);
}

const char *
sqlite3_errmsg(sqlite3 *connection)
{
	return connection && connection == connection_failed ? "made to fail"
							     : REAL(sqlite3_errmsg)(connection);
}
