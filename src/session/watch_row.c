/* See watch_row.h. Knows no files. */
#include "session/watch_row.h"

#include "base/json_read.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/numbers.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many arrays more, when there is no room for another one. */
enum { ROOM_MORE = 32 };

/* The largest step: whole numbers up to here are doubles, as JSON has them. */
static const double step_most = 9e15;

void watch_row_close(struct watch_row *row)
{
    free(row->number);
    *row = (struct watch_row){.step = 0};
}

static void clear(struct watch_row *row)
{
    row->step = 0;
    row->stack[0] = row->placement[0] = row->norm[0] = row->run[0] = row->title[0] = '\0';
    row->finite = -1;
    row->layers = row->arrays = 0;
    row->has_step = false;
    for (int q = 0; q < QUANTITIES; q++) {
        row->has[q] = false;
        row->scalar[q] = NAN;
    }
}

void watch_reader_open(struct watch_reader *reader, const struct watch_map *map,
                       struct watch_names *names)
{
    *reader = (struct watch_reader){.map = map, .names = names};
}

void watch_reader_begin(struct watch_reader *reader)
{
    free(reader->place);
    reader->place = NULL;
    reader->columns = 0;
    reader->separator = '\0';
}

void watch_reader_close(struct watch_reader *reader)
{
    watch_reader_begin(reader);
    free(reader->field);
    *reader = (struct watch_reader){.map = NULL};
}

/* ---- values ----------------------------------------------------------------------------------*/

static bool is_array(enum quantity quantity)
{
    return quantity_table[quantity].shape != SHAPE_SCALAR;
}

/* As many numbers as an array has for `layers` blocks: one more where it has x_0. */
static int extra(enum quantity quantity)
{
    return quantity_table[quantity].shape == SHAPE_LAYERS;
}

static float to_float(double value)
{
    return fabs(value) <= (double)FLT_MAX ? (float)value
           : value > 0                    ? INFINITY
           : value < 0                    ? -INFINITY
                                          : NAN;
}

/* The array of a quantity, and of a name where there are several; -1: there is no room for it. */
static int find_array(struct watch_row *row, enum quantity quantity, const char *name)
{
    for (int i = row->arrays - 1; i >= 0; i--)
        if (row->array[i].quantity == quantity && row->array[i].name == name)
            return i;
    if (row->arrays == WATCH_ARRAYS)
        return -1;
    if (row->arrays == row->room) {
        row->room += ROOM_MORE;
        row->number = memory_resize(row->number, (size_t)row->room, sizeof *row->number);
    }
    row->array[row->arrays] = (struct watch_array){.quantity = quantity, .name = name};
    return row->arrays++;
}

/* Puts in one number of an array; what is between it and the others is not known. */
static void put_in_array(struct watch_row *row, int i, int layer, double value)
{
    struct watch_array *array = &row->array[i];
    float *number = row->number[i];
    if (array->first == array->behind)
        array->first = array->behind = layer;
    for (; array->first > layer; array->first--)
        number[array->first - 1] = NAN;
    for (; array->behind <= layer; array->behind++)
        number[array->behind] = NAN;
    number[layer] = to_float(value);
}

static bool put_step(struct watch_row *row, double value, struct error *error)
{
    if (row->has_step)
        return error_set(error, "step is there twice: once");
    if (!(value >= 0 && value <= step_most && value == floor(value)))
        return error_set(error, "step %g: a whole number from 0", value);
    row->step = (int64_t)value;
    row->has_step = true;
    return true;
}

/* Notes that a quantity has come as a whole. */
static bool put_whole(struct watch_row *row, enum quantity quantity, struct error *error)
{
    if (row->has[quantity])
        return error_set(error, "%s is there twice: once", quantity_table[quantity].name);
    row->has[quantity] = true;
    return true;
}

static bool too_deep(enum quantity quantity, struct error *error)
{
    return error_set(error, "%s of more than %d layers: at most so many",
                     quantity_table[quantity].name, WATCH_LAYERS);
}

