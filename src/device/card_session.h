/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said to pcscd about one reader, by libpcsclite. All of it blocks, so
 * it is called on a worker, one call at a time; nothing in here knows of the
 * loop.
 */
#ifndef TILLD_DEVICE_CARD_SESSION_H
#define TILLD_DEVICE_CARD_SESSION_H

#include "device/driver.h"
#include "util/reader_name.h"

#include <winscard.h>

#define CARD_WATCH_MS  500 /* that one look takes, at most */
#define CARD_NAMES_MAX 4096
#define CARD_ATR_MAX   MAX_ATR_SIZE

struct card_session {
	char wanted[READER_NAME_MAX + 1]; /* as configured */
	char name[READER_NAME_MAX + 1];	  /* as pcscd has it; "": none */
	SCARDCONTEXT context;
	bool has_context;
	SCARDHANDLE card;
	bool has_card; /* connected to it */
	DWORD protocol;
	DWORD seen, seen_plugs; /* what pcscd told of it, and of all, last */
};

/* What one look has brought. */
struct card_sight {
	enum reason reason; /* REASON_NONE: the reader is there */
	bool present;	    /* a card is in it */
	uint16_t turn;	    /* another number for each that comes or goes */
	uint8_t atr[CARD_ATR_MAX];
	size_t atr_len;		    /* 0: it told none */
	char names[CARD_NAMES_MAX]; /* all readers that there are, ended by
				       an empty one */
};

/*
 * Waits until something changes, CARD_WATCH_MS at most, and says what is so
 * now. The first look at a reader doesn't wait.
 */
void card_session_look(struct card_session *session,
		       struct card_sight *out_sight);

/*
 * Says an APDU to the card, and takes it for us alone before the first. Returns
 * how many bytes the answer has, or 0 and why in out_fault.
 */
size_t card_session_say(struct card_session *session, const uint8_t *command,
			size_t len, uint8_t out_answer[DRIVER_CARD_MOST],
			enum driver_card_fault *out_fault);

/* Lets go of the card, if it was taken. */
void card_session_leave(struct card_session *session);

/* And of pcscd. */
void card_session_end(struct card_session *session);

#endif
