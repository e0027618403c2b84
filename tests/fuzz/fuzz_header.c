/*
 * fuzz_header.c -- conditions and media types, as lines of a header.
 */
#include "fuzz.h"
#include "one_request.h"

/* What names the tag strongly names it weakly, too; and what names it has it between quotes. */
static void
check_conditions(struct one_request *r, const char *etag)
{
	const struct request *rq = &r->exchange.rq;
	const char *list = request_header(rq, "If-Match");
	struct response rs = {.etag = etag};
	bool holds = if_match_holds(rq, etag);
	MUST(list ? !if_match_holds(rq, NULL) : holds);
	if (!list || !holds)
		return;
	struct one_request again;
	one_request_init(&again);
	one_request_header(&again, "If-None-Match", list);
	MUST(precondition_not_modified(&again.exchange.rq, &rs));
	again.exchange.rq.method = POST;
	MUST(!precondition_not_modified(&again.exchange.rq, &rs));
	one_request_done(&again);
	char quoted[20];
	snprintf(quoted, sizeof quoted, "\"%s\"", etag);
	MUST(strstr(list, quoted) || strchr(list, '*'));
}

static void
check_not_modified(struct one_request *r, const char *etag)
{
	const struct request *rq = &r->exchange.rq;
	struct response good = {.etag = etag}, bad = {.etag = etag, .status = 404}, bare = {0};
	if (precondition_not_modified(rq, &good))
		MUST(request_header(rq, "If-None-Match"));
	MUST(!precondition_not_modified(rq, &bad) && !precondition_not_modified(rq, &bare));
}

static void
check_media(struct one_request *r)
{
	static const char *const types[] = {"application/json", "application/yaml", "text/plain",
					    "text/event-stream"};
	const struct request *rq = &r->exchange.rq;
	const char *media_type = NULL;
	struct err e = {0};
	if (request_media_type(rq, &media_type, &e))
		MUST(e.code == ERR_MEDIA_TYPE && e.message[0]);
	else
		MUST(strcmp(media_type, types[0]) == 0 || strcmp(media_type, types[1]) == 0);
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		for (size_t k = 0; k < ARRAY_LEN(types); k++)
			MUST(!request_prefers(rq, types[i], types[k]) ||
			     !request_prefers(rq, types[k], types[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct one_request r;
	char *text = fuzz_text(bytes, length);
	one_request_init(&r);
	one_request_header_lines(&r, text);
	check_conditions(&r, "7");
	check_conditions(&r, "12345");
	check_not_modified(&r, "7");
	check_media(&r);
	one_request_done(&r);
	free(text);
	return 0;
}
