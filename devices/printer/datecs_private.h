/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Datecs driver's insides, on top of its codec (datecs_frame, _fields and
 * _commands). From below upwards:
 *
 *	datecs_line.c     one request at a time, and the wait for its answer
 *	datecs_watch.c    what the status bytes of answers tell
 *	datecs_facts.c    walks: lists of things to ask, and the answers
 *	datecs_counters.c the printer's numbers
 *	datecs_recover.c  finding out what became of a command
 *	datecs_report.c   the reports
 *	datecs_judge.c    what the numbers say of a document
 *	datecs_find.c     what became of a document
 *	datecs_clean.c    what is refused, and what cleans up after it
 *	datecs_document.c documents, from their first command to the last
 *	datecs_paper.c    of which commands they consist
 *	datecs_drawer.c   the drawer that hangs on it
 *	datecs_open.c     who is there, and which dialect it speaks
 *	datecs.c          what goes where
 *
 * Exactly once (docs/protocols.md 4.10). The printer carries out a request
 * whose SEQ differs from the last one's, and answers one with the same SEQ by
 * repeating its last answer, whatever it is asked. Two things follow:
 *
 * - What is only read is simply sent again with its SEQ, as the manual has it;
 *   a report that changes nothing as well, as long as nothing was heard at all.
 * - A Z report isn't: a printer that was off for a moment has forgotten the
 *   SEQ, and would make another. Instead the witness is asked: a harmless
 *   question under the SEQ of the doubtful command. If the printer answers to
 *   the command, it was carried out, and that is its answer. If it answers to
 *   the question, it knows nothing of the command; then its counters have to
 *   tell. SEQ, action and parameters are on disk before the first byte, so the
 *   witness can be asked by another daemon, too: it is the first thing said on
 *   a line that comes back, for any other would make the printer forget
 *   (driver_doubt).
 */
#ifndef TILLD_PRINTER_DATECS_PRIVATE_H
#define TILLD_PRINTER_DATECS_PRIVATE_H

#include "device/driver.h"
#include "printer/datecs_commands.h"
#include "printer/datecs_fields.h"
#include "printer/datecs_frame.h"

#define DATECS_DISCARD_MS  200
#define DATECS_TICK_MS	   500
#define DATECS_SETTLE_MS   2000		    /* before it is asked once more */
#define DATECS_HELP_MS	   1000		    /* ...whether there is paper now */
#define DATECS_WORK_MS	   (30 * 60 * 1000) /* paper runs, and SYN comes */
#define DATECS_SENDS_MAX   3
#define DATECS_PROOFS	   2
#define DATECS_NO_CODE	   0
#define DATECS_SERIAL_SIZE DATECS_TEXT_SIZE

/* GONE is 0: a wiped state does nothing. */
enum datecs_stage {
	DATECS_GONE,
	DATECS_DISCARDING, /* just opened: what comes is somebody else's */
	DATECS_PROBING,	   /* see struct datecs_probe */
	DATECS_IDLE,
	DATECS_ASKING,	/* see struct datecs_ask */
	DATECS_PAUSING, /* see datecs.resume */
	DATECS_SAVING,	/* driver_save() was called */
};

/* --- one request (datecs_line.c) --- */

enum datecs_ask_kind {
	DATECS_ASK_READ,    /* moves nothing: sent again, with any SEQ */
	DATECS_ASK_AGAIN,   /* sent again into silence, with its own SEQ */
	DATECS_ASK_ONCE,    /* sent again only when it wasn't understood */
	DATECS_ASK_WITNESS, /* a read under the SEQ of another command */
};

/* In DONE and REFUSED datecs.reply says what came; in REPLAYED datecs.answer
 * does. */
