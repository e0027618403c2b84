/*
 * print_schema.c -- for schema_test.py: one line with the JSON Schema of descriptors, then one line
 * of JSON for each of the documents that are named.
 */
#include <stdio.h>

#include "base/json.h"
#include "descriptor/descriptor.h"

static int
print_document(const char *path)
{
	struct arena arena = {0};
	CLEANUP(buf_done) struct buf out = {0};
	struct node root;
	struct err e;
	if (document_read_file(path, &arena, &root, &e)) {
		fprintf(stderr, "%s\n", e.message);
		return 1;
	}
	json_node(&(struct json){.out = &out}, &root);
	puts(out.data);
	arena_done(&arena);
	return 0;
}

int
main(int argc, char **argv)
{
	CLEANUP(buf_done) struct buf schema = {0};
	field_schema(&descriptor_fields, "https://weft.example/schema/product", "Data product",
		     &schema);
	puts(schema.data);
	int failed = 0;
	for (int i = 1; i < argc; i++)
		failed |= print_document(argv[i]);
	return failed;
}
