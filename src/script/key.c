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
    static const int codes[] = {
        KEY_CODE_TAB,       KEY_CODE_BACK_TAB,  KEY_CODE_ENTER, KEY_CODE_ESCAPE, KEY_CODE_SPACE,
        KEY_CODE_BACKSPACE, KEY_CODE_UP,        KEY_CODE_DOWN,  KEY_CODE_LEFT,   KEY_CODE_RIGHT,
        KEY_CODE_PAGE_UP,   KEY_CODE_PAGE_DOWN, KEY_CODE_HOME,  KEY_CODE_END,    KEY_CODE_DELETE,
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char described[32];
        key_describe(codes[i], described, sizeof described);
        if (is_same(name, described + strlen("key ")))
            return codes[i];
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