enum datecs_end {
	DATECS_DONE,
	DATECS_REFUSED,
	DATECS_REPLAYED,  /* WITNESS: under this SEQ, another command's */
	DATECS_NOT_TAKEN, /* ONCE, AGAIN: not understood, so not done */
	DATECS_OPEN,	  /* ONCE, AGAIN: it may have been done */
	DATECS_SENSELESS, /* READ, WITNESS: answered, but not to us */
	DATECS_SILENT,	  /* not even a read is answered */
};

struct datecs_ask {
	enum datecs_ask_kind kind;
	enum datecs_action action;
	uint8_t seq;
	uint8_t data[DATECS_DATA_SIZE];
	size_t data_len;
	int64_t begun_at;
	int repeats;
	bool worked;  /* SYN came */
	bool spoilt;  /* something came that was no whole answer */
	bool refused; /* NAK came last */
	void (*answered)(struct driver_io *io, enum datecs_end end);
};

/* --- who is there (datecs_open.c) --- */

struct datecs_probe {
	const struct datecs_dialect *dialect; /* asked in */
	uint8_t seq;
	int round;
	int64_t begun_at;
	enum datecs_heard heard;
	bool broken;	 /* a spoilt frame came, in any round */
	bool naked;	 /* a NAK did */
	bool configured; /* there is only this one to be asked in */
};

/* What the printer answered to the doubtful command, if it still knew. */
struct datecs_witness {
	bool found;
	uint8_t seq;
	struct datecs_answer answer;
};

/* --- what is known (datecs_facts.c) --- */

enum datecs_counter {
	DATECS_REPORTS,	     /* 64, the last Z in the fiscal memory */
	DATECS_LAST_Z,	     /* X: 123 3, the same told elsewhere */
	DATECS_NEXT_Z,	     /* classic: 110, Closure */
	DATECS_LAST_SLIP,    /* X: 76, of the open or last receipt */
	DATECS_DAY_RECEIPTS, /* X: 123 3, the last one's number in its day */
	DATECS_DAY_ANNULLED, /* X: 110 4 */
	DATECS_DOCUMENTS,    /* classic: 113, of all kinds */
	DATECS_NEXT_RECEIPT, /* classic: 110 */
	DATECS_DRAWER_CASH,  /* 70, in the drawer... */
	DATECS_CASH_IN,	     /* ...and by hand, since the last Z */
	DATECS_CASH_OUT,
	DATECS_COUNTERS,
};

struct datecs_counters {
	int64_t value[DATECS_COUNTERS]; /* or DATECS_NOT_TOLD */
};

struct datecs_facts {
	struct datecs_identity identity;
	struct datecs_counters counters;
	struct datecs_transaction transaction;
	struct datecs_sums sums; /* of the open receipt, or the last */
	bool has_sums;
	int64_t day[DATECS_TAXES];
	char date[OP_DATE_SIZE];   /* the printer's own */
	char moment[OP_TIME_SIZE]; /* the same as 2026-11-22T10:30 */
	struct receipt_rules rules;
};

struct datecs;

/* One question of a walk. An optional one may be refused. */
struct datecs_step {
	enum datecs_action action; /* DATECS_ACTIONS ends a list */
	bool optional;
	/* Takes what p->reply says; false if it lacks what it must have. */
	bool (*take)(struct datecs *p);
	/* NULL, or why there is no point in going on. */
	enum reason (*check)(const struct datecs *p);
};

/* How a walk ended that didn't work out. */
struct datecs_failure {
	enum outcome outcome; /* OUTCOME_REFUSED or OUTCOME_FAILED */
	enum reason reason;
	int64_t code; /* the device's own, or DATECS_NO_CODE */
	bool silent;  /* the line is dead */
};

struct datecs_walk {
	const struct datecs_step *step;
	bool reread; /* this step's answer made no sense once */
	/* failure is NULL if all went well. */
	void (*finished)(struct driver_io *io,
			 const struct datecs_failure *failure);
};

/* --- receipts and slips (datecs_paper.c) --- */

