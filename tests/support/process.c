/* See process.h. */
#include "support/process.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Also under a sanitizer on a busy machine. */
static const double deadline_seconds = 600;

/* How often something is looked at that gives no notice, in milliseconds. */
enum { LOOK = 5 };

void process_plain_signals(void)
{
    sigset_t none;
    for (int number = 1; number < SIGNALS; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void process_set_environment(const char *const *environment)
{
    for (const char *const *one = environment; one && *one; one++) {
        char name[64];
        const char *equals = strchr(*one, '=');
        snprintf(name, sizeof name, "%.*s", (int)(equals ? (size_t)(equals - *one) : strlen(*one)),
                 *one);
        if (equals)
            setenv(name, equals + 1, 1);
        else
            unsetenv(name);
    }
}

void process_set_limit(struct process_limit limit)
{
    const struct rlimit both = {.rlim_cur = limit.most, .rlim_max = limit.most};
    if (limit.most)
        setrlimit(limit.resource, &both);
}

/* In the child; returns only when it cannot be started. */
static void become(const struct process_start *start, int pipe_end)
{
    const int made = O_WRONLY | O_CREAT | O_TRUNC;
    const int output = start->output ? open(start->output, made, 0600) : pipe_end;
    const int errors = start->errors ? open(start->errors, made, 0600) : output;
    process_plain_signals();
    process_set_environment(start->environment);
    process_set_limit(start->limit);
    if (start->ignored)
        signal(start->ignored, SIG_IGN);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    if (!start->folder || chdir(start->folder) == 0)
        execv(start->arguments[0], (char *const *)start->arguments);
}

struct process process_start(const struct process_start *start)
{
    struct process process = {.output = -1};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fflush(NULL);
    process.id = fork();
    assert_true(process.id >= 0);
    if (process.id == 0) {
        become(start, ends[1]);
        _exit(127);
    }
    close(ends[1]);
    if (start->output)
        close(ends[0]);
    else
        process.output = ends[0];
    return process;
}

void process_words(const char *arguments[], size_t room, const char *program, char *words)
{
    size_t count = 0;
    arguments[count++] = program;
    while (*words && count + 1 < room) {
        arguments[count++] = words;
        words += strcspn(words, " ");
        if (*words)
            *words++ = '\0';
    }
    arguments[count] = NULL;
}

struct process process_start_command(const struct process_start *start, const char *program,
                                     const char *command)
{
    char words[2048];
    const char *arguments[128];
    struct process_start with = *start;
    assert_true((size_t)snprintf(words, sizeof words, "%s", command) < sizeof words);
    process_words(arguments, sizeof arguments / sizeof arguments[0], program, words);
    with.arguments = arguments;
    return process_start(&with);
}

static void give_up(struct process *process, const char *what)
{
    kill(process->id, SIGKILL);
    waitpid(process->id, NULL, 0);
    fail_msg("the program %s within %.0f seconds", what, deadline_seconds);
}

char *process_read(struct process *process, int lines)
{
    const double until = clock_seconds() + deadline_seconds;
    size_t room = 1 << 16, used = 0;
    char *text = memory_new(room, 1);
    for (int seen = 0; lines < 0 || seen < lines;) {
        struct pollfd ready = {.fd = process->output, .events = POLLIN};
        if (clock_seconds() >= until)
            give_up(process, "does not print what it should");
        if (poll(&ready, 1, 1000) <= 0)
            continue;
        ssize_t got = read(process->output, text + used, room - used - 1);
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got; i++)
            seen += text[used + (size_t)i] == '\n';
        used += (size_t)got;
        if (room - used < room / 2)
            text = memory_resize(text, room *= 2, 1);
    }
    text[used] = '\0';
    return text;
}

int process_finish(struct process *process)
{
    const double until = clock_seconds() + deadline_seconds;
    int status = 0;
    pid_t ended;
    if (process->output >= 0)
        close(process->output);
    process->output = -1;
    while ((ended = waitpid(process->id, &status, WNOHANG)) == 0 && clock_seconds() < until)
        poll(NULL, 0, LOOK);
    if (ended == 0)
        give_up(process, "does not end");
    assert_int_equal(ended, process->id);
    return status;
}

int process_wait_until(int (*done)(void *data), void *data)
{
    const double until = clock_seconds() + deadline_seconds;
    while (!done(data)) {
        if (clock_seconds() >= until)
            return 0;
        poll(NULL, 0, LOOK);
    }
    return 1;
}
