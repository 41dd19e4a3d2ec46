/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, their fields, and how long they take (protocol text 3.7). */
#include "sim/posnet_model.h"

/* clang-format off */
#define RULES(...) \
	((const struct fp_rule[]){ \
		__VA_ARGS__ { NULL, FP_TEXT, 0, false } })
#define MUST(name, type, limit) { name, type, limit, true },
#define MAY(name, type, limit)	{ name, type, limit, false },
#define NO_RULES		RULES()

#define RECEIPT_LINE (FP_PRINTS | FP_RECEIPT)
#define SLIP	     (FP_PRINTS | FP_IDLE)

#define DISCOUNT_RULES \
	RULES(MAY("rd", FP_FLAG, 0) MAY("rp", FP_NUMBER, 99999) \
	      MAY("rw", FP_MONEY, 0) MAY("na", FP_TEXT, 25))

#define LINE_RULES \
	RULES(MUST("na", FP_TEXT, FP_NAME_MAX) \
	      MUST("vt", FP_NUMBER, 99) MUST("pr", FP_MONEY, 0) \
	      MAY("il", FP_QUANTITY, 0) MAY("wa", FP_MONEY, 0) \
	      MAY("st", FP_FLAG, 0) MAY("jm", FP_TEXT, 4) \
	      MAY("op", FP_TEXT, 50) MAY("rd", FP_FLAG, 0) \
	      MAY("rn", FP_TEXT, 25) MAY("rp", FP_NUMBER, 99999) \
	      MAY("rw", FP_MONEY, 0))

#define END_RULES \
	RULES(MAY("to", FP_MONEY, 0) MAY("op", FP_MONEY, 0) \
	      MAY("om", FP_MONEY, 0) MAY("fp", FP_MONEY, 0) \
	      MAY("re", FP_MONEY, 0) MAY("fe", FP_FLAG, 0))

