/*
 * test_cli_commands.c -- whole commands against a server that answers by a table: what they ask,
 * show, and exit with.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_first.h"
#include "fake_server.h"
#include "folder.h"
#include "run_weft.h"

static struct run r;
static struct fake_server *server;
static struct folder folder;
static char path[300], other_path[300];

#define PROBLEM "application/problem+json"

static const char good_document[] =
    "name: retail.accounts\nowner: team\ndomain: retail\naccess: []\n";

/* The server is started by each test; this ends it. */
static int
set_up(void **state)
{
	(void)state;
	unsetenv("WEFT_SERVER");
	unsetenv("WEFT_TOKEN");
	unsetenv("WEFT_TOKEN_FILE");
	folder_make(&folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (server)
		fake_server_stop(server);
	server = NULL;
	folder_remove(&folder);
	return 0;
}

static void
serve(const struct fake_answer *answers)
{
	server = fake_server_start(answers);
	setenv("WEFT_SERVER", fake_server_url(server), 1);
}

/* ---- publish */

// clang-format off
static const struct fake_answer publishing[] = {
	{"POST", "/api/v1/products", 201, NULL,
	 "{\"name\":\"retail.accounts\",\"version\":\"1.1.0\",\"outcome\":\"updated\",\"event\":42,"
	 "\"verdicts\":[{\"policy\":\"a\",\"outcome\":\"satisfied\"},{\"policy\":\"b\",\"outcome\":\"satisfied\"},"
	 "{\"policy\":\"c\",\"outcome\":\"violated\"}],"
	 "\"violations\":[{\"policy\":\"c\",\"enforcement\":\"warn\",\"message\":\"an owner should be a team\","
	 "\"pointer\":\"/owner\",\"line\":2,\"column\":8,\"suggestion\":\"a-team\"}],"
	 "\"changes\":[{\"level\":\"minor\",\"message\":\"column 'x' was added\",\"pointer\":\"/schema/3\"}],"
	 "\"resources\":[{\"role\":\"storage\",\"plugin\":\"filesystem\",\"name\":\"default\",\"state\":\"wanted\"}]}"},
	{0},
};

static const struct fake_answer refusing[] = {
	{"POST", "/api/v1/products", 422, PROBLEM,
	 "{\"title\":\"Refused\",\"status\":422,\"detail\":\"refused for 1 reason\",\"violations\":["
	 "{\"policy\":\"pii-requires-access-controls\",\"rule\":\"1\",\"enforcement\":\"deny\","
	 "\"message\":\"PII data requires access controls\",\"pointer\":\"/access\",\"line\":4,\"column\":9}]}"},
	{0},
};
// clang-format on

static void
a_publish_shows_what_became_of_it(void **state)
{
	(void)state;
	serve(publishing);
	run_weft(&r, "publish", file_in(folder.path, "a.yaml", good_document, path), NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "retail.accounts 1.1.0  updated by event 42\n"
				   "  minor     column 'x' was added\n"
				   "  policies  2 satisfied, 1 not\n"
				   "  storage   filesystem/default wanted\n");
	assert_non_null(strstr(r.err, "a.yaml:2:8: warning: an owner should be a team [c]\n"
				      "    2 │ owner: team\n"
				      "      │        ^\n"
				      "      = try: a-team\n"));
	assert_string_equal(fake_server_last(server)->method, "POST");
	assert_string_equal(fake_server_last(server)->target, "/api/v1/products");
	assert_string_equal(fake_server_last(server)->type, "application/yaml");
	assert_string_equal(fake_server_last(server)->body, good_document);
}

static void
a_refusal_shows_the_line_and_exits_with_1(void **state)
{
	(void)state;
	serve(refusing);
	run_weft(&r, "publish", file_in(folder.path, "a.yaml", good_document, path), NULL);
	assert_int_equal(r.status, 1);
	assert_string_equal(r.out, "");
	assert_non_null(strstr(r.err, "a.yaml:4:9: denied: PII data requires access controls"
				      " [pii-requires-access-controls]\n"
				      "    4 │ access: []\n"
				      "      │         ^\n"));
}

static void
a_refusal_as_json_is_the_problem_document(void **state)
{
	(void)state;
	serve(refusing);
	run_weft(&r, "publish", "--json", file_in(folder.path, "a.yaml", good_document, path),
		 NULL);
	assert_int_equal(r.status, 1);
	assert_memory_equal(r.out, refusing[0].body, strlen(refusing[0].body));
	assert_non_null(strstr(r.err, "a.yaml: error: refused for 1 reason\n"));
}

static void
a_dry_run_says_so_to_the_server(void **state)
{
	(void)state;
	serve(publishing);
	run_weft(&r, "publish", "-n", file_in(folder.path, "a.json", "{}", path), NULL);
	assert_string_equal(fake_server_last(server)->target, "/api/v1/products?dry_run=true");
	assert_string_equal(fake_server_last(server)->type, "application/json");
}

static void
all_files_are_tried_and_counted(void **state)
{
	(void)state;
	serve(publishing);
	run_weft(&r, "publish", file_in(folder.path, "a.yaml", good_document, path),
		 "/no/such.yaml", file_in(folder.path, "b.yaml", good_document, other_path), NULL);
	assert_int_equal(r.status, 2);
	assert_int_equal(fake_server_requests(server), 2);
	assert_non_null(strstr(r.err, "error: /no/such.yaml: No such file or directory\n"));
	assert_non_null(strstr(r.err, "3 files: 2 updated, 1 not found\n"));
}

static void
a_mistake_with_a_place_is_shown_in_the_file(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"POST", "/api/v1/products", 400, PROBLEM,
	     "{\"status\":400,\"detail\":\"a list is not closed\",\"line\":1,\"column\":7}"},
	    {0}};
	serve(answers);
	run_weft(&r, "publish", file_in(folder.path, "a.yaml", "name: [\n", path), NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "a.yaml:1:7: error: a list is not closed\n"
				      "    1 │ name: [\n"
				      "      │       ^\n"));
}

