/*
 * policy_document.c -- the table that says what a policy document may hold.
 */
#include "policy_document.h"

#include <string.h>

static const char *const kinds[] = {"Policy", NULL};
static const char *const enforcements[] = {"audit", "warn", "deny", NULL};
static const char *const engines[] = {"cel", "opa", NULL};
const char *const policy_expectations[] = {"audit", "warn", "deny", "pass", NULL};

/* ---- checks ---- */

static void
check_name(const struct field_context *context, const struct node *value)
{
	size_t length = strspn(value->text, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
	if (value->count == 0 || length != value->count || strchr("-_.", value->text[0]) ||
	    value->count > 100)
		violation_note(context->violations, "name", context->pointer, value->at,
			       "'%s' is no name of a policy: small letters, digits and - _ ., such "
			       "as 'pii-requires-access-controls'",
			       value->text);
}

static void
check_scope(const struct field_context *context, const struct node *value)
{
	struct arena *arena = context->violations->arena;
	const bool domain = strncmp(value->text, "domain:", 7) == 0;
	const char *name = domain ? value->text + 7 : value->text;
	if ((!domain && strcmp(value->text, "global") != 0) || !*name)
		violation_note(context->violations, "scope", context->pointer, value->at,
			       "'%s' is no scope: 'global', or 'domain:' and the name of a domain",
			       value->text)
		    ->suggestion = arena_printf(arena, "domain:%s", *name ? name : "NAME");
}

static void
check_pointer(const struct field_context *context, const struct node *value)
{
	if (value->count > 0 && value->text[0] != '/')
		violation_note(context->violations, "pointer", context->pointer, value->at,
			       "'%s' is no JSON Pointer: it begins with '/', such as '/access'",
			       value->text);
}

/* '*' stands at the end only: everything, or everything that begins so. */
static void
check_pattern(const struct field_context *context, const struct node *value)
{
	const char *star = strchr(value->text, '*');
	if (star && star[1])
		violation_note(context->violations, "pattern", context->pointer, value->at,
			       "'%s': a '*' can only stand at the end", value->text);
}

/* Each is held against each tag of each column, on every publish. */
static void
check_match(const struct field_context *context, const struct node *match)
{
	for (uint32_t i = 0; i < match->count; i++) {
		const struct member *m = &match->members[i];
		if (m->value.kind == NODE_LIST && m->value.count > POLICY_MOST_PATTERNS)
			violation_note(
			    context->violations, "size",
			    arena_printf(context->arena, "%s/%s", context->pointer, m->key),
			    m->value.at,
			    "'%s' has at most %d patterns, this one has %u; one with a '*' at its "
			    "end takes in all that begin so",
			    m->key, POLICY_MOST_PATTERNS, m->value.count);
	}
}

static void
check_map(const struct field_context *context, const struct node *value)
{
	if (value->kind != NODE_MAP && value->kind != NODE_NULL)
		violation_note(context->violations, "type", context->pointer, value->at,
			       "expected a map, found %s", node_kind_name(value->kind));
}

static void
check_time(const struct field_context *context, const struct node *value)
{
	moment t;
	if (!clock_parse(value->text, &t))
		violation_note(context->violations, "time", context->pointer, value->at,
			       "'%s' is no moment, such as '2026-11-23T02:39:30Z'", value->text);
}

bool
policy_is_identifier(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return length > 0 && length <= 100 && text[length] == '\0' && !strchr("0123456789", *text);
}

/* Expressions see it as variables.NAME, so that it is an identifier. */
static void
check_identifier(const struct field_context *context, const struct node *value)
{
	if (!policy_is_identifier(value->text))
		violation_note(context->violations, "name", context->pointer, value->at,
			       "'%s' is no name for expressions: letters, digits and _, such as "
			       "'personal_columns'",
			       value->text);
}

static void
check_url(const struct field_context *context, const struct node *value)
{
	const char *host = strstr(value->text, "://");
	bool speaks =
	    strncmp(value->text, "http://", 7) == 0 || strncmp(value->text, "https://", 8) == 0;
	if (!speaks || strspn(host + 3, "/:") > 0 || host[3] == '\0' ||
	    strpbrk(value->text, "@?# \\\t\r\n"))
		violation_note(
		    context->violations, "url", context->pointer, value->at,
		    "'%s' is no address: it begins with http:// or https://, and names a "
		    "host, such as 'http://127.0.0.1:8181'",
		    value->text);
}

/* It is put behind /v1/data/ as it is, and must not lead out of there. */
static bool
is_path(const char *text)
{
	static const char parts[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.-";
	for (;; text++) {
		size_t length = strspn(text, parts);
		if (length == 0 || strspn(text, ".") == length)
			return false;
		text += length;
		if (*text != '/')
			return *text == '\0';
	}
}

static void
check_path(const struct field_context *context, const struct node *value)
{
	if (!is_path(value->text))
		violation_note(
		    context->violations, "path", context->pointer, value->at,
		    "'%s' is no path of a document: names with '/' between them, such as "
		    "'weft/retention'",
		    value->text);
}

/* Who publishes waits for it. */
static void
check_deadline(const struct field_context *context, const struct node *value)
{
	struct duration deadline;
	struct err e;
	if (value->kind != NODE_TEXT || duration_parse(value->text, &deadline, &e) != ERR_OK)
		return; /* complained of already */
	int64_t longest = duration_longest(deadline);
	if (longest < 1000 || longest > 10 * INT64_C(1000000))
		violation_note(context->violations, "deadline", context->pointer, value->at,
			       "'%s': an answer may take a millisecond to 10 seconds", value->text);
}

/* ---- the document as a whole: which parts go together ---- */

/* A key without a value says nothing, as everywhere (base/field.h). */
static const struct node *
part_of(const struct node *document, const char *key)
{
	const struct node *part = node_get(document, key);
	return part && part->kind != NODE_NULL ? part : NULL;
}

static void
refuse_part(const struct field_context *context, const struct node *document, const char *key,
	    const char *why)
{
	const struct node *part = part_of(document, key);
	if (part)
		violation_note(context->violations, "parts",
			       pointer_join(context->violations->arena, context->pointer, key),
			       part->at, "'%s' does not go with %s", key, why);
}

static void
want_part(const struct field_context *context, const struct node *document, const char *key,
	  const char *why)
{
	if (!part_of(document, key))
		violation_note(context->violations, "required", context->pointer, document->at,
			       "'%s' is missing: %s", key, why);
}

static void
check_tightening(const struct field_context *context, const struct node *document)
{
	static const char why[] = "'tightens': it has what the global policy says";
	static const char *const parts[] = {"match",  "values",      "variables",
					    "engine", "validations", "opa"};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		refuse_part(context, document, parts[i], why);
	want_part(context, document, "parameters", "what a policy that tightens another is for");
	if (strcmp(node_text(document, "scope", "global"), "global") == 0)
		violation_note(context->violations, "scope", "/scope", document->at,
			       "a policy that tightens another is of one domain")
		    ->suggestion = "scope: domain:NAME";
}

static void
check_question(const struct field_context *context, const struct node *document)
{
	static const char why[] = "the engine 'opa': the Open Policy Agent decides";
	static const char *const parts[] = {"variables", "validations", "tests"};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		refuse_part(context, document, parts[i], why);
	want_part(context, document, "opa", "whom to ask, with the engine 'opa'");
}

static void
check_parts(const struct field_context *context, const struct node *document)
{
	bool asks = strcmp(node_text(document, "engine", "cel"), "opa") == 0;
	if (part_of(document, "tightens")) {
		check_tightening(context, document);
		return;
	}
	if (asks) {
		check_question(context, document);
		return;
	}
	refuse_part(context, document, "opa", "the engine 'cel'");
	want_part(context, document, "validations", "the conditions that must hold");
}

/* ---- the tables ---- */

// clang-format off
#define MATCH(member) offsetof(struct policy_match, member)

static const struct field match_fields[] = {
	{"domains",         FIELD_TEXTS, MATCH(domains),         .check = check_pattern, .help = "Domains whose products are concerned; `*` is all of them, `retail*` those that begin so", .example = "[\"retail*\"]"},
	{"classifications", FIELD_TEXTS, MATCH(classifications), .check = check_pattern, .help = "Classifications, of the product or of one of its columns", .example = "[confidential, restricted]"},
	{"tags",            FIELD_TEXTS, MATCH(tags),            .check = check_pattern, .help = "Tags, of the product or of one of its columns", .example = "[gdpr]"},
	{"statuses",        FIELD_TEXTS, MATCH(statuses),        .check = check_pattern, .help = "Statuses; a product that says none is active", .example = "[active, deprecated]"},
	{"condition",       FIELD_TEXT,  MATCH(condition), FIELD_NOT_EMPTY, .help = "What else must be true of the product, as an expression; one that fails counts as violated", .example = "has(product.inputs)"},
	{0},
};

static const struct field_set match_set = {
	"match", sizeof(struct policy_match), match_fields, .check = check_match,
	.help = "Which products are concerned. Each key that is given must fit; what is not given fits all.",
};

#define VARIABLE(member) offsetof(struct variable_text, member)

static const struct field variable_fields[] = {
	{"name",       FIELD_TEXT, VARIABLE(name),       FIELD_REQUIRED, .check = check_identifier, .pattern = "^[A-Za-z_][A-Za-z0-9_]*$", .help = "Expressions see it as `variables.NAME`", .example = "personal"},
	{"expression", FIELD_TEXT, VARIABLE(expression), FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "What it is; sees the variables before it", .example = "personal_columns(product)"},
	{0},
};

static const struct field_set variable_set = {
	"variable", sizeof(struct variable_text), variable_fields, .has_place = true,
	.help = "A value with a name, worked out once for each product, when a validation first needs it.",
};

#define VALUES(member) offsetof(struct scoped_values, member)

static const struct field values_fields[] = {
	{"scope", FIELD_TEXT, VALUES(scope), FIELD_REQUIRED, .check = check_scope, .pattern = "^(global|domain:.+)$", .help = "Where they hold: `global`, or `domain:NAME`; the most specific wins", .example = "domain:trading"},
	{"set",   FIELD_NODE, VALUES(set),   FIELD_REQUIRED, .check = check_map, .help = "Parameters and their values", .example = "{minimum: 10 years}"},
	{0},
};

static const struct field_set values_set = {
	"values", sizeof(struct scoped_values), values_fields, .has_place = true,
	.help = "Values of parameters for one scope, instead of the defaults.",
};

#define QUESTION(member) offsetof(struct policy_question, member)

static const struct field opa_fields[] = {
	{"url",      FIELD_TEXT,     QUESTION(url),      FIELD_REQUIRED, .check = check_url, .pattern = "^https?://", .help = "Where the Open Policy Agent answers", .example = "http://127.0.0.1:8181"},
	{"path",     FIELD_TEXT,     QUESTION(path),     FIELD_REQUIRED | FIELD_NOT_EMPTY, .check = check_path, .pattern = "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", .help = "The document below /v1/data that decides", .example = "weft/retention"},
	{"deadline", FIELD_DURATION, QUESTION(deadline), .check = check_deadline, .help = "How long its answer may take; 2 seconds when it is not given, and 10 at most", .example = "2 seconds"},
	{0},
};

static const struct field_set opa_set = {
	"opa", sizeof(struct policy_question), opa_fields,
	.help = "Whom to ask, of a policy with the engine `opa`. No answer counts as violated.",
};

#define VALIDATION(member) offsetof(struct validation, member)

static const struct field validation_fields[] = {
	{"name",       FIELD_TEXT, VALIDATION(name),       FIELD_NOT_EMPTY, .help = "What answers call the rule; the policy's name when it is not given", .example = "seven-years"},
	{"expression", FIELD_TEXT, VALIDATION(expression), FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "What must hold, in the Common Expression Language", .example = "has(product.description)"},
	{"message",    FIELD_TEXT, VALIDATION(message),    FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "What the author of a product reads when it does not hold", .example = "A product describes itself"},
	{"messageExpression", FIELD_TEXT, VALIDATION(message_expression), FIELD_NOT_EMPTY, .help = "The message as an expression that gives a text; `message` is said when it fails or is empty", .example = "\"kept \" + product.retention + \", less than \" + params.minimum"},
	{"pointer",    FIELD_TEXT, VALIDATION(pointer),    .check = check_pointer, .pattern = "^(/.*)?$", .help = "The part of the product that it is about, as a JSON Pointer", .example = "/description"},
	{"pointerExpression", FIELD_TEXT, VALIDATION(pointer_expression), FIELD_NOT_EMPTY, .help = "The pointer as an expression that gives a text; `pointer` is taken when it fails or is no pointer", .example = "\"/schema/\" + string(variables.first)"},
	{0},
};

static const struct field_set validation_set = {
	"validation", sizeof(struct validation), validation_fields, .has_place = true,
	.help = "One condition. An expression that fails, takes too many steps or meets a missing fact counts as not holding.",
};

#define TEST(member) offsetof(struct test_case, member)

static const struct field test_fields[] = {
	{"name",     FIELD_TEXT, TEST(name),     FIELD_REQUIRED | FIELD_NOT_EMPTY, .help = "What it shows, as a sentence", .example = "personal data without access is refused"},
	{"product",  FIELD_NODE, TEST(product),  FIELD_REQUIRED, .check = check_map, .help = "The product that is judged", .example = "{name: a.b, owner: o, domain: d}"},
	{"previous", FIELD_NODE, TEST(previous), .check = check_map, .help = "The version in force before it"},
	{"facts",    FIELD_NODE, TEST(facts),    .check = check_map, .help = "What is known of the product and its domain", .example = "{domain: {tags: [finance]}}"},
	{"upstream", FIELD_NODE, TEST(upstream), .help = "What is known of its inputs"},
	{"parameters", FIELD_NODE, TEST(parameters), .check = check_map, .help = "Values of parameters for this test alone", .example = "{minimum: 8 years}"},
	{"now",      FIELD_TEXT, TEST(now),      .check = check_time, .help = "The moment of judgement; 1970-01-01 when it is not given", .example = "2026-11-23T00:00:00Z"},
	{"expect",   FIELD_WORD, TEST(expect),   FIELD_REQUIRED, .words = policy_expectations, .help = "The policy's enforcement when the product falls short (warn within its grace), else pass", .example = "deny"},
	{0},
};

const struct field_set policy_test_fields = {
	"test", sizeof(struct test_case), test_fields, .has_place = true,
	.help = "A product and what the policy must say of it. A policy is stored only when its tests pass.",
};

#define POLICY(member) offsetof(struct policy_document, member)

static const struct field policy_table[] = {
	{"kind",        FIELD_WORD, POLICY(kind),        FIELD_REQUIRED, .words = kinds, .help = "Always `Policy`", .example = "Policy"},
	{"name",        FIELD_TEXT, POLICY(name),        FIELD_REQUIRED, .check = check_name, .pattern = "^[a-z0-9][a-z0-9._-]*$", .help = "Unique among policies", .example = "pii-requires-access-controls"},
	{"scope",       FIELD_TEXT, POLICY(scope),       .check = check_scope, .pattern = "^(global|domain:.+)$", .help = "`global`, or `domain:NAME` for the products of one domain; global when it is not given", .example = "domain:retail-banking"},
	{"description", FIELD_TEXT, POLICY(description), .help = "What it asks for", .example = "Products with personal data say who may read them"},
	{"purpose",     FIELD_TEXT, POLICY(purpose),     .help = "Why it is there", .example = "Who may read personal data is named"},
	{"source",      FIELD_TEXT, POLICY(source),      .help = "The regulation or the practice that it comes from", .example = "GDPR, article 32"},
	{"enforcement", FIELD_WORD, POLICY(enforcement), FIELD_REQUIRED, .words = enforcements, .help = "`deny` refuses a publication, `warn` tells its author, `audit` only records", .example = "deny"},
	{"grace",       FIELD_DURATION, POLICY(grace),   .help = "How long products that were published before this version of the policy are only warned", .example = "30 days"},
	{"match",       FIELD_MAP,  POLICY(match),       .of = &match_set, .help = "Which products are concerned; all when it is not given"},
	{"parameters",  FIELD_NODE, POLICY(parameters),  .check = check_map, .help = "What expressions see as `params`: for each a map of `type` (text, period, integer, number, bool, list, table), `default`, `stricter` (which way a domain may go: higher, lower, longer, shorter, more, fewer, on, off), `least`, `most`, `words`, `description`; or just its value", .example = "{minimum: {type: period, default: 7 years, stricter: longer}}"},
	{"values",      FIELD_LIST, POLICY(values),      FIELD_OR_ONE, .of = &values_set, .help = "Values of parameters by scope, instead of their defaults"},
	{"tightens",    FIELD_TEXT, POLICY(tightens),    FIELD_NOT_EMPTY, .help = "The global policy that a domain makes stricter for itself: this one has its validations, with the values in `parameters`", .example = "financial-data-retention"},
	{"variables",   FIELD_LIST, POLICY(variables),   .of = &variable_set, .help = "Values with a name, for the validations; each sees those before it"},
	{"validations", FIELD_LIST, POLICY(validations), FIELD_NOT_EMPTY, .of = &validation_set, .help = "The conditions; all of them must hold"},
	{"engine",      FIELD_WORD, POLICY(engine),      .words = engines, .help = "Who judges: `cel`, these validations; `opa`, an Open Policy Agent", .example = "cel"},
	{"opa",         FIELD_MAP,  POLICY(opa),         .of = &opa_set, .help = "Whom to ask, with the engine `opa`"},
	{"tests",       FIELD_LIST, POLICY(tests),       .of = &policy_test_fields, .help = "Products and the verdicts that they must get"},
	{0},
};
// clang-format on

const struct field_set policy_fields = {
    "policy",
    sizeof(struct policy_document),
    policy_table,
    .extensions = true,
    .check = check_parts,
    .help = "A rule that data products must keep, with its tests.",
};

bool
policy_document_decode(const struct node *document, struct arena *arena,
		       struct violations *violations, struct policy_document *ret_document)
{
	struct field_context context = {.arena = arena, .violations = violations, .pointer = ""};
	if (!field_decode(&policy_fields, document, &context, ret_document))
		return false;
	if (!ret_document->scope)
		ret_document->scope = "global";
	if (ret_document->engine < 0)
		ret_document->engine = ENGINE_CEL;
	return true;
}
