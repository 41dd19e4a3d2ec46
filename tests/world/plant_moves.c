/* SPDX-License-Identifier: Apache-2.0 */
/* What the devices really did, read out of the models and of nothing else. */
#include "plant_private.h"

#include "sim/datecs_model.h"
#include "sim/model_escpos.h"
#include "sim/posnet_model.h"
#include "sim/zvt_model.h"
#include "util/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *move_name(enum move move)
{
	static const char *const names[] = {
		[MOVE_DRAWER] = "drawer opened",
		[MOVE_Z] = "Z printed",
		[MOVE_PERIODIC] = "periodic report printed",
		[MOVE_RECEIPT] = "receipt issued",
		[MOVE_RETURN] = "goods return printed",
		[MOVE_CASH] = "cash moved",
		[MOVE_TEXT] = "text printed",
		[MOVE_COPY] = "copy printed",
		[MOVE_JOB] = "job printed",
		[MOVE_PAID] = "card charged",
		[MOVE_REVERSED] = "charge reversed",
		[MOVE_REFUNDED] = "card credited",
		[MOVE_DAY_ENDED] = "terminal's day ended",
	};

	return names[move];
}

enum move move_of(enum op_kind kind)
{
	static const enum move moves[OP_KINDS] = {
		[OP_DRAWER_OPEN] = MOVE_DRAWER,
		[OP_REPORT_X] = MOVES,
		[OP_REPORT_Z] = MOVE_Z,
		[OP_REPORT_BY_DATES] = MOVE_PERIODIC,
		[OP_REPORT_BY_NUMBERS] = MOVE_PERIODIC,
		[OP_RECEIPT] = MOVE_RECEIPT,
		[OP_INVOICE] = MOVES,
		[OP_GOODS_RETURN] = MOVE_RETURN,
		[OP_CASH_SLIP] = MOVE_CASH,
		[OP_PRINT_TEXT] = MOVE_TEXT,
		[OP_PRINT_COPY] = MOVE_COPY,
		[OP_PRINT_JOB] = MOVE_JOB,
		[OP_FISCAL_READ] = MOVES,
		[OP_CLOCK_SET] = MOVES,
		[OP_PAYMENT] = MOVE_PAID,
		[OP_REVERSAL] = MOVE_REVERSED,
		[OP_DISPLAY_SHOW] = MOVES,
		[OP_DISPLAY_CLEAR] = MOVES,
		[OP_REFUND] = MOVE_REFUNDED,
		[OP_TERMINAL_DAY_END] = MOVE_DAY_ENDED,
		[OP_TERMINAL_RECEIPT] = MOVES,
		[OP_TERMINAL_STATUS] = MOVES,
		[OP_TERMINAL_DIAGNOSIS] = MOVES,
		[OP_TERMINAL_INITIALISE] = MOVES,
		[OP_TERMINAL_LOG_OFF] = MOVES,
		[OP_TEST_INTERNAL] = MOVES,
		[OP_TEST_EXTERNAL] = MOVES,
		[OP_TEST_INTERACTIVE] = MOVES,
		[OP_TEST_SCAN] = MOVES,
	};

	return moves[kind];
}

static struct movement *plant_note(struct plant_line *line, enum move move)
{
	struct plant *plant = line->plant;
	struct movement *movement;

	if (plant->moves_count == PLANT_MOVES_MAX) {
		fprintf(stderr, "world: more movements than anybody asked\n");
		abort();
	}
	movement = &plant->moves[plant->moves_count++];
	*movement = (struct movement){
		.move = move,
		.line = plant_index(line),
		.at = plant->loom->now,
		.by_hand = plant->by_hand,
		.blurred = plant->loom->now < line->blurred_until,
	};
	return movement;
}

static void plant_tell(struct plant_line *line, struct movement *movement)
{
	struct plant *plant = line->plant;

	if (plant->moved)
		plant->moved(plant->arg, movement);
}

static void plant_count(struct plant_line *line, enum move move, int64_t now)
{
	while (line->seen[move] < now) {
		line->seen[move]++;
		plant_tell(line, plant_note(line, move));
	}
}

static void plant_note_booking(struct plant_line *line,
			       const struct pt_booking *booking)
{
	static const enum move moves[] = {
		[PT_PAID] = MOVE_PAID,
		[PT_REVERSED] = MOVE_REVERSED,
		[PT_REFUNDED] = MOVE_REFUNDED,
	};
	struct movement *movement = plant_note(line, moves[booking->kind]);

	movement->asked = booking->asked;
	movement->amount = booking->amount;
	movement->receipt = booking->receipt;
	movement->original = booking->original;
	plant_tell(line, movement);
}

static void plant_observe_terminal(struct plant_line *line)
{
	const struct pt *pt = pt_of(line->model);

	while (line->seen[MOVE_PAID] < (int64_t)pt->bookings_count)
		plant_note_booking(line,
				   &pt->bookings[line->seen[MOVE_PAID]++]);
	plant_count(line, MOVE_DAY_ENDED, pt->end_of_days);
}

