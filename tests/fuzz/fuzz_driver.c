/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver (those of FUZZ_CLASS in the table) in the real framework. The first
 * byte says which, whether on a serial line, and what is at the line's other
 * end: the fuzzer alone, or tillsim's model of its device as well, without
 * whose checksums and answers no fuzzer gets far. Then steps, each of a byte
 * that says what and how much: bytes come, the model hears and answers (well,
 * or with a byte bent, lost or doubled), time goes by, an operation is asked
 * for or called off, a person does something at the device, the plug is pulled.
 * Then silence: everything has to come to its end.
 */
#include "device/device.h"
#include "fake_env.h"
#include "fake_transport.h"
#include "sim/models.h"
#include "util/card.h"
#include "util/json.h"
#include "util/log.h"

#include "fuzz.h"
#include "fuzz_stage.h"

#include <string.h>

const int fuzz_variants = 8000;

#define FUZZ_OPS_MAX	8
#define FUZZ_ROUNDS_MAX 40
#define FUZZ_END_MS	(40LL * 60 * 1000)

struct line {
	struct fake_env fake;
	struct fake_lines lines;
	struct device *device;
	int started, dones, save_due;
	bool committed, doubtful;
	char id[OP_ID_SIZE]; /* of the operation that is under way */
	struct stage stage;
	struct model *model; /* NULL: nobody but the fuzzer */
	size_t heard;	     /* of what the driver wrote */
	int opens;	     /* of the line, that the model knows of */
};

/* A Datecs printer of one dialect or the other, where its driver is tried. */
static const char *const line_datecs[2] = { "datecs-x", "datecs-classic" };

static const char *const line_models[DEVICE_CLASSES] = {
	[DEVICE_DRAWER] = "escpos", [DEVICE_PRINTER] = "posnet",
	[DEVICE_TERMINAL] = "zvt",  [DEVICE_DISPLAY] = "display",
	[DEVICE_READER] = "em4100",
};

/* What people do there; those that mean nothing to a model are refused. */
static const char *const line_commands[] = {
	"badge 0110185C5B",
	"bad badge",
	"close",
	"key",
	"paper out",
	"paper ok",
	"offline",
	"online",
	"cover open",
	"lose reply",
	"next decline",
	"next strange",
	"power cut",
	"drop ack",
	"next network down",
	"noise",
};

static void line_changed(void *arg, struct device *device)
{
	(void)arg;
	(void)device;
}

static void line_status(void *arg, struct device *device, const json_t *before,
			const json_t *now)
{
	(void)arg;
	(void)device;
	(void)before;
	FUZZ_HOLDS(json_is_object(now));
}

static void line_swipe(void *arg, struct device *device, const char *badge,
		       bool proven)
{
	(void)proven;
	(void)arg;
	(void)device;
	FUZZ_HOLDS(strlen(badge) > 4);
}

static void line_turned_away(void *arg, struct device *device, const char *why)
{
	(void)arg;
	(void)device;
	FUZZ_HOLDS(strlen(why) > 4);
}

/* Card numbers stay inside of the driver. */
static void line_look(const json_t *json)
{
	char *text = json ? json_line(json) : NULL;

	FUZZ_HOLDS(!text || FUZZ_CLASS != DEVICE_TERMINAL || !card_is_in(text));
	free(text);
}

static void line_save(void *arg, const json_t *evidence)
{
	line_look(evidence);
	((struct line *)arg)->save_due = 1;
}

static void line_committed(void *arg)
{
	((struct line *)arg)->committed = true;
}

/* From here on the device is asked, and may well say that nothing was. */
static void line_doubtful(void *arg, enum reason reason)
{
	FUZZ_HOLDS(reason != REASON_NONE);
	((struct line *)arg)->doubtful = true;
}

static void line_progress(void *arg, const json_t *progress)
{
	(void)arg;
	line_look(progress);
}

static void line_done(void *arg, enum outcome outcome, enum reason reason,
		      const json_t *result)
{
	struct line *line = arg;

	line->dones++;
	FUZZ_HOLDS(line->dones <= line->started);
	if (outcome == OUTCOME_OK || outcome == OUTCOME_SENT)
		FUZZ_HOLDS(reason == REASON_NONE);
	else
		FUZZ_HOLDS(reason != REASON_NONE);
	if (outcome == OUTCOME_FAILED)
		FUZZ_HOLDS(!line->committed || line->doubtful);
	line_look(result);
}