const struct fp_command fp_commands[] = {
	{ "sdev", fp_status_device, NO_RULES, FP_ASYNC, 10 },
	{ "sprn", fp_status_mechanism, NO_RULES, FP_ASYNC, 10 },
	{ "sdrwr", fp_status_drawer, NO_RULES, FP_ASYNC, 10 },
	{ "break", fp_status_break, NO_RULES, FP_ASYNC, 10 },
	{ "sid", fp_status_name, NO_RULES, 0, 15 },
	{ "getrealid", fp_status_identity, NO_RULES, 0, 15 },
	{ "scomm", fp_status_common, NO_RULES, 0, 15 },
	{ "scnt", fp_status_counters, NO_RULES, 0, 15 },
	{ "strns", fp_status_transaction, NO_RULES, 0, 15 },
	{ "stot", fp_status_totals, NO_RULES, 0, 15 },
	{ "sfsk", fp_status_fiscal, NO_RULES, 0, 15 },
	{ "rtcget", fp_status_clock, NO_RULES, 0, 15 },
	{ "rtcset", fp_status_clock_set,
	  RULES(MUST("da", FP_TEXT, 16) MAY("st", FP_FLAG, 0)),
	  FP_IDLE, 50 },
	{ "vatget", fp_status_vat, NO_RULES, 0, 15 },
	{ "billcountercfgget", fp_status_numbering, NO_RULES, 0, 15 },
	{ "formisstarted", fp_status_form, NO_RULES, 0, 15 },
	{ "eclastdocnoget", fp_status_document,
	  RULES(MAY("ty", FP_NUMBER, 99)), 0, 15 },
	{ "doccntget", fp_status_documents, NO_RULES, 0, 15 },
	{ "fmrecrd", fp_status_record,
	  RULES(MAY("no", FP_NUMBER, 9999)), 0, 30 },
	{ "fmrecpowerfail", fp_status_power_failure,
	  RULES(MAY("no", FP_NUMBER, 9999)), 0, 30 },
	{ "scashstate", fp_status_cash, NO_RULES, 0, 15 },
	{ "discounttypeget", fp_status_discount_kind, NO_RULES, 0, 15 },
	{ "rpt", NULL, NO_RULES, FP_BARRIER, 10 },

	{ "trinit", fp_receipt_begin, RULES(MAY("bm", FP_FLAG, 0)),
	  SLIP, 100 },
	{ "trline", fp_sale_line, LINE_RULES, RECEIPT_LINE, 40 },
	{ "trdiscntsubtot", fp_receipt_discount, DISCOUNT_RULES,
	  RECEIPT_LINE, 40 },
	{ "trdiscntbill", fp_receipt_discount_all, DISCOUNT_RULES,
	  RECEIPT_LINE, 40 },
	{ "trnipset", fp_receipt_buyer,
	  RULES(MUST("ni", FP_TEXT, 30) MAY("dw", FP_FLAG, 0)
		MAY("ds", FP_TEXT, 56)), RECEIPT_LINE, 30 },
	{ "trpayment", fp_receipt_pay,
	  RULES(MUST("ty", FP_NUMBER, 99) MUST("wa", FP_MONEY, 0)
		MAY("na", FP_TEXT, 25) MAY("re", FP_FLAG, 0)),
	  RECEIPT_LINE, 40 },
	{ "trend", fp_receipt_end, END_RULES, RECEIPT_LINE, 500 },
	{ "trftrln", fp_receipt_footer_line,
	  RULES(MUST("id", FP_NUMBER, 99) MAY("na", FP_TEXT, 56)
		MAY("sw", FP_FLAG, 0) MAY("sh", FP_FLAG, 0)),
	  FP_PRINTS, 40 },
	{ "trftrend", fp_receipt_footer_end, NO_RULES, FP_PRINTS, 200 },
	{ "prncancel", fp_receipt_cancel, NO_RULES, FP_PRINTS, 200 },
	{ "trcancel", fp_receipt_cancel, NO_RULES, FP_PRINTS, 200 },
	{ "hardprncancel", fp_receipt_cancel, NO_RULES, FP_PRINTS,
	  200 },

	{ "dailyrep", fp_report_daily,
	  RULES(MAY("da", FP_DATE, 0) MAY("up", FP_FLAG, 0)), SLIP,
	  1500 },
	{ "periodicrepbydates", fp_report_dates,
	  RULES(MUST("fd", FP_DATE, 0) MUST("td", FP_DATE, 0)
		MAY("su", FP_FLAG, 0)), SLIP, 800 },
	{ "periodicrepbynumbers", fp_report_numbers,
	  RULES(MUST("fn", FP_NUMBER, 99999)
		MUST("tn", FP_NUMBER, 99999)
		MAY("su", FP_FLAG, 0)), SLIP, 800 },
	{ "monthlyrep", fp_report_month,
	  RULES(MUST("da", FP_DATE, 0) MAY("su", FP_FLAG, 0)), SLIP,
	  800 },
	{ "shiftrep", fp_report_shift,
	  RULES(MUST("sh", FP_TEXT, 8) MAY("zr", FP_FLAG, 0)), SLIP,
	  600 },
	{ "cashstaterep", fp_report_cash_state, NO_RULES, SLIP, 400 },

	{ "cash", fp_plain_cash,
	  RULES(MUST("kw", FP_MONEY, 0) MUST("wp", FP_FLAG, 0)), SLIP,
	  400 },
	{ "stocash", fp_plain_goods_return,
	  RULES(MUST("kw", FP_MONEY, 0)), SLIP, 400 },
	{ "eclastprintouts", fp_plain_copy,
	  RULES(MUST("no", FP_NUMBER, 99)), SLIP, 600 },
	{ "opendrwr", fp_plain_drawer, NO_RULES, 0, 60 },
	{ "papfeed", fp_plain_feed,
	  RULES(MUST("ln", FP_NUMBER, 99)), FP_PRINTS, 100 },
	{ "login", fp_plain_login,
	  RULES(MUST("na", FP_TEXT, 32) MAY("nk", FP_TEXT, 8)
		MAY("dr", FP_FLAG, 0)), SLIP, 100 },
	{ "logout", fp_plain_logout,
	  RULES(MAY("na", FP_TEXT, 32) MAY("nk", FP_TEXT, 8)
		MAY("dr", FP_FLAG, 0)), SLIP, 100 },
	{ "formstart", fp_plain_form_begin,
	  RULES(MUST("fn", FP_NUMBER, 999) MAY("fh", FP_NUMBER, 999)
		MAY("al", FP_TEXT, 56)), FP_PRINTS, 100 },
	{ "formline", fp_plain_form_line,
	  RULES(MUST("fn", FP_NUMBER, 999) MUST("fl", FP_NUMBER, 9999)
		MAY("s1", FP_TEXT, 200) MAY("sw", FP_FLAG, 0)
		MAY("sh", FP_FLAG, 0)), FP_PRINTS, 30 },
	{ "formend", fp_plain_form_end,
	  RULES(MUST("fn", FP_NUMBER, 999)), FP_PRINTS, 300 },
};
/* clang-format on */

const size_t fp_commands_count = sizeof(fp_commands) / sizeof(fp_commands[0]);
