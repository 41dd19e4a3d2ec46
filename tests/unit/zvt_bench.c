/* SPDX-License-Identifier: Apache-2.0 */
#include "zvt_bench.h"

#include "sim/models.h"
#include "util/alloc.h"
#include "util/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ZVT_BENCH_MAX 8192

void zvt_bench_start(struct zvt_bench *bench, bool serial, const char *options)
{
	*bench = (struct zvt_bench){ .serial = serial };
	sim_rig_start(&bench->rig, &model_zvt, serial, options);
}

void zvt_bench_clear(struct zvt_bench *bench)
{
	for (size_t i = 0; i < bench->count; i++)
		free(bench->heard[i]);
	bench->count = 0;
	bench->acks = 0;
	bench->naks = 0;
}

void zvt_bench_stop(struct zvt_bench *bench)
{
	zvt_bench_clear(bench);
	sim_rig_stop(&bench->rig);
}

static size_t zvt_bench_bytes(const char *hex, uint8_t *out_bytes)
{
	size_t len = 0;
	unsigned byte;

	for (; *hex; hex += *hex == ' ' ? 1 : 2) {
		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		out_bytes[len++] = (uint8_t)byte;
	}
	return len;
}

/* CRC-16/KERMIT over the APDU and ETX, without a table (2.1). */
static unsigned zvt_bench_crc(const uint8_t *apdu, size_t len)
{
	unsigned crc = 0;

	for (size_t i = 0; i <= len; i++) {
		unsigned x = (crc ^ (i < len ? apdu[i] : 3U)) & 0xff;

		x = (x ^ x << 4) & 0xff;
		crc = (crc >> 8 ^ x << 8 ^ x << 3 ^ x >> 4) & 0xffff;
	}
	return crc;
}

static void zvt_bench_frame(struct zvt_bench *bench, const uint8_t *apdu,
			    size_t len)
{
	uint8_t frame[2 * ZVT_BENCH_MAX + 6];
	unsigned crc = zvt_bench_crc(apdu, len);
	size_t at = 0;

	frame[at++] = 0x10;
	frame[at++] = 0x02;
	for (size_t i = 0; i < len; i++) {
		if (apdu[i] == 0x10)
			frame[at++] = 0x10;
		frame[at++] = apdu[i];
	}
	frame[at++] = 0x10;
	frame[at++] = 0x03;
	frame[at++] = (uint8_t)crc;
	frame[at++] = (uint8_t)(crc >> 8);
	sim_rig_input(&bench->rig, frame, at);
}

static void zvt_bench_transmit(struct zvt_bench *bench, const char *hex)
{
	uint8_t bytes[ZVT_BENCH_MAX];
	size_t len = zvt_bench_bytes(hex, bytes);

	if (bench->serial)
		zvt_bench_frame(bench, bytes, len);
	else
		sim_rig_input(&bench->rig, bytes, len);
}

/* 80 00 00, or with the number that the message carried. */
static void zvt_bench_answer(struct zvt_bench *bench, const char *heard)
{
	const char *number = strstr(heard, "1f7303");
	const char *answer = "800000";
	char numbered[64];

	if (!strncmp(heard, "040f", 4) && bench->status_answer)
		answer = bench->status_answer;
	if (!strncmp(heard, "06d", 3) && bench->print_answer)
		answer = bench->print_answer;
	if (bench->numbered && number) {
		snprintf(numbered, sizeof(numbered), "8000080606%.12s", number);
		answer = numbered;
	}
	zvt_bench_transmit(bench, answer);
}

