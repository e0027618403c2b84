/*
 * test_db.c -- the drivers: values in and out, statements kept, transactions, what errors mean.
 */
#include "db.h"
#include "fixture.h"

struct base {
	struct mesh mesh;
	struct db *db;
};

/* SQLite says at once what is wrong with a statement. */
#define sqlite_answers_at_once()                                                                   \
	do {                                                                                       \
		if (database_is_sqlite())                                                          \
			skip();                                                                    \
	} while (0)
#define server_only() sqlite_answers_at_once()

/* The path of a file that is not there yet, or a URL. */
static const char *
where(struct base *b)
{
	return database_is_sqlite() ? mesh_path(&b->mesh, "x.db") : b->mesh.database.url;
}

static int
open_base(void **state)
{
	struct base *b = calloc(1, sizeof *b);
	struct mesh *m = &b->mesh;
	folder_make(&m->folder);
	database_make(&m->database);
	*state = b;
	if (db_open(where(b), DB_WRITE, &b->db, &m->e) != ERR_OK ||
	    db_script(b->db, "CREATE TABLE t (a BIGINT, b TEXT, c BYTEA)", &m->e) != ERR_OK ||
	    db_set_schema(b->db, 1, &m->e) != ERR_OK) { /* so that it is of Weft */
		fprintf(stderr, "%s\n", m->e.message);
		return -1;
	}
	return 0;
}

static int
close_base(void **state)
{
	struct base *b = *state;
	db_close(b->db);
	folder_remove(&b->mesh.folder);
	database_remove(&b->mesh.database);
	arena_done(&b->mesh.arena);
	free(b);
	return 0;
}

static void
values_come_back_as_they_went_in(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct digest d = digest_of("x", 1);
	size_t length = 0;
	static const char sql[] = "INSERT INTO t VALUES ($1, $2, $3)";
	assert_ok(m, db_run(b->db, sql,
			    DB_ARGS(db_int(INT64_MIN), db_text("caf\xc3\xa9"), db_null()), &m->e));
	assert_ok(m, db_run(b->db, sql, DB_ARGS(db_int(-1), db_text(NULL), db_hash(&d)), &m->e));
	assert_ok(m, db_run(b->db, sql,
			    DB_ARGS(db_int(INT64_MAX), db_text(""), db_bytes("a\0b", 3)), &m->e));
	assert_ok(m, db_run(b->db, sql, DB_ARGS(db_null(), db_null(), db_bytes(NULL, 0)), &m->e));
	assert_int_equal(db_changed(b->db), 1);

	CLEANUP(query_close) struct query q = {0};
	assert_ok(m, db_query(b->db, "SELECT a, b, c, 1.5, a = 1 FROM t ORDER BY a NULLS LAST",
			      DB_NO_ARGS, &q, &m->e));
	assert_true(db_next(&q));
	assert_int_equal(db_column_count(&q), 5);
	assert_int_equal(db_column_int(&q, 0), INT64_MIN);
	assert_string_equal(db_column_text(&q, 1, &m->arena), "caf\xc3\xa9");
	assert_true(db_column_is_null(&q, 2));
	assert_null(db_column_text(&q, 2, &m->arena));
	assert_true(db_column_real(&q, 3) == 1.5);
	assert_int_equal(db_column_kind(&q, 3), DB_REAL);
	assert_int_equal(db_column_int(&q, 4), 0);
	assert_true(db_next(&q));
	struct digest back = db_column_hash(&q, 2);
	assert_int_equal(db_column_int(&q, 0), -1);
	assert_true(db_column_is_null(&q, 1));
	assert_true(digest_equal(&d, &back));
	assert_true(db_next(&q));
	assert_int_equal(db_column_int(&q, 0), INT64_MAX);
	assert_string_equal(db_column_text(&q, 1, &m->arena), "");
	assert_memory_equal(db_column_bytes(&q, 2, &m->arena, &length), "a\0b", 3);
	assert_int_equal(length, 3);
	assert_true(db_next(&q));
	assert_int_equal(db_column_kind(&q, 0), DB_NULL);
	assert_non_null(db_column_bytes(&q, 2, &m->arena, &length));
	assert_int_equal(length, 0);
	assert_false(db_next(&q));
	assert_false(db_next(&q));
	assert_false(query_failed(&q, &m->e));
}

