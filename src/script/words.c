/* See words.h. */
#include "script/words.h"

#include "base/names.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 48 };

void script_words_open(struct script_words *words, const char *file, const char *text, char *room,
                       struct error *error)
{
    const char mark[] = "\xEF\xBB\xBF"; /* some editors begin a text in UTF-8 with it */
    *words = (struct script_words){
        .file = file,
        .next = strncmp(text, mark, strlen(mark)) == 0 ? text + strlen(mark) : text,
        .room = room,
        .line = 1,
        .column = 1,
        .error = error,
    };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Reads one character that is no new line. */
static uint32_t take_character(struct script_words *words)
{
    words->column++;
    return utf8_next(&words->next);
}

static void skip_blanks(struct script_words *words)
{
    while (is_blank(*words->next))
        take_character(words);
    if (*words->next == '#')
        while (*words->next && *words->next != '\n')
            take_character(words);
}

bool script_words_line(struct script_words *words)
{
    for (;;) {
        skip_blanks(words);
        if (*words->next != '\n')
            return *words->next != '\0';
        words->next++;
        words->line++;
        words->column = 1;
    }
}

/* One character of a word, copied to the room; false where it cannot stand in a script. */
static bool copy_character(struct script_words *words)
{
    const int column = words->column;
    const uint32_t code = take_character(words);
    if (code == UTF8_BAD || names_steers(code))
        return script_words_say(words, words->line, column,
                                "%s: text in UTF-8 without control characters",
                                code == UTF8_BAD ? "a byte that is no UTF-8"
                                                 : "a character that could steer a terminal");
    words->room += utf8_put(words->room, code);
    return true;
}

/* The character behind a backslash. */
static bool copy_escape(struct script_words *words)
{
    static const char escapes[] = "\"\\n", meant[] = "\"\\\n";
    const char *found = *words->next ? strchr(escapes, *words->next) : NULL;
    if (!found)
        return script_words_say(words, words->line, words->column - 1,
                                "a backslash in a text: \\\" for a quote, \\\\ for a backslash, "
                                "\\n for a new line");
    *words->room++ = meant[found - escapes];
    take_character(words);
    return true;
}

static bool take_quoted(struct script_words *words, const struct script_word *word)
{
    take_character(words);
    while (*words->next != '"') {
        if (*words->next == '\0' || *words->next == '\n')
            return script_words_say(words, word->line, word->column,
                                    "a quote without its end: a text between two double quotes");
        if (*words->next != '\\') {
            if (!copy_character(words))
                return false;
            continue;
        }
        take_character(words);
        if (!copy_escape(words))
            return false;
    }
    take_character(words);
    if (*words->next && *words->next != '\n' && !is_blank(*words->next))
        return script_words_say(words, words->line, words->column,
                                "no blank behind a closing quote: a blank, or \\\" for a quote in "
                                "a text");
    return true;
}

bool script_words_next(struct script_words *words, struct script_word *word)
{
    skip_blanks(words);
    *word = (struct script_word){.text = words->room,
                                 .line = words->line,
                                 .column = words->column,
                                 .quoted = *words->next == '"',
                                 .end = *words->next == '\0' || *words->next == '\n'};
    if (word->end) {
        word->text = "";
        return true;
    }
    if (word->quoted && !take_quoted(words, word))
        return false;
    while (!word->quoted && *words->next && *words->next != '\n' && !is_blank(*words->next))
        if (!copy_character(words))
            return false;
    *words->room++ = '\0';
    return true;
}

bool script_words_peek(const struct script_words *words, struct script_word *word)
{
    struct script_words ahead = *words; /* its word lies where the next one will */
    return script_words_next(&ahead, word);
}

bool script_words_say(const struct script_words *words, int line, int column, const char *format,
                      ...)
{
    char message[sizeof words->error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(words->error, "%s:%d:%d: %s", words->file, line, column, message);
}

bool script_words_wrong(const struct script_words *words, const struct script_word *word,
                        const char *could, ...)
{
    char message[sizeof words->error->text], shown[SHOWN];
    const char *quote = word->end ? "" : "'";
    va_list arguments;
    va_start(arguments, could);
    vsnprintf(message, sizeof message, could, arguments);
    va_end(arguments);
    names_printable(shown, sizeof shown, word->end ? "the line ends here" : word->text);
    return script_words_say(words, word->line, word->column, "%s%s%s: %s", quote, shown, quote,
                            message);
}
