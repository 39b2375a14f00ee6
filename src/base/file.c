/* See file.h. */
#include "base/file.h"

#include "base/memory.h"
#include "base/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The longest name in a message; what is longer is cut. */
enum { SHOWN = 240 };

/* The longest folder and the longest name in it that are looked into and told. */
enum { FILE_PATH_MAX = 4096, FILE_NAME_MAX = 256 };

static void file_forget(struct file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct file){0};
}

/* A name and errno, as one line that cannot steer a terminal; always false. */
static bool cannot_write(struct error *error, const char *path, int reason)
{
    char shown[SHOWN];
    names_printable(shown, sizeof shown, path);
    return error_set(error, "cannot write %s (%s): name a file in a folder that can be written",
                     shown, strerror(reason));
}

static bool open_directly(struct file *file, const char *path, struct error *error)
{
    file->stream = fopen(path, "wb");
    if (!file->stream)
        return cannot_write(error, path, errno);
    file->path = memory_copy_string(path);
    return true;
}

/* The temporary file beside file->path, with the permissions `mode`. */
static bool open_beside(struct file *file, mode_t mode, struct error *error)
{
    size_t size = strlen(file->path) + sizeof ".XXXXXX";
    file->temporary = memory_new(size, 1);
    snprintf(file->temporary, size, "%s.XXXXXX", file->path);
    int descriptor = mkstemp(file->temporary);
    if (descriptor < 0) {
        cannot_write(error, file->path, errno);
        file_forget(file);
        return false;
    }
    (void)fchmod(descriptor, mode); /* a file system without permissions is no reason to stop */
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream)
        die("cannot open a stream on a temporary file: %s", strerror(errno));
    return true;
}

bool file_create(struct file *file, const char *path, bool force, struct error *error)
{
    struct stat status;
    char shown[SHOWN];
    mode_t mask = umask(0);
    umask(mask);

    *file = (struct file){.force = force};
    names_printable(shown, sizeof shown, path);
    if (!*path)
        return error_set(error, "an empty file name: name a file to write");
    if (lstat(path, &status) != 0) {
        file->path = memory_copy_string(path);
        return open_beside(file, 0666 & ~mask, error);
    }
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0)
        return error_set(error, "%s is a link to nowhere: name another file", shown);
    if (S_ISDIR(status.st_mode))
        return error_set(error, "%s is a directory: name a file in it", shown);
    if (!S_ISREG(status.st_mode))
        return open_directly(file, path, error);
    if (!force)
        return error_set(error, "%s exists: name another file, or allow it with --force", shown);
    file->path = realpath(path, NULL); /* through a link, so that the link stays */
    if (!file->path)
        return cannot_write(error, path, errno);
    return open_beside(file, status.st_mode & 07777, error);
}

/* A rename that never replaces: link() fails when the name is taken. */
static bool give_name(const struct file *file)
{
    if (file->force)
        return rename(file->temporary, file->path) == 0;
    if (link(file->temporary, file->path) == 0) {
        unlink(file->temporary);
        return true;
    }
    if (errno == EEXIST)
        return false;
    if (access(file->path, F_OK) == 0) { /* a file system without hard links */
        errno = EEXIST;
        return false;
    }
    return rename(file->temporary, file->path) == 0;
}

bool file_commit(struct file *file, struct error *error)
{
    int reason = 0;
    bool broken = ferror(file->stream) != 0; /* a write failed before; its errno is gone */
    if (fflush(file->stream) != 0 || (file->temporary && fsync(fileno(file->stream)) != 0))
        reason = errno;
    if (fclose(file->stream) != 0 && !reason)
        reason = errno;
    bool whole = !broken && !reason;
    if (whole && file->temporary && !give_name(file)) {
        whole = false;
        reason = errno;
    }
    if (!whole) {
        char shown[SHOWN];
        names_printable(shown, sizeof shown, file->path);
        error_set(error, "could not finish %s (%s): nothing was written", shown,
                  reason ? strerror(reason) : "a write failed; is the disk full?");
        if (file->temporary)
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
    if (file->temporary)
        unlink(file->temporary);
    file_forget(file);
}

bool file_read_stream(FILE *stream, const char *name, size_t limit, char **content, size_t *size,
                      struct error *error)
{
    size_t room = 1 << 16, used = 0, got;
    char *bytes = memory_resize(NULL, room, 1), shown[SHOWN];
    *content = NULL;
    *size = 0;
    names_printable(shown, sizeof shown, name);
    while ((got = fread(bytes + used, 1, room - used - 1, stream)) > 0) {
        used += got;
        if (used > limit) {
            error_set(error, "%s is larger than %zu bytes: name a smaller file", shown, limit);
            free(bytes);
            return false;
        }
        if (used + 1 == room)
            bytes = memory_resize(bytes, room *= 2, 1);
    }
    if (ferror(stream)) {
        error_set(error, "cannot read %s (%s): name a file that can be read", shown,
                  strerror(errno));
        free(bytes);
        return false;
    }
    bytes[used] = '\0';
    *content = bytes;
    *size = used;
    return true;
}

/* Says why what open() has given for reading is no file to read; true when it is one. */
static bool is_readable(int descriptor, const char *shown, struct error *error)
{
    struct stat status;
    if (descriptor < 0)
        return error_set(error, "cannot read %s (%s): name a file that can be read", shown,
                         strerror(errno));
    if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode))
        return error_set(error, "%s is a directory: name a file", shown);
    return true;
}

