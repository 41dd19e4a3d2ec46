/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shop in which everything goes wrong that can, driven by a seed: the daemon
 * below its HTTP parser, on a disk, devices and a time that are all in here.
 * A run is a list of steps, each with chance of its own, so that a story with
 * some of them left out is a story still. docs/testing.md tells of it.
 */
#ifndef TILLD_WORLD_WORLD_H
#define TILLD_WORLD_WORLD_H

#include "disk.h"
#include "life.h"
#include "loom.h"
#include "matrix.h"
#include "plant.h"
#include "progress.h"

#include "http/request_private.h"

#include <jansson.h>
#include <stdio.h>

/* --- steps --- */

struct world;

enum deed_kind { DEED_ACT, DEED_TROUBLE, DEED_DEATH, DEED_KINDS };

/* Something that somebody or something does. */
struct deed {
	const char *name;
	unsigned int weight;
	enum deed_kind kind;
	void (*run)(struct world *world, struct chance *chance);
};

extern const struct deed deeds[];
extern const size_t deeds_count;

struct step {
	unsigned int deed;
	int64_t pause; /* ms before it */
	uint64_t chance;
};

#define WORLD_STEPS_MAX 1024

struct story {
	uint64_t seed;
	bool calm;
	size_t count;
	struct step steps[WORLD_STEPS_MAX];
};

/* What a seed makes of itself. calm: nothing goes wrong in it. */
void story_make(struct story *story, uint64_t seed, bool calm);

/*
 * As text, so that what was found once is told again when other deeds have
 * come: "seed N", and "NAME PAUSE CHANCE" for each step.
 */
void story_print(const struct story *story, FILE *out);
/* False for what is no story. */
bool story_read(struct story *story, FILE *in);

/* --- requests --- */

#define ASK_TEXT 160

/* One request, as its client sees it; kept to the end of the run. */
struct ask {
	struct ask *next;
	struct world *world;
	int number;
	int life; /* of the daemon that was asked */
	unsigned int uid;
	char method[8];
	char path[ASK_TEXT];
	char *body;
	char key[ASK_TEXT], token[ASK_TEXT], consent[ASK_TEXT];
	char login[32]; /* who was meant to be signed on; "" */
	char till[4];
	int wait; /* Prefer: wait=N; -1: none */

	struct request *request; /* while its connection has it */
	struct request *buried;	 /* ... and it died with the daemon */
	bool left;
	int answers;
	int64_t asked_at, answered_at;
	int64_t slept; /* the box, before it was asked; then meanwhile */
	int status;
	char code[40];
	json_t *reply;
	struct stream *stream;
};

/* What is to be asked; text in single quotation marks where JSON has double. */
struct ask_call {
	unsigned int uid;
	const char *method, *path;
	const char *body; /* NULL: none */
	const char *key, *token, *consent, *login, *till;
	int wait;
};

struct ask *ask_make(struct world *world, const struct ask_call *call);
/* The same once more, by the same client. */
struct ask *ask_again(struct world *world, const struct ask *ask);
void ask_leave(struct ask *ask);
void asks_free(struct world *world);
/* The connections of a daemon that died. */
void asks_lose(struct world *world);
/* The connections of one that stops: server_free() does it so. */
void asks_close(struct world *world);
void asks_release(struct world *world);

/* --- what clients remember --- */

#define WORLD_NOTES 64

struct signed_on {
	unsigned int uid;
	char login[32];
	char till[4];
	char token[64];
};

struct question {
	char id[32];
	char till[4];
	char login[32]; /* of the requester */
	struct ask *ask;
	bool armed;
};

/* A supervisor's word that was really given; by this the daemon's is judged. */
struct consent {
	char authorization[32]; /* "": a badge, for whatever was armed */
	char login[32];
	int64_t at;
};

/* A consent in advance, and what it is good for. */
struct given {
	char id[32], token[64];
	char requester[32], till[4], action[40];
};

struct known_operation {
	char id[32];
	char till[4];
	char action[32];
	char outcome[16];
	int64_t amount;
};