enum datecs_role {
	DATECS_BEGINS,	/* opens what can be cancelled */
	DATECS_FILLS,	/* moves the sums of the receipt, as 76 tells */
	DATECS_REPEATS, /* moves none; twice it does no harm */
	DATECS_DECIDES, /* with it, it has happened */
};

struct datecs_job;

struct datecs_phase {
	enum datecs_action action; /* DATECS_ACTIONS ends a list */
	enum datecs_role role;
	/* How often. NULL: once. */
	size_t (*count)(const struct datecs_job *job);
	/* Its data. NULL: datecs_plain_write. */
	void (*fill)(struct driver_io *io, size_t index, struct buf *data);
	/* What it does to job.document.after. NULL: nothing. */
	void (*move)(struct datecs_job *job, size_t index);
};

/* What the printer's numbers say of a document. */
enum datecs_found {
	DATECS_FOUND_NOTHING, /* there is none, and nothing is open */
	DATECS_FOUND_OPEN,
	DATECS_FOUND_DONE,
	DATECS_FOUND_ODD, /* more moved than can be explained */
};

struct datecs_paper {
	enum op_kind kind;
	const struct datecs_phase *phases;
	enum datecs_action cancel; /* DATECS_ACTIONS: nothing is ever open */
	bool leaves; /* ...and cancelled, a part of it is on paper */
	enum datecs_found (*judge)(const struct datecs *p);
	/* NULL: it can be asked for. */
	enum reason (*check)(struct driver_io *io);
	/* What it came to, when it is done. */
	void (*tell)(const struct datecs *p, json_t *result);
};

struct datecs_course {
	const struct datecs_paper *paper; /* NULL: no document */
	const struct datecs_phase *phase;
	size_t index;
	bool ending;	 /* the deciding one may have been sent: saved */
	bool cancelling; /* it was, or is being */
	int cancels;
	int resends;
	int64_t items;		   /* sold, before the command under way */
	struct receipt_sums sums;  /* before it... */
	struct receipt_sums after; /* ...and after it */
	struct receipt_sums end;
	struct receipt_made made; /* of the line or discount under way */
	void (*helped)(struct driver_io *io); /* after paper was put in */
	bool refused;
	int64_t code; /* with which it was */
	enum reason reason;
};

/* --- the operation (datecs_report.c) --- */

struct datecs_job {
	bool running;
	bool waiting; /* for the status that is being asked for */
	bool recovering;
	bool committed;
	bool aborted;
	bool counted; /* a Z report: the counters tell */
	bool fiscal;
	enum op_kind kind;
	struct op op;		       /* held */
	const struct receipt *receipt; /* op's, where it has one: borrowed */
	struct op_report report;
	struct receipt_rules rules; /* as they were when it was begun */
	struct datecs_course document;
	enum datecs_action action;
	uint8_t seq; /* of the command */
	char date[OP_DATE_SIZE];
	char serial[DATECS_SERIAL_SIZE];
	struct datecs_counters before;
	int snapshots; /* that were no good */
	int sends;
	int proofs; /* times that it was found not to have happened */
	bool not_taken;
	int64_t number;		    /* the answer's own, DATECS_NOT_TOLD */
	struct datecs_meaning no;   /* of a refusal that is being explained */
	int64_t refused;	    /* a code that the counters have to prove */
	enum reason refused_reason; /* ...and what it means */
};

/* What outlasts a lost line (driver_kept). */
struct datecs_kept {
	bool seeded;  /* seq is one that was used, or a first guess */
	bool worked;  /* an operation was started by this daemon */
	bool classic; /* the dialect that was spoken last */
	uint8_t seq;
};

struct datecs {
	enum datecs_stage stage;
	bool patient; /* answers matter more than time now */
	struct datecs_speech speech;
	struct datecs_status status; /* of the last answer */
	bool heard;		     /* ...and whether there was one */
	bool printing;		     /* a command that prints is under way */
	int64_t reports;	     /* Z so far, or DATECS_NOT_TOLD */
	void (*resume)(struct driver_io *io);
	struct datecs_reader reader;
	struct datecs_answer answer; /* the last that came */
	struct datecs_reply reply;
	struct datecs_ask ask;
	struct datecs_probe probe;
	struct datecs_witness witness;
	struct datecs_walk walk;
	struct datecs_facts facts;
	struct datecs_job job;
};

