/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model_escpos.h"

static void model_escpos_send_byte(const struct model_escpos *escpos,
				   unsigned int byte)
{
	uint8_t out = (uint8_t)byte;

	model_escpos_send(escpos, &out, 1);
}

static unsigned int model_escpos_bit(bool on, unsigned int bit)
{
	return on ? 1U << bit : 0;
}

/* The paper sensor as both DLE EOT 4 and ASB know it: near end, end. */
static unsigned int model_escpos_paper_bits(const struct model_escpos *escpos,
					    unsigned int near_end,
					    unsigned int end)
{
	return (escpos->paper != MODEL_ESCPOS_PAPER_OK ? near_end : 0) |
	       (escpos->paper == MODEL_ESCPOS_PAPER_OUT ? end : 0);
}

/* DLE EOT n: devices A.4 */
void model_escpos_send_status(const struct model_escpos *escpos, uint8_t n)
{
	unsigned int bits = 0;

	if (n == 1)
		bits = model_escpos_bit(drawer_pin_is_high(&escpos->drawer),
					2) |
		       model_escpos_bit(model_escpos_is_offline(escpos), 3);
	else if (n == 2)
		bits = model_escpos_bit(escpos->cover_open, 2) |
		       model_escpos_bit(escpos->paper == MODEL_ESCPOS_PAPER_OUT,
					5) |
		       model_escpos_bit(escpos->error, 6);
	else if (n == 3)
		bits = model_escpos_bit(escpos->error, 3);
	else
		bits = model_escpos_paper_bits(escpos, 0x0c, 0x60);
	model_escpos_send_byte(escpos, 0x12 | bits);
}

static void model_escpos_make_asb(const struct model_escpos *escpos,
				  uint8_t out_bytes[4])
{
	bool offline = model_escpos_is_offline(escpos);
	bool high = drawer_pin_is_high(&escpos->drawer);

	out_bytes[0] = (uint8_t)(0x10 | model_escpos_bit(high, 2) |
				 model_escpos_bit(offline, 3) |
				 model_escpos_bit(escpos->cover_open, 5));
	out_bytes[1] = (uint8_t)model_escpos_bit(escpos->error, 3);
	out_bytes[2] = (uint8_t)model_escpos_paper_bits(escpos, 0x03, 0x0c);
	out_bytes[3] = 0;
}

void model_escpos_send_asb(struct model_escpos *escpos)
{
	model_escpos_make_asb(escpos, escpos->asb_sent);
	model_escpos_send(escpos, escpos->asb_sent, 4);
}

/* Pushes the report if something changed in a category of GS a n. */
void model_escpos_push_asb(struct model_escpos *escpos)
{
	static const uint8_t masks[8][4] = {
		[0] = { 0x04, 0, 0, 0 },    [1] = { 0x28, 0x03, 0, 0 },
		[2] = { 0, 0x6c, 0, 0 },    [3] = { 0, 0, 0x0f, 0 },
		[6] = { 0x40, 0x02, 0, 0 },
	};
	uint8_t bytes[4];
	bool changed = false;

	if (!escpos->powered)
		return;
	model_escpos_make_asb(escpos, bytes);
	for (unsigned int bit = 0; bit < 8; bit++)
		for (unsigned int i = 0; i < 4; i++)
			if (escpos->asb & 1U << bit &&
			    (bytes[i] ^ escpos->asb_sent[i]) & masks[bit][i])
				changed = true;
	if (changed)
		model_escpos_send_asb(escpos);
}

/* GS r n, in the digit's form too */
void model_escpos_answer_status(const struct model_escpos *escpos, uint8_t n)
{
	if (n == 1 || n == '1')
		model_escpos_send_byte(
			escpos, model_escpos_paper_bits(escpos, 0x03, 0x0c));
	else if (n == 2 || n == '2')
		model_escpos_send_byte(escpos,
				       drawer_pin_is_high(&escpos->drawer));
}

/* GS I n: a byte for the small ones, a block of text for the others */
void model_escpos_answer_id(const struct model_escpos *escpos, uint8_t n)
{
	static const char maker[] = "_tillsim", model[] = "_escpos";

	if (n == 66)
		model_escpos_send(escpos, maker, sizeof(maker));
	else if (n == 67)
		model_escpos_send(escpos, model, sizeof(model));
	else if ((n >= 1 && n <= 3) || (n >= '1' && n <= '3'))
		model_escpos_send_byte(escpos, 0x02);
}

void model_escpos_set_asb(struct model_escpos *escpos, uint8_t n)
{
	escpos->asb = n;
	if (n)
		model_escpos_send_asb(escpos);
}
