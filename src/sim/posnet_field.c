/* SPDX-License-Identifier: Apache-2.0 */
/* Values of fields (protocol text 3.6), checked before a command runs. */
#include "sim/command.h"
#include "sim/posnet_model.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FP_QUANTITY_DIGITS 8

/* Digits, and at most eight more after a point or a comma. */
static bool fp_quantity_parse(const char *text, int64_t *out_quantity)
{
	int64_t value = 0;
	int after = -1; /* digits after the separator; -1: not seen */

	if (!isdigit((unsigned char)*text))
		return false;
	for (; *text; text++) {
		if ((*text == '.' || *text == ',') && after < 0) {
			after = 0;
			continue;
		}
		if (!isdigit((unsigned char)*text) ||
		    after == FP_QUANTITY_DIGITS ||
		    value > FP_MONEY_MAX * FP_QUANTITY_ONE / 10)
			return false;
		value = value * 10 + (*text - '0');
		after += after >= 0;
	}
	for (int i = after < 0 ? 0 : after; i < FP_QUANTITY_DIGITS; i++) {
		if (value > FP_MONEY_MAX * FP_QUANTITY_ONE / 10)
			return false;
		value *= 10;
	}
	*out_quantity = value;
	return true;
}

/* -1 for what is no BOOL */
static int fp_flag_parse(const char *text)
{
	if (strlen(text) != 1)
		return -1;
	return strchr("1tTyY", *text) ? 1 : strchr("0nN", *text) ? 0 : -1;
}

static bool fp_digits_match(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++) {
		if (*pattern == '9' && !isdigit((unsigned char)*text))
			return false;
		if (*pattern == '-' && !memchr("-./", *text, 3))
			return false;
		if (*pattern == ',' && !memchr(",; ", *text, 3))
			return false;
		if (*pattern == ':' && *text != ':')
			return false;
	}
	return !*text;
}

/* The kit reads yyyy-mm-ddThh:mm; it is strict about days and hours. */
static bool fp_time_read(const char *text, int64_t *out_civil_ms)
{
	char plain[24];

	snprintf(plain, sizeof(plain), "%.4s-%.2s-%.2sT%.5s", text, text + 5,
		 text + 8, strlen(text) > 10 ? text + 11 : "00:00");
	return kit_clock_parse(plain, out_civil_ms);
}

bool fp_field_date(const char *text, int64_t *out_civil_ms)
{
	return fp_digits_match(text, "9999-99-99") &&
	       fp_time_read(text, out_civil_ms);
}

bool fp_field_date_time(const char *text, int64_t *out_civil_ms)
{
	return fp_digits_match(text, "9999-99-99,99:99") &&
	       fp_time_read(text, out_civil_ms);
}

static enum fp_refusal fp_value_check(const struct fp_rule *rule,
				      const char *value)
{
	int64_t number;
	bool good = false;

	switch (rule->type) {
	case FP_TEXT:
		return strlen(value) > (size_t)rule->limit ? FP_REFUSAL_LENGTH
							   : FP_REFUSAL_NONE;
	case FP_NUMBER:
		good = command_number(value, 0, rule->limit, &number);
		break;
	case FP_MONEY:
		good = command_number(value, 0, FP_MONEY_MAX, &number);
		break;
	case FP_QUANTITY:
		good = fp_quantity_parse(value, &number);
		break;
	case FP_FLAG:
		good = fp_flag_parse(value) >= 0;
		break;
	case FP_DATE:
		good = fp_field_date(value, &number);
		break;
	case FP_DATE_TIME:
		good = fp_field_date_time(value, &number);
		break;
	}
	return good ? FP_REFUSAL_NONE : FP_REFUSAL_VALUE;
}

static int64_t fp_unknown_count(const struct fp_command *command,
				const struct fp_request *request)
{
	int64_t unknown = 0;

	for (size_t i = 0; i < request->fields_count; i++) {
		const struct fp_rule *rule = command->rules;

		while (rule->name &&
		       strcmp(rule->name, request->fields[i].name) != 0)
			rule++;
		unknown += !rule->name;
	}
	return unknown;
}

/* What the printer does with fields it does not know is stated nowhere. */
enum fp_refusal fp_field_check(const struct fp_command *command,
			       const struct fp_request *request,
			       const char **out_field, int64_t *unknown)
{
	const struct fp_rule *rule;

	for (rule = command->rules; rule->name; rule++) {
		const char *value = fp_request_find(request, rule->name);
		enum fp_refusal refusal;

		if (!value && !rule->needed)
			continue;
		refusal = value ? fp_value_check(rule, value)
				: FP_REFUSAL_MISSING;
		if (refusal) {
			*out_field = rule->name;
			return refusal;
		}
	}
	*unknown += fp_unknown_count(command, request);
	return FP_REFUSAL_NONE;
}

int64_t fp_field_number(const struct fp_request *request, const char *name,
			int64_t otherwise)
{
	const char *value = fp_request_find(request, name);
	int64_t number = otherwise;

	if (value)
		command_number(value, 0, FP_TOTAL_MAX, &number);
	return number;
}

bool fp_field_flag(const struct fp_request *request, const char *name,
		   bool otherwise)
{
	const char *value = fp_request_find(request, name);

	return value ? fp_flag_parse(value) > 0 : otherwise;
}

const char *fp_field_text(const struct fp_request *request, const char *name)
{
	const char *value = fp_request_find(request, name);

	return value ? value : "";
}

int64_t fp_field_quantity(const struct fp_request *request, const char *name)
{
	const char *value = fp_request_find(request, name);
	int64_t quantity = FP_QUANTITY_ONE;

	if (value)
		fp_quantity_parse(value, &quantity);
	return quantity;
}
