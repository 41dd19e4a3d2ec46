/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/roll.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CAIRO
#include <cairo.h>
#endif

#define ROLL_LINES 1500

struct roll {
	char *lines[ROLL_LINES];
	size_t count;
};

struct roll *roll_new(void)
{
	return ALLOC_NEW(struct roll);
}

static void roll_clear(struct roll *roll)
{
	for (size_t i = 0; i < roll->count; i++)
		free(roll->lines[i]);
	roll->count = 0;
}

struct roll *roll_free(struct roll *roll)
{
	if (roll)
		roll_clear(roll);
	free(roll);
	return NULL;
}

void roll_add(struct roll *roll, const char *line)
{
	if (roll->count == ROLL_LINES) {
		free(roll->lines[0]);
		memmove(roll->lines, roll->lines + 1,
			(ROLL_LINES - 1) * sizeof(roll->lines[0]));
		roll->count--;
	}
	roll->lines[roll->count++] = alloc_text(line);
}

#ifdef HAVE_CAIRO

#define ROLL_FONT     "monospace"
#define ROLL_SIZE     16
#define ROLL_STEP     20 /* from line to line */
#define ROLL_MARGIN   16
#define ROLL_NARROW   240
#define ROLL_SIDE_MAX 32767 /* of what cairo draws on */

static void roll_begin(cairo_t *cairo)
{
	cairo_set_source_rgb(cairo, 1, 1, 1);
	cairo_paint(cairo);
	cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
	cairo_select_font_face(cairo, ROLL_FONT, CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, ROLL_SIZE);
}

static cairo_surface_t *roll_surface(double width, double height)
{
	return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width,
					  (int)height);
}

/* As wide as its longest line. */
static double roll_measure(const struct roll *roll)
{
	cairo_surface_t *surface = roll_surface(1, 1);
	cairo_t *cairo = cairo_create(surface);
	double width = ROLL_NARROW;

	roll_begin(cairo);
	for (size_t i = 0; i < roll->count; i++) {
		cairo_text_extents_t extents;

		cairo_text_extents(cairo, roll->lines[i], &extents);
		if (extents.x_advance > width)
			width = extents.x_advance;
	}
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	width += 2 * ROLL_MARGIN;
	return width < ROLL_SIDE_MAX ? width : ROLL_SIDE_MAX;
}

static cairo_status_t roll_write(const struct roll *roll, const char *path)
{
	double height = 2 * ROLL_MARGIN + ROLL_STEP * (double)roll->count;
	cairo_surface_t *surface = roll_surface(roll_measure(roll), height);
	cairo_t *cairo = cairo_create(surface);
	cairo_status_t status;

	roll_begin(cairo);
	for (size_t i = 0; i < roll->count; i++) {
		cairo_move_to(cairo, ROLL_MARGIN,
			      ROLL_MARGIN + ROLL_SIZE + ROLL_STEP * (double)i);
		cairo_show_text(cairo, roll->lines[i]);
	}
	status = cairo_status(cairo);
	if (!status)
		status = cairo_surface_write_to_png(surface, path);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return status;
}

char *roll_draw(struct roll *roll, const char *path)
{
	cairo_status_t status;

	_Static_assert(ROLL_LINES * ROLL_STEP + 2 * ROLL_MARGIN < ROLL_SIDE_MAX,
		       "all of it has to fit");
	if (!*path)
		return alloc_text("picture takes the name of a file");
	if (!roll->count)
		return alloc_text("nothing was printed since the last one");
	status = roll_write(roll, path);
	if (status)
		return alloc_format("%s: %s", path,
				    cairo_status_to_string(status));
	roll_clear(roll);
	return NULL;
}

#else

char *roll_draw(struct roll *roll, const char *path)
{
	(void)roll;
	(void)path;
	return alloc_text("this tillsim was built without cairo");
}

#endif
