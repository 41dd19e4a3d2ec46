/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "util/alloc.h"
#include "util/json.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORLD_BYTES_MAX ((size_t)64 * 1024 * 1024)

const struct world world_full = { .seed = 1,
				  .operators = 10000,
				  .groups_each = 8,
				  .groups = 400,
				  .tills = 200,
				  .badges = 1000000 };

const struct world world_brief = { .seed = 1,
				   .operators = 1000,
				   .groups_each = 8,
				   .groups = 40,
				   .tills = 20,
				   .badges = 1000000 };

const char *world_title(const struct world *world)
{
	static char title[96];

	snprintf(title, sizeof(title),
		 "%s operators, each in %zu of %zu groups, at %zu tills",
		 bench_count(world->operators), world->groups_each,
		 world->groups, world->tills);
	return title;
}

/* --- the document --- */

static const char *world_comma(size_t i)
{
	return i ? "," : "";
}

static void world_write_tills(const struct world *world, struct buf *text)
{
	for (size_t i = 0; i < world->tills; i++)
		buf_add_format(text,
			       "%s{\"id\":\"t%zu\",\"clients\":{\"users\":"
			       "[%u]}}",
			       world_comma(i), i, (unsigned int)geteuid());
}

static void world_write_permissions(size_t one_in, struct buf *text)
{
	size_t written = 0;

	buf_add_text(text, "\"permissions\":[");
	for (unsigned int i = 0; i < PERMISSIONS; i++)
		if (bench_one_in(one_in))
			buf_add_format(text, "%s\"%s\"", world_comma(written++),
				       rights_name(i));
	buf_add_text(text, "]");
}

static void world_write_object(enum object object, size_t one_in,
			       struct buf *text)
{
	buf_add_format(text, "\"%s\":[\"read\"", rights_object_name(object));
	for (enum right right = RIGHT_ADD; right < RIGHTS; right++)
		if (bench_one_in(one_in))
			buf_add_format(text, ",\"%s\"",
				       rights_right_name(right));
	buf_add_text(text, "]");
}

static void world_write_rights(size_t one_in, struct buf *text)
{
	size_t written = 0;

	buf_add_text(text, "\"rights\":{");
	for (enum object object = 0; object < OBJECTS; object++) {
		if (!bench_one_in(one_in))
			continue;
		buf_add_text(text, world_comma(written++));
		world_write_object(object, one_in, text);
	}
	buf_add_text(text, "}");
}

static void world_write_attached(const struct world *world, size_t one_in,
				 struct buf *text)
{
	size_t written = 0;

	buf_add_text(text, "\"tills\":[");
	for (size_t i = 0; i < world->tills; i++)
		if (bench_one_in(one_in))
			buf_add_format(text, "%s\"t%zu\"",
				       world_comma(written++), i);
	if (one_in == 1)
		buf_add_text(text, ",\"" POLICY_BOX "\"");
	buf_add_text(text, "],");
}

static void world_write_group(const struct world *world, const char *id,
			      size_t one_till_in, size_t one_right_in,
			      struct buf *text)
{
	buf_add_format(text, "{\"id\":\"%s\",", id);
	world_write_attached(world, one_till_in, text);
	world_write_permissions(one_right_in, text);
	buf_add_text(text, ",");
	world_write_rights(one_right_in, text);
	buf_add_text(text, "}");
}

static void world_write_groups(const struct world *world, struct buf *text)
{
	char id[32];

	world_write_group(world, "all", 1, 1, text);
	for (size_t i = 0; i < world->groups; i++) {
		snprintf(id, sizeof(id), "g%zu", i);
		buf_add_text(text, ",");
		world_write_group(world, id, 5, 4, text);
	}
}

/* Different ones: a group is listed once. */
static void world_write_membership(const struct world *world, struct buf *text)
{
	size_t stride = world->groups / world->groups_each;

	buf_add_text(text, "\"groups\":[");
	for (size_t i = 0; i < world->groups_each; i++)
		buf_add_format(text, "%s\"g%zu\"", world_comma(i),
			       i * stride + bench_below(stride));
	buf_add_text(text, "]");
}

static void world_write_operators(const struct world *world,
				  const char *password, struct buf *text)
{
	buf_add_text(text, "{\"login\":\"maria\",\"name\":\"Maria\",\"role\":"
			   "\"manager\",\"groups\":[\"all\"]");
	if (password)
		buf_add_format(text, ",\"password\":\"%s\"", password);
	buf_add_text(text, "}");
	for (size_t i = 0; i < world->operators; i++) {
		buf_add_format(text,
			       ",{\"login\":\"u%llu-%zu\",\"name\":\"Somebody "
			       "%s %zu\",\"active\":%s,",
			       (unsigned long long)world->seed, i,
			       world->differs && i == world->operators / 2
				       ? "Else"
				       : "Number",
			       i, bench_one_in(50) ? "false" : "true");
		world_write_membership(world, text);
		buf_add_format(text, ",\"badges\":[\"em4100:%010llx\"]}",
			       (unsigned long long)(world->badges + i));
	}
}

void world_write(const struct world *world, const char *password,
		 struct buf *out_text)
{
	bench_seed(world->seed);
	buf_init(out_text, WORLD_BYTES_MAX);
	buf_add_text(out_text, "{\"tills\":[");
	world_write_tills(world, out_text);
	buf_add_text(out_text, "],\"groups\":[");
	world_write_groups(world, out_text);
	buf_add_text(out_text, "],\"operators\":[");
	world_write_operators(world, password, out_text);
	buf_add_text(out_text, "]}");
}

/* --- the snapshot --- */

struct keys *world_keys(void)
{
	char *path = alloc_format("%s/keys", bench_folder());
	struct keys *keys;

	if (keys_create(path, random_system(), &keys))
		bench_give_up("no keys could be made in %s", path);
	free(path);
	return keys;
}

struct people *world_people(const struct buf *text,
			    const struct policy *present)
{
	json_t *document = json_parse(text->data, text->len);
	char *error = NULL;
	struct people *people = people_parse(document, present, &error);

	if (!people)
		bench_give_up("the policy can't be accepted: %s", error);
	json_decref(document);
	return people;
}

struct policy *world_policy(const struct world *world)
{
	struct keys *keys = world_keys();
	struct people *people;
	struct policy *policy;
	struct buf text;

	world_write(world, "maria-password", &text);
	people = world_people(&text, NULL);
	people_prepare(people, keys, random_system(), WORLD_COST);
	policy = policy_ref(people_policy(people));
	people_free(people);
	buf_free(&text);
	keys_free(keys);
	return policy;
}
