/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/proof.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/err.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Longer than any line of a journal: with so much of it, it is refused. */
#define PROOF_LINE_MAX (1024 * 1024)

struct proof {
	struct journal_check *check;
	struct buf line;
};

struct proof *proof_new(const uint8_t *public)
{
	struct proof *proof = ALLOC_NEW(struct proof);

	proof->check = journal_check_new(public);
	buf_init(&proof->line, PROOF_LINE_MAX);
	return proof;
}

struct proof *proof_free(struct proof *proof)
{
	if (!proof)
		return NULL;
	journal_check_free(proof->check);
	buf_free(&proof->line);
	free(proof);
	return NULL;
}

static void proof_line(struct proof *proof)
{
	journal_check_line(proof->check, buf_text(&proof->line),
			   proof->line.len);
	buf_reset(&proof->line);
}

/* A line that is too long is checked as far as it is held: that is too long
 * for the check, too. */
static void proof_hold(struct proof *proof, const char *bytes, size_t len)
{
	size_t room = proof->line.max - proof->line.len;

	buf_add(&proof->line, bytes, len < room ? len : room);
}

void proof_feed(struct proof *proof, const void *bytes, size_t len)
{
	const char *at = bytes, *end;

	while (len && (end = memchr(at, '\n', len))) {
		size_t part = (size_t)(end - at);

		proof_hold(proof, at, part);
		proof_line(proof);
		at += part + 1;
		len -= part + 1;
	}
	proof_hold(proof, at, len);
}

struct journal_verdict proof_end(struct proof *proof)
{
	if (proof->line.len)
		proof_line(proof);
	return journal_check_end(proof->check);
}

void proof_next(struct proof *proof)
{
	if (proof->line.len)
		proof_line(proof);
	journal_check_next(proof->check);
}

int proof_read(struct proof *proof, int fd)
{
	char part[64 * 1024];
	ssize_t len;

	while ((len = read(fd, part, sizeof(part))) > 0)
		proof_feed(proof, part, (size_t)len);
	return len < 0 ? err_born(-errno) : 0;
}

/* "ed25519 ID HEX" of store/keys.h. */
static bool proof_parse_key(const char *line,
			    uint8_t out_public[PROOF_KEY_SIZE])
{
	char hex[HASH_TEXT_SIZE];

	return sscanf(line, "ed25519 %*8[0-9a-f] %64[0-9a-fA-F]", hex) == 1 &&
	       hash_from_hex(hex, PROOF_KEY_SIZE, out_public);
}

/* Digits in groups, as a fingerprint is printed, or all in one. */
static bool proof_parse_digits(const char *text,
			       uint8_t out_key[PROOF_KEY_SIZE])
{
	char hex[HASH_TEXT_SIZE];
	size_t len = 0;

	for (; *text && len < sizeof(hex) - 1; text++)
		if (*text != ' ' && *text != ':')
			hex[len++] = *text;
	hex[len] = 0;
	return !*text && hash_from_hex(hex, PROOF_KEY_SIZE, out_key);
}

bool proof_read_key(const char *text, uint8_t out_public[PROOF_KEY_SIZE])
{
	char line[128] = { 0 };
	CLEANUP_FD int fd = -1;
	ssize_t len;

	if (proof_parse_digits(text, out_public))
		return true;
	fd = open(text, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	return len > 0 && proof_parse_key(line, out_public);
}

json_t *proof_tell(const struct journal_verdict *verdict)
{
	bool sound = verdict->fault == JOURNAL_SOUND;
	json_t *told = json_make();

	json_put_bool(told, "sound", sound);
	json_put_text(told, "sentence", journal_fault_text(verdict->fault));
	json_put_int(told, "entries", verdict->entries);
	json_put_int(told, "archived", verdict->archived);
	json_put_int(told, "seals", verdict->seals);
	json_put_int(told, "unsealed", verdict->unsealed);
	json_put_text(told, "key", verdict->key);
	json_put_text(told, "fingerprint", verdict->fingerprint);
	if (!sound)
		json_put_int(told, "line", verdict->line);
	return told;
}

/* Byte by byte, since a part may end anywhere: what follows C2 is in the C1
 * range only if the next part says so, so C2 itself is spelt as well. */
void proof_show(FILE *out, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (; len; at++, len--)
		if (*at == '\n' || (*at >= 0x20 && *at < 0x7f))
			fputc(*at, out);
		else
			fprintf(out, "\\x%02x", *at);
}
