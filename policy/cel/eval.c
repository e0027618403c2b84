/*
 * eval.c -- the operations (langdef.md, "Runtime Errors", "Logical Operators", "Field Selection").
 *
 * An operation that gets an error from below gives it on; only && || ?: and the macros all and
 * exists look at it.  That the limit is reached is an error that nothing absorbs.
 */
#include "cel/eval.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "cel/operator.h"

enum { ERROR_COST = 20 };

/* ---- failing ---- */

static void
say_memory(size_t memory, char *out, size_t size)
{
	const bool much = memory >= 1 << 20;
	snprintf(out, size, "takes more than %zu %s of memory", memory >> (much ? 20 : 10),
		 much ? "MB" : "KB");
}

static struct cel_value
fail_with(struct cel_run *run, uint32_t offset, const char *format, va_list args)
{
	char message[300];
	bool exhausted = eval_is_exhausted(run);
	if (run->cost > run->limits.steps)
		snprintf(message, sizeof message, "takes more than %llu steps",
			 (unsigned long long)run->limits.steps);
	else if (exhausted)
		say_memory(run->limits.memory, message, sizeof message);
	else
		vsnprintf(message, sizeof message, format, args);
	message[utf8_check(message, strlen(message))] = '\0'; /* cut between characters */
	run->cost += ERROR_COST;
	struct cel_error *error = ARENA_NEW(run->arena, struct cel_error);
	*error = (struct cel_error){arena_text(run->arena, message), offset, exhausted};
	return (struct cel_value){.kind = CEL_ERROR, .error = error};
}

struct cel_value
eval_fail(struct cel_run *run, const struct cel_op *op, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct cel_value v = fail_with(run, op->offset, format, args);
	va_end(args);
	return v;
}

struct cel_value
cel_fail(struct cel_run *run, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct cel_value v = fail_with(run, run->at, format, args);
	va_end(args);
	return v;
}

struct cel_value
eval_exhausted(struct cel_run *run, const struct cel_op *op, struct cel_value v)
{
	bool is_said = v.kind == CEL_ERROR && v.error->exhausted;
	return is_said ? v : eval_fail(run, op, "exhausted");
}

bool
cel_charge(struct cel_run *run, uint64_t steps)
{
	run->cost += steps;
	return !eval_is_exhausted(run);
}

struct arena *
cel_arena(struct cel_run *run)
{
	return run->arena;
}

const char *
eval_kind(struct cel_value v)
{
	if (v.kind == CEL_NULL)
		return "null";
	if (v.kind == CEL_TIMESTAMP)
		return "timestamp";
	return v.kind == CEL_DURATION ? "duration" : cel_kind_name(v.kind);
}

struct cel_value
eval_no_overload(struct cel_run *run, const char *name, const struct cel_value *arguments,
		 uint32_t count)
{
	char sign[40], kinds[200] = "";
	size_t used = 0, length = 0;
	for (const char *c = name; *c && length < sizeof sign - 1; c++)
		if (!function_is_operator(name) || !strchr("_@", *c))
			sign[length++] = *c;
	sign[length] = '\0';
	for (uint32_t i = 0; i < count && used < sizeof kinds; i++)
		used += (size_t)snprintf(kinds + used, sizeof kinds - used, "%s%s", i ? ", " : "",
					 eval_kind(arguments[i]));
	return cel_fail(run, "'%s' does not go with (%s)", sign, kinds);
}

/* ---- names ---- */

struct cel_value
eval_constant(struct cel_run *run, const struct cel_op *op)
{
	(void)run;
	return op->constant;
}

struct cel_value
eval_variable(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value v = run->bindings[op->variable];
	if (v.kind == CEL_ERROR && !v.error)
		return eval_fail(run, op, "the variable has no value");
	return v;
}

struct cel_value
eval_local(struct cel_run *run, const struct cel_op *op)
{
	return run->slots[op->slot];
}

struct cel_value
eval_unknown(struct cel_run *run, const struct cel_op *op)
{
	return eval_fail(run, op, "there is no '%s' here", op->name);
}

struct cel_value
eval_unknown_call(struct cel_run *run, const struct cel_op *op)
{
	return eval_fail(run, op, "there is no function '%s' for these", op->name);
}

/* ---- choosing ---- */

