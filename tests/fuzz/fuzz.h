/* What the harnesses of fuzzers have in common. Each of them is a fuzz_NAME.c with the function
 * that a fuzzer calls; `make fuzz-NAME` lets clang's fuzzer do so, `make check` goes once through
 * what is in tests/fuzz/NAME (replay.c). */
#ifndef LNSCOPE_TESTS_FUZZ_FUZZ_H
#define LNSCOPE_TESTS_FUZZ_FUZZ_H

#include "base/error.h"
#include "views/scene.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In each harness: does with the bytes what the program would do with them, and returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the program as a crash where the condition does not hold. */
void fuzz_must(bool condition);

/* An error says something, in a line that can be shown. */
void fuzz_must_say(const struct error *error);

/* The bytes with a 0 behind them, which the caller frees. */
char *fuzz_text(const uint8_t *bytes, size_t size);

/* Fills scratch file 0 or 1 with these bytes, or adds them to it, and returns its path; the files
 * are gone at the end. */
enum { FUZZ_FILES = 2 };
const char *fuzz_file(int number, const void *bytes, size_t size);
void fuzz_file_add(int number, const void *bytes, size_t size);

/* Draws every view of the scene. */
void fuzz_draw(struct scene *scene);

#endif
