/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/filter.h"

#include <stdio.h>
#include <string.h>

#define FILTER_TABS_MAX 32  /* as many as a printer keeps */
#define FILTER_TEXT_MAX 255 /* of a barcode */

/* --- one command --- */

size_t filter_measure_tabs(const uint8_t *params, const uint8_t *data,
			   size_t left)
{
	uint8_t before = 0;

	(void)params;
	for (size_t i = 0; i < left && i <= FILTER_TABS_MAX; i++) {
		if (!data[i])
			return i + 1;
		if (data[i] <= before)
			return FILTER_DOUBTFUL;
		before = data[i];
	}
	return left <= FILTER_TABS_MAX ? left + 1 : FILTER_DOUBTFUL;
}

size_t filter_measure_text(const uint8_t *data, size_t left, uint8_t end)
{
	for (size_t i = 0; i < left && i <= FILTER_TEXT_MAX; i++) {
		if (data[i] == end && i)
			return i + 1;
		if (data[i] < 0x20 || data[i] > 0x7e)
			return FILTER_DOUBTFUL;
	}
	return left <= FILTER_TEXT_MAX ? left + 1 : FILTER_DOUBTFUL;
}

static bool filter_is_character(uint8_t byte)
{
	return byte >= 0x20 && byte != 0x7f;
}

static const struct filter_row *
filter_find(const struct filter_language *language, const uint8_t *bytes,
	    size_t len)
{
	const struct filter_row *found = NULL;

	for (size_t i = 0; i < language->rows_count; i++) {
		const struct filter_row *row = &language->rows[i];

		if (row->head_len <= len &&
		    !memcmp(row->head, bytes, row->head_len) &&
		    (!found || row->head_len > found->head_len))
			found = row;
	}
	return found;
}

static bool filter_has_value(const struct filter_row *row, uint8_t value)
{
	return row->most == FILTER_ANY || value <= row->most ||
	       (value >= '0' && value <= '0' + row->most && value <= '9');
}

/* Of a row that is not refused, behind its head. */
static struct filter_token filter_measure(const struct filter_row *row,
					  const uint8_t *bytes, size_t len)
{
	struct filter_token token = { .row = row };
	size_t head = (size_t)row->head_len + row->params, more = 0;

	if (len < head) {
		token.flaw = FILTER_CUT_SHORT;
		return token;
	}
	if (row->params && !filter_has_value(row, bytes[row->head_len])) {
		token.flaw = FILTER_BAD_VALUE;
		return token;
	}
	if (row->measure)
		more = row->measure(bytes + row->head_len, bytes + head,
				    len - head);
	if (more == FILTER_DOUBTFUL)
		token.flaw = FILTER_NO_LENGTH;
	else if (more > len - head)
		token.flaw = FILTER_CUT_SHORT;
	token.len = token.flaw ? 0 : head + more;
	return token;
}

struct filter_token filter_read(const struct filter_language *language,
				const uint8_t *bytes, size_t len)
{
	const struct filter_row *row;

	if (filter_is_character(bytes[0]))
		return (struct filter_token){ .len = 1 };
	row = filter_find(language, bytes, len);
	if (!row)
		return (struct filter_token){ .flaw = FILTER_UNKNOWN };
	if (row->verdict == FILTER_REFUSED || row->verdict == FILTER_OPENS)
		return (struct filter_token){ .row = row,
					      .flaw = FILTER_UNWANTED };
	return filter_measure(row, bytes, len);
}

size_t filter_span(const struct filter_language *language, const uint8_t *bytes,
		   size_t len)
{
	size_t at = 0;

	while (at < len) {
		struct filter_token token =
			filter_read(language, bytes + at, len - at);

		if (token.flaw == FILTER_CUT_SHORT)
			return 0;
		if (token.flaw ||
		    (token.row && token.row->verdict != FILTER_PASSES))
			break;
		at += token.len;
	}
	return at;
}

/* --- what is refused anywhere --- */

static bool filter_is_sequence(const struct filter_sequence *sequence,
			       const uint8_t *bytes, size_t len)
{
	size_t head = sequence->head_len;

	return len > head && !memcmp(sequence->head, bytes, head) &&
	       bytes[head] >= sequence->least && bytes[head] <= sequence->most;
}

