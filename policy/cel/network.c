/*
 * network.c -- the extension `network` of cel-go: addresses and ranges of addresses.
 */
#include "cel/address.h"
#include "cel/operator.h"

static struct cel_value
address_value(struct cel_run *run, enum cel_kind kind, struct cel_address a)
{
	struct cel_address *kept = ARENA_NEW(run->arena, struct cel_address);
	*kept = a;
	return (struct cel_value){.kind = (uint8_t)kind, .address = kept};
}

static struct cel_value
refuse(struct cel_run *run, struct cel_value text, const char *why)
{
	CLEANUP(buf_done) struct buf shown = {0};
	cel_format(text, 60, &shown);
	return cel_fail(run, "%s %s", shown.data, why);
}

/* ---- addresses ---- */

static struct cel_value
ip(struct cel_run *run, const struct cel_value *v)
{
	struct cel_address a;
	const char *wrong = address_parse(*v, &a);
	return wrong ? refuse(run, *v, wrong) : address_value(run, CEL_IP, a);
}

static struct cel_value
is_ip(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	struct cel_address a;
	return cel_bool(!address_parse(*v, &a));
}

static struct cel_value
to_text(struct cel_run *run, const struct cel_value *v)
{
	char text[ADDRESS_TEXT_SIZE];
	address_format(*v, text);
	return text_printf(run, "%s", text);
}

static struct cel_value
is_canonical(struct cel_run *run, const struct cel_value *v)
{
	struct cel_address a;
	const char *wrong = address_parse(*v, &a);
	if (wrong)
		return refuse(run, *v, wrong);
	const struct cel_value address = {.kind = CEL_IP, .address = &a};
	return cel_bool(value_same_text(to_text(run, &address), *v));
}

static struct cel_value
family(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->address->length == 4 ? 4 : 6);
}

/* ---- what an address is for ---- */

/* Blocks of RFC 6890 and RFC 4291. */
// clang-format off
static const struct cel_address
	unspecified[]          = {{4, 32, {0}},             {16, 128, {0}}},
	loopback[]             = {{4, 8, {127}},            {16, 128, {[15] = 1}}},
	multicast[]            = {{4, 4, {224}},            {16, 8, {0xFF}}},
	link_local_unicast[]   = {{4, 16, {169, 254}},      {16, 10, {0xFE, 0x80}}},
	link_local_multicast[] = {{4, 24, {224, 0, 0}}},
	broadcast[]            = {{4, 32, {255, 255, 255, 255}}};
// clang-format on

#define IS_ONE_OF(a, blocks) is_one_of((a), (blocks), ARRAY_LEN(blocks))

static bool
is_one_of(const struct cel_address *a, const struct cel_address *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_within(a, &blocks[i]))
			return true;
	return false;
}

/* Of IPv6, the scope is in the lower half of the second byte: the flags above it may differ. */
static bool
is_link_local_multicast_address(const struct cel_address *a)
{
	if (a->length == 16)
		return a->bytes[0] == 0xFF && (a->bytes[1] & 0x0F) == 0x02;
	return IS_ONE_OF(a, link_local_multicast);
}

static bool
is_global(const struct cel_address *a)
{
	return !IS_ONE_OF(a, unspecified) && !IS_ONE_OF(a, loopback) && !IS_ONE_OF(a, multicast) &&
	       !IS_ONE_OF(a, link_local_unicast) && !IS_ONE_OF(a, broadcast);
}

#define IS(name, expression)                                                                       \
	static struct cel_value name(struct cel_run *run, const struct cel_value *v)               \
	{                                                                                          \
		(void)run;                                                                         \
		const struct cel_address *a = v->address;                                          \
		return cel_bool(expression);                                                       \
	}

IS(is_unspecified, IS_ONE_OF(a, unspecified))
IS(is_loopback, IS_ONE_OF(a, loopback))
IS(is_link_local_unicast, IS_ONE_OF(a, link_local_unicast))
IS(is_link_local_multicast, is_link_local_multicast_address(a))
IS(is_global_unicast, is_global(a))

/* ---- ranges ---- */

static struct cel_value
cidr(struct cel_run *run, const struct cel_value *v)
{
	struct cel_address a;
	const char *wrong = address_parse_range(*v, &a);
	return wrong ? refuse(run, *v, wrong) : address_value(run, CEL_CIDR, a);
}

