/*
 * descriptor_fields.c -- THE table: what a descriptor may hold, in the words that its authors read.
 *
 * From the innermost maps outwards; the table of the whole stands at the end.  Every row's help and
 * example become the JSON Schema and the reference page, so they are written for the engineer of a
 * domain, not for us.
 *
 * A few maps have a short form, whose function stands before its table.
 */
#include <string.h>

#include "descriptor.h"
#include "value_checks.h"

/* The words stand in the order of their enums. */
static const char *const statuses[] = {"draft", "active", "deprecated", "retired", NULL};
static const char *const classifications[] = {"public", "internal", "confidential", "restricted",
					      NULL};
static const char *const access_levels[] = {"read", "write", "admin", NULL};

#define PRODUCT_PATTERN "^[a-z0-9_]+(\\.[a-z0-9_]+)+$"

/* A text where a map could stand: false, after a complaint, when it is neither. */
static bool
expect_text(const struct field_context *context, const struct node *value)
{
	if (value->kind == NODE_TEXT)
		return true;
	value_complain(context, value, "type", "expected a map or a text, found %s",
		       node_kind_name(value->kind));
	return false;
}

/* Run a check on `value`; true when it did not complain. */
static bool
passes(field_check_fn *check, const struct field_context *context, const struct node *value)
{
	size_t before = context->violations->count;
	check(context, value);
	return context->violations->count == before;
}

static void
check_keys(const struct field_context *context, const struct node *value)
{
	if (value->count > DESCRIPTOR_MOST_KEYS)
		value_complain(context, value, "limit", "expected at most %d keys, found %u",
			       DESCRIPTOR_MOST_KEYS, value->count);
}

/* ---- columns ---- */

static bool
read_brief_source(const struct field_context *context, const struct node *value, void *ret_struct)
{
	struct column_source *s = ret_struct;
	if (!expect_text(context, value) || !passes(value_check_source, context, value))
		return false;
	s->column = value->text;
	return true;
}

// clang-format off
static const struct field source_fields[] = {
	{"column", FIELD_TEXT, offsetof(struct column_source, column), FIELD_REQUIRED, .check = value_check_source,
	 .pattern = "^.+#[^#|]+$",
	 .help = "The column that the values come from: PRODUCT#COLUMN, or NAMESPACE|NAME#COLUMN for an external dataset. "
		 "Its product or dataset must be among the inputs.",
	 .example = "retail.accounts#balance"},
	{"transform", FIELD_TEXT, offsetof(struct column_source, transform), FIELD_NOT_EMPTY,
	 .help = "What is done with the values on the way, in your own words or as SQL.",
	 .example = "sum over all accounts of a customer"},
	{"masking", FIELD_BOOL, offsetof(struct column_source, masking),
	 .help = "True when the values can no longer be recognised: hashed, truncated, aggregated.",
	 .example = "true"},
	{0},
};

static const struct field_set source_set = {
	"source", sizeof(struct column_source), source_fields, .has_place = true, .brief = read_brief_source,
	.brief_help = "the column alone: `retail.accounts#balance`",
	.help = "A column that this column is derived from.",
};
// clang-format on

/* How many brackets stay open; -1 when one closes that was not opened. */
static int
open_brackets(const char *text)
{
	int open = 0;
	for (; *text && open >= 0; text++)
		open += (strchr("(<[", *text) != NULL) - (strchr(")>]", *text) != NULL);
	return open;
}

/*
 * {name: a, type: DECIMAL(18,2)} is cut at the comma by YAML, which leaves "DECIMAL(18" and a key
 * "2)" without a value. Gives that key, or NULL.
 */
static const char *
find_cut_off_part(const struct node *column)
{
	for (uint32_t i = 0; i < column->count; i++) {
		const struct member *m = &column->members[i];
		size_t length = strlen(m->key);
		if (m->value.kind == NODE_NULL && length > 0 && m->key[length - 1] == ')')
			return m->key;
	}
	return NULL;
}

static void
check_brackets(const struct field_context *context, const struct node *column)
{
	const struct node *type = node_get(column, "type");
	if (!type || type->kind != NODE_TEXT || open_brackets(type->text) == 0)
		return;
	struct field_context at_type = *context;
	at_type.pointer = pointer_join(context->arena, context->pointer, "type");
	const char *rest = find_cut_off_part(column);
	if (rest)
		value_complain(&at_type, type, "column-type",
			       "inside {...} a type with a comma needs quotes")
		    ->suggestion =
		    arena_printf(context->arena, "type: \"%s,%s\"", type->text, rest);
	else
		value_complain(&at_type, type, "column-type",
			       "the brackets of the type '%s' do not match", type->text);
}

