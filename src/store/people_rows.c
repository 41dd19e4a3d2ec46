/* SPDX-License-Identifier: Apache-2.0 */
/* The policy in the database: replaced whole, and read as a snapshot. */
#include "store/people.h"
#include "store/schema.h"
#include "store/store_private.h"
#include "util/alloc.h"
#include "util/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- writing --- */

static int people_insert_pair(struct db *db, const char *sql, const char *first,
			      const char *second)
{
	QUERY query = query_make(db, sql);

	query_text(&query, first);
	query_text(&query, second);
	return query_run(&query);
}

static int people_insert_client(struct db *db, const char *till,
				const char *what, int64_t id)
{
	QUERY query = query_make(db, "INSERT OR IGNORE INTO till_client "
				     "(till, what, id) VALUES (?, ?, ?)");

	query_text(&query, till);
	query_text(&query, what);
	query_int(&query, id);
	return query_run(&query);
}

static int people_insert_strength(struct db *db, const char *till,
				  unsigned int permission, uint8_t strength)
{
	QUERY query = query_make(db, "INSERT INTO till_badge (till, permission,"
				     " strength) VALUES (?, ?, ?)");

	query_text(&query, till);
	query_text(&query, rights_name(permission));
	query_text(&query, people_strengths[strength]);
	return query_run(&query);
}

static int people_insert_till_row(struct db *db, const struct people_till *till,
				  size_t at)
{
	QUERY query = query_make(db, "INSERT INTO till (id, at, name, currency,"
				     " pin_sign_on) VALUES (?, ?, ?, ?, ?)");

	query_text(&query, till->id);
	query_int(&query, (int64_t)at);
	query_text(&query, till->name);
	query_text(&query, till->currency);
	query_int(&query, till->pin_sign_on);
	return query_run(&query);
}

static int people_insert_till(struct db *db, const struct people *people,
			      size_t at)
{
	const struct people_till *till = &people->tills[at];
	int r = people_insert_till_row(db, till, at);

	for (size_t i = 0; !r && i < till->uids_count; i++)
		r = people_insert_client(db, till->id, "user", till->uids[i]);
	for (size_t i = 0; !r && i < till->gids_count; i++)
		r = people_insert_client(db, till->id, "group", till->gids[i]);
	for (unsigned int i = 0; !r && i < PERMISSIONS; i++)
		r = people_insert_strength(db, till->id, i, till->badge[i]);
	return r;
}

static int people_insert_group_row(struct db *db,
				   const struct people_group *group, size_t at)
{
	QUERY query = query_make(db, "INSERT INTO team (id, at, name) "
				     "VALUES (?, ?, ?)");

	query_text(&query, group->id);
	query_int(&query, (int64_t)at);
	query_text(&query, group->name);
	return query_run(&query);
}

static int people_insert_group(struct db *db, const struct people *people,
			       size_t at)
{
	static const char attach[] =
		"INSERT INTO team_till (team, till) VALUES (?, ?)";
	static const char grant[] =
		"INSERT INTO team_right (team, name) VALUES (?, ?)";
	const struct people_group *group = &people->groups[at];
	int r = people_insert_group_row(db, group, at);

	if (!r && group->box)
		r = people_insert_pair(db, attach, group->id, POLICY_BOX);
	for (size_t i = 0; !r && i < people->tills_count; i++)
		if (group->tills[i])
			r = people_insert_pair(db, attach, group->id,
					       people->tills[i].id);
	for (unsigned int i = 0; !r && i < RIGHTS_COUNT; i++)
		if (rights_has(&group->rights, i))
			r = people_insert_pair(db, grant, group->id,
					       rights_name(i));
	return r;
}

/* Who has that login already keeps the id that the journal knows. */
static int people_find_id(struct db *db, const struct people_operator *person,
			  char out_id[POLICY_ID_MAX + 1])
{
	QUERY query = query_make(db, "SELECT id FROM operator WHERE login = ?");

	query_text(&query, person->login);
	if (query_next(&query))
		query_get_chars(&query, 0, out_id, POLICY_ID_MAX + 1);
	else
		memcpy(out_id, person->id, sizeof(person->id));
	return query.error;
}

