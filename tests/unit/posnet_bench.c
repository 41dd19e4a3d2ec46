/* SPDX-License-Identifier: Apache-2.0 */
#include "posnet_bench.h"

#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define BENCH_FRAME_SIZE 2048
#define BENCH_TICK_MS	 500

const char *bench_seal(const char *payload)
{
	static char frame[BENCH_FRAME_SIZE];
	unsigned int crc = 0;

	for (const char *c = payload; *c; c++) {
		crc ^= (unsigned int)(unsigned char)*c << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) &
			      0xFFFF;
	}
	snprintf(frame, sizeof(frame), "\x02%s#%04X\x03", payload, crc);
	return frame;
}

void bench_say(struct driver_io *rig, const char *payload)
{
	const char *frame = bench_seal(payload);

	rig_input(rig, frame, strlen(frame));
}

void bench_say_spoilt(struct driver_io *rig, const char *payload)
{
	char frame[BENCH_FRAME_SIZE];

	snprintf(frame, sizeof(frame), "%s", bench_seal(payload));
	frame[1] ^= 1;
	rig_input(rig, frame, strlen(frame));
}

void bench_say_frame(struct driver_io *rig, const char *frame)
{
	char whole[BENCH_FRAME_SIZE];

	snprintf(whole, sizeof(whole), "\x02%s\x03", frame);
	rig_input(rig, whole, strlen(whole));
}

void bench_hear(struct driver_io *rig, const char *payload)
{
	const char *frame = bench_seal(payload);

	rig_expect(rig, frame, strlen(frame));
}

void bench_hear_frame(struct driver_io *rig, const char *frame)
{
	char whole[BENCH_FRAME_SIZE];

	snprintf(whole, sizeof(whole), "\x02%s\x03", frame);
	rig_expect(rig, whole, strlen(whole));
}

void bench_play(struct driver_io *rig, const struct bench_line *lines)
{
	for (; lines->heard; lines++) {
		bench_hear(rig, lines->heard);
		if (lines->said)
			bench_say(rig, lines->said);
	}
}

/* Recorded in docs/protocols.md 3.12, but for sid, getrealid and the clock. */
#define BENCH_SFSK                                                             \
	"\tvt0\tva23,00\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00\tvg101,00" \
	"\trw2026-09-07;11:44\ttm2026-09-07T11:44:42+02:00\tnuZBF "            \
	"2101002392\t"

const struct bench_line bench_identity[] = {
	{ "sid\t", "sid\tnmEVO\tvr1.04\t" },
	{ "getrealid\t",
	  "getrealid\tnmPOSNET EVO \xA3\tvr1.05\tnuZBF 2101002392\t" },
	{ "scomm\t", "scomm\tfsT\ttzN\tts0\thrT\tnuZBF 2101002392\ttdN\t" },
	{ "scnt\t",
	  "scnt\trd0\thn20\tbn18\tfn0\tnuZBF 2101002392\tbc0\tbt18\tfc0\t" },
	{ "sfsk\t", "sfsk\tfsT\tcl0\trd0" BENCH_SFSK },
	{ "rtcget\t",
	  "rtcget\tda2026-09-08;21:53\ttm2026-09-08T21:53:37+02:00\t" },
	{ "vatget\t",
	  "vatget\tva23,00\tvb8,00\tvc5,00\tvd0,00\tve101,00\tvf101,00\t"
	  "vg101,00\t" },
	{ "discounttypeget\t", "discounttypeget\tdtN\t" },
	{ NULL, NULL },
};

const struct bench_line bench_able[] = {
	{ "!sdev\t", BENCH_SDEV_READY },
	{ "!sprn\t", BENCH_SPRN_FINE },
	{ NULL, NULL },
};

const struct bench_line bench_token[] = {
	{ "rpt\t@0017\t", "ERR\t@0017\t?13\tcmrpt\t" },
	{ NULL, NULL },
};

const struct bench_line bench_daily[] = {
	{ "rtcget\t",
	  "rtcget\tda2026-09-08;21:59\ttm2026-09-08T21:59:01+02:00\t" },
	{ "scomm\t", "scomm\tfsT\ttzN\tts0\thrT\tnuZBF 2101002392\ttdN\t" },
	{ NULL, NULL },
};

const struct bench_line bench_before[] = {
	{ "scnt\t",
	  "scnt\trd0\thn20\tbn18\tfn0\tnuZBF 2101002392\tbc0\tbt18\tfc0\t" },
	{ "stot\t", "stot\tno1\tpn18\tcn0\tnf2\t" },
	{ "eclastdocnoget\tty4\t", "eclastdocnoget\tdi0\t" },
	{ "sfsk\t", "sfsk\tfsT\tcl0\trd0" BENCH_SFSK },
	{ NULL, NULL },
};

