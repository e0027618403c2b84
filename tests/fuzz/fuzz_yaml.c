/*
 * fuzz_yaml.c -- YAML documents.
 */
#include "document_properties.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	check_text(DOCUMENT_YAML, bytes, length);
	return 0;
}
