/* The reader of inputs of one block; see block.h. */
#include "train/block.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/numbers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 128, WORD = 32 };

static const size_t size_limit = (size_t)1 << 24;
static const double largest = 1e6;

/* A text while it is read. */
struct reader {
    struct block_input *input;
    const char *next;
    char shown[SHOWN]; /* the file's name */
    int line;          /* of `next`, from 1 */
    int first_line;    /* of the first row */
    struct error *error;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool at_line_end(const struct reader *reader)
{
    return *reader->next == '\n' || *reader->next == '\0';
}

static void skip_blanks(struct reader *reader)
{
    while (is_blank(*reader->next))
        reader->next++;
}

/* Reads the number at reader->next, which is not at the end of its line. */
static bool read_number(struct reader *reader, double *number)
{
    const size_t length = strcspn(reader->next, " \t\r\v\f\n,");
    char word[WORD + 1], shown[WORD + 8];
    snprintf(word, sizeof word, "%.*s", (int)(length < WORD ? length : WORD), reader->next);
    if (length == 0)
        return error_set(reader->error, "%s line %d: a comma without a number before it: give one",
                         reader->shown, reader->line);
    names_printable(shown, sizeof shown, word);
    if (length > WORD || number_length(word, length) != length)
        return error_set(reader->error,
                         "%s line %d: '%s' is not a number: numbers separated by blanks or commas",
                         reader->shown, reader->line, shown);
    *number = number_value(word, length);
    if (!(fabs(*number) <= largest))
        return error_set(reader->error, "%s line %d: %s is too large: from -%.0f to %.0f",
                         reader->shown, reader->line, shown, largest, largest);
    reader->next += length;
    return true;
}

static bool add_number(struct reader *reader, int at, double number)
{
    struct block_input *input = reader->input;
    const size_t used = (size_t)input->rows * (size_t)input->cols + (size_t)at;
    if (at >= BLOCK_SIDE_MAX)
        return error_set(reader->error, "%s line %d has too many numbers: at most %d",
                         reader->shown, reader->line, BLOCK_SIDE_MAX);
    input->number = memory_resize(input->number, used + 1, sizeof *input->number);
    input->number[used] = number;
    return true;
}

/* One line that is not empty. */
static bool read_row(struct reader *reader)
{
    struct block_input *input = reader->input;
    int count = 0;
    for (bool more = true; more;) {
        double number = 0;
        skip_blanks(reader);
        if (at_line_end(reader))
            return error_set(reader->error, "%s line %d ends with a comma: give a number behind it",
                             reader->shown, reader->line);
        if (!read_number(reader, &number) || !add_number(reader, count++, number))
            return false;
        skip_blanks(reader);
        more = !at_line_end(reader);
        if (*reader->next == ',')
            reader->next++;
    }
    if (input->rows == 0) {
        input->cols = count;
        reader->first_line = reader->line;
    }
    if (count != input->cols)
        return error_set(reader->error, "%s line %d has %d numbers: %d, as line %d has",
                         reader->shown, reader->line, count, input->cols, reader->first_line);
    input->rows++;
    return true;
}

static bool read_lines(struct reader *reader)
{
    for (reader->line = 1; *reader->next; reader->line++) {
        skip_blanks(reader);
        if (*reader->next == '#')
            reader->next += strcspn(reader->next, "\n");
        if (!at_line_end(reader)) {
            if (reader->input->rows >= BLOCK_SIDE_MAX)
                return error_set(reader->error, "%s line %d is a row too many: at most %d",
                                 reader->shown, reader->line, BLOCK_SIDE_MAX);
            if (!read_row(reader))
                return false;
        }
        reader->next += *reader->next == '\n';
    }
    if (reader->input->rows == 0)
        return error_set(reader->error,
                         "%s line %d: no numbers so far, and the file ends: a row of numbers for "
                         "each token",
                         reader->shown, reader->line);
    if (reader->input->cols < 2)
        return error_set(reader->error, "%s line %d has one number: 2 or more in a row",
                         reader->shown, reader->first_line);
    return true;
}

/* The line of the first byte that is not in a text, 0 when there is none. */
static int line_of_nul(const char *content, size_t size)
{
    int line = 1;
    for (size_t i = 0; i < size; i++) {
        line += content[i] == '\n';
        if (content[i] == '\0')
            return line;
    }
    return 0;
}

bool block_input_read(struct block_input *input, const char *path, struct error *error)
{
    struct reader reader = {.input = input, .error = error};
    char *content;
    size_t size;
    bool good;
    *input = (struct block_input){0};
    names_printable(reader.shown, sizeof reader.shown, path);
    if (!file_read(path, size_limit, &content, &size, error))
        return false;
    reader.next = content;
    const int nul = line_of_nul(content, size);
    if (nul)
        good = error_set(error, "%s line %d holds a NUL byte: a text with rows of numbers",
                         reader.shown, nul);
    else
        good = read_lines(&reader);
    free(content);
    if (!good)
        block_input_close(input);
    return good;
}

void block_input_close(struct block_input *input)
{
    free(input->number);
    *input = (struct block_input){0};
}
