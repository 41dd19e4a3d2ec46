/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/cash.h"

#include <string.h>

static const struct cash_kind_row {
	const char *name;
	bool in;
} cash_kinds[CASH_KINDS] = {
	[CASH_FLOAT] = { "float", true },
	[CASH_SALE] = { "sale", true },
	[CASH_REFUND] = { "refund", false },
	[CASH_DEPOSIT] = { "deposit", true },
	[CASH_WITHDRAWAL] = { "withdrawal", false },
	[CASH_SURPLUS] = { "surplus", true },
	[CASH_SHORTAGE] = { "shortage", false },
};

const char *cash_kind_name(enum cash_kind kind)
{
	return cash_kinds[kind].name;
}

bool cash_kind_from_name(const char *name, enum cash_kind *out_kind)
{
	for (enum cash_kind kind = 0; kind < CASH_KINDS; kind++) {
		if (!strcmp(cash_kinds[kind].name, name)) {
			*out_kind = kind;
			return true;
		}
	}
	return false;
}

bool cash_kind_is_in(enum cash_kind kind)
{
	return cash_kinds[kind].in;
}

const char *cash_kind_direction(enum cash_kind kind)
{
	return cash_kinds[kind].in ? "in" : "out";
}

int64_t cash_delta(enum cash_kind kind, int64_t amount)
{
	return cash_kinds[kind].in ? amount : -amount;
}
