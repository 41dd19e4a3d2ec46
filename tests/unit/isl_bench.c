/* SPDX-License-Identifier: Apache-2.0 */
#include "isl_bench.h"

#include "sim/models.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BENCH_FRAME_MAX 1024

struct sim_rig isl_rig;

static bool bench_classic;
static int bench_seq, bench_command;

void isl_bench_start(bool classic, const char *options)
{
	bench_classic = classic;
	bench_seq = 0x20;
	sim_rig_start(&isl_rig,
		      classic ? &model_datecs_classic : &model_datecs_x, true,
		      options);
}

int isl_bench_stop(void **state)
{
	(void)state;
	sim_rig_stop(&isl_rig);
	return 0;
}

static size_t bench_from_hex(const char *hex, uint8_t out[BENCH_FRAME_MAX])
{
	size_t len = 0;
	char *end;

	for (;;) {
		unsigned long byte = strtoul(hex, &end, 16);

		if (end == hex)
			return len;
		assert_true(len < BENCH_FRAME_MAX);
		out[len++] = (uint8_t)byte;
		hex = end;
	}
}

void isl_bench_send(const char *hex)
{
	uint8_t bytes[BENCH_FRAME_MAX];
	size_t len = bench_from_hex(hex, bytes);

	sim_rig_clear(&isl_rig);
	sim_rig_input(&isl_rig, bytes, len);
}

void isl_bench_expect(const char *hex)
{
	uint8_t bytes[BENCH_FRAME_MAX];
	size_t len = bench_from_hex(hex, bytes);

	sim_rig_expect(&isl_rig, bytes, len);
}

/* --- frames (4.3, 4.4) --- */

static size_t bench_put(uint8_t *out, size_t at, unsigned value, bool word)
{
	if (!word) {
		out[at] = (uint8_t)value;
		return at + 1;
	}
	out[at] = (uint8_t)(value / 4096 % 16 + '0');
	out[at + 1] = (uint8_t)(value / 256 % 16 + '0');
	out[at + 2] = (uint8_t)(value / 16 % 16 + '0');
	out[at + 3] = (uint8_t)(value % 16 + '0');
	return at + 4;
}

static size_t bench_frame(int seq, int command, const char *data,
			  const char *status, uint8_t out[BENCH_FRAME_MAX])
{
	size_t at = 1, text = strlen(data), rest;
	uint8_t bytes[BENCH_FRAME_MAX];
	size_t marks = status ? bench_from_hex(status, bytes) : 0;
	unsigned sum = 0;

	rest = 1 + (bench_classic ? 2U : 8U) + text + 1 +
	       (status ? marks + 1 : 0U);
	out[0] = 1;
	at = bench_put(out, at, (unsigned)rest + 0x20, !bench_classic);
	out[at++] = (uint8_t)seq;
	at = bench_put(out, at, (unsigned)command, !bench_classic);
	memcpy(out + at, data, text);
	at += text;
	if (status)
		out[at++] = 4;
	memcpy(out + at, bytes, marks);
	at += marks;
	out[at++] = 5;
	for (size_t i = 1; i < at; i++)
		sum += out[i];
	at = bench_put(out, at, sum % 65536, true);
	out[at++] = 3;
	return at;
}

void isl_bench_ask_seq(int seq, int command, const char *data)
{
	uint8_t frame[BENCH_FRAME_MAX];
	size_t len = bench_frame(seq, command, data, NULL, frame);

	bench_seq = seq;
	bench_command = command;
	sim_rig_clear(&isl_rig);
	sim_rig_input(&isl_rig, frame, len);
}

void isl_bench_ask(int command, const char *data)
{
	isl_bench_ask_seq(bench_seq == 0x7f ? 0x20 : bench_seq + 1, command,
			  data);
}

void isl_bench_answer(const char *data, const char *status)
{
	uint8_t frame[BENCH_FRAME_MAX];
	size_t len = bench_frame(bench_seq, bench_command, data, status, frame);

	sim_rig_expect(&isl_rig, frame, len);
}

/* Up to 04, and without what goes before. */
const char *isl_bench_data(void)
{
	static char data[BENCH_FRAME_MAX];
	size_t head = bench_classic ? 4 : 10, len = 0;
	const uint8_t *at = isl_rig.sent.data;

	assert_true(isl_rig.sent.len > head);
	while (head + len < isl_rig.sent.len && at[head + len] != 4)
		len++;
	memcpy(data, at + head, len);
	data[len] = 0;
	return data;
}

long long isl_bench_account(const char *name)
{
	return sim_rig_number(&isl_rig, name);
}

long long isl_bench_count(const char *name)
{
	json_t *account = isl_rig.model->class->account(isl_rig.model);
	size_t count = json_array_size(json_object_get(account, name));

	json_decref(account);
	return (long long)count;
}
