/* See file.h. */
#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void file_forget(struct file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct file){0};
}

bool file_create(struct file *file, const char *path, bool force, struct error *error)
{
    struct stat status;
    int descriptor;

    *file = (struct file){.force = force};
    if (!*path)
        return error_set(error, "an empty file name: name a file to write");
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return error_set(error, "%s is a directory: name a file in it", path);
        if (!force)
            return error_set(error, "%s exists: name another file, or allow it with --force", path);
    }
    file->path = memory_copy_string(path);
    file->temporary = memory_new(strlen(path) + 8, 1);
    sprintf(file->temporary, "%s.XXXXXX", path);
    descriptor = mkstemp(file->temporary);
    if (descriptor < 0) {
        error_set(error, "cannot write %s (%s): name a file in a folder that can be written", path,
                  strerror(errno));
        file_forget(file);
        return false;
    }
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(descriptor, 0666 & ~mask);
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream)
        die("cannot open a stream on %s: %s", file->temporary, strerror(errno));
    return true;
}

/* A rename that never replaces: link() fails when the name is taken. */
static bool give_name(const struct file *file)
{
    if (file->force)
        return rename(file->temporary, file->path) == 0;
    if (link(file->temporary, file->path) == 0)
        return unlink(file->temporary) == 0;
    if (errno == EEXIST)
        return false;
    return rename(file->temporary, file->path) == 0; /* a file system without hard links */
}

bool file_commit(struct file *file, struct error *error)
{
    bool whole = fflush(file->stream) == 0 && !ferror(file->stream) &&
                 fsync(fileno(file->stream)) == 0;
    int reason = errno;
    whole = fclose(file->stream) == 0 && whole;
    if (whole && !give_name(file)) {
        whole = false;
        reason = errno;
    }
    if (!whole) {
        error_set(error, "could not finish %s (%s): nothing was written", file->path,
                  strerror(reason));
        unlink(file->temporary);
    }
    file_forget(file);
    return whole;
}

void file_discard(struct file *file)
{
    if (!file->stream)
        return;
    fclose(file->stream);
    unlink(file->temporary);
    file_forget(file);
}

bool file_read(const char *path, size_t limit, char **content, size_t *size, struct error *error)
{
    struct stat status;
    FILE *stream = fopen(path, "rb");
    *content = NULL;
    *size = 0;
    if (!stream)
        return error_set(error, "cannot read %s (%s): name a file that can be read", path,
                         strerror(errno));
    if (fstat(fileno(stream), &status) != 0 || S_ISDIR(status.st_mode)) {
        fclose(stream);
        return error_set(error, "%s is a directory: name a file", path);
    }
    size_t room = 1 << 16, used = 0, got;
    char *bytes = memory_resize(NULL, room, 1);
    while ((got = fread(bytes + used, 1, room - used - 1, stream)) > 0) {
        used += got;
        if (used > limit) {
            free(bytes);
            fclose(stream);
            return error_set(error, "%s is larger than %zu bytes: name a smaller file", path,
                             limit);
        }
        if (used + 1 == room)
            bytes = memory_resize(bytes, room *= 2, 1);
    }
    if (ferror(stream)) {
        error_set(error, "cannot read %s (%s): name a file that can be read", path,
                  strerror(errno));
        free(bytes);
        fclose(stream);
        return false;
    }
    fclose(stream);
    bytes[used] = '\0';
    *content = bytes;
    *size = used;
    return true;
}
