/* SPDX-License-Identifier: Apache-2.0 */
/* A picture of black and white dots, as an app gives it. */
#ifndef TILLD_RECEIPT_IMAGE_H
#define TILLD_RECEIPT_IMAGE_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_WIDTH_MAX 1024 /* dots */

struct image {
	const uint8_t *bits; /* rows of whole bytes, the leftmost dot first */
	size_t width;	     /* dots */
	size_t rows;
};

/* Bytes of a row that many dots wide. */
size_t image_row_size(size_t width);

/* False outside of it, too. */
bool image_is_black(const struct image *image, size_t x, size_t y);

/* Adds a row, moved to the right by shift dots. */
void image_add_row(const struct image *image, size_t y, size_t shift,
		   struct buf *out);

/* Adds columns of height dots (a multiple of 8), from row y down: each from its
 * uppermost dot. */
void image_add_columns(const struct image *image, size_t y, size_t height,
		       struct buf *out);

#endif