/* A number of an array that has a key or column of its own. */
static bool put_number(struct watch_row *row, const struct watch_place *place, double value,
                       struct error *error)
{
    if (place->layer > WATCH_LAYERS)
        return too_deep(place->quantity, error);
    const int i = find_array(row, place->quantity, place->tensor);
    if (i >= 0)
        put_in_array(row, i, place->layer, value);
    return true;
}

static char *text_of(struct watch_row *row, enum watch_field field)
{
    switch (field) {
    case WATCH_STACK:
        return row->stack;
    case WATCH_PLACEMENT:
        return row->placement;
    case WATCH_NORM:
        return row->norm;
    case WATCH_RUN:
        return row->run;
    case WATCH_TITLE:
        return row->title;
    case WATCH_NOTHING:
    case WATCH_STEP:
    case WATCH_FINITE:
    case WATCH_QUANTITY:
    case WATCH_FIELDS:
        break;
    }
    return NULL;
}

/* ---- a row that has been read ----------------------------------------------------------------*/

/* The number of the first layer or block: with a key of its own each, blocks are counted from 0 or
 * from 1. */
static int base_of(const struct watch_array *array)
{
    return !extra(array->quantity) && array->first > 0 ? 1 : 0;
}

const float *watch_row_array(const struct watch_row *row, int i)
{
    return row->number[i] + base_of(&row->array[i]);
}

/* Takes array i away. */
static void drop_array(struct watch_row *row, int i)
{
    row->arrays--;
    row->array[i] = row->array[row->arrays];
    memcpy(row->number[i], row->number[row->arrays], sizeof row->number[i]);
}

/* All arrays are of the same blocks; those without numbers are passed over. */
static bool check_arrays(struct watch_row *row, struct error *error)
{
    for (int i = 0; i < row->arrays;) {
        struct watch_array *array = &row->array[i];
        const char *name = quantity_table[array->quantity].name;
        const int base = base_of(array), layers = array->behind - base - extra(array->quantity);
        if (layers < 1) {
            drop_array(row, i);
            continue;
        }
        if (layers > WATCH_LAYERS)
            return too_deep(array->quantity, error);
        if (row->layers != 0 && layers != row->layers)
            return error_set(error, "%s%s%s is of %d layers: of %d, as %s is", name,
                             array->name ? " of " : "", array->name ? array->name : "", layers,
                             row->layers, quantity_table[row->array[0].quantity].name);
        row->layers = layers;
        for (int l = base; l < array->first; l++)
            row->number[i][l] = NAN;
        i++;
    }
    return true;
}

static enum watch_line finish(struct watch_row *row, struct error *error)
{
    if (!row->has_step || !row->has[QUANTITY_LOSS]) {
        error_set(error, "no %s: a row has step and loss", row->has_step ? "loss" : "step");
        return WATCH_BAD;
    }
    return check_arrays(row, error) ? WATCH_ROW : WATCH_BAD;
}

/* ---- JSON ------------------------------------------------------------------------------------*/

static bool read_numbers(struct json_reader *reader, struct watch_row *row, int i,
                         struct error *error)
{
    double value = NAN;
    row->array[i].first = row->array[i].behind = 0;
    json_read_array(reader);
    for (int layer = 0; json_read_item(reader); layer++) {
        if (!json_read_number(reader, &value))
            return false;
        if (layer > WATCH_LAYERS)
            return too_deep(row->array[i].quantity, error);
        put_in_array(row, i, layer, value);
    }
    return true;
}

/* The name of a part as the table has it; NULL: it has none of that name. */
static const char *part_of(enum quantity quantity, const char *key)
{
    const char *const *part = quantity_table[quantity].part;
    while (*part && strcmp(*part, key) != 0)
        part++;
    return *part;
}