static int people_put_operator_row(struct db *db,
				   const struct people_operator *person,
				   const char *id, size_t at)
{
	QUERY query = query_make(
		db,
		"INSERT INTO operator"
		" (id, at, login, name, role, active, password, pin) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
		"ON CONFLICT (id) DO UPDATE SET at = ?2, name = ?4, role = ?5,"
		" active = ?6, password = iif(?9, ?7, password),"
		" pin = iif(?10, ?8, pin)");

	query_text(&query, id);
	query_int(&query, (int64_t)at);
	query_text(&query, person->login);
	query_text(&query, person->name);
	query_text(&query, people_roles[person->role]);
	query_int(&query, person->active);
	query_text(&query, person->password.hash);
	query_text(&query, person->pin.hash);
	query_int(&query, person->password.given != PEOPLE_AS_IT_IS);
	query_int(&query, person->pin.given != PEOPLE_AS_IT_IS);
	return query_run(&query);
}

static int people_forget_badges(struct db *db, const char *id)
{
	QUERY query = query_make(db, "DELETE FROM badge WHERE operator = ?");

	query_text(&query, id);
	return query_run(&query);
}

/* One that another operator had moves over to this one. */
static int people_put_badge(struct db *db, const uint8_t key[HASH_SIZE],
			    const char *id)
{
	QUERY query = query_make(db, "INSERT OR REPLACE INTO badge "
				     "(key, operator) VALUES (?, ?)");

	query_blob(&query, key, HASH_SIZE);
	query_text(&query, id);
	return query_run(&query);
}

static int people_put_operator(struct db *db, const struct people *people,
			       size_t at)
{
	static const char join[] =
		"INSERT INTO member (operator, team) VALUES (?, ?)";
	const struct people_operator *person = &people->operators[at];
	char id[POLICY_ID_MAX + 1];
	int r = people_find_id(db, person, id);

	if (!r)
		r = people_put_operator_row(db, person, id, at);
	for (size_t i = 0; !r && i < people->groups_count; i++)
		if (person->groups[i])
			r = people_insert_pair(db, join, id,
					       people->groups[i].id);
	if (!r && person->badges_given != PEOPLE_AS_IT_IS)
		r = people_forget_badges(db, id);
	for (size_t i = 0; !r && i < person->badges_count; i++)
		r = people_put_badge(db, person->badges[i].key, id);
	return r;
}

static int people_count_version(struct db *db)
{
	int64_t version;
	int r = meta_get_int(db, "policy_version", 0, &version);

	return r ? r : meta_set_int(db, "policy_version", version + 1);
}

static int people_put_all(struct db *db, const struct people *people)
{
	int r = db_exec(db, "DELETE FROM team; DELETE FROM till;"
			    "UPDATE operator SET at = -1");

	for (size_t i = 0; !r && i < people->tills_count; i++)
		r = people_insert_till(db, people, i);
	for (size_t i = 0; !r && i < people->groups_count; i++)
		r = people_insert_group(db, people, i);
	for (size_t i = 0; !r && i < people->operators_count; i++)
		r = people_put_operator(db, people, i);
	if (!r)
		r = db_exec(db, "DELETE FROM operator WHERE at = -1");
	return r ? r : people_count_version(db);
}

struct people_step {
	struct txn_step step;
	const struct people *people;
};

static int people_replace(struct txn_step *step, struct writer *writer,
			  struct txn *txn)
{
	const struct people *people = ((struct people_step *)step)->people;

	(void)txn;
	return people->prepared ? people_put_all(&writer->db, people) : -EINVAL;
}

void txn_policy_replace(struct txn *txn, const struct people *people)
{
	struct people_step *step =
		txn_add(txn, sizeof(*step), people_replace, NULL);

	step->people = people;
}

/* --- reading --- */

