/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frames of Datecs fiscal printers, in both of their dialects:
 *
 *	request  01 LEN SEQ CMD DATA 05 BCC 03
 *	answer   01 LEN SEQ CMD DATA 04 STATUS 05 BCC 03   or one byte NAK, SYN
 *
 * They differ in how LEN and CMD are written and in how much STATUS there is,
 * which is all that a struct datecs_dialect says. The printer never speaks
 * first, and one request may be outstanding. It executes a request whose SEQ
 * differs from the last one's, and answers one with the same SEQ by repeating
 * its last answer: so the same bytes may be sent again as long as nothing else
 * was sent since and the printer has kept its power (datecs_answer_match).
 *
 * Source: Datecs programmer's manuals of groups A, B and C, as told in
 * docs/protocols.md 4.2 to 4.4, 4.9 and 4.10.
 */
#ifndef TILLD_PRINTER_DATECS_FRAME_H
#define TILLD_PRINTER_DATECS_FRAME_H

#include "device/driver.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATECS_SOH 0x01
#define DATECS_ETX 0x03
#define DATECS_NAK 0x15
#define DATECS_SYN 0x16

/* Whole frames, both ways. The longest legal one has 512 bytes; what is longer
 * is refused. */
#define DATECS_FRAME_MAX  640
#define DATECS_STATUS_MAX 8

/* 4.2: an answer or its first SYN comes within 60 ms. */
#define DATECS_FIRST_MS	   500	/* then the same bytes are sent again... */
#define DATECS_REPEATS_MAX 3	/* ...so often, after a NAK as well */
#define DATECS_SYN_GAP_MS  3000 /* 60 by the manual, over 800 in the field */

struct datecs_dialect {
	const char *name;   /* "x", "classic" */
	size_t digits;	    /* bytes of LEN, and of CMD */
	size_t status;	    /* bytes of STATUS */
	size_t request_max; /* bytes of DATA that every firmware takes */
	unsigned int command_max;
	bool line_feeds; /* 0A is data like any other */
	size_t shortest; /* bytes of an answer, without its 01 and 03 */
};

extern const struct datecs_dialect datecs_x;	   /* group C */
extern const struct datecs_dialect datecs_classic; /* groups A and B */

/* --- requests --- */

/* 20h to 7Fh and round again, which both dialects can say; never the same one
 * twice in a row. */
uint8_t datecs_seq_next(uint8_t seq);

/*
 * Appends a whole frame to a buf of at least DATECS_FRAME_MAX; what can't be
 * said (a command or a SEQ out of range, too much data) sets failed. Control
 * bytes in data are escaped, but for the dialect's own.
 */
void datecs_frame_build(const struct datecs_dialect *dialect, uint8_t seq,
			unsigned int command, const void *data, size_t len,
			struct buf *out);

/* What was asked, for a trace: data as it stands in the frame, escaped. */
struct datecs_request {
	uint8_t seq;
	unsigned int command;
	size_t at; /* of the data, from the 01 on */
	size_t len;
};

/* Takes a whole request apart, 01 and 03 included. 0 or one of enum
 * datecs_frame_error. */
int datecs_request_parse(const struct datecs_dialect *dialect,
			 const uint8_t *frame, size_t len,
			 struct datecs_request *out_request);

/* The checksum of a whole frame as it stands there now, and where it goes. */
#define DATECS_BCC_DIGITS 4
size_t datecs_frame_reckon(const uint8_t *frame, size_t len,
			   uint8_t out_bcc[DATECS_BCC_DIGITS]);

/* --- answers --- */

struct datecs_answer {
	uint8_t seq;
	unsigned int command;
	uint8_t status[DATECS_STATUS_MAX]; /* as many as the dialect has */
	size_t len;
	/* NUL-terminated, without NULs: controls but TAB and LF are blanks */
	char data[DATECS_FRAME_MAX];
};

enum datecs_frame_error {
	DATECS_FRAME_MALFORMED = 1,
	DATECS_FRAME_LENGTH, /* LEN is not the length */
	DATECS_FRAME_BCC,
};

/* Takes apart what stood between 01 and 03. 0 or one of enum
 * datecs_frame_error. */
int datecs_frame_parse(const struct datecs_dialect *dialect, const void *data,
		       size_t len, struct datecs_answer *out_answer);

/* Collects answers out of bytes that were cut anywhere. All zero to begin. */
struct datecs_reader {
	uint8_t data[DATECS_FRAME_MAX];
	size_t len;
	bool inside;
	unsigned int noise; /* bytes outside of frames, so far; saturates */
};

enum datecs_read {
	DATECS_READ_MORE,   /* the input is used up */
	DATECS_READ_ANSWER, /* out_answer is one */
	DATECS_READ_NAK,    /* not understood, and not executed */
	DATECS_READ_SYN,    /* understood, still at it */
	DATECS_READ_BROKEN, /* something was meant to be an answer: truncated,
			       too long, malformed, or with a wrong BCC */
};

/* Reads on until one of these happened; to be repeated until READ_MORE. */
enum datecs_read datecs_reader_take(struct datecs_reader *reader,
				    const struct datecs_dialect *dialect,
				    struct cursor *input,
				    struct datecs_answer *out_answer);

enum datecs_match {
	DATECS_MATCH_OURS,
	DATECS_MATCH_REPLAY, /* our SEQ, another command: it is the answer to
				whoever used that SEQ last, and ours was not
				executed; to be sent with another SEQ */
	DATECS_MATCH_STRAY,  /* another SEQ: late, to something earlier */
};

/* What an answer is to the request with that SEQ and command. A replay of the
 * same command looks like OURS: see docs/protocols.md 4.9, step 4. */
enum datecs_match datecs_answer_match(const struct datecs_answer *answer,
				      uint8_t seq, unsigned int command);

/* --- which dialect is it? --- */

#define DATECS_PROBE_COMMAND 90 /* diagnostics: prints and changes nothing */
#define DATECS_PROBE_ROUNDS  2	/* both dialects, and once more */

/* The question, which has the same data in both. */
void datecs_probe_build(const struct datecs_dialect *dialect, uint8_t seq,
			struct buf *out);

/* What came until the time for an answer was over. */
enum datecs_heard {
	DATECS_HEARD_NOTHING,
	DATECS_HEARD_NAK,
	DATECS_HEARD_SYN,     /* at work on something: wait on, 4.2 */
	DATECS_HEARD_SYN_NAK, /* an X device that was asked in the classic */
	DATECS_HEARD_NOISE,   /* broken frames, or no frames at all */
	DATECS_HEARD_ANSWER,  /* a whole one with the probe's command */
};

enum datecs_finding {
	DATECS_FINDING_SETTLED, /* it speaks what it was asked in */
	DATECS_FINDING_WAIT,	/* for the rest of its answer */
	DATECS_FINDING_ASK,	/* in the dialect that next is */
	DATECS_FINDING_NOBODY,	/* see reason */
};

struct datecs_detection {
	enum datecs_finding finding;
	const struct datecs_dialect *next; /* NULL unless ASK */
	enum reason reason;		   /* REASON_NONE unless NOBODY */
};

/* What to do after this was heard to the probe in that dialect; the first one
 * is X. The caller counts rounds: ASK may lead in circles. */
struct datecs_detection datecs_dialect_detect(const struct datecs_dialect *in,
					      enum datecs_heard heard);

#endif
