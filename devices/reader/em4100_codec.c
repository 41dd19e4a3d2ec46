/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/em4100_codec.h"

#include "util/secret.h"

#include <stdbool.h>
#include <string.h>

#define EM4100_CR 0x0d
#define EM4100_LF 0x0a

/* places in a frame */
#define EM4100_FIRST_DIGIT 1
#define EM4100_TAIL	   (EM4100_FIRST_DIGIT + 2 * (EM4100_TAG_SIZE + 1))
#define EM4100_WANTS_LF	   (EM4100_TAIL + 1)
#define EM4100_WANTS_ETX   (EM4100_TAIL + 2)

void em4100_reset(struct em4100_reader *reader)
{
	secret_wipe(reader, sizeof(*reader));
}

static int em4100_read_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

static bool em4100_take_digit(struct em4100_reader *reader, uint8_t byte)
{
	uint8_t *into = &reader->raw[(reader->at - EM4100_FIRST_DIGIT) / 2];
	int digit = em4100_read_digit(byte);

	if (digit < 0)
		return false;
	*into = (uint8_t)(*into << 4 | digit);
	reader->at++;
	return true;
}

/* CR LF ETX, or ETX at once. */
static bool em4100_take_tail(struct em4100_reader *reader, uint8_t byte)
{
	bool fits = reader->at == EM4100_TAIL	    ? byte == EM4100_CR
		    : reader->at == EM4100_WANTS_LF ? byte == EM4100_LF
						    : false;

	reader->at++;
	return fits;
}

static bool em4100_is_end(const struct em4100_reader *reader, uint8_t byte)
{
	return byte == EM4100_ETX &&
	       (reader->at == EM4100_TAIL || reader->at == EM4100_WANTS_ETX);
}

static bool em4100_is_sound(const struct em4100_reader *reader,
			    enum em4100_checksum checksum)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < EM4100_TAG_SIZE; i++)
		sum = (uint8_t)(checksum == EM4100_XOR ? sum ^ reader->raw[i]
						       : sum + reader->raw[i]);
	return sum == reader->raw[EM4100_TAG_SIZE];
}

static enum em4100_event em4100_begin(struct em4100_reader *reader)
{
	bool broke_one = reader->at > 0;

	em4100_reset(reader);
	reader->at = EM4100_FIRST_DIGIT;
	return broke_one ? EM4100_NOISE : EM4100_NOTHING;
}

static enum em4100_event em4100_end(struct em4100_reader *reader,
				    enum em4100_checksum checksum,
				    uint8_t out_tag[EM4100_TAG_SIZE])
{
	bool sound = em4100_is_sound(reader, checksum);

	if (sound)
		memcpy(out_tag, reader->raw, EM4100_TAG_SIZE);
	em4100_reset(reader);
	return sound ? EM4100_TAG : EM4100_BAD_CHECKSUM;
}

enum em4100_event em4100_read(struct em4100_reader *reader, uint8_t byte,
			      enum em4100_checksum checksum,
			      uint8_t out_tag[EM4100_TAG_SIZE])
{
	bool fits = false;

	if (byte == EM4100_STX)
		return em4100_begin(reader);
	if (em4100_is_end(reader, byte))
		return em4100_end(reader, checksum, out_tag);
	if (reader->at >= EM4100_TAIL)
		fits = em4100_take_tail(reader, byte);
	else if (reader->at >= EM4100_FIRST_DIGIT)
		fits = em4100_take_digit(reader, byte);
	if (!fits)
		em4100_reset(reader);
	return fits ? EM4100_NOTHING : EM4100_NOISE;
}
