/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as a document gave it, on its way into the database. */
#ifndef TILLD_STORE_PEOPLE_H
#define TILLD_STORE_PEOPLE_H

#include "store/store.h"

#define PEOPLE_GROUPS_MAX    256
#define PEOPLE_OPERATORS_MAX 1024
#define PEOPLE_CLIENTS_MAX   64 /* users, and groups, of one till */
#define PEOPLE_BADGES_MAX    16 /* of one operator */

struct people_till {
	char *id;
	char *name;
	char *currency;
	uid_t uids[PEOPLE_CLIENTS_MAX];
	size_t uids_count;
	gid_t gids[PEOPLE_CLIENTS_MAX];
	size_t gids_count;
	uint8_t badge[PERMISSIONS]; /* enum badge_strength */
	bool pin_sign_on;
};

struct people_group {
	char *id;
	char *name;
	bool tills[POLICY_TILLS_MAX]; /* by place */
	bool box;
	struct rights rights; /* as given, not voided */
};

/* Of a password, PIN or badges: what the document does not mention stays. */
enum people_given { PEOPLE_AS_IT_IS, PEOPLE_NONE, PEOPLE_GIVEN };

struct people_secret {
	enum people_given given;
	char *clear; /* until prepared */
	char *hash;  /* from then on */
};

struct people_badge {
	char *clear;
	uint8_t key[HASH_SIZE];
};

struct people_operator {
	char id[RANDOM_ID_SIZE]; /* if the login is a new one */
	char *login;
	char *name;
	enum role role;
	bool active;
	bool groups[PEOPLE_GROUPS_MAX]; /* by place */
	struct people_secret password;
	struct people_secret pin;
	enum people_given badges_given;
	struct people_badge badges[PEOPLE_BADGES_MAX];
	size_t badges_count;
};

struct people {
	struct people_till *tills;
	size_t tills_count;
	struct people_group *groups;
	size_t groups_count;
	struct people_operator *operators;
	size_t operators_count;
	bool prepared;
};

extern const char *const people_strengths[]; /* by enum badge_strength */
#define PEOPLE_STRENGTHS 3
extern const char *const people_roles[]; /* by enum role */
#define PEOPLE_ROLES 2

/* The place of a name in such a table; false if it isn't there. */
bool people_find_name(const char *const *names, size_t count, const char *name,
		      size_t *out_at);

#endif
