/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl doctor: what a device's trace tells of its line. */
#include "cli/doctor.h"
#include "cli/say.h"

#include "util/buf.h"
#include "util/clock.h"
#include "util/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCTOR_RECORDS 200
#define DOCTOR_CLOCK_M 2 /* minutes that a printer's clock may be off */

/* --- the line --- */

/* What came and went since the line came up last. */
struct line_story {
	size_t out, in; /* things that were understood */
	size_t strange; /* that were not */
	size_t wrong;	/* of these: bytes above 7F, as of a wrong speed */
};

static void line_take(struct line_story *story, const json_t *record)
{
	const char *way = json_text(record, "way");
	const char *text = json_text(record, "text");
	bool shown = json_text(record, "hex");

	if (!way || !text)
		return;
	if (!strcmp(way, "note")) {
		const char *event = json_text(record, "event");

		if (event && !strcmp(event, "up"))
			*story = (struct line_story){ 0 };
		return;
	}
	story->out += !strcmp(way, "out");
	story->in += !strcmp(way, "in") && shown;
	story->strange += !strcmp(way, "in") && !shown;
	story->wrong += !strcmp(way, "in") && strstr(text, "above 7F");
}

static bool line_read(struct doctor *doctor, const char *name, int limit,
		      struct client_answer *out_answer)
{
	CLEANUP(buf_cleanup) struct buf path = BUF_INIT(CLIENT_PATH_MAX);

	client_add_path(&path, "/v1/devices/{}/trace", name);
	client_add_query_int(&path, "limit", limit);
	return doctor_ask(doctor, "GET", buf_text(&path), out_answer) == 200;
}

static void line_judge(struct doctor *doctor, const char *name,
		       const struct line_story *story)
{
	if (story->wrong && story->wrong * 2 > story->in)
		doctor_find(
			doctor, FINDING_BAD, name,
			_("Set baud, parity and bits in tilld.conf as the "
			  "device's own setting (often printed at its "
			  "start) has them; tillctl device scan finds out."),
			_("What comes back are bytes of another speed or "
			  "parity."));
	else if (story->strange && story->strange > story->in)
		doctor_find(
			doctor, FINDING_BAD, name,
			_("Compare what is plugged in there with tilld.conf: "
			  "the driver, or the protocol that the device is "
			  "set to, is another one."),
			_("It speaks, but not the protocol of its driver."));
	else if (story->out && !story->in && !story->strange)
		doctor_find(doctor, FINDING_BAD, name,
			    _("Is it switched on, and the cable in the right "
			      "socket and of the right kind (crossed or "
			      "straight)? Has it another speed? tillctl device "
			      "scan finds out."),
			    "It was asked %zu time%s and never answered.",
			    story->out, story->out == 1 ? "" : "s");
}

void doctor_check_line(struct doctor *doctor, const json_t *device)
{
	const char *name = json_text(device, "name");
	const char *class = json_text(device, "class");
	struct line_story story = { 0 };
	const json_t *record;
	CLI_ANSWER answer = { 0 };
	size_t i;

	if (!strcmp(class, "display") || !strcmp(class, "reader") ||
	    !line_read(doctor, name, DOCTOR_RECORDS, &answer))
		return; /* displays never answer, readers are never asked */
	json_array_foreach (json_object_get(answer.json, "records"), i, record)
		line_take(&story, record);
	line_judge(doctor, name, &story);
}

bool doctor_is_plugged(struct doctor *doctor, const json_t *device)
{
	static const char *const plugs[] = { "usb", "hid", "keyboard" };
	CLI_ANSWER answer = { 0 };
	const char *line;
	bool plugged = false;

	if (!line_read(doctor, json_text(device, "name"), 1, &answer))
		return false;
	line = json_text(answer.json, "line");
	for (size_t i = 0; line && i < sizeof(plugs) / sizeof(plugs[0]); i++)
		plugged = plugged || !strcmp(line, plugs[i]);
	return plugged;
}

/* --- the clock of a fiscal printer --- */

/* "rtcget (the clock): da 2026-11-22;10:30" and "62 (the clock): 22-11-26
 * 10:30:05": as minutes that it is ahead of when it was asked. */
static bool clock_read(const json_t *record, int64_t *out_ahead)
{
	const char *text = json_text(record, "text");
	const char *told = text ? strstr(text, "(the clock): ") : NULL;
	int year, month, day, hour, minute;
	char shown[CLOCK_MINUTE_SIZE];
	int64_t at;

	if (!told || strcmp(json_text(record, "way"), "in"))
		return false;
	told = strstr(told, ": ") + 2;
	if (sscanf(told, "da %4d-%2d-%2d;%2d:%2d", &year, &month, &day, &hour,
		   &minute) != 5 &&
	    (sscanf(told + strcspn(told, "0123456789"), "%2d-%2d-%2d %2d:%2d",
		    &day, &month, &year, &hour, &minute) != 5 ||
	     (year += 2000) < 0))
		return false;
	if (year < 2000 || year > 2999 || month < 1 || month > 12 || day < 1 ||
	    day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	snprintf(shown, sizeof(shown), "%04d-%02d-%02dT%02d:%02d", year, month,
		 day, hour, minute);
	return clock_parse(json_text(record, "at"), &at) &&
	       clock_compare_minute(shown, at, out_ahead);
}

void doctor_check_clock(struct doctor *doctor, const json_t *device)
{
	const char *name = json_text(device, "name");
	bool told = false;
	int64_t ahead = 0;
	const json_t *record;
	CLI_ANSWER answer = { 0 };
	size_t i;

	if (strcmp(json_text(device, "class"), "printer") ||
	    !line_read(doctor, name, DOCTOR_RECORDS, &answer))
		return;
	json_array_foreach (json_object_get(answer.json, "records"), i, record)
		told = clock_read(record, &ahead) || told;
	if (!told)
		doctor_find(doctor, FINDING_SKIPPED, name, NULL,
			    _("Its clock was not read of late."));
	else if (ahead > DOCTOR_CLOCK_M || ahead < -DOCTOR_CLOCK_M)
		doctor_find(
			doctor, FINDING_BAD, name,
			_("Is the box's clock right (timedatectl)? Then set "
			  "the printer's: tillctl fiscal clock TIME --reason "
			  "TEXT."),
			"Its clock is %" PRId64 " minutes %s.",
			ahead < 0 ? -ahead : ahead,
			ahead < 0 ? "behind" : "ahead");
	else
		doctor_find(doctor, FINDING_GOOD, name, NULL,
			    _("Its clock agrees with the box's."));
}