static void
a_failure_as_json_is_the_problem_document(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/products/a.b", 404, PROBLEM,
	     "{\"status\":404,\"detail\":\"no data product\"}"},
	    {0}};
	serve(answers);
	run_weft(&r, "get", "a.b", "--json", NULL);
	assert_int_equal(r.status, 2);
	assert_string_equal(r.out, "{\"status\":404,\"detail\":\"no data product\"}\n");
	assert_string_equal(r.err, "weft: no data product\n");
}

/* ---- exit statuses */

static void
each_kind_of_failure_has_its_exit_status(void **state)
{
	(void)state;
	static const struct {
		int http, exit;
	} rows[] = {{400, 2}, {401, 4}, {403, 4}, {404, 2}, {409, 1}, {412, 1},
		    {413, 2}, {415, 2}, {418, 2}, {422, 1}, {429, 3}, {500, 3},
		    {502, 3}, {503, 3}, {504, 3}, {507, 3}, {599, 3}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct fake_answer answers[] = {
		    {"GET", "/api/v1/whoami", rows[i].http, PROBLEM, "{\"detail\":\"so it is\"}"},
		    {0}};
		serve(answers);
		run_weft(&r, "whoami", NULL);
		assert_int_equal(r.status, rows[i].exit);
		assert_non_null(strstr(r.err, "weft: so it is\n"));
		fake_server_stop(server);
		server = NULL;
	}
}

static void
a_server_that_is_not_there_is_3(void **state)
{
	(void)state;
	run_weft(&r, "list", "--server", "http://127.0.0.1:1", NULL);
	assert_int_equal(r.status, 3);
	assert_non_null(strstr(r.err, "http://127.0.0.1:1/api/v1/products"));
	assert_non_null(strstr(r.err, "--server URL"));
	run_weft(&r, "publish", "--server", "http://127.0.0.1:1",
		 file_in(folder.path, "a.yaml", "a: 1\n", path),
		 file_in(folder.path, "b.yaml", "a: 1\n", other_path), NULL);
	assert_int_equal(r.status, 3);
	assert_non_null(strstr(r.err, "2 files: 1 failed, 1 not tried\n"));
}

