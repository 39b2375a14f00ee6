/* See block_text.h. */
#include "cli/block_text.h"

#include "base/memory.h"
#include "base/names.h"
#include "screen/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 16, GAP = 2, GAP_NARROW = 1, INDENT = 2, HEADING = 128, BOTH = 2 };

static const char between[] = " | ";

/* ---- numbers ---------------------------------------------------------------------------------*/

/* A number with four significant digits; those that would need many zeros are scientific. */
static void write_number(char out[CELL], double value)
{
    char scientific[CELL];
    snprintf(scientific, sizeof scientific, "%.3e", value);
    const char *exponent = strchr(scientific, 'e');
    const int power = exponent ? (int)strtol(exponent + 1, NULL, 10) : 0;
    if (value == 0)
        strcpy(out, "0");
    else if (!exponent) /* not finite */
        strcpy(out, scientific);
    else if (power < -3 || power > 5)
        snprintf(out, CELL, "%.*se%d", (int)(exponent - scientific), scientific, power);
    else
        snprintf(out, CELL, "%.*f", power < 3 ? 3 - power : 0, value);
}

/* How wide a column of numbers is before and from the decimal point on. */
struct widths {
    int whole, rest;
};

static int whole_width(const char *number)
{
    return (int)strcspn(number, ".");
}

static void widen(struct widths *widths, const char *number)
{
    const int whole = whole_width(number), rest = (int)strlen(number) - whole;
    widths->whole = whole > widths->whole ? whole : widths->whole;
    widths->rest = rest > widths->rest ? rest : widths->rest;
}

static void print_aligned(FILE *out, struct widths widths, const char *number)
{
    const int whole = whole_width(number);
    fprintf(out, "%*s%-*s", widths.whole - whole, "", widths.rest + whole, number);
}

/* ---- matrices --------------------------------------------------------------------------------*/

/* The widths of the columns of a matrix, in an array that the caller frees. */
static struct widths *column_widths(const real *matrix, int rows, int cols)
{
    struct widths *widths = memory_new((size_t)cols, sizeof *widths);
    char number[CELL];
    for (int i = 0; i < rows * cols; i++) {
        write_number(number, (double)matrix[i]);
        widen(&widths[i % cols], number);
    }
    return widths;
}

/* How a matrix is printed: so many columns together, so many blanks apart. */
struct arrangement {
    int together, gap;
};

