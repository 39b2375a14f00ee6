/* See digits.h. Owns the three fonts. A dot of a font is as many columns wide, and as many halves
 * of a row high, as its size says, which makes it square. */
#include "screen/digits.h"

#include <string.h>

enum { LINES_MAX = 7, HALVES = 2 };

struct letter {
    char name;
    const char *line[LINES_MAX]; /* all as wide as the letter; '#': a dot */
};

struct font {
    int lines, blank; /* dots: the height of all letters, the width of an unknown one */
    const struct letter *letter;
    int letters;
};

static const struct letter low_letters[] = {
    {'A', {".##", "#.#", "###", "#.#"}},     {'C', {"###", "#..", "#..", "###"}},
    {'D', {"##.", "#.#", "#.#", "##."}},     {'E', {"###", "#..", "##.", "###"}},
    {'G', {"###", "#..", "#.#", "###"}},     {'I', {"#", "#", "#", "#"}},
    {'K', {"#.#", "##.", "#.#", "#.#"}},     {'L', {"#..", "#..", "#..", "###"}},
    {'N', {"#..#", "##.#", "#.##", "#..#"}}, {'O', {"###", "#.#", "#.#", "###"}},
    {'R', {"###", "#.#", "##.", "#.#"}},     {'S', {".##", "#..", "..#", "##."}},
    {'T', {"###", ".#.", ".#.", ".#."}},     {'U', {"#.#", "#.#", "#.#", "###"}},
    {'V', {"#.#", "#.#", "#.#", ".#."}},     {'W', {"#...#", "#...#", "#.#.#", ".#.#."}},
};

static const struct letter small_letters[] = {
    {'0', {"###", "#.#", "#.#", "#.#", "###"}},
    {'1', {".#", "##", ".#", ".#", ".#"}},
    {'2', {"###", "..#", "###", "#..", "###"}},
    {'3', {"###", "..#", "###", "..#", "###"}},
    {'4', {"#.#", "#.#", "###", "..#", "..#"}},
    {'5', {"###", "#..", "###", "..#", "###"}},
    {'6', {"###", "#..", "###", "#.#", "###"}},
    {'7', {"###", "..#", "..#", "..#", "..#"}},
    {'8', {"###", "#.#", "###", "#.#", "###"}},
    {'9', {"###", "#.#", "###", "..#", "###"}},
    {'.', {".", ".", ".", ".", "#"}},
    {'-', {"...", "...", "###", "...", "..."}},
    {'/', {"..#", "..#", ".#.", "#..", "#.."}},
    {'e', {"...", "###", "###", "#..", "###"}},
    {'x', {"...", "#.#", ".#.", "#.#", "..."}},
    {'n', {"...", "###", "#.#", "#.#", "#.#"}},
    {'a', {"...", "###", "..#", "###", "###"}},
    {'i', {"#", ".", "#", "#", "#"}},
    {'f', {".##", "#..", "###", "#..", "#.."}},
    {',', {"..", "..", "..", ".#", "#."}},
    {'A', {".#.", "#.#", "###", "#.#", "#.#"}},
    {'C', {".##", "#..", "#..", "#..", ".##"}},
    {'D', {"##.", "#.#", "#.#", "#.#", "##."}},
    {'E', {"###", "#..", "##.", "#..", "###"}},
    {'G', {".##", "#..", "#.#", "#.#", ".##"}},
    {'I', {"#", "#", "#", "#", "#"}},
    {'K', {"#.#", "#.#", "##.", "#.#", "#.#"}},
    {'L', {"#..", "#..", "#..", "#..", "###"}},
    {'N', {"#..#", "##.#", "#.##", "#..#", "#..#"}},
    {'O', {".#.", "#.#", "#.#", "#.#", ".#."}},
    {'R', {"##.", "#.#", "##.", "#.#", "#.#"}},
    {'S', {".##", "#..", ".#.", "..#", "##."}},
    {'T', {"###", ".#.", ".#.", ".#.", ".#."}},
    {'U', {"#.#", "#.#", "#.#", "#.#", "###"}},
    {'V', {"#.#", "#.#", "#.#", "#.#", ".#."}},
    {'W', {"#...#", "#...#", "#.#.#", "##.##", "#...#"}},
};

