/* See video.h. Owns the process. Pixels go through a pair of sockets, which tells a process that is
 * gone by an error, and raises no signal. */
#include "export/video.h"

#include "base/memory.h"
#include "base/names.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PATH_SIZE = 4096, ARGUMENTS_MAX = 64 };

struct video {
    pid_t process;
    int pipe;
    FILE *complaints; /* what ffmpeg has to say */
    size_t pixels;
    unsigned char *bytes; /* [pixels][3] */
};

/* ---- finding it ---- */

static bool find_in(const char *folders, const char *name, char out[PATH_SIZE])
{
    while (*folders) {
        const size_t length = strcspn(folders, ":");
        const int size = snprintf(out, PATH_SIZE, "%.*s/%s", (int)length, folders, name);
        if (length > 0 && size < PATH_SIZE && access(out, X_OK) == 0)
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

static bool find_encoder(char out[PATH_SIZE], struct error *error)
{
    const char *folders = getenv("PATH");
    return (folders && find_in(folders, "ffmpeg", out)) ||
           error_set(error, "no ffmpeg to make a video: install ffmpeg, or name it .gif or .svg");
}

bool video_check(struct error *error)
{
    char path[PATH_SIZE];
    return find_encoder(path, error);
}

/* ---- starting it ---- */

struct arguments {
    int count;
    const char *argument[ARGUMENTS_MAX + 1]; /* ended by NULL */
};

static void add(struct arguments *arguments, const char *const *more)
{
    for (; *more && arguments->count < ARGUMENTS_MAX; more++)
        arguments->argument[arguments->count++] = *more;
}

/* Sizes are made even, and colours are tagged: players guess otherwise, and differ. One thread and
 * no date give the same bytes each time. */
static void list_arguments(struct arguments *arguments, enum video_format format, const char *size,
                           const char *fps, const char *path)
{
    static const char *const mp4[] = {"-c:v", "libx264", "-preset",   "medium",     "-crf", "18",
                                      "-f",   "mp4",     "-movflags", "+faststart", NULL};
    static const char *const webm[] = {"-c:v", "libvpx-vp9", "-crf",     "24",        "-b:v",
                                       "0",    "-deadline",  "realtime", "-cpu-used", "6",
                                       "-f",   "webm",       NULL};
    const char *const input[] = {
        "ffmpeg",   "-hide_banner", "-loglevel", "error", "-nostats", "-y", "-f", "rawvideo",
        "-pix_fmt", "rgb24",        "-s",        size,    "-r",       fps,  "-i", "-",
        NULL};
    static const char *const picture[] = {"-vf",
                                          "pad=ceil(iw/2)*2:ceil(ih/2)*2,"
                                          "scale=out_color_matrix=bt709:out_range=tv,"
                                          "format=yuv420p",
                                          "-colorspace",
                                          "bt709",
                                          "-color_primaries",
                                          "bt709",
                                          "-color_trc",
                                          "bt709",
                                          "-color_range",
                                          "tv",
                                          "-bitexact",
                                          "-threads",
                                          "1",
                                          NULL};
    const char *const output[] = {path, NULL};
    add(arguments, input);
    add(arguments, picture);
    add(arguments, format == VIDEO_MP4 ? mp4 : webm);
    add(arguments, output);
}

/* Two ends that no other process inherits; false with errno. */
static bool open_pipe(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return true;
}

static bool start(struct video *video, const char *program, const struct arguments *arguments,
                  struct error *error)
{
    posix_spawn_file_actions_t actions;
    int ends[2], reason;
    if (!open_pipe(ends))
        return error_set(error, "cannot make a pipe to ffmpeg (%s): end other programs",
                         strerror(errno));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(video->complaints), STDERR_FILENO);
    reason = posix_spawn(&video->process, program, &actions, NULL,
                         (char *const *)(uintptr_t)arguments->argument, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    video->pipe = ends[0];
    if (reason == 0)
        return true;
    close(ends[0]);
    return error_set(error, "cannot start %s (%s): install ffmpeg anew", program, strerror(reason));
}

static void free_video(struct video *video)
{
    if (video->complaints)
        fclose(video->complaints);
    free(video->bytes);
    free(video);
}

struct video *video_open(enum video_format format, const struct file *file, int width, int height,
                         int fps, struct error *error)
{
    char program[PATH_SIZE], size[32], rate[16], path[PATH_SIZE + 8];
    struct arguments arguments = {0};
    if (!find_encoder(program, error))
        return NULL;
    if (!file->temporary) {
        error_set(error, "a video cannot go to a pipe or a device: name a file");
        return NULL;
    }
    snprintf(size, sizeof size, "%dx%d", width, height);
    snprintf(rate, sizeof rate, "%d", fps);
    snprintf(path, sizeof path, "file:%s", file->temporary); /* no name is taken for an option */
    list_arguments(&arguments, format, size, rate, path);
    struct video *video = memory_new(1, sizeof *video);
    video->pixels = (size_t)width * (size_t)height;
    video->bytes = memory_new(video->pixels, 3);
    video->complaints = tmpfile();
    if (!video->complaints)
        error_set(error, "cannot make a temporary file (%s): a disk with room for it",
                  strerror(errno));
    else if (start(video, program, &arguments, error))
        return video;
    free_video(video);
    return NULL;
}

/* ---- pictures ---- */

/* Always false: the last line that ffmpeg has written, or how it has ended. */
static bool has_failed(struct video *video, int status, struct error *error)
{
    char line[256] = "", shown[256];
    rewind(video->complaints);
    for (char next[256]; fgets(next, sizeof next, video->complaints);)
        if (next[strspn(next, " \n")])
            memcpy(line, next, sizeof line);
    line[strcspn(line, "\n")] = '\0';
    if (!*line)
        snprintf(line, sizeof line, WIFSIGNALED(status) ? "ended by signal %d" : "exit status %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    names_printable(shown, sizeof shown, line);
    return error_set(error, "ffmpeg has failed (%s): another format, as .gif or .svg", shown);
}

static bool send_all(const struct video *video, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t sent = send(video->pipe, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool video_frame(struct video *video, const uint32_t *picture)
{
    unsigned char *byte = video->bytes;
    for (size_t i = 0; i < video->pixels; i++) {
        *byte++ = (unsigned char)(picture[i] >> 16);
        *byte++ = (unsigned char)(picture[i] >> 8);
        *byte++ = (unsigned char)picture[i];
    }
    return send_all(video, video->bytes, 3 * video->pixels);
}

bool video_close(struct video *video, struct error *error)
{
    int status = 0;
    pid_t ended;
    close(video->pipe);
    do
        ended = waitpid(video->process, &status, 0);
    while (ended < 0 && errno == EINTR);
    const bool good = ended == video->process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!good)
        has_failed(video, status, error);
    free_video(video);
    return good;
}
