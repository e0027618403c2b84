/*
 * cli_policy_library.c -- weft policy library, adopt: what is ready-made, and taking it over.
 */
#include <string.h>

#include "descriptor/descriptor.h"
#include "policy/adoption.h"

#include "adopted_before.h"
#include "listing.h"
#include "offline_rules.h"
#include "policy_verbs.h"
#include "sending.h"

/* ---- what is here */

/* The policies of the server, by name; an empty map when it cannot be asked, which is said. */
static struct node
policies_here(struct call *c)
{
	struct answer a;
	struct err e;
	const char *problem = c->problem;
	const char *path =
	    path_with_number(c->arena, api_path(c->arena, "policies", NULL), "limit", 1000);
	if (client_get(c, path, &a, &e) == ERR_OK && node_get(&a.root, "items"))
		return *node_get(&a.root, "items");
	c->problem = problem;
	note(c, "what is in force is not known: %s", e.message);
	return (struct node){.kind = NODE_NULL};
}

static const struct node *
find_here(const struct node *policies, const char *name)
{
	for (uint32_t i = 0; policies->kind == NODE_LIST && i < policies->count; i++)
		if (strcmp(node_text(&policies->items[i], "name", ""), name) == 0)
			return &policies->items[i];
	return NULL;
}

/* "deny"; "not in force"; "" when nobody knows. */
static const char *
state_here(const struct node *policies, const char *name)
{
	const struct node *here = find_here(policies, name);
	if (here)
		return node_text(here, "enforcement", "");
	return policies->kind == NODE_LIST ? "not in force" : "";
}

/* ---- library */

static void
write_ready_made(const struct policy *p, const char *state, struct json *j)
{
	json_begin_map(j);
	json_member_text(j, "name", policy_name(p));
	json_member_text(j, "description", policy_description(p));
	json_member_text(j, "purpose", policy_purpose(p));
	json_member_text(j, "source", policy_source(p));
	json_member_text(j, "here", *state ? state : NULL);
	json_end_map(j);
}

static void
show_library(struct call *c, const struct offline_rules *rules, const struct node *here)
{
	static const char *const headers[] = {"NAME", "HERE", "WHAT", "SOURCE"};
	struct table t = {.arena = c->arena, .headers = headers, .columns = ARRAY_LEN(headers)};
	for (size_t i = 0; i < rules->count; i++) {
		const struct policy *p = rules->items[i].policy;
		const char *state = state_here(here, policy_name(p));
		table_cell(&t, policy_name(p));
		table_painted(&t, paint_of_word(state), state);
		table_cell(&t, policy_description(p));
		table_cell(&t, policy_source(p));
	}
	table_write(&t, &c->out, &c->page);
}

enum err_code
cli_policy_library(struct call *c, struct err *e)
{
	CLEANUP(offline_rules_done) struct offline_rules rules = {0};
	enum err_code code = offline_rules_add_library(c, &rules, policy_library, e);
	if (code)
		return code;
	const struct node here = policies_here(c);
	if (!c->json) {
		show_library(c, &rules, &here);
		return ERR_OK;
	}
	struct json j = {.out = &c->page};
	json_begin_list(&j);
	for (size_t i = 0; i < rules.count; i++)
		write_ready_made(rules.items[i].policy,
				 state_here(&here, policy_name(rules.items[i].policy)), &j);
	json_end_list(&j);
	buf_char(&c->page, '\n');
	return ERR_OK;
}

/* ---- adopt: the document */

// clang-format off
const struct flag policy_adopt_flags[] = {
	{"enforcement", 0, FLAG_TEXT,   offsetof(struct policy_adopt_flags, enforcement), "HOW",         "warn, deny or audit (as it is in force; else warn)"},
	{"set",         0, FLAG_TEXTS,  offsetof(struct policy_adopt_flags, settings),    "PARAM=VALUE", "another value of a parameter; any number of times"},
	{"scope",       0, FLAG_TEXT,   offsetof(struct policy_adopt_flags, scope),       "SCOPE",       "global, or domain:NAME (default global)"},
	{"dry-run",     0, FLAG_SWITCH, offsetof(struct policy_adopt_flags, dry_run),     NULL,          "show what would change, store nothing"},
	{0},
};
// clang-format on

