/*
 * search.c -- ranked full text: candidates, their scores and facets, then the page that was asked
 * for.
 *
 * A word that most documents hold would make each search as slow as the mesh is large.  So a
 * bounded number of candidates is ranked: first those that match by name alone, which rank highest
 * anyway, then any.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#include "search_index.h"
#include "search_match.h"
#include "search_snippet.h"
#include "store_parts.h"

enum { MOST_BY_NAME = 500, MOST_CANDIDATES = 1000 };

struct candidate {
	int64_t id;
	double score;
};

struct finding {
	struct session *s;
	const struct search_question *question;
	struct arena *arena;
	struct map ids; /* of the candidates, to have each once */
	struct candidate *candidates;
	size_t count, room;
	struct map facets; /* struct search_facet by key and value */
	struct search_facet **facet_items;
	size_t facet_count, facet_room;
};

/* --- facets --- */

/* A search counts thousands: too often for a format to be read each time. */
static const char *
facet_id(struct arena *arena, const char *key, const char *value)
{
	char *id = arena_alloc(arena, strlen(key) + strlen(value) + 2);
	char *p = stpcpy(id, key);
	*p++ = ' ';
	stpcpy(p, value);
	return id;
}

static void
count_facet(struct finding *f, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	const char *id = facet_id(f->arena, key, value);
	struct search_facet *facet = map_get(&f->facets, id);
	if (!facet) {
		facet = ARENA_NEW(f->arena, struct search_facet);
		*facet = (struct search_facet){.key = key, .value = value};
		map_put(&f->facets, id, facet);
		f->facet_items = arena_grow(f->arena, f->facet_items, f->facet_count,
					    &f->facet_room, sizeof(struct search_facet *));
		f->facet_items[f->facet_count++] = facet;
	}
	facet->count++;
}

/* A line feed behind each tag. */
static void
count_tags(struct finding *f, const char *tags)
{
	for (const char *end; (end = strchr(tags, '\n')) != NULL; tags = end + 1)
		count_facet(f, "tag", arena_bytes(f->arena, tags, (size_t)(end - tags)));
}

static int
compare_facets(const void *a, const void *b)
{
	const struct search_facet *x = *(struct search_facet *const *)a,
				  *y = *(struct search_facet *const *)b;
	int order = strcmp(x->key, y->key);
	if (order == 0 && x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return order ? order : strcmp(x->value, y->value);
}

/* --- candidates --- */

#define COLUMNS     " AS score, d.domain, d.owner, d.classification, d.status, d.tags"
#define IN_QUESTION " AND d.status <> 'retired' AND ($2 IS NULL OR d.domain = $2) LIMIT $3"

/* Weights in the order of the index's columns: name, description, columns, tags, owner, domain. */
#define FIND_SQLITE                                                                                \
	"SELECT d.id, search_rank(search_index, 10.0, 2.0, 1.0, 4.0, 2.0, 2.0)" COLUMNS            \
	" FROM search_index JOIN search_documents d ON d.id = search_index.rowid"                  \
	" WHERE search_index MATCH $1" IN_QUESTION

/* The same weights, of D, C, B and A (search_tsvector.c); 1: long documents rank lower. */
#define FIND_POSTGRES(column)                                                                      \
	"SELECT d.id, ts_rank('{0.1, 0.2, 0.4, 1.0}', w.words, $1::tsquery, 1)" COLUMNS            \
	" FROM search_words w JOIN search_documents d ON d.id = w.id"                              \
	" WHERE w." column " @@ $1::tsquery" IN_QUESTION

static const char *const find[DIALECT_COUNT][SEARCH_SCOPES] = {
    [DIALECT_SQLITE] = {[SEARCH_ALL] = FIND_SQLITE, [SEARCH_NAME] = FIND_SQLITE},
    [DIALECT_POSTGRES] =
	{[SEARCH_ALL] = FIND_POSTGRES("words"), [SEARCH_NAME] = FIND_POSTGRES("name")},
};

static void
take_candidate(struct finding *f, const struct query *q, double score)
{
	int64_t id = db_column_int(q, 0);
	const char *key = arena_printf(f->arena, "%lld", (long long)id);
	if (map_put(&f->ids, key, f))
		return;
	f->candidates =
	    arena_grow(f->arena, f->candidates, f->count, &f->room, sizeof *f->candidates);
	f->candidates[f->count++] = (struct candidate){id, score};
	count_facet(f, "domain", db_column_text(q, 2, f->arena));
	count_facet(f, "owner", db_column_text(q, 3, f->arena));
	count_facet(f, "classification", db_column_text(q, 4, f->arena));
	count_facet(f, "status", db_column_text(q, 5, f->arena));
	count_tags(f, db_column_text(q, 6, f->arena));
}

static enum err_code
find_candidates(struct finding *f, enum search_scope scope, size_t most, struct err *e)
{
	struct db *db = f->s->db;
	const char *expression = NULL;
	CHECK(search_expression(db, f->question->words, scope, f->arena, &expression, e));
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(
	    db, find[db_dialect(db)][scope],
	    DB_ARGS(db_text(expression), db_text(f->question->domain), db_int((int64_t)most)), &q,
	    e));
	while (db_next(&q))
		take_candidate(f, &q, db_column_real(&q, 1));
	return query_failed(&q, e) ? e->code : ERR_OK;
}

