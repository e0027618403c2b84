/*
 * serve.c -- the composition root of the server: makes every service in order, waits for a signal,
 * ends them in reverse.
 *
 *     config -> store -> identity -> governance -> provision -> policies -> http -> (serve) -> and
 * back
 */
#include <sys/resource.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/config.h"
#include "base/log.h"
#include "catalog/event_log.h"
#include "governance/agents.h"
#include "governance/standing.h"

#include "drain_limit.h"
#include "policy_folder.h"
#include "reload.h"
#include "service_manager.h"
#include "subcommand.h"

const char serve_help[] = "Runs the server until it gets SIGINT or SIGTERM; then it finishes what "
			  "it has accepted and exits.\n"
			  "\n"
			  "  weft serve --dev                               try it: anyone on this "
			  "machine is an administrator\n"
			  "  weft serve --data /var/lib/weft                every request needs a "
			  "token; the first start writes an\n"
			  "                                                 administrator's to "
			  "/var/lib/weft/admin.token\n"
			  "\n"
			  "SIGHUP reads log_level, the certificate and the policies again; no "
			  "connection is dropped.  After\n"
			  "SIGTERM it is not ready for drain_delay, then refuses what is new and "
			  "finishes what it has accepted,\n"
			  "within drain_limit; a second signal ends it at once.\n"
			  "\n"
			  "Settings, as flags, in the environment (WEFT_LISTEN=...) or in the YAML "
			  "file that --config names\n"
			  "(--sample-config prints one to start from):\n"
			  "\n";

enum {
	CHECKPOINT_EVERY = 10, /* seconds */
	OTHER_FILES = 64,      /* beside connections and readers: the writer, plugins, keys, logs */
};

/* One of the program's two globals: readiness, looked at by /readyz. */
static _Atomic bool is_ready;

static bool
asks_for(const char *flag, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], flag) == 0)
			return true;
	return false;
}

static int
print_help(const struct command *self)
{
	CLEANUP(buf_done) struct buf settings = {0};
	config_help(&settings);
	printf("usage: weft %s %s\n\n%s%s", self->name, self->arguments, self->help, settings.data);
	return 0;
}

static int
print_sample(void)
{
	CLEANUP(buf_done) struct buf sample = {0};
	config_sample(&sample);
	fputs(sample.data, stdout);
	return 0;
}

static enum err_code
check_settings(const struct config *config, struct err *e)
{
	enum log_level level;
	if (!log_level_from_name(config->log_level, &level))
		return ERR(e, USAGE, "log_level: expected error, warn, info or debug, found '%s'",
			   config->log_level);
	log_set_level(level);
	if (!is_checkpoint_origin(config->origin))
		return ERR(e, USAGE,
			   "origin: '%s' cannot name a log; expected printable text without spaces "
			   "and '+'",
			   config->origin);
	if (config->dev && !is_loopback_address(config->listen))
		return ERR(e, USAGE,
			   "--dev lets anyone in and listens on loopback only, not on '%s'; leave "
			   "--dev out to use tokens",
			   config->listen);
	if (!*config->tls_cert != !*config->tls_key)
		return ERR(e, USAGE, "tls_cert and tls_key: one is of no use without the other");
	return ERR_OK;
}

/* ---- starting */

struct server {
	struct config config;
	struct services services;
	struct http *http;
	struct standing *standing;
	struct service_manager manager;
	struct reload reload;
	sigset_t signals;
};

static unsigned
readers_of(const struct config *config)
{
	return (unsigned)config->threads + HTTP_WORKERS + 2;
}

/*
 * A server that has no file left to open cannot even turn anybody away, and tries without end.  So
 * what its connections and readers need is asked for before it starts.
 */
