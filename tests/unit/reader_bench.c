/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_bench.h"

#include "util/json.h"
#include "util/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BENCH_UID   1000
#define BENCH_BADGE "em4100:0110185c5b"
#define BENCH_OTHER "em4100:13005d1da5"

struct reader_bench bench;

static const char bench_policy[] =
	"{\"tills\": [{\"id\": \"1\", \"name\": \"Front till\", \"currency\": "
	"\"EUR\", \"clients\": {\"users\": [1000]}}, {\"id\": \"2\", \"name\": "
	"\"Back till\", \"currency\": \"EUR\", \"clients\": {\"users\": "
	"[1000]}}, {\"id\": \"3\", \"name\": \"Bar\", \"currency\": \"EUR\", "
	"\"clients\": {\"users\": [1000]}}], \"groups\": [{\"id\": \"all\", "
	"\"name\": \"All\", \"tills\": [\"1\", \"2\", \"3\", \"@box\"], "
	"\"permissions\": [\"config.access\"]}], \"operators\": [{\"login\": "
	"\"maria\", \"name\": \"Maria\", \"role\": \"manager\", \"groups\": "
	"[\"all\"], \"password\": \"sample-password\", \"badges\": "
	"[\"" BENCH_BADGE "\"]}]}";

static void bench_event(void *arg, int64_t seq, const char *type,
			const char *line, size_t len)
{
	size_t at = strlen(bench.trace);
	json_t *event = json_parse(line, len);
	const char *till = json_text(event, "till");
	const char *why = json_text(event, "why");

	(void)arg;
	(void)seq;
	if (strcmp(type, "device") != 0)
		snprintf(bench.trace + at, sizeof(bench.trace) - at,
			 "%s %s%s%s;", till ? till : "-", type, why ? " " : "",
			 why ? why : "");
	json_decref(event);
}

static void bench_set_policy(void)
{
	json_t *document = json_parse(bench_policy, strlen(bench_policy));
	char *error = NULL;
	struct people *people = people_parse(document, NULL, &error);
	struct txn *txn;

	if (!people)
		fail_msg("%s", error);
	people_prepare(people, store_keys(bench.rig.store),
		       &bench.rig.fake.random, 10);
	txn = txn_new(bench.rig.store);
	txn_policy_replace(txn, people, 0);
	assert_int_equal(store_rig_commit(&bench.rig, txn).error, 0);
	people_free(people);
	json_decref(document);
}

int bench_set_up(void **state)
{
	struct core_config config = core_config_default;

	(void)state;
	memset(&bench, 0, sizeof(bench));
	store_rig_init(&bench.rig, NULL);
	store_rig_set_up(&bench.rig);
	bench_set_policy();
	fake_lines_init(&bench.lines, &bench.rig.fake);
	config.own_uid = BENCH_UID;
	bench.core = core_new(&config, &bench.rig.fake.env, bench.rig.store);
	return 0;
}

int bench_tear_down(void **state)
{
	(void)state;
	core_settle(bench.core);
	store_rig_close(&bench.rig);
	core_free(bench.core);
	events_unsubscribe(bench.subscription);
	for (size_t i = 0; i < bench.devices_count; i++)
		device_free(bench.devices[i].device);
	store_rig_free(&bench.rig);
	return 0;
}

void bench_add(const struct driver *driver, const char *name, const char *tills)
{
	const struct device_config config = { .name = name,
					      .driver = driver,
					      .transport = { .path = name } };
	const struct device_listener listener = core_listener(bench.core);
	struct bench_device *made = &bench.devices[bench.devices_count++];
	char ids[8][2] = { 0 };
	const char *list[8];
	size_t count = 0;

	for (; *tills; tills++)
		if (*tills != ' ') {
			ids[count][0] = *tills;
			list[count] = ids[count];
			count++;
		}
	made->device = device_new(&config, &bench.rig.fake.env,
				  &bench.lines.transports, &listener);
	made->line = bench.lines.last;
	core_add_device(bench.core, made->device, list, count);
}

