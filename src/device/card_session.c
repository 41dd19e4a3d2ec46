/* SPDX-License-Identifier: Apache-2.0 */
#include "device/card_session.h"

#include "util/text.h"

#include <string.h>

/* T=0 has no length of what is expected behind data (ISO 7816-3, 12.1.2). */
#define CARD_HEAD 5

static bool card_is_lost(LONG r)
{
	return r == SCARD_E_NO_SERVICE || r == SCARD_E_SERVICE_STOPPED ||
	       r == SCARD_F_COMM_ERROR || r == SCARD_E_INVALID_HANDLE ||
	       r == SCARD_F_INTERNAL_ERROR;
}

static enum reason card_reason(LONG r)
{
	if (r == SCARD_W_SECURITY_VIOLATION)
		return REASON_PORT_DENIED;
	return card_is_lost(r) ? REASON_PCSC_MISSING : REASON_NO_ANSWER;
}

/* --- letting go --- */

void card_session_leave(struct card_session *session)
{
	if (session->has_card)
		SCardDisconnect(session->card, SCARD_LEAVE_CARD);
	session->has_card = false;
}

void card_session_end(struct card_session *session)
{
	card_session_leave(session);
	if (session->has_context)
		SCardReleaseContext(session->context);
	session->has_context = false;
	session->seen_plugs = SCARD_STATE_UNAWARE;
	*session->name = '\0';
}

/* --- looking --- */

static LONG card_begin(struct card_session *session)
{
	LONG r = SCARD_S_SUCCESS;

	if (!session->has_context)
		r = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
					  &session->context);
	session->has_context = r == SCARD_S_SUCCESS;
	return r;
}

static LONG card_list(const struct card_session *session, char *out_names)
{
	DWORD len = CARD_NAMES_MAX - 1;
	LONG r = SCardListReaders(session->context, NULL, out_names, &len);

	if (r == SCARD_E_NO_READERS_AVAILABLE) {
		len = 0;
		r = SCARD_S_SUCCESS;
	}
	if (r != SCARD_S_SUCCESS)
		len = 0;
	out_names[len] = '\0'; /* twice, if there are any */
	return r;
}

/* The one that is meant, which may have another name by now. */
static enum reason card_find(struct card_session *session, const char *names)
{
	const char *found = "";
	size_t count = reader_name_find(session->wanted, names, &found);

	if (count == 1 && !strcmp(found, session->name))
		return REASON_NONE;
	card_session_leave(session);
	session->seen = SCARD_STATE_UNAWARE;
	text_copy(session->name, sizeof(session->name),
		  count == 1 ? found : "");
	return count == 1 ? REASON_NONE
	       : count	  ? REASON_PORT_AMBIGUOUS
			  : REASON_PORT_MISSING;
}

static void card_take_state(struct card_session *session,
			    const SCARD_READERSTATE *state,
			    struct card_sight *sight)
{
	DWORD now = state->dwEventState;

	session->seen = now & ~(DWORD)SCARD_STATE_CHANGED;
	if (now & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE |
		   SCARD_STATE_IGNORE))
		sight->reason = REASON_PORT_MISSING;
	sight->present = now & SCARD_STATE_PRESENT;
	sight->turn = (uint16_t)(now >> 16);
	sight->atr_len = now & SCARD_STATE_MUTE ? 0 : state->cbAtr;
	if (sight->atr_len > sizeof(sight->atr))
		sight->atr_len = 0;
	memcpy(sight->atr, state->rgbAtr, sight->atr_len);
}

/* While there is no such reader, only for one to come. */
static LONG card_wait(struct card_session *session, struct card_sight *sight)
{
	SCARD_READERSTATE states[] = {
		{ .szReader = "\\\\?PnP?\\Notification",
		  .dwCurrentState = session->seen_plugs },
		{ .szReader = session->name, .dwCurrentState = session->seen },
	};
	bool found = sight->reason == REASON_NONE;
	LONG r = SCardGetStatusChange(session->context, CARD_WATCH_MS, states,
				      found ? 2 : 1);

	if (r == SCARD_E_TIMEOUT)
		r = SCARD_S_SUCCESS;
	session->seen_plugs =
		states[0].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
	if (found &&
	    (r == SCARD_E_UNKNOWN_READER || r == SCARD_E_READER_UNAVAILABLE)) {
		sight->reason = REASON_PORT_MISSING;
		r = SCARD_S_SUCCESS;
	} else if (found && r == SCARD_S_SUCCESS) {
		card_take_state(session, &states[1], sight);
	}
	return r;
}

void card_session_look(struct card_session *session,
		       struct card_sight *out_sight)
{
	struct card_sight *sight = out_sight;
	LONG r;

	memset(sight, 0, sizeof(*sight));
	r = card_begin(session);
	if (r == SCARD_S_SUCCESS)
		r = card_list(session, sight->names);
	if (r == SCARD_S_SUCCESS) {
		sight->reason = card_find(session, sight->names);
		r = card_wait(session, sight);
	}
	if (r != SCARD_S_SUCCESS) {
		sight->reason = card_reason(r);
		card_session_end(session);
	}
}

/* --- talking --- */

/* An answer without a status (r is no error then) was cut off. */
static enum driver_card_fault card_fault(LONG r)
{
	if (r == SCARD_E_SHARING_VIOLATION)
		return DRIVER_CARD_TAKEN;
	if (r == SCARD_W_UNRESPONSIVE_CARD || r == SCARD_W_UNSUPPORTED_CARD ||
	    r == SCARD_E_PROTO_MISMATCH || r == SCARD_W_UNPOWERED_CARD)
		return DRIVER_CARD_DUMB;
	return DRIVER_CARD_GONE;
}

static LONG card_take(struct card_session *session)
{
	LONG r;

	if (session->has_card)
		return SCARD_S_SUCCESS;
	if (!session->has_context || !*session->name)
		return SCARD_E_NO_SMARTCARD;
	r = SCardConnect(session->context, session->name, SCARD_SHARE_EXCLUSIVE,
			 SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &session->card,
			 &session->protocol);
	session->has_card = r == SCARD_S_SUCCESS;
	return r;
}

size_t card_session_say(struct card_session *session, const uint8_t *command,
			size_t len, uint8_t out_answer[DRIVER_CARD_MOST],
			enum driver_card_fault *out_fault)
{
	LONG r = card_take(session);
	bool t0 = session->protocol == SCARD_PROTOCOL_T0;
	DWORD got = DRIVER_CARD_MOST;

	if (t0 && len > CARD_HEAD && len == CARD_HEAD + command[4] + 1UL)
		len--;
	if (r == SCARD_S_SUCCESS)
		r = SCardTransmit(session->card,
				  t0 ? SCARD_PCI_T0 : SCARD_PCI_T1, command,
				  len, NULL, out_answer, &got);
	if (r == SCARD_S_SUCCESS && got >= 2)
		return got;
	*out_fault = card_fault(r);
	card_session_leave(session);
	return 0;
}
