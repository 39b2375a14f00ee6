/* See golden.h. */
#include "support/golden.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The letter of each role and its name in the legend; those of the ramp are `ramp_letters`. */
static const struct {
    char letter;
    const char *name;
} role_row[ROLE_RAMP] = {
    [ROLE_TEXT] = {'.', "text"},
    [ROLE_DIM] = {'d', "dim"},
    [ROLE_TITLE] = {'t', "title"},
    [ROLE_LEFT] = {'L', "left"},
    [ROLE_RIGHT] = {'R', "right"},
    [ROLE_LEFT_DIM] = {'l', "left dim"},
    [ROLE_RIGHT_DIM] = {'r', "right dim"},
    [ROLE_LEFT_GHOST] = {'(', "left ghost"},
    [ROLE_RIGHT_GHOST] = {')', "right ghost"},
    [ROLE_AXIS] = {'+', "axis"},
    [ROLE_REFERENCE] = {'-', "reference"},
    [ROLE_MARK] = {'!', "mark"},
    [ROLE_GOOD] = {'g', "good"},
    [ROLE_WARN] = {'w', "warn"},
    [ROLE_BAD] = {'b', "bad"},
    [ROLE_KEY] = {'k', "key"},
    [ROLE_BAR] = {'=', "bar"},
    [ROLE_BAR_STRONG] = {'S', "bar strong"},
    [ROLE_BAR_GOOD] = {'G', "bar good"},
    [ROLE_BAR_WARN] = {'W', "bar warn"},
    [ROLE_BAR_BAD] = {'B', "bar bad"},
    [ROLE_GRID] = {':', "grid"},
    [ROLE_TAB] = {'T', "tab"},
    [ROLE_ON_LOW] = {'<', "on low"},
    [ROLE_ON_HIGH] = {'>', "on high"},
};

/* From the lowest value to the highest. */
static const char ramp_letters[] = "0123456789ACDEFHIJKMNOPQ";
_Static_assert(sizeof ramp_letters == RAMP_STEPS + 1, "a letter for each step of the ramp");

static char role_letter(int role)
{
    return role < ROLE_RAMP ? role_row[role].letter : ramp_letters[role - ROLE_RAMP];
}

/* The letter of a cell in the block of roles, or in that of backgrounds. */
static char cell_letter(const struct cell *cell, bool backs)
{
    if (backs)
        return cell->back == BACK_OWN ? ' ' : role_letter(cell->back);
    return cell->role == ROLE_TEXT && cell->glyph == ' ' ? ' ' : role_letter(cell->role);
}

/* A letter for each cell; returns whether there is one, and notes which roles there are. */
static bool write_block(FILE *out, const struct canvas *canvas, bool backs, bool seen[ROLES])
{
    bool any = false;
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->cols;
        int end = canvas->cols;
        while (end > 0 && cell_letter(&cells[end - 1], backs) == ' ')
            end--;
        for (int col = 0; col < end; col++) {
            const char letter = cell_letter(&cells[col], backs);
            if (letter != ' ')
                seen[backs ? cells[col].back : cells[col].role] = true;
            fputc(letter, out);
        }
        fputc('\n', out);
        any = any || end > 0;
    }
    return any;
}

static void write_legend(FILE *out, const bool seen[ROLES])
{
    const char *between = "";
    bool ramp = false;
    for (int role = 0; role < ROLES; role++)
        if (seen[role] && role >= ROLE_RAMP) {
            ramp = true;
        } else if (seen[role]) {
            fprintf(out, "%s%c %s", between, role_row[role].letter, role_row[role].name);
            between = ", ";
        }
    if (ramp)
        fprintf(out, "%s%c to %c the ramp", between, ramp_letters[0], ramp_letters[RAMP_STEPS - 1]);
    fputc('\n', out);
}

/* Memory that a block is written to. */
static FILE *open_text(char **text, size_t *size)
{
    FILE *out = memory_stream_open(text, size);
    assert_non_null(out);
    return out;
}

char *golden_roles(const struct canvas *canvas)
{
    bool seen[ROLES] = {false};
    char *text, *backs;
    size_t size, backs_size;
    FILE *out = open_text(&text, &size), *behind = open_text(&backs, &backs_size);
    write_block(out, canvas, false, seen);
    const bool any = write_block(behind, canvas, true, seen);
    assert_true(memory_stream_close(behind, &backs));
    if (any)
        fprintf(out, "---- backgrounds\n%s", backs);
    free(backs);
    fputs("---- ", out);
    write_legend(out, seen);
    assert_true(memory_stream_close(out, &text));
    return text;
}

static void accept_file(const char *path, const char *text)
{
    struct error error;
    struct file file;
    if (!file_create(&file, path, true, &error))
        fail_msg("%s", error.text);
    fputs(text, file.stream);
    if (!file_commit(&file, &error))
        fail_msg("%s", error.text);
}

/* The line at *text without its end; *text moves behind it. */
static void next_line(const char **text, char *out, size_t size)
{
    size_t length = strcspn(*text, "\n");
    snprintf(out, size, "%.*s", (int)length, *text);
    *text += length + ((*text)[length] == '\n');
}

static void print_difference(const char *expected, const char *text)
{
    for (int row = 0; *expected || *text; row++) {
        char was[2048], is[2048];
        next_line(&expected, was, sizeof was);
        next_line(&text, is, sizeof is);
        if (strcmp(was, is) != 0)
            fprintf(stderr, "row %d\n  was |%s|\n  is  |%s|\n", row, was, is);
    }
}

/* Is the text that of the file? Says where not. */
static bool same_as_file(const char *path, const char *text)
{
    char *expected = NULL;
    size_t size;
    struct error error;
    if (!file_read(path, 1 << 20, &expected, &size, &error))
        fail_msg("%s; LNSCOPE_ACCEPT=1 writes it", error.text);
    const bool same = strcmp(expected, text) == 0;
    if (!same) {
        fprintf(stderr, "the screen differs from %s\n", path);
        print_difference(expected, text);
    }
    free(expected);
    return same;
}

void golden_check(const char *folder, const char *name, const struct canvas *canvas)
{
    char *layer[] = {canvas_to_text(canvas), golden_roles(canvas)};
    static const char *const ending[] = {"txt", "roles"};
    bool same = true;
    for (int i = 0; i < 2; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending[i]);
        if (getenv("LNSCOPE_ACCEPT"))
            accept_file(path, layer[i]);
        else
            same = same_as_file(path, layer[i]) && same;
        free(layer[i]);
    }
    if (!same)
        fail_msg("if %s is right as it is now: LNSCOPE_ACCEPT=1 accepts it", name);
}
