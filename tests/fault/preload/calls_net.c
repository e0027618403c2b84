/*
 * calls_net.c -- connections: what fails does as if the other side had gone.
 */
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "control.h"

static bool
strikes(int socket)
{
	return fault_counts(FAULT_NET) && fault_means_socket(socket) && fault_strikes(FAULT_NET);
}

/* Before it is connected a socket has no other side whose port could be looked at. */
int
connect(int socket, const struct sockaddr *address, socklen_t length)
{
	return fault_strikes(FAULT_NET) ? -1 : REAL(connect)(socket, address, length);
}

int
accept4(int socket, struct sockaddr *address, socklen_t *length, int flags)
{
	return fault_strikes(FAULT_NET) ? -1 : REAL(accept4)(socket, address, length, flags);
}

ssize_t
recv(int socket, void *bytes, size_t length, int flags)
{
	return strikes(socket) ? -1 : REAL(recv)(socket, bytes, length, flags);
}

ssize_t
send(int socket, const void *bytes, size_t length, int flags)
{
	return strikes(socket) ? -1 : REAL(send)(socket, bytes, length, flags);
}

ssize_t
sendmsg(int socket, const struct msghdr *message, int flags)
{
	return strikes(socket) ? -1 : REAL(sendmsg)(socket, message, flags);
}
