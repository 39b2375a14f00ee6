/* See frames.h. Owns a folder beside the target until that has its name. */
#include "export/frames.h"

#ifdef HAVE_CAIRO

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 32, SHOWN = 240 };

struct frames {
    char *path, *temporary;
    bool force;
    int count;
    char *bytes; /* the newest picture as a PNG */
    size_t size;
};

/* Always false: the path, errno, and what would be right. */
static bool cannot_write(const char *path, int reason, struct error *error)
{
    char shown[SHOWN];
    names_printable(shown, sizeof shown, path);
    return error_set(error, "cannot write the folder %s (%s): name one that can be written", shown,
                     strerror(reason));
}

static void name_frame(int number, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "frame-%06d.png", number);
}

static char *join(const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *path = memory_new(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* Whether a name is one of a frame. */
static bool is_frame(const char *name)
{
    int number = 0, length = 0;
    return sscanf(name, "frame-%6d.png%n", &number, &length) == 1 && length > 0 && !name[length];
}

/* Removes the frames in a folder; how many other files there are, or -1 where it cannot be read. */
static int remove_frames(const char *folder, bool keep)
{
    DIR *dir = opendir(folder);
    int others = 0;
    if (!dir)
        return -1;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = join(folder, entry->d_name);
        if (keep || !is_frame(entry->d_name) || unlink(path) != 0)
            others++;
        free(path);
    }
    closedir(dir);
    return others;
}

/* Whether the folder may get this name. */
static bool check_target(const char *path, bool force, struct error *error)
{
    struct stat status;
    char shown[SHOWN];
    names_printable(shown, sizeof shown, path);
    if (stat(path, &status) != 0)
        return true;
    if (!S_ISDIR(status.st_mode))
        return error_set(error, "%s is no folder: name another one", shown);
    if (force || remove_frames(path, true) == 0)
        return true;
    return error_set(error, "%s/ has files in it: name another folder, or allow it with --force",
                     shown);
}

static void free_frames(struct frames *frames)
{
    free(frames->path);
    free(frames->temporary);
    free(frames->bytes);
    free(frames);
}

struct frames *frames_open(const char *path, bool force, struct error *error)
{
    struct frames *frames = memory_new(1, sizeof *frames);
    const mode_t mask = umask(0);
    umask(mask);
    frames->force = force;
    frames->path = memory_copy_string(path);
    for (size_t end = strlen(path); end > 1 && frames->path[end - 1] == '/';)
        frames->path[--end] = '\0';
    const size_t size = strlen(frames->path) + sizeof ".XXXXXX";
    frames->temporary = memory_new(size, 1);
    snprintf(frames->temporary, size, "%s.XXXXXX", frames->path);
    if (check_target(frames->path, force, error)) {
        if (mkdtemp(frames->temporary)) {
            (void)chmod(frames->temporary, 0777 & ~mask);
            return frames;
        }
        cannot_write(frames->path, errno, error);
    }
    free_frames(frames);
    return NULL;
}

/* The picture as a PNG, in memory. */
static bool encode(struct frames *frames, const struct pixels *pixels, struct error *error)
{
    free(frames->bytes);
    frames->bytes = NULL;
    FILE *out = memory_stream_open(&frames->bytes, &frames->size);
    const bool good = out && pixels_write_png(pixels, out, error);
    if (out && memory_stream_close(out, &frames->bytes))
        return good;
    return error_set(error, "no memory for a picture: a smaller --scale");
}

bool frames_add(struct frames *frames, const struct pixels *pixels, bool same, struct error *error)
{
    char name[NAME_SIZE];
    struct file file;
    if (!(same && frames->bytes) && !encode(frames, pixels, error))
        return false;
    name_frame(++frames->count, name);
    char *path = join(frames->temporary, name);
    const bool open = file_create(&file, path, false, error);
    free(path);
    if (!open)
        return false;
    fwrite(frames->bytes, 1, frames->size, file.stream);
    return file_commit(&file, error);
}

/* What was in the folder before, without its frames, goes to the new one. */
static void keep_others(const char *old, const char *path)
{
    DIR *dir = opendir(old);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            is_frame(entry->d_name))
            continue;
        char *from = join(old, entry->d_name), *to = join(path, entry->d_name);
        (void)rename(from, to); /* what cannot be moved keeps its folder */
        free(from);
        free(to);
    }
    if (dir)
        closedir(dir);
    remove_frames(old, false);
    rmdir(old);
}

/* The folder takes the place of the one that is there. */
static bool replace(const struct frames *frames)
{
    const size_t size = strlen(frames->path) + sizeof ".XXXXXX";
    char *old = memory_new(size, 1);
    snprintf(old, size, "%s.XXXXXX", frames->path);
    bool good = mkdtemp(old) && rename(frames->path, old) == 0;
    if (good && rename(frames->temporary, frames->path) != 0) {
        const int reason = errno;
        good = false;
        (void)rename(old, frames->path);
        errno = reason;
    }
    if (good)
        keep_others(old, frames->path);
    free(old);
    return good;
}

bool frames_close(struct frames *frames, struct error *error)
{
    struct stat status;
    bool good = rename(frames->temporary, frames->path) == 0;
    if (!good && frames->force && stat(frames->path, &status) == 0)
        good = replace(frames);
    if (good) {
        free_frames(frames);
        return true;
    }
    cannot_write(frames->path, errno, error);
    frames_discard(frames);
    return false;
}

void frames_discard(struct frames *frames)
{
    remove_frames(frames->temporary, false);
    rmdir(frames->temporary);
    free_frames(frames);
}

#endif
