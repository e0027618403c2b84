/*
 * policy_review.c -- one function a thing that an author hardly means.
 */
#include "policy_review.h"

#include <string.h>

#include "cel/observe.h"

#include "fact_fields.h"
#include "match.h"
#include "strange_key.h"
#include "watched.h"

struct review {
	const struct policy *p;
	struct edition observed; /* the edition for all, with its steps */
	struct edition open;     /* and with parameters that may be anything */
	struct violations *violations;
};

static struct violation *
warn(struct review *r, const char *rule, const char *pointer, struct position at, const char *text)
{
	struct violation *v = violation_note(r->violations, rule, pointer, at, "%s", text);
	v->enforcement = "warn";
	return v;
}

static const char *
in_list(struct review *r, const char *list, size_t i, const char *key)
{
	return arena_printf(r->violations->arena, "/%s/%zu%s", list, i, key);
}

static struct position
place(const struct review *r, const char *pointer)
{
	struct position at = {0};
	pointer_place(r->p->root, pointer, &at);
	return at;
}

/* Is step `i` params.NAME, or `params` as a whole? */
static bool
is_use_of(const struct cel_step *steps, uint32_t i, const char *name)
{
	const struct cel_step *around = &steps[steps[i].parent];
	if (steps[i].kind != STEP_NAME || strcmp(steps[i].name, "params") != 0)
		return false;
	return i == 0 || around->kind != STEP_FIELD || strcmp(around->name, name) == 0;
}

/* The program is an observed one. */
static bool
uses_parameter(const struct cel_program *program, const char *name)
{
	size_t count;
	const struct cel_step *steps = cel_steps(program, &count);
	for (uint32_t i = 0; i < count; i++)
		if (is_use_of(steps, i, name))
			return true;
	return false;
}

/* ---- expressions that decide nothing ---- */

static void
review_validation(struct review *r, size_t i)
{
	bool value;
	if (!cel_program_is_settled(r->open.rules[i].program, &value))
		return;
	const char *pointer = in_list(r, "validations", i, "/expression");
	warn(r, "always", pointer, place(r, pointer),
	     value ? "this is always true, whatever the product is: it refuses nothing"
		   : "this is never true, whatever the product is: it refuses everything");
}

static void
review_condition(struct review *r)
{
	bool value;
	if (!r->open.condition || !cel_program_is_settled(r->open.condition, &value))
		return;
	warn(r, value ? "always" : "nothing-matches", "/match/condition",
	     place(r, "/match/condition"),
	     value ? "this condition is always true: it leaves nothing out"
		   : "this condition is never true: the policy concerns nothing");
}

static void
review_expressions(struct review *r)
{
	review_condition(r);
	for (size_t i = 0; i < r->p->editions[0].rule_count; i++)
		review_validation(r, i);
}

/* ---- what nobody uses ---- */

static void
review_variables(struct review *r)
{
	const struct variable_text *texts = r->p->document.variables.items;
	for (size_t i = 0; i < r->p->document.variables.count; i++) {
		if (edition_uses(&r->p->editions[0], SEES_VARIABLES + i, NULL))
			continue;
		warn(r, "unused", in_list(r, "variables", i, ""), texts[i].at,
		     arena_printf(r->violations->arena, "nothing uses the variable '%s'",
				  texts[i].name));
	}
}

static void
review_parameters(struct review *r)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const struct parameters *all = &r->p->parameters;
	size_t count;
	const struct watched *watched = watched_list(r->p, &r->observed, &arena, &count);
	for (size_t i = 0; i < all->count; i++) {
		const char *name = all->items[i].name;
		bool used = false;
		for (size_t k = 0; k < count; k++)
			used = used || uses_parameter(watched[k].program, name);
		if (used)
			continue;
		const char *pointer = pointer_join(r->violations->arena, "/parameters", name);
		warn(r, "unused", pointer, all->items[i].at,
		     arena_printf(r->violations->arena, "nothing uses the parameter '%s'", name));
	}
}

/* ---- lengths of time that are compared as texts ---- */