static void
what_is_no_weft_server_is_3(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/whoami", 200, "text/html", "<html>hello</html>"},
	    {"GET", "/api/v1/products", 404, "text/html", "<html>not here</html>"},
	    {"GET", "/api/v1/plugins", 200, NULL, "{\"items\": ["},
	    {"GET", "/api/v1/domains", 200, NULL, "[1]"},
	    {0}};
	serve(answers);
	static const char *const commands[] = {"whoami", "list", "plugins"};
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		run_weft(&r, commands[i], NULL);
		assert_int_equal(r.status, 3);
		assert_string_equal(r.out, "");
	}
	run_weft(&r, "domain", "list", NULL);
	assert_int_equal(r.status, 3);
}

static void
misuse_is_2_and_names_the_way_to_help(void **state)
{
	(void)state;
	run_weft(&r, "publish", NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "see 'weft publish --help'\n"));
	run_weft(&r, "list", "--limt", "5", NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "did you mean '--limit'?\n"));
	run_weft(&r, "token", "creat", NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "did you mean 'create'?"));
	run_weft(&r, "whoami", "me", NULL);
	assert_int_equal(r.status, 2);
	run_weft(&r, "get", "a.b", "c.d", NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "'c.d' is one word too many"));
	run_weft(&r, "list", "--server", "nonsense", NULL);
	assert_int_equal(r.status, 2);
	run_weft(&r, "retire", "a.b", NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "--reason"));
}

static void
help_is_no_failure_and_asks_no_server(void **state)
{
	(void)state;
	run_weft(&r, "lineage", "--help", "--server", "http://127.0.0.1:1", NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "Usage: weft lineage NODE [options]"));
	assert_non_null(strstr(r.out, "weft lineage risk.exposure#amount --up --columns"));
	assert_non_null(strstr(r.out, "-u, --up"));
	run_weft(&r, "audit", "--help", NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "\n  checkpoint  "));
}

static void
an_answer_that_cannot_be_written_is_3(void **state)
{
	(void)state;
	FILE *full = fopen("/dev/full", "w");
	assert_non_null(full);
	run_weft_into(full, &r, "schema", NULL);
	fclose(full);
	assert_int_equal(r.status, 3);
	assert_non_null(strstr(r.err, "writing to standard output: No space left on device"));
}

static void
a_reader_that_has_seen_enough_ends_it_quietly(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	FILE *closed = fdopen(ends[1], "w");
	signal(SIGPIPE, SIG_IGN); /* as the program does */
	run_weft_into(closed, &r, "schema", NULL);
	fclose(closed);
	assert_int_not_equal(r.status, 0);
	assert_string_equal(r.err, "");
}

/* ---- who is asking */

// clang-format off
static const struct fake_answer whoami[] = {
	{"GET", "/api/v1/whoami", 200, NULL, "{\"name\":\"retail-pipeline\",\"role\":\"publisher\",\"domains\":[\"retail\",\"cards\"]}"},
	{0},
};
// clang-format on

static void
a_token_comes_from_flag_file_or_environment(void **state)
{
	(void)state;
	serve(whoami);
	file_in(folder.path, "token", "from-file\n", path);
	setenv("WEFT_TOKEN", "from-environment", 1);
	run_weft(&r, "whoami", NULL);
	assert_string_equal(fake_server_last(server)->authorization, "Bearer from-environment");
	run_weft(&r, "whoami", "--token-file", path, NULL);
	assert_string_equal(fake_server_last(server)->authorization, "Bearer from-file");
	run_weft(&r, "whoami", "--token-file", path, "--token", "from-flag", NULL);
	assert_string_equal(fake_server_last(server)->authorization, "Bearer from-flag");
	unsetenv("WEFT_TOKEN");
	setenv("WEFT_TOKEN_FILE", path, 1);
	run_weft(&r, "whoami", NULL);
	assert_string_equal(fake_server_last(server)->authorization, "Bearer from-file");
	unsetenv("WEFT_TOKEN_FILE");
	run_weft(&r, "whoami", NULL);
	assert_string_equal(fake_server_last(server)->authorization, "");
	assert_string_equal(r.out, "name     retail-pipeline\n"
				   "role     publisher\n"
				   "domains  retail, cards\n");
	run_weft(&r, "whoami", "--token-file", "/no/such", NULL);
	assert_int_equal(r.status, 2);
}

