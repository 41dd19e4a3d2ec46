/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of technicians: the second part of the table of verbs.c. */
#include "cli/verbs.h"

/* clang-format off */
const struct verb verbs_service[] = {
	{ "trace", "DEVICE [-f] [--record FILE]",
		"what went over a device's wire of late, in words and bytes",
		"For technicians. With -f it goes on with what comes, until "
		"Ctrl-C. No badge, PIN, password or card number is in it: "
		"** stands in their place, and of what the driver does not "
		"know only the length is told. With --record what is shown "
		"also goes to FILE, a line of JSON each, for tillctl replay "
		"and for whoever looks after the driver.",
		OPTION(FOLLOW) | OPTION(LIMIT) | OPTION(RECORD),
		1, 1, verb_trace },
};
/* clang-format on */

const size_t verbs_service_count =
	sizeof(verbs_service) / sizeof(verbs_service[0]);
