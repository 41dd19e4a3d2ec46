/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, and how a database of an older version gets them. */
#ifndef TILLD_STORE_SCHEMA_H
#define TILLD_STORE_SCHEMA_H

#include "store/db.h"
#include "store/keys.h"

/* Whose database is it, of which version, and has it the tables, indexes and
 * triggers of that version, no more and no less? 0, STORE_E_CORRUPT, _NEWER. */
int schema_check(struct db *db);

/* 0: there are no tables. */
int schema_version(struct db *db, int64_t *out_version);
/* From this one on the policy is signed, and each seal names its version. */
#define SCHEMA_BOUND 2

/* Each step in a transaction of its own, up to this version's tables. keys: of
 * a database that was set up, else NULL. */
int schema_migrate(struct db *db, const struct keys *keys);

/* Single values, by name: "setup", "clean"... */
int meta_get_int(struct db *db, const char *name, int64_t otherwise,
		 int64_t *out_value);
int meta_get_text(struct db *db, const char *name, char *out, size_t size);
int meta_set_int(struct db *db, const char *name, int64_t value);
int meta_set_text(struct db *db, const char *name, const char *text);

#endif
