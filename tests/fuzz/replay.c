/* What fuzzers began with and came to, once more: every file of tests/fuzz/NAME, whole and cut off
 * anywhere, through the harness fuzz_NAME.c that this program, replay_NAME, is linked with. */
#include "fuzz/fuzz.h"

#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char folder[128];

/* From all of it down to nothing. */
static void replay_beginnings(const char *bytes, size_t size)
{
    enum { CUTS = 40 };
    for (size_t cut = 0; cut <= CUTS; cut++)
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, size - size * cut / CUTS);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void no_case_does_harm(void **state)
{
    struct dirent **entry;
    const int count = scandir(folder, &entry, is_shown, alphasort);
    (void)state;
    if (count <= 0)
        fail_msg("nothing in %s here", folder);
    for (int i = 0; i < count; i++) {
        char path[512], *bytes;
        size_t size;
        struct error error;
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (!file_read(path, 1 << 16, &bytes, &size, &error))
            fail_msg("%s", error.text);
        replay_beginnings(bytes, size);
        free(bytes);
        free(entry[i]);
    }
    free(entry);
}

int main(int count, char **words)
{
    static const char prefix[] = "replay_";
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_case_does_harm)};
    (void)count;
    snprintf(folder, sizeof folder, "tests/fuzz/%s", file_last_part(words[0]) + sizeof prefix - 1);
    return cmocka_run_group_tests_name(folder, tests, NULL, NULL);
}
