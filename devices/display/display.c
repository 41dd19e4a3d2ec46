/* SPDX-License-Identifier: Apache-2.0 */
#include "display/display.h"

#include "util/cleanup.h"

#include <assert.h>
#include <string.h>

#define DISPLAY_UPDATE_MAX 128
#define DISPLAY_HEX	   16
#define DISPLAY_TEST_MS	   3000 /* the pattern stays so long */

/* What has to outlast a lost line. */
struct display_kept {
	bool shows;
	struct lines lines;
};

static_assert(sizeof(struct display_kept) <= DRIVER_KEPT_SIZE, "kept");

const struct driver_option display_options[] = { DISPLAY_OPTION_ROWS("1b40") };

static int display_read_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % DISPLAY_HEX) : -1;
}

/* False if text is not pairs of hexadecimal digits; then out is of no use. */
static bool display_add_hex(const char *text, struct buf *out)
{
	for (; *text; text += 2) {
		int high = display_read_digit(text[0]);
		int low = high < 0 ? -1 : display_read_digit(text[1]);

		if (low < 0)
			return false;
		buf_add_byte(out, (uint8_t)(high * DISPLAY_HEX + low));
	}
	return !out->failed;
}

/* docs/protocols.md B.9: STX ENQ begins what is stored for good, brand by
 * brand. */
static bool display_is_harmless(const struct buf *init)
{
	static const uint8_t stores[] = { 0x02, 0x05 };

	return !init->len ||
	       !memmem(init->data, init->len, stores, sizeof(stores));
}

static void display_add_init(struct driver_io *io, struct buf *out)
{
	CLEANUP(buf_cleanup) struct buf init = BUF_INIT(DISPLAY_INIT_MAX);
	const char *text = driver_option(io, "init");

	if (!strcmp(text, "none"))
		return;
	if (display_add_hex(text, &init) && display_is_harmless(&init))
		buf_add(out, init.data, init.len);
	else
		driver_log(io, "init is not sent: it must be hexadecimal, "
			       "without 0205");
}

static const struct lines_page *display_page(struct driver_io *io)
{
	return lines_page_find(driver_option(io, "code-page"));
}

static int display_brightness(struct driver_io *io)
{
	int digit = display_read_digit(driver_option(io, "brightness")[0]);

	return digit >= 1 && digit <= 4 ? digit : 0;
}

static void display_write(struct driver_io *io, const struct buf *out)
{
	struct display_state *s = driver_state(io);

	driver_write(io, out->data, out->len);
	s->quiet_until = driver_now(io) + driver_option_int(io, "pace");
}

void display_begin(struct driver_io *io, const struct display_dialect *dialect)
{
	struct display_state *s = driver_state(io);
	const struct display_kept *kept = driver_kept(io);
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(DISPLAY_UPDATE_MAX);

	s->dialect = dialect;
	if (dialect->add_wake)
		dialect->add_wake(&out);
	display_add_init(io, &out);
	dialect->add_setting(display_page(io), display_brightness(io), &out);
	if (kept->shows)
		dialect->add_lines(&kept->lines, &out);
	else
		dialect->add_clear(&out);
	display_write(io, &out);
	driver_ready(io, NULL);
}

/* --- a test: each place of it lights up, for people to look at --- */

static const struct op_display display_pattern = { {
	"ABCDEFGHIJKLMNOPQRST",
	"UVWXYZ 0123456789 .,",
} };

static void display_show_again(struct driver_io *io)
{
	struct display_state *s = driver_state(io);
	const struct display_kept *kept = driver_kept(io);
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(DISPLAY_UPDATE_MAX);

	if (kept->shows)
		s->dialect->add_lines(&kept->lines, &out);
	else
		s->dialect->add_clear(&out);
	display_write(io, &out);
}

static void display_end_test(struct driver_io *io, enum outcome outcome,
			     enum reason reason)
{
	struct display_state *s = driver_state(io);

	if (s->shown)
		display_show_again(io);
	s->running = s->testing = s->shown = false;
	driver_done(io, outcome, reason, NULL);
}

static void display_go_on_testing(struct driver_io *io)
{
	struct display_state *s = driver_state(io);
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(DISPLAY_UPDATE_MAX);
	int64_t pace = driver_option_int(io, "pace");

	if (s->shown) {
		display_end_test(io, OUTCOME_SENT, REASON_NONE);
		return;
	}
	s->dialect->add_lines(&s->lines, &out);
	display_write(io, &out);
	s->shown = true;
	driver_deadline(io, pace > DISPLAY_TEST_MS ? pace : DISPLAY_TEST_MS);
}

/* --- an operation --- */

static void display_update(struct driver_io *io)
{
	struct display_state *s = driver_state(io);
	struct display_kept *kept = driver_kept(io);
	CLEANUP(buf_cleanup) struct buf out = BUF_INIT(DISPLAY_UPDATE_MAX);

	if (s->clear)
		s->dialect->add_clear(&out);
	else if (kept->shows &&
		 !memcmp(&kept->lines, &s->lines, sizeof(s->lines)))
		s->dialect->add_again(&s->lines, &out);
	else
		s->dialect->add_lines(&s->lines, &out);
	kept->shows = !s->clear;
	kept->lines = s->lines;
	display_write(io, &out);
	s->running = false;
	driver_done(io, OUTCOME_SENT, REASON_NONE, NULL);
}

void display_start(struct driver_io *io, const struct op *op)
{
	struct display_state *s = driver_state(io);
	int64_t wait = s->quiet_until - driver_now(io);
	const struct op_display *display = &op->display;

	s->clear = op->kind == OP_DISPLAY_CLEAR;
	s->testing = op->kind == OP_TEST_EXTERNAL;
	if (s->testing)
		display = &display_pattern;
	if (!s->clear && !lines_set(display, display_page(io), &s->lines)) {
		driver_done(io, OUTCOME_FAILED, REASON_NOT_SUPPORTED, NULL);
		return;
	}
	s->running = true;
	if (wait > 0)
		driver_deadline(io, wait);
	else
		display_timeout(io);
}

/* Some have a way back for what hangs behind them; it is not for us. */
void display_input(struct driver_io *io, const uint8_t *data, size_t len)
{
	(void)io;
	(void)data;
	(void)len;
}

void display_timeout(struct driver_io *io)
{
	const struct display_state *s = driver_state(io);

	if (s->testing)
		display_go_on_testing(io);
	else
		display_update(io);
}

void display_abort(struct driver_io *io)
{
	struct display_state *s = driver_state(io);

	if (!s->running)
		return;
	driver_deadline_stop(io);
	if (s->testing) {
		display_end_test(io, OUTCOME_FAILED, REASON_ABORTED);
		return;
	}
	s->running = false;
	driver_done(io, OUTCOME_FAILED, REASON_ABORTED, NULL);
}
