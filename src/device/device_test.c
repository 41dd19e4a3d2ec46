/* SPDX-License-Identifier: Apache-2.0 */
/* A test of a badge reader: somebody shows it a badge, which counts for nothing
 * else, and of which nothing is kept. */
#include "device/device_private.h"

#include "util/json.h"

bool device_op_looks(enum op_kind kind)
{
	return kind == OP_TEST_INTERNAL || kind == OP_TEST_EXTERNAL ||
	       kind == OP_TEST_INTERACTIVE || kind == OP_TEST_SCAN;
}

bool device_is_at_test(const struct device *device)
{
	return device->running && !device->running->recovery &&
	       device->running->op.kind == OP_TEST_INTERACTIVE;
}

void device_begin_test(struct device *device)
{
	timer_set(device->test_timer, DEVICE_TEST_MS);
}

void device_test_over(void *arg)
{
	struct device *device = arg;

	if (!device_is_at_test(device))
		return;
	device_enter(device);
	device_end_running(device, OUTCOME_FAILED, REASON_NO_ANSWER, NULL);
	device_leave(device);
}

bool device_test_took(struct device *device, const char *why)
{
	json_t *result;

	if (!device_is_at_test(device))
		return false;
	timer_stop(device->test_timer);
	result = json_put_bool(json_make(), "badge", !why);
	json_put_text(result, "text", why);
	device_end_running(device, OUTCOME_OK, REASON_NONE, result);
	return true;
}
