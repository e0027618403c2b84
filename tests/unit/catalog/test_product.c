/*
 * test_product.c -- what a publish leaves to be read, and lists a page at a time.
 */
#include "fixture.h"

static const char accounts[] =
    "# as the team wrote it\n"
    "name: retail.customer_accounts\n"
    "owner: retail-data-team\n"
    "domain: retail-banking\n"
    "description: Accounts of private customers\n"
    "tags: [customers, core]\n"
    "schema:\n"
    "  - {name: account_id, type: STRING, pii: true}\n"
    "  - {name: balance, type: \"DECIMAL(18,2)\", classification: confidential}\n";

static struct product
get(struct mesh *m, const char *name)
{
	struct product p;
	struct session *s = mesh_read(m);
	assert_ok(m, product_get(s, name, &m->arena, &p, &m->e));
	session_end(&s);
	return p;
}

/* --- one product --- */

static void
a_published_product_is_read_back(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = publish(m, accounts, "1.2.3");
	struct product p = get(m, "retail.customer_accounts");
	assert_string_equal(p.version, "1.2.3");
	assert_string_equal(p.domain, "retail-banking");
	assert_string_equal(p.owner, "retail-data-team");
	assert_string_equal(p.description, "Accounts of private customers");
	assert_string_equal(p.status, "active");
	assert_string_equal(p.standing, "compliant");
	assert_string_equal(p.classification, "confidential");
	assert_true(p.personal);
	assert_string_equal(p.published_by, "pipeline");
	assert_int_equal(p.seq, seq);
	assert_int_equal(strlen(p.hash), 64);
	assert_true(p.published_at > 0);
}

static void
its_document_is_canonical_json(void **state)
{
	struct mesh *m = *state;
	publish(m, accounts, "1.0.0");
	struct product p = get(m, "retail.customer_accounts");
	assert_string_equal(
	    p.document,
	    "{\"description\":\"Accounts of private customers\",\"domain\":\"retail-banking\","
	    "\"name\":\"retail.customer_accounts\",\"owner\":\"retail-data-team\",\"schema\":["
	    "{\"name\":\"account_id\",\"pii\":true,\"type\":\"STRING\"},"
	    "{\"classification\":\"confidential\",\"name\":\"balance\",\"type\":\"DECIMAL(18,2)\"}]"
	    ","
	    "\"tags\":[\"customers\",\"core\"]}");
	assert_int_equal(p.document_length, strlen(p.document));
}

