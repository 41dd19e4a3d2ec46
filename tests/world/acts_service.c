/* SPDX-License-Identifier: Apache-2.0 */
/* What technicians have devices do, and devices in another program's hands. */
#include "acts.h"

#include <stdio.h>
#include <string.h>

static const struct plant_row *act_device(struct chance *chance)
{
	return &plant_rows[chance_below(chance, PLANT_LINES)];
}

/* A technician; now and then somebody who is none. */
void act_test(struct world *world, struct chance *chance)
{
	static const char *const tasks[] = {
		"internal-test", "internal-test",    "internal-test",
		"external-test", "interactive-test",
	};
	const struct plant_row *row = act_device(chance);
	const struct actor actor = {
		.uid = chance_hits(chance, 90) ? PEOPLE_TECHNICIAN
					       : people_uids[0],
		.login = "",
		.till = row->till,
	};
	char path[ACT_PATH];

	snprintf(path, sizeof(path), "/v1/devices/%s/service", row->name);
	act_send(world, chance, &actor, "POST", path, NULL, "{'task':'%s'}",
		 tasks[chance_below(chance, 5)]);
}

/* Nobody who sells is a technician: whatever they may, or have consented to. */
void act_test_drawer(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	snprintf(path, sizeof(path), "/v1/devices/%s/test",
		 strcmp(actor.till, "2") ? "drawer1" : "drawer2");
	act_send(world, chance, &actor, "POST", path, act_key(world),
		 "{'test':'drawer'}");
}

/* So short that it is over before the run is. */
void act_release(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	snprintf(path, sizeof(path), "/v1/devices/%s/release",
		 act_device(chance)->name);
	act_send(world, chance, &actor, "POST", path, act_key(world),
		 "{'seconds':%d,'reason':'new firmware'}",
		 (int)chance_between(chance, 1, 60));
}

void act_take(struct world *world, struct chance *chance)
{
	struct actor actor = act_choose(world, chance);
	char path[ACT_PATH];

	snprintf(path, sizeof(path), "/v1/devices/%s/take",
		 act_device(chance)->name);
	act_send(world, chance, &actor, "POST", path, act_key(world), "{}");
}
