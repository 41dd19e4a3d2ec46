/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print jobs, any bytes: what the filter lets through goes to tillsim's
 * printer, which was written without it, as the drivers send it; and to what
 * stands behind it, another job. No such job ever pulses the drawer, nor does
 * one that broke off, with what is sent next. The first byte says which
 * language, and whether it is a document; the second, where the first job ends.
 */
#include "http/job_fields.h"
#include "receipt/paper.h"
#include "sim/model_box.h"
#include "sim/model_escpos.h"
#include "sim/models.h"
#include "util/cleanup.h"
#include "util/json.h"

#include "fuzz.h"
#include "fuzz_stage.h"

#include <stdlib.h>
#include <string.h>

#define JOB_IS_STAR	1U
#define JOB_IS_DOCUMENT 2U
#define JOB_BREAKS_OFF	4U

const int fuzz_variants = 20000;

struct press {
	struct stage stage;
	struct model *model;
	bool star;
};

static void press_start(struct press *press, bool star)
{
	*press = (struct press){ .star = star };
	stage_init(&press->stage);
	press->model =
		stage_make(&press->stage, star ? &model_star : &model_escpos,
			   NULL, 0, true);
	FUZZ_HOLDS(press->model);
}

static void press_stop(struct press *press)
{
	press->model->class->destroy(press->model);
	buf_free(&press->stage.sent);
}

static unsigned int press_pulses(const struct press *press)
{
	return press->star
		       ? ((struct model_box *)press->model)->drawer.pulse_count
		       : ((struct model_escpos *)press->model)
				 ->drawer.pulse_count;
}

static void press_send(struct press *press, const void *data, size_t len)
{
	if (len)
		press->model->class->input(press->model, data, len);
}

/* What drivers ask in front of a job and behind it. */
static void press_ask(struct press *press)
{
	if (press->star)
		press_send(press, "\x1b\x06\x01", 3);
	else
		press_send(press,
			   "\x10\x04\x01\x1dr\x01\x10\x04\x01\x10\x04\x02", 12);
}

/* Broken off behind len bytes of it, it is owed NULs. */
static void press_print(struct press *press, const struct buf *job, size_t len)
{
	press_ask(press);
	press_send(press, job->data, len);
	if (len < job->len) /* the line comes up again */
		press_send(press, "\x10\x04\x01\x10\x04\x01", 6);
	for (size_t i = 0; len < job->len && i < job->len; i++)
		press_send(press, "", 1);
	press_ask(press);
	FUZZ_HOLDS(!press_pulses(press));
}

/* Reset and job, if it may be printed. */
static bool job_make(const struct filter_language *language,
		     const uint8_t *data, size_t size, struct buf *out)
{
	struct job_fault fault;

	buf_add(out, "\x1b@", 2);
	if (!filter_pass(language, data, size, out, &fault))
		return false;
	FUZZ_HOLDS(filter_is_clean(language, out->data, out->len));
	FUZZ_HOLDS(filter_span(language, out->data, out->len) == out->len);
	return true;
}

static void job_feed(const struct filter_language *language, unsigned int flags,
		     size_t first, const uint8_t *data, size_t size)
{
	CLEANUP(buf_cleanup) struct buf one = BUF_INIT(JOB_BYTES_MAX);
	CLEANUP(buf_cleanup) struct buf two = BUF_INIT(JOB_BYTES_MAX);
	struct press press;
	bool both = job_make(language, data, first, &one);

	both &= job_make(language, data + first, size - first, &two);
	if (!both)
		return;
	press_start(&press, flags & JOB_IS_STAR);
	press_print(&press, &one,
		    flags & JOB_BREAKS_OFF ? one.len / 2 : one.len);
	press_print(&press, &two, two.len);
	press_print(&press, &one, one.len);
	press_stop(&press);
}

static void job_write_document(const struct paper_language *language, bool star,
			       const uint8_t *data, size_t size)
{
	CLEANUP_JSON json_t *asked = json_parse(data, size);
	CLEANUP(buf_cleanup) struct buf made = BUF_INIT(JOB_BYTES_MAX);
	CLEANUP_FREE char *field = NULL;
	CLEANUP_FREE char *wrong =
		json_is_object(asked) ? field_check(job_body, asked, &field)
				      : strdup("no object");
	struct job_fault fault = { .detail = "" };
	struct press press;

	if (wrong)
		return;
	if (!paper_make(language, asked, "cp437", &made, &fault)) {
		FUZZ_HOLDS(*fault.detail && *fault.field);
		return;
	}
	press_start(&press, star);
	press_print(&press, &made, made.len);
	press_stop(&press);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool star;

	if (size < 2)
		return 0;
	star = data[0] & JOB_IS_STAR;
	if (data[0] & JOB_IS_DOCUMENT)
		job_write_document(star ? &paper_star : &paper_escpos, star,
				   data + 2, size - 2);
	else
		job_feed(star ? &filter_star : &filter_escpos, data[0],
			 (size - 2) * (256U - data[1]) / 256, data + 2,
			 size - 2);
	return 0;
}
