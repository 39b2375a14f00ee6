/* See file.h. */
#include "base/file.h"

#include "base/memory.h"
#include "base/names.h"
#include "base/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
    temporary_forget(file->beside);
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

/* ---- opening ---- */

int file_open_stream(const char *path, bool (*go_on)(void), struct error *error)
{
    enum { LOOK = 20 /* milliseconds */ };
    int descriptor;
    while ((descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0 &&
           errno == ENXIO && go_on && go_on())
        poll(NULL, 0, LOOK);
    if (descriptor >= 0) {
        fcntl(descriptor, F_SETFL, O_WRONLY); /* what it reads slowly is waited for */
    } else if (errno == ENXIO) {
        char shown[SHOWN];
        names_printable(shown, sizeof shown, path);
        error_set(error, "nobody reads %s: start its reader first", shown);
    } else {
        cannot_write(error, path, errno);
    }
    return descriptor;
}

static bool open_directly(struct file *file, const char *path, bool (*go_on)(void),
                          struct error *error)
{
    const int descriptor = file_open_stream(path, go_on, error);
    if (descriptor < 0)
        return false;
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream)
        die("cannot open a stream on a file: %s", strerror(errno));
    file->path = memory_copy_string(path);
    return true;
}

/* The temporary file beside file->path, with the permissions `mode`. A lock tells others that it is
 * not left behind. */
static bool open_beside(struct file *file, mode_t mode, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int descriptor;
    file->beside = temporary_make(file->path, &descriptor);
    if (!file->beside) {
        cannot_write(error, file->path, errno);
        file_forget(file);
        return false;
    }
    file->temporary = temporary_path(file->beside);
    (void)fchmod(descriptor, mode); /* a file system without permissions is no reason to stop */
    (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    (void)fcntl(descriptor, F_SETLK, &lock);
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream)
        die("cannot open a stream on a temporary file: %s", strerror(errno));
    return true;
}

bool file_create_waiting(struct file *file, const char *path, bool force, bool (*go_on)(void),
                         struct error *error)
{
    struct stat status;
    char shown[SHOWN];
    mode_t mask = umask(0);
    umask(mask);

    *file = (struct file){0};
    names_printable(shown, sizeof shown, path);
    if (!*path)
        return error_set(error, "an empty file name: name a file to write");
    if (lstat(path, &status) != 0) {
        file->path = memory_copy_string(path);
        return open_beside(file, 0666 & ~mask, error);
    }
    const bool is_link = S_ISLNK(status.st_mode);
    if (is_link && stat(path, &status) != 0)
        return error_set(error, "%s is a link to nowhere: name another file", shown);
    if (S_ISDIR(status.st_mode))
        return error_set(error, "%s is a directory: name a file in it", shown);
    if (!S_ISREG(status.st_mode))
        return open_directly(file, path, go_on, error);
    if (!force)
        return error_set(error, "%s exists: name another file, or allow it with --force", shown);
    file->path = is_link ? realpath(path, NULL) : memory_copy_string(path); /* the link stays */
    if (!file->path)
        return cannot_write(error, path, errno);
    file->replaces = true;
    file->device = status.st_dev;
    file->inode = status.st_ino;
    return open_beside(file, status.st_mode & 07777, error);
}

bool file_create(struct file *file, const char *path, bool force, struct error *error)
{
    return file_create_waiting(file, path, force, NULL, error);
}

/* ---- finishing ---- */

/* Why a write failed. */
static const char *reason_of(const struct file *file)
{
    return file->failed ? strerror(file->failed) : "a write failed; is the disk full?";
}

/* Whether all that was written has arrived; keeps the first reason why not. */
static bool is_good(struct file *file)
{
    if (fflush(file->stream) != 0 && !file->failed)
        file->failed = errno;
    return !file->failed && !ferror(file->stream);
}

void file_keep_lines(struct file *file)
{
    if (file->temporary)
        temporary_keep_lines(file->beside);
}

bool file_flush(struct file *file, struct error *error)
{
    char shown[SHOWN];
    names_printable(shown, sizeof shown, file->path);
    return is_good(file) || error_set(error, "cannot write %s (%s)", shown, reason_of(file));
}

/* Of what a file that is kept under its temporary name is called; no start tells of it again. */
static void keep(const struct file *file, char shown[SHOWN])
{
    struct stat status;
    names_printable(shown, SHOWN, file->temporary);
    if (stat(file->temporary, &status) == 0)
        (void)chmod(file->temporary, status.st_mode & 07555);
}

