/* See json_read.h. */
#include "base/json_read.h"

#include "base/names.h"
#include "base/numbers.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What of the text a message shows. */
enum { SHOWN = 24 };

static bool is_wrong(const struct json_reader *reader)
{
    return reader->error.text[0] != '\0';
}

/* Notes that something else stands at `at` than what could; always false. */
static bool wrong_at(struct json_reader *reader, size_t at, const char *could)
{
    char found[SHOWN], shown[SHOWN];
    size_t length = 0;
    if (is_wrong(reader))
        return false;
    /* one character, or the whole of a word */
    while (at + length < reader->size && length + 1 < sizeof found &&
           (length == 0 || strchr(" \t\r\n,:{}[]\"", reader->text[at + length]) == NULL))
        length++;
    memcpy(found, reader->text + at, length);
    found[length] = '\0';
    if (length > 0 && !found[0])
        found[0] = '\1'; /* a NUL is shown as other control characters are */
    names_printable(shown, sizeof shown, found);
    if (length > 0)
        return error_set(&reader->error, "column %zu: '%s': %s", at + 1, shown, could);
    return error_set(&reader->error, "column %zu: the end: %s", at + 1, could);
}

static bool wrong(struct json_reader *reader, const char *could)
{
    return wrong_at(reader, reader->at, could);
}

bool json_read_refuse(struct json_reader *reader, const char *what)
{
    return is_wrong(reader) ? false : error_set(&reader->error, "column %zu: %s", reader->at, what);
}

void json_read_open(struct json_reader *reader, const char *text, size_t size)
{
    *reader = (struct json_reader){.text = text, .size = size};
}

void json_read_words(struct json_reader *reader)
{
    reader->words = true;
}

/* ---- characters ------------------------------------------------------------------------------*/

/* The character at the reader's place; '\0' at the end, and that is no JSON either. */
static char here(const struct json_reader *reader)
{
    return reader->at < reader->size ? reader->text[reader->at] : '\0';
}

static char after_blanks(struct json_reader *reader)
{
    while (reader->at < reader->size && strchr(" \t\r\n", reader->text[reader->at]) &&
           reader->text[reader->at])
        reader->at++;
    return here(reader);
}

