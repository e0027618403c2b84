/*
 * cli_schema.c -- weft schema: the JSON Schema of data products, for editors and pipelines.
 */
#include "base/field.h"
#include "descriptor/descriptor.h"

#include "families.h"

static enum err_code
schema(struct call *c, struct err *e)
{
	(void)e; /* it is in the program */
	field_schema(&descriptor_fields, "urn:weft:data-product", "Data product", &c->page);
	if (c->page.length && c->page.data[c->page.length - 1] != '\n')
		buf_char(&c->page, '\n');
	return ERR_OK;
}

const struct verb schema_verbs[] = {
    {.run = schema},
    {0},
};
