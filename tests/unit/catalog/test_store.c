/*
 * test_store.c -- opening the data folder, in good and in bad state; sessions.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "store_parts.h"
#include "tamper.h"

/* --- helpers --- */

static void
write_file(const char *path, const void *bytes, size_t length)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	fclose(f);
}

static size_t
file_size(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

static uint64_t
log_size(struct mesh *m)
{
	struct session *s = mesh_read(m);
	uint64_t size = size_of_log(s);
	session_end(&s);
	return size;
}

/* --- opening --- */

static void
a_new_folder_begins_its_log_with_who_it_is(void **state)
{
	struct mesh *m = *state;
	struct event ev;
	struct session *s = mesh_read(m);
	assert_int_equal(size_of_log(s), 1);
	assert_ok(m, event_get(s, 1, &m->arena, &ev, &m->e));
	assert_string_equal(ev.kind, "log.created");
	assert_string_equal(ev.subject, "test.log");
	const char *verifier = verifier_key_format(store_verifier(m->store), &m->arena);
	assert_non_null(strstr(ev.body, verifier));
	session_end(&s);
}

static void
the_secret_key_is_for_its_owner_alone(void **state)
{
	struct mesh *m = *state;
	struct stat st;
	assert_int_equal(stat(mesh_path(m, "log.key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(access(mesh_path(m, "log.key.new"), F_OK), -1);
}

static void
the_key_and_the_origin_stay_when_the_folder_is_opened_again(void **state)
{
	struct mesh *m = *state;
	char before[500], after[500];
	snprintf(before, sizeof before, "%s",
		 verifier_key_format(store_verifier(m->store), &m->arena));
	mesh_stop(m);
	const struct store_options options = {.folder = m->folder.path,
					      .database = mesh_database(m),
					      .origin = "another",
					      .mode = STORE_SERVE};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	snprintf(after, sizeof after, "%s",
		 verifier_key_format(store_verifier(m->store), &m->arena));
	assert_string_equal(before, after);
	assert_string_equal(store_origin(m->store), "test.log");
	assert_int_equal(log_size(m), 1);
}

static void
a_folder_is_served_once(void **state)
{
	struct mesh *m = *state;
	struct mesh other = mesh_beside(m);
	assert_err(&other, ERR_BUSY, "already served by another process",
		   mesh_start(&other, STORE_SERVE));
}

static void
another_process_cannot_serve_it_until_the_first_ends(void **state)
{
	struct mesh *m = *state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct mesh other = mesh_beside(m);
		_exit((int)mesh_start(&other, STORE_SERVE));
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_BUSY);
	mesh_restart(m);
}

static void
a_reader_beside_the_server_sees_what_is_committed(void **state)
{
	struct mesh *m = *state;
	struct mesh auditor = mesh_beside(m);
	assert_ok(&auditor, mesh_start(&auditor, STORE_VERIFY));
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	assert_int_equal(log_size(&auditor), 2);
	struct session *s = NULL;
	assert_err(&auditor, ERR_REFUSED, "read only", store_write(auditor.store, &s, &auditor.e));
	mesh_stop(&auditor);
	arena_done(&auditor.arena);
}

static void
verifying_an_empty_folder_creates_nothing(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	assert_err(m, ERR_NOT_FOUND, "no log", mesh_start(m, STORE_VERIFY));
	assert_int_equal(rmdir(m->folder.path), 0); /* it is still empty */
}

/* As another user than root, to whom every folder is writable. */
static int
verify_as_nobody(struct mesh *m)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct mesh auditor = mesh_beside(m);
		struct log_report report = {.findings = 99};
		if ((getuid() == 0 && setuid(65534) != 0) ||
		    mesh_start(&auditor, STORE_VERIFY) != ERR_OK ||
		    log_verify(auditor.store, NULL, NULL, NULL, &report, &auditor.e) != ERR_OK)
			fprintf(stderr, "%s\n", auditor.e.message);
		_exit((int)report.findings);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_copy_that_cannot_be_written_to_is_verified(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	mesh_stop(m);
	assert_int_equal(chmod(mesh_path(m, "weft.db"), 0444), 0);
	assert_int_equal(chmod(m->folder.path, 0555), 0);
	assert_int_equal(verify_as_nobody(m), 0);
	assert_int_equal(access(mesh_path(m, "weft.db-wal"), F_OK), -1);
	assert_int_equal(chmod(m->folder.path, 0755), 0);
}

/* --- refusing --- */

static void
set_schema_number(struct mesh *m, int number)
{
	tamper(m, arena_printf(&m->arena,
			       database_is_sqlite() ? "PRAGMA user_version = %d"
						    : "UPDATE weft_schema SET number = %d",
			       number));
}

static void
a_folder_of_a_newer_version_is_refused_and_left_alone(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	set_schema_number(m, 9999);
	assert_err(m, ERR_REFUSED, "written by a newer Weft (schema 9999",
		   mesh_start(m, STORE_SERVE));
	assert_err(m, ERR_REFUSED, "written by a newer Weft", mesh_start(m, STORE_VERIFY));
}

static void
an_older_folder_is_not_verified_before_it_was_brought_forward(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	set_schema_number(m, 1);
	assert_err(m, ERR_REFUSED, "older Weft", mesh_start(m, STORE_VERIFY));
}

static void
a_file_of_garbage_is_refused(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	char garbage[10000];
	for (size_t i = 0; i < sizeof garbage; i++)
		garbage[i] = (char)(i * 7 + 1);
	write_file(mesh_path(m, "weft.db"), garbage, sizeof garbage);
	assert_err(m, ERR_CORRUPT, "not a database", mesh_start(m, STORE_SERVE));
	assert_int_equal(file_size(mesh_path(m, "weft.db")), sizeof garbage);
	assert_int_equal(access(mesh_path(m, "log.key"), F_OK), -1);
}

static void
the_database_of_another_program_is_refused_and_left_alone(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	tamper(m, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
	size_t before = file_size(mesh_path(m, "weft.db"));
	assert_err(m, ERR_CORRUPT, "of another program", mesh_start(m, STORE_SERVE));
	assert_int_equal(file_size(mesh_path(m, "weft.db")), before);
	tamper(m, "INSERT INTO theirs VALUES (2)");
}

static void
a_truncated_database_is_refused_or_reported(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	for (int i = 0; i < 30; i++)
		publish(m, product_yaml(m, arena_printf(&m->arena, "a.p%d", i), "d", ""), "1.0.0");
	mesh_stop(m);
	const char *path = mesh_path(m, "weft.db");
	for (size_t size = file_size(path) - 100; size > 100;
	     size -= size % 4096 ? size % 4096 : 100) {
		assert_int_equal(truncate(path, (off_t)size), 0);
		enum err_code code = mesh_start(m, STORE_SERVE);
		if (code == ERR_OK)
			fail_msg("a database cut to %zu bytes was opened", size);
		assert_int_equal(code, ERR_CORRUPT);
	}
}

static void
a_log_that_is_shorter_than_its_checkpoint_is_refused(void **state)
{
	struct mesh *m = *state;
	const char *note = NULL;
	happen(m, "x.y", "z", "{}");
	happen(m, "x.y", "z", "{}");
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &note, &m->e));
	mesh_stop(m);
	tamper(m, "DELETE FROM events WHERE seq = 3");
	assert_err(m, ERR_CORRUPT, "events were removed", mesh_start(m, STORE_SERVE));
}

static void
a_hole_in_the_tree_s_edge_is_refused(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	tamper(m, "DELETE FROM log_tree");
	assert_ok(m, mesh_start(m, STORE_SERVE));
	struct session *s = NULL;
	assert_err(m, ERR_CORRUPT, "hole", store_write(m->store, &s, &m->e));
}

static void
a_missing_key_is_not_replaced(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	assert_int_equal(unlink(mesh_path(m, "log.key")), 0);
	assert_err(m, ERR_CORRUPT, "log.key' is missing", mesh_start(m, STORE_SERVE));
	assert_int_equal(access(mesh_path(m, "log.key"), F_OK), -1);
}

static void
a_key_of_another_pair_is_refused(void **state)
{
	struct mesh *m = *state, *other = NULL;
	mesh_open((void **)&other);
	mesh_stop(m);
	assert_int_equal(rename(mesh_path(other, "log.key"), mesh_path(m, "log.key")), 0);
	assert_err(m, ERR_CORRUPT, "not of one pair", mesh_start(m, STORE_SERVE));
	write_file(mesh_path(m, "log.key"), "nonsense\n", 9);
	assert_err(m, ERR_CORRUPT, "is no key", mesh_start(m, STORE_SERVE));
	mesh_close((void **)&other);
}

static void
a_lost_verifier_is_written_again(void **state)
{
	struct mesh *m = *state;
	char before[500];
	snprintf(before, sizeof before, "%s",
		 verifier_key_format(store_verifier(m->store), &m->arena));
	assert_int_equal(unlink(mesh_path(m, "log.verifier")), 0);
	mesh_restart(m);
	assert_string_equal(verifier_key_format(store_verifier(m->store), &m->arena), before);
}

static void
nothing_is_written_into_a_folder_that_was_moved_away(void **state)
{
	struct mesh *m = *state;
	const char *away = arena_printf(&m->arena, "%s.away", m->folder.path);
	struct session *s = NULL;
	assert_int_equal(rename(m->folder.path, away), 0);
	assert_int_equal(store_write(m->store, &s, &m->e), ERR_IO);
	assert_non_null(strstr(m->e.message, "moved or removed"));

	/* Nor into another one of its name. */
	assert_int_equal(mkdir(m->folder.path, 0750), 0);
	write_file(mesh_path(m, "weft.lock"), "1\n", 2);
	assert_int_equal(store_write(m->store, &s, &m->e), ERR_IO);
	assert_int_equal(unlink(mesh_path(m, "weft.lock")), 0);
	assert_int_equal(rmdir(m->folder.path), 0);

	assert_int_equal(rename(away, m->folder.path), 0);
	assert_ok(m, store_write(m->store, &s, &m->e));
	session_end(&s);
}

static void
a_lost_verifier_needs_the_log_s_name(void **state)
{
	struct mesh *m = *state;
	const struct store_options options = {.folder = m->folder.path,
					      .database = mesh_database(m),
					      .mode = STORE_SERVE,
					      .readers = 1};
	store_close(m->store);
	m->store = NULL;
	assert_int_equal(unlink(mesh_path(m, "log.verifier")), 0);
	assert_int_equal(store_open(&options, &m->store, &m->e), ERR_CORRUPT);
	assert_non_null(strstr(m->e.message, "log.verifier' is missing"));
}

static void
a_folder_that_cannot_be_made_is_reported(void **state)
{
	struct mesh *m = *state;
	struct store *store = NULL;
	const struct store_options options = {
	    .folder = "/proc/no/such/folder", .origin = "x", .mode = STORE_SERVE};
	assert_err(m, ERR_IO, "/proc/no/such/folder", store_open(&options, &store, &m->e));
}

/* --- sessions --- */

static void
what_is_not_committed_has_not_happened(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = 0;
	struct session *s = mesh_write(m);
	assert_ok(m, publish_in(m, s, product_yaml(m, "a.b", "d", ""), "1.0.0", &seq));
	assert_int_equal(seq, 2);
	session_end(&s);
	assert_int_equal(log_size(m), 1);
	assert_int_equal(publish(m, product_yaml(m, "a.c", "d", ""), "1.0.0"), 2);
	struct log_report report;
	assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.events, 2);
}

static void
a_change_that_failed_half_way_cannot_be_committed(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	buf_text(&body, "{\"version\":\"1.0.0\"}");
	struct session *s = mesh_write(m);
	assert_err(m, ERR_MALFORMED, "no source",
		   event_append(s, "x", "product.published", "a.b", &body, NULL, &m->e));
	assert_err(m, ERR_INTERNAL, "half-way", session_commit(s, &m->e));
	session_end(&s);
	assert_int_equal(log_size(m), 1);
	assert_int_equal(publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0"), 2);
}

static void
a_reader_keeps_its_snapshot_while_others_write(void **state)
{
	struct mesh *m = *state;
	struct session *s = mesh_read(m);
	assert_int_equal(size_of_log(s), 1);
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	assert_int_equal(size_of_log(s), 1);
	session_end(&s);
	assert_int_equal(log_size(m), 2);
}

static void
more_readers_than_connections_are_kept_all_read(void **state)
{
	struct mesh *m = *state;
	struct session *all[10];
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		all[i] = mesh_read(m);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		assert_int_equal(size_of_log(all[i]), 1);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		session_end(&all[i]);
}

/* Whichever came back last. */
static void
the_oldest_idle_connection_is_used_first(void **state)
{
	struct mesh *m = *state;
	struct session *s = mesh_read(m), *beside = mesh_read(m);
	const struct db *oldest = s->db;
	session_end(&s);
	session_end(&beside);
	s = mesh_read(m);
	beside = mesh_read(m);
	assert_ptr_equal(s->db, oldest);
	session_end(&beside);
	session_end(&s);
	s = mesh_read(m);
	assert_ptr_equal(s->db, oldest);
	session_end(&s);
}

static void
ending_a_session_twice_is_harmless(void **state)
{
	struct mesh *m = *state;
	struct session *s = mesh_write(m);
	session_end(&s);
	assert_null(s);
	session_end(&s);
	s = mesh_write(m);
	session_end(&s);
}

static void
time_does_not_go_back_in_the_log(void **state)
{
	struct mesh *m = *state;
	mesh_stop(m);
	struct store_options options = {.folder = m->folder.path,
					.database = mesh_database(m),
					.origin = "x",
					.mode = STORE_SERVE};
	options.clock.fixed = SECONDS(4000000000);
	assert_ok(m, store_open(&options, &m->store, &m->e));
	happen(m, "x.y", "z", "{}");
	mesh_stop(m);
	options.clock.fixed = SECONDS(1000000000);
	assert_ok(m, store_open(&options, &m->store, &m->e));
	struct session *s = mesh_write(m);
	assert_int_equal(session_now(s), SECONDS(4000000000));
	session_end(&s);
	happen(m, "x.y", "z", "{}");
	struct event ev;
	s = mesh_read(m);
	assert_ok(m, event_get(s, 3, &m->arena, &ev, &m->e));
	assert_int_equal(ev.time, SECONDS(4000000000));
	session_end(&s);
}

/* --- a full disk --- */

/* How large the writer's database may grow: beyond it SQLite answers as on a disk without space. */
static void
limit_pages(struct mesh *m, int64_t more)
{
	struct session *s = mesh_write(m);
	CLEANUP(query_close) struct query q = {0};
	assert_ok(m, db_query(s->db, "PRAGMA page_count", DB_NO_ARGS, &q, &m->e));
	assert_true(db_next(&q));
	int64_t pages = db_column_int(&q, 0);
	query_close(&q);
	const char *sql = arena_printf(&m->arena, "PRAGMA max_page_count = %lld",
				       (long long)pages + (long long)more);
	assert_ok(m, db_script(s->db, sql, &m->e));
	session_end(&s);
}

/* Publishes until it is refused so, and looks each time that what is in the log is what was
 * acknowledged. */
static uint64_t
publish_until(struct mesh *m, enum err_code expected)
{
	uint64_t acknowledged = log_size(m), seq = 0;
	char *filler = arena_alloc(&m->arena, 20001);
	memset(filler, 'x', 20000);
	for (int i = 0; i < 200; i++) {
		const char *yaml =
		    product_yaml(m, arena_printf(&m->arena, "a.p%d", i), "d",
				 arena_printf(&m->arena, "description: %s\n", filler));
		struct session *s = mesh_write(m);
		enum err_code code = publish_in(m, s, yaml, "1.0.0", &seq);
		if (code == ERR_OK)
			code = session_commit(s, &m->e);
		session_end(&s);
		acknowledged += code == ERR_OK;
		assert_int_equal(log_size(m), acknowledged);
		if (code != ERR_OK) {
			assert_int_equal(code, expected);
			return acknowledged;
		}
	}
	fail_msg("nothing was refused");
	return 0;
}

static void
it_goes_on(struct mesh *m, uint64_t acknowledged)
{
	struct log_report report;
	assert_int_equal(publish(m, product_yaml(m, "a.last", "d", ""), "1.0.0"), acknowledged + 1);
	assert_ok(m, log_verify(m->store, NULL, NULL, NULL, &report, &m->e));
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.events, acknowledged + 1);
}

static void
a_full_database_leaves_nothing_half_done(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	limit_pages(m, 40);
	publish_until(m, ERR_NO_SPACE);
	uint64_t acknowledged = publish_until(m, ERR_NO_SPACE);
	limit_pages(m, 100000);
	it_goes_on(m, acknowledged);
}

static void
a_failing_disk_leaves_nothing_half_done(void **state)
{
	struct mesh *m = *state;
	sqlite_only();
	struct rlimit before, limit;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1 << 20; /* of the journal */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	uint64_t acknowledged = publish_until(m, ERR_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, handler);
	it_goes_on(m, acknowledged);
	mesh_restart(m);
	it_goes_on(m, acknowledged + 1);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)
#define BARE(test) cmocka_unit_test_setup_teardown(test, mesh_make, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_new_folder_begins_its_log_with_who_it_is),
	    HERE(the_secret_key_is_for_its_owner_alone),
	    HERE(the_key_and_the_origin_stay_when_the_folder_is_opened_again),
	    HERE(a_folder_is_served_once),
	    HERE(another_process_cannot_serve_it_until_the_first_ends),
	    HERE(a_reader_beside_the_server_sees_what_is_committed),
	    BARE(verifying_an_empty_folder_creates_nothing),
	    HERE(a_copy_that_cannot_be_written_to_is_verified),
	    HERE(a_folder_of_a_newer_version_is_refused_and_left_alone),
	    HERE(an_older_folder_is_not_verified_before_it_was_brought_forward),
	    BARE(a_file_of_garbage_is_refused),
	    BARE(the_database_of_another_program_is_refused_and_left_alone),
	    HERE(a_truncated_database_is_refused_or_reported),
	    HERE(a_log_that_is_shorter_than_its_checkpoint_is_refused),
	    HERE(a_hole_in_the_tree_s_edge_is_refused),
	    HERE(a_missing_key_is_not_replaced),
	    HERE(a_key_of_another_pair_is_refused),
	    HERE(a_lost_verifier_is_written_again),
	    HERE(nothing_is_written_into_a_folder_that_was_moved_away),
	    HERE(a_lost_verifier_needs_the_log_s_name),
	    HERE(a_folder_that_cannot_be_made_is_reported),
	    HERE(what_is_not_committed_has_not_happened),
	    HERE(a_change_that_failed_half_way_cannot_be_committed),
	    HERE(a_reader_keeps_its_snapshot_while_others_write),
	    HERE(more_readers_than_connections_are_kept_all_read),
	    HERE(the_oldest_idle_connection_is_used_first),
	    HERE(ending_a_session_twice_is_harmless),
	    HERE(time_does_not_go_back_in_the_log),
	    HERE(a_full_database_leaves_nothing_half_done),
	    HERE(a_failing_disk_leaves_nothing_half_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
