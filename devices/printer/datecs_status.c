/* SPDX-License-Identifier: Apache-2.0 */
/* The status bytes of every answer (docs/protocols.md 4.8). */
#include "printer/datecs_fields.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- where it stands --- */

#define AT(byte, bit) ((byte)*8 + (bit))
#define NOWHERE	      (-1)
#define FLAG(name)    offsetof(struct datecs_status, name)

struct datecs_bit {
	size_t flag;
	int x, classic;
};

/* What an X device has no bit for is always 0 there, but byte 3 of a classic
 * one holds its switches and 4.6 changed its meaning. */
static const struct datecs_bit datecs_bits[] = {
	{ FLAG(cover_open), AT(0, 6), AT(0, 6) },
	{ FLAG(error), AT(0, 5), AT(0, 5) },
	{ FLAG(mechanism_failed), AT(0, 4), AT(0, 4) },
	{ FLAG(no_display), NOWHERE, AT(0, 3) },
	{ FLAG(clock_wrong), AT(0, 2), AT(0, 2) },
	{ FLAG(bad_command), AT(0, 1), AT(0, 1) },
	{ FLAG(bad_syntax), AT(0, 0), AT(0, 0) },
	{ FLAG(terminal_silent), NOWHERE, AT(1, 6) },
	{ FLAG(rotated_open), NOWHERE, AT(1, 5) },
	{ FLAG(storno_open), NOWHERE, AT(1, 4) },
	{ FLAG(battery_low), NOWHERE, AT(1, 3) },
	{ FLAG(memory_reset), NOWHERE, AT(1, 2) },
	{ FLAG(not_permitted), AT(1, 1), AT(1, 1) },
	{ FLAG(overflow), AT(1, 0), AT(1, 0) },
	{ FLAG(journal_lower), NOWHERE, AT(2, 6) },
	{ FLAG(nonfiscal_open), AT(2, 5), AT(2, 5) },
	{ FLAG(journal_low), AT(2, 4), AT(2, 4) },
	{ FLAG(fiscal_open), AT(2, 3), AT(2, 3) },
	{ FLAG(journal_full), AT(2, 2), AT(2, 2) },
	{ FLAG(paper_low), AT(2, 1), AT(2, 1) },
	{ FLAG(paper_out), AT(2, 0), AT(2, 0) },
	{ FLAG(fiscal_missing), AT(4, 6), NOWHERE },
	{ FLAG(head_hot), NOWHERE, AT(4, 6) },
	{ FLAG(fiscal_error), AT(4, 5), AT(4, 5) },
	{ FLAG(fiscal_full), AT(4, 4), AT(4, 4) },
	{ FLAG(fiscal_low), AT(4, 3), AT(4, 3) },
	{ FLAG(numbers_set), AT(4, 2), AT(4, 2) },
	{ FLAG(tax_number_set), AT(4, 1), AT(4, 1) },
	{ FLAG(fiscal_access_failed), AT(4, 0), AT(4, 0) },
	{ FLAG(fiscal_read_failed), NOWHERE, AT(5, 5) },
	{ FLAG(rates_set), AT(5, 4), AT(5, 4) },
	{ FLAG(fiscalised), AT(5, 3), AT(5, 3) },
	{ FLAG(fiscal_write_failed), NOWHERE, AT(5, 2) },
	{ FLAG(formatted), AT(5, 1), AT(5, 1) },
	{ FLAG(fiscal_read_only), NOWHERE, AT(5, 0) },
};

void datecs_status_decode(const struct datecs_dialect *dialect,
			  const uint8_t status[DATECS_STATUS_MAX],
			  struct datecs_status *out_status)
{
	struct datecs_status made = { 0 };

	for (size_t i = 0; i < COUNT(datecs_bits); i++) {
		const struct datecs_bit *bit = &datecs_bits[i];
		int at = dialect == &datecs_x ? bit->x : bit->classic;
		bool *flag = (bool *)((char *)&made + bit->flag);

		if (at != NOWHERE)
			*flag = status[at / 8] >> at % 8 & 1;
	}
	*out_status = made;
}

/* --- what it means --- */

struct datecs_sign {
	size_t flag;
	enum reason reason;
	enum datecs_remedy remedy;
};

/* In each table the first that is set is taken. */
static const struct datecs_sign datecs_signs_request[] = {
	{ FLAG(bad_syntax), REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ FLAG(bad_command), REASON_NOT_SUPPORTED, DATECS_REMEDY_REQUEST },
};

static const struct datecs_sign datecs_signs_mechanism[] = {
	{ FLAG(paper_out), REASON_PAPER_OUT, DATECS_REMEDY_PERSON },
	{ FLAG(cover_open), REASON_COVER_OPEN, DATECS_REMEDY_PERSON },
	{ FLAG(mechanism_failed), REASON_PRINTER_ERROR, DATECS_REMEDY_PERSON },
	{ FLAG(head_hot), REASON_PRINTER_ERROR, DATECS_REMEDY_AGAIN },
};

/* "Not permitted" last, for it is said besides. */
static const struct datecs_sign datecs_signs_state[] = {
	{ FLAG(fiscal_missing), REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ FLAG(fiscal_error), REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ FLAG(journal_full), REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ FLAG(memory_reset), REASON_FISCAL_BLOCKED, DATECS_REMEDY_SERVICE },
	{ FLAG(clock_wrong), REASON_CLOCK_WRONG, DATECS_REMEDY_CLOCK },
	{ FLAG(overflow), REASON_BAD_PARAMETER, DATECS_REMEDY_REQUEST },
	{ FLAG(not_permitted), REASON_DEVICE_REFUSED, DATECS_REMEDY_STATE },
};

/* False if nothing in the table is set. */
static bool datecs_signs_find(const struct datecs_sign *signs, size_t count,
			      const struct datecs_status *status,
			      struct datecs_meaning *out_meaning)
{
	for (size_t i = 0; i < count; i++) {
		const char *flag = (const char *)status + signs[i].flag;

		if (!*(const bool *)flag)
			continue;
		*out_meaning =
			(struct datecs_meaning){ .reason = signs[i].reason,
						 .remedy = signs[i].remedy };
		return true;
	}
	return false;
}

struct datecs_meaning datecs_status_trouble(const struct datecs_status *status)
{
	struct datecs_meaning meaning = { .reason = REASON_NONE };

	datecs_signs_find(datecs_signs_mechanism, COUNT(datecs_signs_mechanism),
			  status, &meaning);
	return meaning;
}

/* What is wrong with the request itself, then what is wrong with the device. */
struct datecs_meaning datecs_status_refusal(const struct datecs_status *status)
{
	struct datecs_meaning meaning = { .reason = REASON_NONE };

	if (!datecs_signs_find(datecs_signs_request,
			       COUNT(datecs_signs_request), status, &meaning) &&
	    !datecs_signs_find(datecs_signs_mechanism,
			       COUNT(datecs_signs_mechanism), status, &meaning))
		datecs_signs_find(datecs_signs_state, COUNT(datecs_signs_state),
				  status, &meaning);
	return meaning;
}

bool datecs_status_complains(const struct datecs_status *status)
{
	return status->bad_syntax || status->bad_command || status->overflow ||
	       status->not_permitted;
}
