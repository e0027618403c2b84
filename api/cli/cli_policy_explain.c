/*
 * cli_policy_explain.c -- weft policy explain: why a policy says what it says of a product.
 *
 * The policy is judged here, not on the server: what it sees beside the product comes from a file,
 * from the server where that knows the product, or is only what the document itself tells.
 */
#include <string.h>

#include "base/json.h"
#include "base/yaml_text.h"
#include "policy/explanation.h"
#include "policy/fact_fields.h"
#include "policy/strange_key.h"

#include "explain_tree.h"
#include "listing.h"
#include "offline_facts.h"
#include "offline_rules.h"
#include "policy_verbs.h"
#include "report.h"
#include "sending.h"

// clang-format off
const struct flag policy_explain_flags[] = {
	{"facts",      0, FLAG_TEXT,  offsetof(struct policy_explain_flags, facts),       "FILE", "what stands beside the product: {previous, upstream, facts, now}, or the facts alone"},
	{"now",        0, FLAG_TEXT,  offsetof(struct policy_explain_flags, now),         "TIME", "as if it were then: 2026-01-31, 2026-01-31T12:00:00Z"},
	{"domain-tag", 0, FLAG_TEXTS, offsetof(struct policy_explain_flags, domain_tags), "TAG",  "the domain is tagged so, where no server knows; may be given several times"},
	{"offline",    0, FLAG_SWITCH, offsetof(struct policy_explain_flags, offline),    NULL,   "ask no server about the product of a file"},
	{0},
};
// clang-format on

/* What is explained: a product, and what is known beside it. */
struct subject {
	struct sent_file file;
	struct node root;
	struct descriptor descriptor;
	const char *version; /* of a product of the catalog, or NULL */
	struct known_facts known;
	const char *known_from; /* for people */
};

/* ---- the product ---- */

static enum err_code
read_product(struct call *c, struct subject *s, struct err *e)
{
	struct violations ignored = {.arena = c->arena};
	if (document_read(document_format_of(s->file.media_type), s->file.text, s->file.length,
			  NULL, c->arena, &s->root, e))
		return tell_failure(c, s->file.name, s->file.text, s->file.length, e);
	if (s->root.kind != NODE_MAP)
		return ERR(e, MALFORMED, "%s: a data product is a map", s->file.name);
	descriptor_decode(&s->root, &ignored, &s->descriptor);
	return ERR_OK;
}

/* The document of the version in force, as it was sent. */
static enum err_code
fetch_product(struct call *c, const char *name, struct subject *s, struct err *e)
{
	struct answer present, sent;
	const char *path = api_path(c->arena, "products", name, NULL);
	const struct question q = {.path = path, .accept = "application/yaml"};
	enum err_code code = client_get(c, path, &present, e);
	if (!code)
		code = client_ask(c, &q, &sent, e);
	if (code)
		return code;
	s->version = node_text(&present.root, "version", NULL);
	s->file = (struct sent_file){
	    .name = name,
	    .media_type = "application/yaml",
	    .text = arena_bytes(c->arena, sent.body, sent.length),
	    .length = sent.length,
	};
	return read_product(c, s, e);
}

/* ---- what stands beside it ---- */

static const struct node *
unless_null(const struct node *n)
{
	return n && n->kind != NODE_NULL ? n : NULL;
}

static enum err_code
take_facts(const struct node *root, struct subject *s, struct err *e)
{
	static const char *const keys[] = {"previous", "upstream", "facts", "now"};
	const char *now = node_text(root, "now", NULL);
	bool whole = false;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		whole |= node_get(root, keys[i]) != NULL;
	if (!whole) {
		s->known.facts = root;
		return ERR_OK;
	}
	s->known.previous = unless_null(node_get(root, "previous"));
	if (node_get(root, "upstream"))
		s->known.upstream = unless_null(node_get(root, "upstream"));
	if (node_get(root, "facts"))
		s->known.facts = unless_null(node_get(root, "facts"));
	if (now && !clock_parse(now, &s->known.now))
		return ERR(e, MALFORMED, "now: '%s' is no moment", now);
	return ERR_OK;
}

// clang-format off
static const struct field known_rows[] = {
	{.name = "previous", .type = FIELD_NODE},
	{.name = "upstream", .type = FIELD_LIST, .of = &upstream_fields},
	{.name = "facts",    .type = FIELD_MAP,  .of = &fact_fields},
	{.name = "now",      .type = FIELD_TEXT},
	{0},
};
// clang-format on