static void
check_column(const struct field_context *context, const struct node *value)
{
	check_keys(context, value);
	check_brackets(context, value);
}

// clang-format off
static const struct field column_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct column, name), FIELD_REQUIRED, .check = value_check_column_name,
	 .pattern = "^[^#|]+$",
	 .help = "The column's name, as those who read it write it; once in the schema.",
	 .example = "balance"},
	{"type", FIELD_TEXT, offsetof(struct column, type), FIELD_REQUIRED, .check = value_check_line,
	 .help = "The type in SQL's words: STRING, INTEGER, BIGINT, DECIMAL(18,2), DOUBLE, BOOLEAN, DATE, TIMESTAMP, ... "
		 "To widen it later is a compatible change, to narrow it a breaking one. Inside {...} put a type with a "
		 "comma in quotes.",
	 .example = "\"DECIMAL(18,2)\""},
	{"description", FIELD_TEXT, offsetof(struct column, description), FIELD_NOT_EMPTY,
	 .help = "What the values mean to those who read them; found by search.",
	 .example = "Balance at the end of the day, in the account's currency"},
	{"pii", FIELD_BOOL, offsetof(struct column, pii),
	 .help = "Is this personal data? Policies for personal data then apply to the whole product.",
	 .example = "true"},
	{"classification", FIELD_WORD, offsetof(struct column, classification), .words = classifications,
	 .help = "How well the column must be protected. The product is at least as strict as its strictest column.",
	 .example = "confidential"},
	{"nullable", FIELD_BOOL, offsetof(struct column, nullable),
	 .help = "May values be missing? They may, unless this is false. To require values later is a breaking change.",
	 .example = "false"},
	{"key", FIELD_BOOL, offsetof(struct column, key),
	 .help = "Is this part of what identifies a row? Several columns with `key: true` identify it together.",
	 .example = "true"},
	{"tags", FIELD_TEXTS, offsetof(struct column, tags), .check = value_check_line,
	 .help = "Words to find the column by and to write policies about. `pii` and `personal` say that it is personal data.",
	 .example = "[money, daily]"},
	{"term", FIELD_TEXT, offsetof(struct column, term), .check = value_check_line,
	 .help = "The business term that the column means, from `terms` or from the glossary of the mesh.",
	 .example = "account balance"},
	{"from", FIELD_LIST, offsetof(struct column, from), FIELD_OR_ONE, .of = &source_set,
	 .help = "The columns that this one is derived from. Gives lineage down to columns, without any tool.",
	 .example = "retail.accounts#balance"},
	{0},
};

static const struct field_set column_set = {
	"column", sizeof(struct column), column_fields, .has_place = true, .extensions = true, .check = check_column,
	.help = "A column of the data product.",
};
// clang-format on

static void
check_schema(const struct field_context *context, const struct node *value)
{
	if (value->count > DESCRIPTOR_MOST_COLUMNS)
		value_complain(context, value, "limit",
			       "a product has at most %d columns, this one has %u",
			       DESCRIPTOR_MOST_COLUMNS, value->count);
}

/* ---- where it comes from, who it is for ---- */

static bool
read_brief_contact(const struct field_context *context, const struct node *value, void *ret_struct)
{
	struct contact *c = ret_struct;
	if (!expect_text(context, value) || !passes(value_check_line, context, value))
		return false;
	if (strchr(value->text, '@')) {
		c->email = value->text;
		return passes(value_check_email, context, value);
	}
	c->name = value->text;
	return true;
}

static bool
read_brief_input(const struct field_context *context, const struct node *value, void *ret_struct)
{
	struct input *in = ret_struct;
	if (!expect_text(context, value))
		return false;
	if (strncmp(value->text, "dataset:", strlen("dataset:")) != 0) {
		in->product = value->text;
		return passes(value_check_product_name, context, value);
	}
	struct node dataset = *value;
	dataset.text += strlen("dataset:");
	dataset.count -= (uint32_t)strlen("dataset:");
	in->dataset = dataset.text;
	return passes(value_check_dataset, context, &dataset);
}

static void
check_input(const struct field_context *context, const struct node *value)
{
	if (!node_get(value, "product") == !node_get(value, "dataset"))
		value_complain(context, value, "input",
			       "an input is either a `product` or a `dataset`");
	if (node_get(value, "product") && node_get(value, "owner"))
		value_complain(
		    context, value, "input",
		    "a product says itself who its owner is: `owner` is for a `dataset`");
}

