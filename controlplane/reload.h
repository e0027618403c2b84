/*
 * reload.h -- SIGHUP: what a server takes up anew without dropping a connection.
 */
#ifndef WEFT_RELOAD_H
#define WEFT_RELOAD_H

#include "api/api.h"
#include "base/config.h"

struct reload {
	int argc; /* of the subcommand, to read the settings again */
	char **argv;
	struct services *services;
	struct http *http;
};

/*
 * reload_all -- log level, certificate and policies.  Each for itself: what cannot be taken up is
 * logged, stays as it was, and does not keep the others back.  False when there was any such.
 */
bool reload_all(const struct reload *r);

/* reload_measure -- the gauges that say how the last one went, and until when the certificate is
 * good. */
void reload_measure(const struct reload *r, bool good);

#endif
