/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSNET driver's insides. From below upwards:
 *
 *	posnet_line.c     one command at a time, and the wait for its reply
 *	posnet_watch.c    what its mechanism does: probes and status
 *	posnet_facts.c    walks: lists of things to ask, and the answers
 *	posnet_counters.c the printer's numbers
 *	posnet_error.c    what its error numbers mean
 *	posnet_recover.c  finding out what became of a command
 *	posnet_report.c   the reports
 *	posnet_text.c     text as it prints it
 *	posnet_paper.c    of which commands receipts and slips consist
 *	posnet_document.c printing them, cleaned up behind if need be
 *	posnet_judge.c    what the printer's numbers say of them
 *	posnet_outcome.c  what became of them, and going on from there
 *	posnet.c          who is there, and what goes where
 */
#ifndef TILLD_PRINTER_POSNET_PRIVATE_H
#define TILLD_PRINTER_POSNET_PRIVATE_H

#include "device/driver.h"
#include "printer/posnet_codec.h"

#define POSNET_FORM_WIDTH    38 /* characters of what is not fiscal */
#define POSNET_TICK_MS	     500
#define POSNET_READ_MS	     3000  /* a status read is answered by then */
#define POSNET_PROBE_MS	     1500  /* between probes while a command runs */
#define POSNET_SILENCE_MS    10000 /* probes without answers: nobody there */
#define POSNET_SOFT_MS	     60000 /* a report is expected to be done */
#define POSNET_RESEND_MS     15000 /* a read is asked again */
#define POSNET_FULL_MS	     500   /* after a frame error, before resending */
#define POSNET_RESENDS_MAX   3
#define POSNET_PATIENCE_MS   30000  /* for a read before an operation */
#define POSNET_PATIENT_MS    300000 /* where the answer matters more */
#define POSNET_PEOPLE_MS     (12 * 60 * 60 * 1000) /* paper, cover, a key */
#define POSNET_SETTLE_MS     2000 /* for what may still lie in a buffer */
#define POSNET_TOKEN_TRIES   8
#define POSNET_REMEMBERED    32 /* replies that the printer keeps for rpt */
#define POSNET_MNEMONIC_SIZE 24
#define POSNET_LINE_MS	     15000 /* a command of a receipt, the same */
#define POSNET_COMMAND_SIZE  512
#define POSNET_RATES	     7 /* A to G */
#define POSNET_TEXT_SIZE     48
#define POSNET_DATE_LEN	     10 /* 2026-11-22 */

/* GONE is 0: a wiped state does nothing. */
enum posnet_stage {
	POSNET_GONE,
	POSNET_DISCARDING, /* just opened: what comes is somebody else's */
	POSNET_GREETING,   /* !sdev was sent */
	POSNET_SUSPECTING, /* a Thermal printer would answer DLE */
	POSNET_IDLE,
	POSNET_ASKING,	/* see struct posnet_ask */
	POSNET_PAUSING, /* see posnet.resume */
	POSNET_SAVING,	/* driver_save() was called */
};

/* --- one command (posnet_line.c) --- */

enum posnet_ask_kind {
	POSNET_ASK_READ,   /* moves nothing: may be sent again freely */
	POSNET_ASK_RPT,	   /* the same, and any mnemonic with the token fits */
	POSNET_ASK_CHANGE, /* sent again only when certainly not executed */
};

/* In DONE, REFUSED and FRAME_ERROR posnet.frame is the reply. */
enum posnet_answer {
	POSNET_DONE,
	POSNET_REFUSED,	    /* ?nnnn */
	POSNET_FRAME_ERROR, /* ERR n, about this command: not executed */
	POSNET_DOUBT,	    /* a CHANGE: something spoilt came, or an ERR that
			       names no command; see posnet_ask.error */
	POSNET_NOTHING,	    /* no reply in time, though the printer lives */
	POSNET_SILENT,	    /* not even probes are answered */
};

struct posnet_pair {
	const char *name; /* NULL ends a list */
	const char *value;
};

