/* See export.h. Owns what the endings of names mean. */
#include "export/export.h"

#include "base/file.h"
#include "base/names.h"
#include "export/pixels.h"
#include "export/svg.h"

#include <stdlib.h>
#include <unistd.h>

/* Errors of the stream show in it; false with a reason for others. */
typedef bool picture_writer(FILE *out, const struct canvas *canvas, enum theme theme, int scale,
                            struct error *error);

static bool write_svg(FILE *out, const struct canvas *canvas, enum theme theme, int scale,
                      struct error *error)
{
    (void)scale, (void)error; /* it has no pixels */
    svg_write(out, canvas, theme);
    return true;
}

static bool write_text(FILE *out, const struct canvas *canvas, enum theme theme, int scale,
                       struct error *error)
{
    char *text = canvas_to_text(canvas);
    (void)theme, (void)scale, (void)error;
    fputs(text, out);
    free(text);
    return true;
}

#ifdef HAVE_CAIRO
static bool write_png(FILE *out, const struct canvas *canvas, enum theme theme, int scale,
                      struct error *error)
{
    const struct pixels_plan plan = {.rows = canvas->rows,
                                     .cols = canvas->cols,
                                     .scale = scale,
                                     .shades = PIXELS_SHADES,
                                     .theme = theme};
    struct pixels *pixels = pixels_open(&plan, error);
    if (!pixels)
        return false;
    const bool good =
        pixels_draw(pixels, canvas, theme, error) && pixels_write_png(pixels, out, error);
    pixels_close(pixels);
    return good;
}
#define WITH_CAIRO(writer) writer
#else
#define WITH_CAIRO(writer) NULL
#endif

/* What the ending of a name says; without a writer: this build cannot. */
static const struct picture_row {
    const char *ending;
    picture_writer *write;
} pictures[] = {
    {".svg", write_svg},
    {".png", WITH_CAIRO(write_png)},
    {".txt", write_text},
};

static picture_writer *find_writer(const char *path, struct error *error)
{
    char shown[256];
    names_printable(shown, sizeof shown, path);
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        if (!file_ends_in(path, pictures[i].ending))
            continue;
        if (!pictures[i].write)
            error_set(error,
                      "%s: this build has no cairo, which draws pixels: name it .svg or "
                      ".txt, or install libcairo2-dev and build again",
                      shown);
        return pictures[i].write;
    }
    error_set(error, "%s is neither a picture nor text: name it .svg, .png or .txt", shown);
    return NULL;
}

bool export_picture_check(const char *path, struct error *error)
{
    return find_writer(path, error) != NULL;
}

bool export_write(FILE *out, const char *path, const struct canvas *canvas, enum theme theme,
                  int scale, struct error *error)
{
    picture_writer *const write = find_writer(path, error);
    return write && write(out, canvas, theme, scale, error);
}

bool export_file(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                 struct error *error)
{
    struct file file;
    if (!export_picture_check(path, error) || !file_create(&file, path, force, error))
        return false;
    if (export_write(file.stream, path, canvas, theme, EXPORT_SCALE, error))
        return file_commit(&file, error);
    file_discard(&file);
    return false;
}

bool export_screen(const struct canvas *canvas, enum theme theme, char *message,
                   size_t message_size, struct error *error)
{
    static const char *const endings[] = {".svg", ".txt", NULL};
    const int number = file_free_number("lnscope", endings);
    char svg[FILE_NUMBERED], txt[FILE_NUMBERED];
    struct file picture, text;
    file_numbered(svg, "lnscope", number, endings[0]);
    file_numbered(txt, "lnscope", number, endings[1]);
    if (!file_create(&picture, svg, false, error))
        return false;
    if (!file_create(&text, txt, false, error)) {
        file_discard(&picture);
        return false;
    }
    write_svg(picture.stream, canvas, theme, EXPORT_SCALE, error);
    write_text(text.stream, canvas, theme, EXPORT_SCALE, error);
    if (!file_commit(&picture, error)) {
        file_discard(&text);
        return false;
    }
    if (!file_commit(&text, error)) {
        unlink(svg);
        return false;
    }
    snprintf(message, message_size, "saved %s and %s", svg, txt);
    return true;
}
