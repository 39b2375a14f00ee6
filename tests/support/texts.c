/* See texts.h. */
#include "support/texts.h"

#include "base/error.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

char *text_of_file(const char *path)
{
    char *text = NULL;
    size_t size;
    struct error error;
    if (!file_read(path, 1 << 26, &text, &size, &error))
        fail_msg("%s", error.text);
    return text;
}

void text_to_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    assert_int_equal(fclose(out), 0);
}

int count_in(const char *text, const char *part)
{
    int found = 0;
    for (; (text = strstr(text, part)); text++)
        found++;
    return found;
}

void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

void assert_error_line(const char *text, const char *words, const char *of)
{
    if (strncmp(text, "lnscope: ", 9) != 0 || !strstr(text, words) ||
        strchr(text, '\n') != text + strlen(text) - 1)
        fail_msg("%s: \"%s\" does not say \"%s\" in one line", of, text, words);
}