// clang-format off
static const struct field contact_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct contact, name), .check = value_check_line,
	 .help = "Who to ask: a person or a team.",
	 .example = "Retail data team"},
	{"role", FIELD_TEXT, offsetof(struct contact, role), .check = value_check_line,
	 .help = "What for: product owner, support, data steward ...",
	 .example = "product owner"},
	{"email", FIELD_TEXT, offsetof(struct contact, email), .check = value_check_email, .pattern = "^[^@\\s]+@[^@\\s]+$",
	 .help = "Where to write to.",
	 .example = "accounts@retail.example"},
	{0},
};

static const struct field_set contact_set = {
	"contact", sizeof(struct contact), contact_fields, .has_place = true, .brief = read_brief_contact,
	.brief_help = "a name or an address alone: `accounts@retail.example`",
	.help = "Someone who answers questions about the product.",
};

static const struct field input_fields[] = {
	{"product", FIELD_TEXT, offsetof(struct input, product), .check = value_check_product_name,
	 .pattern = PRODUCT_PATTERN,
	 .help = "The name of a data product that this one is made from.",
	 .example = "retail.accounts"},
	{"dataset", FIELD_TEXT, offsetof(struct input, dataset), .check = value_check_dataset, .pattern = "^[^|]+\\|[^|]+$",
	 .help = "An external dataset, outside the mesh, by OpenLineage's pair: NAMESPACE|NAME.",
	 .example = "postgres://core:5432|bank.accounts"},
	{"owner", FIELD_TEXT, offsetof(struct input, owner), .check = value_check_line,
	 .help = "The team that answers for an external dataset. A data product says that itself.",
	 .example = "core-banking-team"},
	{"description", FIELD_TEXT, offsetof(struct input, description), FIELD_NOT_EMPTY,
	 .help = "What is taken from it.",
	 .example = "Open accounts only"},
	{0},
};

static const struct field_set input_set = {
	"input", sizeof(struct input), input_fields, .has_place = true, .brief = read_brief_input,
	.brief_help = "the product's name alone, `retail.accounts`, or `dataset:NAMESPACE|NAME`",
	.check = check_input,
	.help = "What the product is made from: either `product` or `dataset`.",
};

static const struct field sla_fields[] = {
	{"freshness", FIELD_DURATION, offsetof(struct descriptor, sla.freshness) - offsetof(struct descriptor, sla),
	 .help = "How old the newest data is at most. Weft measures it and opens an incident when it is missed.",
	 .example = "1 hour"},
	{"availability", FIELD_TEXT, offsetof(struct descriptor, sla.availability) - offsetof(struct descriptor, sla),
	 .check = value_check_percent, .pattern = "^[0-9]+(\\.[0-9]+)?%$",
	 .help = "The share of time that the product can be read.",
	 .example = "99.9%"},
	{0},
};

static const struct field_set sla_set = {
	"sla", sizeof(((struct descriptor *)0)->sla), sla_fields, .has_place = true,
	.help = "What readers are promised. To promise less is a breaking change.",
};

static const struct field access_fields[] = {
	{"role", FIELD_TEXT, offsetof(struct access_entry, role), FIELD_REQUIRED, .check = value_check_line,
	 .help = "The role or team that gets access.",
	 .example = "retail-analysts"},
	{"level", FIELD_WORD, offsetof(struct access_entry, level), FIELD_REQUIRED, .words = access_levels,
	 .help = "What it may do.",
	 .example = "read"},
	{"columns", FIELD_TEXTS, offsetof(struct access_entry, columns), FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "Only these columns. Absent: all.",
	 .example = "[account_id, account_type]"},
	{"purpose", FIELD_TEXT, offsetof(struct access_entry, purpose), FIELD_NOT_EMPTY,
	 .help = "What the access is for; compliance reads it in reviews.",
	 .example = "Monthly risk report"},
	{"until", FIELD_TEXT, offsetof(struct access_entry, until), .check = value_check_date,
	 .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	 .help = "The last day of the access. Absent: until it is taken back.",
	 .example = "2026-12-31"},
	{"reviewed", FIELD_TEXT, offsetof(struct access_entry, reviewed), .check = value_check_date,
	 .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	 .help = "The day on which someone last made sure that the access is still needed.",
	 .example = "2026-06-30"},
	{0},
};