/* Always false: keeps what can be kept, and says so. */
static bool give_up(struct file *file, struct error *error)
{
    char shown[SHOWN], kept[SHOWN];
    names_printable(shown, sizeof shown, file->path);
    if (file->temporary && temporary_keeps_lines(file->beside) &&
        temporary_cut_to_lines(file->beside)) {
        keep(file, kept);
        return error_set(error, "could not finish %s (%s): its lines so far are kept in %s", shown,
                         reason_of(file), kept);
    }
    if (file->temporary)
        unlink(file->temporary);
    return error_set(error, "could not finish %s (%s): nothing was written", shown,
                     reason_of(file));
}

/* A rename that never replaces: link() fails when the name is taken. False leaves errno. */
static bool take_name(const struct file *file, const char *path)
{
    if (link(file->temporary, path) == 0) {
        unlink(file->temporary);
        return true;
    }
    if (errno == EEXIST)
        return false;
    if (access(path, F_OK) == 0) { /* a file system without hard links */
        errno = EEXIST;
        return false;
    }
    return rename(file->temporary, path) == 0;
}

/* The file that may be replaced is the one that was there at the start: another one was finished
 * meanwhile. */
static bool replace(const struct file *file)
{
    struct stat status;
    if (!file->replaces || stat(file->path, &status) != 0)
        return take_name(file, file->path);
    if (status.st_dev != file->device || status.st_ino != file->inode) {
        errno = EEXIST;
        return false;
    }
    return rename(file->temporary, file->path) == 0;
}

/* The first name with a number that is free, or NULL, which leaves errno. The caller frees it. */
static char *take_next_name(const struct file *file)
{
    enum { FIRST = 2, LAST = 999999, DIGITS = 6 };
    const char *name = file_last_part(file->path);
    const char *ending = strrchr(name, '.'), *end = ending && ending > name ? ending : NULL;
    size_t stem = end ? (size_t)(end - file->path) : strlen(file->path), digits = 0;
    const size_t size = strlen(file->path) + 16;
    int number = FIRST;
    char *next = memory_new(size, 1);
    while (digits < stem && file->path[stem - digits - 1] >= '0' &&
           file->path[stem - digits - 1] <= '9')
        digits++;
    if (digits > 0 && digits <= DIGITS && digits < stem && file->path[stem - digits - 1] == '-') {
        number = atoi(file->path + stem - digits) + 1;
        stem -= digits + 1;
    }
    for (; number <= LAST; number++) {
        snprintf(next, size, "%.*s-%03d%s", (int)stem, file->path, number, end ? end : "");
        if (take_name(file, next))
            return next;
        if (errno != EEXIST)
            break;
    }
    free(next);
    return NULL;
}

/* Gives a whole file its name, or the next one. */
static bool give_name(struct file *file, char **name, struct error *error)
{
    char shown[SHOWN], where[SHOWN];
    names_printable(shown, sizeof shown, file->path);
    if (replace(file)) {
        *name = memory_copy_string(file->path);
        return true;
    }
    const int reason = errno;
    *name = reason == EEXIST ? take_next_name(file) : NULL;
    if (*name && file->numbered)
        return true;
    if (*name)
        names_printable(where, sizeof where, *name);
    else
        keep(file, where);
    if (reason == EEXIST)
        return error_set(error, "%s was taken meanwhile: all of it is in %s", shown, where);
    return error_set(error, "%s cannot have its name (%s): all of it is in %s", shown,
                     strerror(reason), where);
}

bool file_commit_as(struct file *file, char **name, struct error *error)
{
    *name = NULL;
    bool whole = is_good(file);
    if (whole && file->temporary && fsync(fileno(file->stream)) != 0)
        whole = false, file->failed = errno;
    if (file->temporary)
        temporary_settle(file->beside);
    if (fclose(file->stream) != 0 && whole)
        whole = false, file->failed = errno;
    bool good = whole ? !file->temporary || give_name(file, name, error) : give_up(file, error);
    file_forget(file);
    return good;
}

bool file_commit(struct file *file, struct error *error)
{
    char *name;
    const bool good = file_commit_as(file, &name, error);
    free(name);
    return good;
}

void file_discard(struct file *file)
{
    if (!file->stream)
        return;
    if (file->temporary) {
        unlink(file->temporary);
        temporary_settle(file->beside);
    }
    fclose(file->stream);
    file_forget(file);
}

