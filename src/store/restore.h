/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a backup back (store/backup.h), while no daemon runs: copied beside
 * the place of the database, looked through as a whole, made ready, and only
 * then given its name.
 *
 * What is made ready: nobody is signed on any more, and at the next start the
 * database counts as one from the past, to be confirmed, whatever head file
 * and ring of used keys say. With new_keys the next start makes keys if there
 * are none, and seals with them from then on (store/rekey.c).
 */
#ifndef TILLD_STORE_RESTORE_H
#define TILLD_STORE_RESTORE_H

#include "store/store.h"

struct restore_result {
	int64_t seq;		/* of the last entry */
	char key[KEYS_ID_SIZE]; /* that it is sealed by */
	bool sealed; /* as a whole; else only its journal and its policy are
			known to be what they were */
};

/*
 * From fd, which is read to its end. Blocking. 0, a store_error or a negative
 * errno, after which all is as it was; the log says more. STORE_E_EXISTS if
 * there is a database in its place, STORE_E_LOCKED if a daemon has it,
 * STORE_E_CORRUPT if this is no whole backup of a box that was set up.
 */
int store_restore(const struct store_config *config, int fd, bool new_keys,
		  struct restore_result *out_result);

#endif