static const struct field_set access_set = {
	"access", sizeof(struct access_entry), access_fields, .has_place = true,
	.help = "Who may read the product from the day it is published. Others ask for access.",
};

/* ---- quality checks ---- */

/*
 * The kinds of check fill one struct between them, each its own members.  What stands in a map of
 * its own (`range: {...}`) is decoded into the struct's part from `columns` on; that only one
 * kind is there keeps them apart.
 */
#define DETAIL(member) (offsetof(struct quality_check, member) - offsetof(struct quality_check, columns))
#define DETAIL_SIZE    (sizeof(struct quality_check) - offsetof(struct quality_check, columns))
// clang-format on

static bool
read_brief_freshness(const struct field_context *context, const struct node *value,
		     void *ret_struct)
{
	struct err e;
	struct duration within;
	if (!expect_text(context, value))
		return false;
	if (duration_parse(value->text, &within, &e)) {
		value_complain(context, value, "duration", "%s", e.message)->suggestion = "1 hour";
		return false;
	}
	*(struct duration *)((char *)ret_struct + DETAIL(within)) = within;
	return true;
}

/* The table takes a list wherever it takes texts; a check of values is about one column. */
static void
check_one_column(const struct field_context *context, const struct node *value)
{
	const struct node *column = node_get(value, "column");
	struct field_context inner = *context;
	inner.pointer = pointer_join(context->arena, context->pointer, "column");
	if (column && column->kind == NODE_LIST)
		value_complain(&inner, column, "check", "expected one column, found a list")
		    ->suggestion = "an item of its own for each column";
}

/* Numbers that contradict each other: both are there, and the wrong way round. */
static void
check_bounds(const struct field_context *context, const struct node *value)
{
	const struct node *least = node_get(value, "min"), *most = node_get(value, "max");
	check_one_column(context, value);
	if (!least && !most)
		value_complain(context, value, "check", "expected `min`, `max` or both");
	if (!least || !most || (least->kind != NODE_INT && least->kind != NODE_REAL) ||
	    (most->kind != NODE_INT && most->kind != NODE_REAL))
		return;
	double low = least->kind == NODE_INT ? (double)least->integer : least->real;
	double high = most->kind == NODE_INT ? (double)most->integer : most->real;
	if (low > high)
		value_complain(context, least, "range", "`min` is above `max`: nothing can pass");
}

static void
check_quality_check(const struct field_context *context, const struct node *value)
{
	size_t kinds = 0, empty = 0;
	for (int kind = CHECK_UNIQUE; kind <= CHECK_ROW_COUNT; kind++) {
		const struct node *said = node_get(value, check_kind_name((enum check_kind)kind));
		kinds += said != NULL;
		empty += said && said->kind == NODE_NULL;
	}
	if (kinds > 1)
		value_complain(context, value, "check",
			       "a quality check is of one kind, this one of %zu", kinds)
		    ->suggestion = "an item of its own for each";
	else if (value->count == 0 || empty > 0)
		value_complain(context, value, "check",
			       "expected a kind of check, as in `unique: account_id`");
}

// clang-format off
static const struct field freshness_fields[] = {
	{"column", FIELD_TEXTS, DETAIL(columns), FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "The column that says how old a row is. Absent: the moment of the last load counts.",
	 .example = "updated_at"},
	{"within", FIELD_DURATION, DETAIL(within), FIELD_REQUIRED,
	 .help = "How old the newest row is at most.",
	 .example = "1 hour"},
	{0},
};

static const struct field_set freshness_set = {
	"freshness check", DETAIL_SIZE, freshness_fields, .check = check_one_column, .brief = read_brief_freshness,
	.brief_help = "the length of time alone: `1 hour`",
	.help = "How old the newest data is at most.",
};

static const struct field accepted_fields[] = {
	{"column", FIELD_TEXTS, DETAIL(columns), FIELD_REQUIRED | FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "The column that is looked at.",
	 .example = "account_type"},
	{"values", FIELD_NODE, DETAIL(accepted), FIELD_REQUIRED, .check = value_check_accepted,
	 .help = "All values that it may hold: a list of texts, numbers or booleans.",
	 .example = "[current, savings]"},
	{0},
};

static const struct field_set accepted_set = {
	"accepted_values check", DETAIL_SIZE, accepted_fields, .check = check_one_column,
	.help = "A column holds nothing but these values.",
};

