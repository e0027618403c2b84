/*
 * cel.h -- the Common Expression Language: compiled once, evaluated often.
 *
 *     struct cel_variable variables[] = {
 *             { .name = "order", .type = "map(string, dyn)" },
 *             { .name = "limit", .type = "int" },
 *     };
 *     struct cel_declarations declarations = { .variables = variables, .variable_count = 2 };
 *     struct cel_program *p = cel_compile(&declarations, source, strlen(source), &issues);
 *     struct cel_value bindings[] = { cel_from_node(order), cel_int(10) };
 *     struct cel_value v = cel_evaluate(p, bindings, CEL_STEPS(100000), arena, &cost);
 *
 * Source: the language definition of google/cel-spec (doc/langdef.md).  Expressions have no side
 * effects and always end: there are no loops but over what is there, each step is counted, and
 * evaluation stops at the limit given.
 *
 * A program is immutable and may be shared by threads.  What evaluation makes lives in the arena
 * given; results may also point into the bindings and the program, so that they live as long as the
 * shortest of the three.
 */
#ifndef WEFT_POLICY_CEL_H
#define WEFT_POLICY_CEL_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/document.h"
#include "base/duration.h"
#include "base/field.h"

/* ---- values ---- */

enum cel_kind {
	CEL_ERROR, /* what evaluation gives when it fails; && || all exists absorb it where the
		      answer is certain */
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_UINT,
	CEL_DOUBLE,
	CEL_STRING,
	CEL_BYTES,
	CEL_LIST,
	CEL_MAP,
	CEL_TIMESTAMP,
	CEL_DURATION,
	CEL_PERIOD, /* a length of time in months and microseconds (base/duration.h); Weft's own */
	CEL_TYPE,
	CEL_OPTIONAL,
	CEL_IP,   /* an address of the Internet Protocol */
	CEL_CIDR, /* a range of them */
	CEL_KINDS
};

/* How a list, a map or what an optional holds is kept. */
enum cel_form {
	CEL_OWN,      /* `items`, `map` or `inner` */
	CEL_DOCUMENT, /* straight from a document: `nodes` or `members`, nothing copied */
};

struct cel_map;
struct cel_address;

/* Sixteen bytes, passed and returned in two registers. */
struct cel_value {
	uint8_t kind; /* enum cel_kind */
	uint8_t form; /* enum cel_form, of a list, a map or an optional */
	/*
	 * bytes of a string, items of a list, entries of a map, nanoseconds of a timestamp,
	 * months of a period
	 */
	uint32_t count;
	union {
		bool boolean;
		/*
		 * also: seconds of a timestamp since 1970, nanoseconds of a duration,
		 * microseconds of a period
		 */
		int64_t integer;
		uint64_t natural;
		double real;
		const char *text; /* string (UTF-8, may hold NUL), bytes, the name of a type */
		const struct cel_value *items;
		const struct node *nodes; /* of a list; of an optional: the one that it holds */
		const struct member *members;
		const struct cel_map *map;
		const struct cel_value *inner; /* of an optional; NULL is none, in either form */
		const struct cel_address *address; /* of CEL_IP and CEL_CIDR */
		const struct cel_error *error;     /* NULL: a variable without a value */
	};
};

struct cel_error {
	const char *message; /* one sentence without a full stop */
	uint32_t offset;     /* byte of the source where it happened */
	bool exhausted;      /* the limit was reached: never absorbed */
};

struct cel_entry {
	struct cel_value key, value;
};

struct cel_value cel_null(void);
struct cel_value cel_bool(bool b);
struct cel_value cel_int(int64_t n);
struct cel_value cel_uint(uint64_t n);
struct cel_value cel_double(double n);
struct cel_value cel_string(const char *text, size_t length); /* borrowed, as are the next ones */
struct cel_value cel_bytes(const void *bytes, size_t length);
struct cel_value cel_list(const struct cel_value *items, size_t count);
struct cel_value cel_timestamp(int64_t seconds, uint32_t nanoseconds);
struct cel_value cel_duration(int64_t nanoseconds);
struct cel_value cel_period(struct duration d);
struct cel_value cel_moment(moment t);

