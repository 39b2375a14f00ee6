/* See restore.h. Owns who gives the terminal back, what is sent to do so, and what was written to
 * standard error meanwhile. restore_now() writes strings made beforehand and makes
 * async-signal-safe calls only: the screen's thread may be in the midst of curses. */
#include "screen/restore.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    struct restore_files files;
    struct termios modes; /* as they were */
    struct termios own;   /* that the program runs in */
    pid_t parent;         /* who started the program; 0: the terminal is not that of its session */
    char text[256];       /* what makes the screen sane */
    size_t size;
    int kept;       /* a file with what was written to standard error; -1: not kept */
    int stderr_was; /* the standard error there was */
} restore = {.kept = -1};

/* Whether the screen is ours; LEAVING while one thread gives it back. */
enum { CLOSED, OPEN, LEAVING };
static atomic_int phase = CLOSED;
static atomic_int is_away;              /* the shell has the terminal */
static atomic_int sending;              /* the screen's thread may be in the middle of a write */
static _Thread_local bool sending_here; /* and it is this one */

/* How long another thread is waited for, in turns of so many nanoseconds. The one that gives the
 * terminal back may itself wait for a sender. */
enum { TURN = 10000000, SENDER_TURNS = 300, LEAVER_TURNS = 3 * SENDER_TURNS };

static void wait_a_turn(void)
{
    nanosleep(&(struct timespec){.tv_nsec = TURN}, NULL);
}

void restore_write(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, text, size);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
}

/* ---- standard error ---- */

/* A file without a name, or -1. */
static int nameless_file(void)
{
    const char *folders[] = {getenv("TMPDIR"), "/tmp", "/var/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[1024];
        if (!folders[i] || !*folders[i] ||
            snprintf(path, sizeof path, "%s/lnscope-XXXXXX", folders[i]) >= (int)sizeof path)
            continue;
        int fd = mkstemp(path);
        if (fd >= 0) {
            unlink(path);
            fcntl(fd, F_SETFD, FD_CLOEXEC);
            return fd;
        }
    }
    return open("/dev/null", O_RDWR | O_CLOEXEC);
}

void restore_keep_stderr(void)
{
    if (!isatty(STDERR_FILENO)) /* it goes to a file: the screen is safe */
        return;
    int file = nameless_file();
    restore.stderr_was = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (file < 0 || restore.stderr_was < 0 || dup2(file, STDERR_FILENO) < 0) {
        if (file >= 0)
            close(file);
        return;
    }
    restore.kept = file;
}

/* Standard error is again what it was and gets what was written to it meanwhile. */
static void replay_stderr(void)
{
    char block[1024];
    ssize_t size;
    if (restore.kept < 0)
        return;
    dup2(restore.stderr_was, STDERR_FILENO);
    lseek(restore.kept, 0, SEEK_SET);
    while ((size = read(restore.kept, block, sizeof block)) > 0)
        restore_write(STDERR_FILENO, block, (size_t)size);
    close(restore.kept);
    close(restore.stderr_was);
    restore.kept = -1;
}

/* ---- beforehand ---- */

void restore_open(const struct restore_files *files, const struct termios *modes)
{
    static bool registered;
    restore.files = *files;
    restore.modes = *modes;
    restore.size = 0;
    restore.kept = -1;
    atomic_store(&is_away, 0);
    atomic_store(&phase, OPEN);
    error_on_exit(ERROR_RESTORES_TERMINAL, restore_now);
    if (!registered)
        registered = atexit(restore_now) == 0;
}

void restore_add(const char *text)
{
    size_t *used = &restore.size;
    while (text && *text && *used < sizeof restore.text) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            restore.text[(*used)++] = *text++;
    }
}

void restore_note_modes(void)
{
    tcgetattr(restore.files.in, &restore.own);
    restore.parent = tcgetpgrp(restore.files.in) > 0 ? getppid() : 0;
}

bool restore_is_abandoned(void)
{
    const struct termios *own = &restore.own;
    struct termios now;
    if (!restore.parent || getppid() == restore.parent || tcgetpgrp(restore.files.in) == getpgrp())
        return false;
    if (tcgetattr(restore.files.in, &now) == 0 && now.c_lflag == own->c_lflag &&
        now.c_iflag == own->c_iflag && memcmp(now.c_cc, own->c_cc, sizeof now.c_cc) == 0)
        signal(SIGTTOU, SIG_IGN);
    return true;
}

void restore_set_away(void)
{
    atomic_store(&is_away, 1);
}

void restore_end_away(void)
{
    atomic_store(&is_away, 0);
}

/* ---- who sends ---- */

void restore_begin_sending(void)
{
    sending_here = true;
    atomic_store(&sending, 1);
    while (atomic_load(&phase) != OPEN) {
        atomic_store(&sending, 0);
        pause();
    }
}

void restore_end_sending(void)
{
    atomic_store(&sending, 0);
    sending_here = false;
}

/* Not for ever: a terminal that takes nothing holds its sender. */
static void wait_for_sender(void)
{
    for (int turn = 0; turn < SENDER_TURNS && !sending_here && atomic_load(&sending); turn++)
        wait_a_turn();
}

/* ---- giving it back ---- */

/* True for who is to give the screen back. Another thread that is at it already is waited for,
 * since its caller ends the program, but not for ever: it can be this one, in the midst of it. */
static bool begin_leaving(void)
{
    int expected = OPEN;
    if (atomic_compare_exchange_strong(&phase, &expected, LEAVING))
        return true;
    for (int turn = 0; turn < LEAVER_TURNS && atomic_load(&phase) == LEAVING; turn++)
        wait_a_turn();
    return atomic_load(&phase) == LEAVING;
}

void restore_now(void)
{
    const struct restore_files *files = &restore.files;
    int saved = errno;
    if (!begin_leaving())
        return;
    wait_for_sender();
    /* A shell in the foreground has set the modes as it wants them. */
    if (!atomic_load(&is_away) && tcgetpgrp(files->in) == getpgrp()) {
        struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
        dup2(files->null, files->screen); /* first: a frame under way ends there */
        dup2(files->null, files->out);
        if (poll(&ready, 1, 1000) == 1) /* a terminal that takes nothing must not hold us */
            restore_write(STDOUT_FILENO, restore.text, restore.size);
        tcsetattr(files->in, TCSANOW, &restore.modes);
    }
    replay_stderr();
    atomic_store(&phase, CLOSED);
    errno = saved;
}

bool restore_begin_closing(void)
{
    int expected = OPEN;
    return atomic_compare_exchange_strong(&phase, &expected, LEAVING);
}

void restore_end_closing(void)
{
    replay_stderr();
    error_on_exit(ERROR_RESTORES_TERMINAL, NULL);
    atomic_store(&phase, CLOSED);
}