/* ---- lists */

// clang-format off
static const struct fake_answer pages[] = {
	{"GET", "/api/v1/products?domain=a%20b", 200, NULL, "{\"items\":[],\"next\":null}"},
	{"GET", "/api/v1/products?domain=a b", 200, NULL, "{\"items\":[],\"next\":null}"},
	{"GET", "/api/v1/products?limit=100&cursor=c1", 200, NULL,
	 "{\"items\":[{\"name\":\"b.b\",\"version\":\"2.0.0\",\"domain\":\"d\",\"owner\":\"o\",\"status\":\"active\","
	 "\"standing\":\"violating\",\"classification\":null,\"personal\":false}],\"next\":null}"},
	{"GET", "/api/v1/products?limit=99&cursor=c1", 200, NULL,
	 "{\"items\":[{\"name\":\"b.b\",\"version\":\"2.0.0\",\"domain\":\"d\",\"owner\":\"o\",\"status\":\"active\","
	 "\"standing\":\"violating\",\"classification\":null,\"personal\":false}],\"next\":null}"},
	{"GET", "/api/v1/products", 200, NULL,
	 "{\"items\":[{\"name\":\"a.a\",\"version\":\"1.0.0\",\"domain\":\"d\",\"owner\":\"o\",\"status\":\"active\","
	 "\"standing\":\"compliant\",\"classification\":\"public\",\"personal\":true}],\"next\":\"c1\"}"},
	{0},
};
// clang-format on

static void
a_list_follows_the_pages(void **state)
{
	(void)state;
	serve(pages);
	run_weft(&r, "list", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out,
			    "NAME  VERSION  DOMAIN  OWNER  STATUS  STANDING   CLASSIFICATION  PII\n"
			    "a.a   1.0.0    d       o      active  compliant  public          pii\n"
			    "b.b   2.0.0    d       o      active  violating\n");
	run_weft(&r, "list", "--json", NULL);
	assert_non_null(strstr(r.out, "\"name\":\"a.a\""));
	assert_non_null(strstr(r.out, "\"name\":\"b.b\""));
	assert_non_null(strstr(r.out, "],\"next\":null}\n"));
}

static void
a_limit_ends_the_list_and_says_that_there_is_more(void **state)
{
	(void)state;
	serve(pages);
	run_weft(&r, "list", "--limit", "1", NULL);
	assert_null(strstr(r.out, "b.b"));
	assert_non_null(strstr(r.err, "there are more than 1"));
	assert_string_equal(fake_server_last(server)->target, "/api/v1/products?limit=1");
}

static void
filters_are_escaped(void **state)
{
	(void)state;
	serve(pages);
	run_weft(&r, "list", "--domain", "a b", "--pii", "--tag", "x&y", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "");
	assert_string_equal(r.err, "no products\n");
	assert_string_equal(fake_server_last(server)->target,
			    "/api/v1/products?domain=a b&tag=x&y&pii=true&limit=100");
}

/* ---- one product */

static void
a_document_comes_byte_for_byte(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {{"GET", "/api/v1/products/a.b/versions/1.0.0",
						      200, "application/yaml",
						      "name:   a.b # as it was\r\n"},
						     {0}};
	serve(answers);
	run_weft(&r, "get", "a.b", "--version", "1.0.0", "--yaml", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, answers[0].body);
	assert_string_equal(fake_server_last(server)->accept, "application/yaml");
}

static void
a_product_is_shown_with_its_columns(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/products/a.b", 200, NULL,
	     "{\"product\":{\"name\":\"a.b\",\"owner\":\"team\",\"domain\":\"d\",\"description\":"
	     "\"What it is\","
	     "\"sla\":{\"freshness\":\"1 hour\"},"
	     "\"schema\":[{\"name\":\"id\",\"type\":\"STRING\",\"pii\":true,\"key\":true}]},"
	     "\"version\":\"1.0.0\",\"status\":\"active\",\"standing\":\"compliant\","
	     "\"published_at\":\"2026-11-23T02:39:30.123456Z\",\"published_by\":\"me\",\"event\":7,"
	     "\"hash\":\"ab\"}"},
	    {0}};
	serve(answers);
	run_weft(&r, "get", "a.b", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "a.b 1.0.0  compliant\n"
				   "  What it is\n"
				   "  domain     d\n"
				   "  owner      team\n"
				   "  status     active\n"
				   "  freshness  1 hour\n"
				   "  published  2026-11-23 02:39:30Z\n"
				   "  by         me\n"
				   "  event      7\n"
				   "  hash       ab\n"
				   "\n"
				   "COLUMN  TYPE    PII  KEY  CLASSIFICATION  DESCRIPTION\n"
				   "id      STRING  pii  key\n");
}

