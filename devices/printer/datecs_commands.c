/* SPDX-License-Identifier: Apache-2.0 */
/* The actions and their numbers (docs/protocols.md 4.6, 4.7 and 4.10). */
#include "printer/datecs_commands.h"

/* X, classic, told, prints, refusals. */
static const struct datecs_command datecs_commands[] = {
	[DATECS_IDENTITY] = { 90, 90, true, false, NULL },
	[DATECS_STATUS] = { 74, 74, true, false, NULL },
	[DATECS_PENDING] = { 74, 74, true, false, NULL },
	[DATECS_COMPLAINT] = { 100, 32, true, false, NULL },
	[DATECS_CLOCK_READ] = { 62, 62, true, false, NULL },
	[DATECS_CLOCK_SET] = { 61, 61, false, false, NULL },
	[DATECS_TRANSACTION] = { 76, 76, true, false, NULL },
	[DATECS_OPEN_SUMS] = { 103, 103, true, false, NULL },
	[DATECS_LAST_RECEIPT] = { 123, 113, true, false, NULL },
	[DATECS_LAST_REPORT] = { 64, 64, true, false, "F" },
	[DATECS_DAY] = { 110, 110, true, false, NULL },
	[DATECS_CASH_READ] = { 70, 70, true, false, "F" },
	[DATECS_RATES] = { 50, 97, true, false, NULL },
	[DATECS_DAY_SUMS] = { 65, 65, true, false, NULL },
	[DATECS_RECEIPT_OPEN] = { 48, 48, true, true, NULL },
	[DATECS_SALE] = { 49, 49, false, true, NULL },
	[DATECS_SUBTOTAL] = { 51, 51, true, true, NULL },
	[DATECS_PAYMENT] = { 53, 53, true, true, "FEI" },
	[DATECS_RECEIPT_TEXT] = { 54, 54, false, true, NULL },
	[DATECS_RECEIPT_CLOSE] = { 56, 56, true, true, NULL },
	[DATECS_RECEIPT_CANCEL] = { 60, 60, false, true, NULL },
	[DATECS_NONFISCAL_OPEN] = { 38, 38, true, true, NULL },
	[DATECS_NONFISCAL_TEXT] = { 42, 42, false, true, NULL },
	[DATECS_NONFISCAL_CLOSE] = { 39, 39, true, true, NULL },
	[DATECS_REPORT_X] = { 69, 69, true, true, NULL },
	[DATECS_REPORT_Z] = { 69, 69, true, true, NULL },
	[DATECS_REPORT_BY_DATES] = { 94, 94, false, true, NULL },
	[DATECS_REPORT_BY_DATES_SHORT] = { 94, 79, false, true, NULL },
	[DATECS_REPORT_BY_NUMBERS] = { 95, 73, false, true, NULL },
	[DATECS_REPORT_BY_NUMBERS_SHORT] = { 95, 95, false, true, NULL },
	[DATECS_CASH_MOVE] = { 70, 70, true, true, "F" },
	[DATECS_DRAWER] = { 106, 106, false, false, NULL },
	[DATECS_FEED] = { 44, 44, false, true, NULL },
	[DATECS_COPY] = { 109, 109, false, true, NULL },
	[DATECS_CUT] = { 46, DATECS_NO_COMMAND, false, true, NULL },
};

const struct datecs_command *datecs_command_of(enum datecs_action action)
{
	return &datecs_commands[action];
}

unsigned int datecs_command_number(const struct datecs_dialect *dialect,
				   enum datecs_action action)
{
	const struct datecs_command *command = datecs_command_of(action);

	return dialect == &datecs_x ? command->x : command->classic;
}

bool datecs_speech_is_x(const struct datecs_speech *speech)
{
	return speech->dialect == &datecs_x;
}

void datecs_request_build(const struct datecs_speech *speech,
			  enum datecs_action action, uint8_t seq,
			  const struct buf *data, struct buf *out)
{
	if (data->failed)
		out->failed = true;
	datecs_frame_build(speech->dialect, seq,
			   datecs_command_number(speech->dialect, action),
			   data->data, data->len, out);
}
