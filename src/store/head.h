/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head file: what a database that comes back from the past can't know of
 * its journal (store.h). One line of JSON:
 *
 *	{"bundle", "hash", "notes", "seq", "sum"}
 *
 * seq and hash are those of the journal's last seal, bundle is the last that
 * was applied, notes the number of the last note of used keys (intents.h) that
 * was there by then; and the sum is a keyed one over all the others, so that
 * only who has the keys makes one. It is missing from what older versions made.
 */
#ifndef TILLD_STORE_HEAD_H
#define TILLD_STORE_HEAD_H

#include "store/files.h"
#include "store/keys.h"

struct head {
	int64_t seq;
	uint8_t hash[HASH_SIZE];
	int64_t bundle; /* 0: none */
	int64_t notes;	/* 0: none */
};

enum head_found {
	HEAD_MISSING, /* or damaged */
	HEAD_OTHER,   /* its sum is not ours */
	HEAD_OLD,     /* it has none */
	HEAD_THERE,
};

/* out_head: as far as it can be read, else zeros. keys: NULL if sums can't be
 * told, and any will do. */
int head_read(const struct files *files, const struct keys *keys,
	      enum head_found *out_found, struct head *out_head);

/* Durable when done. */
int head_write(const struct files *files, const struct keys *keys,
	       const struct head *head);

#endif
