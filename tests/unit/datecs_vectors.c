/* SPDX-License-Identifier: Apache-2.0 */
#include "datecs_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
/* cmocka wants those before itself */
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define X	&datecs_x
#define CLASSIC &datecs_classic

#define REQUEST(d, seq, command, data, length, number, bcc)      \
	{                                                        \
		d, seq, command, data, length, number, bcc, NULL \
	}
#define ANSWER(d, seq, command, data, status, length, number, bcc) \
	{                                                          \
		d, seq, command, data, length, number, bcc, status \
	}

const struct vector vector_requests[] = {
	REQUEST(X, 0x24, 42, "Test\t", "002?", "002:", "036?"),
	REQUEST(X, 0x2C, 48, "1\t1\t24\tI\t", "0033", "0030", "02>?"),
	REQUEST(X, 0x30, 53, "4\t1.53\t1\t", "0033", "0035", "030:"),
	REQUEST(X, 0x31, 62, "", "002:", "003>", "01=3"),
	REQUEST(X, 0x21, 90, "1", "002;", "005:", "01?3"),
	REQUEST(X, 0x21, 48, "1\t1\tDT636533-0020-0010110\t24\t\t", "0048",
		"0030", "06>;"),
	REQUEST(X, 0x22, 49, "\xD5\xEB\xFF\xE1\t2\t1.50\t2.000\t\t\t0\t",
		"0040", "0031", "07:4"),
	REQUEST(X, 0x23, 53, "0\t5.00\t", "0031", "0035", "02;9"),
	REQUEST(X, 0x24, 56, "", "002:", "0038", "01<0"),
	REQUEST(X, 0x25, 76, "", "002:", "004<", "01<6"),
	REQUEST(X, 0x26, 123, "3\t", "002<", "007;", "0207"),
	REQUEST(X, 0x27, 69, "X\t", "002<", "0045", "0224"),
	REQUEST(X, 0x28, 69, "Z\t", "002<", "0045", "0227"),
	REQUEST(X, 0x29, 70, "0\t50.00\t", "0032", "0046", "02?2"),
	REQUEST(X, 0x2A, 62, "", "002:", "003>", "01<<"),
	REQUEST(X, 0x2B, 106, "\t", "002;", "006:", "01=6"),
	REQUEST(X, 0x2C, 94, "0\t01-09-26\t30-09-26\t", "003>", "005>", "053:"),
	REQUEST(X, 0x2D, 95, "1\t1\t42\t", "0031", "005?", "02:="),
	REQUEST(X, 0x2E, 38, "", "002:", "0026", "01<7"),
	REQUEST(X, 0x2F, 42, "Hello\t\t\t\t\t\t", "0035", "002:", "03?2"),
	REQUEST(X, 0x30, 39, "", "002:", "0027", "01<:"),
	REQUEST(X, 0x31, 49, "\t9\t1\t", "002?", "0031", "0250"),
	REQUEST(CLASSIC, 0x21, 90, "1", "%", "Z", "00=6"),
	REQUEST(CLASSIC, 0x20, 74, "X", "%", "J", "00><"),
	REQUEST(CLASSIC, 0x21, 48, "1,0000,1,DT000600-OP01-0001000", "B", "0",
		"06:7"),
	REQUEST(CLASSIC, 0x22, 49,
		"\xD5\xEB\xFF\xE1\t\xC1"
		"1.50*2.000",
		"4", "1", "06=4"),
	REQUEST(CLASSIC, 0x23, 53, "\tP5.00", "*", "5", "01:3"),
	REQUEST(CLASSIC, 0x24, 56, "", "$", "8", "0085"),
	REQUEST(CLASSIC, 0x25, 69, "0", "%", "E", "00<4"),
	REQUEST(CLASSIC, 0x26, 69, "2", "%", "E", "00<7"),
	REQUEST(CLASSIC, 0x27, 70, "50.00", ")", "F", "018>"),
	REQUEST(CLASSIC, 0x28, 113, "", "$", "q", "00<2"),
	REQUEST(CLASSIC, 0x29, 106, "50", "&", "j", "0123"),
	REQUEST(CLASSIC, 0x2A, 76, "T", "%", "L", "00?4"),
};