static enum err_code
read_scope(const char *scope, const char **ret_domain, struct err *e)
{
	bool of_domain = scope && strncmp(scope, "domain:", strlen("domain:")) == 0;
	*ret_domain = of_domain ? scope + strlen("domain:") : NULL;
	if ((of_domain && **ret_domain) || !scope || strcmp(scope, "global") == 0)
		return ERR_OK;
	return ERR(e, USAGE, "'%s' is no scope: 'global', or 'domain:' and the name of a domain",
		   scope);
}

static enum err_code
check_enforcement(const char *word, struct err *e)
{
	static const char *const words[] = {"warn", "deny", "audit"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!word || strcmp(word, words[i]) == 0)
			return ERR_OK;
	return ERR(e, USAGE, "'%s' is no enforcement: warn, deny or audit", word);
}

/* Is it in force for everybody?  Then a domain tightens it.  Its document, or NULL. */
static enum err_code
find_base(struct call *c, const char *name, const struct node **ret_base, struct err *e)
{
	struct answer *a = ARENA_NEW(c->arena, struct answer);
	const char *problem = c->problem;
	enum err_code code = client_get(c, api_path(c->arena, "policies", name, NULL), a, e);
	if (code == ERR_NOT_FOUND) {
		c->problem = problem;
		return ERR_OK;
	}
	if (!code && strcmp(node_text(&a->root, "scope", ""), "global") == 0)
		*ret_base = node_get(&a->root, "policy");
	return code;
}

struct adopting {
	struct sent_file ready_made, document; /* as it is in the library, and as it is sent */
	struct adoption adoption;
	const char *name; /* that the document has */
	const struct node *base;
};

static enum err_code
write_document(struct call *c, struct adopting *k, struct err *e)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct sent_file *from = &k->ready_made;
	enum err_code code =
	    k->base ? policy_tighten(k->base, &k->adoption, c->arena, &text, e)
		    : policy_adopt(from->text, from->length, &k->adoption, c->arena, &text, e);
	if (code)
		return code;
	k->document = (struct sent_file){
	    .name = arena_printf(c->arena, "%s.yaml", k->name),
	    .media_type = "application/yaml",
	    .text = arena_bytes(c->arena, text.data, text.length),
	    .length = text.length,
	};
	return ERR_OK;
}

/* What has parameters: the one that is tightened, or the one of the library. */
static enum err_code
find_parameters(struct call *c, const struct adopting *k, const struct node **ret_parameters,
		struct err *e)
{
	struct node *document = ARENA_NEW(c->arena, struct node);
	const struct sent_file *from = &k->ready_made;
	enum err_code code =
	    document_read(DOCUMENT_YAML, from->text, from->length, NULL, c->arena, document, e);
	if (!code)
		*ret_parameters = node_get(k->base ? k->base : document, "parameters");
	return code;
}

/* What is in force already stays as strict as it is; a new one begins as a warning, or, where a
 * domain tightens another, as that one enforces. */
static enum err_code
keep_before(struct call *c, struct adopting *k, struct err *e)
{
	const struct node *parameters = NULL;
	enum err_code code = find_parameters(c, k, &parameters, e);
	if (!code)
		code = adopted_before_keep(c, k->name, parameters, &k->adoption, e);
	if (!code && !k->base && !k->adoption.enforcement)
		k->adoption.enforcement = "warn";
	return code;
}

static enum err_code
prepare(struct call *c, const char *name, struct adopting *k, struct err *e)
{
	const struct policy_adopt_flags *flags = c->flags;
	enum err_code code = read_scope(flags->scope, &k->adoption.domain, e);
	if (!code)
		code = check_enforcement(flags->enforcement, e);
	if (!code)
		code = offline_rules_find_ready_made(c, name, &k->ready_made, e);
	if (!code && k->adoption.domain)
		code = find_base(c, name, &k->base, e);
	if (code)
		return code;
	k->adoption.enforcement = flags->enforcement;
	k->adoption.settings = flags->settings.items;
	k->adoption.setting_count = flags->settings.count;
	k->name = policy_adopted_name(name, k->adoption.domain, c->arena);
	code = keep_before(c, k, e);
	return code ? code : write_document(c, k, e);
}

/* ---- adopt: what it says other than the ready-made one, and what that does to the mesh */

static bool
has_line(const char *text, const char *line, size_t length)
{
	while (*text) {
		size_t here = strcspn(text, "\n");
		if (here == length && memcmp(text, line, length) == 0)
			return true;
		text += here + (text[here] == '\n');
	}
	return false;
}

/* What the tests expect goes with the enforcement. */
static bool
is_worth_showing(const char *line, size_t length)
{
	size_t indent = strspn(line, " ");
	return length > 0 && strncmp(line + indent, "expect: ", strlen("expect: ")) != 0;
}

