/* Reading JSON (RFC 8259), one value after the other, from a text in memory that may be damaged or
 * hostile.
 *
 * The caller says what it expects next. The first thing that is wrong is kept, and every later call
 * returns false, so that a whole text can be read before json_read_close() tells:
 *
 *     json_read_open(&reader, text, size);
 *     json_read_object(&reader);
 *     while (json_read_key(&reader, key, sizeof key))
 *         if (strcmp(key, "step") == 0)
 *             json_read_integer(&reader, &step);
 *         else
 *             json_read_skip(&reader);
 *     if (!json_read_close(&reader, &error))
 *         ...
 *
 * It is strict: no comments, no commas too many, no NaN, strings are whole UTF-8. It allocates
 * nothing and does not recurse. That a key comes twice is the caller's to find. */
#ifndef LNSCOPE_BASE_JSON_READ_H
#define LNSCOPE_BASE_JSON_READ_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many objects and arrays may lie in one another. */
enum { JSON_READ_DEPTH = 64 };

enum json_kind {
    JSON_NOTHING, /* no value begins here, or something was wrong before */
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_reader {
    /* Private: */
    const char *text; /* [size], not owned */
    size_t size, at;
    int depth;                   /* objects and arrays that are open */
    char close[JSON_READ_DEPTH]; /* what ends each of them */
    bool begun;                  /* something stands in the innermost of them */
    bool words;                  /* see json_read_words() */
    struct error error;          /* the first thing that was wrong; "": nothing */
};

/* Starts at the beginning of the text, which need not end in a NUL and must stay while it is read.
 */
void json_read_open(struct json_reader *reader, const char *text, size_t size);

/* From here on NaN, Infinity and -Infinity are numbers, as Python and others write them. */
void json_read_words(struct json_reader *reader);

/* What begins at the next value: that of the key that was read last, or the item. */
enum json_kind json_read_peek(struct json_reader *reader);

/* Enters an object or an array, which must be the next value. */
bool json_read_object(struct json_reader *reader);
bool json_read_array(struct json_reader *reader);

/* Goes to the next member of the innermost object and copies its key; one that does not fit with
 * its NUL becomes "". At the end of the object false, and the object is left. */
bool json_read_key(struct json_reader *reader, char *key, size_t size);

/* Whether there is another item in the innermost array; if not, the array is left. */
bool json_read_item(struct json_reader *reader);

/* The next value. A number is what a double holds, and null is NAN, which is how rows write what
 * is not finite. An integer has neither fraction nor exponent and fits in 64 bits. A string has to
 * fit in `size` bytes with its NUL, and has no NUL inside. False, and nothing is set, when it is
 * something else. */
bool json_read_number(struct json_reader *reader, double *value);
bool json_read_integer(struct json_reader *reader, int64_t *value);
bool json_read_boolean(struct json_reader *reader, bool *value);
bool json_read_string(struct json_reader *reader, char *text, size_t size);

/* The next value, a string, as far as there is room for whole characters. */
bool json_read_beginning(struct json_reader *reader, char *text, size_t size);

/* Passes over the next value, with all that is in it. */
bool json_read_skip(struct json_reader *reader);

/* For a caller that does not like a value it has read: notes "column N: WHAT", unless something
 * was wrong before; always false. */
bool json_read_refuse(struct json_reader *reader, const char *what);

/* Whether everything was right, all objects and arrays were left and only blanks follow; otherwise
 * false with the first reason, "column N: what stands there: what could". Columns are bytes, from
 * 1. */
bool json_read_close(struct json_reader *reader, struct error *error);

#endif