static bool take(struct json_reader *reader, char wanted)
{
    if (after_blanks(reader) != wanted)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct json_reader *reader, const char *word)
{
    const size_t length = strlen(word);
    if (reader->size - reader->at < length || memcmp(reader->text + reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

enum json_kind json_read_peek(struct json_reader *reader)
{
    if (is_wrong(reader))
        return JSON_NOTHING;
    switch (after_blanks(reader)) {
    case 'n':
        return JSON_NULL;
    case 't':
    case 'f':
        return JSON_BOOLEAN;
    case '"':
        return JSON_STRING;
    case '[':
        return JSON_ARRAY;
    case '{':
        return JSON_OBJECT;
    case '-':
        return JSON_NUMBER;
    case 'N':
    case 'I':
        return reader->words ? JSON_NUMBER : JSON_NOTHING;
    default:
        return here(reader) >= '0' && here(reader) <= '9' ? JSON_NUMBER : JSON_NOTHING;
    }
}

/* Goes to the next value, which has to be of this kind. */
static bool expect(struct json_reader *reader, enum json_kind kind, const char *could)
{
    const enum json_kind found = json_read_peek(reader);
    return found == kind || wrong(reader, could);
}

/* ---- strings ---------------------------------------------------------------------------------*/

/* Four hexadecimal digits; -1 where they are not. */
static int32_t take_unit(struct json_reader *reader)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        const char digit = here(reader);
        if (digit >= '0' && digit <= '9')
            unit = unit * 16 + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            unit = unit * 16 + (digit - 'a' + 10);
        else if (digit >= 'A' && digit <= 'F')
            unit = unit * 16 + (digit - 'A' + 10);
        else
            return -1;
    }
    return unit;
}

/* What stands behind "\u": a code point, in UTF-16 of one unit or two. 0 when it is none. */
static uint32_t take_escaped_code(struct json_reader *reader)
{
    const int32_t high = take_unit(reader);
    if (high <= 0 || (high >= 0xDC00 && high < 0xE000))
        return 0;
    if (high < 0xD800 || high >= 0xE000)
        return (uint32_t)high;
    const int32_t low = take_word(reader, "\\u") ? take_unit(reader) : -1;
    if (low < 0xDC00 || low >= 0xE000)
        return 0;
    return 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
}

/* The code point that stands in the string as it is; 0 when its bytes are no UTF-8. */
static uint32_t take_plain_code(struct json_reader *reader)
{
    char bytes[5] = "";
    const char *end = bytes;
    const size_t left = reader->size - reader->at;
    memcpy(bytes, reader->text + reader->at, left < 4 ? left : 4);
    const uint32_t code = utf8_next(&end);
    if (code == UTF8_BAD && end - bytes < 3)
        return 0;
    reader->at += (size_t)(end - bytes);
    return code;
}

/* The next code point of a string, behind its first quote; 0 at its end and when it is wrong. */
static uint32_t take_code(struct json_reader *reader)
{
    static const char escape[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const size_t start = reader->at;
    const unsigned char first = (unsigned char)here(reader);
    uint32_t code;
    if (first == '"') {
        reader->at++;
        return 0;
    }
    if (first < 32)
        return (uint32_t)wrong(reader, "a character, or the '\"' that ends the string");
    if (first != '\\') {
        code = take_plain_code(reader);
        return code ? code : (uint32_t)wrong_at(reader, start, "a string in UTF-8");
    }
    reader->at++;
    const char letter = here(reader);
    const char *found = letter ? strchr(escape, letter) : NULL;
    reader->at += letter != '\0';
    if (found)
        return (unsigned char)meant[found - escape];
    code = letter == 'u' ? take_escaped_code(reader) : 0;
    return code ? code : (uint32_t)wrong_at(reader, start, "an escape such as \\n or \\u00e9");
}

/* A string, its quotes included, into `text` as far as there is room for whole characters; false
 * when something is wrong. `text` may be NULL. */
static bool take_string(struct json_reader *reader, char *text, size_t size, bool *whole)
{
    size_t used = 0;
    uint32_t code;
    *whole = true;
    reader->at++;
    while ((code = take_code(reader)) != 0) {
        char bytes[5];
        const size_t length = (size_t)utf8_put(bytes, code);
        *whole = *whole && text && used + length < size;
        if (*whole) {
            memcpy(text + used, bytes, length);
            used += length;
        }
    }
    if (is_wrong(reader))
        return false;
    if (text)
        text[used] = '\0';
    return true;
}

bool json_read_string(struct json_reader *reader, char *text, size_t size)
{
    bool whole;
    if (!expect(reader, JSON_STRING, "a string"))
        return false;
    const size_t start = reader->at;
    if (!take_string(reader, text, size, &whole))
        return false;
    if (whole)
        return true;
    *text = '\0';
    return wrong_at(reader, start, "a shorter string");
}

bool json_read_beginning(struct json_reader *reader, char *text, size_t size)
{
    bool unused;
    return expect(reader, JSON_STRING, "a string") && take_string(reader, text, size, &unused);
}

/* ---- numbers and words -----------------------------------------------------------------------*/

static int take_digits(struct json_reader *reader)
{
    const size_t start = reader->at;
    while (here(reader) >= '0' && here(reader) <= '9')
        reader->at++;
    return (int)(reader->at - start);
}

/* Passes over a number as it is written. */
static bool take_number(struct json_reader *reader)
{
    const size_t start = reader->at;
    reader->at += here(reader) == '-';
    const bool zero = here(reader) == '0';
    const int digits = take_digits(reader);
    bool good = digits > 0 && !(zero && digits > 1);
    if (good && here(reader) == '.') {
        reader->at++;
        good = take_digits(reader) > 0;
    }
    if (good && (here(reader) == 'e' || here(reader) == 'E')) {
        reader->at++;
        reader->at += here(reader) == '+' || here(reader) == '-';
        good = take_digits(reader) > 0;
    }
    if (!good)
        return wrong_at(reader, start, "a number such as -0.5 or 3e-4");
    if (reader->at - start > NUMBER_MOST)
        return wrong_at(reader, start, "a number with fewer digits");
    return true;
}

/* A number that is a word, if one stands here and they are allowed. */
static bool take_number_word(struct json_reader *reader, double *value)
{
    if (!reader->words)
        return false;
    if (take_word(reader, "NaN"))
        *value = NAN;
    else if (take_word(reader, "Infinity"))
        *value = INFINITY;
    else if (take_word(reader, "-Infinity"))
        *value = -INFINITY;
    else
        return false;
    return true;
}

bool json_read_number(struct json_reader *reader, double *value)
{
    if (json_read_peek(reader) == JSON_NULL) {
        if (!take_word(reader, "null"))
            return wrong(reader, "a number or null");
        *value = NAN;
        return true;
    }
    if (!expect(reader, JSON_NUMBER, "a number or null"))
        return false;
    if (take_number_word(reader, value))
        return true;
    const size_t start = reader->at;
    if (!take_number(reader))
        return false;
    const double found = number_value(reader->text + start, reader->at - start);
    if (!isfinite(found))
        return wrong_at(reader, start, "a number up to 1.8e308");
    *value = found;
    return true;
}

bool json_read_integer(struct json_reader *reader, int64_t *value)
{
    char text[NUMBER_MOST + 1] = "";
    if (!expect(reader, JSON_NUMBER, "a whole number"))
        return false;
    const size_t start = reader->at;
    if (!take_number(reader))
        return false;
    memcpy(text, reader->text + start, reader->at - start);
    int64_t found;
    if (!number_integer(text, &found))
        return wrong_at(reader, start, "a whole number of 64 bits");
    *value = found;
    return true;
}

bool json_read_boolean(struct json_reader *reader, bool *value)
{
    if (!expect(reader, JSON_BOOLEAN, "true or false"))
        return false;
    const bool found = here(reader) == 't';
    if (!take_word(reader, found ? "true" : "false"))
        return wrong(reader, "true or false");
    *value = found;
    return true;
}

/* ---- objects and arrays ----------------------------------------------------------------------*/

static bool enter(struct json_reader *reader, char close)
{
    if (reader->depth == JSON_READ_DEPTH)
        return wrong(reader, "fewer objects and arrays in one another");
    reader->at++;
    reader->close[reader->depth++] = close;
    reader->begun = false;
    return true;
}

bool json_read_object(struct json_reader *reader)
{
    return expect(reader, JSON_OBJECT, "an object") && enter(reader, '}');
}

bool json_read_array(struct json_reader *reader)
{
    return expect(reader, JSON_ARRAY, "an array") && enter(reader, ']');
}

/* Goes on to what comes next in the innermost container; false when that is its end, which is then
 * left, or when something is wrong. */
static bool go_on(struct json_reader *reader, char close)
{
    if (is_wrong(reader))
        return false;
    if (take(reader, close)) {
        reader->depth--;
        reader->begun = true; /* it stands itself in the one around it */
        return false;
    }
    if (reader->begun && !take(reader, ','))
        return wrong(reader, close == '}' ? "',' or '}'" : "',' or ']'");
    reader->begun = true;
    return true;
}

/* Whether the innermost container is what the caller takes it for. */
static bool is_in(const struct json_reader *reader, char close)
{
    return reader->depth > 0 && reader->close[reader->depth - 1] == close;
}

bool json_read_key(struct json_reader *reader, char *key, size_t size)
{
    bool whole;
    if (!is_in(reader, '}'))
        return json_read_refuse(reader, "no object was entered");
    if (!go_on(reader, '}') || !expect(reader, JSON_STRING, "a key"))
        return false;
    if (!take_string(reader, key, size, &whole))
        return false;
    if (!whole)
        *key = '\0';
    return take(reader, ':') || wrong(reader, "':'");
}

bool json_read_item(struct json_reader *reader)
{
    if (!is_in(reader, ']'))
        return json_read_refuse(reader, "no array was entered");
    return go_on(reader, ']');
}

/* A value that holds no others. */
static bool skip_plain(struct json_reader *reader)
{
    double number;
    bool unused;
    switch (json_read_peek(reader)) {
    case JSON_NULL:
        return take_word(reader, "null") || wrong(reader, "null");
    case JSON_BOOLEAN:
        return json_read_boolean(reader, &unused);
    case JSON_NUMBER:
        return take_number_word(reader, &number) || take_number(reader);
    case JSON_STRING:
        return take_string(reader, NULL, 0, &unused);
    case JSON_ARRAY:
    case JSON_OBJECT:
    case JSON_NOTHING:
        break;
    }
    return wrong(reader, "a value");
}

bool json_read_skip(struct json_reader *reader)
{
    const int depth = reader->depth;
    char key[2];
    do {
        const enum json_kind kind = json_read_peek(reader);
        if (kind == JSON_OBJECT)
            json_read_object(reader);
        else if (kind == JSON_ARRAY)
            json_read_array(reader);
        else
            skip_plain(reader);
        /* to the next value inside, leaving what ends */
        while (
            reader->depth > depth && !is_wrong(reader) &&
            !(is_in(reader, '}') ? json_read_key(reader, key, sizeof key) : json_read_item(reader)))
            continue;
    } while (reader->depth > depth && !is_wrong(reader));
    return !is_wrong(reader);
}

bool json_read_close(struct json_reader *reader, struct error *error)
{
    if (!is_wrong(reader) && reader->depth > 0)
        wrong(reader, "the end of an object or an array");
    after_blanks(reader);
    if (reader->at < reader->size)
        wrong(reader, "the end");
    if (is_wrong(reader))
        *error = reader->error;
    return !is_wrong(reader);
}
