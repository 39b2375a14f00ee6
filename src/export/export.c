/* See export.h. Owns what the endings of names mean. */
#include "export/export.h"

#include "base/file.h"
#include "base/names.h"
#include "export/svg.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_text(FILE *out, const struct canvas *canvas)
{
    char *text = canvas_to_text(canvas);
    fputs(text, out);
    free(text);
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
    svg_write(picture.stream, canvas, theme);
    write_text(text.stream, canvas);
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

static bool ends_in(const char *path, const char *end)
{
    size_t size = strlen(path), length = strlen(end);
    return size > length && strcmp(path + size - length, end) == 0;
}

bool export_picture_check(const char *path, struct error *error)
{
    char shown[256];
    names_printable(shown, sizeof shown, path);
    return ends_in(path, ".svg") || ends_in(path, ".txt") ||
           error_set(error, "%s is neither a picture nor text: name it .svg or .txt", shown);
}

bool export_file(const struct canvas *canvas, enum theme theme, const char *path, bool force,
                 struct error *error)
{
    struct file file;
    if (!export_picture_check(path, error) || !file_create(&file, path, force, error))
        return false;
    if (ends_in(path, ".svg"))
        svg_write(file.stream, canvas, theme);
    else
        write_text(file.stream, canvas);
    return file_commit(&file, error);
}
