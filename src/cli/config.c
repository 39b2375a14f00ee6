/* See config.h. The INI is read by inih, which a build may lack: then there is no config file. */
#include "cli/config.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "core/kernels.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef HAVE_INIH
#include <ini.h>
#endif

enum { PATH_SIZE = 4096, FILE_BYTES = 1 << 16, LINE_BYTES = 198 };

static const char section_name[] = "settings";

extern char **environ;

/* ---- the file ---- */

#ifdef HAVE_INIH

struct reading {
    struct settings settings;
    struct error error;
    bool failed;
};

static int take_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    char shown[SETTING_NAME_TEXT];
    if (reading->failed)
        return 0;
    if (*section && strcmp(section, section_name) != 0) {
        names_printable(shown, sizeof shown, section);
        error_set(&reading->error, "section [%s]: settings stand in [%s], or before any section",
                  shown, section_name);
        reading->failed = true;
    } else {
        reading->failed = !setting_set(&reading->settings, name, value, &reading->error);
    }
    return !reading->failed;
}

static int accept_pair(void *user, const char *section, const char *name, const char *value)
{
    (void)user, (void)section, (void)name, (void)value;
    return 1;
}

/* A copy in which the library finds only what the manual page promises: lines begin with their
 * first word, so that none goes on with the one before, and comments are empty. The caller frees
 * it. */
static char *plain_lines(const char *text)
{
    char *plain = memory_new(strlen(text) + 1, 1), *to = plain;
    while (*text) {
        const size_t blanks = strspn(text, " \t\r\f\v"), length = strcspn(text, "\n");
        if (blanks < length && text[blanks] != '#' && text[blanks] != ';')
            for (size_t i = blanks; i < length; i++)
                *to++ = text[i];
        text += length;
        if (*text)
            *to++ = *text++;
    }
    return plain;
}

/* The first line that the library would cut in two, or 0. */
static int find_long_line(const char *text)
{
    for (int line = 1; *text; line++) {
        size_t length = strcspn(text, "\n");
        if (length > LINE_BYTES)
            return line;
        text += length + (text[length] == '\n');
    }
    return 0;
}

static bool parse_lines(struct settings *settings, const char *path, const char *text,
                        struct error *error)
{
    struct reading reading = {.settings = *settings};
    char shown[SETTING_NAME_TEXT * 4];
    names_printable(shown, sizeof shown, path);
    int line = find_long_line(text);
    if (line > 0)
        return error_set(error, "%s:%d: a line of more than %d bytes: NAME = VALUE is shorter",
                         shown, line, LINE_BYTES);
    int malformed = ini_parse_string(text, accept_pair, NULL);
    line = ini_parse_string(text, take_pair, &reading);
    if (malformed > 0 && malformed <= line)
        return error_set(error, "%s:%d: not a setting: NAME = VALUE, [%s] or a # comment", shown,
                         malformed, section_name);
    if (reading.failed)
        return error_set(error, "%s:%d: %.*s", shown, line, (int)sizeof reading.error.text / 2,
                         reading.error.text);
    *settings = reading.settings;
    return true;
}

bool config_parse(struct settings *settings, const char *path, const char *text,
                  struct error *error)
{
    char *plain = plain_lines(text);
    bool good = parse_lines(settings, path, plain, error);
    free(plain);
    return good;
}

#else

bool config_parse(struct settings *settings, const char *path, const char *text,
                  struct error *error)
{
    char shown[SETTING_NAME_TEXT * 4];
    (void)settings, (void)text, (void)section_name;
    names_printable(shown, sizeof shown, path);
    return error_set(error,
                     "%s cannot be read by this build, which has no inih: install libinih-dev and "
                     "build again, or use --no-config",
                     shown);
}

#endif

/* False when there is no place for it. */
static bool find_path(char *out, size_t size)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length;
    if (base && base[0] == '/') /* the specification wants others ignored */
        length = snprintf(out, size, "%s/lnscope/config", base);
    else if (home && *home)
        length = snprintf(out, size, "%s/.config/lnscope/config", home);
    else
        return false;
    return length > 0 && (size_t)length < size;
}

static bool apply_file(struct settings *settings, struct error *error)
{
    char path[PATH_SIZE], shown[SETTING_NAME_TEXT * 4], *text;
    struct stat status;
    size_t size;
    if (!find_path(path, sizeof path) || stat(path, &status) != 0)
        return true;
    names_printable(shown, sizeof shown, path);
    if (!S_ISREG(status.st_mode)) /* a pipe would be waited for */
        return error_set(error, "%s is no file: one of lines NAME = VALUE, or --no-config", shown);
    if (!file_read(path, FILE_BYTES, &text, &size, error))
        return false;
    bool right = strlen(text) == size
                     ? config_parse(settings, path, text, error)
                     : error_set(error, "%s: not a text file: lines of NAME = VALUE", shown);
    free(text);
    return right;
}

