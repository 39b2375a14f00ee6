/* What the fuzzer of watched rows begins with and came to, once more, and all of it cut off
 * anywhere.
 */
#include "fuzz/fuzz_watch.c"

#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void damaged_files_are_watched(void **state)
{
    enum { CUTS = 40 };
    const char *folder = "tests/fuzz/watch";
    DIR *dir = opendir(folder);
    int count = 0;
    (void)state;
    if (!dir)
        fail_msg("no %s here", folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char name[512], *text;
        size_t size;
        struct error error;
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || !file_read(name, 1 << 16, &text, &size, &error))
            continue;
        for (size_t cut = 0; cut <= CUTS; cut++)
            LLVMFuzzerTestOneInput((const uint8_t *)text, size - size * cut / CUTS);
        free(text);
        count++;
    }
    closedir(dir);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_files_are_watched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
