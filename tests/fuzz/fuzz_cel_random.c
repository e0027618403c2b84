/*
 * fuzz_cel_random.c -- random programs over random documents, optimized against not.
 *
 * The first half of the input chooses an expression (tests/unit/policy/random_expression.h), the
 * second what it is evaluated over.
 *
 * What must hold: where nothing is dyn it compiles, but for a text that is no pattern, date or
 * other literal; no error is one of kinds, and what comes out is of the type that the checker
 * found. A program that is neither folded nor fused gives the same value, or the same error at the
 * same place, as one that is both; one that is not fused counts the same steps, and so does one
 * whose types were not checked, where none is dyn; one that is observed is the plain one.
 */
#include "cel/type.h"
#include "policy/random_expression.h"

#include "fuzz.h"

enum {
	COST_LIMIT = 20000,
	PLAIN = 0,
	UNFUSED = 1,
	USUAL = 2,
	UNCHECKED = 3,
	OBSERVED = 4,
	VARIANTS = 5
};

struct outcome {
	struct cel_value value;
	const char *text; /* with the place of an error */
	uint64_t cost;
};

static struct cel_program *
compile(const struct cel_declarations *usual, int variant, struct random_expression x,
	struct arena *arena)
{
	struct cel_declarations d = *usual;
	d.unfolded = variant == PLAIN;
	d.unfused = variant == PLAIN || variant == UNFUSED;
	d.unchecked = variant == UNCHECKED;
	d.observed = variant == OBSERVED;
	struct cel_issues issues = {.arena = arena};
	struct cel_program *p = cel_compile(&d, x.source, strlen(x.source), &issues);
	if (!p && x.typed && x.source[issues.items[0].offset] != '\'') {
		fprintf(stderr, "%s\n%u: %s\n", x.source, issues.items[0].offset,
			issues.items[0].message);
		abort();
	}
	return p;
}

static struct outcome
run(const struct cel_program *p, const struct random_scene *scene, uint64_t limit,
    struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct outcome o;
	o.value = cel_evaluate(p, scene->bindings, CEL_STEPS(limit), arena, &o.cost);
	cel_format(o.value, 4000, &text);
	if (o.value.kind == CEL_ERROR)
		buf_printf(&text, " at %u", o.value.error->offset);
	o.text = arena_bytes(arena, text.data, text.length);
	return o;
}

static bool
is_exhausted(struct outcome o)
{
	return o.value.kind == CEL_ERROR && o.value.error->exhausted;
}

static _Noreturn void
differ(const char *source, const char *what, struct outcome a, struct outcome b)
{
	fprintf(stderr, "%s\n%s: %s (%llu steps), else %s (%llu steps)\n", source, what, a.text,
		(unsigned long long)a.cost, b.text, (unsigned long long)b.cost);
	abort();
}

/* Where the limit is noticed may differ, not whether. */
static void
check_same(const char *source, const char *what, struct outcome a, struct outcome b)
{
	if (!(is_exhausted(a) && is_exhausted(b)) && strcmp(a.text, b.text) != 0)
		differ(source, what, a, b);
}

static void
check_same_cost(const char *source, const char *what, struct outcome a, struct outcome b)
{
	check_same(source, what, a, b);
	if (!is_exhausted(b) && a.cost != b.cost)
		differ(source, "cost", a, b);
}

static void
check_variants(struct random_expression x, struct cel_program *const programs[VARIANTS],
	       const struct random_scene *scene, uint64_t limit, struct arena *arena)
{
	struct outcome o[VARIANTS];
	for (int i = 0; i < VARIANTS; i++)
		o[i] = run(programs[i], scene, limit, arena);
	check_same_cost(x.source, "not fused", o[UNFUSED], o[USUAL]);
	if (x.typed)
		check_same_cost(x.source, "unchecked", o[UNCHECKED], o[USUAL]);
	if (is_exhausted(o[PLAIN]) || is_exhausted(o[OBSERVED]))
		return;
	check_same(x.source, "plain", o[PLAIN], o[USUAL]);
	check_same(x.source, "observed", o[PLAIN], o[OBSERVED]);
	if (o[PLAIN].cost < o[USUAL].cost)
		differ(x.source, "cost", o[PLAIN], o[USUAL]);
}

/* ---- values and types ---- */

static bool conforms(struct cel_value v, const struct cel_type *t);

static bool
entries_conform(struct cel_value map, const struct cel_type *t)
{
	for (uint32_t i = 0; t->kind == TYPE_MAP && i < map.count; i++) {
		struct cel_entry e = cel_entry_at(map, i);
		if (!conforms(e.key, t->parameters[0]) || !conforms(e.value, t->parameters[1]))
			return false;
	}
	return true;
}

/* null is a value of what may be absent. */
static bool
conforms(struct cel_value v, const struct cel_type *t)
{
	if (v.kind != CEL_NULL && !(type_kinds(t) >> v.kind & 1))
		return false;
	if (t->kind == TYPE_LIST && v.kind == CEL_LIST)
		for (uint32_t i = 0; i < v.count; i++)
			if (!conforms(cel_item(v, i), t->parameters[0]))
				return false;
	return v.kind != CEL_MAP || entries_conform(v, t);
}

/* Only where nothing is dyn: it would let in values of any type. */
static void
check_type(const char *source, const struct cel_program *p, struct outcome o, struct arena *arena)
{
	static const char *const of_kinds[] = {"does not go with", "wants", "has no field",
					       "goes through", "is a bool, not"};
	const char *text = cel_program_type(p);
	if (o.value.kind != CEL_ERROR) {
		const char *rest = text;
		if (!conforms(o.value, type_parse(arena, &rest)))
			differ(source, text, o, o);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(of_kinds); i++)
		if (strstr(o.text, of_kinds[i]))
			differ(source, text, o, o);
}

/* ---- one input ---- */

static void
check_expression(struct random_expression x, const struct random_scene *scene, uint64_t limit,
		 struct arena *arena)
{
	struct cel_program *programs[VARIANTS] = {0};
	bool compiled = true;
	for (int i = 0; i < VARIANTS; i++) {
		programs[i] = compile(&scene->declarations, i, x, arena);
		compiled &= programs[i] != NULL;
	}
	if (compiled) {
		check_variants(x, programs, scene, COST_LIMIT, arena);
		check_variants(x, programs, scene, limit, arena);
	}
	if (compiled && x.typed)
		check_type(x.source, programs[USUAL],
			   run(programs[USUAL], scene, COST_LIMIT, arena), arena);
	for (int i = 0; i < VARIANTS; i++)
		cel_program_destroy(programs[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct choices first = {.bytes = data, .length = size / 2};
	struct choices second = {.bytes = data + size / 2, .length = size - size / 2};
	struct random_scene scene;
	struct random_expression x = random_expression_make(&first, &arena);
	uint64_t limit = 1 + choose(&second, 64);
	random_scene_make(&second, &arena, &scene);
	if (getenv("WEFT_FUZZ_SHOW"))
		printf("%s%s\n", x.typed ? "typed " : "", x.source);
	check_expression(x, &scene, limit, &arena);
	return 0;
}