static void
parameters_go_by_their_number_not_their_place(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	CLEANUP(query_close) struct query q = {0};
	static const char sql[] = "SELECT $3, $1, $2, $1, $11";
	assert_ok(m,
		  db_query(b->db, sql,
			   DB_ARGS(db_int(1), db_int(2), db_int(3), db_null(), db_null(), db_null(),
				   db_null(), db_null(), db_null(), db_null(), db_int(11)),
			   &q, &m->e));
	assert_true(db_next(&q));
	static const int64_t expected[] = {3, 1, 2, 1, 11};
	for (int i = 0; i < 5; i++)
		assert_int_equal(db_column_int(&q, i), expected[i]);
}

static void
a_parameter_that_is_left_out_is_null_also_the_second_time(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	static const char sql[] = "SELECT $1";
	CLEANUP(query_close) struct query q = {0};
	assert_ok(m, db_query(b->db, sql, DB_ARGS(db_int(7)), &q, &m->e));
	assert_true(db_next(&q));
	assert_int_equal(db_column_int(&q, 0), 7);
	query_close(&q);
	assert_ok(m, db_query(b->db, sql, DB_NO_ARGS, &q, &m->e));
	assert_true(db_next(&q));
	assert_true(db_column_is_null(&q, 0));
}

static void
a_statement_can_run_within_itself(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	static const char sql[] = "SELECT a FROM t ORDER BY a";
	for (int i = 0; i < 3; i++)
		assert_ok(
		    m, db_run(b->db, "INSERT INTO t (a) VALUES ($1)", DB_ARGS(db_int(i)), &m->e));
	CLEANUP(query_close) struct query outer = {0};
	assert_ok(m, db_query(b->db, sql, DB_NO_ARGS, &outer, &m->e));
	for (int64_t i = 0; db_next(&outer); i++) {
		CLEANUP(query_close) struct query inner = {0};
		assert_int_equal(db_column_int(&outer, 0), i);
		assert_ok(m, db_query(b->db, sql, DB_NO_ARGS, &inner, &m->e));
		int64_t k = 0;
		while (db_next(&inner))
			assert_int_equal(db_column_int(&inner, 0), k++);
		assert_int_equal(k, 3);
	}
	assert_true(outer.done);
}

static void
another_text_at_the_same_address_is_another_statement(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	char sql[20];
	for (int i = 0; i < 9; i++) {
		CLEANUP(query_close) struct query q = {0};
		snprintf(sql, sizeof sql, "SELECT %d", i);
		assert_ok(m, db_query(b->db, sql, DB_NO_ARGS, &q, &m->e));
		assert_true(db_next(&q));
		assert_int_equal(db_column_int(&q, 0), i);
	}
}

static void
more_statements_than_are_kept_all_run(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 600; i++) {
			CLEANUP(query_close) struct query q = {0};
			const char *sql = arena_printf(&m->arena, "SELECT %d", i);
			assert_ok(m, db_query(b->db, sql, DB_NO_ARGS, &q, &m->e));
			assert_true(db_next(&q));
			assert_int_equal(db_column_int(&q, 0), i);
		}
}

static void
a_query_that_is_left_early_leaves_nothing_open(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	for (int i = 0; i < 3; i++)
		assert_ok(m, db_run(b->db, "INSERT INTO t (a) VALUES (1)", DB_NO_ARGS, &m->e));
	struct query q = {0};
	assert_ok(m, db_query(b->db, "SELECT a FROM t", DB_NO_ARGS, &q, &m->e));
	assert_true(db_next(&q));
	query_close(&q);
	query_close(&q);
	assert_ok(m,
		  db_script(b->db, "DROP TABLE t", &m->e)); /* refused while a statement reads it */
}

static void
wrong_sql_is_an_internal_error_that_says_what(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct query q = {0};
	assert_err(m, ERR_INTERNAL,
		   database_is_sqlite() ? "no such table: nowhere"
					: "relation \"nowhere\" does not exist",
		   db_query(b->db, "SELECT 1 FROM nowhere", DB_NO_ARGS, &q, &m->e));
	assert_int_equal(db_run(b->db, "SELEC", DB_NO_ARGS, &m->e), ERR_INTERNAL);
}

static void
a_reader_cannot_write(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct db *reader = NULL;
	assert_ok(m, db_open(where(b), DB_READ, &reader, &m->e));
	assert_int_equal(db_run(reader, "INSERT INTO t (a) VALUES (1)", DB_NO_ARGS, &m->e), ERR_IO);
	db_close(reader);
}

