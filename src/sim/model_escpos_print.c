/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model_escpos.h"
#include "sim/page.h"
#include "util/alloc.h"

#include <stdlib.h>

static void model_escpos_print_line(struct model_escpos *escpos)
{
	char *shown = alloc_format("paper| %s", buf_text(&escpos->line));

	model_escpos_show(escpos, shown);
	free(shown);
	escpos->lines++;
	if (json_array_size(escpos->printed) == MODEL_ESCPOS_KEPT)
		json_array_remove(escpos->printed, 0);
	json_array_append_new(escpos->printed,
			      json_string(buf_text(&escpos->line)));
	buf_reset(&escpos->line);
	escpos->columns = 0;
	escpos->busy_until = model_escpos_now(escpos) + escpos->line_time;
}

static void model_escpos_print_rest(struct model_escpos *escpos)
{
	if (escpos->columns)
		model_escpos_print_line(escpos);
}

static void model_escpos_print_character(struct model_escpos *escpos,
					 uint8_t byte)
{
	char cell[PAGE_CELL_SIZE];

	page_decode(escpos->page, byte, cell);
	buf_add_text(&escpos->line, cell);
	if (++escpos->columns == MODEL_ESCPOS_COLUMNS)
		model_escpos_print_line(escpos);
}

static void model_escpos_print_mark(struct model_escpos *escpos,
				    const char *mark)
{
	model_escpos_print_rest(escpos);
	buf_add_text(&escpos->line, mark);
	model_escpos_print_line(escpos);
}

/* ESC p m t1 t2 */
static void model_escpos_pulse_queued(struct model_escpos *escpos,
				      const uint8_t *params)
{
	struct drawer_pulse pulse = { .at = model_escpos_now(escpos),
				      .pin = params[0] & 1,
				      .on = params[1] * 2,
				      .off = params[2] * 2 };

	if (escpos->off_time == MODEL_ESCPOS_OFF_AT_LEAST_ON &&
	    pulse.off < pulse.on)
		pulse.off = pulse.on;
	if (escpos->off_time == MODEL_ESCPOS_OFF_AT_LEAST_100 &&
	    pulse.off < 100)
		pulse.off = 100;
	model_escpos_start_pulse(escpos, &pulse);
}

void model_escpos_reset(struct model_escpos *escpos)
{
	buf_reset(&escpos->line);
	escpos->columns = 0;
	escpos->page = page_name(0);
	escpos->asb = 0;
}

static void model_escpos_set_page(struct model_escpos *escpos, uint8_t table)
{
	if (page_name(table))
		escpos->page = page_name(table);
}

static void model_escpos_feed(struct model_escpos *escpos,
			      const struct escpos_token *token)
{
	if (token->action == ESCPOS_FEED || escpos->columns)
		model_escpos_print_line(escpos);
}

static void model_escpos_cut(struct model_escpos *escpos)
{
	model_escpos_print_rest(escpos);
	model_escpos_show(escpos, "paper| - - - - - - - - cut - - - - - - - -");
	escpos->cuts++;
}

static void model_escpos_execute(struct model_escpos *escpos,
				 const struct escpos_token *token)
{
	switch (token->action) {
	case ESCPOS_IGNORE:
		break;
	case ESCPOS_UNKNOWN:
		escpos->unknown++;
		break;
	case ESCPOS_TEXT:
		model_escpos_print_character(escpos, token->params[0]);
		break;
	case ESCPOS_FEED:
	case ESCPOS_FEED_N:
		model_escpos_feed(escpos, token);
		break;
	case ESCPOS_RESET:
		model_escpos_reset(escpos);
		break;
	case ESCPOS_PAGE:
		model_escpos_set_page(escpos, token->params[0]);
		break;
	case ESCPOS_SELECT:
		escpos->selected = token->params[0] & 1;
		break;
	case ESCPOS_PULSE:
		model_escpos_pulse_queued(escpos, token->params);
		break;
	case ESCPOS_BAD_PULSE:
		escpos->bad_pulses++;
		break;
	case ESCPOS_STATUS:
		model_escpos_answer_status(escpos, token->params[0]);
		break;
	case ESCPOS_ASB:
		model_escpos_set_asb(escpos, token->params[0]);
		break;
	case ESCPOS_ID:
		model_escpos_answer_id(escpos, token->params[0]);
		break;
	case ESCPOS_CUT:
		model_escpos_cut(escpos);
		break;
	case ESCPOS_IMAGE:
		model_escpos_print_mark(escpos, "[image]");
		break;
	case ESCPOS_BARCODE:
		model_escpos_print_mark(escpos, "[barcode]");
		break;
	}
}

/* One command, or a stretch of data: how many bytes of the queue, or 0. */
static size_t model_escpos_work_once(struct model_escpos *escpos,
				     const uint8_t *data, size_t len)
{
	struct escpos_token token;
	size_t used;

	if (escpos->payload.kind != ESCPOS_PAYLOAD_NONE)
		return escpos_skip_payload(&escpos->payload, data, len);
	used = escpos_read_token(data, len, &token);
	if (!used)
		return 0;
	if (token.action == ESCPOS_PULSE && escpos->selected &&
	    escpos->drive_until > model_escpos_now(escpos))
		return 0;
	escpos->payload = token.payload;
	if (escpos->selected || token.action == ESCPOS_SELECT)
		model_escpos_execute(escpos, &token);
	return used;
}

/* In order, and only while online: what waits may wait for hours. */
void model_escpos_work(struct model_escpos *escpos)
{
	size_t done = 0, used;

	while (escpos->queue.len > done && escpos->powered &&
	       escpos->busy_until <= model_escpos_now(escpos) &&
	       !model_escpos_is_offline(escpos)) {
		used = model_escpos_work_once(escpos, escpos->queue.data + done,
					      escpos->queue.len - done);
		if (!used)
			break;
		done += used;
	}
	buf_drop(&escpos->queue, done);
}

void model_escpos_forget_queue(struct model_escpos *escpos)
{
	buf_reset(&escpos->queue);
	escpos->payload = (struct escpos_payload){ 0 };
}