static void
show_other_lines(struct call *c, const char *text, const char *other, enum paint how,
		 const char *sign)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		if (is_worth_showing(text, length) && !has_line(other, text, length)) {
			paint(&c->out, &c->page, how,
			      arena_printf(c->arena, "%s %.*s", sign, (int)length, text));
			buf_char(&c->page, '\n');
		}
		text += length + (text[length] == '\n');
	}
}

/* Lines are changed in place and put in, never moved: to tell them by what they say is enough. */
static void
show_difference(struct call *c, const struct adopting *k)
{
	if (k->base) {
		show_other_lines(c, k->document.text, "", GREEN, "+");
		return;
	}
	if (k->adoption.domain)
		buf_text(&c->page, "without its tests, which are about products of any domain\n");
	else
		show_other_lines(c, k->ready_made.text, k->document.text, RED, "-");
	show_other_lines(c, k->document.text, k->ready_made.text, GREEN, "+");
}

static void
show_outcome_line(struct call *c, const struct node *products, const char *outcome)
{
	for (uint32_t i = 0; products && i < products->count; i++) {
		const struct node *p = &products->items[i];
		if (strcmp(node_text(p, "outcome", ""), outcome) != 0)
			continue;
		buf_text(&c->page, "  ");
		paint(&c->out, &c->page, paint_of_word(outcome), outcome);
		buf_printf(&c->page, "  %s", node_text(p, "name", ""));
		const struct node *complaints = node_get(p, "violations");
		if (complaints && complaints->kind == NODE_LIST && complaints->count > 0)
			buf_printf(&c->page, ": %s",
				   node_text(&complaints->items[0], "message", ""));
		buf_char(&c->page, '\n');
	}
}

static void
show_impact(struct call *c, const struct node *impact)
{
	static const char *const outcomes[] = {"refused", "warned", "audited", "cured"};
	const struct node *totals = node_get(impact, "totals");
	if (!totals)
		return;
	buf_printf(&c->page,
		   "of %lld products it is about %lld:", (long long)node_int(totals, "products", 0),
		   (long long)node_int(totals, "concerned", 0));
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		buf_printf(&c->page, "%s %lld %s", i ? "," : "",
			   (long long)node_int(totals, outcomes[i], 0), outcomes[i]);
	buf_char(&c->page, '\n');
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		show_outcome_line(c, node_get(impact, "products"), outcomes[i]);
}

/* ---- adopt: storing it */

/* Its own tests run where it is written, so that a value that does not go is told in its lines. */
static enum err_code
check(struct call *c, const struct adopting *k, struct err *e)
{
	CLEANUP(offline_rules_done) struct offline_rules rules = {.asks_server = true};
	return offline_rules_add_document(c, &rules, &k->document, e);
}

static enum err_code
send(struct call *c, const struct adopting *k, struct err *e)
{
	const struct policy_adopt_flags *flags = c->flags;
	struct answer a;
	const char *path = path_with(c->arena, api_path(c->arena, "policies", k->name, NULL),
				     "dry_run", flags->dry_run ? "true" : NULL);
	enum err_code code = send_document(c, &k->document, "PUT", path, &a, e);
	if (code)
		return code;
	if (c->json) {
		answer_show_json(c, &a);
		return ERR_OK;
	}
	const char *outcome = node_text(&a.root, "outcome", "defined");
	paint(&c->out, &c->page, BOLD, k->name);
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(outcome), outcome);
	buf_text(&c->page, flags->dry_run ? "; nothing was stored\n" : "\n");
	return ERR_OK;
}

static enum err_code
tell_impact(struct call *c, const struct adopting *k, struct err *e)
{
	struct answer a;
	if (c->json)
		return ERR_OK;
	enum err_code code = send_document(
	    c, &k->document, "POST",
	    path_with_number(c->arena, api_path(c->arena, "policies", "impact", NULL), "limit", 10),
	    &a, e);
	if (!code)
		show_impact(c, &a.root);
	return code;
}

enum err_code
cli_policy_adopt(struct call *c, struct err *e)
{
	struct adopting k = {0};
	enum err_code code = prepare(c, c->words.items[0], &k, e);
	if (!code)
		code = check(c, &k, e);
	if (code)
		return code;
	if (!c->json)
		show_difference(c, &k);
	code = tell_impact(c, &k, e);
	return code ? code : send(c, &k, e);
}
