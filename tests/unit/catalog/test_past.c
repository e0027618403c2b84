/*
 * test_past.c -- what was known of products, domains, results and readers after an event.
 */
#include "catalog/past.h"

#include "fixture.h"

static struct product
product_then(struct mesh *m, const char *name, uint64_t as_of)
{
	struct product p;
	struct session *s = mesh_read(m);
	assert_ok(m, past_product(s, name, as_of, &m->arena, &p, &m->e));
	session_end(&s);
	return p;
}

static void
a_product_is_what_it_was_then(void **state)
{
	struct mesh *m = *state;
	struct product p;
	uint64_t first = publish(m,
				 product_yaml(m, "a.b", "risk",
					      "status: draft\nclassification: internal\n"
					      "tags: [pii]\ndescription: one\n"),
				 "1.0.0");
	uint64_t second =
	    publish(m, product_yaml(m, "a.b", "cards", "description: two\n"), "2.0.0");
	uint64_t retired = retire(m, "a.b");
	uint64_t back =
	    publish(m, product_yaml(m, "a.b", "cards", "description: three\n"), "3.0.0");
	p = product_then(m, "a.b", first);
	assert_string_equal(p.version, "1.0.0");
	assert_string_equal(p.domain, "risk");
	assert_string_equal(p.owner, "risk-team");
	assert_string_equal(p.status, "draft");
	assert_string_equal(p.classification, "internal");
	assert_string_equal(p.description, "one");
	assert_int_equal(p.seq, first);
	assert_non_null(strstr(p.document, "\"description\":\"one\""));
	assert_int_equal(strlen(p.document), p.document_length);
	assert_string_equal(product_then(m, "a.b", second).domain, "cards");
	assert_string_equal(product_then(m, "a.b", second).status, "active");
	assert_null(product_then(m, "a.b", second).classification);
	assert_string_equal(product_then(m, "a.b", retired).status, "retired");
	assert_string_equal(product_then(m, "a.b", back).status, "active");
	assert_string_equal(product_then(m, "a.b", back).version, "3.0.0");
	struct session *s = mesh_read(m);
	assert_err(m, ERR_NOT_FOUND, "not published by then",
		   past_product(s, "a.b", first - 1, &m->arena, &p, &m->e));
	session_end(&s);
}

static void
a_domain_is_what_it_was_then(void **state)
{
	struct mesh *m = *state;
	struct domain d;
	uint64_t first = define(m, "domain.defined", "risk", "name: risk\nteam: one\n");
	uint64_t second = define(m, "domain.defined", "risk", "name: risk\nteam: two\n");
	struct session *s = mesh_read(m);
	assert_ok(m, past_domain(s, "risk", first, &m->arena, &d, &m->e));
	assert_string_equal(d.document, "{\"name\":\"risk\",\"team\":\"one\"}");
	assert_string_equal(d.name, "risk");
	assert_ok(m, past_domain(s, "risk", second, &m->arena, &d, &m->e));
	assert_string_equal(d.document, "{\"name\":\"risk\",\"team\":\"two\"}");
	assert_err(m, ERR_NOT_FOUND, "no domain named 'risk'",
		   past_domain(s, "risk", first - 1, &m->arena, &d, &m->e));
	session_end(&s);
}

static void
results_are_those_of_then(void **state)
{
	struct mesh *m = *state;
	const char *body;
	moment at;
	uint64_t published = publish(m, product_yaml(m, "a.b", "risk", ""), "1.0.0");
	uint64_t failed = happen(m, "quality.checked", "a.b", "{\"passed\":false}");
	uint64_t passed = happen(m, "quality.checked", "a.b", "{\"passed\":true}");
	struct session *s = mesh_read(m);
	assert_ok(m, past_quality(s, "a.b", published, &m->arena, &body, &at, &m->e));
	assert_null(body);
	assert_ok(m, past_quality(s, "a.b", failed, &m->arena, &body, &at, &m->e));
	assert_string_equal(body, "{\"passed\":false}");
	assert_true(at > 0);
	assert_ok(m, past_quality(s, "a.b", passed, &m->arena, &body, &at, &m->e));
	assert_string_equal(body, "{\"passed\":true}");
	session_end(&s);
}

static void
readers_are_those_of_then(void **state)
{
	struct mesh *m = *state;
	struct lineage_reader_list l;
	uint64_t source = publish(m, product_yaml(m, "a.source", "risk", ""), "1.0.0");
	uint64_t made =
	    publish(m, product_yaml(m, "b.made", "cards", "inputs: [a.source]\n"), "1.0.0");
	uint64_t moved =
	    publish(m, product_yaml(m, "b.made", "risk", "inputs: [a.source]\n"), "1.1.0");
	uint64_t ended = publish(m, product_yaml(m, "b.made", "risk", ""), "2.0.0");
	const struct {
		uint64_t as_of;
		const char *domain;
	} times[] = {{source, NULL}, {made, "cards"}, {moved, "risk"}, {ended, NULL}};
	struct session *s = mesh_read(m);
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		assert_ok(m, past_readers(s, "a.source", times[i].as_of, &m->arena, &l, &m->e));
		assert_int_equal(l.count, times[i].domain ? 1 : 0);
		if (!times[i].domain)
			continue;
		assert_string_equal(l.items[0].name, "b.made");
		assert_string_equal(l.items[0].domain, times[i].domain);
	}
	session_end(&s);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(a_product_is_what_it_was_then),
	    HERE(a_domain_is_what_it_was_then),
	    HERE(results_are_those_of_then),
	    HERE(readers_are_those_of_then),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