/* datecs_line.c */

/* The SEQ that the next request takes. */
uint8_t datecs_seq_take(struct driver_io *io);

/*
 * Sends a request and waits; answered is called exactly once, by which time
 * another may be asked. data may be NULL for what datecs_plain_write knows.
 * seq is for all kinds but READ, which take the next one.
 */
void datecs_ask_begin(struct driver_io *io, enum datecs_ask_kind kind,
		      enum datecs_action action, uint8_t seq,
		      const struct buf *data,
		      void (*answered)(struct driver_io *io,
				       enum datecs_end end));
void datecs_ask_input(struct driver_io *io, enum datecs_read got);
void datecs_ask_tick(struct driver_io *io);

void datecs_pause_begin(struct driver_io *io, int64_t ms,
			void (*resume)(struct driver_io *io));
void datecs_line_lose(struct driver_io *io, enum reason reason);

/* datecs_watch.c */
void datecs_watch_take(struct driver_io *io);	  /* p->answer's status */
void datecs_watch_counters(struct driver_io *io); /* what they tell now */
void datecs_watch_tick(struct driver_io *io);	  /* while idle */

/* A document is open that isn't ours. */
bool datecs_watch_is_open(const struct datecs *p);

/* datecs_facts.c */
void datecs_walk_begin(struct driver_io *io, const struct datecs_step *steps,
		       void (*finished)(struct driver_io *io,
					const struct datecs_failure *failure));

extern const struct datecs_step datecs_steps_identity[];
extern const struct datecs_step datecs_steps_ready[];

/* A walk through the counters, into p->facts.counters. */
void datecs_counters_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct datecs_failure *));

extern const struct datecs_step datecs_steps_status[];
extern const struct datecs_step datecs_steps_rates[];
extern const struct datecs_step datecs_steps_state[]; /* for people */
extern const struct datecs_step datecs_steps_open[];  /* what is open */
extern const struct datecs_step datecs_steps_found[]; /* ...and its sums */

/* datecs_counters.c */
void datecs_counters_clear(struct datecs_counters *counters);
json_t *datecs_counters_to_json(const struct datecs_counters *counters);
void datecs_counters_from_json(const json_t *json,
			       struct datecs_counters *out_counters);

enum datecs_moved {
	DATECS_MOVED_NOT,
	DATECS_MOVED_ONCE, /* exactly one Z report was made */
	DATECS_MOVED_ODDLY,
};

enum datecs_moved datecs_counters_compare(const struct datecs_counters *before,
					  const struct datecs_counters *after);

/* All that tell the number of the last Z report tell the same one. */
bool datecs_counters_agree(const struct datecs_counters *counters);

/* The number of the last Z report, DATECS_NOT_TOLD if nothing tells. */
int64_t datecs_counters_z(const struct datecs_counters *counters);

/* The answer to an X report, as its figures; NULL: it was not understood. New.
 */
json_t *datecs_figures_to_json(const struct datecs_report *report);

/* datecs_open.c */
void datecs_open_begin(struct driver_io *io);
void datecs_open_tick(struct driver_io *io); /* DISCARDING, PROBING */
void datecs_open_input(struct driver_io *io, enum datecs_read got);

/* datecs_recover.c */

/* Finds out what became of job.action, whose SEQ is job.seq, and ends it. */
void datecs_resolve_begin(struct driver_io *io);

/* p->reply is the answer to DATECS_COMPLAINT: is it about that command? */
bool datecs_complaint_is_about(const struct datecs *p,
			       enum datecs_action action, int64_t *out_code);

