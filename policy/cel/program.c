/*
 * program.c -- from the checked tree to operations, from the leaves up.
 */
#include "cel/eval.h"
#include "cel/fuse.h"
#include "cel/macro.h"
#include "cel/observing.h"
#include "cel/parse.h"
#include "cel/pattern.h"

/* In steps; what compiling the patterns of one program may take (regex_cost()). */
enum { FOLDING_LIMIT = 1000, MOST_PATTERN_COST = 2000000 };

struct builder {
	struct cel_program *program;
	struct arena *arena; /* the program's */
	struct map names;    /* each text once */
	struct cel_issues *issues;
	bool unfolded, unfused;  /* as declared */
	struct step_list *steps; /* NULL unless observed */
	bool selected; /* the name that is built is a variable, and one member of it is meant */
	uint64_t pattern_cost;
	bool failed;
};

static void build(struct builder *b, const struct cel_expr *x, struct cel_op *op);

static const char *
intern(struct builder *b, const char *name)
{
	const char *known = map_get(&b->names, name);
	if (known)
		return known;
	char *copy = arena_text(b->arena, name);
	map_put(&b->names, copy, copy);
	return copy;
}

static struct cel_op *
new_children(struct builder *b, struct cel_op *op, uint32_t count)
{
	struct cel_op *children = ARENA_ARRAY(b->arena, struct cel_op, count);
	op->children = children;
	op->count = count;
	return children;
}

/* ---- constants ---- */

/* Literals live in the compilation's arena. */
static struct cel_value
keep_literal(struct builder *b, struct cel_value v)
{
	if (v.kind == CEL_STRING || v.kind == CEL_BYTES || v.kind == CEL_TYPE)
		v.text = arena_bytes(b->arena, v.text, v.count);
	return v;
}

static void
set_constant(struct cel_op *op, struct cel_value v)
{
	op->run = eval_constant;
	op->constant = v;
	op->children = NULL;
	op->count = 0;
}

static bool
is_foldable(const struct cel_op *op)
{
	for (uint32_t i = 0; i < op->count; i++)
		if (op->children[i].run != eval_constant)
			return false;
	return true;
}

/* What depends on constants alone is one, unless it fails: then it fails when it is reached. */
static void
fold(struct builder *b, struct cel_op *op)
{
	if (b->unfolded || !is_foldable(op))
		return;
	struct cel_run run = {.arena = b->arena,
			      .limits = CEL_STEPS(FOLDING_LIMIT),
			      .most_used = b->arena->used + CEL_MOST_MEMORY};
	struct cel_value v = op->run(&run, op);
	if (!cel_is_error(v))
		set_constant(op, v);
}

/* ---- names and fields ---- */

/* Names are interned: the same member is the same pointer. */
static void
note_use(struct builder *b, uint32_t variable, const char *member)
{
	struct cel_program *p = b->program;
	for (size_t i = 0; i < p->use_count; i++)
		if (p->uses[i].variable == variable && p->uses[i].member == member)
			return;
	p->uses = arena_grow(b->arena, p->uses, p->use_count, &p->use_capacity, sizeof *p->uses);
	p->uses[p->use_count++] = (struct program_use){variable, member};
}

static void
build_name(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	switch (x->meaning) {
	case MEANS_VARIABLE:
		op->run = eval_variable;
		op->variable = x->index;
		if (!b->selected)
			note_use(b, x->index, NULL);
		return;
	case MEANS_LOCAL:
		op->run = eval_local;
		op->slot = (uint16_t)x->index;
		return;
	case MEANS_CONSTANT:
		set_constant(op, keep_literal(b, x->literal));
		return;
	case MEANS_NOTHING:
		op->run = eval_unknown;
		op->name = intern(b, x->name);
		return;
	}
}

static void
build_select(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	op->run = x->presence ? eval_has : x->optional ? eval_select_optional : eval_select;
	op->name = intern(b, x->name);
	op->length = (uint32_t)strlen(x->name);
	bool of_variable = x->target->kind == EXPR_NAME && x->target->meaning == MEANS_VARIABLE;
	if (of_variable)
		note_use(b, x->target->index, op->name);
	b->selected = of_variable;
	build(b, x->target, new_children(b, op, 1));
	b->selected = false;
	fold(b, op);
}

