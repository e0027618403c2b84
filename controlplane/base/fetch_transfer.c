/*
 * fetch_transfer.c -- what libcurl is told of a request, and what it tells.
 *
 * libcurl is told the limits and calls back with pieces of the answer.  Redirects are followed only
 * for a GET or HEAD that carries no token: then there is nothing that another host must not see,
 * and nothing is sent twice.
 */
#include "fetch_transfer.h"

#include <string.h>
#include <strings.h>

enum { MOST_REDIRECTS = 5, CONNECT_SECONDS = 10, KEEP_ALIVE_SECONDS = 30 };

static const size_t usual_most = (size_t)64 << 20;
static const int64_t usual_deadline = INT64_C(30) * 1000000;

void
transfer_done(struct transfer *t)
{
	curl_easy_cleanup(t->curl);
	curl_slist_free_all(t->headers);
	buf_done(&t->body);
}

static bool
is_success(CURL *curl)
{
	long status = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

/* libcurl takes any number but `size` as "stop here". */
static size_t
take_bytes(char *bytes, size_t one, size_t size, void *user)
{
	struct transfer *t = user;
	(void)one; /* always 1 */
	if (t->request->on_bytes && is_success(t->curl)) {
		t->is_stopped = !t->request->on_bytes(t->request->user, bytes, size);
		return t->is_stopped ? CURL_WRITEFUNC_ERROR : size;
	}
	if (size > t->most - t->body.length) {
		t->is_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	buf_append(&t->body, bytes, size);
	return size;
}

static bool
has_line_end(const char *text)
{
	return strpbrk(text, "\r\n") != NULL;
}

static enum err_code
check_request(const struct fetch_request *q, struct err *e)
{
	if (strncmp(q->url, "http://", 7) != 0 && strncmp(q->url, "https://", 8) != 0)
		return ERR(e, UNREACHABLE, "'%s' does not begin with http:// or https://", q->url);
	if (q->bearer && has_line_end(q->bearer))
		return ERR(e, UNREACHABLE, "the token for '%s' holds a line end", q->url);
	for (size_t i = 0; q->headers && q->headers[i]; i++)
		if (has_line_end(q->headers[i]))
			return ERR(e, UNREACHABLE, "a header for '%s' holds a line end", q->url);
	return ERR_OK;
}

static void
add_header(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);
	if (longer)
		t->headers = longer;
}

static void
set_headers(struct transfer *t)
{
	const struct fetch_request *q = t->request;
	bool has_type = false;
	for (size_t i = 0; q->headers && q->headers[i]; i++) {
		has_type = has_type || strncasecmp(q->headers[i], "Content-Type:", 13) == 0;
		add_header(t, q->headers[i]);
	}
	add_header(t, "Expect:"); /* no waiting for 100 Continue */
	if (!has_type)
		add_header(t, "Content-Type:"); /* libcurl would call a body a form */
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
	if (q->bearer) {
		curl_easy_setopt(t->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(t->curl, CURLOPT_XOAUTH2_BEARER, q->bearer);
	}
}

static bool
is_method(const struct fetch_request *q, const char *name)
{
	return strcmp(q->method ? q->method : "GET", name) == 0;
}

static void
set_method(struct transfer *t)
{
	const struct fetch_request *q = t->request;
	bool is_get = is_method(q, "GET"), is_head = is_method(q, "HEAD");
	if (q->body || is_method(q, "POST") || is_method(q, "PUT") || is_method(q, "PATCH")) {
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_length);
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, q->body ? q->body : "");
	}
	if (is_head)
		curl_easy_setopt(t->curl, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, q->method ? q->method : "GET");
	curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION,
			 (is_get || is_head) && !q->bearer ? 1L : 0L);
	curl_easy_setopt(t->curl, CURLOPT_MAXREDIRS, (long)MOST_REDIRECTS);
}

/* A stream has no deadline of its own; the kernel's probes notice when the other side is gone. */
static void
set_limits(struct transfer *t)
{
	int64_t deadline = t->request->deadline ? t->request->deadline : usual_deadline;
	if (deadline > 0)
		curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)((deadline + 999) / 1000));
	curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(t->curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(t->curl, CURLOPT_TCP_KEEPIDLE, (long)KEEP_ALIVE_SECONDS);
	curl_easy_setopt(t->curl, CURLOPT_TCP_KEEPINTVL, (long)KEEP_ALIVE_SECONDS);
}

/* What runs on this machine is asked directly, whatever proxy the environment names for others. */
static void
set_proxy(struct transfer *t)
{
	CLEANUP(arena_done) struct arena arena = {0};
	const char *origin = fetch_origin(&arena, t->request->url);
	if (origin && fetch_is_loopback(origin))
		curl_easy_setopt(t->curl, CURLOPT_PROXY, "");
}

static void
set_up(struct transfer *t)
{
	curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL,
			 1L); /* signals are the program's, not a thread's */
	curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (t->request->ca)
		curl_easy_setopt(t->curl, CURLOPT_CAINFO, t->request->ca);
	curl_easy_setopt(t->curl, CURLOPT_URL, t->request->url);
	curl_easy_setopt(t->curl, CURLOPT_USERAGENT, "weft/" WEFT_VERSION);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->problem);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	set_method(t);
	set_headers(t);
	set_limits(t);
	set_proxy(t);
}

static enum err_code
complain(const struct transfer *t, CURLcode result, struct err *e)
{
	const char *url = t->request->url;
	if (t->is_too_large)
		return ERR(e, TOO_LARGE, "'%s' answered with more than %zu bytes", url, t->most);
	const char *why = *t->problem ? t->problem : curl_easy_strerror(result);
	if (result == CURLE_OPERATION_TIMEDOUT)
		return ERR(e, TIMEOUT, "'%s' took too long: %s", url, why);
	return ERR(e, UNREACHABLE, "'%s' cannot be reached: %s", url, why);
}

static const char *
header_of(CURL *curl, const char *name, struct arena *arena)
{
	struct curl_header *header;
	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return NULL;
	return arena_text(arena, header->value);
}

static struct fetch_response
response_of(const struct transfer *t, struct arena *arena)
{
	long status = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	const char *type = header_of(t->curl, "Content-Type", arena);
	return (struct fetch_response){
	    .status = (int)status,
	    .content_type = type ? type : "",
	    .etag = header_of(t->curl, "ETag", arena),
	    .body = arena_bytes(arena, t->body.data, t->body.length),
	    .body_length = t->body.length,
	};
}

enum err_code
transfer_begin(struct transfer *t, const struct fetch_request *request, struct err *e)
{
	*t = (struct transfer){.request = request,
			       .most = request->most ? request->most : usual_most};
	enum err_code code = check_request(request, e);
	if (code)
		return code;
	t->curl = curl_easy_init();
	if (!t->curl)
		return ERR(e, UNREACHABLE, "'%s': no memory for a request", request->url);
	set_up(t);
	return ERR_OK;
}

enum err_code
transfer_end(const struct transfer *t, CURLcode result, struct arena *arena,
	     struct fetch_response *ret_response, struct err *e)
{
	if (result != CURLE_OK && !t->is_stopped)
		return complain(t, result, e);
	*ret_response = response_of(t, arena);
	return ERR_OK;
}
