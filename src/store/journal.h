/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: evidence of who did what, where, on whose permission, and what
 * came of it. Entries are JSON objects, each on one line with sorted keys
 * (util/json.h). Each holds the SHA-256 of the line before it ("prev"; 64
 * zeros in the first), so an altered, dropped or reordered entry shows. At
 * intervals an entry of kind "seal" holds an Ed25519 signature over the hash of
 * the line before it. Anybody can verify an exported journal offline.
 *
 *	{"kind":"intent","action":"drawer.open",...,"prev":"...","seq":17,
 *	 "time":"2026-11-22T10:15:00.250Z"}
 *	{"kind":"seal","key":"1f2e3d4c","of":17,"prev":"...","seq":18,
 *	 "signature":"...","time":"..."}
 *
 * An export is these lines, between a first line that names the format and the
 * public key, and a last one that signs the head:
 *	{"tilld-journal":1,"key":"1f2e3d4c","public":"..."}
 *	...
 *	{"tilld-journal-end":1,"hash":"...","seq":18,"signature":"..."}
 */
#ifndef TILLD_STORE_JOURNAL_H
#define TILLD_STORE_JOURNAL_H

#include "store/store.h"

/* --- reading, on the reader worker, in pages --- */

struct journal_filter {
	int64_t after;	       /* entries with seq > after */
	int64_t before;	       /* and < before; 0: no bound */
	const char *kind;      /* or NULL */
	const char *till;      /* or NULL */
	const char *operation; /* or NULL */
	bool newest_first;
	size_t max; /* 1 to JOURNAL_PAGE_MAX */
};

#define JOURNAL_PAGE_MAX 1000

/* entries: array of objects in the asked order; borrowed. */
typedef void (*journal_page)(void *arg, int error, const json_t *entries);
void journal_read(struct store *store, const struct journal_filter *filter,
		  journal_page page, void *arg);

/*
 * A part of the export as text, from the line after seq "after" on (-1 also
 * gives the first line), up to some 64 KiB. out_next is what to ask for next;
 * complete after the last line. text is borrowed.
 */
typedef void (*journal_text)(void *arg, int error, const char *text, size_t len,
			     int64_t next, bool complete);
void journal_export(struct store *store, int64_t after, journal_text text,
		    void *arg);

/* --- verifying --- */

enum journal_fault {
	JOURNAL_SOUND,
	JOURNAL_NOT_JOURNAL,  /* no export of a journal */
	JOURNAL_BAD_LINE,     /* a line is no entry */
	JOURNAL_BROKEN_CHAIN, /* altered, dropped or reordered here */
	JOURNAL_BAD_SEAL,     /* a signature that does not hold */
	JOURNAL_CUT_SHORT,    /* no end line, or it names another head */
	JOURNAL_OTHER_KEY,    /* sealed, but not by the key expected */
};

const char *journal_fault_text(enum journal_fault fault);

struct journal_verdict {
	enum journal_fault fault;
	int64_t line;	  /* of the file, where the fault was found */
	int64_t entries;  /* that were read */
	int64_t seals;	  /* that held */
	int64_t unsealed; /* entries after the last seal */
	char key[KEYS_ID_SIZE];
	char fingerprint[KEYS_FINGERPRINT_SIZE]; /* "" if there is no key */
};

/*
 * Verifies an exported journal, line by line: give it all lines in order, then
 * end. public: the key it must be sealed by, or that key's SHA-256; NULL takes
 * the one it names. No database, no daemon: tillctl uses this.
 */
struct journal_check;
struct journal_check *journal_check_new(const uint8_t *public);
void journal_check_line(struct journal_check *check, const char *line,
			size_t len);
struct journal_verdict journal_check_end(struct journal_check *check);
struct journal_check *journal_check_free(struct journal_check *check);

/* The same for the daemon's own journal, in the database, on the reader, with
 * the lines counted as an export has them; from the loop. STORE_E_KEYS_MISSING
 * before set-up, as for an export; -ECANCELED if the store is closed. */
typedef void (*journal_verified)(void *arg, int error,
				 const struct journal_verdict *verdict);
void journal_verify(struct store *store, journal_verified verified, void *arg);

#endif