/* {"NAME": [numbers], ...} */
static bool read_named_arrays(struct json_reader *reader, struct watch_names *names,
                              struct watch_row *row, enum quantity quantity, struct error *error)
{
    char key[WATCH_TENSOR];
    json_read_object(reader);
    while (json_read_key(reader, key, sizeof key)) {
        const char *name = NULL;
        if (key[0] && json_read_peek(reader) == JSON_ARRAY)
            name = quantity_table[quantity].part ? part_of(quantity, key) : watch_name(names, key);
        const int i = name ? find_array(row, quantity, name) : -1;
        if (i < 0)
            json_read_skip(reader);
        else if (!read_numbers(reader, row, i, error))
            return false;
    }
    return true;
}

/* A value that is not of the kind that the quantity has is somebody else's, and passed over. */
static bool read_quantity(struct json_reader *reader, struct watch_names *names,
                          const struct watch_place *place, struct watch_row *row,
                          struct error *error)
{
    const enum quantity q = place->quantity;
    const enum json_kind kind = json_read_peek(reader);
    const bool is_number = kind == JSON_NUMBER || kind == JSON_NULL;
    double value = NAN;
    if (place->layer >= 0)
        return is_number ? json_read_number(reader, &value) && put_number(row, place, value, error)
                         : json_read_skip(reader);
    if (!is_array(q)) {
        if (!is_number && q != QUANTITY_LOSS)
            return json_read_skip(reader);
        return json_read_number(reader, &row->scalar[q]) && put_whole(row, q, error);
    }
    if (quantity_is_named(q) && !place->tensor)
        return kind == JSON_OBJECT
                   ? put_whole(row, q, error) && read_named_arrays(reader, names, row, q, error)
                   : json_read_skip(reader);
    const int i = kind == JSON_ARRAY ? find_array(row, q, place->tensor) : -1;
    if (i < 0)
        return json_read_skip(reader);
    return (place->tensor || put_whole(row, q, error)) && read_numbers(reader, row, i, error);
}

static bool read_value(struct json_reader *reader, struct watch_names *names,
                       const struct watch_place *place, struct watch_row *row, struct error *error)
{
    const enum json_kind kind = json_read_peek(reader);
    char text[4 * WATCH_TEXT];
    double number;
    bool finite;
    switch (place->field) {
    case WATCH_STEP:
        return json_read_number(reader, &number) && put_step(row, number, error);
    case WATCH_FINITE:
        if (kind != JSON_BOOLEAN)
            return json_read_skip(reader);
        if (json_read_boolean(reader, &finite))
            row->finite = finite;
        return true;
    case WATCH_QUANTITY:
        return read_quantity(reader, names, place, row, error);
    case WATCH_STACK:
    case WATCH_PLACEMENT:
    case WATCH_NORM:
    case WATCH_RUN:
    case WATCH_TITLE:
        if (kind != JSON_STRING)
            return json_read_skip(reader);
        if (json_read_beginning(reader, text, sizeof text))
            names_printable(text_of(row, place->field), WATCH_TEXT, text);
        return true;
    case WATCH_NOTHING:
    case WATCH_FIELDS:
        break;
    }
    return json_read_skip(reader);
}

static enum watch_line read_json(struct watch_reader *reader, const char *text, size_t size,
                                 struct watch_row *row, struct error *error)
{
    struct json_reader json;
    char key[WATCH_KEY];
    error->text[0] = '\0';
    json_read_open(&json, text, size);
    json_read_words(&json);
    json_read_object(&json);
    while (json_read_key(&json, key, sizeof key)) {
        const struct watch_place place = watch_place(reader->map, reader->names, key);
        if (!read_value(&json, reader->names, &place, row, error) && error->text[0])
            return WATCH_BAD;
    }
    return json_read_close(&json, error) ? finish(row, error) : WATCH_BAD;
}

/* ---- CSV -------------------------------------------------------------------------------------*/