static void
a_check_is_red_or_green(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"POST", "/api/v1/products/a.b/quality", 200, NULL,
	     "{\"passed\":false,\"checks\":[{\"check\":\"unique\",\"columns\":[\"id\"],\"passed\":"
	     "true,\"message\":\"unique(id): every value occurs once\"},"
	     "{\"check\":\"row_count\",\"columns\":[],\"passed\":false,\"message\":\"0 rows, at "
	     "least 1 expected\"}]}"},
	    {"POST", "/api/v1/products/c.d/quality", 200, NULL,
	     "{\"passed\":true,\"checks\":[{\"check\":\"unique\",\"columns\":[\"id\"],\"passed\":"
	     "true}]}"},
	    {0}};
	serve(answers);
	run_weft(&r, "check", "a.b", NULL);
	assert_int_equal(r.status, 1);
	assert_string_equal(r.out, "✔ unique(id): every value occurs once\n"
				   "✘ row_count: 0 rows, at least 1 expected\n");
	assert_string_equal(r.err, "2 checks, 1 failed\n");
	run_weft(&r, "check", "c.d", NULL);
	assert_int_equal(r.status, 0);
}

static void
compliance_is_1_when_a_policy_is_violated(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/products/a.b/compliance", 200, NULL,
	     "{\"name\":\"a.b\",\"version\":\"1.0.0\",\"standing\":\"violating\",\"policies\":["
	     "{\"policy\":\"p\",\"scope\":\"global\",\"enforcement\":\"deny\",\"outcome\":"
	     "\"violated\",\"since\":\"2026-11-23T02:39:30.000000Z\","
	     "\"violations\":[{\"message\":\"too short\"},{\"message\":\"too old\"}]}]}"},
	    {0}};
	serve(answers);
	run_weft(&r, "compliance", "a.b", NULL);
	assert_int_equal(r.status, 1);
	assert_string_equal(
	    r.out,
	    "a.b 1.0.0  violating\n"
	    "\n"
	    "POLICY  SCOPE   ENFORCEMENT  VERDICT   SINCE                 WHY\n"
	    "p       global  deny         violated  2026-11-23 02:39:30Z  too short; too old\n");
}

static void
retiring_gives_the_reason(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"DELETE", "/api/v1/products/a.b", 200, NULL,
	     "{\"name\":\"a.b\",\"outcome\":\"retired\",\"event\":9}"},
	    {0}};
	serve(answers);
	run_weft(&r, "retire", "a.b", "--reason", "no longer needed", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(fake_server_last(server)->target,
			    "/api/v1/products/a.b?reason=no longer needed");
	assert_non_null(strstr(r.out, "a.b  retired by event 9"));
}

/* ---- lineage */

static void
a_node_is_named_as_people_name_it(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/lineage", 200, NULL,
	     "{\"root\":\"product:a.b\",\"nodes\":[{\"id\":\"product:a.b\",\"kind\":\"product\","
	     "\"name\":\"a.b\","
	     "\"domain\":\"d\"}],\"edges\":[],\"next\":null}"},
	    {0}};
	serve(answers);
	static const struct {
		const char *word, *target;
	} rows[] = {
	    {"a.b", "?node=product:a.b&direction=up&level=product"},
	    {"a.b#c", "?node=column:a.b#c&direction=up&level=column"},
	    {"column:a.b#c", "?node=column:a.b#c&direction=up&level=column"},
	    {"s3://x|y", "?node=dataset:s3://x|y&direction=up&level=product"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		run_weft(&r, "lineage", rows[i].word, "--up", NULL);
		assert_int_equal(r.status, 0);
		assert_string_equal(fake_server_last(server)->target + strlen("/api/v1/lineage"),
				    rows[i].target);
	}
	run_weft(&r, "lineage", "a.b", "--columns", "--depth", "2", NULL);
	assert_string_equal(fake_server_last(server)->target,
			    "/api/v1/lineage?node=product:a.b&direction=both&level=column&depth=2");
	assert_string_equal(r.out, "made from\n"
				   "a.b  d\n"
				   "└─ nothing that is known\n"
				   "\n"
				   "goes into\n"
				   "a.b  d\n"
				   "└─ nothing so far\n");
}