struct posnet_ask {
	enum posnet_ask_kind kind;
	char mnemonic[POSNET_MNEMONIC_SIZE]; /* without '!' */
	int token;
	uint8_t frame[POSNET_COMMAND_SIZE];
	size_t len;
	int64_t begun_at;   /* asked first */
	int64_t sent_at;    /* asked last */
	int64_t patient_at; /* patience is counted from here */
	int64_t soft_ms;    /* of a CHANGE: done by then, if nothing is left */
	int resends;
	bool resend_due;
	bool spoilt; /* something with a bad CRC came meanwhile */
	int error;   /* of the ERR that names no command */
	void (*answered)(struct driver_io *io, enum posnet_answer answer);
};

/* --- the mechanism (posnet_watch.c) --- */

enum posnet_probe { POSNET_PROBE_NONE, POSNET_PROBE_SDEV, POSNET_PROBE_SPRN };

struct posnet_watch {
	int64_t ds; /* 0 ready, 1 in menu, 2 waits for a key, 3 after error */
	int64_t tl; /* who holds the transaction, 0 nobody */
	int64_t pr; /* mechanism, 0 fine */
	bool queue_empty;
	bool paper_low;
	enum posnet_probe outstanding;
	int64_t probed_at;
	int64_t heard_at;
	int64_t idle_at;  /* was found ready with nothing left to do */
	int missed;	  /* rounds without an answer, while idle */
	int rounds;	  /* since its daily reports were counted */
	const char *told; /* the progress told last */
};

/* --- what is known (posnet_facts.c) --- */

enum posnet_counter {
	POSNET_REPORTS, /* rd, daily reports done */
	POSNET_HEADERS,
	POSNET_RECEIPTS,
	POSNET_RECEIPTS_CANCELLED,
	POSNET_LAST_RECEIPT,
	POSNET_INVOICES,
	POSNET_INVOICES_CANCELLED,
	POSNET_NEXT_REPORT, /* stot no, the number of the next daily report */
	POSNET_NONFISCAL,
	POSNET_DAY_RECEIPTS,
	POSNET_DAY_CANCELLED,
	POSNET_DOCUMENT, /* eclastdocnoget di, of the last daily report */
	POSNET_RECEIPT_DOCUMENT,   /* the same of the last receipt */
	POSNET_CANCELLED_DOCUMENT, /* ...that was cancelled */
	POSNET_PLAIN_DOCUMENT,	   /* ...non-fiscal printout */
	POSNET_CASH,		   /* scashstate cs */
	POSNET_RAM_RESETS,	   /* sfsk cl */
	POSNET_COUNTERS,
};

#define POSNET_NOT_TOLD INT64_MIN /* only cash may be below zero */

struct posnet_counters {
	int64_t value[POSNET_COUNTERS];
};

struct posnet_facts {
	struct posnet_counters counters;
	char model[POSNET_TEXT_SIZE];
	char firmware[POSNET_TEXT_SIZE];
	char serial[POSNET_TEXT_SIZE];
	char date[OP_DATE_SIZE];   /* the printer's own */
	int clock;		   /* its time of day in seconds, -1 unknown */
	char moment[OP_TIME_SIZE]; /* the same as 2026-11-22T10:30 */
	bool fiscal;
	bool read_only;
	int64_t transaction; /* scomm ts, 0 none */
	bool form;	     /* formisstarted */
	/* strns: of the open transaction, or of the last one */
	int64_t gross[POSNET_RATES];
	int64_t paid;
	int64_t change;
	bool footer; /* fe: complete, but for its footer */
	struct receipt_rules rules;
	bool has_rates;
};

struct posnet;

/* One question of a walk. An optional one may be refused. */
struct posnet_step {
	const char *command; /* NULL ends a list */
	struct posnet_pair field;
	bool optional;
	/* Takes what p->frame says; false if it lacks what it must have. */
	bool (*take)(struct posnet *p);
	/* NULL, or why there is no point in going on. */
	enum reason (*check)(const struct posnet *p);
};

/* How a walk or a command ended that didn't work out. */
struct posnet_verdict {
	enum outcome outcome; /* OUTCOME_REFUSED or OUTCOME_FAILED */
	enum reason reason;
	int code; /* the device's own, or POSNET_NO_ERROR */
	bool frame_error;
	bool silent; /* the line is dead */
};

struct posnet_walk {
	const struct posnet_step *step;
	bool reread; /* this step's reply made no sense once */
	/* verdict is NULL if all went well. */
	void (*finished)(struct driver_io *io,
			 const struct posnet_verdict *verdict);
};