static const struct driver *line_driver(uint8_t which)
{
	const struct driver *of_class[16];
	unsigned int count = 0;

	for (const struct driver *const *at = drivers; *at; at++)
		if ((*at)->class == FUZZ_CLASS && count < 16)
			of_class[count++] = *at;
	return of_class[which % count];
}

static const char *line_model(const struct driver *driver, uint8_t first)
{
	return strcmp(driver->name, "datecs-printer")
		       ? line_models[FUZZ_CLASS]
		       : line_datecs[first >> 6 & 1];
}

/* What those are that are plugged in: the makers' own descriptors, by driver. */
static const uint8_t line_posiflex[] = {
	0x06, 0xa0, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x02, 0x15, 0x00, 0x26,
	0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x81, 0x02, 0x09, 0x03, 0x15, 0x00,
	0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x78, 0x91, 0x02, 0xc0
};
static const uint8_t line_apg[] = { 0x05, 0xf0, 0x09, 0x01, 0xa1,
				    0x01, 0x75, 0x08, 0x95, 0x02,
				    0x81, 0x02, 0x91, 0x02, 0xc0 };
static const uint8_t line_magtek[] = { 0x75, 0x08, 0x95, 0x07, 0x81, 0x02,
				       0x96, 0x4a, 0x01, 0x81, 0x02 };

static const struct {
	const char *driver;
	struct driver_facts facts;
} line_facts[] = {
	{ "posiflex-drawer",
	  { 0x0d3a, 0x0203, NULL, NULL, line_posiflex,
	    sizeof(line_posiflex) } },
	{ "apg-drawer",
	  { 0x07c5, 0x0500, NULL, NULL, line_apg, sizeof(line_apg) } },
	{ "swipe-reader",
	  { 0x0801, 0x0002, NULL, NULL, line_magtek, sizeof(line_magtek) } },
};

static void line_plug(struct line *line, struct device_config *config)
{
	config->transport.plug =
		config->driver->plugs & DRIVER_CAN(DRIVER_PLUG_HID)
			? DRIVER_PLUG_HID
		: config->driver->plugs & DRIVER_CAN(DRIVER_PLUG_CARD)
			? DRIVER_PLUG_CARD
			: DRIVER_PLUG_KEYS;
	config->transport.plug_name = "04b8:0202";
	for (size_t i = 0; i < sizeof(line_facts) / sizeof(*line_facts); i++)
		if (!strcmp(line_facts[i].driver, config->driver->name))
			line->lines.facts = line_facts[i].facts;
}

static void line_init(struct line *line, uint8_t first)
{
	const struct device_listener listener = { .changed = line_changed,
						  .status = line_status,
						  .swipe = line_swipe,
						  .turned_away =
							  line_turned_away,
						  .arg = line };
	const struct model_option card = { "pan", "full" };
	struct device_config config = { .name = "device",
					.driver = line_driver(first / 2 % 64) };

	*line = (struct line){ .started = 0 };
	fake_env_init(&line->fake);
	fake_lines_init(&line->lines, &line->fake);
	if (!config.driver->line.baud && !config.driver->tcp_port)
		line_plug(line, &config);
	else if (first & 1 || !config.driver->tcp_port)
		config.transport.path = "/dev/ttyS9";
	else
		config.transport.host = "127.0.0.1";
	line->device = device_new(&config, &line->fake.env,
				  &line->lines.transports, &listener);
	stage_init(&line->stage);
	if (first & 0x80)
		line->model = stage_make(
			&line->stage,
			models_find(line_model(config.driver, first)), &card,
			FUZZ_CLASS == DEVICE_TERMINAL,
			config.transport.path != NULL);
	device_open(line->device);
	fake_env_run(&line->fake);
}

/* err: so that what was to be saved could not be. */
static void line_answer_save(struct line *line, int err)
{
	if (!line->save_due)
		return;
	line->save_due = 0;
	device_saved(line->device, line->id, err);
}

/* --- the model at the other end --- */

static void line_hear(struct line *line)
{
	const struct fake_line *end = line->lines.last;
	size_t len = end->written.len - line->heard;

	if (end->opens != line->opens) {
		line->opens = end->opens;
		line->model->class->line(line->model, true);
	}
	if (!len)
		return;
	line->heard = end->written.len;
	line->model->class->input(line->model,
				  end->written.data + line->heard - len, len);
}

