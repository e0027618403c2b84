/*
 * test_backup.c -- a backup is the catalog of one moment; what is wrong with one is found before it
 * is put in place.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <unistd.h>

#include "catalog/backup.h"

#include "indexed.h"
#include "tamper.h"

/* Beside the data folder, which the backup is no part of. */
struct place {
	struct folder folder;
	struct arena arena;
};

static const char *
in_place(struct place *p, const char *name)
{
	return arena_printf(&p->arena, "%s/%s", p->folder.path, name);
}

static struct place
make_place(void)
{
	struct place p = {0};
	folder_make(&p.folder);
	return p;
}

static void
remove_place(struct place *p)
{
	folder_remove(&p->folder);
	arena_done(&p->arena);
}

static unsigned
files_in(const char *path)
{
	unsigned count = 0;
	DIR *folder = opendir(path);
	assert_non_null(folder);
	for (struct dirent *d; (d = readdir(folder));)
		count += d->d_name[0] != '.';
	closedir(folder);
	return count;
}

static void
fill(struct mesh *m, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		publish(m,
			product_yaml(m, arena_printf(&m->arena, "mesh.p%u", i), "d",
				     arena_printf(&m->arena, "description: about %0*u\n", 4000, i)),
			"1.0.0");
}

static void
note_wrong(void *user, const char *what, const char *message)
{
	buf_printf(user, "%s: %s\n", what, message);
}

/* Findings as text; the folder's report. */
static struct check_report
look_through(struct mesh *m, const char *backup, struct buf *found)
{
	struct check_report report = {0};
	const struct check_wish wish = {.folder = backup ? NULL : m->folder.path,
					.backup = backup,
					.scratch = "/tmp",
					.complain = note_wrong,
					.user = found};
	assert_ok(m, catalog_check(&wish, &m->arena, &report, &m->e));
	return report;
}

static enum err_code
restore(struct mesh *m, const char *file, const char *folder, const char *key, struct buf *found,
	struct check_report *report)
{
	const struct restore_wish wish = {
	    .file = file, .folder = folder, .key = key, .complain = note_wrong, .user = found};
	return backup_restore(&wish, &m->arena, report, &m->e);
}

struct writing {
	struct mesh *mesh;
	unsigned calls;
};

/* copy_progress_fn: somebody publishes between any two steps. */
static bool
publish_meanwhile(void *user, uint64_t done, uint64_t of)
{
	struct writing *w = user;
	assert_true(done <= of);
	publish(
	    w->mesh,
	    product_yaml(w->mesh, arena_printf(&w->mesh->arena, "new.p%u", w->calls++), "d", ""),
	    "1.0.0");
	return true;
}

static void
who_writes_meanwhile_is_not_in_the_copy_and_does_not_wait(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	CLEANUP(buf_done) struct buf found = {0};
	fill(m, 300);
	struct writing w = {.mesh = m};
	const struct backup_wish wish = {.folder = m->folder.path,
					 .file = in_place(&p, "b"),
					 .progress = publish_meanwhile,
					 .user = &w};
	struct backup_report made;
	assert_ok(m, backup_make(&wish, &made, &m->e));
	assert_in_range(w.calls, 3, 1000);
	assert_int_equal(made.events, 301);
	struct check_report report = look_through(m, wish.file, &found);
	assert_string_equal(found.data ? found.data : "", "");
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.lines[1].looked_at, 301);
	assert_int_equal(files_in(p.folder.path), 1);
	remove_place(&p);
}

static bool
give_up(void *user, uint64_t done, uint64_t of)
{
	(void)user, (void)done, (void)of;
	return false;
}

static void
who_gives_up_leaves_nothing(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	fill(m, 300);
	const struct backup_wish wish = {
	    .folder = m->folder.path, .file = in_place(&p, "b"), .progress = give_up};
	struct backup_report made;
	assert_err(m, ERR_BUSY, "stopped", backup_make(&wish, &made, &m->e));
	assert_int_equal(files_in(p.folder.path), 0);
	remove_place(&p);
}

static void
back_up(struct mesh *m, const char *file, const char *key)
{
	struct backup_report made;
	const struct backup_wish wish = {.folder = m->folder.path, .file = file, .key = key};
	assert_ok(m, backup_make(&wish, &made, &m->e));
}