static const struct field range_fields[] = {
	{"column", FIELD_TEXTS, DETAIL(columns), FIELD_REQUIRED | FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "The column that is looked at.",
	 .example = "balance"},
	{"min", FIELD_REAL, DETAIL(least),
	 .help = "The smallest value allowed.",
	 .example = "0"},
	{"max", FIELD_REAL, DETAIL(most),
	 .help = "The largest value allowed.",
	 .example = "1000000"},
	{0},
};

static const struct field_set range_set = {
	"range check", DETAIL_SIZE, range_fields, .check = check_bounds,
	.help = "The values of a column lie between two numbers, which are allowed themselves.",
};

static const struct field row_count_fields[] = {
	{"min", FIELD_REAL, DETAIL(least), .check = value_check_count,
	 .help = "The fewest rows.",
	 .example = "1"},
	{"max", FIELD_REAL, DETAIL(most), .check = value_check_count,
	 .help = "The most rows.",
	 .example = "5000000"},
	{0},
};

static const struct field_set row_count_set = {
	"row_count check", DETAIL_SIZE, row_count_fields, .check = check_bounds,
	.help = "How many rows the product has.",
};

static const struct field check_fields[] = {
	{"unique", FIELD_TEXTS, offsetof(struct quality_check, columns), FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "No two rows have the same value in this column, or in these columns together.",
	 .example = "account_id"},
	{"not_null", FIELD_TEXTS, offsetof(struct quality_check, columns), FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "Every row has a value in each of these columns.",
	 .example = "[account_id, customer_id]"},
	{"freshness", FIELD_MAP, offsetof(struct quality_check, columns), .of = &freshness_set,
	 .help = "How old the newest data is at most.",
	 .example = "1 hour"},
	{"accepted_values", FIELD_MAP, offsetof(struct quality_check, columns), .of = &accepted_set,
	 .help = "A column holds nothing but these values.",
	 .example = "{column: account_type, values: [current, savings]}"},
	{"range", FIELD_MAP, offsetof(struct quality_check, columns), .of = &range_set,
	 .help = "The values of a column lie between two numbers.",
	 .example = "{column: balance, min: 0, max: 1000000}"},
	{"row_count", FIELD_MAP, offsetof(struct quality_check, columns), .of = &row_count_set,
	 .help = "How many rows the product has.",
	 .example = "{min: 1}"},
	{0},
};

static const struct field_set check_set = {
	"quality check", sizeof(struct quality_check), check_fields, .has_place = true, .check = check_quality_check,
	.help = "What must hold for the data itself; exactly one of these keys.",
};

/* ---- how it is read and kept ---- */

static const struct field port_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct port, name), FIELD_REQUIRED, .check = value_check_line,
	 .help = "What readers call the port; once in the product. To remove a port is a breaking change.",
	 .example = "daily_files"},
	{"kind", FIELD_TEXT, offsetof(struct port, kind), .check = value_check_line,
	 .help = "How it is read: table, files, stream, api ...",
	 .example = "files"},
	{"format", FIELD_TEXT, offsetof(struct port, format), .check = value_check_line,
	 .help = "The form of the data: parquet, csv, avro, json ...",
	 .example = "parquet"},
	{"location", FIELD_TEXT, offsetof(struct port, location), .check = value_check_line,
	 .help = "Where it is read, if that is not up to Weft.",
	 .example = "s3://retail/accounts/daily/"},
	{"description", FIELD_TEXT, offsetof(struct port, description), FIELD_NOT_EMPTY,
	 .help = "What this port is good for.",
	 .example = "One file a day, complete at 06:00"},
	{0},
};

static const struct field_set port_set = {
	"port", sizeof(struct port), port_fields, .has_place = true, .extensions = true,
	.help = "An output port: one of the ways in which the product is read.",
};

static const struct field tier_fields[] = {
	{"grain", FIELD_TEXT, offsetof(struct tier, grain), .check = value_check_line,
	 .help = "How fine the data is kept here.",
	 .example = "minute"},
	{"retention", FIELD_DURATION, offsetof(struct tier, retention),
	 .help = "How far back this tier reaches.",
	 .example = "90 days"},
	{0},
};

static const struct field_set tier_set = {
	"tier", sizeof(struct tier), tier_fields, .has_place = true,
	.help = "How fine and how long data is kept in one tier.",
};

#define TIER(member) (offsetof(struct descriptor, tiers.member) - offsetof(struct descriptor, tiers))

