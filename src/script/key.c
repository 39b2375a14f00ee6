/* See key.h. The names of keys are those of controls/keys.h. */
#include "script/key.h"

#include "base/utf8.h"
#include "controls/keys.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether the names are the same but for case, and blanks in the second. */
static bool is_same(const char *name, const char *described)
{
    for (; *described; described++) {
        if (*described == ' ')
            continue;
        if (tolower((unsigned char)*name) != tolower((unsigned char)*described))
            return false;
        name++;
    }
    return *name == '\0';
}

/* A name that key_describe() gives to a key which is no character. */
static int find_named(const char *name)
{
    char described[32];
    for (int i = 0, code; (code = key_named(i)) != KEY_CODE_NONE; i++) {
        key_describe(code, described, sizeof described);
        if (is_same(name, described + strlen("key ")))
            return code;
    }
    return KEY_CODE_NONE;
}

int script_key(const char *name)
{
    static const char *const control[] = {"C-", "Ctrl-"};
    const char *rest = name;
    const uint32_t code = utf8_next(&rest);
    if (*name && !*rest)
        return (int)code;
    for (size_t i = 0; i < sizeof control / sizeof control[0]; i++) {
        const size_t length = strlen(control[i]);
        if (strncmp(name, control[i], length) == 0 && isalpha((unsigned char)name[length]) &&
            !name[length + 1])
            return toupper((unsigned char)name[length]) - '@';
    }
    return strcmp(name, "S-Tab") == 0 ? KEY_CODE_BACK_TAB : find_named(name);
}
