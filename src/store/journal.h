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
 *	{"key":"1f2e3d4c","public":"...","tilld-journal":1}
 *	...
 *	{"hash":"...","seq":18,"signature":"...","tilld-journal-end":1}
 *
 * The journal is cut at seals into segments. One that is archived is a file in
 * this very format; where it does not begin with entry 1, its first line also
 * says after which entry, and the hash of that one's line:
 *	{"after":18,"hash":"...","key":"1f2e3d4c","public":"...",...}
 * In its place an export has the segment's signed head:
 *	{"file":"journal-...","first":1,"hash":"...","key":"1f2e3d4c",
 *	 "last":18,"prev":"...","sealed_by":"1f2e3d4c","sha256":"...",
 *	 "signature":"...","tilld-journal-segment":1}
 * hash is that of its last line, prev what its first one holds, key whose the
 * signature is (over the SHA-256 of this line without it), sealed_by the key in
 * use at its end. Nothing hangs on that signature alone: prev of the entry that
 * follows says the same.
 *
 * A journal that came to a box with other keys goes on under a new one, which
 * an entry introduces, and seals at once:
 *	{"kind":"key-changed","from":"1f2e3d4c","key":"5a6b7c8d",
 *	 "public":"...",...}
 * First lines then have all keys in the order of their use, the present one
 * last: "keys":["...","..."]. What came before is vouched for by who vouches
 * for the present key, since its seals are over all of it.
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
 * complete after the last line. text is borrowed. STORE_E_ARCHIVED if what was
 * to come next has been taken out since the export was begun: begin again.
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
	JOURNAL_KEY_CHANGED,  /* sealed by it up to here */
	JOURNAL_NOT_NEXT,     /* does not go on where the file before ended */
	JOURNAL_PART_MISSING, /* an archived segment, although others are here */
	JOURNAL_OTHER_PART,   /* another segment than the one archived */
};

const char *journal_fault_text(enum journal_fault fault);

struct journal_verdict {
	enum journal_fault fault;
	size_t file;		/* where the fault was found, from 0... */
	int64_t line;		/* ...and its line, from 1 */
	int64_t entries;	/* that were read, each counted once */
	int64_t archived;	/* that signed heads stood in for */
	int64_t seals;		/* that held */
	int64_t unsealed;	/* entries after the last seal */
	char key[KEYS_ID_SIZE]; /* that the last file was signed by */
	char fingerprint[KEYS_FINGERPRINT_SIZE]; /* "" if there is no key */
};

/*
 * Verifies an exported journal, or archived segments, line by line: give it all
 * lines in order, then end. public: the key that the last file must be signed
 * by, or that key's SHA-256; NULL takes the one it names. No database, no
 * daemon: tillctl uses this.
 *
 * Several files are given in their order, with journal_check_next() between
 * two: segments, each of which has to go on where the one before ended, and
 * then perhaps an export, whose heads of archived segments are held against
 * them. An export alone may lack all of its archived segments; with one of
 * them given all have to be.
 */
struct journal_check;
struct journal_check *journal_check_new(const uint8_t *public);
void journal_check_line(struct journal_check *check, const char *line,
			size_t len);
void journal_check_next(struct journal_check *check);
struct journal_verdict journal_check_end(struct journal_check *check);
struct journal_check *journal_check_free(struct journal_check *check);

/* The same for the daemon's own journal, in the database, on the reader, with
 * the lines counted as an export has them; from the loop. STORE_E_KEYS_MISSING
 * before set-up, as for an export; -ECANCELED if the store is closed. */
typedef void (*journal_verified)(void *arg, int error,
				 const struct journal_verdict *verdict);
void journal_verify(struct store *store, journal_verified verified, void *arg);

#endif
