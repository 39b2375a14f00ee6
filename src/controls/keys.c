/* See keys.h. Must not know what an action does. */
#include "controls/keys.h"

#include "base/utf8.h"

#include <stdio.h>

#define ACTION_KEY(id, handler, argument, ...) [ACTION_##id] = {__VA_ARGS__},
const struct key_row key_table[ACTIONS] = {ACTION_LIST(ACTION_KEY)};

int key_latin(int code)
{
    static const struct {
        const char *letters, *latin; /* in the order of the keys */
    } layouts[] = {
        {"йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"},
        {"ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ", "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~"},
        {"іїєґў", "s]'\\o"},
        {"ІЇЄҐЎ", "S}\"|O"},
        {"\u037Eςερτυθιοπασδφγηξκλζχψωβνμ", "qwertyuiopasdfghjklzxcvbnm"},
        {"ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"},
    };
    if (code < 0x80 || code >= KEY_CODE_UP)
        return code;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const char *letter = layouts[i].letters, *latin = layouts[i].latin;
        for (; *latin; latin++)
            if ((int)utf8_next(&letter) == code)
                return *latin;
    }
    return code;
}

int key_action(int code)
{
    code = key_latin(code);
    if (code == KEY_CODE_NONE)
        return -1;
    for (int i = 0; i < ACTIONS; i++)
        if (key_table[i].code[0] == code || key_table[i].code[1] == code)
            return i;
    return -1;
}

static const struct {
    int code;
    const char *name;
} named[] = {
    {KEY_CODE_TAB, "Tab"},         {KEY_CODE_BACK_TAB, "Shift-Tab"},  {KEY_CODE_ENTER, "Enter"},
    {KEY_CODE_ESCAPE, "Escape"},   {KEY_CODE_SPACE, "space"},         {KEY_CODE_UP, "Up"},
    {KEY_CODE_DOWN, "Down"},       {KEY_CODE_LEFT, "Left"},           {KEY_CODE_RIGHT, "Right"},
    {KEY_CODE_PAGE_UP, "Page Up"}, {KEY_CODE_PAGE_DOWN, "Page Down"}, {KEY_CODE_HOME, "Home"},
    {KEY_CODE_DELETE, "Delete"},   {KEY_CODE_BACKSPACE, "Backspace"}, {KEY_CODE_END, "End"},
};

int key_named(int index)
{
    return index < (int)(sizeof named / sizeof named[0]) ? named[index].code : KEY_CODE_NONE;
}

void key_describe(int code, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i].code == code) {
            snprintf(out, size, "key %s", named[i].name);
            return;
        }
    if (code > ' ' && code < 127)
        snprintf(out, size, "key '%c'", code);
    else if (code >= 0 && code < ' ')
        snprintf(out, size, "key Ctrl-%c", code + '@');
    else if (code > 127 && code < KEY_CODE_UP)
        snprintf(out, size, "key U+%04X", (unsigned)code);
    else
        snprintf(out, size, "this key");
}