struct csv {
    const char *at, *end;
    bool last; /* the field that was taken was the last one */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A field in quotes, where two of them stand for one. */
static const char *take_quoted(struct watch_reader *reader, struct csv *csv, size_t *length)
{
    const size_t most = (size_t)(csv->end - csv->at);
    if (reader->room < most) {
        reader->field = memory_resize(reader->field, most, 1);
        reader->room = most;
    }
    *length = 0;
    for (csv->at++; csv->at < csv->end; csv->at++) {
        const bool quote = *csv->at == '"';
        if (quote && (csv->at + 1 == csv->end || csv->at[1] != '"'))
            break;
        csv->at += quote;
        reader->field[(*length)++] = *csv->at;
    }
    return reader->field;
}

/* The next field without blanks around it; good until the next one. What stands behind closing
 * quotes is passed over. */
static const char *take_field(struct watch_reader *reader, struct csv *csv, size_t *length)
{
    const char separator = reader->separator;
    while (csv->at < csv->end && is_blank(*csv->at) && *csv->at != separator)
        csv->at++;
    const bool quoted = csv->at < csv->end && *csv->at == '"';
    const char *field = quoted ? take_quoted(reader, csv, length) : csv->at;
    while (csv->at < csv->end && *csv->at != separator)
        csv->at++;
    if (!quoted) {
        *length = (size_t)(csv->at - field);
        while (*length > 0 && is_blank(field[*length - 1]))
            --*length;
    }
    csv->last = csv->at >= csv->end;
    csv->at += !csv->last;
    return field;
}

/* A field as a string, cut off where it is longer. */
static void copy_field(char *out, size_t size, const char *field, size_t length)
{
    const size_t kept = length < size ? length : size - 1;
    memcpy(out, field, kept);
    out[kept] = '\0';
}

static bool is_word(const char *field, size_t length, const char *word)
{
    if (length != strlen(word))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((field[i] | 32) != word[i])
            return false;
    return true;
}

/* A number, or a word for one that is not finite or not known. */
static bool csv_number(const char *field, size_t length, double *value)
{
    static const char *const word[] = {"nan", "none", "null", "n/a", "inf", "+inf", "-inf"};
    *value = NAN;
    if (length == 0)
        return true;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        if (!is_word(field, length, word[i]))
            continue;
        if (i >= 4)
            *value = word[i][0] == '-' ? -INFINITY : INFINITY;
        return true;
    }
    if (number_length(field, length) != length)
        return false;
    *value = number_value(field, length);
    return true;
}

/* What the next field of a header stands for. */
static struct watch_place take_place(struct watch_reader *reader, struct csv *csv)
{
    char key[WATCH_KEY];
    size_t length;
    const char *field = take_field(reader, csv, &length);
    if (length >= sizeof key)
        return (struct watch_place){.field = WATCH_NOTHING, .layer = -1};
    copy_field(key, sizeof key, field, length);
    return watch_place(reader->map, reader->names, key);
}

static bool is_header(struct watch_reader *reader, const char *text, size_t size)
{
    struct csv csv = {.at = text, .end = text + size};
    bool step = false, loss = false;
    while (!csv.last && !(step && loss)) {
        const struct watch_place place = take_place(reader, &csv);
        step = step || place.field == WATCH_STEP;
        loss = loss || (place.field == WATCH_QUANTITY && place.quantity == QUANTITY_LOSS);
    }
    return step && loss;
}

/* Notes of each column what it stands for; false where it is no header of rows. */
static bool read_header(struct watch_reader *reader, const char *text, size_t size)
{
    struct csv csv = {.at = text, .end = text + size};
    watch_reader_begin(reader);
    reader->separator = memchr(text, ',', size) ? ',' : memchr(text, '\t', size) ? '\t' : ';';
    if (!is_header(reader, text, size)) {
        reader->separator = '\0';
        return false;
    }
    while (!csv.last && reader->columns < WATCH_COLUMNS) {
        if (reader->columns % 256 == 0)
            reader->place =
                memory_resize(reader->place, (size_t)reader->columns + 256, sizeof *reader->place);
        reader->place[reader->columns++] = take_place(reader, &csv);
    }
    return true;
}

