/*
 * postgres_value.c -- numbers in network order, `numeric` in digits of 10,000.
 *
 * The binary forms are those of the types' send functions (src/backend/utils/adt: int8send,
 * float8send, boolsend, numeric_send).
 */
#include "postgres_value.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/utf8.h"

/* From the system catalog's own list (pg_type.dat), where they never change. */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_OID = 26,
	TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701,
	TYPE_NUMERIC = 1700,
};

/* --- in --- */

static const Oid type_of_kind[] = {
    [DB_NULL] = 0,         [DB_INT] = TYPE_INT8,   [DB_REAL] = TYPE_FLOAT8,
    [DB_TEXT] = TYPE_TEXT, [DB_BLOB] = TYPE_BYTEA,
};

/* A bit for each parameter in the text.  No other `$` of ours has a digit behind it. */
static uint32_t
find_parameters(const char *sql)
{
	uint32_t found = 0;
	for (const char *p = sql; (p = strchr(p, '$')) != NULL;) {
		unsigned number = 0;
		for (p++; *p >= '0' && *p <= '9'; p++)
			number = number * 10 + (unsigned)(*p - '0');
		assert(number <= POSTGRES_MOST_ARGS);
		if (number > 0)
			found |= UINT32_C(1) << (number - 1);
	}
	return found;
}

static enum err_code
check_text(const struct db_value *v, struct err *e)
{
	if (memchr(v->bytes, '\0', v->length) || utf8_check(v->bytes, v->length) != v->length)
		return ERR(e, MALFORMED, "a text with bytes that are not UTF-8, or with a NUL");
	return ERR_OK;
}

static void
put_number(struct postgres_args *out, int i, uint64_t number)
{
	out->numbers[i] = htobe64(number);
	out->values[i] = (const char *)&out->numbers[i];
	out->lengths[i] = sizeof number;
}

static enum err_code
put_value(struct postgres_args *out, int i, const struct db_value *v, struct err *e)
{
	uint64_t real = 0;
	switch (v->kind) {
	case DB_INT:
		put_number(out, i, (uint64_t)v->integer);
		break;
	case DB_REAL:
		memcpy(&real, &v->real, sizeof real);
		put_number(out, i, real);
		break;
	case DB_TEXT:
		CHECK(check_text(v, e));
		/* fall through */
	case DB_BLOB:
		out->values[i] = v->bytes;
		out->lengths[i] = (int)v->length;
		break;
	case DB_NULL:
		out->types[i] = type_of_kind[v->instead_of];
		return ERR_OK;
	}
	out->types[i] = type_of_kind[v->kind];
	return ERR_OK;
}

/* A parameter that the text does not have must still have a type, and any will do. */
enum err_code
postgres_args_read(struct postgres_args *ret_args, const char *sql, struct db_args args,
		   struct err *e)
{
	uint32_t found = find_parameters(sql);
	assert(args.count <= POSTGRES_MOST_ARGS);
	ret_args->count = (int)args.count;
	ret_args->bytes = strlen(sql);
	while (found >> ret_args->count)
		ret_args->count++;
	for (int i = 0; i < ret_args->count; i++) {
		const struct db_value none = db_null();
		const struct db_value *v = i < (int)args.count ? &args.values[i] : &none;
		ret_args->values[i] = NULL;
		ret_args->lengths[i] = 0;
		ret_args->formats[i] = 1;
		CHECK(put_value(ret_args, i, v, e));
		if (ret_args->types[i] == 0 && !(found >> i & 1))
			ret_args->types[i] = TYPE_TEXT;
		ret_args->bytes += (size_t)ret_args->lengths[i] + 10;
	}
	return ERR_OK;
}

/* --- out --- */

static uint64_t
big_endian(const char *bytes, int length)
{
	uint64_t n = 0;
	for (int i = 0; i < length; i++)
		n = n << 8 | (unsigned char)bytes[i];
	return n;
}

static struct db_value
real_of(double real)
{
	return (struct db_value){.kind = DB_REAL, .real = real};
}

static struct db_value
float_of(const char *bytes, int length)
{
	uint64_t bits = big_endian(bytes, length);
	uint32_t short_bits = (uint32_t)bits;
	float short_real = 0;
	double real = 0;
	memcpy(&short_real, &short_bits, sizeof short_real);
	memcpy(&real, &bits, sizeof real);
	return real_of(length == 4 ? (double)short_real : real);
}

/*
 * count of digits, weight of the first (a power of 10,000), sign, decimals to show; then the
 * digits: those behind the count are zeros.
 */
static struct db_value
numeric_of(const char *bytes)
{
	int count = (int16_t)big_endian(bytes, 2), weight = (int16_t)big_endian(bytes + 2, 2);
	bool negative = big_endian(bytes + 4, 2) == 0x4000, whole = big_endian(bytes + 6, 2) == 0;
	double real = 0;
	for (int i = 0; i < count; i++)
		real = real * 10000 + (int)big_endian(bytes + 8 + 2 * (size_t)i, 2);
	for (int place = weight - count + 1; place > 0; place--)
		real *= 10000;
	for (int place = weight - count + 1; place < 0; place++)
		real /= 10000;
	real = negative ? -real : real;
	return whole && real > -0x1p53 && real < 0x1p53 ? db_int((int64_t)real) : real_of(real);
}

struct db_value
postgres_value_of(const PGresult *result, int row, int column)
{
	if (PQgetisnull(result, row, column))
		return db_null();
	const char *bytes = PQgetvalue(result, row, column);
	int length = PQgetlength(result, row, column);
	struct db_value v = {.kind = DB_TEXT, .bytes = bytes, .length = (size_t)length};
	switch (PQftype(result, column)) {
	case TYPE_BOOL:
	case TYPE_OID:
	case TYPE_INT8:
		return db_int((int64_t)big_endian(bytes, length));
	case TYPE_INT2:
		return db_int((int16_t)big_endian(bytes, length));
	case TYPE_INT4:
		return db_int((int32_t)big_endian(bytes, length));
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
		return float_of(bytes, length);
	case TYPE_NUMERIC:
		return numeric_of(bytes);
	case TYPE_BYTEA:
		v.kind = DB_BLOB;
		break;
	default:
		break;
	}
	return v;
}
