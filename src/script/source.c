/* Where scripts come from: the program itself, standard input, files. See script.h. */
#include "script/script.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t size_limit = (size_t)1 << 20;

static const struct script_builtin *find_builtin(const char *name)
{
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++)
        if (strcmp(builtin->name, name) == 0)
            return builtin;
    return NULL;
}

/* Always false: says which built-in scripts there are, if that is what was meant. */
static bool refuse(const char *source, struct error *error)
{
    const char *names[64];
    int count = 0;
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++)
        if ((size_t)count < sizeof names / sizeof names[0])
            names[count++] = builtin->name;
    const struct names listed = {.first = names, .step = sizeof *names, .count = count};
    names_find(&listed, "script", source, error);
    const size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof error->text - used, " (or a file)");
    return false;
}

static bool parse_bytes(struct script *script, const char *name, const char *text, size_t size,
                        const struct script_setup *setup, struct error *error)
{
    char shown[256];
    if (strlen(text) == size)
        return script_parse(script, name, text, setup, error);
    int line = 1, column = 1; /* of the byte 0 */
    for (const char *byte = text; *byte; byte++) {
        column = *byte == '\n' ? 1 : column + ((*byte & 0xC0) != 0x80);
        line += *byte == '\n';
    }
    names_printable(shown, sizeof shown, name);
    return error_set(error, "%s:%d:%d: a byte 0: text, a command a line", shown, line, column);
}

bool script_open(struct script *script, const char *source, const struct script_setup *setup,
                 struct error *error)
{
    const struct script_builtin *builtin = find_builtin(source);
    const bool is_input = strcmp(source, "-") == 0;
    char *text;
    size_t size;
    *script = (struct script){0};
    if (builtin)
        return script_parse(script, builtin->name, builtin->text, setup, error);
    if (!is_input && !strchr(source, '/') && !strchr(source, '.') && !file_exists(source))
        return refuse(source, error);
    const char *name = is_input ? "standard input" : source;
    bool good = is_input ? file_read_stream(stdin, name, size_limit, &text, &size, error)
                         : file_read(source, size_limit, &text, &size, error);
    good = good && parse_bytes(script, name, text, size, setup, error);
    free(text);
    return good;
}
