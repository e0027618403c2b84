/*
 * floor_sqlite.c -- what the bare database can do: the floor under every durable publish.
 *
 * One publish is a product row of 1.5 KB, an audit row, and ten edges of lineage, with prepared
 * statements, WAL and synchronous=FULL; N of them go into one transaction.
 *
 *     floor_sqlite FOLDER N SECONDS      prints publishes per second
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DOCUMENT_SIZE = 1500, AUDIT_SIZE = 200, EDGES = 10, PATH_SIZE = 4096, NAME_SIZE = 64 };

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE products (name TEXT PRIMARY KEY, version TEXT, document TEXT) WITHOUT ROWID;"
    "CREATE TABLE audit (seq INTEGER PRIMARY KEY, subject TEXT, body TEXT);"
    "CREATE TABLE edges (target TEXT, source TEXT, PRIMARY KEY (target, source)) WITHOUT ROWID;"
    "CREATE INDEX edges_by_source ON edges (source, target);";

struct floor {
	sqlite3 *db;
	sqlite3_stmt *product, *audit, *edge, *begin, *commit;
	char document[DOCUMENT_SIZE], body[AUDIT_SIZE];
};

static void
must(struct floor *f, int result, const char *doing)
{
	if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
		return;
	fprintf(stderr, "floor_sqlite: %s: %s\n", doing, sqlite3_errmsg(f->db));
	exit(1);
}

static sqlite3_stmt *
prepare(struct floor *f, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	must(f, sqlite3_prepare_v2(f->db, sql, -1, &statement, NULL), sql);
	return statement;
}

static void
run(struct floor *f, sqlite3_stmt *statement)
{
	must(f, sqlite3_step(statement), sqlite3_sql(statement));
	must(f, sqlite3_reset(statement), sqlite3_sql(statement));
}

static void
open_floor(struct floor *f, const char *folder)
{
	char path[PATH_SIZE];
	snprintf(path, sizeof path, "%s/floor.db", folder);
	must(f, sqlite3_open(path, &f->db), path);
	must(f, sqlite3_exec(f->db, schema, NULL, NULL, NULL), "making the tables");
	f->product = prepare(f, "INSERT INTO products VALUES (?1, '1.0.0', ?2)");
	f->audit = prepare(f, "INSERT INTO audit (subject, body) VALUES (?1, ?2)");
	f->edge = prepare(f, "INSERT INTO edges VALUES (?1, ?2)");
	f->begin = prepare(f, "BEGIN IMMEDIATE");
	f->commit = prepare(f, "COMMIT");
	memset(f->document, 'd', sizeof f->document);
	memset(f->body, 'b', sizeof f->body);
}

static void
close_floor(struct floor *f)
{
	sqlite3_stmt *const statements[] = {f->product, f->audit, f->edge, f->begin, f->commit};
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
		sqlite3_finalize(statements[i]);
	sqlite3_close(f->db);
}

static void
bind(struct floor *f, sqlite3_stmt *statement, int place, const char *text, int length)
{
	must(f, sqlite3_bind_text(statement, place, text, length, SQLITE_STATIC), "binding");
}

static void
publish(struct floor *f, uint64_t number)
{
	char name[NAME_SIZE], source[NAME_SIZE];
	snprintf(name, sizeof name, "bench.product_%llu", (unsigned long long)number);
	bind(f, f->product, 1, name, -1);
	bind(f, f->product, 2, f->document, sizeof f->document);
	run(f, f->product);
	bind(f, f->audit, 1, name, -1);
	bind(f, f->audit, 2, f->body, sizeof f->body);
	run(f, f->audit);
	bind(f, f->edge, 1, name, -1);
	for (int i = 0; i < EDGES; i++) {
		snprintf(source, sizeof source, "bench.source_%llu_%d",
			 (unsigned long long)(number / 2), i);
		bind(f, f->edge, 2, source, -1);
		run(f, f->edge);
	}
}

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: floor_sqlite FOLDER PUBLISHES-A-TRANSACTION SECONDS\n", stderr);
		return 2;
	}
	struct floor f = {0};
	uint64_t each = strtoull(argv[2], NULL, 10), done = 0;
	double seconds = strtod(argv[3], NULL);
	open_floor(&f, argv[1]);
	double start = now();
	while (now() - start < seconds) {
		run(&f, f.begin);
		for (uint64_t i = 0; i < each; i++)
			publish(&f, done++);
		run(&f, f.commit);
	}
	printf("%.1f\n", (double)done / (now() - start));
	close_floor(&f);
	return 0;
}