static const struct field_set known_set = {.name = "known", .fields = known_rows};

/* A misspelt fact is one that is not known, and the policy may well be satisfied without it. */
static void
warn_of_strange_facts(struct call *c, const struct sent_file *file, const struct node *root,
		      const struct subject *s)
{
	struct violations strange = {.arena = c->arena};
	strange_keys(s->known.facts == root ? &fact_fields : &known_set, root, "", "the facts",
		     &strange);
	tell_violations(c, file, &strange);
}

static enum err_code
read_facts_file(struct call *c, const char *path, struct subject *s, struct err *e)
{
	struct sent_file file;
	struct node *root = ARENA_NEW(c->arena, struct node);
	enum err_code code = sent_file_read(c, path, &file, e);
	if (code)
		return code;
	if (document_read(document_format_of(file.media_type), file.text, file.length, NULL,
			  c->arena, root, e))
		return tell_failure(c, file.name, file.text, file.length, e);
	if (root->kind != NODE_MAP)
		return ERR(e, MALFORMED, "%s: facts are a map", path);
	code = take_facts(root, s, e);
	s->known_from = path;
	if (!code)
		warn_of_strange_facts(c, &file, root, s);
	return code ? err_while(e, "reading '%s'", path) : ERR_OK;
}

static enum err_code
fetch_facts(struct call *c, const char *name, struct subject *s, struct err *e)
{
	struct answer a;
	enum err_code code =
	    client_get(c, api_path(c->arena, "products", name, "facts", NULL), &a, e);
	if (code)
		return code;
	struct node *root = ARENA_NEW(c->arena, struct node);
	*root = a.root;
	s->known_from = arena_printf(c->arena, "from %s", c->server);
	return take_facts(root, s, e);
}

/* A product that no server knows is explained by what it says itself. */
static enum err_code
find_facts(struct call *c, struct subject *s, struct err *e)
{
	const struct policy_explain_flags *flags = c->flags;
	const char *problem = c->problem, *name = node_text(&s->root, "name", NULL);
	offline_facts(&s->descriptor, &flags->domain_tags, c->arena, &s->known);
	s->known_from = "of the document alone";
	if (flags->facts)
		return read_facts_file(c, flags->facts, s, e);
	if (flags->offline || !name || flags->domain_tags.count)
		return ERR_OK;
	enum err_code code = fetch_facts(c, name, s, e);
	c->problem = problem;
	if (code == ERR_NOT_FOUND || code == ERR_UNREACHABLE || code == ERR_UNAUTHENTICATED) {
		s->known_from = code == ERR_NOT_FOUND
				    ? "of the document alone; the server does not know the product"
				    : "of the document alone; no server tells more";
		return s->version ? code : ERR_OK;
	}
	return code;
}

static enum err_code
set_now(const struct policy_explain_flags *flags, struct subject *s, struct err *e)
{
	if (!flags->now)
		return ERR_OK;
	const char *text = flags->now;
	char day[CLOCK_TEXT_SIZE];
	if (strlen(text) == strlen("2026-01-31")) {
		snprintf(day, sizeof day, "%sT00:00:00Z", text);
		text = day;
	}
	return clock_parse(text, &s->known.now)
		   ? ERR_OK
		   : ERR(e, USAGE, "'%s' is no time, such as 2026-01-31 or 2026-01-31T12:00:00Z",
			 flags->now);
}

static enum err_code
find_subject(struct call *c, const char *word, struct subject *s, struct err *e)
{
	enum err_code code;
	if (is_file_name(word)) {
		code = sent_file_read(c, word, &s->file, e);
		if (!code)
			code = read_product(c, s, e);
	} else {
		code = fetch_product(c, word, s, e);
	}
	if (!code)
		code = find_facts(c, s, e);
	return code ? code : set_now(c->flags, s, e);
}

/* ---- for people ---- */

static const char *
says(const struct verdict *v)
{
	static const char *const words[] = {[ENFORCE_AUDIT] = "records against",
					    [ENFORCE_WARN] = "warns of",
					    [ENFORCE_DENY] = "refuses"};
	switch (v->outcome) {
	case POLICY_NOT_CONCERNED:
		return "does not concern";
	case POLICY_SATISFIED:
		return "is satisfied with";
	default:
		return words[v->enforcement];
	}
}

