/*
 * server.h -- what the server's own files share.
 */
#ifndef WEFT_HTTP_SERVER_H
#define WEFT_HTTP_SERVER_H

#include "certificate.h"
#include "exchange.h"
#include "keeper.h"
#include "traffic.h"
#include "workers.h"

struct http {
	struct http_options options;
	struct arena arena; /* of what lives as long as the server */
	const struct router *router;
	struct traffic *traffic;
	struct keeper keeper;
	struct workers workers, waiters; /* answering.c says for what */
	struct certificates certificates;
	struct MHD_Daemon *daemon;
	int listener;
	unsigned port;
	uint64_t id_seed;
	_Atomic uint64_t id_count;
	_Atomic unsigned streams;
};

#endif