static struct cel_value
not_bool(struct cel_run *run, const struct cel_op *op, const char *what, struct cel_value v)
{
	return eval_fail(run, op, "%s wants bool, not %s", what, eval_kind(v));
}

struct cel_value
eval_choice(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value condition = eval_op(run, &op->children[0]);
	if (condition.kind == CEL_BOOL)
		return eval_op(run, &op->children[condition.boolean ? 1 : 2]);
	return condition.kind == CEL_ERROR ? condition : not_bool(run, op, "'?'", condition);
}

/* && and || commute: one decisive operand settles it, whatever errors the others have. */
struct cel_value
eval_logic(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value result = cel_bool(!op->decisive);
	for (uint32_t i = 0; i < op->count; i++) {
		struct cel_value v = eval_op(run, &op->children[i]);
		if (v.kind == CEL_BOOL) {
			if (v.boolean == op->decisive)
				return v;
			continue;
		}
		if (v.kind != CEL_ERROR)
			v = not_bool(run, op, op->decisive ? "'||'" : "'&&'", v);
		if (eval_is_exhausted(run))
			return v;
		if (result.kind != CEL_ERROR)
			result = v;
	}
	return result;
}

/* x.or(y): the first optional that holds something; y is evaluated only if x does not. */
struct cel_value
eval_or(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value first = eval_op(run, &op->children[0]);
	if (first.kind == CEL_ERROR || (first.kind == CEL_OPTIONAL && first.inner))
		return first;
	struct cel_value both[] = {first, eval_op(run, &op->children[1])};
	if (both[1].kind == CEL_ERROR)
		return both[1];
	run->at = op->offset;
	if (both[0].kind != CEL_OPTIONAL || both[1].kind != CEL_OPTIONAL)
		return eval_no_overload(run, "or", both, 2);
	return both[1];
}

/* x.orValue(y): what the optional holds, else y. */
struct cel_value
eval_or_value(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value first = eval_op(run, &op->children[0]);
	if (first.kind == CEL_ERROR)
		return first;
	run->at = op->offset;
	if (first.kind != CEL_OPTIONAL)
		return eval_no_overload(run, "orValue", &first, 1);
	return first.inner ? value_inside(first) : eval_op(run, &op->children[1]);
}

/* ---- calls ---- */

struct cel_value
eval_operator1(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value operand = eval_op(run, op->children);
	if (operand.kind == CEL_ERROR)
		return operand;
	run->at = op->offset;
	return op->function(run, &operand);
}

struct cel_value
eval_operator2(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value operands[2];
	operands[0] = eval_op(run, &op->children[0]);
	if (operands[0].kind == CEL_ERROR)
		return operands[0];
	operands[1] = eval_op(run, &op->children[1]);
	if (operands[1].kind == CEL_ERROR)
		return operands[1];
	run->at = op->offset;
	return op->function(run, operands);
}

static struct cel_value
equality(struct cel_run *run, const struct cel_op *op, bool wanted)
{
	struct cel_value a = eval_op(run, &op->children[0]);
	if (a.kind == CEL_ERROR)
		return a;
	struct cel_value b = eval_op(run, &op->children[1]);
	if (b.kind == CEL_ERROR)
		return b;
	run->at = op->offset;
	bool same;
	struct cel_value failure = operator_equal(run, a, b, &same);
	return cel_is_error(failure) ? failure : cel_bool(same == wanted);
}

struct cel_value
eval_equal(struct cel_run *run, const struct cel_op *op)
{
	return equality(run, op, true);
}

struct cel_value
eval_not_equal(struct cel_run *run, const struct cel_op *op)
{
	return equality(run, op, false);
}

static bool
takes(const struct op_overload *o, const struct cel_value *arguments, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!(o->kinds[i] >> arguments[i].kind & 1))
			return false;
	return true;
}

struct cel_value
eval_call(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value arguments[MOST_PARAMETERS_OF_FUNCTION];
	for (uint32_t i = 0; i < op->count; i++) {
		arguments[i] = eval_op(run, &op->children[i]);
		if (arguments[i].kind == CEL_ERROR)
			return arguments[i];
		if (arguments[i].kind == CEL_MAP)
			run->cost += value_search_cost(arguments[i]);
	}
	run->at = op->offset;
	for (uint32_t i = 0; i < op->overload_count; i++)
		if (op->overloads[i].call && takes(&op->overloads[i], arguments, op->count))
			return op->overloads[i].call(run, arguments);
	return eval_no_overload(run, op->function_name, arguments, op->count);
}

