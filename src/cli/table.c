/* See table.h. */
#include "cli/table.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

int table_rows(const struct table *table)
{
    return table->cells / table->columns;
}

const char *table_cell(const struct table *table, int row, int column)
{
    return table->cell[row * table->columns + column];
}

/* What people are shown. */
static const char *shown(const struct table *table, int row, int column)
{
    const char *text = row < 0 ? table->column[column].name : table_cell(table, row, column);
    if (row >= 0 && text && table->column[column].kind == TABLE_BOOL)
        return strcmp(text, "true") == 0 ? "yes" : "";
    return text ? text : "-";
}

static int columns_of(const char *text)
{
    int columns = 0;
    while (utf8_next(&text))
        columns++;
    return columns;
}

void table_print(const struct table *table, FILE *out)
{
    int rows = table_rows(table);
    int *width = memory_new((size_t)table->columns, sizeof *width);
    for (int column = 0; column < table->columns; column++)
        for (int row = -1; row < rows; row++)
            if (columns_of(shown(table, row, column)) > width[column])
                width[column] = columns_of(shown(table, row, column));
    for (int row = -1; row < rows; row++) {
        for (int column = 0; column < table->columns; column++) {
            const char *text = shown(table, row, column);
            int space = width[column] - columns_of(text);
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
    for (int row = 0; row < table_rows(table); row++) {
        for (int column = 0; column < table->columns; column++) {
            const char *text = table_cell(table, row, column);
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