/* What product.a.b is by the table of products, or NULL. */
static const struct field *
field_of(const struct review *r, const struct cel_step *steps, uint32_t i)
{
	if (steps[i].kind != STEP_FIELD)
		return NULL;
	const struct field *around = field_of(r, steps, i + 1);
	const struct field_set *set = around ? around->of : NULL;
	if (steps[i + 1].kind == STEP_NAME && strcmp(steps[i + 1].name, "product") == 0)
		set = r->p->product;
	for (const struct field *f = set ? set->fields : NULL; f && f->name; f++)
		if (strcmp(f->name, steps[i].name) == 0)
			return f;
	return NULL;
}

/* A field of products or a parameter, be it with a value for where it is absent. */
static bool
is_length(const struct review *r, const struct cel_step *steps, uint32_t i)
{
	if (steps[i].kind == STEP_CALL && strcmp(steps[i].name, "orValue") == 0)
		i++;
	const struct field *f = field_of(r, steps, i);
	if (f || steps[i].kind != STEP_FIELD)
		return f && f->type == FIELD_DURATION;
	const struct parameter *p = parameter_find(&r->p->parameters, steps[i].name);
	return is_use_of(steps, i + 1, steps[i].name) && p && p->type == PARAMETER_PERIOD;
}

static bool
is_order(const struct cel_step *step)
{
	static const char *const signs[] = {"<", "<=", ">", ">="};
	for (size_t i = 0; step->kind == STEP_CALL && i < ARRAY_LEN(signs); i++)
		if (strcmp(step->name, signs[i]) == 0)
			return true;
	return false;
}

static void
review_order(struct review *r, const struct watched *w, uint32_t i)
{
	size_t count;
	const struct cel_step *steps = cel_steps(w->program, &count);
	const uint32_t left = i + 1, right = steps[left].behind;
	struct arena *arena = r->violations->arena;
	if (!is_length(r, steps, left) && !is_length(r, steps, right))
		return;
	warn(r, "lengths", w->pointer, place(r, w->pointer),
	     arena_printf(arena,
			  "lengths of time are compared letter by letter here, where '10 years' "
			  "comes before '7 years': %.200s",
			  cel_step_text(w->program, i, arena)))
	    ->suggestion = arena_printf(arena, "period(%.100s) %s period(%.100s)",
					cel_step_text(w->program, left, arena), steps[i].name,
					cel_step_text(w->program, right, arena));
}

static void
review_orders(struct review *r)
{
	size_t watched_count, count;
	const struct watched *list =
	    watched_list(r->p, &r->observed, r->violations->arena, &watched_count);
	for (size_t k = 0; k < watched_count; k++) {
		const struct cel_step *steps = cel_steps(list[k].program, &count);
		for (uint32_t i = 0; i < count; i++)
			if (is_order(&steps[i]))
				review_order(r, &list[k], i);
	}
}

/* ---- a match that nothing can match ---- */

/* May the pattern fit some word of the list?  NULL: any word may come. */
static bool
fits_some(const char *pattern, const char *const *words)
{
	size_t length = strlen(pattern);
	bool prefix = length > 0 && pattern[length - 1] == '*';
	for (; words && *words; words++)
		if (prefix ? strncmp(pattern, *words, length - 1) == 0
			   : strcmp(pattern, *words) == 0)
			return true;
	return !words;
}

