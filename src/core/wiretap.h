/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace of a device's line, for technicians (device/tap.h), and who waits
 * for what comes next of it. Amounts are in it, as on the paper: whoever may
 * read it can reckon what a till holds (docs/security.md).
 */
#ifndef TILLD_CORE_WIRETAP_H
#define TILLD_CORE_WIRETAP_H

#include "core/core.h"

struct fixture;
struct wiretap;

/* One for each device. */
struct wiretap *wiretap_new(struct core *core, struct fixture *fixture);
/* Answers who still waits; returns NULL. */
struct wiretap *wiretap_free(struct wiretap *wiretap);

/* The daemon stops: who waits is answered now. */
void wiretap_stop(struct wiretap *wiretap);

/* There is something new; called with the driver on the stack. */
void wiretap_note(struct wiretap *wiretap);

/*
 * At most limit records behind number after; -1: the newest of all. Where there
 * is none yet, one that waits is answered as soon as there is, or when its time
 * is over.
 */
void wiretap_show(struct core *core, struct caller *caller, const char *device,
		  int64_t after, size_t limit);

#endif