/* ---- events */

#define EVENT(seq, kind, body)                                                                     \
	"{\"seq\":" seq                                                                            \
	",\"time\":\"2026-11-23T02:39:30.123456Z\",\"actor\":\"me\",\"kind\":\"" kind              \
	"\",\"subject\":\"a.b\",\"body\":" body "}"
#define PUBLISHED                                                                                  \
	EVENT("7", "product.published",                                                            \
	      "{\"version\":\"1.0.0\",\"change\":\"created\",\"standing\":\"compliant\"}")
#define CHECKED EVENT("8", "quality.checked", "{\"passed\":false}")

static void
events_are_lines(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/events?after=6", 200, NULL,
	     "{\"items\":[" PUBLISHED "," CHECKED "],\"next\":\"x\"}"},
	    {"GET", "/api/v1/events?after=8", 200, NULL, "{\"items\":[],\"next\":null}"},
	    {0}};
	serve(answers);
	run_weft(&r, "events", "--after", "6", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "     7  2026-11-23 02:39:30Z  product.published  a.b           "
				   "                  me                1.0.0 created compliant\n"
				   "     8  2026-11-23 02:39:30Z  quality.checked    a.b           "
				   "                  me                failed\n");
	run_weft(&r, "events", "--after", "6", "--json", "--limit", "1", NULL);
	assert_string_equal(r.out, PUBLISHED "\n");
}

static void
following_reads_the_stream_and_takes_it_up_again(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/events?after=6", 200, "text/event-stream",
	     ": hello\n\nid: 7\nevent: product.published\ndata: " PUBLISHED "\n\n"},
	    {"GET", "/api/v1/events?after=7", 200, "text/event-stream",
	     "id: 8\r\ndata: " CHECKED "\r\n\r\n"},
	    {0}};
	serve(answers);
	run_weft(&r, "events", "--follow", "--after", "6", "--limit", "2", "--json", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, PUBLISHED "\n" CHECKED "\n");
	assert_int_equal(fake_server_requests(server), 2);
}

static void
a_stream_that_is_refused_is_not_tried_again(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"GET", "/api/v1/events", 403, PROBLEM, "{\"detail\":\"auditors only\"}"}, {0}};
	serve(answers);
	run_weft(&r, "events", "--follow", "--after", "6", NULL);
	assert_int_equal(r.status, 4);
	assert_non_null(strstr(r.err, "auditors only"));
	assert_int_equal(fake_server_requests(server), 1);
}

/* ---- tokens, policies, domains */

static void
a_new_token_stands_alone_on_standard_output(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"POST", "/api/v1/tokens", 201, NULL, "{\"id\":\"4f2a\",\"token\":\"weft_secret\"}"},
	    {0}};
	serve(answers);
	run_weft(&r, "token", "create", "--name", "p", "--role", "publisher", "--domain", "a",
		 "--domain", "b", "--expires", "2030-01-02", NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "weft_secret\n");
	assert_string_equal(fake_server_last(server)->body,
			    "{\"name\":\"p\",\"role\":\"publisher\",\"domains\":[\"a\",\"b\"],"
			    "\"expires\":\"2030-01-02T00:00:00.000000Z\"}");
	run_weft(&r, "token", "create", "--name", "p", "--role", "reader", "--expires", "90 days",
		 NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(fake_server_last(server)->body, "\"expires\":\"20"));
}

