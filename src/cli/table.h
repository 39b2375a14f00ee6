/* A table of short strings, printed for people (aligned) and for machines (JSONL). */
#ifndef LNSCOPE_CLI_TABLE_H
#define LNSCOPE_CLI_TABLE_H

#include <stdbool.h>
#include <stdio.h>

enum table_kind { TABLE_STRING, TABLE_NUMBER, TABLE_BOOL };

struct table_column {
    const char *name; /* the JSON key and the heading */
    enum table_kind kind;
};

struct table {
    const struct table_column *column; /* not owned */
    int columns;
    int cells;   /* added so far, row by row */
    char **cell; /* [cells], owned; NULL: not known */
};

/* Starts an empty table; table_close() frees it. */
struct table table_open(const struct table_column *column, int columns);
void table_close(struct table *table);

/* Adds the next cell, from left to right and top to bottom. A string that is NULL, or a number that
 * is not finite, is not known. */
void table_add(struct table *table, const char *text);
void table_add_number(struct table *table, double value);
void table_add_bool(struct table *table, bool value);

/* Aligned columns under a heading, or, where they are too wide for that, one record after the other
 * with a line for each column; "-" is what is not known. */
void table_print(const struct table *table, FILE *out);

/* One object per row; null is what is not known. */
void table_jsonl(const struct table *table, FILE *out);

#endif