/* trouble: 0 none, else what becomes of the answer's byte of that number. */
static void line_answer(struct line *line, uint8_t trouble)
{
	struct buf *sent = &line->stage.sent;
	size_t at = trouble / 4;

	if (trouble && at < sent->len) {
		if (trouble % 4 == 1)
			sent->data[at] ^= 0x11;
		else if (trouble % 4 == 2)
			sent->len = at;
		else
			buf_drop(sent, at);
	}
	if (sent->len)
		fake_line_input(line->lines.last, sent->data, sent->len);
	if (trouble % 4 == 3 && sent->len)
		fake_line_input(line->lines.last, sent->data, sent->len);
	buf_reset(sent);
	fake_env_run(&line->fake);
}

static void line_pump(struct line *line, uint8_t trouble)
{
	if (!line->model)
		return;
	for (int i = 0; i < FUZZ_ROUNDS_MAX; i++) {
		size_t heard = line->heard;

		line->stage.now = line->fake.now;
		line_hear(line);
		if (line->stage.due >= 0 && line->stage.due <= line->stage.now)
			stage_wait(&line->stage, line->model);
		if (line->heard == heard && !line->stage.sent.len)
			return;
		line_answer(line, trouble);
		line_answer_save(line, 0);
		trouble = 0;
	}
}

static void line_advance(struct line *line, int64_t ms)
{
	while (ms > 0) {
		int64_t part = line->model && ms > 250 ? 250 : ms;

		fake_env_advance(&line->fake, part);
		line_pump(line, 0);
		ms -= part;
	}
}

static void line_person(struct line *line, uint8_t what)
{
	if (line->model)
		free(line->model->class->command(line->model,
						 line_commands[what % 16]));
	line_pump(line, 0);
}

/* Of each kind of line one, and what a printer of any kind takes. */
static json_t *line_goods(void)
{
	return json_pack("{s:[{s:s, s:i, s:s, s:s, s:{s:i}}, {s:s, s:i, s:s},"
			 " {s:i}], s:[{s:i}], s:[{s:s, s:i}, {s:s, s:i}],"
			 " s:[s]}",
			 "lines", "name", "Pears", "price", 300, "vat", "B",
			 "quantity", "0.5", "discount", "amount", 10, "name",
			 "Nuts", "price", 400, "vat", "C", "void", 1,
			 "discounts", "amount", 5, "payments", "kind", "card",
			 "amount", 100, "kind", "cash", "amount", 500, "footer",
			 "Thank you");
}

static json_t *line_returned(void)
{
	return json_pack("{s:[{s:s, s:i, s:s}]}", "lines", "name", "Nuts",
			 "price", 400, "vat", "B");
}

static void line_fill_paper(struct op *op)
{
	struct receipt_fault fault;
	json_t *json =
		op->kind == OP_GOODS_RETURN ? line_returned() : line_goods();

	if (op->kind == OP_RECEIPT || op->kind == OP_INVOICE)
		op->receipt = receipt_parse(json, &fault);
	if (op->kind == OP_GOODS_RETURN)
		op->goods = (struct op_return){
			.amount = 400,
			.cash = 300,
			.receipt = op_return_parse(json, 400, 300, &fault),
			.original = { 7, "2026-11-22T09:30:05", "02500002" },
		};
	if (op->kind == OP_CASH_SLIP)
		op->cash = (struct op_cash){ .amount = 500 };
	if (op->kind == OP_PRINT_TEXT)
		op->print.lines = json_pack("[ss]", "Hello", "");
	if (op->kind == OP_PRINT_JOB)
		op->job = job_new("\x1b@Hello\n", 8);
	if (op->kind == OP_PRINT_COPY)
		op->print.count = 1;
	if (op->kind == OP_CLOCK_SET)
		op->clock = (struct op_clock){ "2026-11-22T10:30" };
	json_decref(json);
}

static struct op line_op(enum op_kind kind, int number)
{
	static const int64_t terminals[] = { 0, 52000017, 52000099 };
	struct op op = { .kind = kind };