static void
its_source_is_given_byte_for_byte(void **state)
{
	struct mesh *m = *state;
	const char *source = NULL, *media_type = NULL;
	size_t length = 0;
	struct descriptor d;
	uint64_t seq = publish(m, accounts, "1.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, product_source(s, seq, &m->arena, &source, &length, &media_type, &m->e));
	assert_string_equal(source, accounts);
	assert_int_equal(length, strlen(accounts));
	assert_string_equal(media_type, "application/yaml");
	assert_ok(m, product_decode(s, seq, &m->arena, &d, &m->e));
	assert_string_equal(d.name, "retail.customer_accounts");
	assert_int_equal(d.columns.count, 2);
	assert_err(m, ERR_NOT_FOUND, "is log.created, not product.published",
		   product_source(s, 1, &m->arena, &source, &length, &media_type, &m->e));
	session_end(&s);
}

static void
a_minimal_product_has_no_more_than_it_says(void **state)
{
	struct mesh *m = *state;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	struct product p = get(m, "a.b");
	assert_string_equal(p.description, "");
	assert_null(p.classification);
	assert_false(p.personal);
}

static void
an_unknown_product_is_not_found(void **state)
{
	struct mesh *m = *state;
	struct product p;
	struct session *s = mesh_read(m);
	assert_err(m, ERR_NOT_FOUND, "no data product named 'a.b'",
		   product_get(s, "a.b", &m->arena, &p, &m->e));
	session_end(&s);
}

static void
a_source_of_another_name_is_refused(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	const char *name = NULL;
	publish_body(m, accounts, "1.0.0", &body, &name);
	struct session *s = mesh_write(m);
	assert_err(m, ERR_MALFORMED, "the source is of 'retail.customer_accounts'",
		   event_append(s, "x", "product.published", "another.name", &body, NULL, &m->e));
	session_end(&s);
}

static void
a_publisher_who_decoded_it_already_leaves_the_same(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	const char *name = NULL;
	struct descriptor d;
	struct node document;
	struct event ev;
	struct violations none = {.arena = &m->arena};
	publish_body(m, accounts, "1.0.0", &body, &name);
	assert_ok(m, document_read(DOCUMENT_YAML, accounts, strlen(accounts), NULL, &m->arena,
				   &document, &m->e));
	assert_true(descriptor_decode(&document, &none, &d));
	char hash[DIGEST_TEXT_SIZE];
	struct digest content = descriptor_hash(&document, &m->arena);
	digest_format(&content, hash);
	const struct product_finding finding = {
	    .version = "1.0.0", .change = "minor", .hash = hash, .standing = "compliant"};
	const struct product_draft *draft =
	    product_draft_published(&d, &finding, NULL, &body, &m->arena);
	struct session *s = mesh_write(m);
	assert_ok(m, product_append(s, "pipeline", draft, &ev, &m->e));
	mesh_commit(m, s);
	assert_int_equal(ev.seq, 2);
	mesh_rebuilds_to_the_same(m);
}

/* More complaints than a body holds, so that it has one of no policy at its end. */
static struct violations
complaints(struct mesh *m)
{
	static const char *const enforcements[] = {"deny", "warn", "audit"};
	struct violations found = {.arena = &m->arena};
	for (uint32_t i = 0; i < VIOLATIONS_MOST_WRITTEN + 20; i++)
		violation_add(&found, (struct violation){
					  .policy = i % 2 ? "one" : "other",
					  .rule = i % 3 ? "first" : NULL,
					  .enforcement = enforcements[i % 3],
					  .message = "it is \"wrong\"\n\xC3\xA9",
					  .pointer = i % 5 ? "/owner" : "",
					  .at = {i % 7, i % 7},
					  .suggestion = i % 4 ? "right" : NULL,
					  .grace_end = i % 6 ? 0 : SECONDS(2000000000) + i,
				      });
	return found;
}

static void
a_judge_who_knows_it_already_leaves_the_same(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	publish(m, accounts, "1.0.0");
	const struct violations found = complaints(m);
	const struct product_finding finding = {.standing = "violating", .violations = &found};
	struct json j = {.out = &body};
	json_begin_map(&j);
	json_member_text(&j, "standing", finding.standing);
	json_key(&j, "violations");
	violations_write(&found, &j);
	json_end_map(&j);
	const struct product_draft *draft =
	    product_draft_judged("retail.customer_accounts", &finding, &body, &m->arena);
	struct session *s = mesh_write(m);
	assert_ok(m, product_append(s, "weft", draft, NULL, &m->e));
	mesh_commit(m, s);
	assert_string_equal(get(m, "retail.customer_accounts").standing, "violating");
	mesh_rebuilds_to_the_same(m);
}

static void
several_are_those_that_there_are_with_their_documents(void **state)
{
	struct mesh *m = *state;
	const char *names[20];
	struct product_list list;
	for (int i = 0; i < 20; i++) {
		names[i] = arena_printf(&m->arena, "a.p%d", i);
		if (i % 2)
			publish(m, product_yaml(m, names[i], "d", "classification: internal\n"),
				"1.0.0");
	}
	struct session *s = mesh_read(m);
	assert_ok(m, product_several(s, names, 20, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 10);
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(list.items[i].classification, "internal");
		assert_string_equal(list.items[i].domain, "d");
		assert_string_equal(list.items[i].owner, "d-team");
		assert_int_equal(list.items[i].document[0], '{');
		assert_int_equal(strlen(list.items[i].document), list.items[i].document_length);
	}
	assert_ok(m, product_several(s, names, 0, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 0);
	session_end(&s);
}

/* --- versions --- */

static void
a_product_keeps_the_moment_of_its_first_version(void **state)
{
	struct mesh *m = *state;
	struct product p;
	struct product_version first;
	moment at = 0;
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	publish(m, product_yaml(m, "a.b", "d", "description: more\n"), "1.0.1");
	struct session *s = mesh_read(m);
	assert_ok(m, product_get(s, "a.b", &m->arena, &p, &m->e));
	assert_ok(m, product_version_get(s, "a.b", "1.0.0", &m->arena, &first, &m->e));
	assert_ok(m, product_first_published(s, "a.b", &at, &m->e));
	assert_int_equal(at, first.published_at);
	assert_true(at < p.published_at);
	assert_int_equal(product_first_published(s, "a.c", &at, &m->e), ERR_NOT_FOUND);
	session_end(&s);
}

static void
versions_are_listed_newest_first_in_pages(void **state)
{
	struct mesh *m = *state;
	struct product_versions v;
	uint64_t seqs[6];
	for (int i = 1; i <= 5; i++) {
		const char *more = arena_printf(&m->arena, "description: version %d\n", i);
		seqs[i] = publish(m, product_yaml(m, "a.b", "d", more),
				  arena_printf(&m->arena, "1.%d.0", i));
	}
	publish(m, product_yaml(m, "a.c", "d", ""), "9.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, product_versions(s, "a.b", 0, 2, &m->arena, &v, &m->e));
	assert_int_equal(v.count, 2);
	assert_true(v.more);
	assert_string_equal(v.items[0].version, "1.5.0");
	assert_int_equal(v.items[0].seq, seqs[5]);
	assert_string_equal(v.items[0].change, "minor");
	assert_string_equal(v.items[1].version, "1.4.0");
	assert_ok(m, product_versions(s, "a.b", v.items[1].seq, 3, &m->arena, &v, &m->e));
	assert_int_equal(v.count, 3);
	assert_false(v.more);
	assert_string_equal(v.items[2].version, "1.1.0");
	assert_ok(m, product_versions(s, "a.none", 0, 50, &m->arena, &v, &m->e));
	assert_int_equal(v.count, 0);
	session_end(&s);
}

static void
one_version_is_found_by_its_number(void **state)
{
	struct mesh *m = *state;
	struct product_version v;
	uint64_t first = publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	publish(m, product_yaml(m, "a.b", "d", "description: more\n"), "1.1.0");
	struct session *s = mesh_read(m);
	assert_ok(m, product_version_get(s, "a.b", "1.0.0", &m->arena, &v, &m->e));
	assert_int_equal(v.seq, first);
	assert_string_equal(v.published_by, "pipeline");
	session_end(&s);
	retire(m, "a.b");
	uint64_t anew = publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	s = mesh_read(m);
	assert_ok(m, product_version_get(s, "a.b", "1.0.0", &m->arena, &v, &m->e));
	assert_int_equal(v.seq, anew); /* the newest of that number */
	assert_err(m, ERR_NOT_FOUND, "no version 2.0.0",
		   product_version_get(s, "a.b", "2.0.0", &m->arena, &v, &m->e));
	session_end(&s);
}

/* --- retiring --- */

static void
a_retired_product_is_still_read_and_can_come_back(void **state)
{
	struct mesh *m = *state;
	uint64_t seq = publish(m, accounts, "1.0.0");
	retire(m, "retail.customer_accounts");
	struct product p = get(m, "retail.customer_accounts");
	assert_string_equal(p.status, "retired");
	assert_int_equal(p.seq, seq);
	publish(m, accounts, "1.0.1");
	p = get(m, "retail.customer_accounts");
	assert_string_equal(p.status, "active");
	assert_string_equal(p.version, "1.0.1");
}

static void
what_was_never_published_cannot_be_retired(void **state)
{
	struct mesh *m = *state;
	CLEANUP(buf_done) struct buf body = {0};
	buf_text(&body, "{}");
	struct session *s = mesh_write(m);
	assert_err(m, ERR_NOT_FOUND, "no data product named 'a.b'",
		   event_append(s, "x", "product.retired", "a.b", &body, NULL, &m->e));
	session_end(&s);
}

/* --- lists --- */

enum { MANY = 1000 };

/* a.p0000 to a.p0999: each third of domain "two", each seventh tagged, each tenth personal. */
static void
fill(struct mesh *m)
{
	uint64_t seq = 0;
	struct session *s = mesh_write(m);
	for (int i = 0; i < MANY; i++) {
		const char *name =
		    arena_printf(&m->arena, "a.p%04d", (i * 7919) % MANY); /* in no order */
		int n = (i * 7919) % MANY;
		const char *yaml = arena_printf(
		    &m->arena,
		    "name: %s\nowner: team-%d\ndomain: %s\ndescription: number %d of many\n%s"
		    "schema:\n  - {name: id, type: STRING%s}\n",
		    name, n % 5, n % 3 ? "one" : "two", n, n % 7 ? "" : "tags: [seventh, extra]\n",
		    n % 10 ? "" : ", pii: true, classification: restricted");
		assert_ok(m, publish_in(m, s, yaml, "1.0.0", &seq));
	}
	mesh_commit(m, s);
}

/* All pages of 64; the number of products, in order and each once. */
static size_t
count_pages(struct mesh *m, struct product_filter f)
{
	struct session *s = mesh_read(m);
	struct product_list list;
	size_t count = 0;
	f.limit = 64;
	do {
		assert_ok(m, product_list(s, &f, &m->arena, &list, &m->e));
		for (size_t i = 0; i < list.count; i++) {
			if (f.after)
				assert_true(strcmp(list.items[i].name, f.after) > 0);
			f.after = list.items[i].name;
		}
		assert_true(list.count == f.limit || !list.more);
		count += list.count;
	} while (list.more);
	session_end(&s);
	return count;
}

static void
a_thousand_products_are_listed_in_order_by_cursor(void **state)
{
	struct mesh *m = *state;
	uint64_t count = 0;
	fill(m);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1}), MANY);
	struct session *s = mesh_read(m);
	assert_ok(m, product_count(s, &count, &m->e));
	session_end(&s);
	assert_int_equal(count, MANY);
}

