/*
 * standalone.c -- runs a fuzz target without libFuzzer: every file that is named, every file of a
 * folder that is named.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "fuzz.h"

static unsigned inputs;

static void
die(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

/* The bytes lie in memory of exactly their size, so that a read beyond them is noticed. */
static void
run_file(const char *path)
{
	struct stat s;
	FILE *file = fopen(path, "rb");
	if (!file || fstat(fileno(file), &s) != 0)
		die(path);
	size_t length = (size_t)s.st_size;
	uint8_t *bytes = malloc(length ? length : 1);
	if (!bytes || fread(bytes, 1, length, file) != length)
		die(path);
	fclose(file);
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, length);
	free(bytes);
	inputs++;
}

static void
run_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		die(path);
	for (int i = 0; i < count; i++) {
		char file[4096];
		snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			run_file(file);
		free(entries[i]);
	}
	free(entries);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat s;
		if (stat(argv[i], &s) != 0)
			die(argv[i]);
		if (S_ISDIR(s.st_mode))
			run_folder(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%u inputs\n", inputs);
	return inputs == 0;
}
