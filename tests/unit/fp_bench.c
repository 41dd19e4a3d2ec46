/* SPDX-License-Identifier: Apache-2.0 */
#include "fp_bench.h"

#include "util/alloc.h"

#include "sim/models.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sim_rig fp_rig;

void fp_bench_start(const char *options)
{
	sim_rig_start(&fp_rig, &model_posnet, false, options);
}

int fp_bench_stop(void **state)
{
	(void)state;
	sim_rig_stop(&fp_rig);
	return 0;
}

/* A checksum of this test's own: the table-less shift form of 3.3. */
unsigned fp_bench_crc(const char *text)
{
	unsigned crc = 0;

	for (; *text; text++) {
		unsigned x = (crc >> 8 ^ (uint8_t)*text) & 0xff;

		x ^= x >> 4;
		crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xffff;
	}
	return crc;
}

/* A frame whose checksum is in the text. */
void fp_bench_send(const char *vector)
{
	char frame[1100];
	int len = snprintf(frame, sizeof(frame), "\x02%s\x03", vector);

	sim_rig_clear(&fp_rig);
	sim_rig_input(&fp_rig, frame, (size_t)len);
}

void fp_bench_request(const char *payload)
{
	char vector[1100];

	snprintf(vector, sizeof(vector), "%s#%04X", payload,
		 fp_bench_crc(payload));
	fp_bench_send(vector);
}

void fp_bench_expect(const char *vector)
{
	char *frame = alloc_format("\x02%s\x03", vector);

	assert_string_equal(buf_text(&fp_rig.sent), frame);
	free(frame);
}

void fp_bench_reply(const char *payload)
{
	char vector[1100];

	snprintf(vector, sizeof(vector), "%s#%04X", payload,
		 fp_bench_crc(payload));
	fp_bench_expect(vector);
}

void fp_bench_expect_silence(void)
{
	assert_int_equal(fp_rig.sent.len, 0);
}

/* A field of the last reply as a number. */
long long fp_bench_field(const char *name)
{
	char key[8];
	const char *at;

	snprintf(key, sizeof(key), "\t%s", name);
	at = strstr(buf_text(&fp_rig.sent), key);
	assert_non_null(at);
	return atoll(at + strlen(key));
}

long long fp_bench_counter(const char *command, const char *name)
{
	fp_bench_request(command);
	return fp_bench_field(name);
}

long long fp_bench_account(const char *name)
{
	json_t *account = fp_rig.model->class->account(fp_rig.model);
	long long value = json_int(account, name, -1);

	json_decref(account);
	return value;
}

long long fp_bench_account_count(const char *name)
{
	json_t *account = fp_rig.model->class->account(fp_rig.model);
	size_t count = json_array_size(json_object_get(account, name));

	json_decref(account);
	return (long long)count;
}

void fp_bench_sell(const char *payload)
{
	ASK("trinit\tbm0\t", "trinit\t");
	ASK("trline\tnaApples\tvt1\tpr200\t", "trline\t");
	fp_bench_request(payload);
}
