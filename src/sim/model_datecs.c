/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datecs fiscal printers in both dialects, written from the protocol text
 * alone: their options, and what the host calls.
 */
#include "sim/command.h"
#include "sim/datecs_model.h"
#include "sim/datecs_verbs.h"
#include "sim/models.h"
#include "sim/setting.h"

#include "util/alloc.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISL_CONTENT_MAX 65536
#define ISL_GAP_MS	60
#define ISL_COUNT_MAX	100000
#define ISL_SERIAL_LEN	8

/* Options */

static bool isl_option_clock(struct model *model, const char *value)
{
	return kit_clock_parse(value, &isl_of(model)->clock.set);
}

static bool isl_option_speed(struct model *model, const char *value)
{
	static const char *const speeds[] = { "real", "fast", NULL };
	int speed = command_choice(value, speeds);

	isl_of(model)->fast = speed == 1;
	return speed >= 0;
}

/* 69:1500 */
static bool isl_option_delay(struct model *model, const char *value)
{
	char command[KIT_WORD_SIZE];
	size_t len = strcspn(value, ":");
	int64_t ms;

	if (!value[len] || len >= sizeof(command) ||
	    !command_number(value + len + 1, 0, ISL_MS_MAX, &ms))
		return false;
	snprintf(command, sizeof(command), "%.*s", (int)len, value);
	return isl_delay_set(isl_of(model), command, ms);
}

static bool isl_option_gap(struct model *model, const char *value)
{
	return isl_gap_set(isl_of(model), value);
}

static bool isl_option_glued(struct model *model, const char *value)
{
	return kit_answer_parse(value, &isl_of(model)->glued);
}

static bool isl_option_probe(struct model *model, const char *value)
{
	static const char *const ways[] = { "nak", "silence", NULL };
	int way = command_choice(value, ways);

	isl_of(model)->shut_probe = way == 1;
	return way >= 0;
}

static bool isl_option_finishes(struct model *model, const char *value)
{
	static const char *const ways[] = { "no", "yes", "later", NULL };
	int way = command_choice(value, ways);

	isl_of(model)->finishes = (enum isl_finish)way;
	return way >= 0;
}

static bool isl_option_zero(struct model *model, const char *value)
{
	static const char *const ways[] = { "allow", "refuse", NULL };
	int way = command_choice(value, ways);

	isl_of(model)->refuses_zero = way == 1;
	return way >= 0;
}

static bool isl_option_receipts(struct model *model, const char *value)
{
	return command_number(value, 0, 1000, &isl_of(model)->sold);
}

static bool isl_option_reports(struct model *model, const char *value)
{
	return command_number(value, 0, 1000, &isl_of(model)->reports);
}

static bool isl_option_slips(struct model *model, const char *value)
{
	return command_number(value, 0, ISL_COUNT_MAX, &isl_of(model)->slips);
}

static bool isl_option_fiscal(struct model *model, const char *value)
{
	return command_number(value, 0, ISL_COUNT_MAX, &isl_of(model)->fiscal);
}

static bool isl_option_documents(struct model *model, const char *value)
{
	return command_number(value, 0, ISL_COUNT_MAX,
			      &isl_of(model)->documents);
}

static bool isl_option_cash(struct model *model, const char *value)
{
	return command_number(value, 0, ISL_MONEY_MAX, &isl_of(model)->cash);
}

static bool isl_option_name(struct model *model, const char *value)
{
	struct isl *isl = isl_of(model);

	if (!*value || strlen(value) > 20 || !text_is_plain(value) ||
	    strchr(value, ','))
		return false;
	text_copy(isl->name, sizeof(isl->name), value);
	return true;
}

static bool isl_option_serial(struct model *model, const char *value)
{
	struct isl *isl = isl_of(model);

	if (strlen(value) != ISL_SERIAL_LEN || !text_is_name(value, 8))
		return false;
	text_copy(isl->serial, sizeof(isl->serial), value);
	return true;
}

static bool isl_option_password(struct model *model, const char *value)
{
	struct isl *isl = isl_of(model);
	size_t digits = strspn(value, "0123456789");

	if (!digits || digits > 8 || value[digits])
		return false;
	text_copy(isl->password, sizeof(isl->password), value);
	return true;
}

/* clang-format off */
#define ISL_OPTIONS(X) \
	X("clock", "2026-11-22T10:00[:SS]|system", "what its clock shows", \
	  isl_option_clock) \
	X("speed", "real|fast", "fast: printing takes no time", \
	  isl_option_speed) \
	X("delay", "COMMAND:MS", "time until that command's answer", \
	  isl_option_delay) \
	X("gap", "MS", "between two SYN (60)", isl_option_gap) \
	X("glued", "no|yes", "a SYN right before each answer", \
	  isl_option_glued) \
	X("other-dialect", "nak|silence", "what a classic one says to it", \
	  isl_option_probe) \
	X("finishes", "no|yes|later", "after a power cut, what was broken off", \
	  isl_option_finishes) \
	X("zero-z", "allow|refuse", "a Z report without any sale", \
	  isl_option_zero) \
	X("receipts", "N", "sold when the day begins (3)", \
	  isl_option_receipts) \
	X("reports", "N", "Z reports so far (4)", isl_option_reports) \
	X("slips", "N", "receipts of all kinds so far (0)", isl_option_slips) \
	X("fiscal", "N", "fiscal receipts so far (0)", isl_option_fiscal) \
	X("documents", "N", "printed documents so far (0)", \
	  isl_option_documents) \
	X("cash", "CENTS", "in the drawer (0)", isl_option_cash) \
	X("name", "TEXT", "of the model", isl_option_name) \
	X("serial", "XX000000", "its serial number", isl_option_serial) \
	X("password", "DIGITS", "of all operators", isl_option_password)