static enum paint
paint_of_verdict(const struct verdict *v)
{
	if (v->outcome == POLICY_NOT_CONCERNED)
		return DIM;
	if (v->outcome == POLICY_SATISFIED)
		return GREEN;
	return v->enforcement == ENFORCE_DENY   ? RED
	       : v->enforcement == ENFORCE_WARN ? YELLOW
						: CYAN;
}

static void
write_fact(struct call *c, const char *name, const char *text)
{
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, DIM, arena_printf(c->arena, "%-12s", name));
	paint(&c->out, &c->page, PLAIN, text);
	buf_char(&c->page, '\n');
}

static const char *
shown_parameters(struct arena *arena, const struct node *map)
{
	CLEANUP(buf_done) struct buf out = {0};
	for (uint32_t i = 0; i < map->count; i++) {
		const struct node *v = &map->members[i].value;
		buf_printf(&out, "%s%s = ", i ? ", " : "", map->members[i].key);
		if (v->kind == NODE_TEXT)
			buf_text(&out, v->text);
		else
			json_node(&(struct json){.out = &out}, v);
	}
	return out.data ? arena_bytes(arena, out.data, out.length) : NULL;
}

static void
write_heading(struct call *c, const struct offline_rule *rule, const struct subject *s,
	      const struct explanation *x)
{
	char now[CLOCK_TEXT_SIZE];
	const struct verdict *v = &x->verdict;
	const char *parameters = shown_parameters(c->arena, x->parameters);
	paint(&c->out, &c->page, BOLD, policy_name(rule->policy));
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, paint_of_verdict(v), says(v));
	buf_char(&c->page, ' ');
	paint(&c->out, &c->page, BOLD, node_text(&s->root, "name", s->file.name));
	if (s->version)
		paint(&c->out, &c->page, BOLD, arena_printf(c->arena, " %s", s->version));
	buf_text(&c->page, "\n");
	if (x->left_out)
		write_fact(c, "because", x->left_out);
	if (parameters)
		write_fact(c, "parameters", parameters);
	write_fact(c, "facts", s->known_from);
	clock_format(s->known.now, now);
	write_fact(c, "at", time_shown(c->arena, now));
	write_fact(c, "cost", counted(c->arena, v->cost, "step"));
}

/* "retention.yaml:15", where the policy is a file that people can open. */
static const char *
place_of(struct call *c, const struct offline_rule *rule, const struct yaml_text *texts,
	 size_t count, const char *pointer)
{
	const struct yaml_text *t = yaml_text_find(texts, count, pointer);
	if (!t)
		return NULL;
	size_t at = yaml_text_place(t, rule->file.text, 0);
	uint32_t line = yaml_position(rule->file.text, at).line;
	return arena_printf(c->arena, "%s:%u", rule->file.name, line);
}

static const char *
outcome_of_part(const struct explained *item)
{
	const struct cel_part *whole = item->whole;
	if (!whole)
		return "not evaluated";
	if (whole->value.kind == CEL_ERROR)
		return "failed";
	if (strcmp(item->role, "validation") == 0)
		return whole->value.boolean ? "satisfied" : "violated";
	return "";
}

static void
write_item(struct call *c, const struct explained *item, const char *place)
{
	const char *outcome = outcome_of_part(item);
	buf_char(&c->page, '\n');
	paint(&c->out, &c->page, BOLD,
	      strcmp(item->role, "variable") == 0
		  ? item->name
		  : arena_printf(c->arena, "%s %s", item->role, item->name));
	if (*outcome) {
		buf_text(&c->page, "  ");
		paint(&c->out, &c->page, item->whole ? paint_of_word(outcome) : DIM, outcome);
	}
	if (place) {
		buf_text(&c->page, "  ");
		paint(&c->out, &c->page, DIM, place);
	}
	buf_char(&c->page, '\n');
	if (item->whole)
		explain_tree_write(&c->out, item->whole, c->arena, &c->page);
}

/* The message of a validation that holds is not worth a line. */
static bool
is_worth_showing(const struct explained *item)
{
	bool late = strcmp(item->role, "message") == 0 || strcmp(item->role, "pointer") == 0;
	return item->whole || !late;
}

