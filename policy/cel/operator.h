/*
 * operator.h -- the tables of the standard functions, and what the evaluator calls by name.
 *
 * Functions of operators take arguments of any kind and say themselves what does not go together:
 * an operator has many overloads, and deciding by the kinds at hand is quicker than going through
 * them.
 */
#ifndef WEFT_POLICY_OPERATOR_H
#define WEFT_POLICY_OPERATOR_H

#include "cel/eval.h"

/* The tables, one for each file. */
extern const struct cel_function arithmetic_functions[], comparison_functions[],
    container_functions[], conversion_functions[], text_functions[], time_functions[],
    optional_functions[], math_functions[], network_functions[], pattern_functions[],
    list_functions[], set_functions[], text_transform_functions[], text_format_functions[];

/* operator_equal -- null, with the answer in `*ret_same`; an error when comparing takes too many
 * steps. */
struct cel_value operator_equal(struct cel_run *run, struct cel_value a, struct cel_value b,
				bool *ret_same);

/* What several files of functions need. */

/* text_printf -- a new string. */
struct cel_value text_printf(struct cel_run *run, const char *format, ...) PRINTF(2, 3);

/* time_add -- the moment, moved; an error when it leaves the years 1 to 9999. */
struct cel_value time_add(struct cel_run *run, struct cel_value timestamp, int64_t nanoseconds);
struct cel_value time_between(struct cel_run *run, struct cel_value later,
			      struct cel_value earlier);
bool time_parse(const char *text, uint32_t length, struct cel_value *ret_timestamp);
bool time_parse_duration(const char *text, uint32_t length, struct cel_value *ret_duration);
bool time_in_range(int64_t seconds);

/* period_move -- the moment, later (1) or earlier (-1) by a period; months go by the calendar. */
struct cel_value period_move(struct cel_run *run, struct cel_value timestamp,
			     struct cel_value period, int direction);
struct cel_value period_sum(struct cel_run *run, struct cel_value a, struct cel_value b);

#endif
