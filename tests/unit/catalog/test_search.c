/*
 * test_search.c -- full text: what is found, in which order, with which facets; and what users
 * type.
 */
#include <time.h>

#include "catalog/search.h"

#include "indexed.h"
#include "tamper.h"

static void
make_products(struct mesh *m)
{
	publish(m,
		"name: retail.customer_accounts\nowner: retail-data-team\ndomain: retail-banking\n"
		"description: Balances of private customers\ntags: [core, "
		"customers]\nclassification: confidential\n"
		"schema:\n  - {name: account_id, type: STRING}\n"
		"  - {name: balance, type: INTEGER, description: in euro cents}\n",
		"1.0.0");
	publish(m,
		"name: risk.credit_scores\nowner: risk-team\ndomain: risk\nstatus: draft\n"
		"description: Scores made from customer accounts\ntags: [core]\n"
		"schema:\n  - {name: score, type: INTEGER}\n  - {name: kunde, type: STRING, "
		"description: Gr\xc3\xb6\xc3\x9f"
		"e der Stra\xc3\x9f"
		"e}\n",
		"2.0.0");
	publish(m,
		"name: web.clicks\nowner: web-team\ndomain: web\n"
		"schema:\n  - {name: account_id, type: STRING}\n  - {name: url, type: STRING}\n",
		"1.0.0");
}

static struct search_result
ask_for(struct mesh *m, const char *words)
{
	struct search_result r;
	const struct search_question q = {.words = words, .limit = 20};
	struct session *s = mesh_read(m);
	assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
	session_end(&s);
	return r;
}

