/* SPDX-License-Identifier: Apache-2.0 */
#include "variety.h"

#include <string.h>

#define VARIETY_VALUES 5

/* What a model may be; the first is the usual one. */
struct variety_row {
	const char *model, *option;
	const char *values[VARIETY_VALUES];
	/* Of the driver, where it has to know. */
	const char *setting;
	const char *set[VARIETY_VALUES];
};

static const struct variety_row variety_rows[] = {
	{ "escpos",
	  "polarity",
	  { "low-is-open", "high-is-open" },
	  "sensor",
	  { "low-is-open", "high-is-open" } },
	{ "escpos", "opening", { "80", "20", "150", "400" }, NULL, { 0 } },
	{ "escpos",
	  "off-time",
	  { "plain", "at-least-on", "at-least-100" },
	  NULL,
	  { 0 } },
	{ "escpos", "buffer", { "4096", "64" }, NULL, { 0 } },
	{ "posnet", "speed", { "real", "fast" }, NULL, { 0 } },
	{ "posnet", "error-form", { "tab", "plain", "er" }, NULL, { 0 } },
	{ "posnet", "echo-bang", { "no", "yes" }, NULL, { 0 } },
	{ "posnet", "numbering", { "daily", "continuous" }, NULL, { 0 } },
	{ "posnet", "cancel-idle", { "ok", "2005", "2064" }, NULL, { 0 } },
	{ "posnet", "receipts", { "3", "0" }, NULL, { 0 } },
	{ "posnet", "power-receipt", { "cancel", "keep" }, NULL, { 0 } },
	{ "datecs", "speed", { "real", "fast" }, NULL, { 0 } },
	{ "datecs", "glued", { "no", "yes" }, NULL, { 0 } },
	{ "datecs", "other-dialect", { "nak", "silence" }, NULL, { 0 } },
	{ "datecs", "finishes", { "no", "yes", "later" }, NULL, { 0 } },
	{ "datecs", "zero-z", { "allow", "refuse" }, NULL, { 0 } },
	{ "datecs", "receipts", { "3", "0" }, NULL, { 0 } },
	{ "zvt", "booking", { "autoreverse", "keep", "refuse" }, NULL, { 0 } },
	{ "zvt", "commit", { "prints", "answer" }, NULL, { 0 } },
	{ "zvt",
	  "abort",
	  { "until-host", "always-8483", "ignore", "too-late-approves" },
	  NULL,
	  { 0 } },
	{ "zvt", "prints", { "after", "before" }, NULL, { 0 } },
	{ "zvt", "msgseq", { "no", "yes" }, NULL, { 0 } },
	{ "zvt", "pan", { "masked", "full" }, NULL, { 0 } },
	{ "zvt",
	  "charset",
	  { "cp437", "latin1", "utf8" },
	  "charset",
	  { "cp437", "iso-8859-1", "utf-8" } },
	{ "zvt", "line-tail", { "no", "yes" }, NULL, { 0 } },
	{ "zvt", "receipt-lines", { "0", "40" }, NULL, { 0 } },
	{ "zvt", "split", { "0", "1", "7" }, NULL, { 0 } },
	{ "em4100", "framing", { "14", "16" }, NULL, { 0 } },
	{ "em4100", "digits", { "upper", "lower" }, NULL, { 0 } },
};

/* The same of what was thought of later, with chance of its own: the rest of
 * the shop is as it was before. */
static const struct variety_row variety_more[] = {
	{ "zvt",
	  "card",
	  { "girocard", "visa", "mastercard", "maestro" },
	  NULL,
	  { 0 } },
	{ "zvt",
	  "repeat-eod",
	  { "yes", "yes", "no" },
	  "repeats-day-end",
	  { "no", "yes", "no" } },
	{ "zvt", NULL, { "", "" }, "print", { "lines", "blocks" } },
	{ "zvt", NULL, { "", "" }, "sequence", { "no", "yes" } },
	{ "zvt", NULL, { "", "", "" }, "language", { "en", "terminal", "pl" } },
	{ "zvt", NULL, { "", "" }, "customer-display", { "no", "yes" } },
};

static uint32_t variety_count(const struct variety_row *row)
{
	uint32_t count = 0;

	while (count < VARIETY_VALUES && row->values[count])
		count++;
	return count;
}

static void variety_add(struct variety *variety, const struct variety_row *row,
			uint32_t at)
{
	if (at && row->option && variety->options_count < VARIETY_MAX)
		variety->options[variety->options_count++] =
			(struct model_option){ row->option, row->values[at] };
	if (row->setting && variety->settings_count < VARIETY_MAX)
		variety->settings[variety->settings_count++] =
			(struct device_setting){ row->setting, row->set[at] };
}

/* Of a family, which one. */
static const char *variety_model(const char *family, struct chance *chance)
{
	if (strcmp(family, "datecs") != 0)
		return family;
	return chance_hits(chance, 50) ? "datecs-x" : "datecs-classic";
}

static void variety_choose_among(const struct variety_row *rows, size_t count,
				 const char *model, struct chance *chance,
				 struct variety *variety)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t values = variety_count(&rows[i]);

		if (!strcmp(rows[i].model, model))
			variety_add(variety, &rows[i],
				    chance_hits(chance, 60)
					    ? 0
					    : chance_below(chance, values));
	}
}

#define VARIETY_AMONG(rows) rows, sizeof(rows) / sizeof((rows)[0])

void variety_choose(const char *model, struct chance *chance,
		    struct chance *later, struct variety *out)
{
	*out = (struct variety){ .serial = chance_hits(chance, 50) };
	out->model = variety_model(model, chance);
	variety_choose_among(VARIETY_AMONG(variety_rows), model, chance, out);
	variety_choose_among(VARIETY_AMONG(variety_more), model, later, out);
}
