/* See table.h. */
#include "cli/table.h"

#include "base/json.h"
#include "base/memory.h"
#include "screen/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The widest table, and the widest line of a record. */
enum { TABLE_COLUMNS = 130, LINE_COLUMNS = 80 };

struct table table_open(const struct table_column *column, int columns)
{
    return (struct table){.column = column, .columns = columns};
}

void table_close(struct table *table)
{
    for (int i = 0; i < table->cells; i++)
        free(table->cell[i]);
    free(table->cell);
    *table = (struct table){.cell = NULL};
}

void table_add(struct table *table, const char *text)
{
    table->cell = memory_resize(table->cell, (size_t)table->cells + 1, sizeof *table->cell);
    table->cell[table->cells++] = text ? memory_copy_string(text) : NULL;
}

void table_add_number(struct table *table, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    table_add(table, isfinite(value) ? text : NULL);
}

void table_add_bool(struct table *table, bool value)
{
    table_add(table, value ? "true" : "false");
}

static int rows_of(const struct table *table)
{
    return table->cells / table->columns;
}

static const char *cell_at(const struct table *table, int row, int column)
{
    return table->cell[row * table->columns + column];
}

/* What people are shown. */
static const char *shown(const struct table *table, int row, int column)
{
    const char *text = row < 0 ? table->column[column].name : cell_at(table, row, column);
    if (row >= 0 && text && table->column[column].kind == TABLE_BOOL)
        return strcmp(text, "true") == 0 ? "yes" : "";
    return text ? text : "-";
}

/* The text from column `indent` on, broken between words. */
static void print_wrapped(const char *text, int indent, FILE *out)
{
    int column = indent;
    while (*text) {
        int length = (int)strcspn(text, " ");
        bool first = column == indent;
        if (!first && column + 1 + length > LINE_COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        column += fprintf(out, "%s%.*s", first ? "" : " ", length, text);
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

/* Columns that say nothing about a row are left out of its record. */
static void print_records(const struct table *table, FILE *out)
{
    int heading = 0;
    for (int column = 1; column < table->columns; column++)
        if (canvas_columns(table->column[column].name) > heading)
            heading = canvas_columns(table->column[column].name);
    for (int row = 0; row < rows_of(table); row++) {
        fprintf(out, "%s%s\n", row ? "\n" : "", shown(table, row, 0));
        for (int column = 1; column < table->columns; column++) {
            if (!*shown(table, row, column))
                continue;
            fprintf(out, "  %-*s  ", heading, table->column[column].name);
            print_wrapped(shown(table, row, column), heading + 4, out);
        }
    }
}

void table_print(const struct table *table, FILE *out)
{
    int rows = rows_of(table), total = 0;
    int *width = memory_new((size_t)table->columns, sizeof *width);
    for (int column = 0; column < table->columns; column++) {
        for (int row = -1; row < rows; row++)
            if (canvas_columns(shown(table, row, column)) > width[column])
                width[column] = canvas_columns(shown(table, row, column));
        total += width[column] + 2;
    }
    if (total > TABLE_COLUMNS) {
        free(width);
        print_records(table, out);
        return;
    }
    for (int row = -1; row < rows; row++) {
        for (int column = 0; column < table->columns; column++) {
            const char *text = shown(table, row, column);
            int space = width[column] - canvas_columns(text);
            bool number = table->column[column].kind == TABLE_NUMBER;
            bool last = column + 1 == table->columns;
            fprintf(out, "%s%*s%s%*s", column ? "  " : "", number ? space : 0, "", text,
                    number || last ? 0 : space, "");
        }
        fputc('\n', out);
    }
    free(width);
}

void table_jsonl(const struct table *table, FILE *out)
{
    for (int row = 0; row < rows_of(table); row++) {
        for (int column = 0; column < table->columns; column++) {
            const char *text = cell_at(table, row, column);
            fputc(column ? ',' : '{', out);
            json_string(out, table->column[column].name);
            fputc(':', out);
            if (!text)
                fputs("null", out);
            else if (table->column[column].kind == TABLE_STRING)
                json_string(out, text);
            else
                fputs(text, out);
        }
        fputs("}\n", out);
    }
}
