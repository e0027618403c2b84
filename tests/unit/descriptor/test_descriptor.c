/*
 * test_descriptor.c -- documents that are right: what is decoded from them, and the questions asked
 * of it.
 */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "decoding.h"

/* The example of the design, and the case study's own: the type stands in a block, without quotes.
 */
static const char short_example[] =
    "name: retail.customer_accounts        # unique in the mesh: [a-z0-9_]+(\\.[a-z0-9_]+)+\n"
    "owner: retail-data-team\n"
    "domain: retail-banking\n"
    "schema:\n"
    "  - {name: account_id, type: STRING, pii: true}\n"
    "  - {name: balance, type: \"DECIMAL(18,2)\", classification: confidential}\n"
    "sla: {freshness: 1 hour, availability: 99.9%}\n"
    "access:\n"
    "  - {role: retail-analysts, level: read}\n"
    "quality_checks:\n"
    "  - unique: account_id\n"
    "  - not_null: [account_id]\n"
    "  - freshness: 1 hour\n";

static const char bank_example[] = "# Example: Retail Banking data product\n"
				   "name: retail.customer_accounts\n"
				   "owner: retail-data-team\n"
				   "domain: retail-banking\n"
				   "\n"
				   "schema:\n"
				   "  - name: account_id\n"
				   "    type: STRING\n"
				   "    pii: true\n"
				   "  - name: customer_id\n"
				   "    type: STRING\n"
				   "    pii: true\n"
				   "  - name: account_type\n"
				   "    type: STRING\n"
				   "  - name: balance\n"
				   "    type: DECIMAL(18,2)\n"
				   "    classification: confidential\n"
				   "  - name: opened_date\n"
				   "    type: DATE\n"
				   "\n"
				   "sla:\n"
				   "  freshness: 1 hour\n"
				   "  availability: 99.9%\n"
				   "\n"
				   "access:\n"
				   "  - role: retail-analysts\n"
				   "    level: read\n"
				   "  - role: risk-team\n"
				   "    level: read\n"
				   "  - role: compliance\n"
				   "    level: read\n"
				   "\n"
				   "quality_checks:\n"
				   "  - unique: account_id\n"
				   "  - not_null: [account_id, customer_id, account_type]\n"
				   "  - freshness: 1 hour\n";

static void
the_short_example_is_right(void **state)
{
	(void)state;
	struct descriptor d = decode(short_example);
	assert_string_equal(d.name, "retail.customer_accounts");
	assert_string_equal(d.owner, "retail-data-team");
	assert_string_equal(d.domain, "retail-banking");
	assert_null(d.version);
	assert_int_equal(d.columns.count, 2);
	assert_int_equal(d.sla.freshness.micros, INT64_C(3600000000));
	assert_string_equal(d.sla.availability, "99.9%");
	assert_int_equal(d.at.line, 1);
	assert_int_equal(d.sla.at.line, 7);
}

static void
the_bank_s_example_is_right(void **state)
{
	(void)state;
	struct descriptor d = decode(bank_example);
	const struct column *c = d.columns.items;
	const struct access_entry *access = d.access.items;
	const struct quality_check *checks = d.quality_checks.items;
	assert_int_equal(d.columns.count, 5);
	assert_string_equal(c[3].type, "DECIMAL(18,2)");
	assert_int_equal(c[3].classification, CLASS_CONFIDENTIAL);
	assert_int_equal(c[0].classification, -1);
	assert_true(c[1].pii);
	assert_int_equal(c[3].at.line, 15);
	assert_int_equal(d.access.count, 3);
	assert_string_equal(access[2].role, "compliance");
	assert_int_equal(access[2].level, ACCESS_READ);
	assert_int_equal(d.quality_checks.count, 3);
	assert_int_equal(checks[0].kind, CHECK_UNIQUE);
	assert_string_equal(checks[0].columns.items[0], "account_id");
	assert_int_equal(checks[1].kind, CHECK_NOT_NULL);
	assert_int_equal(checks[1].columns.count, 3);
	assert_int_equal(checks[2].kind, CHECK_FRESHNESS);
	assert_int_equal(checks[2].within.micros, INT64_C(3600000000));
	assert_int_equal(checks[2].columns.count, 0);
}

