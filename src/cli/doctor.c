/* SPDX-License-Identifier: Apache-2.0 */
/* tillctl doctor: what could be wrong, and what to do next. It looks, and
 * writes to no port. */
#include "cli/doctor.h"

#include "cli/say.h"
#include "cli/verbs.h"
#include "util/alloc.h"
#include "util/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>

#define DOCTOR_SENTENCE 512
#define DOCTOR_COMMIT_MS \
	200 /* a flush that takes longer keeps people waiting */
#define DOCTOR_ROOM	  (INT64_C(512) * 1024 * 1024)
#define DOCTOR_PATIENCE_S 600

static const char *const doctor_words[] = { "good", "skipped", "warning",
					    "bad" };
static const char *const doctor_marks[] = { "ok", "-", "!", "!!" };

void doctor_find(struct doctor *doctor, enum finding finding, const char *about,
		 const char *advice, const char *format, ...)
{
	char sentence[DOCTOR_SENTENCE];
	json_t *row = json_make();
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	json_put_text(row, "finding", doctor_words[finding]);
	json_put_text(row, "about", about);
	json_put_text(row, "sentence", sentence);
	json_put_text(row, "advice", advice);
	json_array_append_new(doctor->findings, row);
	if (finding > doctor->worst)
		doctor->worst = finding;
	if (!doctor->tells)
		return;
	printf("%-2s  %-9s  ", doctor_marks[finding], about);
	say_clean(stdout, sentence);
	putchar('\n');
	if (advice) {
		fputs("               ", stdout);
		say_clean(stdout, advice);
		putchar('\n');
	}
}

int doctor_ask(struct doctor *doctor, const char *method, const char *path,
	       struct client_answer *out_answer)
{
	CLEANUP_JSON json_t *nothing = json_make();
	const struct client_request request = {
		.method = method,
		.path = path,
		.body = strcmp(method, "GET") ? nothing : NULL,
		.patience = DOCTOR_PATIENCE_S,
	};
	int r = client_send(cli_client(doctor->cli), &request, out_answer);

	return r ? 0 : out_answer->status;
}

/* --- the daemon --- */

static void doctor_check_silence(struct doctor *doctor)
{
	const char *socket = doctor->cli->socket;
	int error = client_errno(cli_client(doctor->cli));
	struct stat state;

	if (error == EACCES)
		doctor_find(doctor, FINDING_BAD, "daemon",
			    "Be a member of the socket's group (ls -l shows "
			    "it): usermod -aG GROUP USER, and log in again.",
			    "This user may not connect to %s.", socket);
	else if (stat(socket, &state))
		doctor_find(doctor, FINDING_BAD, "daemon",
			    "systemctl status tilld tells why; journalctl -u "
			    "tilld has its last words. Or --socket names "
			    "another one.",
			    "There is no %s: tilld does not run.", socket);
	else
		doctor_find(doctor, FINDING_BAD, "daemon",
			    "systemctl restart tilld; journalctl -u tilld has "
			    "its last words.",
			    "Nobody answers at %s.", socket);
}

/* False if there is nothing more that could be asked. */
static bool doctor_check_daemon(struct doctor *doctor)
{
	CLI_ANSWER answer = { 0 };
	int status = doctor_ask(doctor, "GET", "/v1/status", &answer);
	const char *version;

	if (!status) {
		doctor_check_silence(doctor);
		return false;
	}
	if (status != 200) {
		doctor_find(doctor, FINDING_BAD, "rights",
			    "Say it as root, or be a member of the group that "
			    "is 'technicians' in tilld.conf.",
			    "tilld answers, but tells this user nothing.");
		return false;
	}
	doctor->status = json_incref(answer.json);
	version = json_text(answer.json, "version");
	if (version && strcmp(version, PACKAGE_VERSION) != 0)
		doctor_find(doctor, FINDING_WARNING, "daemon",
			    "systemctl restart tilld takes the new one.",
			    "tilld is of version %s, this is %s.", version,
			    PACKAGE_VERSION);
	else
		doctor_find(doctor, FINDING_GOOD, "daemon", NULL,
			    "tilld %s answers.", version);
	return true;
}

/* What the daemon itself finds wrong. */
static void doctor_check_troubles(struct doctor *doctor)
{
	const json_t *trouble;
	size_t i;

	json_array_foreach (json_object_get(doctor->status, "troubles"), i,
			    trouble) {
		const char *level = json_text(trouble, "level");

		doctor_find(doctor,
			    level && !strcmp(level, "critical")
				    ? FINDING_BAD
				    : FINDING_WARNING,
			    json_text(trouble, "about"),
			    json_text(trouble, "advice"), "%s",
			    json_text(trouble, "sentence"));
	}
}

/* --- the box --- */

static void doctor_check_time(struct doctor *doctor)
{
	struct timex state = { 0 };

	if (adjtimex(&state) < 0)
		doctor_find(doctor, FINDING_SKIPPED, "clock", NULL,
			    "Whether the box's clock is kept can't be seen.");
	else if (state.status & STA_UNSYNC)
		doctor_find(doctor, FINDING_WARNING, "clock",
			    "timedatectl set-ntp true, where there is a "
			    "network; fiscal printers go by their own.",
			    "Nothing keeps the box's clock right.");
	else
		doctor_find(doctor, FINDING_GOOD, "clock", NULL,
			    "The box's clock is kept right.");
}