/* What stands in a printer's book, as the model calls it. */
static const struct plant_document {
	const char *field, *name;
	enum move move;
} plant_documents[] = {
	{ "type", "receipt", MOVE_RECEIPT },
	{ "what", "goods return", MOVE_RETURN },
	{ "what", "cash in", MOVE_CASH },
	{ "what", "cash out", MOVE_CASH },
	{ "what", "text", MOVE_TEXT },
	{ "kind", "receipt", MOVE_RECEIPT },
	{ "kind", "storno", MOVE_RETURN },
	{ "kind", "cash-in", MOVE_CASH },
	{ "kind", "cash-out", MOVE_CASH },
	{ "kind", "plain", MOVE_TEXT },
};

/* Whoever else sold something has said so. */
static bool plant_is_own(const json_t *document)
{
	const char *by = json_text(document, "by");

	return !by || !strcmp(by, "wire") || !strcmp(by, "host");
}

static int64_t plant_tax(const int64_t *gross, const int *rates, size_t count)
{
	int64_t tax = 0;

	for (size_t i = 0; i < count; i++)
		if (rates[i] > 0 && rates[i] < 10000)
			tax += (2 * gross[i] * rates[i] + 10000 + rates[i]) /
			       (2 * (10000 + rates[i]));
	return tax;
}

/* The last receipt's: the book has its amount only. */
static int64_t plant_last_tax(const struct plant_line *line)
{
	const struct fp *fp;
	const struct isl *isl;

	if (!strcmp(line->row->model, "posnet")) {
		fp = fp_of(line->model);
		return plant_tax(fp->receipt.sums, fp->vat, FP_RATES);
	}
	isl = isl_of(line->model);
	return plant_tax(isl->receipt.tax, isl->rates, ISL_TAXES);
}

static void plant_note_document(struct plant_line *line, const json_t *document)
{
	const size_t count =
		sizeof(plant_documents) / sizeof(plant_documents[0]);

	for (size_t i = 0; i < count; i++) {
		const struct plant_document *row = &plant_documents[i];
		const char *is = json_text(document, row->field);
		struct movement *movement;

		if (!is || strcmp(is, row->name) != 0 ||
		    !plant_is_own(document))
			continue;
		movement = plant_note(line, row->move);
		movement->amount = json_int(document, "amount", 0);
		movement->tax = plant_last_tax(line);
		plant_tell(line, movement);
	}
}

static void plant_observe_book(struct plant_line *line, const json_t *book)
{
	while (line->seen_documents < json_array_size(book))
		plant_note_document(
			line, json_array_get(book, line->seen_documents++));
}

static void plant_observe_posnet(struct plant_line *line)
{
	const struct fp *fp = fp_of(line->model);

	plant_count(line, MOVE_Z, (int64_t)json_array_size(fp->z_reports));
	plant_count(line, MOVE_PERIODIC, fp->periodic);
	plant_count(line, MOVE_COPY, fp->copies);
	plant_observe_book(line, fp->documents);
}

static void plant_observe_datecs(struct plant_line *line)
{
	const struct isl *isl = isl_of(line->model);

	plant_count(line, MOVE_Z, (int64_t)json_array_size(isl->z_reports));
	plant_count(line, MOVE_PERIODIC, isl->periodic);
	plant_count(line, MOVE_COPY, isl->copies);
	plant_observe_book(line, isl->log);
}

static void plant_observe_drawer(struct plant_line *line)
{
	const struct model_escpos *escpos =
		(const struct model_escpos *)line->model;

	plant_count(line, MOVE_DRAWER,
		    (int64_t)escpos->drawer.openings - escpos->drawer.by_key);
	plant_count(line, MOVE_JOB, escpos->lines);
}

void plant_observe(struct plant_line *line)
{
	if (!strcmp(line->row->model, "zvt"))
		plant_observe_terminal(line);
	else if (!strcmp(line->row->model, "posnet"))
		plant_observe_posnet(line);
	else if (!strcmp(line->row->model, "datecs"))
		plant_observe_datecs(line);
	else if (!strcmp(line->row->model, "escpos"))
		plant_observe_drawer(line);
}

bool plant_stands_open(const struct plant_line *line)
{
	const struct model_escpos *escpos =
		(const struct model_escpos *)line->model;

	return !strcmp(line->row->model, "escpos") && escpos->drawer.open;
}

/* What they came with is nobody's doing. */
void plant_observe_first(struct plant_line *line)
{
	void (*moved)(void *arg, struct movement *movement) =
		line->plant->moved;

	line->plant->moved = NULL;
	plant_observe(line);
	line->plant->moved = moved;
	line->plant->moves_count = 0;
}
