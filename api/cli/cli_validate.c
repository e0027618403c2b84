/*
 * cli_validate.c -- weft validate: judge descriptors without a server, by what can be known without
 * one.
 *
 * Known are the document, the ready-made policies, and those that --policy names.  Not known is the
 * mesh: the version before, what the inputs are, how the domain is tagged.  So a policy that cannot
 * be evaluated is no refusal here, but a warning that says so.
 */
#include <string.h>

#include "base/json.h"
#include "descriptor/descriptor.h"

#include "families.h"
#include "listing.h"
#include "offline_facts.h"
#include "offline_rules.h"
#include "report.h"
#include "sending.h"

struct validate_flags {
	struct words policies, domain_tags;
};

// clang-format off
static const struct flag validate_flags[] = {
	{"policy",     'p', FLAG_TEXTS, offsetof(struct validate_flags, policies),    "FILE", "judge by this policy, too; may be given several times"},
	{"domain-tag", 0,   FLAG_TEXTS, offsetof(struct validate_flags, domain_tags), "TAG",  "the domain is tagged so; may be given several times"},
	{0},
};
// clang-format on

/* ---- judging */

struct judged {
	const char *name;
	struct verdict *verdicts;
	size_t count, satisfied;
	struct violations violations;
};

/* What only the mesh could answer is left to the server. */
static void
soften_failure(struct judged *j, size_t first)
{
	for (size_t i = first; i < j->violations.count; i++) {
		struct violation *v = &j->violations.items[i];
		v->enforcement = "warn";
		v->message = arena_printf(j->violations.arena, "not judged without the mesh: %s",
					  v->message);
	}
}

static void
judge_offline(struct call *c, const struct descriptor *d, struct judged *j)
{
	const struct validate_flags *flags = c->flags;
	const struct offline_rules *rules = c->state;
	struct known_facts known;
	uint64_t left = DOMAINS_MOST_STEPS;
	offline_facts(d, &flags->domain_tags, c->arena, &known);
	const struct policy_input input = {
	    .product = d->document,
	    .upstream = known.upstream,
	    .facts = known.facts,
	    .now = known.now,
	    .domain_steps = &left,
	};
	j->verdicts = ARENA_ARRAY(c->arena, struct verdict, rules->count);
	for (size_t i = 0; i < rules->count; i++) {
		size_t before = j->violations.count;
		struct verdict v =
		    policy_judge(rules->items[i].policy, &input, c->arena, &j->violations);
		policy_charge(&v, &left);
		if (v.outcome == POLICY_FAILED)
			soften_failure(j, before);
		if (v.outcome == POLICY_NOT_CONCERNED)
			continue;
		j->satisfied += v.outcome == POLICY_SATISFIED;
		j->verdicts[j->count++] = v;
	}
}

static enum err_code
judge_file(struct call *c, const struct sent_file *file, struct judged *j, struct err *e)
{
	struct node root;
	struct descriptor d;
	enum err_code code = document_read(document_format_of(file->media_type), file->text,
					   file->length, NULL, c->arena, &root, e);
	if (code) {
		violation_note(&j->violations, "syntax", "", e->at, "%s", e->message);
		return call_told(code, e);
	}
	bool good = descriptor_decode(&root, &j->violations, &d);
	j->name = d.name;
	if (good)
		judge_offline(c, &d, j);
	violations_sort(&j->violations);
	if (!good)
		return call_told(ERR_MALFORMED, e);
	return violations_denied(&j->violations) ? call_told(ERR_REFUSED, e) : ERR_OK;
}

/* ---- telling */

static const char *
outcome_word(const struct judged *j, enum err_code code)
{
	if (code)
		return word_of_failure(code);
	return j->violations.count ? "warned" : "accepted";
}

static void
write_verdicts(const struct judged *j, struct json *out)
{
	json_key(out, "verdicts");
	json_begin_list(out);
	for (size_t i = 0; i < j->count; i++) {
		const struct verdict *v = &j->verdicts[i];
		json_begin_map(out);
		json_member_text(out, "policy", policy_name(v->policy));
		json_member_text(out, "enforcement",
				 enforcement_name(policy_enforcement(v->policy)));
		json_member_text(out, "outcome", policy_outcome_name(v->outcome));
		json_end_map(out);
	}
	json_end_list(out);
}

/* The shape of POST /evaluate's answer, with the file. */
static void
write_json(struct call *c, const char *file, const struct judged *j, const char *outcome)
{
	struct json out = {.out = &c->page};
	json_begin_map(&out);
	json_member_text(&out, "file", file);
	json_member_text(&out, "name", j->name);
	json_member_text(&out, "outcome", outcome);
	write_verdicts(j, &out);
	json_key(&out, "violations");
	violations_write(&j->violations, &out);
	json_end_map(&out);
	buf_char(&c->page, '\n');
}

static void
write_lines(struct call *c, const struct judged *j, const char *outcome)
{
	paint(&c->out, &c->page, BOLD, j->name ? j->name : "(no name)");
	buf_text(&c->page, "  ");
	paint(&c->out, &c->page, paint_of_word(outcome), outcome);
	if (j->count)
		buf_printf(&c->page, ", %zu of %s satisfied", j->satisfied,
			   counted(c->arena, j->count, "policy"));
	buf_char(&c->page, '\n');
}

static enum err_code
validate_file(struct call *c, const char *path, const char **ret_word, struct err *e)
{
	struct sent_file file;
	struct judged j = {.violations = {.arena = c->arena}};
	enum err_code code = sent_file_read(c, path, &file, e);
	if (code)
		return code;
	code = judge_file(c, &file, &j, e);
	*ret_word = outcome_word(&j, code);
	if (c->json) {
		write_json(c, file.name, &j, *ret_word);
		return code;
	}
	tell_violations(c, &file, &j.violations);
	write_lines(c, &j, *ret_word);
	return code;
}

static enum err_code
load_rules(struct call *c, struct offline_rules *rules, struct err *e)
{
	const struct validate_flags *flags = c->flags;
	enum err_code code = offline_rules_add_library(c, rules, policy_library_at_start, e);
	for (size_t i = 0; !code && i < flags->policies.count; i++)
		code = offline_rules_add_file(c, rules, flags->policies.items[i], e);
	return code;
}

/* Whoever reads "accepted" must know by what. */
static void
tell_limits(struct call *c, size_t policies)
{
	const struct validate_flags *flags = c->flags;
	const char *tags = flags->domain_tags.count ? "" : " or the domain's tags (--domain-tag)";
	note(c, "judged without a server by form and %s, not knowing earlier versions, inputs%s",
	     counted(c->arena, policies, "policy"), tags);
}

static enum err_code
validate(struct call *c, struct err *e)
{
	CLEANUP(offline_rules_done) struct offline_rules rules = {0};
	enum err_code code = load_rules(c, &rules, e);
	if (code)
		return code;
	c->state = &rules;
	code = each_file(c, validate_file, e);
	if (!c->json)
		tell_limits(c, rules.count);
	return code;
}

const struct verb validate_verbs[] = {
    {.flags = validate_flags,
     .size = sizeof(struct validate_flags),
     .least = 1,
     .most = MANY,
     .run = validate},
    {0},
};
