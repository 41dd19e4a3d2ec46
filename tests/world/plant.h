/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices of the shop: tillsim's models, each on a wire that loses,
 * doubles, corrupts, delays, splits and merges what goes over it when it is
 * told to, and that can be pulled out. What they really did (a drawer that
 * sprang open, a report that was printed, a card that was charged) is written
 * down here as it happens, from the models' own insides.
 */
#ifndef TILLD_WORLD_PLANT_H
#define TILLD_WORLD_PLANT_H

#include "device/device.h"
#include "loom.h"
#include "sim/model.h"
#include "variety.h"

#define PLANT_LINES	8
#define PLANT_MOVES_MAX 4096

/* One device as it is configured; for the rest see variety.h. */
struct plant_row {
	const char *name;
	const char *driver;
	const char *model; /* or its family: see struct variety */
	const char *till;
	bool always_serial;
	bool blind; /* a drawer without a switch */
};

extern const struct plant_row plant_rows[PLANT_LINES];

/* What is wrong with one direction of a wire: so many pieces from now on. */
enum wire_fault {
	WIRE_DROP,
	WIRE_DOUBLE,
	WIRE_CORRUPT,
	WIRE_DELAY,
	WIRE_SPLIT,
	WIRE_MERGE,
	WIRE_FAULTS,
};

struct plant_parcel;

struct plant_way {
	struct plant_parcel *first, *last;
	struct timer *timer;
	int faults[WIRE_FAULTS];
	bool silent;
	bool held; /* nothing gets through, nothing is lost */
};

enum move {
	MOVE_DRAWER,
	MOVE_Z,
	MOVE_PERIODIC,
	MOVE_RECEIPT,
	MOVE_RETURN, /* the document; money that goes out is MOVE_CASH */
	MOVE_CASH,
	MOVE_TEXT,
	MOVE_COPY,
	MOVE_JOB, /* a line of one, which is all that there is in it */
	MOVE_PAID,
	MOVE_REVERSED,
	MOVE_REFUNDED,
	MOVE_DAY_ENDED,
	MOVES,
};

const char *move_name(enum move move);

/* What such an operation moves; MOVES: nothing that is counted. */
enum move move_of(enum op_kind kind);

/* Something that really happened. */
struct movement {
	enum move move;
	size_t line;
	int64_t at; /* monotonic ms */
	/* Of a booking. asked: the amount that the till wanted. original: the
	 * receipt that was reversed. */
	int64_t asked, amount, receipt, original;
	int64_t tax; /* within a receipt's amount, by the printer's rates */
	bool by_hand;
	bool blurred;	  /* by bytes that were no longer the driver's own */
	char op_id[32];	  /* of what was under way there; "" for nothing */
	bool was_durable; /* its intent, at that moment */
};

#define PLANT_LIES 64

struct plant_lie {
	int64_t from, to;
	bool lost; /* no lie, but something of what it was told never arrived */
};

struct plant;
struct plant_end;

struct plant_line {
	struct plant *plant;
	const struct plant_row *row;
	struct variety variety;
	bool serial;
	struct model *model;
	struct timer *model_timer;
	struct plant_end *end; /* the daemon's; NULL if it holds none */
	bool unplugged, hung_up, up;
	struct timer *plug_timer, *voice_timer, *stall_timer;
	bool stalls_for_good;
	struct plant_way out, in; /* seen from the daemon */
	int64_t seen[MOVES];	  /* of its movements */
	size_t seen_documents;	  /* of a printer's book */
	bool was_faulty;	  /* the wire, or the device itself, ever */
	int64_t blurred_until;	  /* what came there was not what was sent */
	struct plant_lie lies[PLANT_LIES]; /* it may have told anything */
	size_t lies_count;
	uint8_t *lent; /* what the daemon reads now */
	size_t lent_len;
	int opens;
};

struct plant {
	struct transports transports; /* hand out &plant.transports */
	struct loom *loom;
	struct chance chance;
	struct plant_line lines[PLANT_LINES];
	struct movement moves[PLANT_MOVES_MAX];
	size_t moves_count;
	bool by_hand; /* what moves now was somebody's hand */
	/* Told of each movement, before anybody else can hear of it. */
	void (*moved)(void *arg, struct movement *movement);
	/* What arrives at an end of a wire; may be NULL. */
	void (*heard)(void *arg, const struct plant_line *line, bool at_device,
		      const uint8_t *data, size_t len);
	/* What a person in the shop sees; may be NULL. */
	void (*shown)(void *arg, const struct plant_line *line,
		      const char *text);
	void *arg;
};

void plant_init(struct plant *plant, struct loom *loom, uint64_t seed);
void plant_free(struct plant *plant);

/* The daemon is gone: its lines are closed, what it wrote goes on its way. */
void plant_forget_daemon(struct plant *plant);

/* Somebody does something to a device. False if it can't be done. */
bool plant_command(struct plant_line *line, const char *command);

void plant_unplug(struct plant_line *line, int64_t ms);
void plant_plug(struct plant_line *line);

/* Two alike are pulled out, and plugged in again so much later, each where the
 * other was. False if they don't fit there. */
bool plant_swap(struct plant_line *one, struct plant_line *other, int64_t ms);

/* Nothing comes from there any more for a while, nor (both) goes there. */
void plant_silence(struct plant_line *line, bool both, int64_t ms);

/* All wires are good again, and everything is plugged in. */
void plant_heal(struct plant *plant);

/* It takes no bytes any more for a while; they wait. One that does so for
 * TRANSPORT_STALL_MS is lost. */
void plant_stall(struct plant_line *line, int64_t ms);

/* The box is about to sleep: what is on its wires is so for that much longer. */
void plant_sleep(struct plant *plant, int64_t ms);

/* Whether it may have told anything but the truth then. */
bool plant_lied(const struct plant_line *line, int64_t from, int64_t to);

/* Or may not have heard all that it was told. */
bool plant_missed(const struct plant_line *line, int64_t from, int64_t to);

/* A drawer stands open. */
bool plant_stands_open(const struct plant_line *line);

struct plant_line *plant_find(struct plant *plant, const char *device);
size_t plant_index(const struct plant_line *line);

#endif
