/*
 * address.h -- addresses of the Internet Protocol and their ranges (RFC 4632, RFC 4291; written as
 * RFC 5952 says).
 */
#ifndef WEFT_POLICY_ADDRESS_H
#define WEFT_POLICY_ADDRESS_H

#include "cel/value.h"

/* What a value of the kinds CEL_IP and CEL_CIDR points to. */
struct cel_address {
	uint8_t length; /* of the bytes: 4 or 16 */
	uint8_t prefix; /* of a range: how many bits are the network's */
	uint8_t bytes[16];
};

enum { ADDRESS_TEXT_SIZE = 52 };

/* address_parse -- NULL, or why the text is no address.  ::ffff:c0a8:1 is 192.168.0.1; written with
 * dots it is refused, since it reads as something else. */
const char *address_parse(struct cel_value text, struct cel_address *ret_address);

/* address_parse_range -- "192.168.0.0/24"; the same, but no IPv4 address within IPv6 at all. */
const char *address_parse_range(struct cel_value text, struct cel_address *ret_range);

/* address_format -- of a CEL_IP or CEL_CIDR. */
void address_format(struct cel_value v, char ret_text[ADDRESS_TEXT_SIZE]);

/* address_within -- whether the first `prefix` bits of the range are those of the address. */
bool address_within(const struct cel_address *a, const struct cel_address *range);

bool address_equal(struct cel_value a, struct cel_value b);

#endif