/* --- receipts and slips (posnet_paper.c) --- */

#define POSNET_PARTS_MAX  14
#define POSNET_VALUE_SIZE 24
#define POSNET_TEXTS_SIZE 320 /* a name, a unit, two labels, NUL behind each */
#define POSNET_RESERVED	  128 /* tokens for what is sent again */

/* One command of a document, while it is made. */
struct posnet_part {
	struct posnet_pair pairs[POSNET_PARTS_MAX + 1];
	size_t count;
	char values[POSNET_PARTS_MAX][POSNET_VALUE_SIZE];
	char texts[POSNET_TEXTS_SIZE]; /* in the printer's code page */
	size_t texts_len;
};

enum posnet_role {
	POSNET_BEGINS,	/* opens what can be cancelled */
	POSNET_FILLS,	/* and is seen in the sums of strns, if it moves them */
	POSNET_REPEATS, /* the same; sent twice it is as if it were sent once */
	POSNET_DECIDES, /* with it, it has happened */
	POSNET_TRAILS,	/* comes after that, whatever becomes of it */
};

struct posnet_job;

struct posnet_phase {
	const char *command; /* NULL ends a list */
	enum posnet_role role;
	/* How often. NULL: once. */
	size_t (*count)(const struct posnet_job *job);
	/* Its fields. NULL: it has none. */
	void (*fill)(struct driver_io *io, size_t index,
		     struct posnet_part *part);
	/* What it does to job.after. NULL: nothing. */
	void (*move)(struct posnet_job *job, size_t index);
	const char *field; /* of the request, which it is of; or NULL */
};

/* What the printer's numbers say of a document. */
enum posnet_found {
	POSNET_FOUND_NOTHING, /* there is none, and nothing is open */
	POSNET_FOUND_OPEN,
	POSNET_FOUND_CANCELLED,
	POSNET_FOUND_HALF, /* the first of two deciding commands, no more */
	POSNET_FOUND_DONE,
	POSNET_FOUND_ODD, /* more moved than can be explained */
};

struct posnet_paper {
	enum op_kind kind;
	const struct posnet_phase *phases;
	const char *cancel; /* what cleans up; NULL: there is nothing open */
	enum posnet_found (*judge)(const struct posnet *p);
	/* NULL: it can be asked for. */
	enum reason (*check)(struct driver_io *io);
	/* What it came to, once it is done. NULL: nothing. */
	void (*tell)(const struct posnet *p, json_t *result);
	/* ...and its numbers, where nobody else has moved the counters
	 * (p->facts: after). NULL: it has none. */
	void (*number)(const struct posnet *p, json_t *result);
};

struct posnet_document {
	const struct posnet_paper *paper; /* NULL: no document */
	const struct posnet_phase *phase;
	size_t index;
	int token;	/* of the command under way */
	int next_token; /* the next of those that were reserved */
	size_t decided; /* of the deciding commands */
	bool ending;	/* the deciding one may have been sent: saved */
	bool cancelling;
	int resends;
	struct receipt_sums sums;  /* before the command under way... */
	struct receipt_sums after; /* ...and after it */
	struct receipt_sums end;
	struct receipt_made made; /* of the line or discount under way */
	int refused;		  /* the code with which it was refused */
	bool refused_frame;
	const struct posnet_phase *refused_phase; /* what was refused... */
	size_t refused_index;			  /* ...and the how-manieth */
};

/* --- the operation (posnet_report.c) --- */

struct posnet_job {
	bool running;
	bool recovering;
	bool committed;
	bool aborted; /* called off while evidence was being written */
	bool counted; /* a daily report: the counters tell */
	enum op_kind kind;
	struct op op; /* held */
	struct op_report report;
	struct receipt_rules rules; /* as they were when it was begun */
	struct posnet_document document;
	const char *command; /* NULL for what changes nothing */
	int token;
	int token_tries;
	char date[OP_DATE_SIZE]; /* of a daily report */
	char serial[POSNET_TEXT_SIZE];
	bool fiscal;
	struct posnet_counters before;
	int sends;	 /* of the command */
	int frame_error; /* that may have been about the command */
	int refused;	 /* ...or the refusal that the counters have to prove */
	int proofs;	 /* times that it was found not to have happened */
};

