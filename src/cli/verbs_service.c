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
	{ "replay", "FILE PORT",
		"play a recorded device to a tilld on the desk",
		"FILE is of tillctl trace -f --record, from when the line came "
		"up. PORT is what tilld.conf there has for the device: the "
		"path of a link that is made for a serial line, or a TCP port. "
		"What the driver says has to be what it said then; ends with 1 "
		"where it is not, with 0 when all was played.",
		0, 2, 2, verb_replay },
};
/* clang-format on */

const size_t verbs_service_count =
	sizeof(verbs_service) / sizeof(verbs_service[0]);