/* ---- calls ---- */

static void
build_arguments(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	uint32_t n = 0;
	struct cel_op *children = new_children(b, op, x->count + (x->target != NULL));
	if (x->target)
		build(b, x->target, &children[n++]);
	for (uint32_t i = 0; i < x->count; i++)
		build(b, x->children[i], &children[n++]);
}

static void
keep_regex(struct builder *b, struct regex *r)
{
	struct cel_program *p = b->program;
	p->regexes =
	    arena_grow(b->arena, p->regexes, p->regex_count, &p->regex_capacity, sizeof(void *));
	p->regexes[p->regex_count++] = r;
}

/* A pattern that is known now is compiled now, and is wrong now. */
static void
build_pattern(struct builder *b, const struct cel_expr *x, struct cel_op *op,
	      cel_pattern_fn *pattern)
{
	char message[200] = "the patterns are too large";
	struct cel_value text = op->children[1].constant;
	b->pattern_cost += regex_cost(text.text, text.count);
	bool affordable = b->pattern_cost <= MOST_PATTERN_COST;
	struct regex *r =
	    affordable ? regex_create(text.text, text.count, message, sizeof message) : NULL;
	if (!r) {
		const struct cel_expr *argument = x->children[x->target ? 0 : 1];
		issue_add(b->issues, b->program->source, argument->span, "%s%s",
			  affordable ? "not a regular expression: " : "", message);
		b->failed = true;
		return;
	}
	keep_regex(b, r);
	op->run = eval_pattern;
	op->regex = r;
	op->pattern = pattern;
	if (strcmp(x->name, "matches") == 0) {
		op->run = eval_matches;
		op->count = 1;
	}
}

static bool
is_constant_text(const struct cel_op *op)
{
	return op->run == eval_constant && op->constant.kind == CEL_STRING;
}

static void
build_operator(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	const char *name = x->name;
	if (strcmp(name, "_?_:_") == 0)
		op->run = eval_choice;
	else if (strcmp(name, "_==_") == 0)
		op->run = eval_equal;
	else if (strcmp(name, "_!=_") == 0)
		op->run = eval_not_equal;
	else
		op->run = x->count == 1 ? eval_operator1 : eval_operator2;
	op->function = x->overloads[0]->row->call;
	op->operator_name = intern(b, name);
	fold(b, op);
}

/* The rows need not outlive the compilation. */
static void
keep_overloads(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	struct op_overload *kept = ARENA_ARRAY(b->arena, struct op_overload, x->overload_count);
	for (uint32_t i = 0; i < x->overload_count; i++) {
		kept[i].call = x->overloads[i]->row->call;
		memcpy(kept[i].kinds, x->overloads[i]->kinds, sizeof kept[i].kinds);
	}
	op->overloads = kept;
	op->overload_count = (uint16_t)x->overload_count;
	op->function_name = intern(b, x->name);
}

static void
build_function(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	cel_pattern_fn *pattern = pattern_function(x->name);
	if (pattern && is_constant_text(&op->children[1])) {
		build_pattern(b, x, op, pattern);
		return;
	}
	if (x->target && strcmp(x->name, "or") == 0)
		op->run = eval_or;
	else if (x->target && strcmp(x->name, "orValue") == 0)
		op->run = eval_or_value;
	else
		op->run = eval_call;
	keep_overloads(b, x, op);
	fold(b, op);
}

static void
build_call(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	build_arguments(b, x, op);
	if (x->overload_count == 0) {
		op->run = eval_unknown_call;
		op->name = intern(b, x->name);
		return;
	}
	if (function_is_operator(x->name))
		build_operator(b, x, op);
	else
		build_function(b, x, op);
}

/* ---- the rest ---- */

static void
build_children(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	struct cel_op *children = new_children(b, op, x->count);
	for (uint32_t i = 0; i < x->count; i++)
		build(b, x->children[i], &children[i]);
}

