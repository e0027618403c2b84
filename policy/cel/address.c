/*
 * address.c -- reading and writing addresses.
 */
#include "cel/address.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { IPV4 = 4, IPV6 = 16, GROUPS = 8, MOST_TEXT = 64 };

/* ---- reading ---- */

static const uint8_t mapped_start[12] = {[10] = 0xFF, [11] = 0xFF};

static bool
is_mapped(const struct cel_address *a)
{
	return a->length == IPV6 && memcmp(a->bytes, mapped_start, sizeof mapped_start) == 0;
}

static const char *
parse_text(const char *text, struct cel_address *ret_address)
{
	struct cel_address a = {.length = strchr(text, ':') ? IPV6 : IPV4};
	if (strchr(text, '%'))
		return "has a zone, which is not allowed";
	if (inet_pton(a.length == IPV4 ? AF_INET : AF_INET6, text, a.bytes) != 1)
		return "is no IP address";
	if (is_mapped(&a) && strchr(text, '.'))
		return "is an IPv4 address within IPv6, which is not allowed";
	*ret_address = a;
	return NULL;
}

/* A short text with its NUL; false when it cannot be an address. */
static bool
copy_text(struct cel_value v, char ret_text[MOST_TEXT])
{
	if (v.count >= MOST_TEXT || (v.count && memchr(v.text, '\0', v.count)))
		return false;
	if (v.count)
		memcpy(ret_text, v.text, v.count);
	ret_text[v.count] = '\0';
	return true;
}

const char *
address_parse(struct cel_value text, struct cel_address *ret_address)
{
	char copy[MOST_TEXT];
	struct cel_address a;
	const char *wrong = copy_text(text, copy) ? parse_text(copy, &a) : "is no IP address";
	if (wrong)
		return wrong;
	if (is_mapped(&a)) {
		memmove(a.bytes, a.bytes + sizeof mapped_start, IPV4);
		memset(a.bytes + IPV4, 0, IPV6 - IPV4);
		a.length = IPV4;
	}
	*ret_address = a;
	return NULL;
}

/* "24": without a sign and leading zeros. */
static bool
parse_prefix(const char *text, unsigned most, uint8_t *ret_prefix)
{
	unsigned n = 0;
	if (!*text || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text) ||
	    (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++)
		n = n * 10 + (unsigned)(*text - '0');
	*ret_prefix = (uint8_t)n;
	return n <= most;
}

const char *
address_parse_range(struct cel_value text, struct cel_address *ret_range)
{
	char copy[MOST_TEXT];
	struct cel_address a;
	char *slash = copy_text(text, copy) ? strchr(copy, '/') : NULL;
	if (!slash)
		return "is no range of addresses";
	*slash = '\0';
	const char *wrong = parse_text(copy, &a);
	if (wrong)
		return strcmp(wrong, "is no IP address") ? wrong : "is no range of addresses";
	if (is_mapped(&a))
		return "is an IPv4 address within IPv6, which is not allowed";
	if (!parse_prefix(slash + 1, a.length * 8u, &a.prefix))
		return "has no length of 0 to 32 bits, of IPv6 to 128";
	*ret_range = a;
	return NULL;
}

/* ---- writing ---- */

/* The longest run of two or more groups that are zero, the first of several. */
static void
find_zeros(const unsigned groups[GROUPS], int *ret_start, int *ret_length)
{
	*ret_start = -1, *ret_length = 1;
	for (int i = 0; i < GROUPS; i++) {
		int length = 0;
		while (i + length < GROUPS && groups[i + length] == 0)
			length++;
		if (length > *ret_length)
			*ret_start = i, *ret_length = length;
		i += length;
	}
}

static int
format_ipv6(const uint8_t *bytes, char *ret_text)
{
	unsigned groups[GROUPS];
	int start, length, used = 0;
	for (size_t i = 0; i < GROUPS; i++)
		groups[i] = (unsigned)bytes[i * 2] << 8 | bytes[i * 2 + 1];
	find_zeros(groups, &start, &length);
	for (int i = 0; i < GROUPS; i++) {
		if (i == start) {
			used += sprintf(ret_text + used, "::");
			i += length - 1;
			continue;
		}
		bool first = i == 0 || (start >= 0 && i == start + length);
		used += sprintf(ret_text + used, "%s%x", first ? "" : ":", groups[i]);
	}
	return used;
}

void
address_format(struct cel_value v, char ret_text[ADDRESS_TEXT_SIZE])
{
	const uint8_t *b = v.address->bytes;
	int used = v.address->length == IPV6
		       ? format_ipv6(b, ret_text)
		       : sprintf(ret_text, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	if (v.kind == CEL_CIDR)
		sprintf(ret_text + used, "/%u", v.address->prefix);
}

/* ---- comparing ---- */

bool
address_within(const struct cel_address *a, const struct cel_address *range)
{
	unsigned whole = range->prefix / 8, rest = range->prefix % 8;
	if (a->length != range->length || memcmp(a->bytes, range->bytes, whole) != 0)
		return false;
	return rest == 0 || (a->bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}

bool
address_equal(struct cel_value a, struct cel_value b)
{
	return a.address->length == b.address->length && a.address->prefix == b.address->prefix &&
	       memcmp(a.address->bytes, b.address->bytes, a.address->length) == 0;
}