static const struct letter large_letters[] = {
    {'0', {".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."}},
    {'1', {".#.", "##.", ".#.", ".#.", ".#.", ".#.", "###"}},
    {'2', {".###.", "#...#", "....#", "...#.", "..#..", ".#...", "#####"}},
    {'3', {"####.", "....#", "....#", ".###.", "....#", "....#", "####."}},
    {'4', {"...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."}},
    {'5', {"#####", "#....", "####.", "....#", "....#", "#...#", ".###."}},
    {'6', {"..##.", ".#...", "#....", "####.", "#...#", "#...#", ".###."}},
    {'7', {"#####", "....#", "...#.", "..#..", "..#..", "..#..", "..#.."}},
    {'8', {".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."}},
    {'9', {".###.", "#...#", "#...#", ".####", "....#", "...#.", ".##.."}},
    {'.', {".", ".", ".", ".", ".", ".", "#"}},
    {'-', {"....", "....", "....", "####", "....", "....", "...."}},
    {'/', {"..#", "..#", ".#.", ".#.", ".#.", "#..", "#.."}},
    {'e', {".....", ".....", ".###.", "#...#", "#####", "#....", ".###."}},
    {'x', {".....", ".....", "#...#", ".#.#.", "..#..", ".#.#.", "#...#"}},
    {'n', {".....", ".....", "####.", "#...#", "#...#", "#...#", "#...#"}},
    {'a', {".....", ".....", ".###.", "....#", ".####", "#...#", ".####"}},
    {'i', {"#", ".", "#", "#", "#", "#", "#"}},
    {'f', {"..##", ".#..", "####", ".#..", ".#..", ".#..", ".#.."}},
    {',', {"..", "..", "..", "..", "..", ".#", "#."}},
    {'A', {".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"}},
    {'C', {".###.", "#...#", "#....", "#....", "#....", "#...#", ".###."}},
    {'D', {"####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."}},
    {'E', {"#####", "#....", "#....", "####.", "#....", "#....", "#####"}},
    {'G', {".###.", "#...#", "#....", "#.###", "#...#", "#...#", ".###."}},
    {'I', {"###", ".#.", ".#.", ".#.", ".#.", ".#.", "###"}},
    {'K', {"#...#", "#..#.", "#.#..", "##...", "#.#..", "#..#.", "#...#"}},
    {'L', {"#....", "#....", "#....", "#....", "#....", "#....", "#####"}},
    {'N', {"#...#", "##..#", "#.#.#", "#..##", "#...#", "#...#", "#...#"}},
    {'O', {"#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####"}},
    {'R', {"####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"}},
    {'S', {".####", "#....", "#....", ".###.", "....#", "....#", "####."}},
    {'T', {"#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."}},
    {'U', {"#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."}},
    {'V', {"#...#", "#...#", "#...#", "#...#", "#...#", ".#.#.", "..#.."}},
    {'W', {"#...#", "#...#", "#...#", "#...#", "#.#.#", "##.##", "#...#"}},
};

static const struct font low_font = {4, 2, low_letters, sizeof low_letters / sizeof *low_letters};
static const struct font small_font = {5, 2, small_letters,
                                       sizeof small_letters / sizeof *small_letters};
static const struct font large_font = {7, 3, large_letters,
                                       sizeof large_letters / sizeof *large_letters};

static const struct size {
    const struct font *font;
    int scale; /* columns, and halves of rows, of a dot */
} sizes[DIGITS_SIZES] = {
    {&low_font, 1},   {&small_font, 1}, {&large_font, 1},
    {&small_font, 2}, {&large_font, 2}, {&large_font, 3},
};

static const struct letter *find_letter(const struct font *font, char name)
{
    for (int i = 0; i < font->letters; i++)
        if (font->letter[i].name == name)
            return &font->letter[i];
    return NULL;
}

/* In dots. */
static int letter_width(const struct font *font, const struct letter *letter)
{
    return letter ? (int)strlen(letter->line[0]) : font->blank;
}

int digits_rows(int size)
{
    if (size == DIGITS_PLAIN)
        return 1;
    return (sizes[size].font->lines * sizes[size].scale + HALVES - 1) / HALVES;
}

int digits_columns(int size, const char *text)
{
    if (size == DIGITS_PLAIN)
        return canvas_columns(text);
    const struct font *font = sizes[size].font;
    int dots = 0;
    for (; *text; text++)
        dots += letter_width(font, find_letter(font, *text)) + (dots > 0);
    return dots * sizes[size].scale;
}

static bool has_letters(const struct font *font, const char *text)
{
    while (*text && find_letter(font, *text))
        text++;
    return !*text;
}

int digits_fit(const char *text, int rows, int cols)
{
    int size = DIGITS_SIZES - 1;
    while (size >= 0 && (digits_rows(size) > rows || digits_columns(size, text) > cols ||
                         !has_letters(sizes[size].font, text)))
        size--;
    return size;
}

/* Is there a dot at a column of the letter and a half of a row, both counted on the screen? */
static bool has_dot(const struct size *size, const struct letter *letter, int col, int half)
{
    int line = half / size->scale;
    return line < size->font->lines && letter->line[line][col / size->scale] == '#';
}

static void draw_letter(struct canvas *canvas, struct rect area, const struct size *size,
                        const struct letter *letter, enum role role, bool ascii)
{
    static const uint32_t blocks[] = {' ', 0x2580, 0x2584, 0x2588},
                          letters[] = {' ', '"', 'm', '#'};
    for (int row = 0; row < area.rows; row++)
        for (int col = 0; col < area.cols; col++) {
            int upper = has_dot(size, letter, col, HALVES * row);
            int lower = has_dot(size, letter, col, HALVES * row + 1);
            uint32_t glyph = (ascii ? letters : blocks)[upper + 2 * lower];
            if (glyph != ' ')
                canvas_put(canvas, area.row + row, area.col + col, glyph, role);
        }
}

int digits_draw(struct canvas *canvas, struct rect area, int size, enum role role, bool ascii,
                const char *text)
{
    if (size == DIGITS_PLAIN)
        return canvas_text(canvas, area, area.rows / 2, 0, role, text);
    const struct size *look = &sizes[size];
    int col = 0, rows = digits_rows(size) < area.rows ? digits_rows(size) : area.rows;
    for (; *text; text++) {
        const struct letter *letter = find_letter(look->font, *text);
        int cols = letter_width(look->font, letter) * look->scale;
        int room = area.cols - col < cols ? area.cols - col : cols;
        if (letter && room > 0)
            draw_letter(canvas, (struct rect){area.row, area.col + col, rows, room}, look, letter,
                        role, ascii);
        col += cols + (text[1] ? look->scale : 0);
    }
    return col;
}
