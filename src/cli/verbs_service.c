/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of technicians: the second part of the table of verbs.c. */
#include "cli/verbs.h"

#define ABOUT_CONSENT                                                          \
	"If you may not do it yourself, it is said what is asked and who can " \
	"authorize it; see tillctl help drawer open."
#define AS_ACTION                                                  \
	(OPTION(TILL) | OPTION(WAIT) | OPTION(KEY) | OPTION(PIN) | \
	 OPTION(PIN_STDIN) | OPTION(TOKEN_STDIN) | OPTION(REASON))

/* clang-format off */
const struct verb verbs_service[] = {
	{ "status", "[--watch]",
		"one screen: what is wrong, tills, devices, what is open",
		"For technicians. With --watch it is shown again whenever "
		"something happens, until Ctrl-C.",
		OPTION(WATCH), 0, 0, verb_show_status },
	{ "health", "", "one line for monitoring, and an exit code",
		"Ends with 0 if all is well, with 1 if something wants a "
		"person soon, with 2 if something does not work or the daemon "
		"does not answer, with 3 if that can't be told.",
		0, 0, 0, verb_check_health },
	{ "doctor", "", "look for what could be wrong, and say what to do",
		"For technicians, best as root. The daemon and its sandbox, "
		"disk and journal, clocks, who else opens serial ports, "
		"whether udev has tilld's rules where something is by USB, "
		"which card readers pcscd has where one is by PC/SC, and for "
		"each device its port, its rights, who holds it, and what "
		"comes back on its line. It looks, and writes to no port. Ends "
		"with 1 if anything is found.",
		0, 0, 0, verb_consult_doctor },
	{ "report", "[--record FILE]",
		"one file with all that somebody far away needs to help",
		"For technicians, best as root: state, what tillctl doctor "
		"finds, the trace of each device, the journal's last entries, "
		"the configuration and the daemon's log, as JSON; with no "
		"daemon there, what can be seen without. No password, PIN, "
		"badge, token or card number is in it; amounts and names of "
		"people are.",
		OPTION(RECORD), 0, 0, verb_write_bundle },
	{ "device test",
		"DEVICE [internal|external|interactive|drawer|report]",
		"have a device tested",
		"For technicians. internal (the usual one) asks it how it is; "
		"external has a display show a pattern, a printer print a "
		"page, a card terminal call its host; interactive waits for "
		"a badge at a reader, which counts for nothing else. These "
		"take no sign-on. drawer opens a drawer, report has an X "
		"report made: as the thing itself, somebody who may has to "
		"be signed on, or to authorize it.\n" ABOUT_CONSENT,
		AS_ACTION, 1, 2, verb_test_device },
	{ "device scan", "DEVICE",
		"find out at which speed a silent device answers",
		"For technicians. A device on a serial line that does not "
		"answer is asked how it is at the other speeds and parities "
		"that such devices have, and in the other dialects of its "
		"protocol: nothing moves, and what is found is only told. It "
		"takes up to a minute; then the line is as it was. What a "
		"receipt printer is asked at a wrong speed it may print, as a "
		"few strange signs. On record as a test is; for displays, "
		"readers and what never answers there is none.",
		OPTION(WAIT), 1, 1, verb_scan_device },
	{ "device learn", "DEVICE",
		"find out what the sensor of a drawer means",
		"For technicians. Opens it once, asks how it is to be seen, "
		"and says what its sensor has to be set to.\n" ABOUT_CONSENT,
		AS_ACTION, 1, 1, verb_learn_device },
	{ "device release", "DEVICE --for 10m --reason TEXT",
		"hand a device over to another program for a while",
		"For a vendor's tool: its port is closed, and left alone so "
		"long, over restarts too; two hours at most. Nothing is done "
		"with it meanwhile, and everybody is told. When it is back it "
		"is compared with how it was before.\n" ABOUT_CONSENT,
		AS_ACTION | OPTION(FOR), 1, 1, verb_release_device },
	{ "device take", "DEVICE", "take such a device back earlier",
		"The other program has to have let go of it. Technicians need "
		"no sign-on.\n" ABOUT_CONSENT,
		AS_ACTION, 1, 1, verb_take_device },
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
	{ "log", "[DEVICE] [-f] [--limit N]",
		"what tilld has said of late: its log, not its journal",
		"For technicians. From systemd's journal where systemd has "
		"started tilld, which takes root or the group adm or "
		"systemd-journal; else from the file that tilld's standard "
		"error is. With DEVICE only what is about it; with -f it goes "
		"on with what comes, until Ctrl-C.",
		OPTION(FOLLOW) | OPTION(LIMIT), 0, 1, verb_show_log },
	{ "replay", "FILE PORT",
		"play a recorded device to a tilld on the desk",
		"FILE is of tillctl trace -f --record, from when the line came "
		"up. PORT is what tilld.conf there has for the device: the "
		"path of a link that is made for a serial line (or a USB "
		"printer's), or a TCP port; a HID or a keyboard can't be "
		"played. "
		"What the driver says has to be what it said then; ends with 1 "
		"where it is not, with 0 when all was played.",
		0, 2, 2, verb_replay },
};
/* clang-format on */

const size_t verbs_service_count =
	sizeof(verbs_service) / sizeof(verbs_service[0]);
