/*
 * control.c -- the file that is shared with the test, and the counting.
 */
#include "control.h"

#include <sys/mman.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One page that nobody arms stands in when there is no file: everything passes. */
static struct fault_control nothing;
static struct fault_control *control = &nothing;

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_CONTROL");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (page == MAP_FAILED) {
		perror(path);
		_exit(99);
	}
	control = page;
}

bool
fault_counts(enum fault_kind kind)
{
	return (control->kinds & (uint32_t)kind) != 0;
}

bool
fault_strikes(enum fault_kind kind)
{
	if (!fault_counts(kind))
		return false;
	uint64_t number = ++control->seen, first = control->nth;
	if (first == 0 || number < first || (control->times && number - first >= control->times))
		return false;
	control->failed++;
	errno = control->error;
	return true;
}

int
fault_error(void)
{
	return control->error;
}

bool
fault_is_short(void)
{
	return control->is_short != 0;
}

bool
fault_means_path(const char *path)
{
	size_t length = strlen(control->folder);
	return strncmp(path, control->folder, length) == 0;
}

bool
fault_means_file(int file)
{
	char link[40], path[4096];
	if (!control->folder[0])
		return true;
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return false;
	path[length] = '\0';
	return fault_means_path(path);
}

bool
fault_means_socket(int socket)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;
	if (control->port == 0)
		return true;
	return getpeername(socket, (struct sockaddr *)&address, &size) == 0 &&
	       address.sin_family == AF_INET && ntohs(address.sin_port) == control->port;
}

void *
fault_real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);
	if (!found) {
		fprintf(stderr, "fault: there is no %s to call\n", name);
		_exit(99);
	}
	return found;
}