static struct cel_value
is_cidr(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	struct cel_address a;
	return cel_bool(!address_parse_range(*v, &a));
}

static struct cel_value
contains_ip(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value address = v[1].kind == CEL_STRING ? ip(run, &v[1]) : v[1];
	return cel_is_error(address) ? address
				     : cel_bool(address_within(address.address, v[0].address));
}

static struct cel_value
contains_cidr(struct cel_run *run, const struct cel_value *v)
{
	struct cel_value range = v[1].kind == CEL_STRING ? cidr(run, &v[1]) : v[1];
	if (cel_is_error(range))
		return range;
	return cel_bool(v[0].address->prefix <= range.address->prefix &&
			address_within(range.address, v[0].address));
}

static struct cel_value
address_of(struct cel_run *run, const struct cel_value *v)
{
	struct cel_address a = *v->address;
	a.prefix = 0;
	return address_value(run, CEL_IP, a);
}

static struct cel_address
without_host(struct cel_address a)
{
	for (unsigned bit = a.prefix; bit < a.length * 8u; bit++)
		a.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	return a;
}

static struct cel_value
masked(struct cel_run *run, const struct cel_value *v)
{
	return address_value(run, CEL_CIDR, without_host(*v->address));
}

static struct cel_value
is_mask(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	struct cel_address a = without_host(*v->address);
	return cel_bool(memcmp(a.bytes, v->address->bytes, sizeof a.bytes) == 0);
}

static struct cel_value
prefix_length(struct cel_run *run, const struct cel_value *v)
{
	(void)run;
	return cel_int(v->address->prefix);
}

// clang-format off
const struct cel_function network_functions[] = {
	{"ip",                   "(string!) net.IP",             ip,                      "an address of IPv4 or IPv6, from its text"},
	{"isIP",                 "(string) bool",               is_ip,                   "whether the text is such an address"},
	{"ip.isCanonical",       "(string) bool",               is_canonical,            "whether the address is written as RFC 5952 says: small letters, shortest"},
	{"string",               "(net.IP) string",             to_text,                 "as RFC 5952 writes it"},
	{"string",               "(net.CIDR) string",           to_text,                 NULL},
	{"family",               "net.IP.() int",               family,                  "4 or 6"},
	{"isUnspecified",        "net.IP.() bool",              is_unspecified,          "whether it is 0.0.0.0 or ::"},
	{"isLoopback",           "net.IP.() bool",              is_loopback,             "whether it is of 127.0.0.0/8, or ::1"},
	{"isGlobalUnicast",      "net.IP.() bool",              is_global_unicast,       "whether it may be one host's: private ones too; not loopback, link-local, multicast, broadcast"},
	{"isLinkLocalUnicast",   "net.IP.() bool",              is_link_local_unicast,   "whether it is of 169.254.0.0/16 or fe80::/10"},
	{"isLinkLocalMulticast", "net.IP.() bool",              is_link_local_multicast, "whether it is of 224.0.0.0/24 or ff02::/16"},
	{"cidr",                 "(string!) net.CIDR",           cidr,                    "a range of addresses: \"192.168.0.0/24\"; bits of a host may be set"},
	{"isCIDR",               "(string) bool",               is_cidr,                 "whether the text is such a range"},
	{"containsIP",           "net.CIDR.(net.IP) bool",      contains_ip,             "whether the address is of the range"},
	{"containsIP",           "net.CIDR.(string) bool",      contains_ip,             NULL},
	{"containsCIDR",         "net.CIDR.(net.CIDR) bool",    contains_cidr,           "whether all of the other range is of the range"},
	{"containsCIDR",         "net.CIDR.(string) bool",      contains_cidr,           NULL},
	{"ip",                   "net.CIDR.() net.IP",          address_of,              "the address of the range as it was written"},
	{"masked",               "net.CIDR.() net.CIDR",        masked,                  "the range without bits of a host"},
	{"isMask",               "net.CIDR.() bool",            is_mask,                 "whether no bits of a host are set"},
	{"prefixLength",         "net.CIDR.() int",             prefix_length,           "how many bits are the network's"},
	{0},
};
// clang-format on
