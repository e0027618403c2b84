/*
 * service_manager.c -- datagrams to $NOTIFY_SOCKET; nobody waits for them, and nobody minds when
 * one does not arrive.
 */
#include "service_manager.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINE = 500 };

/* A path, or "@name" in the abstract namespace, where a NUL stands for the @. */
static bool
take_address(struct service_manager *m, const char *name)
{
	size_t length = name ? strlen(name) : 0;
	if (length < 2 || length >= sizeof m->address.sun_path || (*name != '/' && *name != '@'))
		return false;
	m->address.sun_family = AF_UNIX;
	memcpy(m->address.sun_path, name, length + 1);
	m->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (*name == '@')
		m->address.sun_path[0] = '\0';
	return true;
}

/* WATCHDOG_PID says whose it is, when it is somebody's. */
static moment
watchdog_of_environment(void)
{
	const char *micros = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	if (!micros || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	long long n = strtoll(micros, NULL, 10);
	return n > 0 ? n : 0;
}

void
manager_open(struct service_manager *m)
{
	static const char *const variables[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};
	*m = (struct service_manager){.socket = -1};
	if (take_address(m, getenv("NOTIFY_SOCKET")))
		m->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (m->socket >= 0)
		m->watchdog = watchdog_of_environment();
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
}

void
manager_close(struct service_manager *m)
{
	if (m->socket >= 0)
		close(m->socket);
	m->socket = -1;
}

void
manager_tell(const struct service_manager *m, const char *lines)
{
	const struct sockaddr *to = (const struct sockaddr *)&m->address;
	if (m->socket < 0)
		return;
	ssize_t sent = sendto(m->socket, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT, to,
			      m->address_length);
	(void)sent;
}

void
manager_status(const struct service_manager *m, const char *format, ...)
{
	char line[MOST_LINE] = "STATUS=";
	size_t begun = strlen(line);
	va_list values;
	va_start(values, format);
	vsnprintf(line + begun, sizeof line - begun, format, values);
	va_end(values);
	manager_tell(m, line);
}

/* The moment tells this reload's READY=1 from one that was still on its way. */
void
manager_reloading(const struct service_manager *m)
{
	char lines[MOST_LINE];
	snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic());
	manager_tell(m, lines);
}
