/* See prompt.h. Owns the rules of editing; must not know what a command is. */
#include "controls/prompt.h"

#include "base/names.h"
#include "base/utf8.h"
#include "controls/keys.h"

#include <string.h>

/* ---- what is completed ---- */

/* The words for the one that ends at the cursor. */
static void look_up(struct prompt *prompt, bool files)
{
    char head[PROMPT_TEXT];
    prompt->chosen = -1;
    completion_clear(&prompt->completion, prompt->cursor, false);
    if (!prompt->complete)
        return;
    memcpy(head, prompt->text, (size_t)prompt->cursor);
    head[prompt->cursor] = '\0';
    prompt->complete(head, files, &prompt->completion);
}

/* To be called when the text or the cursor has changed by hand. */
static void edited(struct prompt *prompt)
{
    prompt->recalled = prompt->lines;
    look_up(prompt, false);
}

/* ---- the text ---- */

/* Puts `size` bytes in the place of those in [from, to), the cursor behind them; false where there
 * is no room. */
static bool replace(struct prompt *prompt, int from, int to, const char *bytes, int size)
{
    int length = prompt->length - (to - from) + size;
    if (length >= PROMPT_TEXT)
        return false;
    memmove(prompt->text + from + size, prompt->text + to, (size_t)(prompt->length - to) + 1);
    memcpy(prompt->text + from, bytes, (size_t)size);
    prompt->length = length;
    prompt->cursor = from + size;
    return true;
}

static void set_text(struct prompt *prompt, const char *text)
{
    replace(prompt, 0, prompt->length, text, (int)strlen(text));
}

