/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which terminal is there. Receipt and trace numbers are its own: behind the
 * same port there may be another one by now, where they are somebody else's
 * payment. What it says of itself last counts; one that never tells an id is
 * believed to be the one that was there before.
 */
#include "terminal/zvt_private.h"

#include "util/json.h"

#include <stdio.h>

#define ZVT_TERMINAL_SIZE 16 /* eight digits, and what a long could have */

static void zvt_terminal_put(json_t *json, int64_t terminal)
{
	char text[ZVT_TERMINAL_SIZE];

	if (terminal <= 0)
		return;
	snprintf(text, sizeof(text), "%08d", (int)terminal);
	json_put_text(json, "terminal", text);
}

/* --- what it says of itself --- */

static void zvt_identity_put(json_t *identity, const char *key,
			     struct cursor text, const char *page)
{
	struct buf utf8 = BUF_INIT(256);

	zvt_text_add(&utf8, text, page);
	if (utf8.len && !utf8.failed)
		json_put_text(identity, key, buf_text(&utf8));
	buf_free(&utf8);
}

void zvt_identity_take(struct zvt_state *state,
		       const struct zvt_enquiry *enquiry)
{
	static const struct {
		uint32_t tag;
		const char *key;
	} parts[] = { { 0x1f40, "model" },
		      { 0x1f41, "firmware" },
		      { 0x1f42, "serial" } };
	const char *page = state->settings.page;
	struct cursor about, value;

	if (!state->identity)
		state->identity = json_make();
	zvt_identity_put(state->identity, "firmware", enquiry->version, page);
	if (!zvt_tlv_find(enquiry->tlv, 0xe4, &about))
		return;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (zvt_tlv_find(about, parts[i].tag, &value))
			zvt_identity_put(state->identity, parts[i].key, value,
					 page);
}

json_t *zvt_identity_give(struct zvt_state *state)
{
	json_t *identity = state->identity;

	state->identity = NULL;
	if (identity)
		zvt_terminal_put(identity, state->terminal);
	return identity;
}

json_t *zvt_terminal_complete(const struct zvt_state *state, json_t *result)
{
	if (!json_text(result, "terminal"))
		zvt_terminal_put(result, state->terminal);
	return result;
}

/* --- how it is --- */

static void zvt_status_publish(struct driver_io *io)
{
	const struct zvt_state *state = driver_state(io);
	json_t *status = json_make();
	char text[3];

	snprintf(text, sizeof(text), "%02X", state->status);
	json_put_bool(status, "busy",
		      zvt_text_status(state->status) == REASON_BUSY);
	json_put_text(status, "code", text);
	zvt_terminal_put(status, state->terminal);
	driver_status(io, status);
}

void zvt_status_tell(struct driver_io *io, int code)
{
	struct zvt_state *state = driver_state(io);

	state->status = (uint8_t)code;
	state->status_told = true;
	zvt_status_publish(io);
}

void zvt_terminal_take(struct driver_io *io, int64_t terminal)
{
	struct zvt_state *state = driver_state(io);
	struct zvt_kept *kept = driver_kept(io);

	if (terminal <= 0 || state->terminal == terminal)
		return;
	state->terminal = terminal;
	if (zvt_terminal_differs(terminal, kept->seen))
		driver_log(io, "another terminal is there now: %08d, not %08d",
			   (int)terminal, (int)kept->seen);
	kept->seen = (int32_t)terminal;
	if (state->status_told)
		zvt_status_publish(io);
}

/* --- whether it is that of the operation --- */

bool zvt_terminal_differs(int64_t a, int64_t b)
{
	return a > 0 && b > 0 && a != b;
}

int64_t zvt_terminal_of_op(const struct zvt_state *state)
{
	if (state->result_told && state->numbers.terminal > 0)
		return state->numbers.terminal;
	if (state->baseline_told && state->baseline.terminal > 0)
		return state->baseline.terminal;
	if (state->begun_at > 0)
		return state->begun_at;
	return state->op.kind == OP_REVERSAL ? state->op.reversal.terminal : 0;
}

bool zvt_terminal_is_another(const struct zvt_state *state)
{
	return zvt_terminal_differs(state->terminal, zvt_terminal_of_op(state));
}

bool zvt_reversal_is_elsewhere(const struct zvt_state *state)
{
	return state->op.kind == OP_REVERSAL &&
	       zvt_terminal_differs(state->terminal,
				    state->op.reversal.terminal);
}
