/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/image.h"

#define IMAGE_BYTE 8U

size_t image_row_size(size_t width)
{
	return (width + IMAGE_BYTE - 1) / IMAGE_BYTE;
}

bool image_is_black(const struct image *image, size_t x, size_t y)
{
	size_t at = y * image_row_size(image->width) + x / IMAGE_BYTE;

	return x < image->width && y < image->rows &&
	       image->bits[at] & 0x80U >> x % IMAGE_BYTE;
}

void image_add_row(const struct image *image, size_t y, size_t shift,
		   struct buf *out)
{
	size_t size = image_row_size(image->width + shift);

	for (size_t i = 0; i < size; i++) {
		unsigned int byte = 0;

		for (size_t bit = 0; bit < IMAGE_BYTE; bit++) {
			size_t x = i * IMAGE_BYTE + bit;

			if (x >= shift && image_is_black(image, x - shift, y))
				byte |= 0x80U >> bit;
		}
		buf_add_byte(out, (uint8_t)byte);
	}
}

void image_add_columns(const struct image *image, size_t y, size_t height,
		       struct buf *out)
{
	for (size_t at = 0; at < image->width * height; at += IMAGE_BYTE) {
		unsigned int byte = 0;

		for (size_t bit = 0; bit < IMAGE_BYTE; bit++)
			if (image_is_black(image, at / height,
					   y + at % height + bit))
				byte |= 0x80U >> bit;
		buf_add_byte(out, (uint8_t)byte);
	}
}