/* --- what the index does not know yet --- */

struct pending_match {
	int64_t id;
	double score;
};

struct pending_search {
	struct finding *f;
	struct typed_words typed;
	struct pending_match *items;
	size_t count, room;
};

static void
try_pending(void *user, int64_t id, const struct texts_of_document *texts)
{
	struct pending_search *p = user;
	struct pending_match match = {.id = id};
	if (!search_match(db_cutter(p->f->s->db), &p->typed, texts, &match.score))
		return;
	p->items = arena_grow(p->f->arena, p->items, p->count, &p->room, sizeof *p->items);
	p->items[p->count++] = match;
}

static enum err_code
take_pending(struct finding *f, const struct pending_match *match, struct err *e)
{
	static const char sql[] = "SELECT d.id, 0" COLUMNS " FROM search_documents d"
				  " WHERE d.id = $1" IN_QUESTION;
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(f->s->db, sql,
		       DB_ARGS(db_int(match->id), db_text(f->question->domain), db_int(1)), &q, e));
	if (db_next(&q))
		take_candidate(f, &q, match->score);
	return query_failed(&q, e) ? e->code : ERR_OK;
}

static enum err_code
find_pending(struct finding *f, struct err *e)
{
	struct pending_search p = {.f = f};
	typed_words_read(&p.typed, db_cutter(f->s->db), f->question->words);
	CHECK(search_pending_each(f->s, try_pending, &p, f->arena, e));
	for (size_t i = 0; i < p.count; i++)
		CHECK(take_pending(f, &p.items[i], e));
	return ERR_OK;
}

/* --- their order --- */

/* The older product first where scores are equal: pages do not overlap. */
static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score < y->score || x->score > y->score)
		return x->score > y->score ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* --- the page --- */

/* From the document alone: asking the index again would look up every word again, for each hit. */
static enum err_code
read_hit(struct finding *f, const struct candidate *c, struct search_hit *ret_hit, struct err *e)
{
	static const char sql[] = "SELECT name, description, columns, tags, owner, domain, version,"
				  " standing FROM search_documents WHERE id = $1";
	const char *text[8];
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(f->s->db, sql, DB_ARGS(db_int(c->id)), &q, e));
	if (!db_next(&q))
		return query_failed(&q, e)
			   ? e->code
			   : ERR(e, CORRUPT,
				 "the search index knows a document %lld that is not there",
				 (long long)c->id);
	for (int i = 0; i < 8; i++)
		text[i] = db_column_text(&q, i, f->arena);
	*ret_hit = (struct search_hit){
	    .name = text[0],
	    .description = text[1],
	    .owner = text[4],
	    .domain = text[5],
	    .version = text[6],
	    .standing = text[7],
	    .snippet = search_snippet(db_cutter(f->s->db), f->question->words, text, 6, f->arena),
	    .score = c->score,
	};
	return ERR_OK;
}

static enum err_code
read_page(struct finding *f, struct search_result *ret_result, struct err *e)
{
	size_t skip = f->question->skip < f->count ? f->question->skip : f->count;
	size_t count = f->count - skip < f->question->limit ? f->count - skip : f->question->limit;
	ret_result->hits = ARENA_ARRAY(f->arena, struct search_hit, count);
	for (size_t i = 0; i < count; i++)
		CHECK(read_hit(f, &f->candidates[skip + i], &ret_result->hits[i], e));
	ret_result->count = count;
	ret_result->more = skip + count < f->count;
	return ERR_OK;
}

static void
read_facets(struct finding *f, struct search_result *ret_result)
{
	if (f->facet_count > 0)
		qsort(f->facet_items, f->facet_count, sizeof(struct search_facet *),
		      compare_facets);
	ret_result->facets = ARENA_ARRAY(f->arena, struct search_facet, f->facet_count);
	ret_result->facet_count = f->facet_count;
	for (size_t i = 0; i < f->facet_count; i++)
		ret_result->facets[i] = *f->facet_items[i];
}

enum err_code
search(struct session *s, const struct search_question *question, struct arena *arena,
       struct search_result *ret_result, struct err *e)
{
	struct search_result result = {0};
	struct finding f = {
	    .s = s,
	    .question = question,
	    .arena = arena,
	    .ids = {.arena = arena},
	    .facets = {.arena = arena},
	};
	CHECK(find_candidates(&f, SEARCH_NAME, MOST_BY_NAME, e));
	CHECK(find_candidates(&f, SEARCH_ALL, MOST_CANDIDATES, e));
	CHECK(find_pending(&f, e));
	if (f.count > 0)
		qsort(f.candidates, f.count, sizeof *f.candidates, compare_candidates);
	CHECK(read_page(&f, &result, e));
	read_facets(&f, &result);
	*ret_result = result;
	return ERR_OK;
}

enum err_code
search_late(struct session *s, uint64_t *ret_count, struct err *e)
{
	CLEANUP(query_close) struct query q = {0};
	CHECK(db_query(s->db, "SELECT count(*) FROM search_pending", DB_NO_ARGS, &q, e));
	*ret_count = db_next(&q) ? (uint64_t)db_column_int(&q, 0) : 0;
	return query_failed(&q, e) ? e->code : ERR_OK;
}
