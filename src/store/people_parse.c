/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy document. The first thing that is wrong with it ends the parsing,
 * with a sentence that says where; docs/policy-file.md describes each field.
 */
#include "store/people_place.h"
#include "util/alloc.h"

const char people_unadministered[] =
	"Nobody could administer this policy: it takes an active operator with "
	"a password (\"password\", or one on file from before) in a group that "
	"is attached to \"" POLICY_BOX
	"\" and has the permission config.access, and who may sign on at a "
	"till.";

/* As the policy would be with what is on file from before. */
static bool people_administers(const struct people *people,
			       const struct people_operator *person)
{
	bool keeps = person->password.given == PEOPLE_AS_IT_IS &&
		     person->before && person->before->password;

	if (!person->who.active ||
	    !policy_may_access_any(people->policy, &person->who) ||
	    (person->password.given != PEOPLE_GIVEN && !keeps))
		return false;
	for (size_t i = 0; i < person->groups_count; i++) {
		const struct policy_group *group =
			policy_group(people->policy, person->groups[i]);

		if (group->box &&
		    rights_has(&group->rights,
			       rights_of_permission(PERMISSION_CONFIG_ACCESS)))
			return true;
	}
	return false;
}

/* Nobody could ever change such a policy again. */
static void people_expect_administrator(const struct people_place *place)
{
	const struct people *people = place->parser->people;

	if (people_failed(place))
		return;
	for (size_t i = 0; i < people->operators_count; i++)
		if (people_administers(people, &people->operators[i]))
			return;
	people_refuse(place, "%s", people_unadministered);
}

/* Room for all of a list at once, but not for more than may be in it. */
static void people_make_room(struct people *people,
			     const struct people_place *operators)
{
	size_t count = json_array_size(operators->value);

	if (count > POLICY_OPERATORS_MAX)
		count = POLICY_OPERATORS_MAX;
	people->operators =
		arena_alloc(&people->arena, count, sizeof(*people->operators));
}

static void people_parse_document(const struct people_place *root)
{
	struct people_place tills = people_field(root, "tills");
	struct people_place groups = people_field(root, "groups");
	struct people_place operators = people_field(root, "operators");

	PEOPLE_EXPECT(root, "tills", "groups", "operators");
	people_make_room(root->parser->people, &operators);
	people_each(&tills, POLICY_TILLS_MAX, people_parse_till, NULL);
	people_each(&groups, POLICY_GROUPS_MAX, people_parse_group, NULL);
	people_each(&operators, POLICY_OPERATORS_MAX, people_parse_operator,
		    NULL);
	if (root->parser->kept)
		return;
	people_match(&operators);
	people_expect_administrator(root);
}

static struct people *people_parse_with(struct people_parser *parser,
					const json_t *document,
					char **out_error)
{
	struct people_place root = { .parser = parser, .value = document };

	people_parse_document(&root);
	if (!parser->error)
		return parser->people;
	people_free(parser->people);
	*out_error = parser->error;
	return NULL;
}

struct people *people_parse(const json_t *document,
			    const struct policy *present, char **out_error)
{
	int64_t version = present ? policy_version(present) : 0;
	struct people_parser parser = {
		.people = people_new(present, version + 1),
	};

	return people_parse_with(&parser, document, out_error);
}

struct people *people_parse_kept(const json_t *document, int64_t version,
				 char **out_error)
{
	struct people_parser parser = { .people = people_new(NULL, version),
					.kept = true };

	return people_parse_with(&parser, document, out_error);
}