	snprintf(op.id, sizeof(op.id), "op%d", number);
	line_fill_paper(&op);
	if (kind == OP_REPORT_BY_DATES)
		op.report = (struct op_report){ .from_date = "2026-11-01",
						.to_date = "2026-11-21" };
	if (kind == OP_REPORT_BY_NUMBERS)
		op.report =
			(struct op_report){ .from_number = 1, .to_number = 4 };
	if (kind == OP_PAYMENT || kind == OP_REFUND)
		op.payment.amount = 2500;
	if (kind == OP_REVERSAL)
		op.reversal =
			(struct op_reversal){ .amount = 2500,
					      .receipt = 231,
					      .trace = 231,
					      .terminal =
						      terminals[number % 3] };
	if (kind == OP_DISPLAY_SHOW)
		op.display = (struct op_display){ { "Total", "12.34" } };
	return op;
}

/* Of what the device can do, each kind is somebody's turn. */
static enum op_kind line_kind(const struct line *line, uint8_t what)
{
	enum op_kind kinds[OP_KINDS];
	size_t count = 0;

	for (enum op_kind kind = 0; kind < OP_KINDS; kind++)
		if (device_can(line->device, kind))
			kinds[count++] = kind;
	return count ? kinds[what % count] : OP_KINDS;
}

static void line_start(struct line *line, uint8_t what)
{
	const struct device_user user = { .save = line_save,
					  .committed = line_committed,
					  .doubtful = line_doubtful,
					  .progress = line_progress,
					  .done = line_done,
					  .arg = line };
	enum op_kind kind = line_kind(line, what);
	struct op op = line_op(kind, line->started);

	if (line->started < FUZZ_OPS_MAX && line->dones == line->started &&
	    kind < OP_KINDS) {
		line->started++;
		line->committed = line->doubtful = false;
		memcpy(line->id, op.id, sizeof(op.id));
		device_start(line->device, &op, 5000, &user);
	}
	op_clear(&op);
}

static void line_break(struct line *line, uint8_t what)
{
	switch (what & 3) {
	case 0:
		fake_line_drop(line->lines.last, REASON_UNPLUGGED);
		break;
	case 1:
		device_abort(line->device, line->id);
		break;
	case 2:
		line_answer_save(line, what & 4 ? -5 : 0);
		break;
	default:
		line_advance(line, 60000);
	}
}

static void line_do(struct line *line, uint8_t what)
{
	static void (*const steps[])(struct line *, uint8_t) = { line_start,
								 line_person,
								 line_break };

	if (what < 0x80)
		line_pump(line, what & 31);
	else if (what < 0xa0)
		line_advance(line, (what & 31) * 20);
	else if (what < 0xb0)
		line_advance(line, (what & 15) * 1000);
	else
		steps[(what >> 4) % 3](line, what & 15);
}

static size_t line_step(struct line *line, const uint8_t *data, size_t size)
{
	size_t len = data[0] < 0x60 ? data[0] : 0;

	if (len > size - 1)
		len = size - 1;
	if (len)
		fake_line_input(line->lines.last, data + 1, len);
	else
		line_do(line, data[0]);
	fake_env_run(&line->fake);
	FUZZ_HOLDS(!line->lines.last->writes_while_shut);
	return 1 + len;
}

/* Nothing comes any more. What may have moved something stays open as long as
 * the device is not there to be asked; nothing else does. */
static void line_end(struct line *line)
{
	for (int64_t ms = 0; ms < FUZZ_END_MS && line->dones < line->started;
	     ms += 1000) {
		line_answer_save(line, 0);
		fake_env_advance(&line->fake, 1000);
	}
	if (device_state(line->device) == DEVICE_READY || !line->committed)
		FUZZ_HOLDS(line->dones == line->started);
}

static void line_free(struct line *line)
{
	json_t *told = device_describe(line->device);

	line_look(told);
	FUZZ_HOLDS(!json_int(json_object_get(told, "statistics"), "driver_bugs",
			     0));
	json_decref(told);
	device_free(line->device);
	if (line->model)
		line->model->class->destroy(line->model);
	buf_free(&line->stage.sent);
	fake_env_free(&line->fake);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_set_level(LOG_LEVEL_ERROR);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line line;

	if (!size || size > 4096)
		return 0;
	line_init(&line, data[0]);
	for (size_t at = 1; at < size;)
		at += line_step(&line, data + at, size - at);
	line_end(&line);
	line_free(&line);
	return 0;
}