static void
what_is_absent_is_zero_or_said_to_be_absent(void **state)
{
	(void)state;
	struct descriptor d = decode(SMALLEST);
	const struct column *c = d.columns.items;
	assert_null(d.version);
	assert_null(d.description);
	assert_null(d.retention_text);
	assert_int_equal(d.retention.months, 0);
	assert_int_equal(d.status, -1);
	assert_int_equal(d.classification, -1);
	assert_int_equal(d.inputs.count, 0);
	assert_int_equal(d.quality_checks.count, 0);
	assert_int_equal(d.deprecation.at.line, 0);
	assert_false(c->nullable_given);
	assert_true(c->nullable);
	assert_false(c->key);
	assert_string_equal(status_name(d.status), "active");
	assert_null(classification_name(d.classification));
}

static void
every_kind_of_quality_check_is_decoded(void **state)
{
	(void)state;
	struct descriptor d =
	    decode(SMALLEST "quality_checks:\n"
			    "  - unique: [a]\n"
			    "  - not_null: a\n"
			    "  - freshness: {column: a, within: 2 days}\n"
			    "  - accepted_values: {column: a, values: [x, 1, 1.5, true]}\n"
			    "  - range: {column: a, min: 0}\n"
			    "  - range: {column: a, min: -1.5, max: 10}\n"
			    "  - row_count: {max: 5}\n");
	const struct quality_check *q = d.quality_checks.items;
	assert_int_equal(d.quality_checks.count, 7);
	for (int kind = CHECK_UNIQUE; kind <= CHECK_RANGE; kind++) {
		assert_int_equal(q[kind].kind, kind);
		assert_int_equal(q[kind].columns.count, 1);
		assert_string_equal(q[kind].columns.items[0], "a");
		assert_int_equal(q[kind].at.line, 7 + kind);
	}
	assert_true(q[2].within.micros == INT64_C(2) * 86400 * 1000000);
	assert_int_equal(q[3].values.count, 4);
	assert_string_equal(q[3].values.items[0], "x");
	assert_string_equal(q[3].values.items[1], "1");
	assert_string_equal(q[3].values.items[2], "1.5");
	assert_string_equal(q[3].values.items[3], "true");
	assert_int_equal(q[3].accepted->items[1].kind, NODE_INT);
	assert_true(q[4].has_least && !q[4].has_most && q[4].least == 0);
	assert_true(q[5].has_least && q[5].has_most && q[5].least == -1.5 && q[5].most == 10);
	assert_int_equal(q[6].kind, CHECK_ROW_COUNT);
	assert_true(!q[6].has_least && q[6].has_most && q[6].most == 5);
	assert_string_equal(check_kind_name(CHECK_ACCEPTED_VALUES), "accepted_values");
	assert_string_equal(check_kind_name(CHECK_ROW_COUNT), "row_count");
}

static void
inputs_are_products_or_datasets_short_or_long(void **state)
{
	(void)state;
	struct descriptor d =
	    decode(SMALLEST "inputs:\n"
			    "  - retail.customers\n"
			    "  - dataset:postgres://core:5432|bank.accounts\n"
			    "  - {product: cards.limits, description: the limits}\n"
			    "  - {dataset: \"kafka://k|topic\"}\n");
	const struct input *in = d.inputs.items;
	assert_int_equal(d.inputs.count, 4);
	assert_string_equal(in[0].product, "retail.customers");
	assert_null(in[0].dataset);
	assert_null(in[1].product);
	assert_string_equal(in[1].dataset, "postgres://core:5432|bank.accounts");
	assert_string_equal(in[2].product, "cards.limits");
	assert_string_equal(in[2].description, "the limits");
	assert_string_equal(in[3].dataset, "kafka://k|topic");
	assert_string_equal(input_node(&in[0], &arena), "product:retail.customers");
	assert_string_equal(input_node(&in[1], &arena),
			    "dataset:postgres://core:5432|bank.accounts");
	assert_int_equal(in[1].at.line, 8);
}