const struct bench_line bench_after[] = {
	{ "scnt\t",
	  "scnt\trd1\thn21\tbn0\tfn0\tnuZBF 2101002392\tbc0\tbt0\tfc0\t" },
	{ "stot\t",
	  "stot\tno2\tfa0\tfb0\tfc0\tfd0\tfe0\tff0\tfg0\tfn0\tpa0\tpb0\tpc0\t"
	  "pd0\tpe0\tpf0\tpg0\tpn0\tct0\tcn0\tcc0\tva23,00\tvb8,00\tvc5,00\t"
	  "vd0,00\tve101,00\tvf101,00\tvg101,00\tds2000-01-01;01:00\t"
	  "is2000-01-01T01:00:00+01:00\tde2000-01-01;01:00\t"
	  "ie2000-01-01T01:00:00+01:00\tft0\tfl0\tnf0\tbc0\tle0\toe0\ttf0\t" },
	{ "eclastdocnoget\tty4\t", "eclastdocnoget\tdi22\t" },
	{ "sfsk\t", "sfsk\tfsT\tcl0\trd1" BENCH_SFSK },
	{ NULL, NULL },
};

void bench_open(struct driver_io *rig)
{
	rig_open(rig);
	rig_expect_nothing(rig);
	rig_advance(rig, 200);
	bench_hear(rig, "!sdev\t");
	bench_say(rig, BENCH_SDEV_READY);
	bench_play(rig, bench_identity);
	assert_true(rig->ready);
	rig_advance(rig, 0);
	bench_play(rig, bench_able);
	rig_expect_nothing(rig);
}

static bool bench_written(const struct driver_io *rig, const char *payload)
{
	const char *frame = bench_seal(payload);

	return rig->output.len == strlen(frame) &&
	       !memcmp(rig->output.data, frame, rig->output.len);
}

bool bench_wait(struct driver_io *rig, int64_t ms, const char *sdev,
		const char *sprn)
{
	int64_t until = rig->now + ms;

	while (rig->now < until && !rig->lost && !rig->dones) {
		rig_advance(rig, BENCH_TICK_MS);
		if (bench_written(rig, "!sdev\t")) {
			rig_clear(rig);
			if (!sdev)
				continue;
			bench_say(rig, sdev);
			bench_hear(rig, "!sprn\t");
			bench_say(rig, sprn);
		}
		if (rig->output.len)
			return false;
	}
	return rig->now >= until;
}

struct op bench_op(enum op_kind kind)
{
	struct op op = { .kind = kind, .id = "operation" };

	op.report = (struct op_report){ .from_date = "2026-09-01",
					.to_date = "2026-09-30",
					.from_number = 1,
					.to_number = 4,
					.summary = kind == OP_REPORT_BY_DATES };
	return op;
}

void bench_start(struct driver_io *rig, enum op_kind kind)
{
	struct op op = bench_op(kind);

	rig_start(rig, &op);
}

void bench_start_daily(struct driver_io *rig)
{
	bench_start(rig, OP_REPORT_Z);
	bench_play(rig, bench_able);
	bench_play(rig, bench_token);
	bench_play(rig, bench_daily);
	bench_play(rig, bench_before);
	assert_true(rig->committed);
	bench_hear(rig, "dailyrep\t@0017\tda2026-09-08\t");
}

void bench_ended(struct driver_io *rig, enum outcome outcome,
		 enum reason reason, const char *code)
{
	const char *told = json_text(rig->result, "code");

	assert_int_equal(rig->dones, 1);
	assert_int_equal(rig->outcome, outcome);
	assert_int_equal(rig->reason, reason);
	assert_int_equal(told != NULL, code != NULL);
	if (code)
		assert_string_equal(told, code);
}

void bench_again(struct driver_io *rig)
{
	rig_free(rig);
	rig_init(rig, &printer_posnet, NULL, true);
	bench_open(rig);
	bench_start_daily(rig);
}

int64_t bench_counter(const struct driver_io *rig, const char *when,
		      const char *name)
{
	const json_t *counters = json_object_get(rig->result, "counters");

	return json_int(json_object_get(counters, when), name, -1);
}

void bench_ended_ok(struct driver_io *rig)
{
	bench_ended(rig, OUTCOME_OK, REASON_NONE, NULL);
	assert_int_equal(json_int(rig->result, "number", -1), 1);
	assert_string_equal(json_text(rig->result, "date"), "2026-09-08");
	assert_int_equal(bench_counter(rig, "before", "daily_reports"), 0);
	assert_int_equal(bench_counter(rig, "after", "daily_reports"), 1);
	rig_expect_nothing(rig);
}
