/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often a drawer's solenoid may be pulsed. Printers and coils are made for
 * a duty of one fifth (ON / (ON + OFF) <= 0.2: Epson TM-T60/T80 and Citizen
 * specifications; docs/protocols.md A.2), and ESC p can't ask for pauses beyond
 * 510 ms; so the pauses are kept here. Lives in driver_kept(), to outlast a
 * lost line. Times are driver_now()'s milliseconds.
 */
#ifndef TILLD_DRAWER_DUTY_H
#define TILLD_DRAWER_DUTY_H

#include <stdbool.h>
#include <stdint.h>

#define DUTY_FACTOR    5   /* from pulse to pulse, in pulse lengths */
#define DUTY_FLOOR_MS  500 /* from pulse to pulse, at least */
#define DUTY_SLOT_MS   5000
#define DUTY_SLOTS     13  /* a minute, and the slot that has just begun */
#define DUTY_PULSE_MAX 120 /* in a minute; what the floor lets through */

struct duty {
	int64_t rest_until;
	uint64_t slot; /* the newest one counted in */
	uint8_t pulses[DUTY_SLOTS];
	bool used;
};

/*
 * To be called when the line comes up. The first time since the daemon started
 * it rests: the daemon before may have pulsed just now.
 */
void duty_begin(struct duty *duty, int64_t now, int64_t on_ms);

/* Milliseconds until a pulse may be given, 0 for at once. */
int64_t duty_wait(struct duty *duty, int64_t now, int64_t per_minute);

/* A pulse is given now. */
void duty_note(struct duty *duty, int64_t now, int64_t on_ms);

#endif