/* What this version does not know was not written by it. */
static int people_is_odd(const char *what)
{
	log_error("the policy in the database has an odd %s", what);
	return STORE_E_CORRUPT;
}

static int people_load_clients(struct db *db, const char *till,
			       const char *what, uint32_t *ids,
			       size_t *out_count)
{
	QUERY query = query_make(db, "SELECT id FROM till_client "
				     "WHERE till = ? AND what = ? ORDER BY id");
	size_t count = 0;

	query_text(&query, till);
	query_text(&query, what);
	while (count < PEOPLE_CLIENTS_MAX && query_next(&query))
		ids[count++] = (uint32_t)query_get_int(&query, 0);
	*out_count = count;
	return query.error;
}

static int people_load_strengths(struct db *db, struct policy_till *till)
{
	QUERY query = query_make(db, "SELECT permission, strength "
				     "FROM till_badge WHERE till = ?");

	query_text(&query, till->id);
	while (query_next(&query)) {
		unsigned int which = PERMISSIONS;
		size_t strength;

		if (!rights_from_name(query_get_text(&query, 0), &which) ||
		    which >= PERMISSIONS ||
		    !people_find_name(people_strengths, PEOPLE_STRENGTHS,
				      query_get_text(&query, 1), &strength))
			return people_is_odd("strength of badges");
		till->badge[which] = (uint8_t)strength;
	}
	return query.error;
}

static int people_load_till(struct db *db, struct query *row,
			    struct policy *policy)
{
	uid_t uids[PEOPLE_CLIENTS_MAX];
	gid_t gids[PEOPLE_CLIENTS_MAX];
	struct policy_till till = {
		.id = query_get_text(row, 0),
		.name = query_get_text(row, 1),
		.currency = query_get_text(row, 2),
		.pin_sign_on = query_get_int(row, 3) != 0,
		.uids = uids,
		.gids = gids,
	};
	int r = people_load_clients(db, till.id, "user", uids,
				    &till.uids_count);

	if (!r)
		r = people_load_clients(db, till.id, "group", gids,
					&till.gids_count);
	if (!r)
		r = people_load_strengths(db, &till);
	if (!r && !policy_add_till(policy, &till))
		r = people_is_odd("till");
	return r;
}

static int people_load_rights(struct db *db, struct policy_group *group)
{
	QUERY query =
		query_make(db, "SELECT name FROM team_right WHERE team = ?");
	unsigned int which;

	query_text(&query, group->id);
	while (query_next(&query)) {
		if (!rights_from_name(query_get_text(&query, 0), &which))
			return people_is_odd("right");
		rights_add(&group->rights, which);
	}
	return query.error;
}

/* A short list of ids, owned by the caller. */
static int people_load_ids(struct db *db, const char *sql, const char *of,
			   const char **ids, size_t max, size_t *out_count)
{
	QUERY query = query_make(db, sql);

	query_text(&query, of);
	while (*out_count < max && query_next(&query))
		ids[(*out_count)++] = alloc_text(query_get_text(&query, 0));
	return query.error;
}

static void people_free_ids(const char **ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)ids[i]);
}

static int people_load_group(struct db *db, struct query *row,
			     struct policy *policy)
{
	static const char tills_sql[] =
		"SELECT till FROM team_till WHERE team = ?";
	struct policy_group group = {
		.id = query_get_text(row, 0),
		.name = query_get_text(row, 1),
	};
	const char *tills[POLICY_TILLS_MAX + 1];
	size_t count = 0;
	int r = people_load_ids(db, tills_sql, group.id, tills,
				POLICY_TILLS_MAX + 1, &count);

	if (!r)
		r = people_load_rights(db, &group);
	if (!r) {
		rights_void(&group.rights);
		if (!policy_add_group(policy, &group, tills, count))
			r = people_is_odd("group");
	}
	people_free_ids(tills, count);
	return r;
}

