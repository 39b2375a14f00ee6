/* What fuzzers began with and came to: the files of a folder of tests/fuzz. */
#ifndef LNSCOPE_TESTS_SUPPORT_FUZZED_H
#define LNSCOPE_TESTS_SUPPORT_FUZZED_H

#include <stddef.h>

/* Calls `test` with the bytes of each file of the folder, behind which stands a 0. Fails where
 * there is none. */
void fuzzed_each(const char *folder, void (*test)(const char *bytes, size_t size));

#endif
