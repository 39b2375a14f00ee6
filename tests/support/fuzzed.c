/* See fuzzed.h. */
#include "support/fuzzed.h"

#include "base/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void fuzzed_each(const char *folder, void (*test)(const char *bytes, size_t size))
{
    DIR *dir = opendir(folder);
    int count = 0;
    if (!dir)
        fail_msg("no %s here", folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[512], *bytes;
        size_t size;
        struct error error;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (!file_read(path, 1 << 16, &bytes, &size, &error))
            fail_msg("%s", error.text);
        test(bytes, size);
        free(bytes);
        count++;
    }
    closedir(dir);
    assert_true(count > 0);
}
