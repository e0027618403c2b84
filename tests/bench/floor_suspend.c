/*
 * floor_suspend.c -- what the bare HTTP library can do where another thread gives the answer: the
 * floor under every request that waits for a commit.
 *
 * libmicrohttpd with poll and two threads takes a POST, suspends its connection and puts it into a
 * queue; one other thread takes whatever is queued and resumes all of it.  Nothing is stored.
 *
 *     floor_suspend        prints "port N", answers 201 until standard input ends
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_SIZE = 512, THREADS = 2, CONNECTIONS = 1024 };

enum step { READING, WAITING };

struct exchange {
	struct MHD_Connection *connection;
	enum step step;
	struct exchange *next; /* in the queue */
};

struct floor {
	struct MHD_Response *response;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t queued;
	struct exchange *queue;
	bool over;
};

static void
put_into_queue(struct floor *f, struct exchange *x)
{
	pthread_mutex_lock(&f->lock);
	x->next = f->queue;
	f->queue = x;
	pthread_cond_signal(&f->queued);
	pthread_mutex_unlock(&f->lock);
}

/* Everything that is queued; NULL: it is over. */
static struct exchange *
take_queue(struct floor *f)
{
	pthread_mutex_lock(&f->lock);
	while (!f->queue && !f->over)
		pthread_cond_wait(&f->queued, &f->lock);
	struct exchange *all = f->queue;
	f->queue = NULL;
	pthread_mutex_unlock(&f->lock);
	return all;
}

static void *
resume_all(void *user)
{
	for (struct exchange *x, *next; (x = take_queue(user)) != NULL;)
		for (; x; x = next) {
			next = x->next; /* resumed, it may be gone */
			MHD_resume_connection(x->connection);
		}
	return NULL;
}

static enum MHD_Result // NOLINTNEXTLINE(readability-function-size): the library's own signature
answer(void *user, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct floor *f = user;
	struct exchange *x = *state;
	(void)url, (void)method, (void)version, (void)upload;
	if (!x) {
		*state = x = calloc(1, sizeof *x);
		return x ? MHD_YES : MHD_NO;
	}
	if (*upload_size > 0) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (x->step == WAITING)
		return MHD_queue_response(connection, MHD_HTTP_CREATED, f->response);
	x->connection = connection;
	x->step = WAITING;
	MHD_suspend_connection(connection);
	put_into_queue(f, x);
	return MHD_YES;
}

static void
finish(void *user, struct MHD_Connection *connection, void **state,
       enum MHD_RequestTerminationCode why)
{
	(void)user, (void)connection, (void)why;
	free(*state);
	*state = NULL;
}

static struct MHD_Daemon *
start_server(struct floor *f)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
				NULL, answer, f, MHD_OPTION_SOCK_ADDR, &address,
				MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
				MHD_OPTION_NOTIFY_COMPLETED, finish, NULL, MHD_OPTION_END);
}

static void
wait_for_end_of_input(void)
{
	char byte;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

static void
stop_resuming(struct floor *f, pthread_t thread)
{
	pthread_mutex_lock(&f->lock);
	f->over = true;
	pthread_cond_signal(&f->queued);
	pthread_mutex_unlock(&f->lock);
	pthread_join(thread, NULL);
}

int
main(void)
{
	char body[ANSWER_SIZE];
	struct floor f = {.lock = PTHREAD_MUTEX_INITIALIZER, .queued = PTHREAD_COND_INITIALIZER};
	pthread_t thread;
	memset(body, 'x', sizeof body);
	f.response = MHD_create_response_from_buffer(sizeof body, body, MHD_RESPMEM_PERSISTENT);
	struct MHD_Daemon *server = start_server(&f);
	if (!server || pthread_create(&thread, NULL, resume_all, &f) != 0) {
		fputs("floor_suspend: it does not start\n", stderr);
		return 1;
	}
	printf("port %u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	wait_for_end_of_input();
	stop_resuming(&f, thread);
	MHD_stop_daemon(server);
	MHD_destroy_response(f.response);
	return 0;
}