/* The job ends within it, so what is sent next might complete it. */
static bool filter_is_begun(const struct filter_sequence *sequence,
			    const uint8_t *bytes, size_t len)
{
	return len <= sequence->head_len && !memcmp(sequence->head, bytes, len);
}

bool filter_is_clean(const struct filter_language *language,
		     const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len; at++)
		for (size_t i = 0; i < language->sequences_count; i++)
			if (filter_is_sequence(&language->sequences[i],
					       bytes + at, len - at))
				return false;
	return true;
}

static bool filter_refuse_at(struct job_fault *fault, size_t at, bool opens,
			     const char *command, const char *what)
{
	job_refuse(fault, "raw.data", "At byte %zu: %s%s.", at, command, what);
	fault->offset = (int64_t)at;
	fault->opens = opens;
	snprintf(fault->command, sizeof(fault->command), "%s", command);
	return false;
}

static bool filter_scan_at(const struct filter_language *language,
			   const uint8_t *job, size_t len, size_t at,
			   struct job_fault *out_fault)
{
	for (size_t i = 0; i < language->sequences_count; i++) {
		const struct filter_sequence *sequence =
			&language->sequences[i];

		if (filter_is_sequence(sequence, job + at, len - at))
			return filter_refuse_at(out_fault, at, sequence->opens,
						sequence->name,
						" is refused anywhere, inside "
						"other data too");
		if (filter_is_begun(sequence, job + at, len - at))
			return filter_refuse_at(out_fault, at, sequence->opens,
						sequence->name,
						" may begin where the job "
						"ends");
	}
	return true;
}

static bool filter_scan(const struct filter_language *language,
			const uint8_t *job, size_t len,
			struct job_fault *out_fault)
{
	for (size_t at = 0; at < len; at++)
		if (!filter_scan_at(language, job, len, at, out_fault))
			return false;
	return true;
}

/* --- a whole job --- */

static bool filter_refuse_token(const struct filter_token *token,
				const uint8_t *bytes, size_t len, size_t at,
				struct job_fault *out_fault)
{
	static const char *const what[] = {
		[FILTER_SOUND] = "",
		[FILTER_UNKNOWN] = ", which is not known",
		[FILTER_UNWANTED] = ", which no receipt needs",
		[FILTER_BAD_VALUE] = " has no such value",
		[FILTER_NO_LENGTH] = " is of doubtful length",
		[FILTER_CUT_SHORT] = " is cut short",
	};
	char name[24];

	if (token->row)
		return filter_refuse_at(out_fault, at,
					token->row->verdict == FILTER_OPENS,
					token->row->name, what[token->flaw]);
	snprintf(name, sizeof(name),
		 len > 1 ? "the command %02X %02X" : "the byte %02X", bytes[0],
		 len > 1 ? bytes[1] : 0);
	return filter_refuse_at(out_fault, at, false, name, what[token->flaw]);
}

static bool filter_walk(const struct filter_language *language,
			const uint8_t *job, size_t len, struct buf *out,
			struct job_fault *out_fault)
{
	size_t at = 0;

	while (at < len) {
		struct filter_token token =
			filter_read(language, job + at, len - at);

		if (token.flaw)
			return filter_refuse_token(&token, job + at, len - at,
						   at, out_fault);
		if (!token.row || token.row->verdict == FILTER_PASSES)
			buf_add(out, job + at, token.len);
		at += token.len;
	}
	return true;
}

/* Where something was left out, what stood around it stands together now. */
bool filter_pass(const struct filter_language *language, const uint8_t *job,
		 size_t len, struct buf *out, struct job_fault *out_fault)
{
	size_t before = out->len;

	if (!filter_scan(language, job, len, out_fault) ||
	    !filter_walk(language, job, len, out, out_fault))
		return false;
	if (out->failed)
		return job_refuse(out_fault, "raw.data",
				  "It is longer than a job may be.");
	return filter_scan(language, out->data + before, out->len - before,
			   out_fault);
}