static int people_load_operator(struct db *db, struct query *row,
				struct policy *policy)
{
	static const char groups_sql[] =
		"SELECT team FROM member WHERE operator = ?";
	struct policy_operator person = {
		.id = query_get_text(row, 0),
		.login = query_get_text(row, 1),
		.name = query_get_text(row, 2),
		.active = query_get_int(row, 4) != 0,
		.password = query_get_text(row, 5),
		.pin = query_get_text(row, 6),
	};
	const char *groups[PEOPLE_GROUPS_MAX];
	size_t count = 0, role = 0;
	int r = people_load_ids(db, groups_sql, person.id, groups,
				PEOPLE_GROUPS_MAX, &count);

	if (!r && !people_find_name(people_roles, PEOPLE_ROLES,
				    query_get_text(row, 3), &role))
		r = people_is_odd("role");
	person.role = (enum role)role;
	if (!r && !policy_add_operator(policy, &person, groups, count))
		r = people_is_odd("operator");
	people_free_ids(groups, count);
	return r;
}

static int people_load_badge(struct db *db, struct query *row,
			     struct policy *policy)
{
	uint8_t key[HASH_SIZE];

	(void)db;
	query_get_blob(row, 0, key, sizeof(key));
	if (row->error)
		return row->error;
	return policy_add_badge(policy, key, query_get_text(row, 1), true)
		       ? 0
		       : people_is_odd("badge");
}

/* In this order: each refers to what is before it. */
static const struct people_table {
	const char *sql;
	int (*load)(struct db *db, struct query *row, struct policy *policy);
} people_tables[] = {
	{ "SELECT id, name, currency, pin_sign_on FROM till ORDER BY at",
	  people_load_till },
	{ "SELECT id, name FROM team ORDER BY at", people_load_group },
	{ "SELECT id, login, name, role, active, password, pin "
	  "FROM operator ORDER BY at",
	  people_load_operator },
	{ "SELECT key, operator FROM badge", people_load_badge },
};

static int people_load_table(struct db *db, const struct people_table *table,
			     struct policy *policy)
{
	QUERY query = query_make(db, table->sql);
	int r = 0;

	while (!r && query_next(&query))
		r = table->load(db, &query, policy);
	return r ? r : query.error;
}

static int people_load_tables(struct db *db, struct policy **out_policy)
{
	struct policy *policy;
	int64_t version;
	int r = meta_get_int(db, "policy_version", 0, &version);

	if (r)
		return r;
	policy = policy_new(version);
	for (size_t i = 0;
	     !r && i < sizeof(people_tables) / sizeof(people_tables[0]); i++)
		r = people_load_table(db, &people_tables[i], policy);
	if (r) {
		policy_unref(policy);
		return r;
	}
	policy_seal(policy);
	*out_policy = policy;
	return 0;
}

/* As of one moment. */
int people_load(struct db *db, struct policy **out_policy)
{
	int r = db_exec(db, "BEGIN");

	if (r)
		return r;
	r = people_load_tables(db, out_policy);
	db_exec(db, "COMMIT");
	return r;
}

int store_policy(struct store *store, struct policy **out_policy)
{
	return people_load(&store->reader, out_policy);
}

struct people_loading {
	struct work work;
	struct store *store;
	int error;
	struct policy *policy;
	policy_loaded loaded;
	void *arg;
};

static void people_run_load(struct work *work)
{
	struct people_loading *loading = (struct people_loading *)work;

	loading->error = people_load(&loading->store->reader, &loading->policy);
}

static void people_finish_load(struct work *work)
{
	struct people_loading *loading = (struct people_loading *)work;

	loading->loaded(loading->arg, loading->error, loading->policy);
	free(loading);
}

void store_load_policy(struct store *store, policy_loaded loaded, void *arg)
{
	struct people_loading *loading = ALLOC_NEW(struct people_loading);

	loading->work.run = people_run_load;
	loading->work.done = people_finish_load;
	loading->store = store;
	loading->loaded = loaded;
	loading->arg = arg;
	store_submit_read(store, &loading->work);
}