/* Characters of the widest row where so many columns are printed together. */
static int widest_row(const struct widths *widths, int cols, struct arrangement as)
{
    int widest = 0, width = 0;
    for (int col = 0; col < cols; col++) {
        width = col % as.together == 0 ? INDENT : width + as.gap;
        width += widths[col].whole + widths[col].rest;
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* All columns together where they fit, else shares of about the same size. */
static struct arrangement arrange(const struct widths *widths, int cols, int limit)
{
    struct arrangement as = {.together = 1, .gap = GAP_NARROW};
    for (int parts = 1; parts < cols; parts++) {
        as.together = (cols + parts - 1) / parts;
        for (as.gap = GAP; as.gap >= GAP_NARROW; as.gap--)
            if (widest_row(widths, cols, as) <= limit)
                return as;
    }
    return (struct arrangement){.together = 1, .gap = GAP};
}

static void print_matrix(FILE *out, const real *matrix, int rows, int cols, int limit)
{
    struct widths *widths = column_widths(matrix, rows, cols);
    const struct arrangement as = arrange(widths, cols, limit);
    for (int first = 0; first < cols; first += as.together) {
        const int end = first + as.together < cols ? first + as.together : cols;
        if (as.together < cols)
            fprintf(out, "%*snumbers %d to %d of each row:\n", INDENT, "", first + 1, end);
        for (int row = 0; row < rows; row++) {
            for (int col = first; col < end; col++) {
                char number[CELL];
                write_number(number, (double)matrix[row * cols + col]);
                fprintf(out, "%*s", col > first ? as.gap : INDENT, "");
                print_aligned(out, widths[col], number);
            }
            fputc('\n', out);
        }
    }
    free(widths);
}

/* ---- tensors ---------------------------------------------------------------------------------*/

/* The tensor of a block at a place and order; NULL: it has none. */
static const struct block_tensor *find(const struct block *block, int place, int order)
{
    for (int i = 0; i < block->tensors; i++)
        if ((int)block->tensor[i].place == place && block->tensor[i].order == order)
            return &block->tensor[i];
    return NULL;
}

/* Does the backward pass come to `a` before it comes to `b`? At x the parts come first. */
static bool is_before(const struct block_tensor *a, const struct block_tensor *b)
{
    const bool a_point = a->order < TRACE_POINTS, b_point = b->order < TRACE_POINTS;
    if (a->place != b->place)
        return a->place > b->place;
    if (a_point != b_point)
        return a_point ? a->order != TRACE_X : b->order == TRACE_X;
    return a_point ? a->order > b->order : a->order < b->order;
}

/* The first tensor on the way back that has the same gradient; the tensor itself where it is new.
 */
static const struct block_tensor *same_gradient(const struct block *block,
                                                const struct block_tensor *tensor)
{
    const size_t bytes = (size_t)tensor->rows * (size_t)tensor->cols * sizeof(real);
    const struct block_tensor *first = tensor;
    for (int i = 0; i < block->tensors; i++) {
        const struct block_tensor *other = &block->tensor[i];
        if (other->rows == tensor->rows && other->cols == tensor->cols && is_before(other, first) &&
            memcmp(other->grad, tensor->grad, bytes) == 0)
            first = other;
    }
    return first;
}

/* Where the numbers of `tensor` stand instead: "(as sum in ffn)". */
static void print_reference(FILE *out, const struct block_tensor *tensor,
                            const struct block_tensor *other, const char *what)
{
    fprintf(out, "%*s(the same numbers as %s%s", INDENT, "", what, other->name);
    fprintf(out, other->place == tensor->place ? ")\n" : " in %s)\n",
            block_place_names[other->place]);
}

static void print_value(FILE *out, const struct block *block, const struct block_tensor *tensor,
                        int limit)
{
    char rms[CELL];
    write_number(rms, tensor->rms);
    fprintf(out, "%s   (rms %s)\n%*s= %s\n", tensor->name, rms, INDENT, "", tensor->formula);
    if (tensor->same >= 0)
        print_reference(out, tensor, &block->tensor[tensor->same], "");
    else
        print_matrix(out, tensor->value, tensor->rows, tensor->cols, limit);
    fputc('\n', out);
}

static void print_gradient(FILE *out, const struct block *block, const struct block_tensor *tensor,
                           int limit)
{
    const struct block_tensor *first = same_gradient(block, tensor);
    char norm[CELL];
    write_number(norm, tensor->grad_norm);
    fprintf(out, "gradient at %s   (norm %s)\n", tensor->name, norm);
    if (!tensor->value)
        fprintf(out, "%*s= %s\n", INDENT, "", tensor->formula);
    if (first != tensor)
        print_reference(out, tensor, first, "at ");
    else
        print_matrix(out, tensor->grad, tensor->rows, tensor->cols, limit);
    fputc('\n', out);
}

/* ---- blocks beside each other ----------------------------------------------------------------*/

typedef void (*print_tensor)(FILE *out, const struct block *block,
                             const struct block_tensor *tensor, int limit);

_Noreturn static void no_memory(void)
{
    die("out of memory for a block's text: fewer tokens or a smaller width need less");
}

static FILE *open_text(char **text, size_t *size)
{
    FILE *stream = memory_stream_open(text, size);
    if (!stream)
        no_memory();
    return stream;
}

static void close_text(FILE *stream, char **text)
{
    if (!memory_stream_close(stream, text))
        no_memory();
}

/* Prints the next line of *text without its end, and moves on; returns its width. */
static int print_line(FILE *out, const char **text)
{
    const int length = (int)strcspn(*text, "\n");
    int shown = length;
    while (shown > 0 && (*text)[shown - 1] == ' ')
        shown--;
    fprintf(out, "%.*s", shown, *text);
    *text += length + ((*text)[length] == '\n');
    return shown;
}

/* Texts of one or two columns, the second one `width` to the right. */
static void print_beside(FILE *out, const char *const text[BOTH], int count, int width)
{
    const char *left = text[0], *right = count > 1 ? text[1] : "";
    while (*left || *right) {
        const int used = print_line(out, &left);
        if (*right && *right != '\n') {
            fprintf(out, "%*s%s", width - used, "", between);
            print_line(out, &right);
        } else if (*right) {
            right++;
        }
        fputc('\n', out);
    }
}

/* What is printed in one go: one block, or two side by side. */
struct page {
    const struct block *block[BOTH];
    int count;
    int width; /* of a column */
    FILE *out;
};

/* The tensors of a place and order in all blocks of the page; nothing where none has one. */
static void print_row(const struct page *page, int place, int order, print_tensor print)
{
    char *text[BOTH] = {NULL, NULL};
    bool any = false;
    for (int i = 0; i < page->count; i++) {
        size_t size;
        FILE *stream = open_text(&text[i], &size);
        const struct block_tensor *tensor = find(page->block[i], place, order);
        if (tensor)
            print(stream, page->block[i], tensor, page->width);
        any = any || tensor;
        close_text(stream, &text[i]);
    }
    if (any)
        print_beside(page->out, (const char *const[BOTH]){text[0], text[1]}, page->count,
                     page->width);
    free(text[0]);
    free(text[1]);
}

static bool has_place(const struct page *page, int place)
{
    bool has = false;
    for (int i = 0; i < page->count; i++)
        has = has || find(page->block[i], place, TRACE_X);
    return has;
}

static void print_titles(const struct page *page)
{
    char text[BOTH][HEADING];
    for (int i = 0; i < page->count; i++) {
        const struct model_config *c = &page->block[i]->model.config;
        char title[TEXT_TITLE], formula[TEXT_TITLE];
        text_title(title, c->placement, c->norm);
        text_formula(formula, c->placement, c->norm);
        snprintf(text[i], HEADING, "%s: %s%s\n\n", title, formula,
                 c->placement == PLACEMENT_MIX ? " (this is its first block)" : "");
    }
    print_beside(page->out, (const char *const[BOTH]){text[0], text[1]}, page->count, page->width);
}

static void print_page(const struct page *page)
{
    fputs("Forward\n-------\n", page->out);
    print_titles(page);
    for (int place = 0; place < TRACE_PLACES; place++) {
        if (has_place(page, place))
            fprintf(page->out, "[%s]\n\n", block_place_names[place]);
        for (int point = 0; point < TRACE_POINTS; point++)
            print_row(page, place, point, print_value);
    }
    fputs("Backward: a gradient of length 1 enters at the output\n"
          "-----------------------------------------------------\n",
          page->out);
    print_titles(page);
    for (int place = TRACE_PLACES - 1; place >= 0; place--) {
        if (has_place(page, place))
            fprintf(page->out, "[%s]\n\n", block_place_names[place]);
        for (int point = TRACE_POINTS - 1; point > TRACE_X; point--)
            print_row(page, place, point, print_gradient);
        for (int part = 0; part < TRACE_PARTS; part++)
            print_row(page, place, TRACE_POINTS + part, print_gradient);
        print_row(page, place, TRACE_X, print_gradient);
    }
}

/* ---- the summary -----------------------------------------------------------------------------*/

/* The widest norm of the column, before and behind its point. */
static struct widths norm_widths(const struct block *block)
{
    struct widths widths = {0, 0};
    char number[CELL];
    for (int i = 0; i < block->tensors; i++) {
        write_number(number, block->tensor[i].grad_norm);
        widen(&widths, number);
    }
    return widths;
}

static void print_norms(const struct block_set *set, int place, int order, FILE *out)
{
    const struct block_tensor *tensor[BOTH] = {NULL, NULL};
    const char *name = NULL;
    for (int i = 0; i < set->count; i++) {
        tensor[i] = find(&set->block[i], place, order);
        name = tensor[i] ? tensor[i]->name : name;
    }
    if (!name)
        return;
    char *text, number[CELL];
    size_t size;
    FILE *line = open_text(&text, &size);
    fprintf(line, "%-10s %-16s", block_place_names[place], name);
    for (int i = 0; i < set->count; i++) {
        const struct widths widths = norm_widths(&set->block[i]);
        write_number(number, tensor[i] ? tensor[i]->grad_norm : 0);
        fputs("   ", line);
        print_aligned(line, widths, tensor[i] ? number : "-");
        fprintf(line, "%*s", TEXT_TITLE / 3 - widths.whole - widths.rest, "");
    }
    fputc('\n', line);
    close_text(line, &text);
    print_beside(out, (const char *const[BOTH]){text, ""}, 1, 0);
    free(text);
}

static void print_summary(const struct block_set *set, FILE *out)
{
    fputs("The gradient's norm on its way back; where two ways meet their gradients add\n"
          "----------------------------------------------------------------------------\n",
          out);
    fprintf(out, "%-27s", "");
    for (int i = 0; i < set->count; i++) {
        char title[TEXT_TITLE];
        const struct model_config *c = &set->block[i].model.config;
        text_title(title, c->placement, c->norm);
        fprintf(out, "   %-*s", i + 1 < set->count ? TEXT_TITLE / 3 : 0, title);
    }
    fputc('\n', out);
    for (int place = TRACE_PLACES - 1; place >= 0; place--) {
        for (int point = TRACE_POINTS - 1; point > TRACE_X; point--)
            print_norms(set, place, point, out);
        for (int part = 0; part < TRACE_PARTS; part++)
            print_norms(set, place, TRACE_POINTS + part, out);
        print_norms(set, place, TRACE_X, out);
    }
}

/* ---- all of it -------------------------------------------------------------------------------*/

/* Do formulas, and values as wide as the stream, fit in a column? What is wider may be cut. */
static bool fits(const struct block *block, int width)
{
    for (int i = 0; i < block->tensors; i++) {
        const struct block_tensor *tensor = &block->tensor[i];
        if (2 * INDENT + (int)strlen(tensor->formula) > width)
            return false;
        if (!tensor->value || tensor->cols > block->model.config.width)
            continue;
        struct widths *widths = column_widths(tensor->value, tensor->rows, tensor->cols);
        const bool whole = arrange(widths, tensor->cols, width).together == tensor->cols;
        free(widths);
        if (!whole)
            return false;
    }
    return true;
}

/* The name that a choice has in the blocks: "relu", or "relu and gelu". */
static void print_choice(FILE *out, const struct block_set *set, const struct names *names,
                         const int choice[BOTH])
{
    fputs(names_at(names, choice[0]), out);
    if (set->count > 1 && choice[0] != choice[1])
        fprintf(out, " and %s", names_at(names, choice[1]));
}

/* Do the two blocks have the same numbers in all weights that both have? */
static bool same_weights(const struct block_set *set)
{
    const struct model_config *a = &set->block[0].model.config, *b = &set->block[1].model.config;
    return a->init == b->init &&
           (a->placement == PLACEMENT_DEEPNORM) == (b->placement == PLACEMENT_DEEPNORM);
}

static void print_heading(const struct block_set *set, FILE *out)
{
    static const char *const what[BLOCK_PARTS] = {[BLOCK_WHOLE] = "block",
                                                  [BLOCK_ATTENTION] = "attention sublayer",
                                                  [BLOCK_FFN] = "feed-forward sublayer"};
    const struct model_config *c = &set->block[0].model.config;
    const struct model_config *other = &set->block[set->count - 1].model.config;
    char shown[HEADING];
    names_printable(shown, sizeof shown, set->input ? set->input : "");
    fprintf(out, "One %s with the initial weights of seed %llu, ", what[set->block[0].plan.part],
            (unsigned long long)c->seed);
    print_choice(out, set, &init_names, (const int[BOTH]){(int)c->init, (int)other->init});
    fputs("; activation ", out);
    print_choice(out, set, &activation_names,
                 (const int[BOTH]){(int)c->activation, (int)other->activation});
    fprintf(out, ".\nT=%d tokens (rows), D=%d numbers each, F=%d, %d head%s. ", c->context,
            c->width, c->ffn, c->heads, c->heads == 1 ? "" : "s");
    fprintf(out, "Input: %s.\n", set->input ? shown : "drawn from N(0,1)");
    if (set->count > 1)
        fprintf(out, "Both have the same input%s and the same gradient at the output.\n",
                same_weights(set) ? ", the same weights" : "");
    fputc('\n', out);
}

void block_text(const struct block_set *set, int columns, FILE *out)
{
    const int half = (columns - (int)strlen(between)) / 2;
    struct page page = {.count = set->count, .out = out, .width = set->count > 1 ? half : columns};
    bool beside = true;
    for (int i = 0; i < set->count; i++) {
        page.block[i] = &set->block[i];
        beside = beside && fits(&set->block[i], page.width);
    }
    print_heading(set, out);
    if (set->count == 1 || beside) {
        print_page(&page);
    } else {
        for (int i = 0; i < set->count; i++)
            print_page(&(struct page){
                .block = {&set->block[i]}, .count = 1, .width = columns, .out = out});
    }
    print_summary(set, out);
}
