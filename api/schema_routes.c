/*
 * schema_routes.c -- what documents may hold, for editors and for people: derived from the tables
 * that read them.
 */
#include "descriptor/descriptor.h"
#include "policy/fact_fields.h"
#include "policy/policy.h"

#include "handling.h"
#include "routes.h"

static const char *const none[] = {NULL};

static enum err_code
answer(const struct request *rq, struct response *rs, const char *content_type, struct err *e)
{
	TRY(request_only(rq, none, e));
	rs->content_type = content_type;
	rs->etag = etag_of_bytes(rs->arena, rs->body.data, rs->body.length);
	return ERR_OK;
}

static enum err_code
product_schema(struct request *rq, struct response *rs, struct err *e)
{
	field_schema(&descriptor_fields, "urn:weft:data-product", "Data product", &rs->body);
	return answer(rq, rs, "application/schema+json", e);
}

static enum err_code
policy_schema(struct request *rq, struct response *rs, struct err *e)
{
	field_schema(&policy_fields, "urn:weft:policy", "Policy", &rs->body);
	return answer(rq, rs, "application/schema+json", e);
}

static enum err_code
product_reference(struct request *rq, struct response *rs, struct err *e)
{
	field_reference(&descriptor_fields, "Data product", &rs->body);
	return answer(rq, rs, "text/markdown; charset=utf-8", e);
}

static enum err_code
policy_reference(struct request *rq, struct response *rs, struct err *e)
{
	field_reference(&policy_fields, "Policies", &rs->body);
	return answer(rq, rs, "text/markdown; charset=utf-8", e);
}

static enum err_code
function_reference(struct request *rq, struct response *rs, struct err *e)
{
	policy_function_reference(&rs->body);
	return answer(rq, rs, "text/markdown; charset=utf-8", e);
}

static enum err_code
facts_reference(struct request *rq, struct response *rs, struct err *e)
{
	fact_reference(&rs->body);
	return answer(rq, rs, "text/markdown; charset=utf-8", e);
}

// clang-format off
const struct route schema_routes[] = {
	{GET, "/api/v1/schemas/data-product.json",       product_schema,     ROLE_ANYBODY, "JSON Schema of data products"},
	{GET, "/api/v1/schemas/policy.json",             policy_schema,      ROLE_ANYBODY, "JSON Schema of policies"},
	{GET, "/api/v1/reference/data-product.md",       product_reference,  ROLE_ANYBODY, "Every key of a data product"},
	{GET, "/api/v1/reference/policy.md",             policy_reference,   ROLE_ANYBODY, "Every key of a policy"},
	{GET, "/api/v1/reference/policy-functions.md",   function_reference, ROLE_ANYBODY, "Every function of the policy language"},
	{GET, "/api/v1/reference/policy-facts.md",       facts_reference,    ROLE_ANYBODY, "What a policy may know beyond the document"},
	{0},
};
// clang-format on