bool file_can_be_read(const char *path, struct error *error)
{
    char shown[SHOWN];
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    names_printable(shown, sizeof shown, path);
    const bool good = is_readable(descriptor, shown, error);
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

bool file_read(const char *path, size_t limit, char **content, size_t *size, struct error *error)
{
    char shown[SHOWN];
    FILE *stream = fopen(path, "rb");
    *content = NULL;
    *size = 0;
    names_printable(shown, sizeof shown, path);
    const bool good = is_readable(stream ? fileno(stream) : -1, shown, error) &&
                      file_read_stream(stream, path, limit, content, size, error);
    if (stream)
        fclose(stream);
    return good;
}

/* ---- numbered names ---- */

bool file_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* The status of the folder of a path, and the name in it. */
static bool folder_of(const char *path, struct stat *status, const char **name)
{
    char folder[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (slash && (size_t)(slash - path) + 2 > sizeof folder)
        return false;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    return stat(folder, status) == 0;
}

static bool is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

bool file_is_same(const char *one, const char *other)
{
    struct stat a, b;
    const char *name[2];
    if (stat(one, &a) == 0 && stat(other, &b) == 0)
        return is_same(&a, &b);
    return folder_of(one, &a, &name[0]) && folder_of(other, &b, &name[1]) && is_same(&a, &b) &&
           strcmp(name[0], name[1]) == 0;
}

void file_numbered(char out[FILE_NUMBERED], const char *stem, int number, const char *ending)
{
    snprintf(out, FILE_NUMBERED, "%.24s-%03d%.16s", stem, number, ending);
}

int file_free_number(const char *stem, const char *const *endings)
{
    const int most = 999999;
    for (int number = 1; number < most; number++) {
        bool taken = false;
        for (int i = 0; endings[i]; i++) {
            char path[FILE_NUMBERED];
            file_numbered(path, stem, number, endings[i]);
            taken = taken || file_exists(path);
        }
        if (!taken)
            return number;
    }
    return most; /* file_create() will say that it is there */
}

/* ---- names that are typed ---- */

void file_expand(char *out, size_t size, const char *path)
{
    const char *home = getenv("HOME");
    bool at_home = path[0] == '~' && path[1] == '/' && home && *home;
    snprintf(out, size, "%s%s", at_home ? home : "", at_home ? path + 1 : path);
}

/* Whether a name in a folder is to be told; `begin` is what it has to begin with. */
static bool is_told(const char *name, const char *begin)
{
    if (strncmp(name, begin, strlen(begin)) != 0 || (name[0] == '.' && begin[0] != '.') ||
        strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    return names_is_printable(name);
}

void file_complete(const char *prefix, void (*found)(void *data, const char *path), void *data)
{
    const char *slash = strrchr(prefix, '/'), *begin = slash ? slash + 1 : prefix;
    size_t size = (size_t)(begin - prefix) + FILE_NAME_MAX + 2;
    char folder[FILE_PATH_MAX], *path = memory_new(size, 1), full[FILE_PATH_MAX + FILE_NAME_MAX];
    struct dirent **entry = NULL;
    struct stat status;
    snprintf(path, size, "%.*s", (int)(begin - prefix), prefix);
    file_expand(folder, sizeof folder, *path ? path : "./");
    int count = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name;
        snprintf(full, sizeof full, "%s%s", folder, name);
        if (is_told(name, begin)) {
            bool is_folder = stat(full, &status) == 0 && S_ISDIR(status.st_mode);
            snprintf(path, size, "%.*s%s%s", (int)(begin - prefix), prefix, name,
                     is_folder ? "/" : "");
            found(data, path);
        }
        free(entry[i]);
    }
    free(entry);
    free(path);
}