/* clang-format on */

static const struct setting isl_options[] = { ISL_OPTIONS(SETTING_SET_ROW) };
static const struct command isl_verbs[] = { ISL_VERBS(COMMAND_ROW) };

#define ISL_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char *isl_command(struct model *model, const char *command)
{
	return command_run(isl_verbs, ISL_COUNT(isl_verbs), model, command);
}

static void isl_input(struct model *model, const uint8_t *data, size_t len)
{
	isl_engine_input(isl_of(model), data, len);
}

static void isl_timeout(struct model *model)
{
	isl_engine_timeout(isl_of(model));
}

static void isl_line(struct model *model, bool up)
{
	isl_engine_line(isl_of(model), up);
}

static json_t *isl_account(const struct model *model)
{
	return isl_book_account((const struct isl *)model);
}

static void isl_destroy(struct model *model)
{
	struct isl *isl = isl_of(model);

	buf_free(&isl->last);
	buf_free(&isl->receipt.content);
	json_decref(isl->log);
	json_decref(isl->z_reports);
	free(isl->records);
	free(isl);
}

static void isl_reset(struct isl *isl)
{
	static const int rates[ISL_TAXES] = {
		0, 2000, 2000, 900, -1, -1, -1, -1
	};

	memcpy(isl->rates, rates, sizeof(rates));
	for (size_t i = 0; i < ISL_COUNT(isl->delays); i++)
		isl->delays[i] = -1;
	text_copy(isl->name, sizeof(isl->name),
		  isl->classic ? "FP-800" : "FP-700X");
	text_copy(isl->serial, sizeof(isl->serial),
		  isl->classic ? "DT000600" : "DT636533");
	text_copy(isl->password, sizeof(isl->password), "0000");
	isl->refuses_zero = isl->classic;
	isl->gap = ISL_GAP_MS;
	isl->sold = 3;
	isl->reports = 4;
	isl->power_at = -1;
	isl->finish_at = -1;
	isl->line_up = true;
	isl->log = json_array();
	isl->z_reports = json_array();
	buf_init(&isl->last, ISL_FRAME_MAX);
	buf_init(&isl->receipt.content, ISL_CONTENT_MAX);
	kit_clock_parse(KIT_CLOCK_DEFAULT, &isl->clock.set);
}

static struct model *isl_create(const struct model_class *class,
				const struct model_host *host,
				const struct model_option *options,
				size_t options_count, char **out_error)
{
	struct isl *isl = ALLOC_NEW(struct isl);
	char *error;

	isl->model.class = class;
	isl->model.host = *host;
	isl->classic = class == &model_datecs_classic;
	isl_reset(isl);
	isl->clock.since = host->now(host->arg);
	error = setting_apply(isl_options, ISL_COUNT(isl_options), options,
			      options_count, &isl->model);
	if (error) {
		isl_destroy(&isl->model);
		*out_error = error;
		return NULL;
	}
	isl_book_start(isl, isl->sold);
	return &isl->model;
}

static struct model *isl_create_x(const struct model_host *host,
				  const struct model_option *options,
				  size_t options_count, bool serial,
				  char **out_error)
{
	(void)serial;
	return isl_create(&model_datecs_x, host, options, options_count,
			  out_error);
}

static struct model *isl_create_classic(const struct model_host *host,
					const struct model_option *options,
					size_t options_count, bool serial,
					char **out_error)
{
	(void)serial;
	return isl_create(&model_datecs_classic, host, options, options_count,
			  out_error);
}

static const char isl_help[] = "Options:\n" ISL_OPTIONS(SETTING_HELP) //
	"Commands:\n" ISL_VERBS(COMMAND_HELP);

const struct model_class model_datecs_x = {
	.name = "datecs-x",
	.summary = "a fiscal printer of Datecs, X dialect",
	.help = isl_help,
	.create = isl_create_x,
	.destroy = isl_destroy,
	.line = isl_line,
	.input = isl_input,
	.timeout = isl_timeout,
	.command = isl_command,
	.account = isl_account,
};

const struct model_class model_datecs_classic = {
	.name = "datecs-classic",
	.summary = "a fiscal printer of Datecs, classic dialect",
	.help = isl_help,
	.create = isl_create_classic,
	.destroy = isl_destroy,
	.line = isl_line,
	.input = isl_input,
	.timeout = isl_timeout,
	.command = isl_command,
	.account = isl_account,
};