struct memory {
	struct signed_on signed_on[WORLD_NOTES];
	size_t signed_on_count;
	struct question questions[WORLD_NOTES];
	size_t questions_count;
	struct known_operation operations[WORLD_NOTES];
	size_t operations_count;
	struct consent consents[4 * WORLD_NOTES];
	size_t consents_count;
	char sessions[2][32]; /* open at tills 1 and 2 */
	struct signed_on owners[2];
	struct given given[WORLD_NOTES];
	size_t given_count;
	int64_t amounts; /* every payment has an amount of its own */
	int keys;
};

void memory_take(struct world *world, struct ask *ask);

/* --- one thing after the other --- */

#define CHAIN_MAX 8

/* Several deeds of one person, while others do theirs. */
struct chain {
	void (*steps[CHAIN_MAX])(struct world *world, struct chance *chance);
	size_t count, at;
	struct signed_on who; /* "" for nobody in particular */
	struct chance chance;
	int64_t pause;
};

void chain_begin(struct world *world, const struct chain *chain);
void chain_step(void *arg);

/* --- the world --- */

/* A fault that waits for an operation to come to some stage. */
struct ambush {
	bool set;
	enum fault_kind kind;
	enum stage stage;
	uint64_t chance;
};

#define WORLD_AMBUSHES 8

struct breach {
	char check[40];
	char text[240];
};

#define WORLD_BREACHES	 8
#define WORLD_FOUND_OPEN 512
#define WORLD_BEGUN	 1024

/* When an operation was decided, and last known to go on, by the clock that
 * never steps. */
struct begun {
	char id[OP_ID_SIZE];
	int64_t at, until;
};

struct world {
	uint64_t seed;
	bool loud; /* prints the story as it goes */
	struct loom loom;
	struct disk disk;
	struct plant plant;
	struct life life;
	struct progress progress;
	struct matrix *matrix;
	struct memory memory;
	struct ask *asks, **last_ask;
	int asks_count, answered, deaths, lives_lost_to_disk;
	int64_t slept; /* ms that the box did, in all */
	struct timer *deed_timer, *birth_timer, *release_timer;
	struct timer *disk_timer, *chain_timer;
	struct chain chain;
	bool chained; /* what is done now is a step of it */
	struct ambush ambushes[WORLD_AMBUSHES];
	/* What last passed its point of no return, by what it moves. */
	char committed[PLANT_LINES][MOVES + 1][OP_ID_SIZE];
	/* Operations at whose end their drawer stood open. */
	char found_open[WORLD_FOUND_OPEN][OP_ID_SIZE];
	size_t found_open_count;
	struct begun begun[WORLD_BEGUN];
	size_t begun_count;
	struct chance chance;
	const struct step *step;
	bool power;	    /* the next death is a power cut */
	bool calm;	    /* nothing goes wrong in it */
	bool healed;	    /* faults have stopped */
	bool restart_asked; /* somebody wants it stopped and started */
	uint64_t hash;	    /* of all that was told */
	struct breach breaches[WORLD_BREACHES];
	size_t breaches_count;
	json_t *journal; /* all entries, at the end */
	json_t *names;	 /* of operators, by their ids in it */
	json_t *verdict; /* of verifying it */
	json_t *balances[2];
	json_t *state; /* GET /v1/devices, at the end */
};

struct world *world_new(uint64_t seed, struct matrix *matrix, bool loud);
struct world *world_free(struct world *world);

/* Sets up, runs the steps, heals, and checks. */
void world_run(struct world *world, const struct story *story);

/* Lets time go by, with whatever deaths and births come of it. */
void world_pass(struct world *world, int64_t ms);

/* One line of the story. */
void world_tell(struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Something that must never be. */
void world_breach(struct world *world, const char *check, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/* --- trouble --- */

/* Now, or (stage) when an operation comes there. */
void trouble_set(struct world *world, enum fault_kind kind, enum stage stage,
		 struct chance *chance);
/* The progress of operations: springs what waits for it. */
void trouble_reached(void *arg, const struct progress_op *op);
/* Everything works again. */
void trouble_end(struct world *world);

/* --- checks --- */

/* As it happens. */
void check_movement(void *arg, struct movement *movement);
void check_answer(struct world *world, const struct ask *ask);

/* What is logged from now on is looked through. */
void check_log(struct world *world);

/* At the end. */
void check_all(struct world *world);

#endif