/* What outlasts a lost line (driver_kept). */
struct posnet_kept {
	bool seeded;	/* next_token was derived from the printer's clock */
	bool worked;	/* an operation was started by this daemon */
	int next_token; /* see posnet_token_try */
};

struct posnet {
	enum posnet_stage stage;
	bool patient; /* replies matter more than time now */
	bool garbled; /* a broken frame came while greeting */
	bool spoke;   /* a whole one came that was no answer */
	int greetings;
	void (*resume)(struct driver_io *io);
	struct posnet_reader reader;
	struct posnet_frame frame; /* the last that came */
	struct posnet_ask ask;
	struct posnet_watch watch;
	struct posnet_walk walk;
	struct posnet_facts facts;
	struct posnet_job job;
};

/* posnet_line.c */

/* Sends a command and waits; answered is called exactly once, by which time
 * another may be asked. fields may be NULL. */
void posnet_ask_begin(struct driver_io *io, enum posnet_ask_kind kind,
		      const char *command, int token,
		      const struct posnet_pair *fields,
		      void (*answered)(struct driver_io *io,
				       enum posnet_answer answer));
void posnet_ask_frame(struct driver_io *io);  /* p->frame has come */
void posnet_ask_broken(struct driver_io *io); /* something spoilt has */
void posnet_ask_tick(struct driver_io *io);

void posnet_pause_begin(struct driver_io *io, int64_t ms,
			void (*resume)(struct driver_io *io));
void posnet_line_lose(struct driver_io *io, enum reason reason);

/* posnet_drawer.c */
void posnet_drawer_begin(struct driver_io *io);
void posnet_drawer_saved(struct driver_io *io, int err);
void posnet_drawer_recover(struct driver_io *io, const json_t *evidence);

/* posnet_watch.c */
void posnet_watch_probe(struct driver_io *io);
void posnet_watch_tell_status(struct driver_io *io);
void posnet_watch_frame(struct driver_io *io);
void posnet_watch_tick(struct driver_io *io); /* while idle */
bool posnet_watch_take_sdev(struct posnet *p);
bool posnet_watch_take_sprn(struct posnet *p);

/* Ready, with nothing left to do, as far as it was told. */
bool posnet_watch_is_idle(const struct posnet *p);

/* Why the printer won't print now, REASON_NONE if it would. */
enum reason posnet_watch_trouble(const struct posnet *p);

/* posnet_facts.c */
void posnet_walk_begin(struct driver_io *io, const struct posnet_step *steps,
		       void (*finished)(struct driver_io *io,
					const struct posnet_verdict *verdict));

extern const struct posnet_step posnet_steps_identity[];
extern const struct posnet_step posnet_steps_ready[];
extern const struct posnet_step posnet_steps_daily[];
extern const struct posnet_step posnet_steps_closed[];
extern const struct posnet_step posnet_steps_totals[];
extern const struct posnet_step posnet_steps_transaction[];
extern const struct posnet_step posnet_steps_reports[];
extern const struct posnet_step posnet_steps_document[]; /* before one */
extern const struct posnet_step posnet_steps_sums[];	 /* how it stands */
extern const struct posnet_step posnet_steps_state[];	 /* for people */

/* A walk through the counters, into p->facts.counters. */
void posnet_counters_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct posnet_verdict *verdict));

/* The same through all that a document can move (3.9). */
void posnet_snapshot_ask(struct driver_io *io,
			 void (*finished)(struct driver_io *io,
					  const struct posnet_verdict *verdict));

bool posnet_date_is_valid(const char *date); /* 2026-11-22 */

/* Why a read was not answered, though the printer lives. */
enum reason posnet_walk_silence_reason(const struct posnet *p);

/* posnet_counters.c */
/* type: what was asked for with ty, or NULL. */
void posnet_counters_take(struct posnet_counters *counters, const char *command,
			  const char *type, const struct posnet_frame *frame);
void posnet_counters_clear(struct posnet_counters *counters);
json_t *posnet_counters_to_json(const struct posnet_counters *counters);
void posnet_counters_from_json(const json_t *json,
			       struct posnet_counters *out_counters);

enum posnet_moved {
	POSNET_MOVED_NOT,
	POSNET_MOVED_ONCE, /* exactly one daily report was made */
	POSNET_MOVED_ODDLY,
};

enum posnet_moved posnet_counters_compare(const struct posnet_counters *before,
					  const struct posnet_counters *after);