static void
a_file_that_is_there_is_not_overwritten(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct backup_report made;
	back_up(m, in_place(&p, "b"), in_place(&p, "key"));
	const struct backup_wish again = {.folder = m->folder.path, .file = in_place(&p, "b")};
	assert_err(m, ERR_CONFLICT, "already there", backup_make(&again, &made, &m->e));
	const struct backup_wish key = {
	    .folder = m->folder.path, .file = in_place(&p, "c"), .key = in_place(&p, "key")};
	assert_err(m, ERR_CONFLICT, "already there", backup_make(&key, &made, &m->e));
	assert_int_equal(files_in(p.folder.path), 2);
	remove_place(&p);
}

static void
backup_and_key_are_for_their_owner_alone(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct stat found;
	back_up(m, in_place(&p, "b"), in_place(&p, "key"));
	assert_int_equal(stat(in_place(&p, "b"), &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
	assert_int_equal(stat(in_place(&p, "key"), &found), 0);
	assert_int_equal(found.st_mode & 0777, 0600);
	remove_place(&p);
}

static void
what_was_restored_serves_and_signs_as_before(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	const char *before, *after;
	CLEANUP(buf_done) struct buf found = {0};
	struct check_report report;
	fill(m, 5);
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &before, &m->e));
	back_up(m, in_place(&p, "b"), in_place(&p, "key"));
	assert_ok(m, restore(m, in_place(&p, "b"), in_place(&p, "data"), in_place(&p, "key"),
			     &found, &report));
	assert_int_equal(report.findings, 0);
	mesh_stop(m);
	const struct store_options options = {
	    .folder = in_place(&p, "data"), .mode = STORE_SERVE, .readers = 1};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	assert_string_equal(store_origin(m->store), "test.log");
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &after, &m->e));
	assert_string_equal(before, after);
	publish(m, product_yaml(m, "later.p", "d", ""), "1.0.0");
	assert_ok(m, checkpoint_latest(m->store, &m->arena, &after, &m->e));
	mesh_stop(m);
	remove_place(&p);
}

static void
without_the_key_it_is_verified_and_not_served(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	back_up(m, in_place(&p, "b"), NULL);
	assert_ok(m, restore(m, in_place(&p, "b"), in_place(&p, "data"), NULL, &found, &report));
	mesh_stop(m);
	struct store_options options = {
	    .folder = in_place(&p, "data"), .mode = STORE_SERVE, .readers = 1};
	assert_err(m, ERR_CORRUPT, "log.key", store_open(&options, &m->store, &m->e));
	options.mode = STORE_VERIFY;
	assert_ok(m, store_open(&options, &m->store, &m->e));
	remove_place(&p);
}

static void
another_logs_key_is_refused_and_nothing_is_left(void **state)
{
	struct mesh *m = *state, *other;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	void *other_state;
	assert_int_equal(mesh_open(&other_state), 0);
	other = other_state;
	back_up(m, in_place(&p, "b"), NULL);
	assert_err(m, ERR_REFUSED, "not the key of the log",
		   restore(m, in_place(&p, "b"), in_place(&p, "data"), mesh_path(other, "log.key"),
			   &found, &report));
	assert_int_equal(files_in(in_place(&p, "data")), 1); /* weft.lock */
	mesh_close(&other_state);
	remove_place(&p);
}

static void
a_folder_with_a_catalog_is_refused(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	back_up(m, in_place(&p, "b"), NULL);
	assert_err(m, ERR_BUSY, "served",
		   restore(m, in_place(&p, "b"), m->folder.path, NULL, &found, &report));
	mesh_stop(m);
	assert_err(m, ERR_CONFLICT, "has a catalog",
		   restore(m, in_place(&p, "b"), m->folder.path, NULL, &found, &report));
	assert_ok(m, mesh_start(m, STORE_SERVE));
	remove_place(&p);
}

