/*
 * floor_http.c -- what the bare HTTP library can do: the floor under every request.
 *
 * libmicrohttpd with poll and two threads answers everything with the same kilobyte.  The answer is
 * queued in the handler's second call: queued in the first, the library closes the connection.
 *
 *     floor_http        prints "port N", answers until standard input ends
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_SIZE = 1024, THREADS = 2, CONNECTIONS = 512 };

static enum MHD_Result // NOLINTNEXTLINE(readability-function-size): the library's own signature
answer(void *user, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **state)
{
	static int seen;
	(void)url, (void)method, (void)version, (void)upload;
	*upload_size = 0;
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, user);
}

static void
wait_for_end_of_input(void)
{
	char byte;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

int
main(void)
{
	char body[ANSWER_SIZE];
	memset(body, 'x', sizeof body);
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(sizeof body, body, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/json");

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct MHD_Daemon *server = MHD_start_daemon(
	    MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL, answer, response, MHD_OPTION_SOCK_ADDR,
	    &address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS, MHD_OPTION_END);
	if (!server) {
		fputs("floor_http: libmicrohttpd does not start\n", stderr);
		return 1;
	}
	printf("port %u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	wait_for_end_of_input();
	MHD_stop_daemon(server);
	MHD_destroy_response(response);
	return 0;
}