static bool is_inside(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Where the code point in front of the cursor begins, and where that at the cursor ends. */
static int before(const struct prompt *prompt)
{
    int at = prompt->cursor;
    while (at > 0 && is_inside(prompt->text[--at]))
        ;
    return at;
}

static int behind(const struct prompt *prompt)
{
    int at = prompt->cursor;
    if (at < prompt->length)
        at++;
    while (at < prompt->length && is_inside(prompt->text[at]))
        at++;
    return at;
}

/* Where the word in front of the cursor begins, with the blanks behind it. */
static int word_before(const struct prompt *prompt)
{
    int at = prompt->cursor;
    while (at > 0 && prompt->text[at - 1] == ' ')
        at--;
    while (at > 0 && prompt->text[at - 1] != ' ')
        at--;
    return at;
}

static void erase(struct prompt *prompt, int from, int to)
{
    replace(prompt, from, to, "", 0);
    edited(prompt);
}

static void move(struct prompt *prompt, int to)
{
    prompt->cursor = to;
    look_up(prompt, false);
}

static void type(struct prompt *prompt, int code)
{
    char bytes[5];
    if (code < 0 || code >= KEY_CODE_UP || names_steers((uint32_t)code))
        return;
    if (replace(prompt, prompt->cursor, prompt->cursor, bytes, utf8_put(bytes, (uint32_t)code)))
        edited(prompt);
}

/* ---- completing ---- */

static bool is_folder(const char *word)
{
    size_t size = strlen(word);
    return size > 0 && word[size - 1] == '/';
}

/* Puts the first `size` bytes of a word in the place of the one that is completed, in quotes where
 * it needs them. A word that is `whole` has its closing quote, unless it is a folder, which goes
 * on. */
static void put_word(struct prompt *prompt, const char *word, int size, bool whole)
{
    char bytes[PROMPT_TEXT];
    bool quotes = prompt->completion.quoted || memchr(word, ' ', (size_t)size);
    if (size + 2 >= PROMPT_TEXT)
        return;
    int used = 0;
    if (quotes)
        bytes[used++] = '"';
    memcpy(bytes + used, word, (size_t)size);
    used += size;
    if (quotes && whole && !is_folder(word))
        bytes[used++] = '"';
    replace(prompt, prompt->completion.start, prompt->cursor, bytes, used);
}

/* The only word there is, or what all of them begin with; false where that is what was typed. */
static bool complete_common(struct prompt *prompt)
{
    const struct completion *completion = &prompt->completion;
    int common = completion_common(completion);
    bool whole = completion->count == 1;
    const char *word = completion_word(completion, 0);
    if (!whole && common <= prompt->cursor - completion->start - completion->quoted)
        return false;
    put_word(prompt, word, common, whole);
    if (whole && !is_folder(word) && prompt->cursor == prompt->length)
        replace(prompt, prompt->cursor, prompt->cursor, " ", 1);
    prompt->recalled = prompt->lines;
    look_up(prompt, true);
    return true;
}

/* Goes on to the next word, or to the one before; past the last one comes what was typed. */
static void complete(struct prompt *prompt, int direction)
{
    struct completion *completion = &prompt->completion;
    if (prompt->chosen < 0) {
        look_up(prompt, true);
        if (completion->count == 0 || (direction > 0 && complete_common(prompt)))
            return;
        size_t size = (size_t)(prompt->cursor - completion->start);
        memcpy(prompt->typed, prompt->text + completion->start, size);
        prompt->typed[size] = '\0';
    }
    int places = completion->count + 1; /* the last one is for what was typed */
    int at = prompt->chosen < 0 ? completion->count : prompt->chosen;
    at = (at + direction + places) % places;
    prompt->chosen = at == completion->count ? -1 : at;
    prompt->recalled = prompt->lines;
    if (prompt->chosen < 0) {
        replace(prompt, completion->start, prompt->cursor, prompt->typed,
                (int)strlen(prompt->typed));
    } else {
        const char *word = completion_word(completion, at);
        put_word(prompt, word, (int)strlen(word), true);
    }
}

/* ---- history ---- */

/* The newest line stands last, and no line twice. */
static void remember(struct prompt *prompt)
{
    int at = 0;
    if (prompt->text[strspn(prompt->text, " ")] == '\0')
        return;
    while (at < prompt->lines && strcmp(prompt->line[at], prompt->text) != 0)
        at++;
    if (at == prompt->lines && prompt->lines < PROMPT_LINES)
        prompt->lines++;
    else if (at == prompt->lines)
        at = 0; /* the oldest one goes */
    memmove(prompt->line + at, prompt->line + at + 1,
            (size_t)(prompt->lines - 1 - at) * PROMPT_TEXT);
    memcpy(prompt->line[prompt->lines - 1], prompt->text, (size_t)prompt->length + 1);
}

/* The next line, older or newer, that begins with what was typed; past the newest, that itself. */
static void recall(struct prompt *prompt, int direction)
{
    if (prompt->recalled == prompt->lines)
        memcpy(prompt->stem, prompt->text, (size_t)prompt->length + 1);
    size_t size = strlen(prompt->stem);
    int at = prompt->recalled + direction;
    while (at >= 0 && at < prompt->lines && strncmp(prompt->line[at], prompt->stem, size) != 0)
        at += direction;
    if (at < 0 || at > prompt->lines)
        return;
    prompt->recalled = at;
    set_text(prompt, at == prompt->lines ? prompt->stem : prompt->line[at]);
    look_up(prompt, false);
}

/* ---- keys ---- */

enum { CTRL_A = 1, CTRL_E = 5, CTRL_H = 8, CTRL_K = 11, CTRL_U = 21, CTRL_W = 23 };

void prompt_open(struct prompt *prompt, const char *text)
{
    prompt->cursor = prompt->length = 0;
    prompt->text[0] = '\0';
    set_text(prompt, text);
    edited(prompt);
}

enum prompt_answer prompt_key(struct prompt *prompt, int code)
{
    switch (code) {
    case KEY_CODE_ENTER:
        remember(prompt);
        return PROMPT_ENTERED;
    case KEY_CODE_ESCAPE:
        return PROMPT_CLOSED;
    case KEY_CODE_BACKSPACE:
    case CTRL_H:
        if (prompt->length == 0)
            return PROMPT_CLOSED;
        erase(prompt, before(prompt), prompt->cursor);
        break;
    case KEY_CODE_DELETE:
        erase(prompt, prompt->cursor, behind(prompt));
        break;
    case CTRL_W:
        erase(prompt, word_before(prompt), prompt->cursor);
        break;
    case CTRL_U:
        erase(prompt, 0, prompt->cursor);
        break;
    case CTRL_K:
        erase(prompt, prompt->cursor, prompt->length);
        break;
    case KEY_CODE_LEFT:
        move(prompt, before(prompt));
        break;
    case KEY_CODE_RIGHT:
        move(prompt, behind(prompt));
        break;
    case KEY_CODE_HOME:
    case CTRL_A:
        move(prompt, 0);
        break;
    case KEY_CODE_END:
    case CTRL_E:
        move(prompt, prompt->length);
        break;
    case KEY_CODE_UP:
    case KEY_CODE_DOWN:
        recall(prompt, code == KEY_CODE_UP ? -1 : 1);
        break;
    case KEY_CODE_TAB:
    case KEY_CODE_BACK_TAB:
        complete(prompt, code == KEY_CODE_TAB ? 1 : -1);
        break;
    default:
        type(prompt, code);
        break;
    }
    return PROMPT_OPEN;
}

void prompt_paste(struct prompt *prompt, int code)
{
    type(prompt, code < ' ' ? ' ' : code);
}
