/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that there are (protocol text 4.6 and 4.7). */
#include "sim/datecs_model.h"

#define ISL_LINE_MS   120
#define ISL_TEXT_MS   60
#define ISL_SLIP_MS   1200
#define ISL_REPORT_MS 2500

/* clang-format off */
const struct isl_command isl_commands[] = {
	{ 32, isl_status_error, ISL_CLASSIC, 0 },
	{ 38, isl_plain_open, ISL_PRINTS | ISL_IDLE | ISL_JOURNAL, ISL_LINE_MS },
	{ 39, isl_plain_close, ISL_PRINTS | ISL_NONFISCAL, ISL_SLIP_MS },
	{ 42, isl_plain_text, ISL_PRINTS | ISL_NONFISCAL | ISL_JOURNAL,
	  ISL_TEXT_MS },
	{ 43, isl_receipt_storno,
	  ISL_PRINTS | ISL_IDLE | ISL_JOURNAL | ISL_X_ONLY, ISL_LINE_MS },
	{ 44, isl_plain_feed, ISL_PRINTS, ISL_TEXT_MS },
	{ 45, isl_plain_link, 0, 0 },
	{ 48, isl_receipt_open, ISL_PRINTS | ISL_IDLE | ISL_JOURNAL,
	  ISL_LINE_MS },
	{ 49, isl_receipt_sale, ISL_PRINTS | ISL_RECEIPT | ISL_JOURNAL,
	  ISL_LINE_MS },
	{ 50, isl_status_rates, ISL_X_ONLY, 0 },
	{ 51, isl_receipt_subtotal, ISL_PRINTS | ISL_RECEIPT, ISL_LINE_MS },
	{ 53, isl_receipt_pay, ISL_PRINTS | ISL_RECEIPT, ISL_LINE_MS },
	{ 54, isl_receipt_text, ISL_PRINTS | ISL_RECEIPT | ISL_JOURNAL,
	  ISL_TEXT_MS },
	{ 56, isl_receipt_close, ISL_PRINTS | ISL_RECEIPT, ISL_SLIP_MS },
	{ 60, isl_receipt_cancel, ISL_PRINTS | ISL_RECEIPT, ISL_SLIP_MS },
	{ 61, isl_plain_clock, ISL_IDLE, 0 },
	{ 62, isl_status_clock, 0, 0 },
	{ 64, isl_status_last_z, 0, 0 },
	{ 65, isl_status_day_sums, 0, 0 },
	{ 68, isl_status_left, 0, 0 },
	{ 69, isl_report_day, ISL_PRINTS | ISL_IDLE, ISL_REPORT_MS },
	{ 70, isl_plain_cash, 0, ISL_TEXT_MS },
	{ 73, isl_report_numbers, ISL_PRINTS | ISL_IDLE | ISL_CLASSIC,
	  ISL_REPORT_MS },
	{ 74, isl_status_bytes, 0, 0 },
	{ 76, isl_status_transaction, 0, 0 },
	{ 79, isl_report_dates_short, ISL_PRINTS | ISL_IDLE | ISL_CLASSIC,
	  ISL_REPORT_MS },
	{ 86, isl_status_last_time, 0, 0 },
	{ 90, isl_status_identity, 0, 0 },
	{ 94, isl_report_dates, ISL_PRINTS | ISL_IDLE, ISL_REPORT_MS },
	{ 95, isl_report_numbers, ISL_PRINTS | ISL_IDLE | ISL_X_ONLY,
	  ISL_REPORT_MS },
	{ 95, isl_report_numbers_short, ISL_PRINTS | ISL_IDLE | ISL_CLASSIC,
	  ISL_REPORT_MS },
	{ 97, isl_status_rates, ISL_CLASSIC, 0 },
	{ 100, isl_status_complaint, ISL_X_ONLY, 0 },
	{ 103, isl_status_sums, 0, 0 },
	{ 106, isl_plain_drawer, 0, 0 },
	{ 109, isl_plain_copy, ISL_PRINTS | ISL_IDLE, ISL_SLIP_MS },
	{ 110, isl_status_day, 0, 0 },
	{ 113, isl_status_documents, ISL_CLASSIC, 0 },
	{ 123, isl_status_device, ISL_X_ONLY, 0 },
};
/* clang-format on */

const size_t isl_commands_count =
	sizeof(isl_commands) / sizeof(isl_commands[0]);