static void
a_token_that_makes_no_sense_is_not_asked_for(void **state)
{
	(void)state;
	static const struct fake_answer none[] = {{0}};
	serve(none);
	run_weft(&r, "token", "create", "--name", "p", NULL);
	assert_int_equal(r.status, 2);
	run_weft(&r, "token", "create", "--name", "p", "--role", "king", NULL);
	assert_int_equal(r.status, 2);
	run_weft(&r, "token", "create", "--name", "p", "--role", "publisher", NULL);
	assert_int_equal(r.status, 2);
	run_weft(&r, "token", "create", "--name", "p", "--role", "reader", "--expires", "soon",
		 NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "'soon' is neither a length of time"));
	assert_int_equal(fake_server_requests(server), 0);
}

static void
a_document_is_put_under_its_own_name(void **state)
{
	(void)state;
	static const struct fake_answer answers[] = {
	    {"PUT", "/api/v1/domains/retail", 201, NULL,
	     "{\"name\":\"retail\",\"outcome\":\"created\"}"},
	    {0}};
	serve(answers);
	run_weft(&r, "domain", "put",
		 file_in(folder.path, "d.yaml", "name: retail\ntags: [x]\n", path), NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "retail  created\n");
	assert_string_equal(fake_server_last(server)->body, "name: retail\ntags: [x]\n");
	run_weft(&r, "domain", "put", file_in(folder.path, "d.yaml", "tags: [x]\n", path), NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "d.yaml:1:1: error: the document has no 'name'\n"));
	assert_int_equal(fake_server_requests(server), 1);
}

/* ---- without a server */

static void
validate_judges_by_the_ready_made_policies(void **state)
{
	(void)state;
	run_weft(&r, "validate",
		 file_in(folder.path, "a.yaml",
			 "name: retail.accounts\nowner: team\ndomain: retail\nschema:\n  - {name: "
			 "id, type: STRING, pii: true}\n"
			 "quality_checks:\n  - unique: id\naccess: []\n",
			 path),
		 NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(
	    r.err,
	    "a.yaml:8:9: denied: PII data requires access controls [pii-requires-access-controls]\n"
	    "    8 │ access: []\n"
	    "      │         ^\n"));
	assert_non_null(strstr(r.err, "judged without a server"));
	assert_non_null(strstr(r.out, "retail.accounts  refused"));
}

static void
validate_knows_the_domain_only_by_its_tags(void **state)
{
	(void)state;
	file_in(folder.path, "a.yaml",
		"name: retail.accounts\nowner: team\ndomain: retail\nschema:\n  - {name: id, type: "
		"STRING}\n"
		"quality_checks:\n  - unique: id\n",
		path);
	run_weft(&r, "validate", path, NULL);
	assert_int_equal(r.status, 0);
	run_weft(&r, "validate", path, "--domain-tag", "finance", "--json", NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "\"policy\":\"financial-data-retention\""));
	assert_string_equal(r.err, "");
}

static const char own_policy[] =
    "kind: Policy\nname: owners-are-teams\nscope: global\nenforcement: deny\nvalidations:\n"
    "  - expression: product.owner.endsWith('-team')\n    message: an owner is a team\n"
    "    pointer: /owner\n"
    "tests:\n  - name: a person may not\n"
    "    product: {name: a.b, owner: ada, domain: d, schema: [{name: x, type: STRING}]}\n"
    "    expect: deny\n";

/* `text` with its first `what` replaced; valid until the next call. */
static const char *
replaced(const char *text, const char *what, const char *by)
{
	static char result[2000];
	const char *place = strstr(text, what);
	assert_non_null(place);
	snprintf(result, sizeof result, "%.*s%s%s", (int)(place - text), text, by,
		 place + strlen(what));
	return result;
}

static void
validate_takes_policies_from_files(void **state)
{
	(void)state;
	file_in(folder.path, "policy.yaml", own_policy, other_path);
	file_in(folder.path, "a.yaml",
		"name: retail.accounts\nowner: ada\ndomain: retail\nschema:\n  - {name: id, type: "
		"STRING}\n"
		"quality_checks:\n  - unique: id\n",
		path);
	run_weft(&r, "validate", path, "--policy", other_path, NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(
	    strstr(r.err, "a.yaml:2:8: denied: an owner is a team [owners-are-teams]\n"));
}

static void
validate_shows_what_is_malformed(void **state)
{
	(void)state;
	run_weft(&r, "validate", file_in(folder.path, "a.yaml", "name: [\n", path),
		 file_in(folder.path, "b.yaml", "name: a.b\nretension: 7 years\n", other_path),
		 NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "a.yaml:"));
	assert_non_null(
	    strstr(r.err, "b.yaml:2:1: error: unknown key 'retension' [unknown-key]\n"));
	assert_non_null(strstr(r.err, "2 files: 2 malformed\n"));
}

