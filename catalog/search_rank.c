/*
 * search_rank.c -- BM25 of one document, without a look at the others.
 *
 * FTS5's own bm25() first counts in how many documents each word stands, which reads the whole list
 * of a frequent word (twice, when it is matched by its beginning): 50 ms among 100,000 documents,
 * however few are ranked.  Those counts weigh the words against each other; as every candidate
 * holds all words, they matter least here, and are taken as equal.  What remains of the formula
 * (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, section 3.6, BM25F) needs
 * the document's words and the average length, which the index keeps.
 */
#include "search_rank.h"

#include <sqlite3.h>
#include <stddef.h>

enum { MOST_PHRASES = 64 };

static const double K1 = 1.2, B = 0.75;

/* The occurrences of each word, each weighed by its column: weights are the SQL function's
 * arguments. */
static int
count_words(const Fts5ExtensionApi *api, Fts5Context *fts, int argc, sqlite3_value **argv,
	    double ret_counts[MOST_PHRASES])
{
	int count = 0;
	int result = api->xInstCount(fts, &count);
	for (int i = 0; result == SQLITE_OK && i < count; i++) {
		int phrase = 0, column = 0, offset = 0;
		result = api->xInst(fts, i, &phrase, &column, &offset);
		if (result == SQLITE_OK && phrase < MOST_PHRASES)
			ret_counts[phrase] +=
			    column < argc ? sqlite3_value_double(argv[column]) : 1.0;
	}
	return result;
}

/* How long the document is, where 1 is as long as the average. */
static int
relative_length(const Fts5ExtensionApi *api, Fts5Context *fts, double *ret_length)
{
	sqlite3_int64 documents = 0, words = 0;
	int own = 0;
	int result = api->xRowCount(fts, &documents);
	if (result == SQLITE_OK)
		result = api->xColumnTotalSize(fts, -1, &words);
	if (result == SQLITE_OK)
		result = api->xColumnSize(fts, -1, &own);
	if (result == SQLITE_OK)
		*ret_length = words > 0 ? (double)own * (double)documents / (double)words : 1.0;
	return result;
}

static void
search_rank(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int argc,
	    sqlite3_value **argv)
{
	double counts[MOST_PHRASES] = {0}, length = 1.0, score = 0.0;
	int phrases = api->xPhraseCount(fts);
	int result = count_words(api, fts, argc, argv, counts);
	if (result == SQLITE_OK)
		result = relative_length(api, fts, &length);
	if (result != SQLITE_OK) {
		sqlite3_result_error_code(context, result);
		return;
	}
	for (int i = 0; i < phrases && i < MOST_PHRASES; i++)
		score += counts[i] * (K1 + 1) / (counts[i] + K1 * (1 - B + B * length));
	sqlite3_result_double(context, score);
}

/* FTS5 gives its interface to who asks for it in SQL (sqlite.org/fts5.html, section 7). */
fts5_api *
fts5_api_find(sqlite3 *handle)
{
	fts5_api *api = NULL;
	sqlite3_stmt *ask = NULL;
	if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &ask, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_pointer(ask, 1, (void *)&api, "fts5_api_ptr", NULL);
	sqlite3_step(ask);
	sqlite3_finalize(ask);
	return api;
}

int
search_rank_register(sqlite3 *handle)
{
	fts5_api *api = fts5_api_find(handle);
	return api ? api->xCreateFunction(api, "search_rank", NULL, search_rank, NULL)
		   : SQLITE_ERROR;
}
