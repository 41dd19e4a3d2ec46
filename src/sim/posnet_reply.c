/* SPDX-License-Identifier: Apache-2.0 */
/* Replies and the printer's memory of them (protocol text 3.4, 3.9). */
#include "sim/posnet_model.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

static void fp_reply_token(const struct fp_request *request,
			   struct buf *payload)
{
	if (request->token[0])
		buf_add_format(payload, "@%s\t", request->token);
}

void fp_reply_begin(const struct fp *fp, const struct fp_request *request,
		    struct buf *payload)
{
	if (request->async && fp->echo_bang)
		buf_add_byte(payload, '!');
	buf_add_format(payload, "%s\t", request->name);
	fp_reply_token(request, payload);
}

/* The text prints ?nnnn without a 09 after it, implementations with one. */
void fp_reply_error(const struct fp *fp, const struct fp_request *request,
		    int error, struct buf *payload)
{
	fp_reply_begin(fp, request, payload);
	buf_add_format(payload, "?%d", error);
	if (fp->error_form != FP_ERROR_FORM_PLAIN)
		buf_add_byte(payload, '\t');
}

void fp_reply_refusal(const struct fp *fp, const struct fp_request *request,
		      enum fp_refusal refusal, const char *field,
		      struct buf *payload)
{
	bool er = fp->error_form == FP_ERROR_FORM_ER;

	buf_add_text(payload, "ERR\t");
	fp_reply_token(request, payload);
	buf_add_format(payload, "%s%d\t", er ? "er" : "?", (int)refusal);
	if (request->name[0])
		buf_add_format(payload, "cm%s\t", request->name);
	if (field)
		buf_add_format(payload, "fd%s\t", field);
}

static void fp_reply_evict(struct fp *fp)
{
	free(fp->replies[0].payload);
	fp->replies_count--;
	memmove(fp->replies, fp->replies + 1,
		fp->replies_count * sizeof(fp->replies[0]));
}

static size_t fp_reply_weigh(const struct fp *fp)
{
	size_t size = 0;

	for (size_t i = 0; i < fp->replies_count; i++)
		size += fp->replies[i].len;
	return size;
}

void fp_reply_remember(struct fp *fp, const struct fp_request *request,
		       const struct buf *payload)
{
	struct fp_remembered *slot;

	if (!request->token[0])
		return;
	if (fp->replies_count == FP_REPLIES_MAX)
		fp_reply_evict(fp);
	slot = &fp->replies[fp->replies_count++];
	memcpy(slot->token, request->token, sizeof(slot->token));
	slot->payload = alloc_text_part(buf_text(payload), payload->len);
	slot->len = payload->len;
	while (fp_reply_weigh(fp) > FP_REPLIES_SIZE)
		fp_reply_evict(fp);
}

/* The newest, should a token have been used twice. */
const struct fp_remembered *fp_reply_find(const struct fp *fp,
					  const char *token)
{
	for (size_t i = fp->replies_count; i-- > 0;)
		if (!strcmp(fp->replies[i].token, token))
			return &fp->replies[i];
	return NULL;
}

void fp_reply_forget(struct fp *fp)
{
	while (fp->replies_count)
		fp_reply_evict(fp);
}