static const struct field tiers_fields[] = {
	{"hot", FIELD_MAP, TIER(hot), .of = &tier_set,
	 .help = "For what is asked all day: full detail, a short time.",
	 .example = "{grain: second, retention: 7 days}"},
	{"warm", FIELD_MAP, TIER(warm), .of = &tier_set,
	 .help = "For analyses: some detail, a longer time.",
	 .example = "{grain: minute, retention: 90 days}"},
	{"cold", FIELD_MAP, TIER(cold), .of = &tier_set,
	 .help = "For trends and for the regulator: little detail, the longest time.",
	 .example = "{grain: hour, retention: 7 years}"},
	{0},
};

static const struct field_set tiers_set = {
	"tiers", sizeof(((struct descriptor *)0)->tiers), tiers_fields, .has_place = true,
	.help = "Data that gets coarser and cheaper as it ages.",
};
// clang-format on

static bool
read_brief_wish(const struct field_context *context, const struct node *value, void *ret_struct)
{
	struct resource_wish *w = ret_struct;
	if (!expect_text(context, value) || !passes(value_check_plugin, context, value))
		return false;
	w->plugin = value->text;
	return true;
}

// clang-format off
static const struct field wish_fields[] = {
	{"plugin", FIELD_TEXT, offsetof(struct resource_wish, plugin), FIELD_REQUIRED, .check = value_check_plugin,
	 .pattern = "^[a-z0-9_][a-z0-9_-]*$",
	 .help = "The plugin that provides it, by its name in the plugin folder of the server.",
	 .example = "s3"},
	{"name", FIELD_TEXT, offsetof(struct resource_wish, name), .check = value_check_plugin,
	 .pattern = "^[a-z0-9_][a-z0-9_-]*$",
	 .help = "Tells several resources of one plugin apart. Absent: default.",
	 .example = "archive"},
	{"quota", FIELD_TEXT, offsetof(struct resource_wish, quota), .check = value_check_size,
	 .pattern = "^[0-9]+(\\.[0-9]+)? *([KMGTP]i?)?B$",
	 .help = "The most that it may take.",
	 .example = "10 GB"},
	{"settings", FIELD_NODE, offsetof(struct resource_wish, settings), .check = value_check_settings,
	 .help = "What the plugin itself wants to know: a map, checked against the plugin's own schema.",
	 .example = "{region: eu-central, versioning: true}"},
	{0},
};

static const struct field_set wish_set = {
	"resource", sizeof(struct resource_wish), wish_fields, .has_place = true, .brief = read_brief_wish,
	.brief_help = "the plugin's name alone: `filesystem`",
	.help = "A wish for storage or compute. It is granted on publishing, without a ticket, and kept as it is described.",
};

/* ---- meaning, and the end ---- */

static const struct field metric_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct metric_definition, name), FIELD_REQUIRED, .check = value_check_line,
	 .help = "What the figure is called; once in the product.",
	 .example = "total_balance"},
	{"expression", FIELD_TEXT, offsetof(struct metric_definition, expression), FIELD_REQUIRED | FIELD_NOT_EMPTY,
	 .help = "How it is calculated from the columns, so that everyone gets the same figure.",
	 .example = "sum(balance)"},
	{"unit", FIELD_TEXT, offsetof(struct metric_definition, unit), .check = value_check_line,
	 .help = "What it is counted in.",
	 .example = "EUR"},
	{"description", FIELD_TEXT, offsetof(struct metric_definition, description), FIELD_NOT_EMPTY,
	 .help = "What it says, and what it does not.",
	 .example = "All balances at the end of the day, overdrafts included"},
	{0},
};

static const struct field_set metric_set = {
	"metric", sizeof(struct metric_definition), metric_fields, .has_place = true,
	.help = "A figure that is defined once, here, for all who report it.",
};

static const struct field term_fields[] = {
	{"name", FIELD_TEXT, offsetof(struct term, name), FIELD_REQUIRED, .check = value_check_line,
	 .help = "The word, as the business uses it.",
	 .example = "account balance"},
	{"definition", FIELD_TEXT, offsetof(struct term, definition), FIELD_REQUIRED | FIELD_NOT_EMPTY,
	 .help = "What it means, in a sentence or two.",
	 .example = "Money on an account at the end of a business day, booked transactions only"},
	{0},
};

static const struct field_set term_set = {
	"term", sizeof(struct term), term_fields, .has_place = true,
	.help = "A business term that the product defines; columns point to it with `term`.",
};

#define END(member) (offsetof(struct descriptor, deprecation.member) - offsetof(struct descriptor, deprecation))

