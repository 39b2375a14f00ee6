/* Programs that tests run without a terminal. A child starts as from a shell, whatever this process
 * was started with, and everything that waits for it has a deadline: past it the child is killed
 * and the test fails. */
#ifndef LNSCOPE_TESTS_PROCESS_H
#define LNSCOPE_TESTS_PROCESS_H

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct process {
    pid_t id;
    int output; /* what it prints is read here; -1: it goes to a file */
};

/* What the system lets a child have of a resource (RLIMIT_FSIZE, ...); all zero: whatever there is.
 */
struct process_limit {
    int resource;
    rlim_t most;
};

struct process_start {
    const char *const *arguments;   /* ended by NULL; the first is the program */
    const char *const *environment; /* "NAME=value", or "NAME" to take it away; ended by NULL */
    const char *folder;             /* where it runs; NULL: here */
    const char *output;             /* the file that it prints to; NULL: a pipe */
    const char *errors;             /* the file of its standard error; NULL: as its output */
    int ignored;                    /* a signal that it is started with as ignored; 0: none */
    struct process_limit limit;
};

/* Starts a program with nothing on its standard input; fails the test where that cannot be done. */
struct process process_start(const struct process_start *start);

/* The words of a command, which are separated by single spaces, behind the program; `words` holds
 * them. The list ends with NULL and has at most `room` pointers. */
void process_words(const char *arguments[], size_t room, const char *program, char *words);

/* The same with the program and the words of a command, which are separated by single spaces, as
 * arguments: start->arguments is not read. */
struct process process_start_command(const struct process_start *start, const char *program,
                                     const char *command);

/* Reads what it prints, until `lines` lines have come, or with -1 until the end; the caller frees
 * it. */
char *process_read(struct process *process, int lines);

/* Closes the pipe and waits for the end; the status is that of waitpid(). */
int process_finish(struct process *process);

/* Waits until `done` says yes; false when it has not within the time that a test gives. */
int process_wait_until(int (*done)(void *data), void *data);

/* For a child between fork() and exec(): signals as a shell in a terminal leaves them, variables as
 * listed, and a limit. */
void process_plain_signals(void);
void process_set_environment(const char *const *environment);
void process_set_limit(struct process_limit limit);

#endif