static void doctor_check_disk(struct doctor *doctor)
{
	const json_t *disk = json_object_get(doctor->status, "disk");
	int64_t room = json_int(disk, "free", -1);
	int64_t mean = json_int(disk, "commit_mean", -1);
	int64_t most = json_int(disk, "commit_most", -1);

	if (room >= 0 && room < DOCTOR_ROOM)
		doctor_find(doctor, FINDING_WARNING, "disk",
			    "Make room: df -h tells where it went; the "
			    "journal can be archived (docs/backup.md).",
			    "%" PRId64 " MiB are free where the records are.",
			    room / (1024 * 1024));
	if (mean < 0)
		return;
	if (mean > DOCTOR_COMMIT_MS)
		doctor_find(doctor, FINDING_WARNING, "disk",
			    "A disk that is so slow to flush (an old SD card?) "
			    "is often a dying one: replace it.",
			    "A record takes %" PRId64
			    " ms to be on disk, %" PRId64 " at most.",
			    mean, most);
	else
		doctor_find(doctor, FINDING_GOOD, "disk", NULL,
			    "A record takes %" PRId64
			    " ms to be on disk, %" PRId64 " at most.",
			    mean, most);
}

static void doctor_check_journal(struct doctor *doctor)
{
	CLI_ANSWER answer = { 0 };
	int status = doctor_ask(doctor, "POST", "/v1/journal/verify", &answer);

	if (status != 200)
		doctor_find(
			doctor, FINDING_SKIPPED, "journal",
			"Say it as root, or: tillctl journal verify, "
			"signed on as a manager.",
			"Whether the journal is sound this user can't ask.");
	else if (json_flag(answer.json, "sound"))
		doctor_find(doctor, FINDING_GOOD, "journal", NULL,
			    "Database and journal are sound.");
	else
		doctor_find(doctor, FINDING_BAD, "journal",
			    "tillctl journal verify tells where. Keep the box "
			    "as it is, and export the journal first.",
			    "The journal was altered, or the disk is failing.");
}

/* --- the devices --- */

static void doctor_tell_hands(struct doctor *doctor, const json_t *device,
			      const json_t *released)
{
	const char *until = json_text(released, "until");
	char time[SAY_TIME_SIZE];

	say_time(until ? until : "?", time);
	doctor_find(doctor, FINDING_SKIPPED, json_text(device, "name"),
		    "Take it back when that is done: tillctl device take.",
		    "It is in another program's hands until %s.", time);
}

static void doctor_check_device(struct doctor *doctor, const json_t *device)
{
	const char *state = json_text(device, "state");
	const json_t *released = json_object_get(device, "released");
	bool there =
		state && (!strcmp(state, "ready") || !strcmp(state, "busy"));

	doctor_check_port(doctor, device);
	doctor_check_card(doctor, device);
	if (released) {
		doctor_tell_hands(doctor, device, released);
		return;
	}
	if (!there)
		doctor_check_line(doctor, device);
	else
		doctor_find(doctor, FINDING_GOOD, json_text(device, "name"),
			    NULL, "It is %s.", state);
	doctor_check_clock(doctor, device);
}

static void doctor_check_devices(struct doctor *doctor)
{
	const json_t *device;
	size_t i;

	json_array_foreach (json_object_get(doctor->status, "devices"), i,
			    device)
		doctor_check_device(doctor, device);
}

static void doctor_check_days(struct doctor *doctor)
{
	const json_t *till;
	size_t i;

	json_array_foreach (json_object_get(doctor->status, "tills"), i, till) {
		const json_t *session = json_object_get(till, "session");
		const char *since = json_text(session, "opened_at");

		if (session && since)
			doctor_find(doctor, FINDING_GOOD, json_text(till, "id"),
				    NULL, "A session is open since %.10s.",
				    since);
	}
}

json_t *doctor_examine(struct cli *cli, bool tells, enum finding *out_worst)
{
	struct doctor doctor = { .cli = cli,
				 .tells = tells,
				 .findings = json_array() };

	doctor_find_daemon(&doctor);
	if (doctor_check_daemon(&doctor)) {
		doctor_check_hardening(&doctor);
		doctor_check_troubles(&doctor);
		doctor_check_disk(&doctor);
		doctor_check_journal(&doctor);
		doctor_check_days(&doctor);
		doctor_check_rules(&doctor);
		doctor_check_devices(&doctor);
	}
	doctor_check_time(&doctor);
	doctor_check_meddlers(&doctor);
	json_decref(doctor.status);
	*out_worst = doctor.worst;
	return doctor.findings;
}

enum cli_exit verb_consult_doctor(struct cli *cli, const char *const *words,
				  size_t count)
{
	CLEANUP_JSON json_t *all = json_make();
	enum finding worst;

	(void)words;
	(void)count;
	json_put(all, "findings", doctor_examine(cli, cli_prints(cli), &worst));
	if (!cli_prints(cli)) {
		CLEANUP_FREE char *text = json_write(all);

		puts(text);
	}
	return worst > FINDING_SKIPPED ? CLI_EXIT_REFUSED : CLI_EXIT_DONE;
}