/* p->frame, the reply to stot, as an X report's figures. New. */
json_t *posnet_figures_to_json(const struct posnet_frame *frame);

/* posnet_error.c */

/* What ?nnnn means. */
enum reason posnet_error_reason(int code);

/* True for failures inside the printer, after which a command that was
 * answered with them may have been carried out nevertheless. */
bool posnet_error_is_doubtful(int code);

/* What ERR n means, and whether the same frame may be sent again. */
enum reason posnet_frame_error_reason(int code);
bool posnet_frame_error_is_passing(int code);

/* posnet_recover.c */

/* Why the job's command was refused with that code: of a periodic report and
 * of copies, what is wrong with a parameter is wrong with the range. */
enum reason posnet_job_reason(const struct posnet_job *job, int code,
			      bool frame_error);

/* Asks what became of job.command, whose token is job.token, and ends it. */
void posnet_resolve_begin(struct driver_io *io);

/* The printer said that it is done: reads the counters and ends it. */
void posnet_resolve_confirmed(struct driver_io *io);

/* It said ?code; certain unless that came by way of rpt. */
void posnet_resolve_refused(struct driver_io *io, int code, bool certain);
void posnet_recover_begin(struct driver_io *io, const struct op *op,
			  const json_t *evidence);

/* posnet_text.c: appends text in the code page of that option's word. */
void posnet_text_put(const char *option, const char *text, struct buf *out);

/* posnet_paper.c */

/* NULL if a report is no document. */
const struct posnet_paper *posnet_paper_find(enum op_kind kind);
size_t posnet_phase_count(const struct posnet_phase *phase,
			  const struct posnet_job *job);

/* posnet_document.c */
void posnet_document_begin(struct driver_io *io);
void posnet_document_prepared(struct driver_io *io); /* its token is free */
void posnet_document_saved(struct driver_io *io, int err);

/* The parts that finding out what became of it goes on with. */
void posnet_document_end(struct driver_io *io, enum outcome outcome,
			 enum reason reason);
void posnet_document_end_refused(struct driver_io *io);
void posnet_document_lose(struct driver_io *io); /* on the next line */
void posnet_document_clean(struct driver_io *io);
void posnet_document_again(struct driver_io *io); /* surely not executed */
void posnet_document_done_one(struct driver_io *io);
void posnet_document_next(struct driver_io *io);
int posnet_document_token(struct posnet_document *document);

/* posnet_outcome.c */
void posnet_document_find(struct driver_io *io);
void posnet_document_recover(struct driver_io *io, const json_t *evidence);

/* posnet_judge.c */
json_t *posnet_document_evidence(const struct posnet *p);
bool posnet_document_load(struct posnet *p, const json_t *evidence);

/* Whether strns agrees with sums. */
bool posnet_sums_agree(const struct posnet_facts *facts,
		       const struct receipt_sums *sums);
enum posnet_found posnet_judge_receipt(const struct posnet *p);
enum posnet_found posnet_judge_return(const struct posnet *p);
enum posnet_found posnet_judge_cash(const struct posnet *p);
enum posnet_found posnet_judge_text(const struct posnet *p);
enum posnet_found posnet_judge_nothing(const struct posnet *p);
json_t *posnet_document_result(const struct posnet *p, bool after);

/* posnet_report.c */

/* Finds a token that the printer does not know, and goes on. */
void posnet_token_find(struct driver_io *io);

/* Nothing that changes anything was sent yet. */
void posnet_job_fail(struct driver_io *io,
		     const struct posnet_verdict *verdict);
void posnet_job_clear(struct posnet_job *job);
void posnet_report_begin(struct driver_io *io, const struct op *op);
void posnet_report_saved(struct driver_io *io, int err);
void posnet_report_abort(struct driver_io *io);

/* Sends job.command (again: only when it was certainly not executed). */
void posnet_report_send(struct driver_io *io);
void posnet_job_begin(struct posnet_job *job, const struct op *op);

/* The completion; the driver is idle afterwards. result is stolen. */
void posnet_job_end(struct driver_io *io, enum outcome outcome,
		    enum reason reason, json_t *result);

/* {"code": ...}, or an empty object where there is no code. New. */
json_t *posnet_code_to_json(int code, bool frame_error);

#endif
