/* A row of a training: what one line of JSON or CSV says of one step of one stack.
 *
 * Rows are those of `lnscope run` and of whoever writes such: `step` and `loss` are needed, all
 * other quantities are taken as far as they are there, other keys and columns are passed over.
 * Lines are not trusted. */
#ifndef LNSCOPE_SESSION_WATCH_ROW_H
#define LNSCOPE_SESSION_WATCH_ROW_H

#include "session/watch_map.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WATCH_TEXT = 64,      /* bytes of a text, with its NUL; what is longer is cut off */
    WATCH_ARRAYS = 512,   /* arrays of a row, at most */
    WATCH_COLUMNS = 65536 /* of CSV, at most */
};

/* An array of numbers: a quantity, or the one of its parts or tensors that has this name. */
struct watch_array {
    enum quantity quantity;
    const char *name;  /* NULL: the quantity is one array */
    int first, behind; /* where its numbers are: [first, behind) */
};

struct watch_row {
    int64_t step;
    char stack[WATCH_TEXT]; /* texts can be shown as they are; "": not in this row */
    char placement[WATCH_TEXT], norm[WATCH_TEXT], run[WATCH_TEXT], title[WATCH_TEXT];
    int finite;                /* 0, 1; -1: not in this row */
    double scalar[QUANTITIES]; /* of SHAPE_SCALAR; NAN: not finite, or not in this row */
    int layers;                /* blocks of the stack; 0: the row has no arrays */
    int arrays;
    struct watch_array array[WATCH_ARRAYS];
    /* Private: */
    bool has_step, has[QUANTITIES];
    int room;                          /* arrays that there is room for */
    float (*number)[WATCH_LAYERS + 1]; /* [room], owned */
};

/* Frees what reading rows into it has allocated. */
void watch_row_close(struct watch_row *row);

/* Array i: quantity_length() numbers for the row's layers, NAN where they are not in it. */
const float *watch_row_array(const struct watch_row *row, int i);

/* What reads lines of one file, one after the other. */
struct watch_reader {
    const struct watch_map *map; /* not owned */
    struct watch_names *names;   /* not owned */
    /* Private, of CSV: what the header said. */
    char separator; /* 0: there was none yet */
    int columns;
    struct watch_place *place; /* [columns], owned */
    char *field;               /* [room], owned: a field without its quotes */
    size_t room;
};

void watch_reader_open(struct watch_reader *reader, const struct watch_map *map,
                       struct watch_names *names);
void watch_reader_close(struct watch_reader *reader);

/* Another file begins, which may have another header. */
void watch_reader_begin(struct watch_reader *reader);

enum watch_line {
    WATCH_NO_ROW, /* a blank line, or a header */
    WATCH_ROW,
    WATCH_BAD /* with a reason */
};

/* Reads a line into `row`, which is all zero at first and keeps its room from row to row. */
enum watch_line watch_read(struct watch_reader *reader, const char *text, size_t size,
                           struct watch_row *row, struct error *error);

#endif
