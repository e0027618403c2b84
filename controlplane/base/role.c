/*
 * role.c -- one row a role.
 */
#include "role.h"

#include <stddef.h>
#include <string.h>

#include "compiler.h"

#define BIT(role) (1u << (role))

enum {
	EVERYBODY = BIT(ROLE_ANYBODY),
	READS = EVERYBODY | BIT(ROLE_READER),
	WRITES = READS | BIT(ROLE_AUTHOR),
};

// clang-format off
static const struct {
	const char *name;
	unsigned includes; /* bits of enum role */
	const char *who;   /* has it, where no token says it */
} roles[] = {
	[ROLE_NOBODY]    = {"nobody",    0, NULL},
	[ROLE_ANYBODY]   = {"anybody",   EVERYBODY, NULL},
	[ROLE_AUTHOR]    = {"author",    WRITES, "publisher or steward"},
	[ROLE_READER]    = {"reader",    READS, NULL},
	[ROLE_PUBLISHER] = {"publisher", WRITES | BIT(ROLE_PUBLISHER), NULL},
	[ROLE_AUDITOR]   = {"auditor",   READS | BIT(ROLE_AUDITOR), NULL},
	[ROLE_STEWARD]   = {"steward",   WRITES | BIT(ROLE_STEWARD), NULL},
	[ROLE_ADMIN]     = {"admin",     WRITES | BIT(ROLE_PUBLISHER) | BIT(ROLE_AUDITOR) | BIT(ROLE_STEWARD) | BIT(ROLE_ADMIN), NULL},
};
// clang-format on

bool
role_includes(enum role has, enum role needed)
{
	return (roles[has].includes & BIT(needed)) != 0;
}

const char *
role_name(enum role role)
{
	return roles[role].name;
}

const char *
role_who(enum role needed)
{
	return roles[needed].who ? roles[needed].who : roles[needed].name;
}

bool
role_from_name(const char *name, enum role *ret_role)
{
	for (size_t i = ROLE_READER; i < ARRAY_LEN(roles); i++) {
		if (strcmp(roles[i].name, name) == 0) {
			*ret_role = (enum role)i;
			return true;
		}
	}
	return false;
}