/* ---- the environment ---- */

static const char variable_prefix[] = "LNSCOPE_";

/* LNSCOPE_LEFT_NORM */
static void variable_of(char out[SETTING_NAME_TEXT], const char *prefix, const char *name)
{
    snprintf(out, SETTING_NAME_TEXT, "%s%s%s%s", variable_prefix, prefix, *prefix ? "_" : "", name);
    for (char *c = out; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static bool apply_variable(struct settings *settings, const char *prefix,
                           const struct setting_row *row, struct error *error)
{
    char variable[SETTING_NAME_TEXT], name[SETTING_NAME_TEXT];
    struct error reason;
    variable_of(variable, prefix, row->name);
    const char *value = getenv(variable);
    snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "-" : "", row->name);
    if (!value || !*value || setting_set(settings, name, value, &reason))
        return true;
    return error_set(error, "environment variable %s: %.*s", variable, (int)sizeof reason.text / 2,
                     reason.text);
}

/* Whether a variable of the environment that begins as ours do is one. */
static bool check_variable(const char *variable, struct error *error)
{
    enum { VARIABLES = (1 + SIDES) * SETTINGS_MAX + 1 };
    char full[VARIABLES][SETTING_NAME_TEXT];
    const char *words[VARIABLES];
    struct names names = NAMES_OF_WORDS(words);
    names.count = 0;
    for (int i = 0; i < setting_count; i++)
        for (int side = -1; side < (setting_table[i].per_stack ? SIDES : 0); side++) {
            words[names.count] = full[names.count];
            variable_of(full[names.count++], side < 0 ? "" : stack_names[side],
                        setting_table[i].name);
        }
    words[names.count++] = KERNELS_VARIABLE;
    return names_find(&names, "environment variable", variable, error) >= 0;
}

/* As known ones, those that are empty count as not set. */
static bool check_environment(struct error *error)
{
    bool good = true;
    for (char **at = environ; good && at && *at; at++) {
        const size_t length = strcspn(*at, "=");
        if (strncmp(*at, variable_prefix, strlen(variable_prefix)) != 0 || (*at)[length] != '=' ||
            (*at)[length + 1] == '\0')
            continue;
        char *variable = memory_copy_string(*at);
        variable[length] = '\0';
        good = check_variable(variable, error);
        free(variable);
    }
    return good;
}

static bool apply_environment(struct settings *settings, struct error *error)
{
    if (!check_environment(error))
        return false;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (!apply_variable(settings, "", row, error))
            return false;
        for (int side = 0; row->per_stack && side < SIDES; side++)
            if (!apply_variable(settings, stack_names[side], row, error))
                return false;
    }
    return true;
}

bool config_apply(struct settings *settings, struct error *error)
{
    return apply_file(settings, error) && apply_environment(settings, error);
}

/* ---- printing ---- */

/* Whether a line of the file brings the value back: the library takes what stands behind a blank
 * and a semicolon for a comment, and blanks around a value for nothing. */
static bool can_hold(const char *name, const char *value)
{
    char before = ' ';
    for (const char *c = value; *c; before = *c++)
        if (iscntrl((unsigned char)*c) || (before == ' ' && *c == ';'))
            return false;
    return value[0] != ' ' && before != ' ' &&
           strlen(name) + strlen(" = ") + strlen(value) <= LINE_BYTES;
}

void config_print(FILE *out, const struct settings *settings)
{
    char path[PATH_SIZE], shown[PATH_SIZE], value[SETTING_TEXT], values[SETTING_VALUES];
    fputs("# Settings of lnscope", out);
    if (find_path(path, sizeof path)) {
        names_printable(shown, sizeof shown, path);
        fprintf(out, ", read from %s", shown);
    }
    fprintf(out, "\n# They are applied in their order: a line that follows preset overrides what "
                 "that set.\n");
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        fprintf(out, "\n# %s", row->help);
        if (row->kind != SETTING_STRING) {
            setting_values(row, values, sizeof values);
            fprintf(out, "\n# %s; default %s", values, row->initial);
        }
        setting_get(settings, row, value, sizeof value);
        names_printable(shown, sizeof shown, value);
        const bool held = can_hold(row->name, value);
        if (*value && !held)
            fprintf(out, "\n# This value cannot stand in a config file.");
        fprintf(out, "\n%s%s = %s\n", held ? "" : "# ", row->name, held ? value : shown);
    }
}