static void
build_logic(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	build_children(b, x, op);
	op->run = eval_logic;
	op->decisive = x->name[1] == '|';
	fold(b, op);
}

static void
build_literal_of_many(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	uint32_t marks = x->kind == EXPR_MAP ? x->count / 2 : x->count;
	build_children(b, x, op);
	if (x->optionals) {
		bool *optionals = ARENA_ARRAY(b->arena, bool, marks);
		memcpy(optionals, x->optionals, marks * sizeof(bool));
		op->optionals = optionals;
	}
	op->run = x->kind == EXPR_MAP ? eval_map : x->optionals ? eval_list_optional : eval_list;
	fold(b, op);
}

static void
build_macro(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	static cel_op_fn *const runs[] = {
	    [SHAPE_ALL] = eval_all,
	    [SHAPE_EXISTS] = eval_exists,
	    [SHAPE_EXISTS_ONE] = eval_exists_one,
	    [SHAPE_LIST] = eval_to_list,
	    [SHAPE_MAP] = eval_to_map,
	    [SHAPE_MAP_OF_ENTRIES] = eval_to_map_of_entries,
	    [SHAPE_SORT] = eval_sort_by,
	    [SHAPE_BIND] = eval_bind,
	    [SHAPE_OPTIONAL] = eval_opt_map,
	    [SHAPE_OPTIONAL_FLAT] = eval_opt_flat_map,
	};
	uint32_t n = 0;
	op->has_predicate = x->predicate != NULL;
	op->has_transform = x->transform != NULL;
	struct cel_op *children =
	    new_children(b, op, 1 + (uint32_t)op->has_predicate + (uint32_t)op->has_transform);
	build(b, x->target, &children[n++]);
	if (x->predicate)
		build(b, x->predicate, &children[n++]);
	if (x->transform)
		build(b, x->transform, &children[n]);
	op->run = runs[x->macro->shape];
	op->slot = (uint16_t)x->index;
	op->pair = x->variables[1] != NULL;
	op->name = x->macro->name;
}

static void
build_by_kind(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	switch (x->kind) {
	case EXPR_LITERAL:
		set_constant(op, keep_literal(b, x->literal));
		return;
	case EXPR_NAME:
		build_name(b, x, op);
		return;
	case EXPR_SELECT:
		build_select(b, x, op);
		return;
	case EXPR_CALL:
		build_call(b, x, op);
		return;
	case EXPR_LOGIC:
		build_logic(b, x, op);
		return;
	case EXPR_LIST:
	case EXPR_MAP:
		build_literal_of_many(b, x, op);
		return;
	case EXPR_MACRO:
		build_macro(b, x, op);
		return;
	}
}

/* The operation itself is the only child of one that tells of it. */
static void
build_observed(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	struct step_place around = b->steps->place;
	struct cel_op *inner = new_children(b, op, 1);
	op->run = eval_observed;
	op->step = step_begin(b->steps, x);
	inner->offset = x->at;
	build_by_kind(b, x, inner);
	step_end(b->steps, op->step);
	b->steps->place = around;
}

static void
build(struct builder *b, const struct cel_expr *x, struct cel_op *op)
{
	op->offset = x->at;
	if (b->steps) {
		build_observed(b, x, op);
		return;
	}
	build_by_kind(b, x, op);
	if (!b->unfused)
		fuse(op);
}

bool
program_build(struct cel_program *p, const struct cel_expr *root,
	      const struct cel_declarations *declarations, struct cel_issues *issues)
{
	struct step_list steps = {.arena = &p->arena};
	bool observed = declarations->observed;
	struct builder b = {.program = p,
			    .arena = &p->arena,
			    .names = {.arena = &p->arena},
			    .issues = issues,
			    .unfolded = declarations->unfolded || observed,
			    .unfused = declarations->unfused,
			    .steps = observed ? &steps : NULL};
	build(&b, root, &p->root);
	p->steps = steps.items;
	p->step_count = steps.count;
	return !b.failed;
}
