/* See task_text.h. */
#include "tasks/task_text.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_OUT_SHARE = 10, SHOWN = 192 };

static const size_t corpus_limit = (size_t)1 << 30;

/* Numbers the bytes that occur, in rising order, and replaces each by its number. */
static void number_bytes(struct corpus *corpus)
{
    unsigned char token[256] = {0};
    for (size_t i = 0; i < corpus->size; i++)
        token[corpus->token[i]] = 1;
    for (int c = 0; c < 256; c++) {
        if (token[c]) {
            token[c] = (unsigned char)corpus->vocab;
            corpus->letter[corpus->vocab++] = (unsigned char)c;
        }
    }
    for (size_t i = 0; i < corpus->size; i++)
        corpus->token[i] = token[corpus->token[i]];
}

static double training_entropy(const struct corpus *corpus)
{
    size_t count[256] = {0};
    double entropy = 0;
    for (size_t i = 0; i < corpus->training; i++)
        count[corpus->token[i]]++;
    for (int c = 0; c < corpus->vocab; c++) {
        double p = (double)count[c] / (double)corpus->training;
        if (count[c])
            entropy -= p * log(p);
    }
    return entropy;
}

/* The part of the bytes that belong to UTF-8 text. A NUL stands behind them. */
static double text_part(const char *bytes, size_t size)
{
    const size_t looked_at = (size_t)1 << 20, most = size < looked_at ? size : looked_at;
    size_t text = 0;
    for (const char *at = bytes; at < bytes + most;) {
        const char *next = at;
        const uint32_t code = utf8_next(&next);
        const bool space = code == '\t' || code == '\n' || code == '\f' || code == '\r';
        if (code == 0)
            next = at + 1;
        else if (space || (code != UTF8_BAD && !names_steers(code)))
            text += (size_t)(next - at);
        at = next;
    }
    return (double)text / (double)most;
}

/* What is likely to be wrong with a file that can be trained on all the same. */
static void note_doubt(struct corpus *corpus, const char *shown)
{
    const char *packed = file_packed_by(corpus->token, corpus->size);
    const double part = text_part((const char *)corpus->token, corpus->size);
    if (packed)
        snprintf(corpus->doubt, sizeof corpus->doubt,
                 "%s is compressed (%s): unpack it, there is little to learn from its bytes", shown,
                 packed);
    else if (part < 0.5)
        snprintf(corpus->doubt, sizeof corpus->doubt,
                 "%s is mostly not text: %.0f %% of its bytes are UTF-8, name a text file", shown,
                 100 * part);
}

/* Of a byte given the one before, as often as both follow each other there. */
static double training_pair_entropy(const struct corpus *corpus)
{
    const size_t vocab = (size_t)corpus->vocab, pairs = corpus->training - 1;
    size_t *count = memory_new(vocab * vocab, sizeof *count);
    double entropy = 0;
    for (size_t i = 0; i < pairs; i++)
        count[corpus->token[i] * vocab + corpus->token[i + 1]]++;
    for (size_t a = 0; a < vocab; a++) {
        double total = 0;
        for (size_t b = 0; b < vocab; b++)
            total += (double)count[a * vocab + b];
        for (size_t b = 0; b < vocab; b++) {
            const double both = (double)count[a * vocab + b];
            entropy -= both > 0 ? both / (double)pairs * log(both / total) : 0;
        }
    }
    free(count);
    return entropy;
}

/* An end of line of two bytes becomes one. */
static void join_line_ends(struct corpus *corpus)
{
    size_t kept = 0;
    for (size_t i = 0; i < corpus->size; i++)
        if (corpus->token[i] != '\r' || i + 1 == corpus->size || corpus->token[i + 1] != '\n')
            corpus->token[kept++] = corpus->token[i];
    corpus->size = kept;
}

/* Says why no windows can be drawn from what was read; true when they can. */
static bool corpus_check(const struct corpus *corpus, const char *shown, int context,
                         struct error *error)
{
    size_t needed = HELD_OUT_SHARE * ((size_t)context + 1);
    if (!corpus->size)
        return error_set(error, "%s is empty: a text for a context of %d needs %zu bytes", shown,
                         context, needed);
    if (corpus->size < needed)
        return error_set(error,
                         "%s has %zu bytes: a context of %d needs %zu, name a longer text or set a "
                         "smaller context",
                         shown, corpus->size, context, needed);
    for (size_t i = 1; i < corpus->training; i++)
        if (corpus->token[i] != corpus->token[0])
            return true;
    return error_set(error,
                     "%s repeats one byte in its first nine tenths, so that there is nothing to "
                     "learn: name a text of at least two characters",
                     shown);
}

bool corpus_open(struct corpus *corpus, const char *path, int context, struct error *error)
{
    char shown[SHOWN], *content;
    *corpus = (struct corpus){0};
    if (!*path)
        return error_set(error, "the task 'text' has no file: name one with --text FILE");
    names_printable(shown, sizeof shown, path);
    if (!file_read(path, corpus_limit, &content, &corpus->size, error))
        return false;
    corpus->token = (unsigned char *)content;
    if (corpus->size > 0)
        note_doubt(corpus, shown);
    join_line_ends(corpus);
    corpus->training = corpus->size - corpus->size / HELD_OUT_SHARE;
    if (!corpus_check(corpus, shown, context, error)) {
        corpus_close(corpus);
        return false;
    }
    number_bytes(corpus);
    corpus->unigram_entropy = training_entropy(corpus);
    corpus->pair_entropy = training_pair_entropy(corpus);
    return true;
}

void corpus_close(struct corpus *corpus)
{
    free(corpus->token);
    *corpus = (struct corpus){0};
}

void corpus_window(const struct corpus *corpus, bool held_out, struct rng *rng, int context,
                   int32_t *tokens, int32_t *targets)
{
    const unsigned char *part = corpus->token + (held_out ? corpus->training : 0);
    size_t size = held_out ? corpus->size - corpus->training : corpus->training;
    const unsigned char *window =
        part + rng_below(rng, (uint32_t)(size - (size_t)context)); /* size > context: was checked */
    for (int t = 0; t < context; t++) {
        tokens[t] = window[t];
        targets[t] = window[t + 1];
    }
}
