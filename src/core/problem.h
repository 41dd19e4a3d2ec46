/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way in which a request is answered with an error: one table, with the
 * HTTP status, a stable name, a sentence that a cashier understands, and what
 * to do next. docs/errors.md and the API's description are held against it.
 */
#ifndef TILLD_CORE_PROBLEM_H
#define TILLD_CORE_PROBLEM_H

enum problem {
	/* what came in */
	PROBLEM_BAD_JSON,
	PROBLEM_BAD_BODY,   /* "field", "detail" */
	PROBLEM_BAD_QUERY,  /* "field", "detail" */
	PROBLEM_BAD_HEADER, /* "header", "detail" */
	PROBLEM_BODY_TOO_LARGE,
	PROBLEM_REQUEST_TIMEOUT,    /* not whole in time; "limit" seconds */
	PROBLEM_NOT_JSON,	    /* wrong Content-Type */
	PROBLEM_NOT_FOUND,	    /* no such route, or it may not be seen */
	PROBLEM_METHOD_NOT_ALLOWED, /* "allowed" */
	PROBLEM_TOO_MANY_REQUESTS,  /* "retry_after" seconds */
	PROBLEM_TOO_MANY_CONNECTIONS,
	PROBLEM_KEY_MISSING, /* no Idempotency-Key */
	PROBLEM_KEY_REUSED,  /* with another body */
	/* who */
	PROBLEM_NOT_SET_UP,
	PROBLEM_ALREADY_SET_UP,
	PROBLEM_NOT_ALLOWED_UID,
	PROBLEM_TECHNICIANS_ONLY, /* set-up by somebody else than root */
	PROBLEM_SIGN_ON_REQUIRED, /* none, ended, or another uid's or till's */
	PROBLEM_WRONG_CREDENTIALS,
	PROBLEM_SLOW_DOWN, /* too many wrong tries; "retry_after" */
	PROBLEM_TILL_NOT_ALLOWED,
	/* sessions; "session" */
	PROBLEM_SESSION_NEEDED,
	PROBLEM_SESSION_EXISTS,	   /* at this till */
	PROBLEM_SESSION_ELSEWHERE, /* one's own, at another till */
	PROBLEM_SESSION_FOREIGN,
	PROBLEM_SESSION_LOCKED,
	PROBLEM_SESSION_NOT_LOCKED,
	PROBLEM_SESSION_CLOSING, /* it is being counted */
	PROBLEM_SESSION_CLOSED,	 /* it is not the open one */
	PROBLEM_NOT_COUNTED,
	PROBLEM_COUNT_LIMIT,
	PROBLEM_SALE_OPEN, /* a receipt is still being printed; "operation_id" */
	PROBLEM_SESSIONS_OPEN,	 /* at tills of the same printer; "tills" */
	PROBLEM_PRINTER_CLOSING, /* for another till; "device" */
	PROBLEM_DAY_NOT_OPEN,
	PROBLEM_EVENT_UNUSABLE, /* event_extra() */
	PROBLEM_MANAGERS_ONLY,
	PROBLEM_JOURNAL_NOT_ALLOWED, /* config.access at @box is missing */
	PROBLEM_POLICY_CHANGED,	     /* not the one of If-Match; "etag" */
	PROBLEM_TILL_IN_USE,	     /* a policy without it; "till", "detail" */
	PROBLEM_LAST_ADMINISTRATOR,  /* nobody could change it any more */
	PROBLEM_BADGE_TAKEN,	     /* somebody has it */
	PROBLEM_BUNDLE_NOT_TRUSTED,  /* "detail" says why */
	PROBLEM_BUNDLE_OUTDATED,     /* that one or a later was applied */
	/* consent */
	PROBLEM_AUTHORIZATION_REQUIRED,
	PROBLEM_AUTHORIZATION_NOT_FOUND,
	PROBLEM_AUTHORIZATION_SPENT,
	PROBLEM_AUTHORIZATION_EXPIRED,
	PROBLEM_AUTHORIZATION_DENIED,
	PROBLEM_AUTHORIZATION_WITHDRAWN,
	PROBLEM_AUTHORIZATION_NOT_YOURS, /* another sign-on asked for it */
	PROBLEM_AUTHORIZATION_MISMATCH,	 /* given for something else */
	PROBLEM_AUTHORIZATION_OUTDATED,	 /* no longer good: see CONSENT_ */
	PROBLEM_MAY_NOT_AUTHORIZE, /* signed on well, but may not consent */
	PROBLEM_OWN_AUTHORIZATION, /* the requester's own */
	PROBLEM_OWN_RIGHTS,	   /* nobody changes their own by consent */
	PROBLEM_OWN_SECRET,	   /* it takes the old one as well */
	PROBLEM_CHANGE_TOO_LARGE,  /* more than a supervisor could be shown */
	PROBLEM_READER_BUSY,	   /* "retry_after" */
	PROBLEM_NO_READER,	   /* this till has none that is ready */
	PROBLEM_BADGE_TIMEOUT,	   /* nobody showed one */
	PROBLEM_PIN_NOT_ASKED,
	/* device */
	PROBLEM_NO_SUCH_DEVICE,	  /* this till has no drawer, printer... */
	PROBLEM_DEVICE_NOT_READY, /* "device", "reason" */
	PROBLEM_DEVICE_BUSY,
	PROBLEM_DEVICE_RELEASED,
	PROBLEM_DEVICE_NOT_RELEASED,
	PROBLEM_NOT_SUPPORTED, /* the device's protocol has no form for it */
	PROBLEM_RECEIPT_UNPRINTABLE, /* "field", "detail" */
	PROBLEM_JOB_REFUSED, /* "field", "detail", "offset", "command" */
	PROBLEM_REFUSED_BY_DEVICE,
	PROBLEM_FAILED, /* it certainly did not happen */
	PROBLEM_OUTCOME_UNKNOWN,
	PROBLEM_OUTCOME_LOST, /* the key is not in the records put back */
	PROBLEM_OUTCOME_OPEN, /* an earlier one at this device still is */
	PROBLEM_NOT_ABORTABLE,
	PROBLEM_OPERATION_ENDED,
	PROBLEM_OPERATION_OPEN,		/* can't be settled while it goes on */
	PROBLEM_PAYMENT_NOT_REVERSIBLE, /* not approved, or reversed already */
	PROBLEM_CHANGED_MEANWHILE,	/* by another at the same moment */
	/* the daemon */
	PROBLEM_DISK_FULL,
	PROBLEM_DISK_FAILED,
	PROBLEM_ROLLED_BACK,
	PROBLEM_NOT_ROLLED_BACK,
	PROBLEM_JOURNAL_ARCHIVED, /* "first" that is still here */
	PROBLEM_NO_ARCHIVE,	  /* none is configured */
	PROBLEM_ARCHIVE_FAILED,	  /* "detail" */
	PROBLEM_STOPPING,
	PROBLEMS,
};

int problem_status(enum problem problem);	    /* 400... */
const char *problem_name(enum problem problem);	    /* "bad-json" */
const char *problem_sentence(enum problem problem); /* for a cashier */
const char *problem_advice(enum problem problem);   /* what to do; or "" */

#endif
