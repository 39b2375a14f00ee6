/* A canvas as a file: a picture or text, as its name says. */
#ifndef LNSCOPE_EXPORT_EXPORT_H
#define LNSCOPE_EXPORT_EXPORT_H

#include "base/error.h"
#include "screen/canvas.h"
#include "screen/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes lnscope-001.svg and lnscope-001.txt, or the first higher number at which both are free, in
 * the current folder, and names them in `message`. False with a reason, and then neither is there.
 */
bool export_screen(const struct canvas *canvas, enum theme theme, char *message,
                   size_t message_size, struct error *error);

/* Whether export_file() knows what to write to a file of this name; false with a reason. */
bool export_picture_check(const char *path, struct error *error);

/* Writes one file, a picture or text as its name ends in .svg, .png or .txt; `force` replaces a
 * file that exists. False with a reason. */
bool export_file(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                 struct error *error);

/* How many pixels of a PNG are one of export/shapes.h, where nobody says otherwise: letters then
 * have edges that a projector shows well. */
enum { EXPORT_SCALE = 2 };

/* Writes what a file of this name has in it to a stream; false with a reason, but for errors that
 * show in the stream. */
bool export_write(FILE *out, const char *path, const struct canvas *canvas, enum theme theme,
                  int scale, struct error *error);

#endif
