/*
 * cel.c -- the steps from a source to a program and from a program to a value.
 */
#include <stdlib.h>
#include <string.h>

#include "cel/check.h"
#include "cel/eval.h"
#include "cel/limit.h"
#include "cel/observe.h"
#include "cel/operator.h"
#include "cel/parse.h"

// clang-format off
const struct cel_library standard_libraries[] = {
	{"Logic and comparison", "Numbers compare by value whatever their type. `x && y` and `x || y` commute: one operand that settles the answer outweighs an error of the other.",           comparison_functions},
	{"Arithmetic",           "Overflow and division by zero are errors.",               arithmetic_functions},
	{"Lists and maps",       "Look-up in a map crosses numeric types.",                 container_functions},
	{"More of lists",        "Positions count from 0.",                                 list_functions},
	{"Sets",                 "Lists of which only counts what is in them, by ==.",      set_functions},
	{"Text",                 "Sizes and positions count code points.",                  text_functions},
	{"Patterns",             "Regular expressions of RE2, in linear time; one that is constant is compiled once and is wrong when the expression is.", pattern_functions},
	{"Conversions",          "What does not fit is an error.",                          conversion_functions},
	{"Time",                 "Moments of the years 1 to 9999, and exact durations.",    time_functions},
	{"Making texts",         "Positions count code points from 0.",                     text_transform_functions},
	{"Templates",            "Values put into a text.",                                 text_format_functions},
	{"Mathematics",          "Beyond the operators.",                                   math_functions},
	{"Optional values",      "x.?field and list[?i] give them: what is there, or none.", optional_functions},
	{"Networks",             "Addresses of IPv4 and IPv6, and ranges of them.",         network_functions},
	{0},
};
// clang-format on

/* ---- places ---- */

enum { MOST_SHOWN = 100 /* bytes of a line, on either side of a place */ };

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

struct position
cel_position(const char *source, uint32_t offset)
{
	struct position at = {1, 1};
	for (uint32_t i = 0; i < offset && source[i]; i++) {
		if (source[i] == '\n')
			at = (struct position){at.line + 1, 1};
		else if (!is_continuation(source[i]))
			at.column++;
	}
	return at;
}

/* The part of a line that is shown: all of it, or what is around the place. */
struct shown {
	uint32_t start, end;
	bool cut_before, cut_behind;
};

static struct shown
shown_around(const char *source, uint32_t offset)
{
	struct shown s = {.start = offset, .end = offset};
	while (s.start > 0 && source[s.start - 1] != '\n' &&
	       (offset - s.start < MOST_SHOWN || is_continuation(source[s.start])))
		s.start--;
	while (source[s.end] && source[s.end] != '\n' &&
	       (s.end - offset < MOST_SHOWN || is_continuation(source[s.end])))
		s.end++;
	s.cut_before = s.start > 0 && source[s.start - 1] != '\n';
	s.cut_behind = source[s.end] && source[s.end] != '\n';
	return s;
}

void
cel_caret(const char *source, uint32_t offset, uint32_t length, struct buf *out)
{
	struct shown s = shown_around(source, offset);
	buf_text(out, s.cut_before ? "..." : "");
	buf_append(out, source + s.start, s.end - s.start);
	buf_text(out, s.cut_behind ? "...\n" : "\n");
	buf_text(out, s.cut_before ? "   " : "");
	for (uint32_t i = s.start; i < offset; i++)
		if (!is_continuation(source[i]))
			buf_char(out, source[i] == '\t' ? '\t' : ' ');
	buf_char(out, '^');
	for (uint32_t i = offset + 1; i < s.end && i < offset + length; i++)
		if (!is_continuation(source[i]))
			buf_char(out, '~');
}

/* ---- compiling ---- */

/* Parse, check and build, with a scratch arena for the tree and its types. */
static bool
compile_into(struct cel_program *p, const struct cel_declarations *declarations, size_t length,
	     struct arena *scratch, struct cel_issues *issues)
{
	struct parse_options options = {.no_macros = declarations->no_macros};
	struct cel_expr *root = parse(p->source, length, &options, scratch, issues);
	if (!root)
		return false;
	struct function_set functions = {
	    .arena = scratch, .libraries = declarations->libraries, .by_name = {.arena = scratch}};
	struct check_request request = {.declarations = declarations,
					.functions = &functions,
					.source = p->source,
					.arena = scratch,
					.issues = issues};
	const struct cel_type *type = check(root, &request, &p->slots);
	if (!type)
		return false;
	p->type = type_format(&p->arena, type);
	p->result = type_copy(&p->arena, type);
	return program_build(p, root, declarations, issues);
}

