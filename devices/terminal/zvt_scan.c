/* SPDX-License-Identifier: Apache-2.0 */
/* How a terminal is looked for (device/driver.h): by asking how it is (05 01),
 * which it answers whatever it is at, registered or not. */
#include "terminal/zvt_private.h"
#include "util/secret.h"

/* 2.1: 9600 after each start; the others by 08 40. */
#define ZVT_HAIL_MAX	    32
#define ZVT_HAIL_NO_VERSION 0x02 /* service byte */

static const int zvt_speeds[] = { 9600, 115200, 57600, 19200, 0 };

static void zvt_write_message(struct buf *out, const struct buf *apdu)
{
	zvt_link_write_frame(out, apdu->data, apdu->len);
}

static void zvt_hail(struct driver_io *io, struct buf *out)
{
	struct buf apdu = BUF_INIT(ZVT_HAIL_MAX);
	uint8_t password[ZVT_PASSWORD_SIZE];

	zvt_settings_read_password(driver_option(io, "password"), password);
	zvt_add_status_enquiry(&apdu, password, ZVT_HAIL_NO_VERSION);
	zvt_write_message(out, &apdu);
	secret_wipe(password, sizeof(password));
	buf_free(&apdu);
}

/* A whole message, its checksum right, whatever it says. */
static bool zvt_is_answer(const uint8_t *data, size_t len)
{
	struct zvt_link link = { 0 };
	struct zvt_apdu apdu;
	enum zvt_link_event event;

	zvt_link_init(&link, true, 0);
	zvt_link_feed(&link, 0, data, len);
	event = zvt_link_next(&link, 0, &apdu);
	zvt_link_clear(&link);
	return event == ZVT_LINK_MESSAGE;
}

/* That it came, and that it was understood; or it is sent again. */
static void zvt_thank(struct buf *out)
{
	struct buf apdu = BUF_INIT(ZVT_HAIL_MAX);

	buf_add_byte(out, 0x06);
	zvt_apdu_write(&apdu, ZVT_POSITIVE, NULL, 0);
	zvt_write_message(out, &apdu);
	buf_free(&apdu);
}

static const struct driver_hail zvt_hails[] = {
	{ .ask = zvt_hail, .is_answer = zvt_is_answer, .thank = zvt_thank },
	{ 0 },
};

const struct driver_scan zvt_scan = {
	.speeds = zvt_speeds,
	.hails = zvt_hails,
};