/* What the mark is, where it stands. */
static void
write_legend(struct call *c, const struct explanation *x)
{
	bool marked = false;
	for (size_t i = 0; i < x->count; i++) {
		const struct cel_part *whole = x->items[i].whole;
		bool validates = strcmp(x->items[i].role, "validation") == 0;
		marked |=
		    whole && validates && (whole->value.kind == CEL_ERROR || !whole->value.boolean);
	}
	if (!marked)
		return;
	buf_text(&c->page, "\n  ");
	paint(&c->out, &c->page, RED, "◀");
	paint(&c->out, &c->page, DIM, " is why it does not hold");
	buf_char(&c->page, '\n');
}

static void
write_explanation(struct call *c, const struct offline_rule *rule, const struct subject *s,
		  const struct explanation *x, const struct violations *violations)
{
	struct yaml_text *texts = NULL;
	size_t count = 0;
	struct err ignored;
	bool yaml = !strstr(rule->file.media_type, "json");
	if (yaml && !policy_tightens(rule->policy))
		yaml_texts(rule->file.text, rule->file.length, c->arena, &texts, &count, &ignored);
	write_heading(c, rule, s, x);
	for (size_t i = 0; i < x->count; i++)
		if (is_worth_showing(&x->items[i]))
			write_item(c, &x->items[i],
				   place_of(c, rule, texts, count, x->items[i].pointer));
	write_legend(c, x);
	const struct source source = {s->file.name, s->file.text, s->file.length};
	if (violations->count)
		buf_char(&c->page, '\n');
	report_violations(&c->out, &source, violations, &c->page);
}

/* ---- for programs ---- */

static void
write_json(struct call *c, const struct offline_rule *rule, const struct subject *s,
	   const struct explanation *x, const struct violations *violations)
{
	struct json j = {.out = &c->page};
	json_begin_map(&j);
	json_member_text(&j, "policy", policy_name(rule->policy));
	json_member_text(&j, "product", node_text(&s->root, "name", NULL));
	json_member_text(&j, "version", s->version);
	json_member_text(&j, "outcome", policy_outcome_name(x->verdict.outcome));
	json_member_text(&j, "enforcement", enforcement_name(x->verdict.enforcement));
	json_member_time(&j, "grace_end", x->verdict.grace_end);
	json_member_int(&j, "cost", (int64_t)x->verdict.cost);
	json_member_time(&j, "now", s->known.now);
	json_member_text(&j, "left_out", x->left_out);
	json_key(&j, "parameters");
	json_node(&j, x->parameters);
	json_key(&j, "expressions");
	json_begin_list(&j);
	for (size_t i = 0; i < x->count; i++) {
		json_begin_map(&j);
		json_member_text(&j, "role", x->items[i].role);
		json_member_text(&j, "name", x->items[i].name);
		json_member_text(&j, "pointer", x->items[i].pointer);
		json_key(&j, "tree");
		if (x->items[i].whole)
			explain_tree_json(x->items[i].whole, &j);
		else
			json_null(&j);
		json_end_map(&j);
	}
	json_end_list(&j);
	json_key(&j, "violations");
	violations_write(violations, &j);
	json_end_map(&j);
	buf_char(&c->page, '\n');
}

/* ---- the verb ---- */

static enum err_code
explain(struct call *c, struct offline_rules *rules, struct err *e)
{
	struct subject s = {0};
	enum err_code code = offline_rules_add_named(c, rules, c->words.items[0], e);
	if (!code)
		code = find_subject(c, c->words.items[1], &s, e);
	if (code)
		return code;
	const struct offline_rule *rule = &rules->items[0];
	if (policy_question(rule->policy))
		return ERR(e, USAGE,
			   "an Open Policy Agent decides '%s'; only what is written as expressions "
			   "can be explained",
			   policy_name(rule->policy));
	const struct policy_input input = {
	    .product = &s.root,
	    .previous = s.known.previous,
	    .upstream = s.known.upstream,
	    .facts = s.known.facts,
	    .now = s.known.now,
	};
	struct violations violations = {.arena = c->arena};
	struct explanation x;
	policy_explain(rule->policy, &input, c->arena, &violations, &x);
	if (c->json)
		write_json(c, rule, &s, &x, &violations);
	else
		write_explanation(c, rule, &s, &x, &violations);
	explanation_done(&x);
	return ERR_OK;
}

enum err_code
cli_policy_explain(struct call *c, struct err *e)
{
	const struct policy_explain_flags *flags = c->flags;
	CLEANUP(offline_rules_done)
	struct offline_rules rules = {.beside = &c->words, .asks_server = !flags->offline};
	return explain(c, &rules, e);
}