static void
a_failing_step_is_told_apart_from_the_end(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	CLEANUP(query_close) struct query q = {0};
	enum err_code code =
	    db_query(b->db, "SELECT abs($1)", DB_ARGS(db_int(INT64_MIN)), &q, &m->e);
	if (database_is_sqlite()) { /* others run all of it at once */
		assert_int_equal(code, ERR_OK);
		assert_false(db_next(&q));
		assert_true(query_failed(&q, &m->e));
		code = m->e.code;
	}
	assert_int_equal(code, ERR_INTERNAL);
	assert_non_null(strstr(m->e.message,
			       database_is_sqlite() ? "integer overflow" : "bigint out of range"));
}

/* --- transactions --- */

static int64_t
count_rows(struct base *b)
{
	CLEANUP(query_close) struct query q = {0};
	assert_ok(&b->mesh, db_query(b->db, "SELECT count(*) FROM t", DB_NO_ARGS, &q, &b->mesh.e));
	assert_true(db_next(&q));
	return db_column_int(&q, 0);
}

static enum err_code
insert(struct base *b, int64_t n)
{
	return db_run(b->db, "INSERT INTO t (a) VALUES ($1)", DB_ARGS(db_int(n)), &b->mesh.e);
}

static void
make_unique(struct base *b)
{
	assert_ok(&b->mesh, db_script(b->db, "CREATE UNIQUE INDEX once ON t (a)", &b->mesh.e));
}

static void
what_is_rolled_back_is_gone_and_what_is_committed_stays(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	db_roll_back(b->db); /* there is nothing to roll back */
	assert_ok(m, db_begin(b->db, &m->e));
	assert_ok(m, insert(b, 1));
	assert_int_equal(count_rows(b), 1);
	db_roll_back(b->db);
	assert_int_equal(count_rows(b), 0);
	assert_ok(m, db_begin(b->db, &m->e));
	assert_ok(m, insert(b, 1));
	assert_ok(m, insert(b, 2));
	assert_ok(m, db_run(b->db, "UPDATE t SET a = $1 WHERE a = $1", DB_ARGS(db_int(2)), &m->e));
	assert_int_equal(db_changed(b->db), 1);
	assert_ok(m, db_commit(b->db, &m->e));
	assert_int_equal(count_rows(b), 2);
}

static void
a_commit_reports_what_failed_before_and_keeps_nothing(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	sqlite_answers_at_once();
	make_unique(b);
	for (int i = 0; i < 3; i++) {
		assert_ok(m, db_begin(b->db, &m->e));
		assert_ok(m, insert(b, 1));
		assert_ok(m, insert(b, 1));
		if (i == 1) /* behind a sync point, too */
			assert_int_equal(db_changed(b->db), 0);
		assert_err(m, ERR_INTERNAL, "once", db_commit(b->db, &m->e));
		assert_false(db_commit_unknown(b->db));
		db_roll_back(b->db);
		assert_int_equal(count_rows(b), 0);
	}
}

static const char *
read_texts(struct base *b, const char *sql)
{
	CLEANUP(query_close) struct query q = {0};
	CLEANUP(buf_done) struct buf found = {0};
	buf_text(&found, "");
	assert_ok(&b->mesh, db_query(b->db, sql, DB_NO_ARGS, &q, &b->mesh.e));
	while (db_next(&q)) {
		const char *text = db_column_text(&q, 0, &b->mesh.arena);
		buf_printf(&found, "%s ", text ? text : "null");
	}
	return arena_text(&b->mesh.arena, found.data);
}