static void
policy_tests_are_a_table_and_fail_with_1(void **state)
{
	(void)state;
	run_weft(&r, "policy", "test", file_in(folder.path, "p.yaml", own_policy, path), NULL);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "POLICY            TEST              EXPECTED  FOUND  RESULT\n"
				   "owners-are-teams  a person may not  deny      deny   passed\n");
	assert_string_equal(r.err, "1 policy, 1 test, 0 failed\n");

	const char *wrong = replaced(own_policy, "expect: deny", "expect: pass");
	run_weft(&r, "policy", "test", file_in(folder.path, "p.yaml", wrong, path), NULL);
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.out, "FAILED\n"));
	assert_non_null(strstr(r.err, "p.yaml:10:"));

	run_weft(&r, "policy", "test", NULL);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "pii-requires-access-controls"));
}

static void
a_policy_that_does_not_compile_is_2(void **state)
{
	(void)state;
	const char *wrong = replaced(own_policy, "owner.endsWith", "ownr.endsWith");
	run_weft(&r, "policy", "test", file_in(folder.path, "p.yaml", wrong, path), NULL);
	assert_int_equal(r.status, 2);
	assert_non_null(strstr(r.err, "p.yaml:6:"));
	assert_non_null(strstr(r.err, "[expression]"));
}

static void
the_schema_is_json(void **state)
{
	(void)state;
	run_weft(&r, "schema", NULL);
	assert_int_equal(r.status, 0);
	assert_int_equal(r.out[0], '{');
	assert_non_null(strstr(r.out, "quality_checks"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_publish_shows_what_became_of_it),
	    TEST(a_refusal_shows_the_line_and_exits_with_1),
	    TEST(a_refusal_as_json_is_the_problem_document),
	    TEST(a_failure_as_json_is_the_problem_document),
	    TEST(a_dry_run_says_so_to_the_server),
	    TEST(all_files_are_tried_and_counted),
	    TEST(a_mistake_with_a_place_is_shown_in_the_file),
	    TEST(each_kind_of_failure_has_its_exit_status),
	    TEST(a_server_that_is_not_there_is_3),
	    TEST(what_is_no_weft_server_is_3),
	    TEST(misuse_is_2_and_names_the_way_to_help),
	    TEST(help_is_no_failure_and_asks_no_server),
	    TEST(an_answer_that_cannot_be_written_is_3),
	    TEST(a_reader_that_has_seen_enough_ends_it_quietly),
	    TEST(a_token_comes_from_flag_file_or_environment),
	    TEST(a_list_follows_the_pages),
	    TEST(a_limit_ends_the_list_and_says_that_there_is_more),
	    TEST(filters_are_escaped),
	    TEST(a_document_comes_byte_for_byte),
	    TEST(a_product_is_shown_with_its_columns),
	    TEST(a_check_is_red_or_green),
	    TEST(compliance_is_1_when_a_policy_is_violated),
	    TEST(retiring_gives_the_reason),
	    TEST(a_node_is_named_as_people_name_it),
	    TEST(events_are_lines),
	    TEST(following_reads_the_stream_and_takes_it_up_again),
	    TEST(a_stream_that_is_refused_is_not_tried_again),
	    TEST(a_new_token_stands_alone_on_standard_output),
	    TEST(a_token_that_makes_no_sense_is_not_asked_for),
	    TEST(a_document_is_put_under_its_own_name),
	    TEST(validate_judges_by_the_ready_made_policies),
	    TEST(validate_knows_the_domain_only_by_its_tags),
	    TEST(validate_takes_policies_from_files),
	    TEST(validate_shows_what_is_malformed),
	    TEST(policy_tests_are_a_table_and_fail_with_1),
	    TEST(a_policy_that_does_not_compile_is_2),
	    TEST(the_schema_is_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
