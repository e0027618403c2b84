/*
 * manifest.c -- see manifest.h.
 *
 * A new manifest is written beside the old one, synced, and renamed over it; the folder is synced
 * last.  A crash leaves the old one or the new one, and perhaps the file beside it, which the next
 * writer takes away.
 */
#include "manifest.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MANIFEST      "manifest.json"
#define MANIFEST_TEMP ".manifest.json.new"

json_t *
manifest_read(const struct bucket *b)
{
	json_error_t where;
	int file = openat(b->folder, MANIFEST, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return NULL;
	json_t *manifest = json_loadfd(file, JSON_REJECT_DUPLICATES, &where);
	close(file);
	if (json_is_object(manifest))
		return manifest;
	json_decref(manifest);
	return NULL;
}

static json_t *
time_text(time_t moment)
{
	char text[32];
	struct tm parts;
	gmtime_r(&moment, &parts);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
	return json_string(text);
}

/* What of the wish stands in the manifest under the same name; absent stays absent. */
static const char *const copied[] = {"product",        "name",      "version", "owner", "domain",
				     "classification", "retention", "quota",   NULL};

json_t *
manifest_wanted(const json_t *resource, const json_t *stored)
{
	json_t *manifest = json_object();
	for (const char *const *key = copied; *key; key++) {
		json_t *value = json_object_get(resource, *key);
		if (value)
			json_object_set(manifest, *key, value);
	}
	json_t *created = json_object_get(stored, "created");
	json_t *access = json_object_get(stored, "access");
	json_object_set_new(manifest, "created",
			    json_is_string(created) ? json_incref(created) : time_text(time(NULL)));
	json_object_set_new(manifest, "access",
			    json_is_array(access) ? json_incref(access) : json_array());
	return manifest;
}

static bool
write_whole(int file, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(file, text, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
write_temporary(const struct bucket *b, const char *text)
{
	if (unlinkat(b->folder, MANIFEST_TEMP, 0) != 0 && errno != ENOENT)
		return false;
	int file = openat(b->folder, MANIFEST_TEMP,
			  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (file < 0)
		return false;
	bool well = write_whole(file, text, strlen(text)) && fsync(file) == 0;
	int number = errno;
	close(file);
	errno = number;
	return well;
}

bool
manifest_write(const struct bucket *b, const json_t *manifest, const json_t *stored,
	       struct weft_failure *failure)
{
	if (stored && json_equal(manifest, stored))
		return true;
	char *text = json_dumps(manifest, JSON_INDENT(2));
	if (!text)
		return bucket_fail(b, failure, ENOMEM, "writing the manifest");
	bool well = write_temporary(b, text) &&
		    renameat(b->folder, MANIFEST_TEMP, b->folder, MANIFEST) == 0 &&
		    fsync(b->folder) == 0;
	int number = errno;
	free(text);
	return well || bucket_fail(b, failure, number, "writing the manifest");
}