static const char *const *
words_of(const struct field_set *set, const char *name)
{
	for (const struct field *f = set->fields; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f->type == FIELD_WORD ? f->words : NULL;
	return NULL;
}

static void
review_words(struct review *r, const struct texts *patterns, const char *key, const char *field)
{
	const char *const *words = words_of(r->p->product, field);
	for (size_t i = 0; words && i < patterns->count; i++) {
		if (fits_some(patterns->items[i], words))
			continue;
		const char *pointer = pointer_join(r->violations->arena, "/match", key);
		size_t count = 0;
		while (words[count])
			count++;
		struct violation *v =
		    warn(r, "nothing-matches", pointer,
			 patterns->places ? patterns->places[i] : place(r, pointer),
			 arena_printf(r->violations->arena, "no product has the %s '%s'", field,
				      patterns->items[i]));
		v->suggestion = nearest_word(patterns->items[i], words, count);
	}
}

/* Patterns of domains that the policy's own scope leaves none of. */
static void
review_domains(struct review *r)
{
	const struct texts *patterns = &r->p->document.match.domains;
	const char *scope = r->p->document.scope;
	if (scope[0] != 'd' || patterns->count == 0)
		return;
	const char *domain = scope + strlen("domain:");
	const char *within = arena_printf(r->violations->arena, "%s.", domain);
	for (size_t i = 0; i < patterns->count; i++) {
		const char *const words[] = {domain, within, NULL};
		if (fits_some(patterns->items[i], words) ||
		    strncmp(patterns->items[i], within, strlen(within)) == 0)
			return;
	}
	warn(r, "nothing-matches", "/match/domains", place(r, "/match/domains"),
	     arena_printf(r->violations->arena,
			  "none of these domains is within the policy's scope, '%s'", scope));
}

static void
review_match(struct review *r)
{
	const struct policy_match *m = &r->p->document.match;
	review_words(r, &m->statuses, "statuses", "status");
	review_words(r, &m->classifications, "classifications", "classification");
	review_domains(r);
}

/* ---- tests ---- */

struct expected {
	size_t refused, passed;
};

static void
count_expected(const struct list *cases, struct expected *e)
{
	const struct test_case *items = cases->items;
	for (size_t i = 0; i < cases->count; i++) {
		bool passes = strcmp(policy_expectations[items[i].expect], "pass") == 0;
		e->passed += passes;
		e->refused += !passes;
	}
}

static void
review_tests(struct review *r, const struct policy_cases *cases, size_t case_count)
{
	struct expected e = {0};
	struct position at = place(r, "/tests");
	count_expected(&r->p->document.tests, &e);
	for (size_t i = 0; i < case_count; i++)
		count_expected(&cases[i].items, &e);
	if (e.refused + e.passed == 0)
		warn(r, "tests", "/tests", at, "it has no tests: nobody knows that it works")
		    ->suggestion = "tests:\n  - {name: ..., product: {...}, expect: deny}\n"
				   "  - {name: ..., product: {...}, expect: pass}";
	else if (e.refused == 0)
		warn(r, "tests", "/tests", at,
		     "no test shows a product that falls short: a policy that is always true "
		     "would pass, too");
	else if (e.passed == 0)
		warn(r, "tests", "/tests", at,
		     "no test shows a product that passes: a policy that is never true would do, "
		     "too");
}

static void
review_case(const struct policy *p, const struct test_case *t, const char *pointer,
	    struct violations *violations)
{
	const struct {
		const char *key, *where;
		const struct node *said;
		const struct field_set *set;
	} parts[] = {
	    {"product", "a test's product", t->product, p->product},
	    {"previous", "a test's previous product", t->previous, p->product},
	    {"facts", "a test's facts", t->facts, &fact_fields},
	    {"upstream", "a test's upstream", t->upstream, &upstream_fields},
	};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].said)
			strange_keys(parts[i].set, parts[i].said,
				     pointer_join(violations->arena, pointer, parts[i].key),
				     parts[i].where, violations);
}

void
policy_review_cases(const struct policy *p, const struct policy_cases *cases,
		    struct violations *violations)
{
	const char *list = cases->items.items == p->document.tests.items ? "/tests" : "/cases";
	const struct test_case *items = cases->items.items;
	for (size_t i = 0; i < cases->items.count; i++)
		review_case(p, &items[i], pointer_index(violations->arena, list, (uint32_t)i),
			    violations);
}

/* What a parameter switches off is meant to be off: parameters are open. */
static bool
open_editions(struct review *r, struct arena *arena)
{
	struct violations none = {.arena = arena};
	const struct node *parameters = r->p->editions[0].parameters;
	const struct edition_request request = {.document = r->p->rules,
						.root = r->p->rules_root,
						.product = r->p->product,
						.scope = "global",
						.parameters = parameters,
						.open = true};
	return policy_observe(r->p, "global", parameters, arena, &r->observed) &&
	       edition_compile(&r->open, &request, arena, &none);
}

static void
review_all_expressions(struct review *r)
{
	CLEANUP(arena_done) struct arena arena = {0};
	if (open_editions(r, &arena)) {
		review_expressions(r);
		review_variables(r);
		review_parameters(r);
		review_orders(r);
	}
	edition_done(&r->observed);
	edition_done(&r->open);
}

void
policy_review(const struct policy *p, const struct policy_cases *cases, size_t case_count,
	      struct violations *violations)
{
	struct review r = {.p = p, .violations = violations};
	if (p->edition_count > 0 && !p->document.tightens) {
		review_all_expressions(&r);
		review_match(&r);
	}
	if (p->document.engine == ENGINE_CEL)
		review_tests(&r, cases, case_count);
}