static void zvt_bench_hear(struct zvt_bench *bench, const uint8_t *apdu,
			   size_t len)
{
	char *hex = alloc_zero(2 * len + 1, 1);

	for (size_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", apdu[i]);
	assert_true(bench->count < ZVT_BENCH_HEARD);
	bench->heard[bench->count++] = hex;
	if (apdu[0] != 0x80 && apdu[0] != 0x84 && !bench->mute)
		zvt_bench_answer(bench, hex);
}

/* Bytes of the APDU at the front, 0 if it is not all there. */
static size_t zvt_bench_size(const uint8_t *data, size_t len)
{
	size_t size;

	if (len < 3)
		return 0;
	size = 3U + data[2];
	if (data[2] == 0xff) {
		if (len < 5)
			return 0;
		size = 5U + data[3] + (size_t)data[4] * 256;
	}
	return size <= len ? size : 0;
}

static size_t zvt_bench_read_tcp(struct zvt_bench *bench, const uint8_t *data,
				 size_t len)
{
	uint8_t apdu[ZVT_BENCH_MAX];
	size_t size = zvt_bench_size(data, len);

	if (!size)
		return 0;
	memcpy(apdu, data, size);
	bench->at += size;
	zvt_bench_hear(bench, apdu, size);
	return size;
}

/* A whole frame: acknowledged, its checksum judged by the test's own. */
static size_t zvt_bench_read_frame(struct zvt_bench *bench, const uint8_t *data,
				   size_t len)
{
	uint8_t apdu[ZVT_BENCH_MAX];
	size_t at = 2, size = 0;
	unsigned crc;

	while (at + 3 < len && !(data[at] == 0x10 && data[at + 1] == 0x03)) {
		at += data[at] == 0x10;
		apdu[size++] = data[at++];
	}
	if (at + 3 >= len)
		return 0;
	crc = (unsigned)(data[at + 2] | data[at + 3] << 8);
	bench->at += at + 4;
	if (bench->deaf)
		return at + 4;
	if (crc != zvt_bench_crc(apdu, size)) {
		sim_rig_input(&bench->rig, "\x15", 1);
		return at + 4;
	}
	assert_int_equal(zvt_bench_size(apdu, size), size);
	sim_rig_input(&bench->rig, "\x06", 1);
	zvt_bench_hear(bench, apdu, size);
	return at + 4;
}

static size_t zvt_bench_read_serial(struct zvt_bench *bench,
				    const uint8_t *data, size_t len)
{
	if (len && data[0] == 0x10)
		return zvt_bench_read_frame(bench, data, len);
	if (!len)
		return 0;
	bench->acks += data[0] == 0x06;
	bench->naks += data[0] == 0x15;
	bench->at++;
	return 1;
}

static void zvt_bench_read(struct zvt_bench *bench)
{
	size_t read;

	do {
		const struct buf *output = &bench->rig.sent;
		size_t left = output->len - bench->at;
		const uint8_t *data =
			left ? output->data + bench->at : output->data;

		read = bench->serial ? zvt_bench_read_serial(bench, data, left)
				     : zvt_bench_read_tcp(bench, data, left);
	} while (read);
	if (bench->at == bench->rig.sent.len) {
		buf_reset(&bench->rig.sent);
		bench->at = 0;
	}
}

void zvt_bench_send(struct zvt_bench *bench, const char *hex)
{
	zvt_bench_transmit(bench, hex);
	zvt_bench_read(bench);
}

void zvt_bench_send_raw(struct zvt_bench *bench, const char *hex)
{
	uint8_t bytes[ZVT_BENCH_MAX];

	sim_rig_input(&bench->rig, bytes, zvt_bench_bytes(hex, bytes));
	zvt_bench_read(bench);
}

void zvt_bench_run(struct zvt_bench *bench, int64_t ms)
{
	int64_t until = bench->rig.now + ms;

	zvt_bench_read(bench);
	while (bench->rig.due >= 0 && bench->rig.due <= until) {
		int64_t step = bench->rig.due - bench->rig.now;

		sim_rig_wait(&bench->rig, step > 0 ? step : 0);
		zvt_bench_read(bench);
	}
	bench->rig.now = until;
}

static void zvt_bench_squeeze(const char *hex, char out_hex[2 * ZVT_BENCH_MAX])
{
	for (; *hex; hex++)
		if (*hex != ' ')
			*out_hex++ = *hex;
	*out_hex = '\0';
}

void zvt_bench_expect(const struct zvt_bench *bench, size_t at, const char *hex)
{
	char want[2 * ZVT_BENCH_MAX];

	zvt_bench_squeeze(hex, want);
	assert_true(at < bench->count);
	assert_string_equal(bench->heard[at], want);
}

static bool zvt_bench_begins(const char *heard, const char *hex)
{
	char want[2 * ZVT_BENCH_MAX];

	zvt_bench_squeeze(hex, want);
	return !strncmp(heard, want, strlen(want));
}

void zvt_bench_expect_start(const struct zvt_bench *bench, size_t at,
			    const char *hex)
{
	assert_true(at < bench->count);
	if (!zvt_bench_begins(bench->heard[at], hex))
		fail_msg("%s does not begin with %s", bench->heard[at], hex);
}

size_t zvt_bench_count(const struct zvt_bench *bench, const char *hex)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->count; i++)
		count += zvt_bench_begins(bench->heard[i], hex);
	return count;
}

size_t zvt_bench_find(const struct zvt_bench *bench, const char *hex)
{
	for (size_t i = 0; i < bench->count; i++)
		if (zvt_bench_begins(bench->heard[i], hex))
			return i;
	fail_msg("%s was not heard", hex);
	return 0;
}

const char *zvt_bench_after(const struct zvt_bench *bench, const char *start,
			    const char *hex)
{
	const char *heard = bench->heard[zvt_bench_find(bench, start)];
	const char *at = strstr(heard, hex);

	if (!at)
		fail_msg("%s is not in %s", hex, heard);
	return at + strlen(hex);
}

long long zvt_bench_account(const struct zvt_bench *bench, const char *name)
{
	json_t *account = model_zvt.account(bench->rig.model);
	long long value = json_int(account, name, -1);

	json_decref(account);
	return value;
}

size_t zvt_bench_list(const struct zvt_bench *bench, const char *name)
{
	json_t *account = model_zvt.account(bench->rig.model);
	size_t size = json_array_size(json_object_get(account, name));

	json_decref(account);
	return size;
}

long long zvt_bench_net(const struct zvt_bench *bench, const char *amount)
{
	json_t *account = model_zvt.account(bench->rig.model);
	long long value = json_int(json_object_get(account, "net"), amount, 0);

	json_decref(account);
	return value;
}
