/* See handout.h. Owns texts and canvases until all is written. */
#include "export/handout.h"

#include "base/file.h"
#include "base/memory.h"
#include "export/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text, or a picture. */
struct part {
    enum handout_kind kind;
    char *text; /* NULL: a picture */
    struct canvas canvas;
    enum theme theme;
};

struct handout {
    char *path;
    bool force;
    int parts;
    struct part *part; /* [parts] */
};

struct handout *handout_open(const char *path, bool force, struct error *error)
{
    struct file file;
    if (!file_create(&file, path, force, error))
        return NULL;
    file_discard(&file); /* it is made when all is measured */
    struct handout *handout = memory_new(1, sizeof *handout);
    handout->path = memory_copy_string(path);
    handout->force = force;
    return handout;
}

static struct part *add(struct handout *handout)
{
    handout->part = memory_resize(handout->part, (size_t)handout->parts + 1, sizeof *handout->part);
    struct part *part = &handout->part[handout->parts++];
    *part = (struct part){.text = NULL};
    return part;
}

static bool is_there(const struct handout *handout, enum handout_kind kind, const char *text)
{
    int last = handout->parts - 1;
    while (last >= 0 && (!handout->part[last].text || handout->part[last].kind != kind))
        last--;
    return last >= 0 && strcmp(handout->part[last].text, text) == 0;
}

void handout_add(struct handout *handout, enum handout_kind kind, const char *text)
{
    if (!*text || is_there(handout, kind, text))
        return;
    struct part *part = add(handout);
    part->kind = kind;
    part->text = memory_copy_string(text);
}

void handout_picture(struct handout *handout, const struct canvas *canvas, enum theme theme)
{
    struct part *part = add(handout);
    canvas_copy(&part->canvas, canvas);
    part->theme = theme;
}

int handout_count(const struct handout *handout)
{
    return handout->parts;
}

void handout_truncate(struct handout *handout, int count)
{
    while (handout->parts > count) {
        struct part *part = &handout->part[--handout->parts];
        if (!part->text)
            canvas_close(&part->canvas);
        free(part->text);
    }
}

/* "page-3.svg" for "page.md", to be freed. */
static char *picture_path(const struct handout *handout, int number)
{
    const char *slash = strrchr(handout->path, '/'), *dot = strrchr(handout->path, '.');
    const size_t length =
        dot && (!slash || dot > slash + 1) ? (size_t)(dot - handout->path) : strlen(handout->path);
    char *path = memory_new(length + 32, 1);
    snprintf(path, length + 32, "%.*s-%d.svg", (int)length, handout->path, number);
    return path;
}

static bool write_pictures(const struct handout *handout, struct error *error)
{
    int number = 0;
    bool good = true;
    for (int i = 0; good && i < handout->parts; i++) {
        const struct part *part = &handout->part[i];
        if (part->text)
            continue;
        char *path = picture_path(handout, ++number);
        good = export_file(&part->canvas, part->theme, path, handout->force, error);
        free(path);
    }
    return good;
}

/* What would mean something in Markdown is meant as it stands. */
static void write_words(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("  ", out); /* a line that ends here */
        else if (strchr("\\`*_{}[]<>#|", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void write_part(FILE *out, const struct part *part, const char *before, const char *after)
{
    fputs(before, out);
    write_words(out, part->text);
    fputs(after, out);
}

/* Results are a list, which what follows ends. */
static void write_text(FILE *out, const struct part *part, bool in_list)
{
    const bool result = part->kind == HANDOUT_HOLDS || part->kind == HANDOUT_FAILS;
    if (in_list && !result)
        fputc('\n', out);
    switch (part->kind) {
    case HANDOUT_TITLE:
        break;
    case HANDOUT_CHAPTER:
        write_part(out, part, "## ", "\n\n");
        break;
    case HANDOUT_TEXT:
        write_part(out, part, "", "\n\n");
        break;
    case HANDOUT_QUESTION:
        write_part(out, part, "> ", "\n\n");
        break;
    case HANDOUT_HOLDS:
        write_part(out, part, "- measured: ", "\n");
        break;
    case HANDOUT_FAILS:
        write_part(out, part, "- measured, and **not** as expected: ", "\n");
        break;
    case HANDOUT_NOTE:
        write_part(out, part, "<sub>", "</sub>\n");
        break;
    }
}

static void write_page(FILE *out, const struct handout *handout)
{
    const struct part *title = NULL;
    bool in_list = false;
    int number = 0;
    for (int i = 0; i < handout->parts; i++)
        if (handout->part[i].text && handout->part[i].kind == HANDOUT_TITLE)
            title = &handout->part[i];
    if (title)
        write_part(out, title, "# ", "\n\n");
    for (int i = 0; i < handout->parts; i++) {
        const struct part *part = &handout->part[i];
        if (part->text) {
            write_text(out, part, in_list);
            in_list = part->kind == HANDOUT_HOLDS || part->kind == HANDOUT_FAILS;
            continue;
        }
        char *path = picture_path(handout, ++number);
        fprintf(out, "%s![the screen at this point](%s)\n\n", in_list ? "\n" : "",
                file_last_part(path));
        free(path);
        in_list = false;
    }
}

bool handout_close(struct handout *handout, struct error *error)
{
    struct file file;
    bool good =
        write_pictures(handout, error) && file_create(&file, handout->path, handout->force, error);
    if (good) {
        write_page(file.stream, handout);
        good = file_commit(&file, error);
    }
    handout_discard(handout);
    return good;
}

void handout_discard(struct handout *handout)
{
    handout_truncate(handout, 0);
    free(handout->part);
    free(handout->path);
    free(handout);
}
