/*
 * floor_search.c -- what bare FTS5 can do: the floor under every search.
 *
 * A contentless index over the texts of the products that load publishes, prefix='2 3'; a question
 * is the twenty best by bm25.
 *
 *     floor_search FILE PREFIX PRODUCTS SECONDS <QUESTIONS
 *
 * Makes FILE when it is not there.  Standard input has one question a line, in FTS5's language;
 * they are asked in turn.  Prints one line of JSON: questions a second, and percentiles in
 * microseconds.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_client.h"
#include "bench_product.h"

enum { QUESTION_SIZE = 256, MOST_QUESTIONS = 4096, TEXTS = 6, BATCH = 10000, PATH_SIZE = 4096 };

struct floor {
	sqlite3 *db;
	char questions[MOST_QUESTIONS][QUESTION_SIZE];
	size_t question_count;
};

static void
must(struct floor *f, int result, const char *doing)
{
	if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
		bench_fail(doing, sqlite3_errmsg(f->db));
}

static void
script(struct floor *f, const char *sql)
{
	must(f, sqlite3_exec(f->db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *
prepare(struct floor *f, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	must(f, sqlite3_prepare_v2(f->db, sql, -1, &statement, NULL), sql);
	return statement;
}

static void
insert(struct floor *f, sqlite3_stmt *statement, const char *prefix, uint64_t n)
{
	struct bench_texts t;
	bench_texts_write(&t, prefix, n, 0);
	const char *const texts[TEXTS] = {t.name, t.description, t.columns,
					  t.tags, t.owner,       t.domain};
	must(f, sqlite3_bind_int64(statement, 1, (sqlite3_int64)n), "binding");
	for (int i = 0; i < TEXTS; i++)
		must(f, sqlite3_bind_text(statement, i + 2, texts[i], -1, SQLITE_STATIC),
		     "binding");
	must(f, sqlite3_step(statement), "inserting");
	must(f, sqlite3_reset(statement), "inserting");
}

/* Under another name until it is whole. */
static void
fill(struct floor *f, const char *path, const char *prefix, uint64_t products)
{
	char unfinished[PATH_SIZE];
	snprintf(unfinished, sizeof unfinished, "%s.new", path);
	unlink(unfinished);
	must(f, sqlite3_open(unfinished, &f->db), unfinished);
	script(f, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		  "CREATE VIRTUAL TABLE search USING fts5 (name, description, columns, tags, owner,"
		  " domain, content = '', prefix = '2 3', tokenize = \"unicode61\")");
	sqlite3_stmt *statement =
	    prepare(f, "INSERT INTO search (rowid, name, description, columns, tags, owner, domain)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	script(f, "BEGIN");
	for (uint64_t n = 1; n <= products; n++) {
		insert(f, statement, prefix, n);
		if (n % BATCH == 0)
			script(f, "COMMIT; BEGIN");
	}
	script(f, "COMMIT");
	sqlite3_finalize(statement);
	sqlite3_close(f->db);
	if (rename(unfinished, path) != 0)
		bench_fail("renaming", unfinished);
}

static void
read_questions(struct floor *f)
{
	while (f->question_count < MOST_QUESTIONS &&
	       fgets(f->questions[f->question_count], QUESTION_SIZE, stdin)) {
		char *line = f->questions[f->question_count++];
		line[strcspn(line, "\n")] = '\0';
	}
	if (f->question_count == 0)
		bench_fail("standard input", "there is no question");
}

static void
answer(struct floor *f, sqlite3_stmt *statement, const char *question)
{
	must(f, sqlite3_bind_text(statement, 1, question, -1, SQLITE_STATIC), "binding");
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW)
		continue;
	must(f, result, question);
	must(f, sqlite3_reset(statement), question);
}

static void
measure(struct floor *f, double seconds)
{
	struct bench_times times = {0};
	sqlite3_stmt *statement =
	    prepare(f, "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rank LIMIT 20");
	double start = bench_now(), before = start, after = start;
	for (size_t i = 0; after - start < seconds; i++, before = after) {
		answer(f, statement, f->questions[i % f->question_count]);
		after = bench_now();
		bench_times_add(&times, after - before);
	}
	printf("{\"rate\": %.1f, ", (double)times.count / (after - start));
	bench_times_report(&times);
	puts("}");
	sqlite3_finalize(statement);
	bench_times_done(&times);
}

int
main(int argc, char **argv)
{
	static struct floor f;
	if (argc != 5) {
		fputs("usage: floor_search FILE PREFIX PRODUCTS SECONDS <QUESTIONS\n", stderr);
		return 2;
	}
	if (access(argv[1], R_OK) != 0)
		fill(&f, argv[1], argv[2], strtoull(argv[3], NULL, 10));
	must(&f, sqlite3_open_v2(argv[1], &f.db, SQLITE_OPEN_READONLY, NULL), argv[1]);
	read_questions(&f);
	measure(&f, strtod(argv[4], NULL));
	sqlite3_close(f.db);
	return 0;
}
