/* Settings from outside: a config file and, behind a line "--", the words of a command line, a line
 * each. What is read can be written, and read again as the same. */
#include "fuzz/fuzz.h"

#include "cli/config.h"
#include "cli/options.h"
#include "session/share.h"
#include "train/settings_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64 };

/* But for the name of a text, which not every config file can hold. */
static bool is_same(const struct settings *one, const struct settings *other)
{
    struct settings copy = *other;
    memcpy(copy.text, one->text, sizeof copy.text);
    return settings_difference(one, &copy) < 0;
}

static void read_config(const char *text)
{
    struct settings settings = settings_default(), again = settings;
    struct error error;
    char *written;
    size_t size;
    if (!config_parse(&settings, "fuzz", text, &error)) {
        fuzz_must_say(&error);
        return;
    }
    (void)settings_check(&settings, &error);
    FILE *out = open_memstream(&written, &size);
    fuzz_must(out != NULL);
    config_print(out, &settings);
    fuzz_must(fclose(out) == 0);
    fuzz_must(config_parse(&again, "fuzz", written, &error) && is_same(&settings, &again));
    free(written);
}

/* Splits the text where `apart` stands, behind the name of the program. */
static int split(char *text, char apart, char *words[WORDS_MAX + 1])
{
    static char program[] = "lnscope";
    int count = 0;
    words[count++] = program;
    while (text && count < WORDS_MAX) {
        char *end = strchr(text, apart);
        words[count++] = text;
        if (end)
            *end++ = '\0';
        text = end;
    }
    words[count] = NULL;
    return count;
}

/* The command line that makes these settings again, of words that need no quotes. */
static void share(const struct settings *settings)
{
    static struct options again;
    static char line[SHARE_TEXT];
    char *words[WORDS_MAX + 1];
    struct error error;
    share_command_line(settings, "lnscope", line, sizeof line);
    char *blank = strchr(line, ' ');
    if (strchr(line, '\'') || !blank)
        return;
    const int count = split(blank + 1, ' ', words);
    if (count == WORDS_MAX)
        return;
    fuzz_must(options_parse(&again, NULL, count, words, &error));
    fuzz_must(is_same(settings, &again.settings));
}

static void read_options(char *text)
{
    static struct options options;
    char *words[WORDS_MAX + 1];
    struct error error;
    enum format format;
    int64_t number;
    const int count = split(text, '\n', words);
    if (!options_parse(&options, NULL, count, words, &error)) {
        fuzz_must_say(&error);
        return;
    }
    if (command_table[options.command].formats.count > 0 &&
        !options_format(&options, false, &format, &error))
        fuzz_must_say(&error);
    if (!options_integer(&options, OPTION_EVERY, 1, 1, &number, &error))
        fuzz_must_say(&error);
    share(&options.settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char between[] = "\n--\n";
    char *text = fuzz_text(bytes, size), *words = strstr(text, between);
    if (words)
        *words = '\0';
    read_config(text);
    if (words)
        read_options(words + sizeof between - 1);
    free(text);
    return 0;
}
