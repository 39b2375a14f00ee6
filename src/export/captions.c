/* See captions.h. The format: www.w3.org/TR/webvtt1. */
#include "export/captions.h"

#include "base/file.h"
#include "base/memory.h"
#include "export/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct captions {
    struct file file;
    char *text; /* shown since `seconds`; NULL: none */
    double seconds;
};

struct captions *captions_open(const char *path, bool force, struct error *error)
{
    struct captions *captions = memory_new(1, sizeof *captions);
    if (!file_create(&captions->file, path, force, error)) {
        free(captions);
        return NULL;
    }
    fputs("WEBVTT\n", captions->file.stream);
    return captions;
}

static void write_time(FILE *out, double seconds)
{
    const long milliseconds = lround(1000 * seconds);
    fprintf(out, "%02ld:%02ld:%02ld.%03ld", milliseconds / 3600000, milliseconds / 60000 % 60,
            milliseconds / 1000 % 60, milliseconds % 1000);
}

/* A line that is empty would end the caption. */
static void write_text(FILE *out, const char *text)
{
    char before = '\n';
    for (; *text; before = *text++)
        if (*text != '\n' || before != '\n')
            svg_escape(out, *text);
}

/* Writes the caption that is shown, if it was shown for a time. */
static void end_caption(struct captions *captions, double seconds)
{
    FILE *out = captions->file.stream;
    if (captions->text && seconds > captions->seconds) {
        fputc('\n', out);
        write_time(out, captions->seconds);
        fputs(" --> ", out);
        write_time(out, seconds);
        fputc('\n', out);
        write_text(out, captions->text);
        fputc('\n', out);
    }
    free(captions->text);
    captions->text = NULL;
}

void captions_say(struct captions *captions, const char *text, double seconds)
{
    end_caption(captions, seconds);
    if (text[strspn(text, " \n")])
        captions->text = memory_copy_string(text);
    captions->seconds = seconds;
}

bool captions_close(struct captions *captions, double seconds, struct error *error)
{
    end_caption(captions, seconds);
    const bool whole = file_commit(&captions->file, error);
    free(captions);
    return whole;
}

void captions_discard(struct captions *captions)
{
    file_discard(&captions->file);
    free(captions->text);
    free(captions);
}
