/* Errors as values, and the one way to die.
 *
 * A function that can fail returns false and fills a struct error with one line of the form
 * "what is wrong: what would be right". Low layers that cannot go on call die(), which first calls
 * hooks, so that they never need to know that there is a screen. */
#ifndef LNSCOPE_BASE_ERROR_H
#define LNSCOPE_BASE_ERROR_H

#include <stdbool.h>

struct error {
    char text[512];
};

/* Writes the message (one line, cut at the size of the struct); always returns false, so that a
 * caller can `return error_set(...)`. `error` may be NULL. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is to be done before the program dies, in this order. */
enum error_hook { ERROR_RESTORES_TERMINAL, ERROR_REMOVES_FILES, ERROR_HOOKS };

/* Registers the function that does it; NULL takes it back. */
void error_on_exit(enum error_hook which, void (*hook)(void));

/* Calls the hooks, prints "lnscope: MESSAGE" on standard error and ends the program with status 1,
 * at once: other threads may be in the middle of anything, so that nothing is flushed and no exit
 * handler runs. Of threads that die at a time the first does so, and the others wait for it. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