static const struct field deprecation_fields[] = {
	{"successor", FIELD_TEXT, END(successor), .check = value_check_product_name, .pattern = PRODUCT_PATTERN,
	 .help = "The product to use instead.",
	 .example = "retail.accounts_v2"},
	{"date", FIELD_TEXT, END(date), .check = value_check_date, .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	 .help = "The day on which the product is retired.",
	 .example = "2027-06-30"},
	{"reason", FIELD_TEXT, END(reason), FIELD_NOT_EMPTY,
	 .help = "Why, for those who must move.",
	 .example = "Replaced by accounts with daily history"},
	{0},
};

static const struct field_set deprecation_set = {
	"deprecation", sizeof(((struct descriptor *)0)->deprecation), deprecation_fields, .has_place = true,
	.help = "That the product will end: its readers are told.",
};

#define NOTICE(member) (offsetof(struct descriptor, notice.member) - offsetof(struct descriptor, notice))

static const struct field notice_fields[] = {
	{"version", FIELD_TEXT, NOTICE(version), FIELD_REQUIRED, .check = value_check_version, .pattern = "^[0-9]+\\.[0-9]+\\.[0-9]+",
	 .help = "The version that is announced.",
	 .example = "2.0.0"},
	{"date", FIELD_TEXT, NOTICE(date), FIELD_REQUIRED, .check = value_check_date, .pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
	 .help = "The day on which the readers were told.",
	 .example = "2026-10-01"},
	{"to", FIELD_TEXTS, NOTICE(to), FIELD_REQUIRED | FIELD_NOT_EMPTY, .check = value_check_line,
	 .help = "The teams that were told: the owners of the products that are made from this one.",
	 .example = "[risk-analytics, regulatory-reporting]"},
	{"text", FIELD_TEXT, NOTICE(text), FIELD_NOT_EMPTY,
	 .help = "What they were told.",
	 .example = "balance will be split by currency; use booked_balance"},
	{0},
};

static const struct field_set notice_set = {
	"notice", sizeof(((struct descriptor *)0)->notice), notice_fields, .has_place = true,
	.help = "That a version to come will break its readers: publish it some time before that version.",
};

/* ---- the whole ---- */

