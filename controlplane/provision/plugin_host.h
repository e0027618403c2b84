/*
 * plugin_host.h -- the plugins there are: every program in the plugin folder.
 *
 * A plugin's name is its file's up to the first point.  It keeps what it stores in
 * DATA/storage/NAME, and finds its own secrets in its environment, from DATA/secrets/NAME.env
 * (lines NAME=value; only the owner may read it).
 */
#ifndef WEFT_PROVISION_PLUGIN_HOST_H
#define WEFT_PROVISION_PLUGIN_HOST_H

#include "base/config.h"

#include "plugin.h"

struct plugin_host;

/*
 * plugin_host_create -- find the plugins and let each describe itself; one that does not is kept as
 * broken. `data` is the catalog's folder.  Fails: ERR_IO when the folders for storage cannot be
 * made.
 */
enum err_code plugin_host_create(const struct config *config, const char *data,
				 struct metrics *metrics, struct plugin_host **ret_host,
				 struct err *e);
void plugin_host_destroy(struct plugin_host *host);

/* plugin_host_find -- or NULL.  plugin_host_names -- "filesystem, sqlite", in `arena`. */
struct plugin *plugin_host_find(const struct plugin_host *host, const char *name);
const char *plugin_host_names(const struct plugin_host *host, struct arena *arena);

/* plugin_host_refuse -- no plugin is asked anything more; plugin_host_refuses -- is it so? */
void plugin_host_refuse(struct plugin_host *host);
bool plugin_host_refuses(const struct plugin_host *host);
void plugin_host_write(const struct plugin_host *host, struct json *j);

#endif