/* cel_map_of -- a map of entries whose keys differ; the entries are copied into `arena`. */
struct cel_value cel_map_of(struct arena *arena, const struct cel_entry *entries, size_t count);

/* cel_from_node -- a document as a value.  Costs nothing: lists and maps stay where they are. */
struct cel_value cel_from_node(const struct node *n);

/*
 * cel_to_node -- a value as a document: bytes as base64, moments and lengths of time as text, types
 * by name, an optional as what it holds or null.  Fails: ERR_MALFORMED for an error, a NUL inside a
 * text, a map key that is no text, an unsigned integer beyond 64 bits signed, and a double that is
 * not finite.
 */
enum err_code cel_to_node(struct cel_value v, struct arena *arena, struct node *ret_node,
			  struct err *e);

/* cel_format -- a value as an expression would write it, for messages; at most about `most` bytes.
 */
void cel_format(struct cel_value v, size_t most, struct buf *out);

/* "int", "string", "google.protobuf.Timestamp" ...: what type() gives. */
const char *cel_kind_name(enum cel_kind kind);

/* cel_equal -- the language's ==: numbers by value whatever their type, maps in any order, NaN
 * unequal to itself. */
bool cel_equal(struct cel_value a, struct cel_value b);

/* Items and entries, however they are held; `i` is in range. */
struct cel_value cel_item(struct cel_value list, size_t i);
struct cel_entry cel_entry_at(struct cel_value map, size_t i);
/* cel_find -- the value under the key, which may be of another numeric type.  False when it is not
 * there. */
bool cel_find(struct cel_value map, struct cel_value key, struct cel_value *ret_value);

/* ---- declarations ---- */

/*
 * A type is written as messages show it: bool int uint double string bytes null_type dyn timestamp
 * duration period net.IP net.CIDR type(T) list(T) map(K, V) optional_type(T), NAME(T, ...) for
 * anything else, and one capital letter for a parameter.
 */
struct cel_variable {
	const char *name; /* may be qualified: "a.b" */
	const char *type; /* NULL when one of the next is given */
	const struct field_set
	    *fields; /* a map that a field table describes: an unknown key is a mistake */
	const struct field_set *items; /* a list of such maps */
	const struct node
	    *members; /* a map of exactly these keys, whose values have the types of these values */
	/*
	 * `members` is the value itself, and nothing need be bound: what depends on it alone is
	 * worked out once.  The document must live as long as the program.
	 */
	bool constant;
	/* what another program gives, with all that its checking found out; it must outlive the
	 * compilation only */
	const struct cel_program *made_by;
};

struct cel_run;
typedef struct cel_value cel_function_fn(struct cel_run *run, const struct cel_value *arguments);

/*
 * A function is rows, one an overload: what it takes and gives, the C function, and what the
 * reference page says.
 *
 *     {"startsWith", "string.(string) bool", string_starts_with, "begins with the other text"}
 *     {"size",       "(list(A)) int",        list_size,          "how many items"}
 *
 * item(A), in what it gives, is dyn, of which as much is known as of A: of its items if it is a
 * list, of what it holds if it is an optional.
 *
 * `!` behind the last parameter, (string!), has the function called while compiling when that
 * argument is a literal text (with 1970 for a moment before it): if it fails, that is a mistake.
 *
 * The C function is called only with arguments of the kinds that the signature says (of `dyn` and
 * parameters: any but an error).  It gives back a value or cel_fail().  A row without a function
 * can be checked, not evaluated.
 */
struct cel_function {
	const char *name;
	const char *signature;
	cel_function_fn *call;
	const char *help; /* NULL: as the row above */
};

