/* SPDX-License-Identifier: Apache-2.0 */
/* What tillctl doctor finds, and the parts that look for it. */
#ifndef TILLD_CLI_DOCTOR_H
#define TILLD_CLI_DOCTOR_H

#include "cli/cli.h"

enum finding {
	FINDING_GOOD,
	FINDING_SKIPPED, /* it can't be looked at from here */
	FINDING_WARNING,
	FINDING_BAD,
};

struct doctor {
	struct cli *cli;
	bool tells;	  /* each finding as it is made */
	json_t *status;	  /* GET /v1/status */
	int daemon;	  /* its process; 0: not found */
	json_t *findings; /* [{"finding", "about", "sentence", "advice"?}] */
	enum finding worst;
};

/* A sentence, and what to do next (NULL where there is nothing to do). */
void doctor_find(struct doctor *doctor, enum finding finding, const char *about,
		 const char *advice, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* All of it; tells: each finding is printed. The findings, new. */
json_t *doctor_examine(struct cli *cli, bool tells, enum finding *out_worst);

/* Asks the daemon, quietly: the status, 0 if it can't be asked. out_answer is
 * to be cleared. */
int doctor_ask(struct doctor *doctor, const char *method, const char *path,
	       struct client_answer *out_answer);

/* doctor_process.c: the daemon's process, and who else is on the box */
void doctor_find_daemon(struct doctor *doctor);
void doctor_check_hardening(struct doctor *doctor);
void doctor_check_meddlers(struct doctor *doctor);

/* doctor_port.c: who holds a device's port, and who may open it */
void doctor_check_port(struct doctor *doctor, const json_t *device);

/* doctor_device.c: what a device's trace tells */
void doctor_check_line(struct doctor *doctor, const json_t *device);
void doctor_check_clock(struct doctor *doctor, const json_t *device);
/* By USB, and not as a serial port. */
bool doctor_is_plugged(struct doctor *doctor, const json_t *device);

/* doctor_card.c: what pcscd says of a reader of chip cards */
void doctor_check_card(struct doctor *doctor, const json_t *device);

/* doctor_rules.c: udev's rules, where something is plugged in */
void doctor_check_rules(struct doctor *doctor);

enum doctor_rules {
	DOCTOR_RULES_SAME,
	DOCTOR_RULES_OTHER,
	DOCTOR_RULES_MISSING,
	DOCTOR_RULES_UNKNOWN, /* the file, or the program, can't be read */
};

/* Whether the file in the first of these folders that has it is what the
 * program prints with --udev-rules. out_path is new; not set where there is
 * nothing to compare. */
enum doctor_rules doctor_compare_rules(const char *const *folders,
				       const char *program, char **out_path);

#endif
