/*
 * convert.h -- numbers and times as the language's string() writes them.
 */
#ifndef WEFT_POLICY_CONVERT_H
#define WEFT_POLICY_CONVERT_H

#include "cel/cel.h"

enum { DOUBLE_TEXT_SIZE = 40, TIMESTAMP_TEXT_SIZE = 40, SPAN_TEXT_SIZE = 40 };

void double_format(double n, char ret_text[DOUBLE_TEXT_SIZE]);
void timestamp_format(struct cel_value v, char ret_text[TIMESTAMP_TEXT_SIZE]);
void span_format(struct cel_value v, char ret_text[SPAN_TEXT_SIZE]); /* of a CEL_DURATION */
void period_format(struct cel_value v, char ret_text[DURATION_TEXT_SIZE]);
struct duration period_of(struct cel_value v);

#endif
