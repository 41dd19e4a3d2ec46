/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the drawer did, whoever made it: a drawer that opens without having
 * been told to was opened by its key, and that is put on record at once; so is
 * one that is left open longer than its option "open-alarm" says, again and
 * again. And what a fiscal printer did: a daily report that nobody here asked
 * for was made at its own keypad, or by itself at midnight. Its count of them is
 * kept on disk, so that one is noticed that was made while no daemon was there.
 */
#ifndef TILLD_CORE_WITNESS_H
#define TILLD_CORE_WITNESS_H

#include "core/core_private.h"
#include "core/record.h"

struct witness;

/* Whether a class of devices has something to be seen. */
bool witness_sees(enum device_class class);

/* Of a device of such a class, which outlives it. */
struct witness *witness_new(struct core *core, struct fixture *fixture);
struct witness *witness_free(struct witness *witness); /* returns NULL */

/* A fiscal printer's count, as it was on disk; core is a struct core: for
 * store_reports_seen(). */
void witness_load(void *core, const char *printer, int64_t reports);

/* An opening was commanded now: what opens within a while is that. */
void witness_expect(struct witness *witness);

/* What the outcome of a daily report of ours tells of the printer's count. */
struct witness_told {
	char printer[STORE_PRINTER_SIZE];
	int64_t reports; /* with it; 0: the outcome tells nothing new */
	int64_t before;	 /* there should have been so many before it... */
	int64_t found;	 /* ...and there were so many; 0: as there should be */
};

/* A daily report of ours has ended so; out_told is zeroed, and stays so if it
 * tells nothing. It goes, by witness_put(), into the transaction that holds the
 * outcome, and into each that tries again: by then the printer may have been
 * taken out of the configuration. */
void witness_report(struct core *core, struct fixture *fixture,
		    const struct operation_row *row,
		    struct witness_told *out_told);
void witness_put(const struct witness_told *told,
		 const struct operation_row *row, struct record *record);

/* A printer may have become ready, and be known by its number: what it has
 * counted meanwhile is looked at. */
void witness_device_changed(struct core *core, struct fixture *fixture);

/* The drawer's or printer's status changed (device listener). before is NULL
 * at the first one since the device came. */
void witness_status(struct core *core, struct fixture *fixture,
		    const json_t *before, const json_t *now);

#endif