static void
write_file(const char *path, const char *bytes, size_t length, long at)
{
	FILE *file = fopen(path, at < 0 ? "wb" : "r+b");
	assert_non_null(file);
	if (at >= 0)
		assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void
a_restore_that_died_is_not_in_the_way(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	back_up(m, in_place(&p, "b"), in_place(&p, "key"));
	assert_int_equal(mkdir(in_place(&p, "data"), 0700), 0);
	assert_int_equal(mkdir(in_place(&p, "data/weft-scratch-abcdef"), 0700), 0);
	write_file(in_place(&p, "data/weft-scratch-abcdef/weft.db"), "half of it", 10, -1);
	write_file(in_place(&p, "data/log.verifier"), "of before\n", 10, -1);
	assert_ok(m, restore(m, in_place(&p, "b"), in_place(&p, "data"), in_place(&p, "key"),
			     &found, &report));
	assert_int_equal(files_in(in_place(&p, "data")), 4); /* database, lock, key, verifier */
	mesh_stop(m);
	const struct store_options options = {
	    .folder = in_place(&p, "data"), .mode = STORE_SERVE, .readers = 1};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	mesh_stop(m);
	remove_place(&p);
}

static void
set_schema(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Without what the migrations behind the seventh made they can be done again. */
static void
an_older_backup_is_brought_forward_and_a_newer_one_refused(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	fill(m, 3);
	back_up(m, in_place(&p, "old"), in_place(&p, "key"));
	set_schema(in_place(&p, "old"),
		   "DROP TABLE policy_versions; DROP TABLE violations; DROP TABLE violation_counts;"
		   "DROP TABLE standing;"
		   "ALTER TABLE products DROP COLUMN judged_seq;"
		   "DROP TABLE log_lock; DROP TABLE writers; ALTER TABLE jobs DROP COLUMN holder;"
		   "ALTER TABLE jobs DROP COLUMN claim; PRAGMA user_version = 7");
	assert_int_equal(look_through(m, in_place(&p, "old"), &found).findings, 0);
	assert_ok(m, restore(m, in_place(&p, "old"), in_place(&p, "data"), in_place(&p, "key"),
			     &found, &report));
	assert_int_equal(report.findings, 0);
	back_up(m, in_place(&p, "new"), NULL);
	set_schema(in_place(&p, "new"), "PRAGMA user_version = 1000");
	assert_err(m, ERR_REFUSED, "newer Weft",
		   restore(m, in_place(&p, "new"), in_place(&p, "other"), NULL, &found, &report));
	assert_int_equal(files_in(in_place(&p, "other")), 1);
	mesh_stop(m);
	const struct store_options options = {
	    .folder = in_place(&p, "data"), .mode = STORE_SERVE, .readers = 1};
	assert_ok(m, store_open(&options, &m->store, &m->e));
	mesh_stop(m);
	remove_place(&p);
}

static void
what_is_no_backup_is_refused(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	struct check_report report;
	CLEANUP(buf_done) struct buf found = {0};
	write_file(in_place(&p, "empty"), "", 0, -1);
	write_file(in_place(&p, "text"), "no database", 11, -1);
	static const char *const names[] = {"empty", "text"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_err(m, ERR_CORRUPT, "no database",
			   restore(m, in_place(&p, names[i]), in_place(&p, "data"), NULL, &found,
				   &report));
	assert_err(m, ERR_NOT_FOUND, "no file",
		   restore(m, in_place(&p, "none"), in_place(&p, "data"), NULL, &found, &report));
	back_up(m, in_place(&p, "b"), NULL);
	struct stat whole;
	assert_int_equal(stat(in_place(&p, "b"), &whole), 0);
	assert_int_equal(truncate(in_place(&p, "b"), whole.st_size - 100), 0);
	assert_err(m, ERR_CORRUPT, "was cut",
		   restore(m, in_place(&p, "b"), in_place(&p, "data"), NULL, &found, &report));
	assert_int_equal(files_in(in_place(&p, "data")), 1);
	remove_place(&p);
}

static void
copy_file(const char *from, const char *to)
{
	struct arena arena = {0};
	struct err e;
	char *bytes = NULL;
	size_t length = 0;
	assert_int_equal(file_read(from, 64U << 20, &arena, &bytes, &length, &e), ERR_OK);
	write_file(to, bytes, length, -1);
	arena_done(&arena);
}

/* cp -r of a folder, while it is not served or after a crash: its journal belongs to it. */
static void
a_journal_beside_the_file_is_read_with_it(void **state)
{
	struct mesh *m = *state;
	struct place p = make_place();
	CLEANUP(buf_done) struct buf found = {0};
	fill(m, 3);
	copy_file(mesh_path(m, "weft.db"), in_place(&p, "weft.db"));
	copy_file(mesh_path(m, "weft.db-wal"), in_place(&p, "weft.db-wal"));
	struct check_report report = look_through(m, in_place(&p, "weft.db"), &found);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.lines[1].looked_at, 4);
	remove_place(&p);
}

/* A page in the middle, overwritten: whichever it is, something is found or cannot be read. */
static void
a_damaged_page_is_never_put_in_place(void **state)
{
	struct mesh *m = *state;
	struct stat whole;
	char junk[4096];
	memset(junk, 0x5a, sizeof junk);
	fill(m, 5);
	struct place p = make_place();
	back_up(m, in_place(&p, "b"), NULL);
	assert_int_equal(stat(in_place(&p, "b"), &whole), 0);
	for (long at = 4096; at < whole.st_size; at += 7 * 4096L) {
		struct check_report report = {0};
		CLEANUP(buf_done) struct buf found = {0};
		unlink(in_place(&p, "bad"));
		back_up(m, in_place(&p, "bad"), NULL);
		write_file(in_place(&p, "bad"), junk, sizeof junk, at);
		enum err_code code =
		    restore(m, in_place(&p, "bad"), in_place(&p, "data"), NULL, &found, &report);
		if (code == ERR_OK && report.findings == 0)
			fail_msg("the page at %ld was spoiled, and nobody saw", at);
		assert_int_equal(files_in(in_place(&p, "data")), 1);
	}
	remove_place(&p);
}

static void
expect_found(struct mesh *m, const char *sql, const char *expected)
{
	CLEANUP(buf_done) struct buf found = {0};
	mesh_stop(m);
	tamper(m, sql);
	assert_ok(m, mesh_start(m, STORE_SERVE));
	struct check_report report = look_through(m, NULL, &found);
	if (report.findings == 0 || !strstr(found.data, expected))
		fail_msg("'%s' is not in '%s'", expected, found.data ? found.data : "");
}

static void
each_kind_of_damage_is_found_beside_a_server(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf found = {0};
	fill(m, 5);
	struct check_report report = look_through(m, NULL, &found);
	assert_int_equal(report.findings, 0);
	bring_up_the_index(m);
	expect_found(m, "UPDATE products SET owner = 'mallory' WHERE name = 'mesh.p1'",
		     "products: it has 5 rows that are not what the log gives (5 rows)");
	expect_found(m, "DELETE FROM product_columns", "product_columns: it has 0 rows");
	expect_found(m, "UPDATE search_documents SET description = 'other' WHERE name = 'mesh.p1'",
		     "database: the full-text index");
	expect_found(m, "UPDATE events SET actor = 'mallory' WHERE seq = 3", "log: event 3");
}

static void
an_exchanged_key_is_found(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf found = {0};
	void *other_state;
	assert_int_equal(mesh_open(&other_state), 0);
	mesh_stop(m);
	assert_int_equal(rename(mesh_path(other_state, "log.key"), mesh_path(m, "log.key")), 0);
	assert_int_equal(look_through(m, NULL, &found).findings, 1);
	assert_non_null(strstr(found.data, "keys: "));
	assert_int_equal(
	    rename(mesh_path(other_state, "log.verifier"), mesh_path(m, "log.verifier")), 0);
	assert_true(look_through(m, NULL, &found).findings >= 1);
	assert_non_null(strstr(found.data, "first event"));
	mesh_close(&other_state);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(who_writes_meanwhile_is_not_in_the_copy_and_does_not_wait),
	    HERE(who_gives_up_leaves_nothing),
	    HERE(a_file_that_is_there_is_not_overwritten),
	    HERE(backup_and_key_are_for_their_owner_alone),
	    HERE(what_was_restored_serves_and_signs_as_before),
	    HERE(without_the_key_it_is_verified_and_not_served),
	    HERE(another_logs_key_is_refused_and_nothing_is_left),
	    HERE(a_folder_with_a_catalog_is_refused),
	    HERE(a_restore_that_died_is_not_in_the_way),
	    HERE(an_older_backup_is_brought_forward_and_a_newer_one_refused),
	    HERE(what_is_no_backup_is_refused),
	    HERE(a_journal_beside_the_file_is_read_with_it),
	    HERE(a_damaged_page_is_never_put_in_place),
	    HERE(each_kind_of_damage_is_found_beside_a_server),
	    HERE(an_exchanged_key_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