static void
sources_of_a_column_are_one_several_or_maps(void **state)
{
	(void)state;
	struct descriptor d = decode(
	    HEAD "inputs: [retail.customers, \"dataset:pg://h:1|db.t\"]\n"
		 "schema:\n"
		 "  - {name: a, type: STRING, from: retail.customers#x}\n"
		 "  - {name: b, type: STRING, from: [retail.customers#y, \"pg://h:1|db.t#z\"]}\n"
		 "  - {name: c, type: STRING, from: [{column: retail.customers#z, transform: "
		 "lower, masking: true}]}\n"
		 "  - {name: d, type: STRING, from: {column: retail.accounts#a}}\n");
	const struct column *c = d.columns.items;
	const struct column_source *b = c[1].from.items, *last = c[2].from.items,
				   *own = c[3].from.items;
	assert_int_equal(c[0].from.count, 1);
	assert_string_equal(((const struct column_source *)c[0].from.items)->column,
			    "retail.customers#x");
	assert_int_equal(c[1].from.count, 2);
	assert_string_equal(column_source_node(&b[1], &arena), "column:pg://h:1|db.t#z");
	assert_int_equal(b[1].at.line, 7);
	assert_false(b[1].masking);
	assert_true(last->masking);
	assert_string_equal(last->transform, "lower");
	assert_string_equal(own->column, "retail.accounts#a");
}

static void
storage_is_a_name_a_map_or_a_list(void **state)
{
	(void)state;
	struct descriptor d = decode(
	    SMALLEST "storage: filesystem\n"
		     "compute:\n"
		     "  - postgres\n"
		     "  - {plugin: spark, name: nightly, quota: 10 GB, settings: {cores: 4}}\n"
		     "  - {plugin: spark, settings: }\n");
	const struct resource_wish *s = d.storage.items, *c = d.compute.items;
	assert_int_equal(d.storage.count, 1);
	assert_string_equal(s->plugin, "filesystem");
	assert_null(s->name);
	assert_null(s->settings);
	assert_int_equal(s->at.line, 6);
	assert_int_equal(d.compute.count, 3);
	assert_string_equal(c[0].plugin, "postgres");
	assert_string_equal(c[1].name, "nightly");
	assert_string_equal(c[1].quota, "10 GB");
	assert_int_equal(node_int(c[1].settings, "cores", 0), 4);
	assert_null(c[2].settings);
}

static void
every_other_key_is_decoded(void **state)
{
	(void)state;
	struct descriptor d = decode(
	    HEAD "schema:\n"
		 "  - {name: a, type: STRING, description: d, nullable: false, key: true, tags: "
		 "[t], term: u, x-k: 1}\n"
		 "version: 1.2.3\nstatus: deprecated\ndescription: what it is\nclassification: "
		 "restricted\n"
		 "tags: golden\nretention: 7 years\nx-anything: {goes: [here]}\n"
		 "contacts: [team@retail.example, The team, {name: n, role: r, email: e@x}]\n"
		 "access: [{role: r, level: admin, columns: a, purpose: p, until: 2026-12-31}]\n"
		 "ports: [{name: p, kind: files, format: csv, location: l, description: d}]\n"
		 "tiers: {hot: {grain: second, retention: 7 days}, warm: {retention: 90 days}, "
		 "cold: {grain: hour}}\n"
		 "metrics: [{name: m, expression: sum(a), unit: EUR, description: d}]\n"
		 "terms: [{name: u, definition: what u is}]\n"
		 "deprecation: {successor: retail.better, date: 2027-01-31, reason: r}\n");
	const struct column *c = d.columns.items;
	const struct contact *contacts = d.contacts.items;
	const struct access_entry *access = d.access.items;
	const struct port *port = d.ports.items;
	const struct metric_definition *metric = d.metrics.items;
	const struct term *term = d.terms.items;
	assert_true(c->nullable_given && !c->nullable && c->key);
	assert_string_equal(c->term, "u");
	assert_string_equal(c->tags.items[0], "t");
	assert_string_equal(d.version, "1.2.3");
	assert_int_equal(d.status, STATUS_DEPRECATED);
	assert_string_equal(status_name(d.status), "deprecated");
	assert_int_equal(d.classification, CLASS_RESTRICTED);
	assert_string_equal(classification_name(d.classification), "restricted");
	assert_string_equal(d.tags.items[0], "golden");
	assert_int_equal(d.retention.months, 84);
	assert_string_equal(d.retention_text, "7 years");
	assert_string_equal(contacts[0].email, "team@retail.example");
	assert_string_equal(contacts[1].name, "The team");
	assert_string_equal(contacts[2].role, "r");
	assert_int_equal(access->level, ACCESS_ADMIN);
	assert_int_equal(access->columns.count, 1);
	assert_string_equal(access->until, "2026-12-31");
	assert_string_equal(port->location, "l");
	assert_int_equal(d.tiers.hot.retention.micros, INT64_C(7) * 86400 * 1000000);
	assert_string_equal(d.tiers.cold.grain, "hour");
	assert_int_equal(d.tiers.cold.retention.micros, 0);
	assert_string_equal(metric->expression, "sum(a)");
	assert_string_equal(term->definition, "what u is");
	assert_string_equal(d.deprecation.successor, "retail.better");
	assert_string_equal(d.deprecation.date, "2027-01-31");
	assert_ptr_equal(node_get(d.document, "name")->text, d.name);
}

