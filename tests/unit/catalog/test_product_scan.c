/*
 * test_product_scan.c -- all products with their documents, now and as of then.
 */
#include "catalog/product_scan.h"

#include "fixture.h"

static void
add_page(struct mesh *m, const struct scanned_products *page, struct buf *found)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct scanned_product *p = &page->items[i];
		struct node document;
		assert_ok(m, scanned_product_document(p, &m->arena, &document, &m->e));
		assert_string_equal(node_text(&document, "name", ""), p->name);
		buf_printf(found, "%s%s=%s", found->length ? " " : "", p->name,
			   node_text(&document, "description", ""));
	}
}

/* The names and titles of all that a scan finds, in spans of `most` rows: "a.b=one a.c=two". */
static const char *
scanned(struct mesh *m, const struct product_scan *scan, size_t most)
{
	struct buf found = {0};
	struct product_span span = {0};
	uint64_t rows = 0, total = 0;
	struct session *s = mesh_read(m);
	assert_ok(m, product_scan_count(s, scan, &total, &m->e));
	assert_ok(m, product_scan_next(s, scan, NULL, most, &m->arena, &span, &m->e));
	while (span.rows > 0) {
		struct scanned_products page;
		rows += span.rows;
		assert_true(span.rows <= most);
		assert_ok(m, product_scan_read(s, scan, &span, &m->arena, &page, &m->e));
		add_page(m, &page, &found);
		assert_ok(m, product_scan_next(s, scan, span.last, most, &m->arena, &span, &m->e));
	}
	session_end(&s);
	assert_int_equal(rows, total);
	const char *text = arena_bytes(&m->arena, found.data ? found.data : "", found.length);
	buf_done(&found);
	return text;
}

static uint64_t
publish_one(struct mesh *m, const char *name, const char *domain, const char *description)
{
	static unsigned number;
	const char *more = arena_printf(&m->arena, "description: %s\n", description);
	return publish(m, product_yaml(m, name, domain, more),
		       arena_printf(&m->arena, "1.%u.0", ++number));
}

static void
every_product_in_force_is_found_once_whatever_the_pages(void **state)
{
	struct mesh *m = *state;
	publish_one(m, "c.one", "cards", "c");
	publish_one(m, "a.one", "risk", "a");
	publish_one(m, "b.one", "cards", "b");
	publish_one(m, "a.one", "risk", "again");
	retire(m, "b.one");
	for (size_t most = 1; most < 5; most++) {
		assert_string_equal(scanned(m, &(struct product_scan){0}, most),
				    "a.one=again c.one=c");
		assert_string_equal(scanned(m, &(struct product_scan){.domain = "cards"}, most),
				    "c.one=c");
		assert_string_equal(scanned(m, &(struct product_scan){.domain = "none"}, most), "");
	}
}

static void
a_scan_of_then_finds_what_was_in_force_then(void **state)
{
	struct mesh *m = *state;
	uint64_t first = publish_one(m, "a.one", "risk", "one");
	uint64_t second = publish_one(m, "b.one", "risk", "b");
	uint64_t changed = publish_one(m, "a.one", "cards", "two");
	uint64_t retired = retire(m, "b.one");
	uint64_t back = publish_one(m, "b.one", "risk", "back");
	const struct {
		uint64_t as_of;
		const char *found;
	} times[] = {
	    {first - 1, ""},
	    {first, "a.one=one"},
	    {second, "a.one=one b.one=b"},
	    {changed, "a.one=two b.one=b"},
	    {retired, "a.one=two"},
	    {back, "a.one=two b.one=back"},
	    {0, "a.one=two b.one=back"},
	};
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		assert_string_equal(
		    scanned(m, &(struct product_scan){.as_of = times[i].as_of}, 1 + i % 3),
		    times[i].found);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, mesh_open, mesh_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(every_product_in_force_is_found_once_whatever_the_pages),
	    HERE(a_scan_of_then_finds_what_was_in_force_then),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
