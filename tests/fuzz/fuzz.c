/* See fuzz.h. Knows nothing of what is fuzzed. */
#include "fuzz/fuzz.h"

#include "base/names.h"
#include "views/screen.h"
#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    int descriptor;
    char path[64];
} file[FUZZ_FILES];

void fuzz_must(bool condition)
{
    if (!condition)
        abort();
}

void fuzz_must_say(const struct error *error)
{
    fuzz_must(error->text[0] && names_is_printable(error->text));
}

char *fuzz_text(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_must(text != NULL);
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

/* ---- files ---- */

static void remove_files(void)
{
    for (int i = 0; i < FUZZ_FILES; i++)
        if (file[i].path[0])
            unlink(file[i].path);
}

static void open_files(void)
{
    const char *folder = getenv("TMPDIR");
    for (int i = 0; i < FUZZ_FILES; i++) {
        snprintf(file[i].path, sizeof file[i].path, "%.40s/lnscope-fuzz-XXXXXX",
                 folder && *folder ? folder : "/tmp");
        file[i].descriptor = mkstemp(file[i].path);
        fuzz_must(file[i].descriptor >= 0);
    }
    atexit(remove_files);
}

void fuzz_file_add(int number, const void *bytes, size_t size)
{
    fuzz_must(write(file[number].descriptor, bytes, size) == (ssize_t)size);
}

const char *fuzz_file(int number, const void *bytes, size_t size)
{
    if (!file[number].path[0])
        open_files();
    const int descriptor = file[number].descriptor;
    fuzz_must(ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0);
    fuzz_file_add(number, bytes, size);
    return file[number].path;
}

/* ---- the screen ---- */

void fuzz_draw(struct scene *scene)
{
    struct canvas canvas;
    canvas_open(&canvas, 40, 100);
    for (int view = 0; view <= VIEWS; view++) {
        scene->look.projector = view == VIEWS;
        if (view < VIEWS)
            view_open(scene, (enum view)view);
        view_screen(&canvas, scene);
    }
    canvas_close(&canvas);
}