/* A table of rows that ends with one without a name. */
struct cel_library {
	const char *name;
	const char *help;
	const struct cel_function *functions;
};

struct cel_declarations {
	const struct cel_variable *variables;
	size_t variable_count;
	const struct cel_library
	    *libraries;        /* beyond the standard ones; ends with a row without a name */
	const char *container; /* names are looked up in it first: "a.b", or NULL */
	const char *result;    /* the type that the expression must have, or NULL */
	bool unchecked;        /* types are not checked (names still are, when evaluated) */
	bool no_macros;
	bool unfolded, unfused; /* for tests: programs as they would be without these steps */
	bool observed;          /* for cel_observe() (cel/observe.h); implies both */
};

/* For functions of libraries: fail with a message, count work beyond one step, take memory. */
struct cel_value cel_fail(struct cel_run *run, const char *format, ...) PRINTF(2, 3);
bool cel_charge(struct cel_run *run,
		uint64_t steps); /* false: the limit is reached, return cel_fail() */
struct arena *cel_arena(struct cel_run *run);

/* ---- programs ---- */

enum {
	CEL_MOST_CODE_POINTS = 100000, /* of a source */
	CEL_MOST_DEPTH = 250,          /* of nesting */
	CEL_MOST_MEMORY = 16 << 20,    /* bytes of an evaluation */
};

/* What an evaluation may take; some more memory in its last step. */
struct cel_limits {
	uint64_t steps;
	size_t memory; /* bytes */
};

#define CEL_STEPS(most) ((struct cel_limits){.steps = (most), .memory = CEL_MOST_MEMORY})

/* A mistake in a source. */
struct cel_issue {
	uint32_t offset, length; /* bytes of the source that it is about */
	struct position at;      /* the same as line and column */
	const char *message;     /* one sentence without a full stop */
	const char *suggestion;  /* what would be right, or NULL */
};

struct cel_issues {
	struct arena *arena; /* holds the list and its texts */
	struct cel_issue *items;
	size_t count, capacity;
};

struct cel_program;

/* cel_compile -- NULL when anything is wrong, with every mistake in `issues`.  The declarations are
 * not kept. */
struct cel_program *cel_compile(const struct cel_declarations *declarations, const char *source,
				size_t length, struct cel_issues *issues);
void cel_program_destroy(struct cel_program *p);

/* The type of what the expression gives, as text. */
const char *cel_program_type(const struct cel_program *p);
const char *cel_program_source(const struct cel_program *p);

/*
 * cel_program_uses -- does the expression look at the declared variable of that number?  With a
 * `member`: at that member of it, or at all of it in ways that may touch any member.  Constants are
 * never looked at.
 */
bool cel_program_uses(const struct cel_program *p, size_t variable, const char *member);

/*
 * cel_program_is_settled -- is it certain, without any binding, that the expression gives this bool
 * or fails?  So it is with `true`, with what depends on constants alone, and with `x || true`.
 */
bool cel_program_is_settled(const struct cel_program *p, bool *ret_value);

/*
 * cel_evaluate -- `bindings` in the order of the declared variables.  Gives a CEL_ERROR value when
 * it fails; beyond its limits it always does, and names the part of the source that was at it.
 *  `ret_cost` (may be NULL) is how many steps it took.
 */
struct cel_value cel_evaluate(const struct cel_program *p, const struct cel_value *bindings,
			      struct cel_limits limits, struct arena *arena, uint64_t *ret_cost);

/* cel_position -- line and column of a byte of the source. */
struct position cel_position(const char *source, uint32_t offset);

/* cel_caret -- the line of the source with a caret under the place, two lines, for people; of a
 * long line what is around the place. */
void cel_caret(const char *source, uint32_t offset, uint32_t length, struct buf *out);

/* cel_reference -- the functions and macros as Markdown: the standard libraries', then those given
 * (or NULL). */
void cel_reference(const struct cel_library *libraries, struct buf *out);

#endif
