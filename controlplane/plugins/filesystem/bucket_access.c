/*
 * bucket_access.c -- see bucket_access.h.
 *
 * A grant names everyone who may have access, so the list replaces what was recorded; a revoke
 * takes roles out of it. Either way the permissions are then made what the list says, which makes
 * both repeatable.
 */
#include "bucket_access.h"

#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "manifest.h"

/* With the group bit set on the folder, what is written into data/ belongs to the same group. */
enum { NOBODY_MODE = 0750, READER_MODE = 02750, WRITER_MODE = 02770 };

static bool
find_group(const char *role, gid_t *ret_group)
{
	struct group entry, *found = NULL;
	char room[16384];
	if (getgrnam_r(role, &entry, room, sizeof(room), &found) != 0 || !found)
		return false;
	*ret_group = found->gr_gid;
	return true;
}

static json_t *
recorded_only(const char *role, const char *why)
{
	return json_pack("{s:s, s:b, s:s}", "role", role, "enforced", 0, "note", why);
}

/* Give data/ to the group of one role; NULL `error` when it worked. */
static const char *
give_to_group(const struct bucket *b, gid_t group, const char *level)
{
	mode_t mode = strcmp(level, "read") == 0 ? READER_MODE : WRITER_MODE;
	if (fchown(b->data, (uid_t)-1, group) != 0)
		return "recorded only: the plugin may not give the folder to this group";
	return fchmod(b->data, mode) == 0 ? NULL
					  : "recorded only: the folder's permissions cannot be set";
}

/* One role's part of the result; `*taken` once the folder's one group is in use. */
static json_t *
enforce_entry(const struct bucket *b, const json_t *entry, bool *taken)
{
	gid_t group;
	const char *role = weft_text(entry, "role", "");
	if (!find_group(role, &group))
		return recorded_only(role, "recorded only: the system has no group of this name");
	if (*taken)
		return recorded_only(
		    role, "recorded only: a folder has one group, and another role has it");
	const char *error = give_to_group(b, group, weft_text(entry, "level", "read"));
	if (error)
		return recorded_only(role, error);
	*taken = true;
	return json_pack("{s:s, s:b}", "role", role, "enforced", 1);
}

/* The permissions that the list of access says; gives what became of each entry. */
static json_t *
enforce(const struct bucket *b, const json_t *access, struct weft_failure *failure)
{
	json_t *report = json_array();
	bool taken = false;
	size_t i;
	const json_t *entry;
	json_array_foreach (access, i, entry)
		json_array_append_new(report, enforce_entry(b, entry, &taken));
	if (!taken && fchmod(b->data, NOBODY_MODE) != 0)
		bucket_fail(b, failure, errno, "setting the permissions");
	else if (!taken && fchown(b->data, (uid_t)-1, getegid()) != 0)
		bucket_fail(b, failure, errno, "setting the group");
	else
		return json_pack("{s:o}", "access", report);
	json_decref(report);
	return NULL;
}

/*
 * Record the list (takes it over) in the manifest, then enforce it: what is in force is never
 * more than is recorded.
 */
static json_t *
replace_access(const struct bucket *b, const json_t *resource, json_t *access,
	       struct weft_failure *failure)
{
	json_t *stored = manifest_read(b);
	json_t *manifest = stored ? json_copy(stored) : manifest_wanted(resource, NULL);
	json_object_set(manifest, "access", access);
	json_t *result = NULL;
	if (manifest_write(b, manifest, stored, failure))
		result = enforce(b, access, failure);
	json_decref(access);
	json_decref(manifest);
	json_decref(stored);
	return result;
}

static bool
has_role(const json_t *access, const char *role)
{
	size_t i;
	const json_t *entry;
	json_array_foreach (access, i, entry)
		if (strcmp(weft_text(entry, "role", ""), role) == 0)
			return true;
	return false;
}

json_t *
bucket_grant(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	const json_t *access = json_object_get(resource, "access");
	return replace_access(b, resource, access ? json_deep_copy(access) : json_array(), failure);
}

json_t *
bucket_revoke(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	json_t *stored = manifest_read(b);
	const json_t *gone = json_object_get(resource, "access");
	json_t *rest = json_array();
	size_t i;
	json_t *entry;
	json_array_foreach (json_object_get(stored, "access"), i, entry)
		if (!has_role(gone, weft_text(entry, "role", "")))
			json_array_append(rest, entry);
	json_decref(stored);
	return replace_access(b, resource, rest, failure);
}
