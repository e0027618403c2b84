/*
 * address.h -- where to listen.
 */
#ifndef WEFT_HTTP_ADDRESS_H
#define WEFT_HTTP_ADDRESS_H

#include "base/err.h"

/*
 * address_listen -- a socket that listens on "127.0.0.1:8080", "[::1]:8080" or "localhost:0", and
 * the port it got. Fails: ERR_USAGE (no address), ERR_IO (taken, not ours).
 */
enum err_code address_listen(const char *listen, int *ret_socket, unsigned *ret_port,
			     struct err *e);

#endif