static int
compare_names(const void *a, const void *b)
{
	const struct search_hit *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static const char *
sorted_names(struct mesh *m, struct search_result r)
{
	CLEANUP(buf_done) struct buf b = {0};
	buf_text(&b, "");
	struct search_hit *hits = ARENA_ARRAY(&m->arena, struct search_hit, r.count);
	memcpy(hits, r.hits, r.count * sizeof *hits);
	qsort(hits, r.count, sizeof *hits, compare_names);
	for (size_t i = 0; i < r.count; i++)
		buf_printf(&b, "%s ", hits[i].name);
	return arena_text(&m->arena, b.data);
}

/* The same is found before the index knows of it, and after. */
static struct search_result
find(struct mesh *m, const char *words)
{
	struct search_result before = ask_for(m, words);
	bring_up_the_index(m);
	struct search_result after = ask_for(m, words);
	assert_int_equal(before.count, after.count);
	assert_int_equal(before.facet_count, after.facet_count);
	if (!before.more)
		assert_string_equal(sorted_names(m, before), sorted_names(m, after));
	return after;
}

/* The hits' names in order, a space between. */
static const char *
names(struct mesh *m, const char *words)
{
	CLEANUP(buf_done) struct buf b = {0};
	struct search_result r = find(m, words);
	buf_text(&b, "");
	for (size_t i = 0; i < r.count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", r.hits[i].name);
	return arena_text(&m->arena, b.data);
}

/* --- finding --- */

static void
a_part_of_a_name_finds_it(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	assert_string_equal(names(m, "credit"), "risk.credit_scores");
	assert_string_equal(names(m, "customer_accounts"),
			    "retail.customer_accounts risk.credit_scores");
	assert_string_equal(names(m, "retail.customer_accounts"), "retail.customer_accounts");
}

static void
every_text_is_searched(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	assert_string_equal(names(m, "balances"), "retail.customer_accounts"); /* description */
	assert_string_equal(names(m, "url"), "web.clicks");                    /* column */
	assert_string_equal(names(m, "cents"),
			    "retail.customer_accounts");         /* column's description */
	assert_string_equal(names(m, "web-team"), "web.clicks"); /* owner */
	assert_string_equal(names(m, "banking"), "retail.customer_accounts"); /* domain */
	assert_int_equal(find(m, "core").count, 2);                           /* tag */
}

static void
a_match_in_the_name_ranks_above_one_in_a_text(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	struct search_result r = find(m, "accounts");
	assert_int_equal(r.count, 2);
	assert_string_equal(r.hits[0].name, "retail.customer_accounts");
	assert_string_equal(r.hits[1].name, "risk.credit_scores");
	assert_true(r.hits[0].score > r.hits[1].score);
}

static void
a_match_in_the_name_is_found_behind_thousands_of_others(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = 0;
	struct session *s = mesh_write(m);
	for (int i = 0; i < 2500; i++)
		assert_ok(m, publish_in(m, s,
					product_yaml(m, arena_printf(&m->arena, "a.p%d", i), "d",
						     "description: needle\n"),
					"1.0.0", &seq));
	assert_ok(m, publish_in(m, s, product_yaml(m, "z.needle", "d", ""), "1.0.0", &seq));
	mesh_commit(m, s);
	struct search_result r = find(m, "needle");
	assert_string_equal(r.hits[0].name, "z.needle");
	assert_int_equal(r.count, 20);
	assert_true(r.more);
}

static void
words_match_by_their_beginning_and_all_must(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	assert_string_equal(names(m, "cred sco"), "risk.credit_scores");
	assert_string_equal(names(m, "cust balan"), "retail.customer_accounts");
	assert_string_equal(names(m, "redit"), "");
	assert_string_equal(names(m, "credit banking"), "");
	assert_int_equal(find(m, "re").count, 1);
}

static void
a_single_letter_is_a_whole_word(void **state)
{
	struct mesh *m = *state;
	publish(m, product_yaml(m, "lab.samples", "lab", "description: vitamin B in blood\n"),
		"1.0.0");
	publish(m, product_yaml(m, "lab.blood", "lab", "description: all of it\n"), "1.0.0");
	assert_string_equal(names(m, "b"), "lab.samples");
	assert_string_equal(names(m, "bl b"), "lab.samples");
}

static void
case_and_accents_do_not_count(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	assert_string_equal(names(m, "CREDIT"), "risk.credit_scores");
	assert_string_equal(names(m, "grosse"), "");
	assert_string_equal(names(m, "gro\xc3\x9f"
				     "e"),
			    "risk.credit_scores");
	assert_string_equal(names(m, "GR\xc3\x96\xc3\x9f"
				     "e"),
			    "risk.credit_scores");
}

static void
a_hit_says_what_it_is_and_where_it_matched(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	struct search_result r = find(m, "balances");
	assert_int_equal(r.count, 1);
	assert_false(r.more);
	assert_string_equal(r.hits[0].domain, "retail-banking");
	assert_string_equal(r.hits[0].owner, "retail-data-team");
	assert_string_equal(r.hits[0].description, "Balances of private customers");
	assert_string_equal(r.hits[0].version, "1.0.0");
	assert_string_equal(r.hits[0].standing, "compliant");
	assert_string_equal(r.hits[0].snippet, "\xc2\xab"
					       "Balances\xc2\xbb of private customers");
}

static void
a_snippet_shows_the_text_with_most_of_the_words(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	assert_string_equal(find(m, "cust acc").hits[1].snippet,
			    "Scores made from \302\253customer\302\273 \302\253accounts\302\273");
	assert_string_equal(find(m, "STRA\303\237E").hits[0].snippet,
			    "score kunde Gr\303\266\303\237e der \302\253Stra\303\237e\302\273");
	assert_string_equal(find(m, "clicks").hits[0].snippet, "web.\302\253clicks\302\273");
}

static void
a_snippet_of_a_long_text_is_cut_on_both_sides(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf b = {0};
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "%sw%02d", i ? ", " : "", i);
	publish(
	    m,
	    product_yaml(m, "a.b", "d", arena_printf(&m->arena, "description: \"%s\"\n", b.data)),
	    "1.0.0");
	assert_string_equal(find(m, "w20").hits[0].snippet,
			    "\342\200\246w15, w16, w17, w18, w19, \302\253w20\302\273, w21, w22, "
			    "w23, w24, w25, w26, w27, w28, w29, w30\342\200\246");
	assert_string_equal(find(m, "w02").hits[0].snippet,
			    "w00, w01, \302\253w02\302\273, w03, w04, w05, w06, w07, w08, w09, "
			    "w10, w11, w12, w13, w14, w15\342\200\246");
	assert_string_equal(find(m, "w39").hits[0].snippet,
			    "\342\200\246w34, w35, w36, w37, w38, \302\253w39\302\273");
}

/* --- following changes --- */

static void
a_new_version_is_found_by_its_new_texts_only(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	publish(m, product_yaml(m, "web.clicks", "marketing", "description: visits of pages\n"),
		"2.0.0");
	assert_string_equal(names(m, "url"), "");
	assert_string_equal(names(m, "visits marketing"), "web.clicks");
	publish(m,
		product_yaml(m, "web.clicks", "marketing",
			     "description: visits of pages\nretention: 1 year\n"),
		"2.0.1");
	assert_string_equal(names(m, "visits"), "web.clicks");
	assert_string_equal(find(m, "visits").hits[0].version, "2.0.1");
}

static void
a_retired_product_is_not_found_until_it_comes_back(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	retire(m, "web.clicks");
	assert_string_equal(names(m, "clicks"), "");
	publish(m, product_yaml(m, "web.clicks", "web", ""), "3.0.0");
	assert_string_equal(names(m, "clicks"), "web.clicks");
}

/* The writer's session keeps the indexer out. */
static void
what_the_index_does_not_know_yet_is_found(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	bring_up_the_index(m);
	publish(m, product_yaml(m, "web.visits", "web", "description: new clicks\ntags: [core]\n"),
		"1.0.0");
	publish(m, product_yaml(m, "risk.credit_scores", "risk", "description: clicks no more\n"),
		"3.0.0");
	struct session *writer = mesh_write(m), *s = mesh_read(m);
	struct search_result r = ask_for(m, "clicks");
	assert_int_equal(r.count, 3);
	assert_string_equal(sorted_names(m, r), "risk.credit_scores web.clicks web.visits ");
	assert_int_equal(ask_for(m, "clicks new").count, 1);
	assert_int_equal(ask_for(m, "customer accounts").count, 1); /* of two before */

	struct product_list list;
	struct product_filter f = {.personal = -1, .words = "clicks", .limit = 2};
	assert_ok(m, product_list(s, &f, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 2);
	assert_true(list.more);
	assert_string_equal(list.items[0].name, "risk.credit_scores");
	f.after = "web.clicks";
	assert_ok(m, product_list(s, &f, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 1);
	assert_false(list.more);
	assert_string_equal(list.items[0].name, "web.visits");
	session_end(&s);
	session_end(&writer);
}

static void
the_index_learns_of_it_by_itself(void **state)
{
	struct mesh *m = *state;
	size_t waiting = 1;
	make_products(m);
	for (int i = 0; waiting > 0 && i < 1000; i++) {
		const struct timespec pause = {.tv_nsec = 10000000};
		nanosleep(&pause, NULL);
		struct session *s = mesh_write(m);
		assert_ok(m, search_index_follow(s, 1, &waiting, &m->e));
		session_end(&s); /* undone: it only looks */
	}
	assert_int_equal(waiting, 0);
	check_search_index(m);
	assert_int_equal(ask_for(m, "clicks").count, 1);
}

static void
what_was_undone_is_not_found(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = 0;
	publish(m, product_yaml(m, "a.kept", "d", ""), "1.0.0");
	struct session *s = mesh_write(m);
	assert_ok(m, publish_in(m, s, product_yaml(m, "a.undone", "d", ""), "1.0.0", &seq));
	session_end(&s);
	publish(m, product_yaml(m, "a.kept", "d", "description: twice\n"), "1.1.0");
	assert_string_equal(names(m, "undone"), "");
	check_search_index(m);
	assert_string_equal(names(m, "kept"), "a.kept");
	assert_string_equal(names(m, "twice"), "a.kept");
}

static void
the_index_agrees_with_its_documents_after_a_rebuild_and_many_changes(void **state)
{
	struct mesh *m = *state;
	for (int i = 0; i < 120; i++)
		publish(m,
			product_yaml(
			    m, arena_printf(&m->arena, "a.p%d", i % 9), "d",
			    arena_printf(&m->arena, "description: word%d other%d\n", i, i % 4)),
			"1.0.0");
	assert_int_equal(find(m, "word11").count, 9); /* 111 to 119 are in force */
	assert_int_equal(find(m, "word").count, 9);
	check_search_index(m);
	assert_ok(m, rebuild(m->store, NULL, NULL, &m->e));
	check_search_index(m);
	assert_int_equal(find(m, "word11").count, 9);
	assert_int_equal(find(m, "word119").count, 1);
	assert_int_equal(find(m, "word5").count, 0);
	assert_int_equal(find(m, "other").count, 9);
}

/* --- pages and facets --- */

static void
pages_follow_each_other_without_overlap(void **state)
{
	struct mesh *m = *state;
	bool seen[50] = {false};
	struct search_question q = {.words = "same", .limit = 7};
	struct search_result r = {.more = true};
	for (int i = 0; i < 50; i++)
		publish(m, product_yaml(m, arena_printf(&m->arena, "same.p%d", i), "d", ""),
			"1.0.0");
	struct session *s = mesh_read(m);
	for (; r.more; q.skip += r.count) {
		assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
		for (size_t i = 0; i < r.count; i++) {
			long n = strtol(r.hits[i].name + strlen("same.p"), NULL, 10);
			assert_false(seen[n]);
			seen[n] = true;
		}
	}
	assert_int_equal(q.skip, 50);
	q.skip = 1000;
	assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
	assert_int_equal(r.count, 0);
	session_end(&s);
}

static uint64_t
facet(const struct search_result *r, const char *key, const char *value)
{
	for (size_t i = 0; i < r->facet_count; i++)
		if (strcmp(r->facets[i].key, key) == 0 && strcmp(r->facets[i].value, value) == 0)
			return r->facets[i].count;
	return 0;
}

static void
facets_count_the_candidates(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	struct search_result r = find(m, "account");
	assert_int_equal(r.count, 3);
	assert_int_equal(facet(&r, "domain", "risk"), 1);
	assert_int_equal(facet(&r, "tag", "core"), 2);
	assert_int_equal(facet(&r, "tag", "customers"), 1);
	assert_int_equal(facet(&r, "status", "active"), 2);
	assert_int_equal(facet(&r, "status", "draft"), 1);
	assert_int_equal(facet(&r, "owner", "web-team"), 1);
	assert_int_equal(facet(&r, "classification", "confidential"), 1);
	for (size_t i = 1; i < r.facet_count; i++) {
		int order = strcmp(r.facets[i - 1].key, r.facets[i].key);
		assert_true(order < 0 ||
			    (order == 0 && r.facets[i - 1].count >= r.facets[i].count));
	}
}

static void
a_domain_narrows_the_search(void **state)
{
	struct mesh *m = *state;
	struct search_result r;
	const struct search_question q = {.words = "account", .domain = "risk", .limit = 20};
	make_products(m);
	struct session *s = mesh_read(m);
	assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
	session_end(&s);
	assert_int_equal(r.count, 1);
	assert_string_equal(r.hits[0].name, "risk.credit_scores");
}

/* --- what users type --- */

static void
what_looks_like_query_syntax_is_only_words(void **state)
{
	struct mesh *m = *state;
	static const char *const inputs[] = {"credit AND",
					     "\"credit",
					     "credit\"\"",
					     "credit*",
					     "credit OR (",
					     "credit)",
					     "^credit",
					     "name:credit",
					     "NEAR(credit",
					     "-credit",
					     "credit -- x",
					     "credit'; DROP TABLE products;",
					     "{credit}:",
					     "+credit +",
					     "credit\x01\x02",
					     "credit\t\n",
					     "credit\\",
					     "cr\377edit",
					     "\xf0\x9f\x98\x80 credit",
					     "credit \xe2\x80\x94",
					     "\xc3",
					     "\xe2\x80",
					     "credit \xed\xa0\x80"};
	make_products(m);
	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		struct search_result r;
		const struct search_question q = {.words = inputs[i], .limit = 20};
		struct session *s = mesh_read(m);
		if (search(s, &q, &m->arena, &r, &m->e) != ERR_OK)
			fail_msg("'%s': %s", inputs[i], m->e.message);
		session_end(&s);
	}
	assert_string_equal(names(m, "\"credit\" scores)"), "risk.credit_scores");
	assert_string_equal(names(m, "name:credit"), ""); /* the word "name" is nowhere */
	assert_string_equal(names(m, "credit NOT scores"), "");
	assert_string_equal(names(m, "web.clicks"), "web.clicks");
}

static void
every_byte_in_every_place_is_survived(void **state)
{
	struct mesh *m = *state;
	make_products(m);
	struct session *s = mesh_read(m);
	for (int byte = 1; byte < 256; byte++)
		for (size_t place = 0; place < 13; place += 4) {
			char words[] = "credit scores";
			struct search_result r;
			words[place] = (char)byte;
			const struct search_question q = {.words = words, .limit = 5};
			assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
		}
	session_end(&s);
}

static void
a_search_without_a_word_is_refused(void **state)
{
	struct mesh *m = *state;
	static const char *const inputs[] = {"", "   ", "\"*\"", "-- ()", "._-"};
	struct search_result r;
	struct session *s = mesh_read(m);
	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		const struct search_question q = {.words = inputs[i], .limit = 20};
		assert_err(m, ERR_MALFORMED, "no word", search(s, &q, &m->arena, &r, &m->e));
	}
	session_end(&s);
}

static void
a_search_that_is_too_long_is_refused(void **state)
{
	struct mesh *m = *state;
	char words[1102];
	struct search_result r;
	struct search_question q = {.words = words, .limit = 20};
	struct session *s = mesh_read(m);
	memset(words, 'x', sizeof words);
	words[1101] = '\0';
	assert_err(m, ERR_MALFORMED, "at most 1000 bytes", search(s, &q, &m->arena, &r, &m->e));
	words[1000] = '\0';
	assert_ok(m, search(s, &q, &m->arena, &r, &m->e));
	for (size_t i = 1; i < 1000; i += 2)
		words[i] = ' ';
	assert_err(m, ERR_MALFORMED, "at most 32 words", search(s, &q, &m->arena, &r, &m->e));
	session_end(&s);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_part_of_a_name_finds_it),
	    HERE(every_text_is_searched),
	    HERE(a_match_in_the_name_ranks_above_one_in_a_text),
	    HERE(a_match_in_the_name_is_found_behind_thousands_of_others),
	    HERE(words_match_by_their_beginning_and_all_must),
	    HERE(a_single_letter_is_a_whole_word),
	    HERE(case_and_accents_do_not_count),
	    HERE(a_hit_says_what_it_is_and_where_it_matched),
	    HERE(a_snippet_shows_the_text_with_most_of_the_words),
	    HERE(a_snippet_of_a_long_text_is_cut_on_both_sides),
	    HERE(a_new_version_is_found_by_its_new_texts_only),
	    HERE(a_retired_product_is_not_found_until_it_comes_back),
	    HERE(what_the_index_does_not_know_yet_is_found),
	    HERE(the_index_learns_of_it_by_itself),
	    HERE(what_was_undone_is_not_found),
	    HERE(the_index_agrees_with_its_documents_after_a_rebuild_and_many_changes),
	    HERE(pages_follow_each_other_without_overlap),
	    HERE(facets_count_the_candidates),
	    HERE(a_domain_narrows_the_search),
	    HERE(what_looks_like_query_syntax_is_only_words),
	    HERE(every_byte_in_every_place_is_survived),
	    HERE(a_search_without_a_word_is_refused),
	    HERE(a_search_that_is_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
