/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The corpus as a plain test, where there is no fuzzer: each of its files, and
 * each of them cut short, with a byte bent, left out and doubled. The same in
 * every run. Files or folders may be named; else it is the target's own corpus.
 */
#include "fuzz.h"

#include "util/alloc.h"
#include "util/cleanup.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#define REPLAY_MAX (1 << 20)

struct replay {
	int inputs, variants;
	int left; /* variants that may still be tried of this input */
};

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

/* In a copy of exactly that size, so that a byte too far shows. */
static void replay_try(const uint8_t *data, size_t size)
{
	CLEANUP_FREE uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
}

static void replay_variant(struct replay *replay, const uint8_t *data,
			   size_t size)
{
	replay_try(data, size);
	replay->variants++;
	replay->left--;
}

/* Spread over the input, if there is not enough for every byte of it. */
static void replay_bend(struct replay *replay, uint8_t *data, size_t size)
{
	size_t step = 1 + 4 * size / (size_t)(replay->left + 1);
	CLEANUP_FREE uint8_t *more = malloc(size + 1);

	for (size_t at = 0; at < size && replay->left > 0; at += step) {
		uint8_t was = data[at];

		replay_variant(replay, data, at);
		data[at] = (uint8_t)(was ^ (1 << at % 8));
		replay_variant(replay, data, size);
		data[at] = was;
		memcpy(more, data, at);
		memcpy(more + at, data + at + 1, size - at - 1);
		replay_variant(replay, more, size - 1);
		memcpy(more, data, at + 1);
		memcpy(more + at + 1, data + at, size - at);
		replay_variant(replay, more, size + 1);
	}
}

static void replay_file(struct replay *replay, const char *path, int variants)
{
	CLEANUP_FREE uint8_t *data = malloc(REPLAY_MAX);
	CLEANUP_FILE FILE *file = fopen(path, "rbe");
	size_t size;

	if (!file) {
		printf("Bail out! %s can't be read\n", path);
		exit(1);
	}
	size = fread(data, 1, REPLAY_MAX, file);
	replay->inputs++;
	replay->left = variants;
	replay_try(data, size);
	replay_bend(replay, data, size);
}

static int replay_is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_folder(struct replay *replay, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, replay_is_file, alphasort);

	if (count <= 0) {
		printf("Bail out! nothing in %s\n", folder);
		exit(1);
	}
	for (int i = 0; i < count; i++) {
		CLEANUP_FREE char *path =
			alloc_format("%s/%s", folder, entries[i]->d_name);

		replay_file(replay, path, fuzz_variants / count);
		free(entries[i]);
	}
	free(entries);
}

static void replay_path(struct replay *replay, const char *path)
{
	struct stat stat_of;

	if (!stat(path, &stat_of) && S_ISDIR(stat_of.st_mode))
		replay_folder(replay, path);
	else
		replay_file(replay, path, 0);
}

/* tests/fuzz/corpus/NAME, for tests/fuzz/fuzz_NAME. */
static char *replay_own_corpus(const char *program)
{
	const char *source = getenv("TILLD_SOURCE");
	const char *name = strrchr(program, '_');

	name = strstr(program, "fuzz_");
	return alloc_format("%s/tests/fuzz/corpus/%s", source ? source : ".",
			    name ? name + strlen("fuzz_") : program);
}

int main(int argc, char **argv)
{
	struct replay replay = { 0 };
	const char *slash = strrchr(argv[0], '/');
	CLEANUP_FREE char *own = replay_own_corpus(slash ? slash + 1 : argv[0]);

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		replay_path(&replay, argv[i]);
	if (argc < 2)
		replay_folder(&replay, own);
	printf("1..1\nok 1 - %d inputs and %d bent ones\n", replay.inputs,
	       replay.variants);
	return 0;
}
