/*
 * filesystem.c -- the plugin "filesystem": a bucket for a data product is a folder.
 *
 *     ROOT/retail.customer_accounts/default/manifest.json    what it is, whose, how long it is
 * kept, who has access ROOT/retail.customer_accounts/default/data/            the product's files
 *
 * It sees weft_plugin.h alone.  This file has the verbs and their table; the folder is in bucket.c,
 * the manifest in manifest.c, walks over files in file_tree.c, permissions in bucket_access.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bucket.h"
#include "bucket_access.h"
#include "file_tree.h"
#include "manifest.h"

static const char *const roles[] = {"storage", NULL};

static const char settings_schema[] =
    "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {}}";

/* ---- what a wish may say ---- */

/* The quota in bytes; 0 when there is none. */
static bool
read_quota(const json_t *resource, json_int_t *ret_quota, struct weft_failure *failure)
{
	const char *quota = weft_text(resource, "quota", NULL);
	*ret_quota = 0;
	if (!quota || weft_bytes(quota, ret_quota))
		return true;
	weft_fail(
	    failure, false,
	    "quota: '%.100s' is no amount; write '500 MB' or '10 GB' (1000 each) or '8 GiB' (1024)",
	    quota);
	return false;
}

static json_t *
validate(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	json_int_t quota;
	const char *key =
	    json_object_iter_key(json_object_iter(json_object_get(resource, "settings")));
	(void)settings;
	if (strcmp(weft_text(resource, "role", ""), "storage") != 0)
		return weft_fail(failure, false, "filesystem gives storage, not %s",
				 weft_text(resource, "role", "?"));
	if (key)
		return weft_fail(failure, false, "settings: filesystem has no setting '%.100s'",
				 key);
	if (!weft_is_name(weft_text(resource, "name", "default")))
		return weft_fail(
		    failure, false,
		    "name: '%.100s' cannot name a folder; use letters, digits, '_' and '-'",
		    weft_text(resource, "name", ""));
	return read_quota(resource, &quota, failure) ? json_object() : NULL;
}

/* ---- what there is ---- */

/*
 * A bucket is there when all of its parts are; a folder half made is one that apply has yet to
 * finish.
 */
static bool
is_whole(const struct bucket *b)
{
	if (b->data < 0)
		return false;
	json_t *manifest = manifest_read(b);
	bool whole = manifest != NULL;
	json_decref(manifest);
	return whole;
}

static json_t *
describe_bucket(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	char path[PATH_MAX];
	struct tree_totals totals;
	json_int_t quota;
	if (!read_quota(resource, &quota, failure))
		return NULL;
	if (!tree_measure(b->data, &totals)) {
		bucket_fail(b, failure, errno, "measuring the data");
		return NULL;
	}
	bucket_path(b, "data", path);
	json_t *result = json_pack("{s:b, s:s, s:I, s:I}", "exists", 1, "location", path, "bytes",
				   (json_int_t)totals.bytes, "files", (json_int_t)totals.files);
	if (quota > 0) {
		json_object_set_new(result, "quota_bytes", json_integer(quota));
		json_object_set_new(result, "over_quota", json_boolean(totals.bytes > quota));
	}
	return result;
}

static json_t *
observe(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct bucket b = BUCKET_NONE;
	json_t *result = NULL;
	if (bucket_find(resource, settings, &b, failure))
		result = is_whole(&b) ? describe_bucket(&b, resource, failure)
				      : json_pack("{s:b}", "exists", 0);
	bucket_close(&b);
	return result;
}

/* ---- what would change, and making it so ---- */

static void
add_change(json_t *changes, const char *what, const char *path)
{
	json_array_append_new(changes, json_sprintf("%s %s", what, path));
}

static json_t *
list_changes(const struct bucket *b, const json_t *resource)
{
	char path[PATH_MAX];
	json_t *changes = json_array();
	json_t *stored = b->folder >= 0 ? manifest_read(b) : NULL;
	json_t *wanted = manifest_wanted(resource, stored);
	bucket_path(b, "data", path);
	if (b->data < 0)
		add_change(changes, "create folder", path);
	bucket_path(b, "manifest.json", path);
	if (!stored)
		add_change(changes, "write", path);
	else if (!json_equal(stored, wanted))
		add_change(changes, "update", path);
	json_decref(stored);
	json_decref(wanted);
	return json_pack("{s:o}", "changes", changes);
}

