/* What the fuzzer of watched rows begins with and came to, once more, and all of it cut off
 * anywhere. */
#include "fuzz/fuzz_watch.c"

#include "support/fuzzed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* From all of it down to nothing, in steps of a fortieth. */
static void watch_beginnings(const char *bytes, size_t size)
{
    enum { CUTS = 40 };
    for (size_t cut = 0; cut <= CUTS; cut++)
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, size - size * cut / CUTS);
}

static void damaged_files_are_watched(void **state)
{
    (void)state;
    fuzzed_each("tests/fuzz/watch", watch_beginnings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_files_are_watched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