static void
every_filter_keeps_what_it_names(void **state)
{
	struct mesh *m = *state;
	fill(m);
	retire(m, "a.p0007");
#define COUNT(...) count_pages(m, (struct product_filter){.personal = -1, __VA_ARGS__})
	assert_int_equal(COUNT(.domain = "two"), 334);
	assert_int_equal(COUNT(.domain = "three"), 0);
	assert_int_equal(COUNT(.owner = "team-4"), 200);
	assert_int_equal(COUNT(.tag = "seventh"), 143);
	assert_int_equal(COUNT(.tag = "extra", .domain = "two"), 48);
	assert_int_equal(COUNT(.classification = "restricted"), 100);
	assert_int_equal(COUNT(.status = "retired"), 1);
	assert_int_equal(COUNT(.status = "active", .tag = "seventh"), 142);
	assert_int_equal(COUNT(.standing = "compliant"), MANY);
	assert_int_equal(COUNT(.standing = "violating"), 0);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = 1}), 100);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = 0, .domain = "two"}),
			 300);
	assert_int_equal(COUNT(.words = "many"), MANY);
	assert_int_equal(COUNT(.words = "number 999"), 1);
	assert_int_equal(COUNT(.words = "seventh", .domain = "two"), 48);
	assert_int_equal(COUNT(.words = "number", .tag = "seventh", .owner = "team-0"), 29);