static void
personal_data_is_said_by_pii_or_by_a_tag(void **state)
{
	(void)state;
	static const struct {
		const char *column;
		bool personal;
	} rows[] = {
	    {"{name: a, type: STRING}", false},
	    {"{name: a, type: STRING, pii: false}", false},
	    {"{name: a, type: STRING, pii: true}", true},
	    {"{name: a, type: STRING, tags: [x, PII]}", true},
	    {"{name: a, type: STRING, tags: personal}", true},
	    {"{name: a, type: STRING, tags: [impersonal]}", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct descriptor d = decode(arena_printf(
		    &arena, HEAD "schema:\n  - {name: z, type: DATE}\n  - %s\n", rows[i].column));
		assert_int_equal(descriptor_is_personal(&d), rows[i].personal);
	}
}

static void
the_strictest_classification_counts(void **state)
{
	(void)state;
	struct descriptor none = decode(SMALLEST),
			  own = decode(SMALLEST "classification: internal\n"),
			  column =
			      decode(HEAD "classification: internal\nschema:\n"
					  "  - {name: a, type: DATE, classification: restricted}\n"
					  "  - {name: b, type: DATE, classification: public}\n");
	assert_int_equal(descriptor_classification(&none), -1);
	assert_int_equal(descriptor_classification(&own), CLASS_INTERNAL);
	assert_int_equal(descriptor_classification(&column), CLASS_RESTRICTED);
}

static bool
same_hash(const char *a, const char *b)
{
	struct digest one = descriptor_hash(parse(a), &arena),
		      two = descriptor_hash(parse(b), &arena);
	return digest_equal(&one, &two);
}

static void
equal_content_has_an_equal_hash(void **state)
{
	(void)state;
	assert_true(same_hash(SMALLEST,
			      "{schema: [{type: STRING, name: a}], domain: retail, owner: 'o',\n"
			      " name: retail.accounts} # flow\n"));
	assert_true(same_hash(SMALLEST "version: 1.0.0\n", SMALLEST "version: 2.0.0\n"));
	assert_true(same_hash(SMALLEST, SMALLEST "version: 2.0.0\n"));
	assert_false(same_hash(SMALLEST, SMALLEST "tags: [x]\n"));
	assert_false(same_hash(SMALLEST "tags: [x, y]\n", SMALLEST "tags: [y, x]\n"));
	assert_false(same_hash("version: 1\n", "- version: 1\n"));
}

static void
a_product_name_has_two_parts_or_more(void **state)
{
	(void)state;
	static const char *const good[] = {"a.b", "retail.customer_accounts", "a.b.c.d", "_.0",
					   "2024.q1"};
	static const char *const bad[] = {"",      "a",     "a.",  ".a",    "a..b",
					  "a.b.",  "A.b",   "a.B", "a-b.c", "a b.c",
					  "a.b#c", "a.b\n", ".",   "..",    "\xc3\xa9.b"};
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(is_product_name(good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(is_product_name(bad[i]));
	char longest[DESCRIPTOR_MOST_NAME + 2];
	memset(longest, 'a', sizeof longest);
	longest[1] = '.';
	longest[DESCRIPTOR_MOST_NAME] = '\0';
	assert_true(is_product_name(longest));
	longest[DESCRIPTOR_MOST_NAME] = 'a';
	longest[DESCRIPTOR_MOST_NAME + 1] = '\0';
	assert_false(is_product_name(longest));
}

static void
as_many_columns_as_are_allowed_are_decoded(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf yaml = {0};
	buf_text(&yaml, HEAD "quality_checks: [unique: c4999]\nschema:\n");
	for (int i = 0; i < DESCRIPTOR_MOST_COLUMNS; i++)
		buf_printf(&yaml, "  - {name: c%d, type: STRING}\n", i);
	struct descriptor d = decode(yaml.data);
	assert_int_equal(d.columns.count, DESCRIPTOR_MOST_COLUMNS);
}

/* Every row of every table says what it is for, by an example that the table itself accepts in
 * kind. */
static void
assert_set_is_documented(const struct field_set *set, unsigned depth)
{
	assert_non_null(set->name);
	assert_non_null(set->help);
	assert_true(!set->brief == !set->brief_help);
	for (const struct field *f = set->fields; f->type != FIELD_END; f++) {
		struct node example;
		struct err e;
		if (!f->help || strlen(f->help) < 10 || !f->example)
			fail_msg("%s.%s has no help or no example", set->name, f->name);
		else if (document_read(DOCUMENT_YAML, f->example, strlen(f->example), NULL, &arena,
				       &example, &e))
			fail_msg("%s.%s: the example is no YAML: %s", set->name, f->name,
				 e.message);
		if (f->of && depth < 5)
			assert_set_is_documented(f->of, depth + 1);
	}
}

static void
every_key_has_help_and_an_example(void **state)
{
	(void)state;
	assert_set_is_documented(&descriptor_fields, 0);
}

/* The whole of the examples is a document: each example stands where its key does. */
static void
the_examples_of_the_table_are_right(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf yaml = {0};
	for (const struct field *f = descriptor_fields.fields; f->type != FIELD_END; f++)
		buf_printf(&yaml, "%s: %s\n", f->name, f->example);
	struct descriptor d = decode(yaml.data);
	assert_string_equal(d.name, "retail.customer_accounts");
}

static void
assert_reference_names(const struct field_set *set, const char *page, unsigned depth)
{
	for (const struct field *f = set->fields; f->type != FIELD_END; f++) {
		if (!strstr(page, arena_printf(&arena, "`%s`", f->name)))
			fail_msg("%s of %s is not on the page", f->name, set->name);
		if (f->of && depth < 5)
			assert_reference_names(f->of, page, depth + 1);
	}
}

static void
the_reference_page_names_every_key(void **state)
{
	(void)state;
	CLEANUP(buf_done) struct buf page = {0};
	field_reference(&descriptor_fields, "Data products", &page);
	assert_reference_names(&descriptor_fields, page.data, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_short_example_is_right),
	    cmocka_unit_test(the_bank_s_example_is_right),
	    cmocka_unit_test(what_is_absent_is_zero_or_said_to_be_absent),
	    cmocka_unit_test(every_kind_of_quality_check_is_decoded),
	    cmocka_unit_test(inputs_are_products_or_datasets_short_or_long),
	    cmocka_unit_test(sources_of_a_column_are_one_several_or_maps),
	    cmocka_unit_test(storage_is_a_name_a_map_or_a_list),
	    cmocka_unit_test(every_other_key_is_decoded),
	    cmocka_unit_test(personal_data_is_said_by_pii_or_by_a_tag),
	    cmocka_unit_test(the_strictest_classification_counts),
	    cmocka_unit_test(equal_content_has_an_equal_hash),
	    cmocka_unit_test(a_product_name_has_two_parts_or_more),
	    cmocka_unit_test(as_many_columns_as_are_allowed_are_decoded),
	    cmocka_unit_test(every_key_has_help_and_an_example),
	    cmocka_unit_test(the_examples_of_the_table_are_right),
	    cmocka_unit_test(the_reference_page_names_every_key),
	};
	return cmocka_run_group_tests(tests, NULL, free_the_arena);
}
