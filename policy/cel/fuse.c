/*
 * fuse.c -- the shapes, as rows: what an operation is, what its operands must be, and what runs
 * both.
 */
#include "cel/fuse.h"

#include "cel/eval.h"

/* x.name, where x is a variable */
static bool
is_of_variable(const struct cel_op *op)
{
	return eval_is_near(op->children);
}

static bool
is_same_variable(const struct cel_op *a, const struct cel_op *b)
{
	if (a->run != b->run)
		return false;
	return a->run == eval_local ? a->slot == b->slot : a->variable == b->variable;
}

/* has(x.name) && x.name; names are interned */
static bool
is_guarded_field(const struct cel_op *op)
{
	const struct cel_op *has = op->children, *field = has + 1;
	return op->count == 2 && !op->decisive && has->run == eval_has_near &&
	       field->run == eval_select_near && has->name == field->name &&
	       is_same_variable(has->children, field->children);
}

/* f(x) or x.f(), where f is one function whatever x is */
static bool
is_plain_call(const struct cel_op *op)
{
	return op->count == 1 && op->overload_count == 1 && op->overloads->call;
}

// clang-format off
static const struct fusion {
	cel_op_fn *plain;
	bool (*fits)(const struct cel_op *op);
	cel_op_fn *fused;
} fusions[] = {
	{eval_select,          is_of_variable,   eval_select_near},
	{eval_select_optional, is_of_variable,   eval_select_optional_near},
	{eval_has,             is_of_variable,   eval_has_near},
	{eval_logic,           is_guarded_field, eval_has_and_select},
	{eval_call,            is_plain_call,    eval_call_plain},
};
// clang-format on

void
fuse(struct cel_op *op)
{
	for (size_t i = 0; i < ARRAY_LEN(fusions); i++)
		if (op->run == fusions[i].plain && fusions[i].fits(op)) {
			op->run = fusions[i].fused;
			return;
		}
}
