/*
 * plugin_host.c -- see plugin_host.h.
 *
 * The list is made once, before any other thread knows of it, and never changes: a plugin that is
 * put into the folder later is found at the next start.
 */
#include "plugin_host.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { DESCRIBE_DEADLINE = 5 /* seconds; a start of the server waits for it */ };

struct plugin_host {
	struct plugin **plugins; /* sorted by name; owned */
	size_t count;
	atomic_bool refusing;
};

/* Where to look, and where everything goes. */
struct search {
	const struct config *config;
	struct metrics *metrics;
	const char *folder, *storage, *secrets;
	struct arena *arena;
};

/* ---- folders ---- */

/*
 * libexec/weft beside the folder that our own program is in: PREFIX/bin/weft,
 * PREFIX/libexec/weft.
 *
 */
static const char *
folder_beside_program(struct arena *arena)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	for (int steps = 0; steps < 2; steps++) {
		while (length > 0 && path[length - 1] != '/')
			length--;
		length -= length > 0;
	}
	return arena_printf(arena, "%.*s/libexec/weft", (int)(length > 0 ? length : 0), path);
}

static enum err_code
make_folder(const char *path, struct err *e)
{
	/* Passable by others: the groups that a plugin gives data to must reach it. */
	if (mkdir(path, 0711) == 0 || errno == EEXIST)
		return ERR_OK;
	return err_errno(e, errno, "making the folder '%s'", path);
}

/* ---- finding ---- */

/* A program's name up to its first point, or NULL when it cannot be a plugin's. */
static const char *
name_of_plugin(const char *file, struct arena *arena)
{
	size_t length = strcspn(file, ".");
	if (length == 0 || length > 100 ||
	    strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789_-") < length)
		return NULL;
	return arena_bytes(arena, file, length);
}

static bool
is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static enum err_code
add_plugin(struct plugin_host *host, const struct search *in, const char *name, const char *path,
	   struct err *e)
{
	const struct plugin_options options = {
	    .name = name,
	    .path = path,
	    .root = arena_printf(in->arena, "%s/%s", in->storage, name),
	    .secrets = arena_printf(in->arena, "%s/%s.env", in->secrets, name),
	    .deadline = in->config->plugin_deadline,
	    .pause_first = in->config->retry_first,
	    .pause_longest = in->config->retry_longest,
	    .metrics = in->metrics,
	};
	enum err_code code = make_folder(options.root, e);
	if (code != ERR_OK)
		return code;
	host->plugins = memory_resize(host->plugins, (host->count + 1) * sizeof(struct plugin *));
	host->plugins[host->count++] = plugin_create(&options);
	return ERR_OK;
}

static enum err_code
consider_file(struct plugin_host *host, const struct search *in, const char *file, struct err *e)
{
	const char *name = name_of_plugin(file, in->arena);
	const char *path = arena_printf(in->arena, "%s/%s", in->folder, file);
	if (!name || !is_program(path))
		return ERR_OK;
	if (plugin_host_find(host, name)) {
		LOG(WARN, "two plugins have one name; the second is left out", "file", path);
		return ERR_OK;
	}
	return add_plugin(host, in, name, path, e);
}

static enum err_code
search_folder(struct plugin_host *host, const struct search *in, struct err *e)
{
	struct dirent **files;
	enum err_code code = ERR_OK;
	int count = scandir(in->folder, &files, NULL, alphasort);
	if (count < 0) {
		LOG(WARN, "no plugins: the folder cannot be read", "folder", in->folder, "error",
		    strerror(errno));
		return ERR_OK;
	}
	for (int i = 0; i < count; i++) {
		if (code == ERR_OK)
			code = consider_file(host, in, files[i]->d_name, e);
		free(files[i]);
	}
	free(files);
	return code;
}

static void
describe_all(struct plugin_host *host)
{
	for (size_t i = 0; i < host->count; i++) {
		struct err ignored = {0}; /* logged and kept by the plugin itself */
		plugin_describe(host->plugins[i], DESCRIBE_DEADLINE, &ignored);
	}
}

static enum err_code
make_folders(const struct search *in, struct err *e)
{
	enum err_code code = make_folder(in->storage, e);
	if (code == ERR_OK && mkdir(in->secrets, 0700) != 0 && errno != EEXIST)
		code = err_errno(e, errno, "making the folder '%s'", in->secrets);
	return code;
}

enum err_code
plugin_host_create(const struct config *config, const char *data, struct metrics *metrics,
		   struct plugin_host **ret_host, struct err *e)
{
	CLEANUP(arena_done) struct arena arena = {0};
	char absolute[PATH_MAX];
	if (!realpath(data, absolute))
		return err_errno(e, errno, "the folder '%s'", data);
	const struct search in = {
	    .config = config,
	    .metrics = metrics,
	    .arena = &arena,
	    .folder = *config->plugins ? config->plugins : folder_beside_program(&arena),
	    .storage = arena_printf(&arena, "%s/storage", absolute),
	    .secrets = arena_printf(&arena, "%s/secrets", absolute),
	};
	struct plugin_host *host = memory_alloc(sizeof *host);
	enum err_code code = make_folders(&in, e);
	if (code == ERR_OK)
		code = search_folder(host, &in, e);
	if (code != ERR_OK) {
		plugin_host_destroy(host);
		return code;
	}
	describe_all(host);
	*ret_host = host;
	return ERR_OK;
}

void
plugin_host_destroy(struct plugin_host *host)
{
	if (!host)
		return;
	for (size_t i = 0; i < host->count; i++)
		plugin_destroy(host->plugins[i]);
	free(host->plugins);
	free(host);
}

/* ---- asking ---- */

struct plugin *
plugin_host_find(const struct plugin_host *host, const char *name)
{
	for (size_t i = 0; i < host->count; i++)
		if (strcmp(plugin_name(host->plugins[i]), name) == 0)
			return host->plugins[i];
	return NULL;
}

const char *
plugin_host_names(const struct plugin_host *host, struct arena *arena)
{
	CLEANUP(buf_done) struct buf names = {0};
	buf_text(&names, host->count ? "" : "none");
	for (size_t i = 0; i < host->count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", plugin_name(host->plugins[i]));
	return arena_bytes(arena, names.data, names.length);
}

void
plugin_host_refuse(struct plugin_host *host)
{
	atomic_store(&host->refusing, true);
	for (size_t i = 0; i < host->count; i++)
		plugin_refuse(host->plugins[i]);
}

bool
plugin_host_refuses(const struct plugin_host *host)
{
	return atomic_load(&host->refusing);
}

void
plugin_host_write(const struct plugin_host *host, struct json *j)
{
	json_begin_list(j);
	for (size_t i = 0; i < host->count; i++)
		plugin_write(host->plugins[i], j);
	json_end_list(j);
}