const struct vector vector_answers[] = {
	ANSWER(X, 0x24, 42, "0\t", X_NONFISCAL, "0035", "002:", "063:"),
	ANSWER(X, 0x2C, 48, "0\t472\t", X_FISCAL, "0039", "0030", "06<;"),
	ANSWER(X, 0x30, 53, "-111016\t", X_IDLE, "003;", "0035", "074?"),
	ANSWER(X, 0x21, 90,
	       "DP-150MX,609428 20Jul23 1353,9460,00000000,    02500002",
	       "\x80\x80\x80\x80\x84\x82\x80\x80", "006:", "005:", "1112"),
	ANSWER(X, 0x21, 48, "0\t473\t", X_FISCAL, "0039", "0030", "06<1"),
	ANSWER(X, 0x22, 49, "0\t473\t", X_FISCAL, "0039", "0031", "06<3"),
	ANSWER(X, 0x23, 53, "0\tR\t2.00\t", X_FISCAL, "003<", "0035", "0748"),
	ANSWER(X, 0x24, 56, "0\t473\t", X_IDLE, "0039", "0038", "06<4"),
	ANSWER(X, 0x25, 76, "0\t0\t473\t1\t3.00\t5.00\t", X_IDLE, "0047",
	       "004<", "08=2"),
	ANSWER(X, 0x26, 123,
	       "0\t17\t08-10-2026 11:48:14\t41\t07-10-2026 22:01:33\t", X_IDLE,
	       "0063", "007;", "0>73"),
	ANSWER(X, 0x27, 69,
	       "0\t42\t0.00\t3.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t0."
	       "00\t0.00\t0.00\t0.00\t0.00\t0.00\t0.00\t",
	       X_IDLE, "0088", "0045", "1304"),
	ANSWER(X, 0x29, 70, "0\t55.00\t50.00\t0.00\t", X_IDLE, "0046", "0046",
	       "08>3"),
	ANSWER(X, 0x2A, 62, "0\t08-10-26 11:50:03 DST\t", X_IDLE, "004;",
	       "003>", "0:89"),
	ANSWER(X, 0x2E, 38, "0\t474\t", X_NONFISCAL, "0039", "0026", "06><"),
	ANSWER(X, 0x2F, 42, "0\t", X_NONFISCAL, "0035", "002:", "0645"),
	ANSWER(X, 0x30, 39, "0\t474\t", X_IDLE, "0039", "0027", "06<?"),
	ANSWER(X, 0x31, 49, "-112202\t", "\xA0\x80\x88\x80\x86\x9A\x80\x80",
	       "003;", "0031", "0772"),
	ANSWER(CLASSIC, 0x20, 74, C_IDLE, C_IDLE, "1", "J", "0764"),
	ANSWER(CLASSIC, 0x21, 48, "0012,0010", C_FISCAL, "4", "0", "05:6"),
	ANSWER(CLASSIC, 0x22, 49, "", C_FISCAL, "+", "1", "03>?"),
	ANSWER(CLASSIC, 0x23, 53, "R2.00", C_FISCAL, "0", "5", "050;"),
	ANSWER(CLASSIC, 0x24, 56, "0013,0011", C_IDLE, "4", "8", "05:;"),
	ANSWER(CLASSIC, 0x27, 70, "P,55.00,50.00,0.00", C_IDLE, "=", "F",
	       "0790"),
	ANSWER(CLASSIC, 0x28, 113, "0000473", C_IDLE, "2", "q", "0592"),
	ANSWER(CLASSIC, 0x29, 106, "", C_IDLE, "+", "j", "0427"),
	ANSWER(CLASSIC, 0x2A, 76, "0,0001,+00000300,+00000500", C_IDLE, "E",
	       "L", "08?7"),
	ANSWER(CLASSIC, 0x50, 74, "\x88\x80\x80\x80\x80\xB8",
	       "\x88\x80\x80\x80\x80\xB8", "1", "J", "0754"),
};

const size_t vector_requests_count = COUNT(vector_requests);
const size_t vector_answers_count = COUNT(vector_answers);

size_t vector_frame(const struct vector *v, uint8_t out[VECTOR_FRAME_SIZE])
{
	int len = sprintf((char *)out, "\x01%s%c%s%s", v->length, v->seq,
			  v->number, v->data);

	if (v->status)
		len += sprintf((char *)out + len, "\x04%s", v->status);
	return (size_t)(len + sprintf((char *)out + len, "\x05%s\x03", v->bcc));
}

static const struct vector *vector_find(const struct vector *vectors,
					size_t count,
					const struct datecs_dialect *dialect,
					uint8_t seq, unsigned int command)
{
	for (size_t i = 0; i < count; i++)
		if (vectors[i].dialect == dialect && vectors[i].seq == seq &&
		    vectors[i].command == command)
			return &vectors[i];
	fail_msg("no vector with SEQ %02X and command %u", seq, command);
	return NULL;
}

const struct vector *vector_request(const struct datecs_dialect *dialect,
				    uint8_t seq, unsigned int command)
{
	return vector_find(vector_requests, COUNT(vector_requests), dialect,
			   seq, command);
}

const struct vector *vector_answer(const struct datecs_dialect *dialect,
				   uint8_t seq, unsigned int command)
{
	return vector_find(vector_answers, COUNT(vector_answers), dialect, seq,
			   command);
}
