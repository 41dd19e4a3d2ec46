/* SPDX-License-Identifier: Apache-2.0 */
#include "store/head.h"

#include "util/cleanup.h"
#include "util/json.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_LABEL "head"

_Static_assert(FILES_HEAD_MAX <= KEYS_MAC_MAX, "a sum is over all of a head");

static void head_sum(const struct keys *keys, const json_t *bare,
		     char out_hex[HASH_TEXT_SIZE])
{
	CLEANUP_FREE char *line = json_line(bare);
	uint8_t sum[HASH_SIZE];

	keys_mac(keys, HEAD_LABEL, line, strlen(line), sum);
	hash_to_hex(sum, sizeof(sum), out_hex);
}

static enum head_found head_check_sum(const struct keys *keys, json_t *line)
{
	CLEANUP_JSON json_t *bare = json_copy(line);
	const char *sum = json_text(line, "sum");
	char expected[HASH_TEXT_SIZE];

	if (!sum)
		return HEAD_OLD;
	json_object_del(bare, "sum");
	head_sum(keys, bare, expected);
	return strcmp(sum, expected) ? HEAD_OTHER : HEAD_THERE;
}

static bool head_parse(const json_t *line, struct head *head)
{
	const char *hash = json_text(line, "hash");

	head->seq = json_int(line, "seq", 0);
	head->bundle = json_int(line, "bundle", 0);
	head->notes = json_int(line, "notes", 0);
	return hash && hash_from_hex(hash, sizeof(head->hash), head->hash);
}

int head_read(const struct files *files, const struct keys *keys,
	      enum head_found *out_found, struct head *out_head)
{
	char text[FILES_HEAD_MAX];
	CLEANUP_JSON json_t *line = NULL;
	int r = files_read_head(files, text);

	if (r)
		return r;
	line = json_parse(text, strlen(text));
	*out_head = (struct head){ 0 };
	if (!head_parse(line, out_head))
		*out_found = HEAD_MISSING;
	else
		*out_found = keys ? head_check_sum(keys, line) : HEAD_THERE;
	return 0;
}

int head_write(const struct files *files, const struct keys *keys,
	       const struct head *head)
{
	CLEANUP_JSON json_t *line = json_make();
	CLEANUP_FREE char *text = NULL;
	char hex[HASH_TEXT_SIZE];

	hash_to_hex(head->hash, HASH_SIZE, hex);
	json_put_int(line, "seq", head->seq);
	json_put_text(line, "hash", hex);
	if (head->bundle)
		json_put_int(line, "bundle", head->bundle);
	if (head->notes)
		json_put_int(line, "notes", head->notes);
	head_sum(keys, line, hex);
	json_put_text(line, "sum", hex);
	text = json_line(line);
	return files_write_head(files, text);
}
