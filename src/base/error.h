/* Errors as values, and the one way to die.
 *
 * A function that can fail returns false and fills a struct error with one line of the form
 * "what is wrong: what would be right". Low layers that cannot go on call die(), which first calls
 * the restore hook, so that they never need to know that there is a screen. */
#ifndef LNSCOPE_BASE_ERROR_H
#define LNSCOPE_BASE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* Writes the message (one line, cut at the size of the struct); always returns false, so that a
 * caller can `return error_set(...)`. `error` may be NULL. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Registers the function that makes the terminal sane again; NULL takes it back. */
void error_on_exit(void (*restore)(void));

/* Restores, prints "lnscope: MESSAGE" on standard error and ends the program with status 1, at
 * once: other threads may be in the middle of anything, so that nothing is flushed and no exit
 * handler runs. Of threads that die at a time the first does so, and the others wait for it. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