/* On PostgreSQL they are gathered: what they say, and when, must not show it. */
static void
inserts_that_go_together_are_what_each_would_have_been(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	static const char mixed[] = "INSERT INTO t (b, a, c) VALUES ($3, $1, $2)";
	static const char fixed[] = "INSERT INTO t (a, b) VALUES ($2, 'it (is) $1')";
	static const char once[] =
	    "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING";
	make_unique(b);
	for (int round = 0; round < 2; round++) {
		assert_ok(m, db_run(b->db, "DELETE FROM t", DB_NO_ARGS, &m->e));
		assert_ok(m, db_begin(b->db, &m->e));
		assert_ok(m, db_run(b->db, mixed,
				    DB_ARGS(db_int(1), db_bytes("\0x", 2), db_text("one")), &m->e));
		assert_ok(m, db_run(b->db, mixed,
				    DB_ARGS(db_int(2), db_null_of(DB_BLOB), db_text(NULL)), &m->e));
		assert_ok(m, db_run(b->db, fixed, DB_ARGS(db_int(0), db_int(3)), &m->e));
		assert_ok(m, db_run(b->db, once, DB_ARGS(db_int(4), db_text("four")), &m->e));
		assert_ok(m, db_run(b->db, once, DB_ARGS(db_int(1), db_text("again")), &m->e));
		assert_ok(m, db_run(b->db, once, DB_ARGS(db_int(4), db_text("again")), &m->e));
		assert_string_equal(read_texts(b, "SELECT b FROM t ORDER BY a"),
				    "one null it (is) $1 four ");
		assert_ok(m,
			  db_run(b->db, mixed,
				 DB_ARGS(db_int(5), db_null_of(DB_BLOB), db_text("five")), &m->e));
		assert_ok(m, db_run(b->db, "UPDATE t SET b = 'changed' WHERE a >= $1",
				    DB_ARGS(db_int(4)), &m->e));
		assert_ok(m,
			  db_run(b->db, mixed,
				 DB_ARGS(db_int(6), db_null_of(DB_BLOB), db_text("six")), &m->e));
		assert_ok(m, db_commit(b->db, &m->e));
		assert_string_equal(read_texts(b, "SELECT b FROM t ORDER BY a"),
				    "one null it (is) $1 changed changed six ");
		assert_string_equal(read_texts(b, "SELECT length(c) || '' FROM t WHERE a <= 2"
						  " ORDER BY a"),
				    "2 null ");
	}
}

static void
what_was_gathered_goes_with_its_transaction(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	assert_ok(m, db_begin(b->db, &m->e));
	assert_ok(m, insert(b, 1));
	db_roll_back(b->db);
	assert_ok(m, db_begin(b->db, &m->e));
	assert_ok(m, insert(b, 2));
	assert_ok(m, db_commit(b->db, &m->e));
	assert_string_equal(read_texts(b, "SELECT a || '' FROM t"), "2 ");
}

static void
more_is_sent_than_any_buffer_holds(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	CLEANUP(buf_done) struct buf large = {0};
	while (large.length < 20000)
		buf_text(&large, "0123456789");
	assert_ok(m, db_begin(b->db, &m->e));
	for (int i = 0; i < 3000; i++)
		assert_ok(m, db_run(b->db, "INSERT INTO t (a, b) VALUES ($1, $2)",
				    DB_ARGS(db_int(i), db_text(large.data)), &m->e));
	assert_int_equal(count_rows(b), 3000);
	CLEANUP(query_close) struct query q = {0};
	assert_ok(m, db_scan(b->db, "SELECT a, b FROM t WHERE a >= $1 ORDER BY a",
			     DB_ARGS(db_int(1)), &q, &m->e));
	int64_t n = 1;
	for (; db_next(&q); n++) {
		size_t length = 0;
		assert_int_equal(db_column_int(&q, 0), n);
		arena_reset(&m->arena);
		db_column_bytes(&q, 1, &m->arena, &length);
		assert_int_equal(length, 20000);
		if (n % 1000 == 0) /* between two pages of the scan */
			assert_int_equal(count_rows(b), 3000);
	}
	assert_false(query_failed(&q, &m->e));
	assert_int_equal(n, 3000);
	query_close(&q);
	assert_ok(m, db_commit(b->db, &m->e));
}

static void
a_reader_sees_one_moment(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct base r = {.mesh = {.folder = m->folder}};
	assert_ok(m, insert(b, 1));
	assert_ok(m, db_open(where(b), DB_READ, &r.db, &m->e));
	assert_ok(m, db_begin(r.db, &m->e));
	assert_int_equal(count_rows(&r), 1);
	assert_ok(m, insert(b, 2));
	assert_int_equal(count_rows(&r), 1);
	assert_ok(m, db_commit(r.db, &m->e));
	assert_ok(m, db_begin(r.db, &m->e));
	assert_int_equal(count_rows(&r), 2);
	assert_ok(m, db_commit(r.db, &m->e));
	db_close(r.db);
}

/* --- what only a server has --- */