#undef COUNT
}

static void
a_page_says_whether_there_is_more(void **state)
{
	struct mesh *m = *state;
	struct product_list list;
	struct product_filter f = {.personal = -1, .limit = 2};
	publish(m, product_yaml(m, "a.a", "d", ""), "1.0.0");
	publish(m, product_yaml(m, "a.b", "d", ""), "1.0.0");
	struct session *s = mesh_read(m);
	assert_ok(m, product_list(s, &f, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 2);
	assert_false(list.more);
	f.limit = 1;
	assert_ok(m, product_list(s, &f, &m->arena, &list, &m->e));
	assert_int_equal(list.count, 1);
	assert_true(list.more);
	assert_string_equal(list.items[0].name, "a.a");
	session_end(&s);
}

static void
tags_of_an_earlier_version_no_longer_list_it(void **state)
{
	struct mesh *m = *state;
	publish(m, product_yaml(m, "a.b", "d", "tags: [old, both]\n"), "1.0.0");
	publish(m, product_yaml(m, "a.b", "e", "tags: [both, new]\n"), "1.1.0");
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1, .tag = "old"}), 0);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1, .tag = "both"}), 1);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1, .tag = "new"}), 1);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1, .domain = "d"}), 0);
	assert_int_equal(count_pages(m, (struct product_filter){.personal = -1, .domain = "e"}), 1);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_published_product_is_read_back),
	    HERE(its_document_is_canonical_json),
	    HERE(its_source_is_given_byte_for_byte),
	    HERE(a_minimal_product_has_no_more_than_it_says),
	    HERE(an_unknown_product_is_not_found),
	    HERE(a_source_of_another_name_is_refused),
	    HERE(a_publisher_who_decoded_it_already_leaves_the_same),
	    HERE(a_judge_who_knows_it_already_leaves_the_same),
	    HERE(several_are_those_that_there_are_with_their_documents),
	    HERE(a_product_keeps_the_moment_of_its_first_version),
	    HERE(versions_are_listed_newest_first_in_pages),
	    HERE(one_version_is_found_by_its_number),
	    HERE(a_retired_product_is_still_read_and_can_come_back),
	    HERE(what_was_never_published_cannot_be_retired),
	    HERE(a_thousand_products_are_listed_in_order_by_cursor),
	    HERE(every_filter_keeps_what_it_names),
	    HERE(a_page_says_whether_there_is_more),
	    HERE(tags_of_an_earlier_version_no_longer_list_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