/* What a refusal means by its status, and by the code that was asked for. */
struct datecs_meaning datecs_meaning_join(const struct datecs_meaning *status,
					  int64_t code);

/* p->reply is the printer's answer to it: done, or refused. */
void datecs_resolve_done(struct driver_io *io);
void datecs_resolve_refused(struct driver_io *io);
void datecs_recover_begin(struct driver_io *io, const struct op *op,
			  const json_t *evidence);

/* datecs_report.c */
void datecs_report_begin(struct driver_io *io, const struct op *op);
void datecs_report_go_on(struct driver_io *io); /* the wait is over */
void datecs_report_saved(struct driver_io *io, int err);
void datecs_report_abort(struct driver_io *io);

/* False if the protocol has no form for that kind of operation. */
bool datecs_job_begin(struct datecs_job *job, const struct op *op);

/* Saves the evidence with a new SEQ, and sends job.action. */
void datecs_report_save(struct driver_io *io);

/* The completion; the driver is idle afterwards. result is stolen. */
void datecs_job_fail(struct driver_io *io,
		     const struct datecs_failure *failure);
void datecs_job_clear(struct datecs_job *job);
void datecs_job_end(struct driver_io *io, enum outcome outcome,
		    enum reason reason, json_t *result);

/* {"code": ...}, or an empty object where there is no code. New. */
json_t *datecs_code_to_json(int64_t code);

/* datecs_drawer.c */
void datecs_drawer_begin(struct driver_io *io);
void datecs_drawer_saved(struct driver_io *io, int err);
void datecs_drawer_recover(struct driver_io *io, const json_t *evidence);

/* datecs_judge.c */
bool datecs_is_open(const struct datecs *p); /* a document of whatever kind */
bool datecs_sums_agree(const struct datecs *p, const struct receipt_sums *sums);
enum datecs_found datecs_judge_receipt(const struct datecs *p);
enum datecs_found datecs_judge_return(const struct datecs *p);
enum datecs_found datecs_judge_cash(const struct datecs *p);
enum datecs_found datecs_judge_text(const struct datecs *p);
enum datecs_found datecs_judge_nothing(const struct datecs *p);
json_t *datecs_document_evidence(const struct datecs *p);
bool datecs_document_load(struct datecs *p, const json_t *evidence);
json_t *datecs_document_result(const struct datecs *p, bool after);

/* datecs_paper.c */
const struct datecs_paper *datecs_paper_find(enum op_kind kind);
size_t datecs_phase_count(const struct datecs_phase *phase,
			  const struct datecs_job *job);
void datecs_phase_fill(struct driver_io *io, const struct datecs_phase *phase,
		       size_t index, struct buf *data);

/* What receipts are reckoned by, with the rates that the printer told. */
void datecs_rules_set(struct driver_io *io, const int64_t rates[DATECS_TAXES]);

/* datecs_document.c */
struct datecs_course *datecs_document_of(struct driver_io *io);
void datecs_document_begin(struct driver_io *io);
void datecs_document_saved(struct driver_io *io, int err);
void datecs_document_next(struct driver_io *io);  /* the next command */
void datecs_document_again(struct driver_io *io); /* the same once more */
void datecs_document_confirm(struct driver_io *io);
void datecs_document_end(struct driver_io *io, enum outcome outcome,
			 enum reason reason);
void datecs_document_end_refused(struct driver_io *io);
bool datecs_document_is_left(const struct datecs *p);

/* Nobody knows whether the command under way was carried out. */
void datecs_document_untold(struct driver_io *io);

/* On this line nothing more can be told: the next one's recovery goes on. */
void datecs_document_lose(struct driver_io *io);

/* datecs_clean.c */
void datecs_document_refused(struct driver_io *io); /* see p->reply */
void datecs_document_clean(struct driver_io *io);

/* datecs_find.c */
void datecs_document_find(struct driver_io *io);
void datecs_document_recover(struct driver_io *io, const json_t *evidence);

#endif
