/* SPDX-License-Identifier: Apache-2.0 */
#include "token_bench.h"

#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct token_bench given;

int bench_set_up(void **state)
{
	memset(&given, 0, sizeof(given));
	return rig_set_up(state);
}

void bench_sign_maria_on(void)
{
	rig.uid = RIG_UID + 1;
	text_copy(given.maria, sizeof(given.maria), rig_sign_on("maria"));
	rig.uid = RIG_UID;
}

struct rig_answer *bench_as_maria(struct rig_answer *(*ask)(const char *token,
							    const char *what),
				  const char *what)
{
	struct rig_answer *answer;

	rig.uid = RIG_UID + 1;
	answer = ask(given.maria, what);
	rig.uid = RIG_UID;
	return answer;
}

struct rig_answer *bench_marias_list(void)
{
	struct rig_answer *list;

	rig.uid = RIG_UID + 1;
	list = rig_list_tokens(given.maria);
	rig.uid = RIG_UID;
	rig_expect(list, "");
	return list;
}

void bench_give(const char *what)
{
	struct rig_answer *answer;

	if (!*given.maria)
		bench_sign_maria_on();
	answer = bench_as_maria(rig_give, what);
	rig_expect(answer, "");
	assert_int_equal(answer->status, 201);
	text_copy(given.id, sizeof(given.id), rig_text(answer, "id", NULL));
	text_copy(given.token, sizeof(given.token),
		  rig_text(answer, "token", NULL));
	rig.consent = given.token;
}

int bench_drawers(void)
{
	return rig.moved[DEVICE_DRAWER];
}