void bench_start(void)
{
	const struct follower who = { .peer.uid = BENCH_UID };
	const struct subscriber subscriber = { .event = bench_event };

	assert_int_equal(core_start(bench.core), 0);
	for (size_t i = 0; i < bench.devices_count; i++)
		device_open(bench.devices[i].device);
	bench_advance(5000);
	bench.subscription =
		events_subscribe(bench.core, &who, NULL, -1, &subscriber);
	for (size_t i = 0; i < bench.devices_count; i++)
		buf_reset(&bench.devices[i].line->written);
}

void bench_remove(size_t at)
{
	struct bench_device *gone = &bench.devices[at];

	core_remove_device(bench.core, gone->device);
	gone->device = device_free(gone->device);
	gone->line = NULL;
}

/* --- who waits --- */

static bool bench_badge(struct reader_claim *claim,
			const struct policy_operator *who)
{
	((struct bench_claim *)claim)->badges++;
	assert_string_equal(who->login, "maria");
	return true;
}

static void bench_over(struct reader_claim *claim)
{
	((struct bench_claim *)claim)->overs++;
	assert_null(claim->reader);
}

enum problem bench_arm_pages(struct bench_claim *claim, const char *till,
			     int64_t ms, const struct prompt_facts *facts)
{
	static uid_t uid = BENCH_UID; /* armings are limited per uid */

	*claim = (struct bench_claim){
		.claim = { .question = { .till = till },
			   .badge = bench_badge,
			   .over = bench_over },
	};
	claim->claim.question.pages = &claim->pages;
	prompt_pages_make(facts, &claim->pages);
	return reader_arm(bench.core, uid++, &claim->claim, ms,
			  &claim->wait_ms);
}

enum problem bench_arm(struct bench_claim *claim, const char *till, int64_t ms)
{
	return bench_arm_pages(claim, till, ms,
			       &(struct prompt_facts){ .what = "ASK",
						       .where = till });
}

/* --- what happens --- */

static void bench_show_badge(size_t reader, const char *badge)
{
	struct device *device = bench.devices[reader].device;
	struct device_listener listener = core_listener(bench.core);

	listener.swipe(listener.arg, device, badge, false);
	fake_env_run(&bench.rig.fake);
}

void bench_swipe(size_t reader)
{
	bench_show_badge(reader, BENCH_BADGE);
}

void bench_swipe_unknown(size_t reader)
{
	bench_show_badge(reader, BENCH_OTHER);
}

void bench_advance(int64_t ms)
{
	fake_env_advance(&bench.rig.fake, ms);
}

void bench_unplug(size_t at)
{
	bench.lines.silent = true; /* nor does it come back by itself */
	fake_line_drop(bench.devices[at].line, REASON_PORT_MISSING);
	fake_env_run(&bench.rig.fake);
}

bool bench_show(const char *till, const char *first)
{
	struct op op = { .kind = OP_DISPLAY_SHOW, .id = "app" };

	text_copy(op.display.lines[0], OP_DISPLAY_TEXT_SIZE, first);
	return prompt_defers(bench.core, till, &op);
}

/* --- what came of it --- */

void bench_expect(const char *wanted)
{
	assert_string_equal(bench.trace, wanted);
	*bench.trace = 0;
}

/* Epson's: a form feed clears, then both lines in full. */
void bench_expect_lines(size_t display, const char *first, const char *second)
{
	const struct buf *written = &bench.devices[display].line->written;
	char wanted[2 * PROMPT_COLUMNS + 1], shown[2 * PROMPT_COLUMNS + 1];
	size_t len = 0;

	while (len < written->len && len < sizeof(shown) - 1 &&
	       written->data[written->len - len - 1] != '\f')
		len++;
	assert_true(len < written->len);
	memset(shown, ' ', sizeof(shown));
	memcpy(shown, written->data + written->len - len, len);
	shown[sizeof(shown) - 1] = 0;
	snprintf(wanted, sizeof(wanted), "%-20s%-20s", first, second);
	assert_string_equal(shown, wanted);
}
