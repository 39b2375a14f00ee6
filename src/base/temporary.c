/* See temporary.h. A thread that dies holds the list to the end, so that others, which go on until
 * the program has ended, make no more files. Nothing is allocated by who holds it. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* mkstemp() */
#endif
#include "base/temporary.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEM = 200 /* bytes of the name that are kept */ };

struct temporary {
    struct temporary *next;
    int descriptor; /* that writes it */
    bool listed, lines;
    char path[];
};

static struct temporary *all;
static atomic_flag held = ATOMIC_FLAG_INIT;

static void hold(void)
{
    while (atomic_flag_test_and_set(&held))
        sched_yield();
}

static void release(void)
{
    atomic_flag_clear(&held);
}

/* What the program calls when it dies. What other threads write from now on goes nowhere, so that
 * no line is begun anew behind the last whole one. */
static void remove_all(void)
{
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    hold();
    for (const struct temporary *one = all; one; one = one->next) {
        if (null >= 0)
            (void)dup2(null, one->descriptor);
        if (!one->lines || !temporary_cut_to_lines(one))
            unlink(one->path);
    }
}

struct temporary *temporary_make(const char *path, int *descriptor)
{
    const char *name = file_last_part(path);
    const size_t folder = (size_t)(name - path), length = strlen(name);
    const size_t kept = folder + (length < STEM ? length : STEM), mark = sizeof TEMPORARY_MARK - 1;
    struct temporary *temporary =
        memory_new(1, sizeof *temporary + kept + mark + TEMPORARY_LETTERS + 1);
    memcpy(temporary->path, path, kept);
    memcpy(temporary->path + kept, TEMPORARY_MARK, mark);
    memset(temporary->path + kept + mark, 'X', TEMPORARY_LETTERS);
    error_on_exit(ERROR_REMOVES_FILES, remove_all);
    hold();
    *descriptor = mkstemp(temporary->path);
    const int reason = errno;
    if (*descriptor >= 0) {
        temporary->descriptor = *descriptor;
        temporary->listed = true;
        temporary->next = all;
        all = temporary;
    }
    release();
    if (*descriptor >= 0)
        return temporary;
    free(temporary);
    errno = reason;
    return NULL;
}

const char *temporary_path(const struct temporary *temporary)
{
    return temporary->path;
}

void temporary_keep_lines(struct temporary *temporary)
{
    hold();
    temporary->lines = true;
    release();
}

bool temporary_keeps_lines(const struct temporary *temporary)
{
    return temporary->lines;
}

bool temporary_cut_to_lines(const struct temporary *temporary)
{
    char block[4096];
    off_t end = 0;
    ssize_t size = 0;
    const int descriptor = open(temporary->path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    for (off_t from = lseek(descriptor, 0, SEEK_END); end == 0 && from > 0;) {
        const off_t length = from < (off_t)sizeof block ? from : (off_t)sizeof block;
        from -= length;
        size = pread(descriptor, block, (size_t)length, from);
        for (ssize_t i = size; end == 0 && i > 0; i--)
            if (block[i - 1] == '\n')
                end = from + i;
    }
    const bool cut = end > 0 && ftruncate(descriptor, end) == 0;
    close(descriptor);
    return cut;
}

void temporary_settle(struct temporary *temporary)
{
    hold();
    if (temporary->listed) {
        struct temporary **at = &all;
        while (*at != temporary)
            at = &(*at)->next;
        *at = temporary->next;
        temporary->listed = false;
    }
    release();
}

void temporary_forget(struct temporary *temporary)
{
    if (!temporary)
        return;
    temporary_settle(temporary);
    free(temporary);
}
