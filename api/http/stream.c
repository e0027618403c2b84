/*
 * stream.c -- answers without an end: what the handler gives goes out as it comes, in chunks.
 *
 * A stream without news must not hold a thread, so it is suspended until the keeper wakes it to
 * look again.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "server.h"

enum { BLOCK = 16 * 1024 };

static size_t
take_pending(struct exchange *x, char *out, size_t room)
{
	size_t left = x->pending.length - x->pending_sent;
	size_t size = left < room ? left : room;
	if (size == 0)
		return 0;
	memcpy(out, x->pending.data + x->pending_sent, size);
	x->pending_sent += size;
	return size;
}

/*
 * While a stream sleeps nobody looks at its socket, and who left would keep a place until the next
 * write fails.
 */
bool
exchange_is_abandoned(const struct exchange *x)
{
	char byte;
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!info)
		return true;
	ssize_t got = recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static ssize_t
next_bytes(void *user, uint64_t position, char *out, size_t room)
{
	(void)position;
	struct exchange *x = user;
	size_t size = take_pending(x, out, room);
	if (size > 0)
		return (ssize_t)size;
	buf_clear(&x->pending);
	x->pending_sent = 0;
	if (keeper_is_stopping(&x->http->keeper) ||
	    x->rs.stream(x->rs.stream_state, &x->pending) < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	size = take_pending(x, out, room);
	if (size > 0)
		return (ssize_t)size;
	return !exchange_is_abandoned(x) && keeper_sleep(&x->http->keeper, x)
		   ? 0
		   : MHD_CONTENT_READER_END_OF_STREAM;
}

struct MHD_Response *
stream_response(struct exchange *x)
{
	keeper_allow_forever(x);
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, next_bytes, x, NULL);
}