/* A function whose pattern is constant. */
struct cel_value
eval_pattern(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value arguments[MOST_PARAMETERS_OF_FUNCTION];
	for (uint32_t i = 0; i < op->count; i++) {
		arguments[i] = eval_op(run, &op->children[i]);
		if (arguments[i].kind == CEL_ERROR)
			return arguments[i];
	}
	run->at = op->offset;
	return op->pattern(run, op->regex, arguments, op->count);
}

/* The most common of them, with a bool for an answer. */
/* One argument, one overload: nothing to choose from. */
struct cel_value
eval_call_plain(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value argument =
	    eval_is_near(op->children) ? eval_near(run, op->children) : eval_op(run, op->children);
	if (argument.kind == CEL_ERROR)
		return argument;
	if (argument.kind == CEL_MAP)
		run->cost += value_search_cost(argument);
	run->at = op->offset;
	if (takes(op->overloads, &argument, 1))
		return op->overloads->call(run, &argument);
	return eval_no_overload(run, op->function_name, &argument, 1);
}

struct cel_value
eval_matches(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value text = eval_op(run, op->children);
	if (text.kind == CEL_ERROR)
		return text;
	run->at = op->offset;
	if (text.kind != CEL_STRING) {
		const struct cel_value both[] = {text, op->children[1].constant};
		return eval_no_overload(run, "matches", both, 2);
	}
	if (!cel_charge(run, regex_find_cost(op->regex, text.count)))
		return eval_fail(run, op, "exhausted");
	return cel_bool(regex_finds(op->regex, text.text, text.count));
}

/* ---- lists and maps ---- */

struct cel_value
eval_list(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, op->count);
	for (uint32_t i = 0; i < op->count; i++) {
		items[i] = eval_op(run, &op->children[i]);
		if (items[i].kind == CEL_ERROR)
			return items[i];
	}
	return cel_list(items, op->count);
}

/* What an item with a question mark holds; nothing to add when it is none. */
static bool
open_optional(struct cel_run *run, const struct cel_op *op, struct cel_value *item)
{
	if (item->kind != CEL_OPTIONAL) {
		*item = eval_fail(run, op, "'?' wants an optional, not %s", eval_kind(*item));
		return true;
	}
	if (!item->inner)
		return false;
	*item = value_inside(*item);
	return true;
}

struct cel_value
eval_list_optional(struct cel_run *run, const struct cel_op *op)
{
	struct cel_value *items = ARENA_ARRAY(run->arena, struct cel_value, op->count);
	uint32_t count = 0;
	for (uint32_t i = 0; i < op->count; i++) {
		struct cel_value item = eval_op(run, &op->children[i]);
		if (item.kind != CEL_ERROR && op->optionals[i] &&
		    !open_optional(run, &op->children[i], &item))
			continue;
		if (item.kind == CEL_ERROR)
			return item;
		items[count++] = item;
	}
	return cel_list(items, count);
}

static struct cel_value
add_entry(struct cel_run *run, const struct cel_op *op, struct cel_map *map, struct cel_value key,
	  struct cel_value value)
{
	if (!cel_is_key(key))
		return eval_fail(run, op, "a key is a string, int, uint or bool, not %s",
				 eval_kind(key));
	if (!cel_map_add(map, run->arena, key, value))
		return eval_fail(run, op, "the key is there twice");
	return cel_null();
}

struct cel_value
eval_map(struct cel_run *run, const struct cel_op *op)
{
	struct cel_map *map = ARENA_NEW(run->arena, struct cel_map);
	for (uint32_t i = 0; i < op->count; i += 2) {
		struct cel_value key = eval_op(run, &op->children[i]);
		if (key.kind == CEL_ERROR)
			return key;
		struct cel_value value = eval_op(run, &op->children[i + 1]);
		if (value.kind != CEL_ERROR && op->optionals && op->optionals[i / 2] &&
		    !open_optional(run, &op->children[i + 1], &value))
			continue;
		if (value.kind == CEL_ERROR)
			return value;
		struct cel_value failure = add_entry(run, &op->children[i], map, key, value);
		if (failure.kind == CEL_ERROR)
			return failure;
	}
	return cel_map_value(map);
}