struct cel_program *
cel_compile(const struct cel_declarations *declarations, const char *source, size_t length,
	    struct cel_issues *issues)
{
	if (!source_is_sound(source, length, issues))
		return NULL;
	struct cel_program *p = memory_alloc(sizeof *p);
	CLEANUP(arena_done) struct arena scratch = {0};
	p->source = arena_bytes(&p->arena, source, length);
	if (compile_into(p, declarations, length, &scratch, issues))
		return p;
	cel_program_destroy(p);
	return NULL;
}

void
cel_program_destroy(struct cel_program *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->regex_count; i++)
		regex_destroy(p->regexes[i]);
	arena_done(&p->arena);
	free(p);
}

const char *
cel_program_type(const struct cel_program *p)
{
	return p->type;
}

const char *
cel_program_source(const struct cel_program *p)
{
	return p->source;
}

bool
cel_program_uses(const struct cel_program *p, size_t variable, const char *member)
{
	for (size_t i = 0; i < p->use_count; i++) {
		const struct program_use *use = &p->uses[i];
		if (use->variable == variable &&
		    (!member || !use->member || strcmp(use->member, member) == 0))
			return true;
	}
	return false;
}

/* ---- what is known ahead ---- */

static bool is_settled(const struct cel_op *op, bool *ret_value);

/* By one operand that is decisive, or by all that are not. */
static bool
is_settled_logic(const struct cel_op *op, bool *ret_value)
{
	uint32_t indecisive = 0;
	for (uint32_t i = 0; i < op->count; i++) {
		bool value;
		if (!is_settled(&op->children[i], &value))
			continue;
		if (value == op->decisive) {
			*ret_value = value;
			return true;
		}
		indecisive++;
	}
	*ret_value = !op->decisive;
	return indecisive == op->count;
}

static bool
is_settled(const struct cel_op *op, bool *ret_value)
{
	bool condition;
	if (op->run == eval_constant && op->constant.kind == CEL_BOOL) {
		*ret_value = op->constant.boolean;
		return true;
	}
	if (op->run == eval_logic)
		return is_settled_logic(op, ret_value);
	if (op->run == eval_choice && is_settled(&op->children[0], &condition))
		return is_settled(&op->children[condition ? 1 : 2], ret_value);
	if (op->run == eval_operator1 && strcmp(op->operator_name, "!_") == 0 &&
	    is_settled(&op->children[0], ret_value)) {
		*ret_value = !*ret_value;
		return true;
	}
	return false;
}

bool
cel_program_is_settled(const struct cel_program *p, bool *ret_value)
{
	return is_settled(&p->root, ret_value);
}

/* ---- evaluating ---- */

enum { FEW_SLOTS = 16 };

struct cel_value
cel_observe(const struct cel_program *p, const struct cel_value *bindings, struct cel_limits limits,
	    struct arena *arena, const struct cel_observer *observer, uint64_t *ret_cost)
{
	struct cel_value few[FEW_SLOTS];
	struct cel_run run = {.bindings = bindings,
			      .slots = few,
			      .arena = arena,
			      .limits = limits,
			      .most_used = arena->used + limits.memory,
			      .observer = observer};
	if (p->slots > FEW_SLOTS)
		run.slots = ARENA_ARRAY(arena, struct cel_value, p->slots);
	struct cel_value v = eval_op(&run, &p->root);
	if (eval_is_exhausted(&run))
		v = limit_name(p, arena, eval_exhausted(&run, &p->root, v));
	if (ret_cost)
		*ret_cost = run.cost;
	return v;
}

struct cel_value
cel_evaluate(const struct cel_program *p, const struct cel_value *bindings,
	     struct cel_limits limits, struct arena *arena, uint64_t *ret_cost)
{
	return cel_observe(p, bindings, limits, arena, NULL, ret_cost);
}
