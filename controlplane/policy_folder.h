/*
 * policy_folder.h -- policies that are kept as files, beside those that are put by request.
 */
#ifndef WEFT_POLICY_FOLDER_H
#define WEFT_POLICY_FOLDER_H

#include <stddef.h>

#include "governance/governance.h"

struct policy_folder_report {
	size_t defined, unchanged, refused;
};

/*
 * policy_folder_define -- every document in the folder (.yaml, .yml, .json), by the order of their
 * names, in the name of "weft".  One that is in force already makes no event; one that was taken
 * out of the folder stays in force.  What is wrong with a document is logged, with its place, and
 * the others are defined all the same.  Fails at the end with what the first of them failed with.
 */
enum err_code policy_folder_define(struct governance *g, const char *folder,
				   struct policy_folder_report *ret_report, struct err *e);

#endif
