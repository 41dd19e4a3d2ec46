/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables of ESC t, the same numbers in printers and displays. */
#ifndef TILLD_SIM_PAGE_H
#define TILLD_SIM_PAGE_H

#include <stdint.h>

/* The name iconv knows for it, NULL for a table that there is not. */
const char *page_name(uint8_t table);

#define PAGE_CELL_SIZE 8 /* one character in UTF-8, a mark after it, a NUL */

/* What a byte of that code page looks like. */
void page_decode(const char *page, uint8_t byte, char out_cell[PAGE_CELL_SIZE]);

#endif
