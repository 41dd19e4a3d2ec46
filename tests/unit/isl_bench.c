/* SPDX-License-Identifier: Apache-2.0 */
#include "isl_bench.h"

#include "isl_frame.h"
#include "sim/models.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

void isl_bench_send(const char *hex)
{
	uint8_t bytes[ISL_BYTES_MAX];
	size_t len = isl_bytes_read(hex, bytes);

	sim_rig_clear(&isl_rig);
	sim_rig_input(&isl_rig, bytes, len);
}

void isl_bench_expect(const char *hex)
{
	uint8_t bytes[ISL_BYTES_MAX];
	size_t len = isl_bytes_read(hex, bytes);

	sim_rig_expect(&isl_rig, bytes, len);
}

void isl_bench_ask_seq(int seq, int command, const char *data)
{
	uint8_t frame[ISL_BYTES_MAX];
	size_t len =
		isl_frame_make(bench_classic, seq, command, data, NULL, frame);

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
	uint8_t frame[ISL_BYTES_MAX];
	size_t len = isl_frame_make(bench_classic, bench_seq, bench_command,
				    data, status, frame);

	sim_rig_expect(&isl_rig, frame, len);
}

/* Up to 04, and without what goes before. */
const char *isl_bench_data(void)
{
	static char data[ISL_BYTES_MAX];
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