static void
a_text_that_is_none_is_refused_before_it_is_sent(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct db_value with_nul = {.kind = DB_TEXT, .bytes = "a\0b", .length = 3};
	static const char sql[] = "INSERT INTO t (b) VALUES ($1)";
	server_only();
	assert_ok(m, db_begin(b->db, &m->e));
	assert_err(m, ERR_MALFORMED, "not UTF-8",
		   db_run(b->db, sql, DB_ARGS(db_text("a\xff")), &m->e));
	assert_err(m, ERR_MALFORMED, "with a NUL", db_run(b->db, sql, DB_ARGS(with_nul), &m->e));
	assert_ok(m, insert(b, 1));
	assert_ok(m, db_commit(b->db, &m->e));
}

static void
a_session_that_is_ended_is_lost_and_says_so(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	server_only();
	assert_ok(m, db_begin(b->db, &m->e));
	assert_ok(m, insert(b, 1));
	assert_int_equal(count_rows(b), 1);
	assert_null(database_do(&m->database,
				"SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_class c"
				" ON c.oid = l.relation AND c.relname = 't' JOIN pg_namespace n"
				" ON n.oid = c.relnamespace AND n.nspname = current_schema()"
				" WHERE pid <> pg_backend_pid() LIMIT 1",
				NULL));
	assert_int_equal(db_commit(b->db, &m->e), ERR_UNAVAILABLE);
	assert_true(db_is_lost(b->db, &m->e));
	db_roll_back(b->db);
	assert_int_equal(insert(b, 2), ERR_UNAVAILABLE);
	db_close(b->db);
	assert_ok(m, db_open(where(b), DB_WRITE, &b->db, &m->e));
	assert_int_equal(count_rows(b), 0);
}

static void
no_message_holds_a_password(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct db *db = NULL;
	static const char *const shown[][2] = {
	    {"postgresql://u:secret@h:1/d?sslmode=require", "postgresql://u:***@h:1/d"},
	    {"postgres://u:se@cret@h/d", "postgres://u:***@h/d"},
	    {"postgresql://u@h:1,i:2/d?password=secret", "postgresql://u@h:1,i:2/d"},
	    {"postgresql://", "postgresql://"},
	    {"/var/lib/weft/weft.db", "/var/lib/weft/weft.db"},
	};
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		assert_string_equal(db_where_to_show(shown[i][0], &m->arena), shown[i][1]);
	assert_int_equal(db_open("postgresql://u:secret@[::1/d", DB_WRITE, &db, &m->e), ERR_USAGE);
	assert_null(strstr(m->e.message, "secret"));
	assert_int_equal(db_open("postgresql://u:secret@127.0.0.1:1/d", DB_WRITE, &db, &m->e),
			 ERR_UNAVAILABLE);
	assert_null(strstr(m->e.message, "secret"));
}

static void
another_programs_tables_are_left_alone(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct db *db = NULL;
	server_only();
	assert_null(database_do(&m->database, "DROP TABLE weft_schema", NULL));
	assert_err(m, ERR_CORRUPT, "of another program", db_open(where(b), DB_WRITE, &db, &m->e));
	assert_null(database_do(
	    &m->database, "CREATE TABLE weft_schema (application BIGINT, number BIGINT)", NULL));
	assert_err(m, ERR_CORRUPT, "of another program", db_open(where(b), DB_WRITE, &db, &m->e));
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, open_base, close_base)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(values_come_back_as_they_went_in),
	    HERE(parameters_go_by_their_number_not_their_place),
	    HERE(a_parameter_that_is_left_out_is_null_also_the_second_time),
	    HERE(a_statement_can_run_within_itself),
	    HERE(another_text_at_the_same_address_is_another_statement),
	    HERE(more_statements_than_are_kept_all_run),
	    HERE(a_query_that_is_left_early_leaves_nothing_open),
	    HERE(wrong_sql_is_an_internal_error_that_says_what),
	    HERE(a_reader_cannot_write),
	    HERE(a_failing_step_is_told_apart_from_the_end),
	    HERE(what_is_rolled_back_is_gone_and_what_is_committed_stays),
	    HERE(a_commit_reports_what_failed_before_and_keeps_nothing),
	    HERE(inserts_that_go_together_are_what_each_would_have_been),
	    HERE(what_was_gathered_goes_with_its_transaction),
	    HERE(more_is_sent_than_any_buffer_holds),
	    HERE(a_reader_sees_one_moment),
	    HERE(a_text_that_is_none_is_refused_before_it_is_sent),
	    HERE(a_session_that_is_ended_is_lost_and_says_so),
	    HERE(no_message_holds_a_password),
	    HERE(another_programs_tables_are_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
