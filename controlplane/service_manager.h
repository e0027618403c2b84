/*
 * service_manager.h -- what a server tells whoever started it: that it is ready, reloading,
 * stopping, alive.
 *
 * Source: sd_notify(3).  The protocol is one datagram of "KEY=VALUE" lines to the socket that
 * NOTIFY_SOCKET names; without the variable nobody is told, and every call does nothing.
 */
#ifndef WEFT_SERVICE_MANAGER_H
#define WEFT_SERVICE_MANAGER_H

#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/compiler.h"

struct service_manager {
	int socket; /* or -1 */
	struct sockaddr_un address;
	socklen_t address_length;
	moment watchdog; /* it ends who is silent for so long; 0: never */
};

/* manager_open -- from NOTIFY_SOCKET and WATCHDOG_USEC; the variables are taken away, so that no
 * child speaks in our name. */
void manager_open(struct service_manager *m);
void manager_close(struct service_manager *m);

/* manager_tell -- the lines as they are; manager_status -- one line for people. */
void manager_tell(const struct service_manager *m, const char *lines);
void manager_status(const struct service_manager *m, const char *format, ...) PRINTF(2, 3);

/* manager_reloading -- until the next READY=1. */
void manager_reloading(const struct service_manager *m);

#endif