static bool put_csv_number(struct watch_row *row, const struct watch_place *place,
                           const char *field, size_t length, struct error *error)
{
    double value;
    char shown[WATCH_TEXT], copy[WATCH_TEXT];
    if (!csv_number(field, length, &value)) {
        copy_field(copy, sizeof copy, field, length);
        names_printable(shown, sizeof shown, copy);
        return error_set(error, "%s '%s': a number",
                         place->field == WATCH_STEP ? "step" : quantity_table[place->quantity].name,
                         shown);
    }
    if (place->field == WATCH_STEP)
        return put_step(row, value, error);
    if (place->layer >= 0)
        return put_number(row, place, value, error);
    row->scalar[place->quantity] = value;
    return put_whole(row, place->quantity, error);
}

static bool put_csv_field(struct watch_row *row, const struct watch_place *place, const char *field,
                          size_t length, struct error *error)
{
    char text[4 * WATCH_TEXT];
    switch (place->field) {
    case WATCH_QUANTITY:
        if (place->layer < 0 && is_array(place->quantity))
            return true;
        return put_csv_number(row, place, field, length, error);
    case WATCH_STEP:
        return put_csv_number(row, place, field, length, error);
    case WATCH_FINITE:
        if (is_word(field, length, "true") || is_word(field, length, "false"))
            row->finite = (field[0] | 32) == 't';
        return true;
    case WATCH_STACK:
    case WATCH_PLACEMENT:
    case WATCH_NORM:
    case WATCH_RUN:
    case WATCH_TITLE:
        copy_field(text, sizeof text, field, length);
        names_printable(text_of(row, place->field), WATCH_TEXT, text);
        return true;
    case WATCH_NOTHING:
    case WATCH_FIELDS:
        break;
    }
    return true;
}

/* Whether a header stands where a row could, as where files were joined: its step is no number. */
static bool is_header_again(struct watch_reader *reader, const char *text, size_t size)
{
    struct csv csv = {.at = text, .end = text + size};
    for (int column = 0; column < reader->columns && !csv.last; column++) {
        size_t length;
        double unused;
        const char *field = take_field(reader, &csv, &length);
        if (reader->place[column].field == WATCH_STEP && csv_number(field, length, &unused))
            return false;
    }
    return is_header(reader, text, size);
}

static enum watch_line read_csv(struct watch_reader *reader, const char *text, size_t size,
                                struct watch_row *row, struct error *error)
{
    struct csv csv = {.at = text, .end = text + size};
    int column = 0;
    if (reader->separator && is_header_again(reader, text, size))
        watch_reader_begin(reader);
    if (!reader->separator) {
        if (read_header(reader, text, size))
            return WATCH_NO_ROW;
        error_set(error, "no row: an object with step and loss, or a header with both");
        return WATCH_BAD;
    }
    for (; !csv.last; column++) {
        size_t length;
        const char *field = take_field(reader, &csv, &length);
        if (column < reader->columns &&
            !put_csv_field(row, &reader->place[column], field, length, error))
            return WATCH_BAD;
    }
    if (column != reader->columns) {
        error_set(error, "%d columns: %d, as in the header", column, reader->columns);
        return WATCH_BAD;
    }
    return finish(row, error);
}

/* ---- lines -----------------------------------------------------------------------------------*/

enum watch_line watch_read(struct watch_reader *reader, const char *text, size_t size,
                           struct watch_row *row, struct error *error)
{
    size_t blanks = 0;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* the mark of UTF-8 */
        text += 3;
        size -= 3;
    }
    while (blanks < size && (is_blank(text[blanks]) || text[blanks] == '\r'))
        blanks++;
    if (blanks == size)
        return WATCH_NO_ROW;
    if (memchr(text, '\0', size)) {
        error_set(error, "not a text: rows in UTF-8");
        return WATCH_BAD;
    }
    clear(row);
    if (text[blanks] == '{')
        return read_json(reader, text, size, row, error);
    return read_csv(reader, text, size, row, error);
}
