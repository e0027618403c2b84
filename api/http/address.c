/*
 * address.c -- "HOST:PORT" to a listening socket.
 *
 * The socket is made here and not by libmicrohttpd, whose only word on failure is NULL.
 */
#include "address.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "http.h"

enum { HOST_SIZE = 256 };

/* Cut "[::1]:80" or "127.0.0.1:80" in two; the host loses its brackets. */
static bool
split(const char *listen, char host[HOST_SIZE], const char **ret_port)
{
	const char *colon = strrchr(listen, ':');
	if (!colon || colon == listen || colon - listen >= HOST_SIZE)
		return false;
	size_t length = (size_t)(colon - listen);
	bool bracketed = listen[0] == '[' && listen[length - 1] == ']';
	if (bracketed ? length < 3 : memchr(listen, ':', length) != NULL)
		return false;
	memcpy(host, bracketed ? listen + 1 : listen, bracketed ? length - 2 : length);
	host[bracketed ? length - 2 : length] = '\0';
	*ret_port = colon + 1;
	return true;
}

static bool
is_port(const char *text)
{
	size_t length = strlen(text);
	return length >= 1 && length <= 5 && strspn(text, "0123456789") == length &&
	       strtol(text, NULL, 10) <= 65535;
}

/* Numbers only, but for the one name that every machine knows. */
static bool
resolve(const char *listen, struct addrinfo **ret_info)
{
	char host[HOST_SIZE];
	const char *port;
	if (!split(listen, host, &port) || !is_port(port))
		return false;
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_STREAM};
	const char *numeric = strcasecmp(host, "localhost") == 0 ? "127.0.0.1" : host;
	return getaddrinfo(numeric, port, &hints, ret_info) == 0;
}

static void
free_info(struct addrinfo **info)
{
	if (*info)
		freeaddrinfo(*info);
}

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(
		    &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 ==
	       IN_LOOPBACKNET;
}

bool
is_loopback_address(const char *listen)
{
	CLEANUP(free_info) struct addrinfo *info = NULL;
	return resolve(listen, &info) && is_loopback(info->ai_addr);
}

static unsigned
port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = {0};
	socklen_t length = sizeof(address);
	if (getsockname(fd, &address.any, &length) != 0)
		return 0;
	return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
						       : address.v4.sin_port);
}

enum err_code
address_listen(const char *listen_on, int *ret_socket, unsigned *ret_port, struct err *e)
{
	CLEANUP(free_info) struct addrinfo *info = NULL;
	if (!resolve(listen_on, &info))
		return ERR(e, USAGE,
			   "'%s' is no address to listen on, expected for example 127.0.0.1:8080 "
			   "or [::1]:8080",
			   listen_on);
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, errno, "listening on %s", listen_on);
	/* A restart must not wait for the old connections' last packets. */
	int on = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
		int number = errno;
		close(fd);
		return err_errno(e, number, "listening on %s", listen_on);
	}
	*ret_socket = fd;
	*ret_port = port_of(fd);
	return ERR_OK;
}
