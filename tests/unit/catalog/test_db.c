/*
 * test_db.c -- the driver: values in and out, statements kept, what errors mean.
 */
#include "db.h"
#include "fixture.h"

struct base {
	struct mesh mesh;
	struct db *db;
};

static int
open_base(void **state)
{
	struct base *b = calloc(1, sizeof *b);
	folder_make(&b->mesh.folder);
	*state = b;
	if (db_open(mesh_path(&b->mesh, "x.db"), DB_WRITE, &b->db, &b->mesh.e) != ERR_OK)
		return -1;
	if (db_script(b->db, "CREATE TABLE t (a, b, c)", &b->mesh.e) != ERR_OK)
		return -1;
	return db_set_schema(b->db, 1, &b->mesh.e) == ERR_OK ? 0 : -1; /* so that it is of Weft */
}

static int
close_base(void **state)
{
	struct base *b = *state;
	db_close(b->db);
	folder_remove(&b->mesh.folder);
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
	assert_ok(m, db_run(b->db, sql,
			    DB_ARGS(db_hash(&d), db_bytes("a\0b", 3), db_bytes(NULL, 0)), &m->e));
	assert_int_equal(db_changed(b->db), 1);

	CLEANUP(query_close) struct query q = {0};
	assert_ok(
	    m, db_query(b->db, "SELECT a, b, c, 1.5 FROM t ORDER BY rowid", DB_NO_ARGS, &q, &m->e));
	assert_true(db_next(&q));
	assert_int_equal(db_column_count(&q), 4);
	assert_int_equal(db_column_int(&q, 0), INT64_MIN);
	assert_string_equal(db_column_text(&q, 1, &m->arena), "caf\xc3\xa9");
	assert_true(db_column_is_null(&q, 2));
	assert_null(db_column_text(&q, 2, &m->arena));
	assert_true(db_column_real(&q, 3) == 1.5);
	assert_int_equal(db_column_kind(&q, 3), DB_REAL);
	assert_true(db_next(&q));
	struct digest back = db_column_hash(&q, 0);
	assert_true(digest_equal(&d, &back));
	assert_memory_equal(db_column_bytes(&q, 1, &m->arena, &length), "a\0b", 3);
	assert_int_equal(length, 3);
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
	assert_err(m, ERR_INTERNAL, "no such table: nowhere",
		   db_query(b->db, "SELECT 1 FROM nowhere", DB_NO_ARGS, &q, &m->e));
	assert_int_equal(db_run(b->db, "SELEC", DB_NO_ARGS, &m->e), ERR_INTERNAL);
}

static void
a_reader_cannot_write(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	struct db *reader = NULL;
	assert_ok(m, db_open(mesh_path(m, "x.db"), DB_READ, &reader, &m->e));
	assert_int_equal(db_run(reader, "INSERT INTO t (a) VALUES (1)", DB_NO_ARGS, &m->e), ERR_IO);
	db_close(reader);
}

static void
a_failing_step_is_told_apart_from_the_end(void **state)
{
	struct base *b = *state;
	struct mesh *m = &b->mesh;
	CLEANUP(query_close) struct query q = {0};
	assert_ok(m, db_query(b->db, "SELECT abs($1)", DB_ARGS(db_int(INT64_MIN)), &q, &m->e));
	assert_false(db_next(&q));
	assert_true(query_failed(&q, &m->e));
	assert_non_null(strstr(m->e.message, "integer overflow"));
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
