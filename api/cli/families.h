/*
 * families.h -- the verbs of every command, each ended by a row without `run`; commands.def puts
 * them into commands.
 */
#ifndef WEFT_CLI_FAMILIES_H
#define WEFT_CLI_FAMILIES_H

#include "call.h"

#define X(name, verbs, arguments, summary, help) extern const struct verb verbs[];
#include "commands.def"
#undef X

#endif