/* ---- what was left behind ---- */

static bool has_mark(const char *name)
{
    const size_t length = strlen(name), mark = sizeof TEMPORARY_MARK - 1;
    const size_t tail = mark + TEMPORARY_LETTERS;
    return length > tail && memcmp(name + length - tail, TEMPORARY_MARK, mark) == 0 &&
           names_is_printable(name);
}

/* Whether nobody writes the file any more, and it has not been told of. */
static bool is_left(int folder, const char *name)
{
    struct stat status;
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    const int descriptor = openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool left = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                      status.st_uid == geteuid() && (status.st_mode & 0222) &&
                      fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK &&
                      fchmod(descriptor, status.st_mode & 07555) == 0;
    close(descriptor);
    return left;
}

bool file_left_behind(const char *folder, char *out, size_t size)
{
    enum { NAMED = 3 };
    char names[NAMED * (FILE_NAME_MAX + 8)] = "", more[32] = "";
    DIR *here = opendir(folder);
    int count = 0;
    for (struct dirent *entry; here && (entry = readdir(here));) {
        const size_t used = strlen(names);
        if (!has_mark(entry->d_name) || !is_left(dirfd(here), entry->d_name))
            continue;
        if (count++ < NAMED)
            snprintf(names + used, sizeof names - used, "%s%.255s", used ? " and " : "",
                     entry->d_name);
    }
    if (here)
        closedir(here);
    if (count > NAMED)
        snprintf(more, sizeof more, " and %d more", count - NAMED);
    snprintf(
        out, size,
        "%s%s %s left by a lnscope that was killed: rename what is to be kept, remove the rest",
        names, more, count == 1 ? "was" : "were");
    return count > 0;
}

/* ---- reading ---- */

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

/* Opens a regular file without waiting, not even for who writes a pipe; -1 with a reason. */
static int open_to_read(const char *path, struct error *error)
{
    struct stat status;
    char shown[SHOWN];
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    names_printable(shown, sizeof shown, path);
    if (descriptor < 0) {
        error_set(error, "cannot read %s (%s): name a file that can be read", shown,
                  strerror(errno));
        return -1;
    }
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        return descriptor;
    if (S_ISDIR(status.st_mode))
        error_set(error, "%s is a directory: name a file", shown);
    else
        error_set(error, "%s is a device or a pipe: name a file that holds what is read", shown);
    close(descriptor);
    return -1;
}

FILE *file_open_to_read(const char *path, struct error *error)
{
    const int descriptor = open_to_read(path, error);
    if (descriptor < 0)
        return NULL;
    FILE *stream = fdopen(descriptor, "rb");
    if (!stream)
        die("out of memory to read a file: close other programs");
    return stream;
}

bool file_can_be_read(const char *path, struct error *error)
{
    const int descriptor = open_to_read(path, error);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

bool file_read(const char *path, size_t limit, char **content, size_t *size, struct error *error)
{
    FILE *stream = file_open_to_read(path, error);
    *content = NULL;
    *size = 0;
    const bool good = stream && file_read_stream(stream, path, limit, content, size, error);
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

const char *file_last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The status of the folder of a path, and the name in it. */
static bool folder_of(const char *path, struct stat *status, const char **name)
{
    char folder[FILE_PATH_MAX];
    *name = file_last_part(path);
    const size_t length = (size_t)(*name - path);
    if (length + 1 > sizeof folder)
        return false;
    snprintf(folder, sizeof folder, "%.*s", length > 0 ? (int)length : 1, length > 0 ? path : ".");
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

bool file_ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), size = strlen(ending);
    return length > size && strcmp(path + length - size, ending) == 0;
}

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
    const char *begin = file_last_part(prefix);
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

const char *file_packed_by(const unsigned char *bytes, size_t size)
{
    static const struct {
        const char *bytes, *name;
        size_t count;
    } known[] = {{"\x1F\x8B", "gzip", 2},        {"BZh", "bzip2", 3},
                 {"\xFD\x37zXZ\0", "xz", 6},     {"\x28\xB5\x2F\xFD", "zstd", 4},
                 {"PK\3\4", "zip", 4},           {"7z\xBC\xAF\x27\x1C", "7z", 6},
                 {"\x04\x22\x4D\x18", "lz4", 4}, {"\x1F\x9D", "compress", 2}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (size > known[i].count && memcmp(bytes, known[i].bytes, known[i].count) == 0)
            return known[i].name;
    return NULL;
}
