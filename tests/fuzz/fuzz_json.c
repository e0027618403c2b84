/*
 * fuzz_json.c -- JSON documents.
 */
#include "document_properties.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	check_text(DOCUMENT_JSON, bytes, length);
	return 0;
}