static enum err_code
allow_files(const struct config *config, struct err *e)
{
	const rlim_t wanted = (rlim_t)config->max_connections + 3 * (rlim_t)readers_of(config) +
			      (rlim_t)config->opa_at_once + OTHER_FILES;
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return ERR_OK;
	const rlim_t most = limit.rlim_max;
	limit.rlim_cur = wanted;
	if (wanted > most || setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return ERR(e, USAGE,
			   "max_connections: %lld of them need %llu open files, and the limit is "
			   "%llu (ulimit -n)",
			   (long long)config->max_connections, (unsigned long long)wanted,
			   (unsigned long long)most);
	return ERR_OK;
}

static const char *
text_or_none(const char *text)
{
	return *text ? text : NULL;
}

static enum err_code
allow_asking(struct server *server, struct err *e)
{
	const struct config *config = &server->config;
	const struct agents_options options = {
	    .addresses = config->opa,
	    .token = config->opa_token,
	    .ca = config->opa_ca,
	    .at_once = (unsigned)config->opa_at_once,
	    .metrics = server->services.metrics,
	};
	struct agents *agents;
	enum err_code code = agents_create(&options, &agents, e);
	if (code == ERR_OK)
		governance_ask(server->services.governance, agents);
	return code;
}

static enum err_code
start_services(struct server *server, struct err *e)
{
	struct services *s = &server->services;
	s->metrics = metrics_create();
	const struct store_options options = {
	    .folder = server->config.data,
	    .database = text_or_none(server->config.store),
	    .origin = server->config.origin,
	    .mode = STORE_SERVE,
	    .readers = (int)readers_of(&server->config),
	    .metrics = s->metrics,
	    .queue = (int)server->config.commit_queue,
	};
	s->config = &server->config;
	s->ready = &is_ready;
	enum err_code code = store_open(&options, &s->store, e);
	if (code != ERR_OK)
		return code;
	s->cache = answer_cache_create(s->store, (size_t)server->config.cache_bytes);
	s->identity = identity_create(s->store, server->config.dev);
	if (!server->config.dev)
		code = identity_first_start(s->store, e);
	if (code == ERR_OK)
		code = governance_create(s->store, &s->governance, e);
	if (code == ERR_OK)
		code = allow_asking(server, e);
	if (code == ERR_OK)
		code = provision_create(s->store, &server->config, s->metrics, &s->provision, e);
	return code == ERR_OK ? provision_start(s->provision, e) : code;
}

static enum err_code
start_standing(struct server *server, struct err *e)
{
	const struct standing_options options = {
	    .store = server->services.store,
	    .governance = server->services.governance,
	    .metrics = server->services.metrics,
	    .interval = SECONDS(server->config.standing_interval),
	};
	return standing_start(&options, &server->standing, e);
}

static enum err_code
define_policies(struct server *server, struct err *e)
{
	struct policy_folder_report report;
	const char *folder = server->config.policies;
	return *folder ? policy_folder_define(server->services.governance, folder, &report, e)
		       : ERR_OK;
}

/* What is left of the limit is for commits and plugins, which are waited for after the clients. */
static unsigned
patience_with_clients(const struct config *config)
{
	return (unsigned)((config->drain_limit * 3 + 3) / 4);
}

static enum err_code
start_http(struct server *server, struct err *e)
{
	const struct http_options options = {
	    .listen = server->config.listen,
	    .threads = (unsigned)server->config.threads,
	    .max_connections = (unsigned)server->config.max_connections,
	    .timeout_seconds = (unsigned)server->config.request_timeout,
	    .drain_seconds = patience_with_clients(&server->config),
	    .certificate = text_or_none(server->config.tls_cert),
	    .key = text_or_none(server->config.tls_key),
	    .max_body = (size_t)server->config.max_body,
	    .tables = api_tables,
	    .app = &server->services,
	    .metrics = server->services.metrics,
	    .authorize = api_authorize,
	};
	return http_start(&options, &server->http, e);
}

/* In reverse; whatever was not made is NULL. */
static void
stop(struct server *server)
{
	struct services *s = &server->services;
	is_ready = false;
	if (server->http)
		http_stop(server->http);
	governance_ask_no_more(s->governance);
	standing_stop(server->standing);
	provision_destroy(s->provision);
	governance_destroy(s->governance);
	identity_destroy(s->identity);
	answer_cache_destroy(s->cache);
	store_close(s->store);
	metrics_destroy(s->metrics);
	manager_close(&server->manager);
}

/* ---- running */

/*
 * Somebody who kept a checkpoint can prove what came before it: so one is signed soon after the
 * log has grown.
 */
static void
sign_checkpoint(struct store *store)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *note;
	struct err e;
	if (checkpoint_latest(store, &arena, &note, &e) != ERR_OK)
		LOG(WARN, "checkpoint not signed", "error", e.message);
}