static json_t *
plan(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct bucket b = BUCKET_NONE;
	json_t *result = NULL;
	if (bucket_find(resource, settings, &b, failure))
		result = list_changes(&b, resource);
	bucket_close(&b);
	return result;
}

static json_t *
write_manifest(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	char path[PATH_MAX];
	json_t *stored = manifest_read(b);
	json_t *wanted = manifest_wanted(resource, stored);
	bool well = manifest_write(b, wanted, stored, failure);
	json_decref(stored);
	json_decref(wanted);
	bucket_path(b, "data", path);
	return well ? json_pack("{s:s}", "location", path) : NULL;
}

static json_t *
apply(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct bucket b = BUCKET_NONE;
	json_t *result = NULL;
	if (bucket_make(resource, settings, &b, failure))
		result = write_manifest(&b, resource, failure);
	bucket_close(&b);
	return result;
}

static json_t *
destroy(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	struct bucket b = BUCKET_NONE;
	bool well = bucket_find(resource, settings, &b, failure) && bucket_remove(&b, failure);
	bucket_close(&b);
	return well ? json_object() : NULL;
}

/* ---- verbs on a bucket that must be there ---- */

typedef json_t *bucket_verb(const struct bucket *b, const json_t *resource,
			    struct weft_failure *failure);

static json_t *
on_bucket(bucket_verb *verb, const json_t *resource, const json_t *settings,
	  struct weft_failure *failure)
{
	struct bucket b = BUCKET_NONE;
	json_t *result = NULL;
	if (bucket_find(resource, settings, &b, failure)) {
		if (b.data >= 0)
			result = verb(&b, resource, failure);
		else
			weft_fail(failure, true, "bucket %s/%s is not there yet", b.product,
				  b.name);
	}
	bucket_close(&b);
	return result;
}

static json_t *
grant(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_bucket(bucket_grant, resource, settings, failure);
}

static json_t *
revoke(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_bucket(bucket_revoke, resource, settings, failure);
}

/* A folder can be judged by its quota only; without one there is nothing to check. */
static json_t *
check_bucket(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	char message[200];
	struct tree_totals totals;
	json_int_t quota;
	if (!read_quota(resource, &quota, failure))
		return NULL;
	if (quota == 0)
		return json_pack("{s:b, s:[]}", "passed", 1, "checks");
	if (!tree_measure(b->data, &totals)) {
		bucket_fail(b, failure, errno, "measuring the data");
		return NULL;
	}
	bool passed = totals.bytes <= quota;
	snprintf(message, sizeof(message), "quota: %lld of %lld bytes are used",
		 (long long)totals.bytes, (long long)quota);
	return json_pack("{s:b, s:[{s:s, s:[], s:b, s:s, s:i, s:I}]}", "passed", (int)passed,
			 "checks", "check", "quota", "columns", "passed", (int)passed, "message",
			 message, "failing", passed ? 0 : 1, "observed", (json_int_t)totals.bytes);
}

static json_t *
check(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_bucket(check_bucket, resource, settings, failure);
}

static json_t *
retain_bucket(const struct bucket *b, const json_t *resource, struct weft_failure *failure)
{
	int64_t removed;
	json_int_t seconds = weft_number(resource, "retention_seconds", 0);
	if (seconds <= 0)
		return json_pack("{s:i, s:s}", "removed", 0, "note",
				 "the product states no retention");
	if (!tree_remove_before(b->data, time(NULL) - (time_t)seconds, &removed)) {
		bucket_fail(b, failure, errno, "removing old files");
		return NULL;
	}
	return json_pack("{s:I}", "removed", (json_int_t)removed);
}

static json_t *
retain(const json_t *resource, const json_t *settings, struct weft_failure *failure)
{
	return on_bucket(retain_bucket, resource, settings, failure);
}

int
main(void)
{
	static const struct weft_plugin plugin = {
	    .name = "filesystem",
	    .description =
		"Storage as a folder on this machine, with a manifest beside the data.  A quota is "
		"written as "
		"'500 MB' or '10 GB' (1000 each) or '8 GiB' (1024); it is reported, not enforced.",
	    .roles = roles,
	    .settings_schema = settings_schema,
	    .validate = validate,
	    .observe = observe,
	    .plan = plan,
	    .apply = apply,
	    .destroy = destroy,
	    .grant = grant,
	    .revoke = revoke,
	    .check = check,
	    .retain = retain,
	};
	return weft_plugin_main(&plugin);
}