static const struct field fields[] = {
	{"name", FIELD_TEXT, offsetof(struct descriptor, name), FIELD_REQUIRED, .check = value_check_product_name,
	 .pattern = PRODUCT_PATTERN,
	 .help = "What the product is called, once in the whole mesh: two parts or more of a-z, 0-9 and _, with points "
		 "between.",
	 .example = "retail.customer_accounts"},
	{"owner", FIELD_TEXT, offsetof(struct descriptor, owner), FIELD_REQUIRED, .check = value_check_line,
	 .help = "The team that answers for the product.",
	 .example = "retail-data-team"},
	{"domain", FIELD_TEXT, offsetof(struct descriptor, domain), FIELD_REQUIRED, .check = value_check_line,
	 .help = "The domain that the product belongs to. Its own policies apply besides the global ones.",
	 .example = "retail-banking"},
	{"version", FIELD_TEXT, offsetof(struct descriptor, version), .check = value_check_version,
	 .pattern = "^[0-9]+\\.[0-9]+\\.[0-9]+",
	 .help = "The semantic version. Absent: Weft counts on from the version before, by what the changes mean to readers.",
	 .example = "1.4.0"},
	{"description", FIELD_TEXT, offsetof(struct descriptor, description), FIELD_NOT_EMPTY,
	 .help = "What the product holds and what it is good for; the first thing that search and the portal show.",
	 .example = "All accounts of retail customers, one row an account"},
	{"status", FIELD_WORD, offsetof(struct descriptor, status), .words = statuses,
	 .help = "Where it stands in its life. Absent: active.",
	 .example = "active"},
	{"tags", FIELD_TEXTS, offsetof(struct descriptor, tags), .check = value_check_line,
	 .help = "Words to find the product by and to write policies about.",
	 .example = "[accounts, golden]"},
	{"classification", FIELD_WORD, offsetof(struct descriptor, classification), .words = classifications,
	 .help = "How well the product must be protected. Retention and access policies go by it.",
	 .example = "confidential"},
	{"retention", FIELD_DURATION, offsetof(struct descriptor, retention),
	 .help = "How long the data is kept. Written as people write it: 7 years, 84 months, P7Y. Nothing is erased before.",
	 .example = "7 years"},
	{"contacts", FIELD_LIST, offsetof(struct descriptor, contacts), FIELD_OR_ONE, .of = &contact_set,
	 .help = "Who answers questions.",
	 .example = "[{name: Retail data team, email: accounts@retail.example}]"},
	{"schema", FIELD_LIST, offsetof(struct descriptor, columns), FIELD_REQUIRED | FIELD_NOT_EMPTY, .of = &column_set,
	 .check = check_schema,
	 .help = "The columns, in their order.",
	 .example = "[{name: account_id, type: STRING, pii: true}]"},
	{"inputs", FIELD_LIST, offsetof(struct descriptor, inputs), FIELD_OR_ONE, .of = &input_set,
	 .help = "What the product is made from: other data products, and datasets outside the mesh. The lineage begins here.",
	 .example = "[retail.accounts, \"dataset:postgres://core:5432|bank.accounts\"]"},
	{"sla", FIELD_MAP, offsetof(struct descriptor, sla), .of = &sla_set,
	 .help = "What readers are promised.",
	 .example = "{freshness: 1 hour, availability: 99.9%}"},
	{"access", FIELD_LIST, offsetof(struct descriptor, access), FIELD_OR_ONE, .of = &access_set,
	 .help = "Who may read the product. Personal data needs at least one entry.",
	 .example = "[{role: retail-analysts, level: read}]"},
	{"quality_checks", FIELD_LIST, offsetof(struct descriptor, quality_checks), FIELD_OR_ONE, .of = &check_set,
	 .help = "What must hold for the data. Weft runs the checks, keeps the score and opens incidents.",
	 .example = "[unique: account_id, freshness: 1 hour]"},
	{"quality_tier", FIELD_TEXT, offsetof(struct descriptor, quality_tier), .check = value_check_line,
	 .help = "How good the data is promised to be, in the words of your mesh. Quality policies have a threshold for each.",
	 .example = "gold"},
	{"ports", FIELD_LIST, offsetof(struct descriptor, ports), FIELD_OR_ONE, .of = &port_set,
	 .help = "The ways in which the product is read.",
	 .example = "[{name: daily_files, kind: files, format: parquet}]"},
	{"tiers", FIELD_MAP, offsetof(struct descriptor, tiers), .of = &tiers_set,
	 .help = "Data that gets coarser and cheaper as it ages: hot, warm and cold.",
	 .example = "{hot: {grain: second, retention: 7 days}, cold: {grain: hour, retention: 7 years}}"},
	{"storage", FIELD_LIST, offsetof(struct descriptor, storage), FIELD_OR_ONE, .of = &wish_set,
	 .help = "Where the data is kept: a plugin's name, a wish, or a list of them.",
	 .example = "{plugin: s3, quota: 10 GB}"},
	{"compute", FIELD_LIST, offsetof(struct descriptor, compute), FIELD_OR_ONE, .of = &wish_set,
	 .help = "What it is worked on with: a plugin's name, a wish, or a list of them.",
	 .example = "postgres"},
	{"metrics", FIELD_LIST, offsetof(struct descriptor, metrics), FIELD_OR_ONE, .of = &metric_set,
	 .help = "Figures that are defined once, for all who report them.",
	 .example = "[{name: total_balance, expression: sum(balance), unit: EUR}]"},
	{"terms", FIELD_LIST, offsetof(struct descriptor, terms), FIELD_OR_ONE, .of = &term_set,
	 .help = "Business terms that the product defines.",
	 .example = "[{name: account balance, definition: Money on an account at the end of a business day}]"},
	{"deprecation", FIELD_MAP, offsetof(struct descriptor, deprecation), .of = &deprecation_set,
	 .help = "That the product will end, when, and what comes instead.",
	 .example = "{successor: retail.accounts_v2, date: \"2027-06-30\"}"},
	{"notice", FIELD_MAP, offsetof(struct descriptor, notice), .of = &notice_set,
	 .help = "That a version to come will break its readers, and who was told when.",
	 .example = "{version: 2.0.0, date: \"2026-10-01\", to: [risk-analytics]}"},
	{0},
};

const struct field_set descriptor_fields = {
	"data product", sizeof(struct descriptor), fields, .has_place = true, .extensions = true, .check = check_keys,
	.help = "A data product, as its owner describes it. Unknown keys are refused, except those that begin with `x-`.",
};
// clang-format on

const char *
status_name(int status)
{
	return statuses[status < 0 ? STATUS_ACTIVE : status];
}

const char *
classification_name(int classification)
{
	return classification < 0 ? NULL : classifications[classification];
}

const char *
check_kind_name(enum check_kind kind)
{
	return check_fields[kind].name;
}