static void
announce(const struct server *server)
{
	const struct config *c = &server->config;
	printf("weft is ready on port %u%s, data in %s%s\n", http_port(server->http),
	       *c->tls_cert ? " (https)" : "", c->data,
	       c->dev ? " (development: anyone on this machine is an administrator)" : "");
	if (!c->dev)
		printf("the administrator's token is in %s/admin.token\n", c->data);
	fflush(stdout);
}

static void
tell_ready(const struct server *server)
{
	manager_status(&server->manager, "serving on port %u", http_port(server->http));
	manager_tell(&server->manager, "READY=1");
}

static void
take_up_anew(struct server *server)
{
	manager_reloading(&server->manager);
	manager_status(&server->manager, "reading certificate, policies and log level again");
	reload_measure(&server->reload, reload_all(&server->reload));
	tell_ready(server);
}

/* How long to wait for a signal at the most: nobody may think that we are dead. */
static moment
heartbeat(const struct server *server)
{
	const moment watchdog = server->manager.watchdog, usual = SECONDS(CHECKPOINT_EVERY);
	return watchdog && watchdog / 2 < usual ? watchdog / 2 : usual;
}

static int
next_signal(const struct server *server)
{
	const moment beat = heartbeat(server);
	const struct timespec patience = {.tv_sec = beat / SECONDS(1),
					  .tv_nsec = beat % SECONDS(1) * 1000};
	return sigtimedwait(&server->signals, NULL, &patience);
}

/* The signals are blocked in every thread (block_signals), so that this is where they arrive. */
static int
serve_until_stopped(struct server *server)
{
	moment sign_at = clock_monotonic() + SECONDS(CHECKPOINT_EVERY);
	for (;;) {
		int number = next_signal(server);
		manager_tell(&server->manager, "WATCHDOG=1");
		if (number > 0 && number != SIGHUP)
			return number;
		if (number == SIGHUP)
			take_up_anew(server);
		if (clock_monotonic() < sign_at)
			continue;
		sign_checkpoint(server->services.store);
		sign_at = clock_monotonic() + SECONDS(CHECKPOINT_EVERY);
	}
}

static void
block_signals(sigset_t *ret_signals)
{
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGINT);
	sigaddset(ret_signals, SIGTERM);
	sigaddset(ret_signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
}

/* From here on the end is near in any case, but nobody who was accepted is let down before. */
static void
begin_drain(struct server *server, int number)
{
	const struct config *c = &server->config;
	struct err e;
	LOG(INFO, "stopping", "signal", strsignal(number));
	is_ready = false;
	manager_tell(&server->manager, "STOPPING=1");
	manager_status(&server->manager, "finishing what was accepted");
	sigdelset(&server->signals, SIGHUP);
	if (drain_limit_begin(&server->signals, SECONDS(c->drain_delay + c->drain_limit), &e) !=
	    ERR_OK)
		LOG(WARN, "no limit to stopping", "error", e.message);
	sleep((unsigned)c->drain_delay);
}

static void
run(struct server *server)
{
	is_ready = true;
	announce(server);
	reload_measure(&server->reload, true);
	tell_ready(server);
	begin_drain(server, serve_until_stopped(server));
	sign_checkpoint(server->services.store);
}

static enum err_code
start(struct server *server, struct err *e)
{
	manager_open(&server->manager);
	block_signals(&server->signals);
	enum err_code code = start_services(server, e);
	if (code == ERR_OK)
		code = define_policies(server, e);
	if (code == ERR_OK)
		code = start_standing(server, e);
	if (code == ERR_OK)
		code = start_http(server, e);
	server->reload.services = &server->services;
	server->reload.http = server->http;
	return code;
}

int
serve_run(const struct command *self, int argc, char **argv)
{
	if (asks_for("--help", argc, argv) || asks_for("-h", argc, argv))
		return print_help(self);
	if (asks_for("--sample-config", argc, argv))
		return print_sample();

	CLEANUP(arena_done) struct arena arena = {0};
	struct server server = {.reload = {.argc = argc, .argv = argv}};
	struct err e;
	enum err_code code = config_load(argc, argv, &arena, &server.config, &e);
	if (code == ERR_OK)
		code = check_settings(&server.config, &e);
	if (code == ERR_OK)
		code = allow_files(&server.config, &e);
	if (code != ERR_OK)
		return subcommand_failed(&e);

	code = start(&server, &e);
	if (code == ERR_OK)
		run(&server);
	stop(&server);
	return code == ERR_OK ? 0 : subcommand_failed(&e);
}
