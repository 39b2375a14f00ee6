/* See share.h. */
#include "session/share.h"

#include "base/names.h"

#include <stdarg.h>
#include <string.h>

/* Text in the making; what does not fit is cut. */
struct text {
    char *out;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int more = vsnprintf(text->out + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += more > 0 ? (size_t)more : 0;
    if (text->used >= text->size)
        text->used = text->size - 1;
}

static bool is_plain(const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%";
    return *value && strspn(value, plain) == strlen(value);
}

static void append_quoted(struct text *text, const char *value)
{
    if (is_plain(value)) {
        append(text, "%s", value);
        return;
    }
    if (names_is_printable(value)) {
        append(text, "'");
        for (; *value; value++)
            if (*value == '\'')
                append(text, "'\\''");
            else
                append(text, "%c", *value);
        append(text, "'");
        return;
    }
    append(text, "$'");
    for (; *value; value++) {
        const unsigned char byte = (unsigned char)*value;
        if (byte < ' ' || byte >= 0x7F)
            append(text, "\\%03o", byte);
        else
            append(text, "%s%c", byte == '\'' || byte == '\\' ? "\\" : "", byte);
    }
    append(text, "'");
}

void share_quote(const char *value, char *out, size_t size)
{
    struct text text = {.out = out, .size = size};
    out[0] = '\0';
    append_quoted(&text, value);
}

void share_command_line(const struct settings *settings, const char *program, char *out,
                        size_t size)
{
    struct settings made = settings_default();
    struct text text = {.out = out, .size = size};
    append(&text, "%s", program);
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char wanted[SETTING_TEXT], present[SETTING_TEXT];
        setting_get(settings, row, wanted, sizeof wanted);
        setting_get(&made, row, present, sizeof present);
        /* A text asks for its task, so that it is left out where that is another one. */
        if (strcmp(wanted, present) == 0 ||
            (row->kind == SETTING_STRING && settings->task != TASK_TEXT))
            continue;
        append(&text, " --%s ", row->name);
        append_quoted(&text, wanted);
        setting_set(&made, row->name, wanted, NULL);
    }
}
