/*
 * media.c -- what a body is, and which form the client would rather have.
 *
 * Source: RFC 9110, sections 8.3 (Content-Type) and 12.5.1 (Accept); RFC 9512 (application/yaml);
 * RFC 6838 (+json, +yaml).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http.h"

static const char yaml[] = "application/yaml", json[] = "application/json";

/* Every name that the two kinds of document go by. */
static const struct {
	const char *name, *media_type;
} document_types[] = {
    {"application/json", json},     {"text/json", json}, {"application/yaml", yaml},
    {"application/x-yaml", yaml},   {"text/yaml", yaml}, {"text/x-yaml", yaml},
    {"application/vnd.yaml", yaml},
};

/* The length of "type/subtype" at `p`, without blanks and parameters. */
static size_t
type_length(const char *p)
{
	return strcspn(p, " \t;,");
}

static bool
is_type(const char *p, size_t length, const char *name)
{
	return strlen(name) == length && strncasecmp(p, name, length) == 0;
}

static bool
has_suffix(const char *p, size_t length, const char *suffix)
{
	size_t size = strlen(suffix);
	return length > size && strncasecmp(p + length - size, suffix, size) == 0;
}

/* The value of a parameter such as q or charset behind a type, or NULL; ends at the next ';' or
 * ','. */
static const char *
find_parameter(const char *p, const char *name)
{
	size_t length = strlen(name);
	while (*p && *p != ',') {
		p += strspn(p, " \t;");
		if (strncasecmp(p, name, length) == 0 && p[length] == '=')
			return p + length + 1;
		p += strcspn(p, ";,");
	}
	return NULL;
}

static bool
is_utf8_charset(const char *value)
{
	if (*value == '"')
		value++;
	return strncasecmp(value, "utf-8", 5) == 0 || strncasecmp(value, "utf8", 4) == 0 ||
	       strncasecmp(value, "us-ascii", 8) == 0;
}

static const char *
document_type(const char *p, size_t length)
{
	for (size_t i = 0; i < ARRAY_LEN(document_types); i++)
		if (is_type(p, length, document_types[i].name))
			return document_types[i].media_type;
	return has_suffix(p, length, "+json") ? json : has_suffix(p, length, "+yaml") ? yaml : NULL;
}

enum err_code
request_media_type(const struct request *rq, const char **ret_media_type, struct err *e)
{
	const char *header = request_header(rq, "Content-Type");
	if (!header || !*header) {
		*ret_media_type = yaml;
		return ERR_OK;
	}
	size_t length = type_length(header);
	const char *found = document_type(header, length);
	if (!found)
		return ERR(e, MEDIA_TYPE,
			   "the body is '%.*s'; send application/yaml or application/json",
			   (int)length, header);
	const char *charset = find_parameter(header + length, "charset");
	if (charset && !is_utf8_charset(charset))
		return ERR(e, MEDIA_TYPE, "the body is not UTF-8 by its charset '%.*s'",
			   (int)strcspn(charset, ";\""), charset);
	*ret_media_type = found;
	return ERR_OK;
}

enum err_code
request_document(struct request *rq, struct node *ret_root, const char **ret_media_type,
		 struct err *e)
{
	const char *media_type = NULL;
	if (request_media_type(rq, &media_type, e) != ERR_OK)
		return e->code;
	enum document_format format = media_type == json ? DOCUMENT_JSON : DOCUMENT_YAML;
	if (document_read(format, rq->body, rq->body_length, NULL, rq->arena, ret_root, e) !=
	    ERR_OK)
		return e->code;
	if (ret_media_type)
		*ret_media_type = media_type;
	return ERR_OK;
}

/* How exactly a range of Accept names the type: 3 wholly, 2 "application/" and a star, 1 two stars,
 * 0 not at all. */
static int
range_fits(const char *range, size_t length, const char *media_type)
{
	size_t kind = strcspn(media_type, "/") + 1;
	if (is_type(range, length, media_type))
		return 3;
	if (length == kind + 1 && range[kind] == '*' && strncasecmp(range, media_type, kind) == 0)
		return 2;
	return is_type(range, length, "*/*") ? 1 : 0;
}

struct preference {
	double quality;
	int exactness;
};

/* What the most exact range that fits says of this type. */
static struct preference
weigh(const char *accept, const char *media_type)
{
	struct preference best = {0};
	for (const char *p = accept; *p;) {
		p += strspn(p, " \t,");
		size_t length = type_length(p);
		int exactness = range_fits(p, length, media_type);
		if (exactness > best.exactness) {
			const char *q = find_parameter(p + length, "q");
			best = (struct preference){q ? strtod(q, NULL) : 1.0, exactness};
		}
		p += strcspn(p, ",");
	}
	return best;
}

bool
request_prefers(const struct request *rq, const char *media_type, const char *otherwise)
{
	const char *accept = request_header(rq, "Accept");
	if (!accept)
		return false;
	struct preference this = weigh(accept, media_type), that = weigh(accept, otherwise);
	if (this.quality <= 0)
		return false;
	return this.quality > that.quality ||
	       (this.quality >= that.quality && this.exactness > that.exactness);
}

bool
request_wants(const struct request *rq, const char *media_type)
{
	return request_prefers(rq, media_type, json);
}
