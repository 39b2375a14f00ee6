/* See sampler.h. Which places are written, and what is right there, the targets of the task say;
 * in WRITING_ON it is all behind the prompt, and nothing is. */
#include "train/sampler.h"

#include "base/memory.h"
#include "core/float_mode.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROMPT_MOST = 24,     /* tokens of a prompt; in a short context half of it */
    DISTANCE_LEAST = 10,  /* steps between two samples that are watched ... */
    DISTANCE_APART = 25,  /* ... and between two others, ... */
    DISTANCE_SHARE = 200, /* ... which cost about such a part of the time of their steps */
    STEP_PASSES = 3,      /* a step's time in forward passes: one, and two backward */
    PLACES_PASS = 2       /* about so many single places take the time of a whole pass */
};

static enum task_writing writing_of(const struct run *run)
{
    return task_writing(task_kind_of(run->task));
}

/* Are all places written in one pass? */
static bool is_at_once(enum task_writing writing)
{
    return writing == WRITING_BESIDE || writing == WRITING_FILLED;
}

static int context_of(const struct run *run)
{
    return run->model.config.context;
}

static int32_t *row_of(const struct sampler *sampler, int32_t *rows, int text)
{
    return rows + (size_t)text * (size_t)sampler->length;
}

void sampler_open(struct sampler *sampler, const struct run *run)
{
    const int T = context_of(run);
    *sampler = (struct sampler){.most = config_shards(&run->model.config)};
    switch (writing_of(run)) {
    case WRITING_NONE:
        return;
    case WRITING_ON:
        sampler->length = SAMPLE_TOKENS;
        break;
    case WRITING_ANSWERS: /* the last target stands behind the context */
        sampler->length = T + 1;
        break;
    case WRITING_BESIDE:
    case WRITING_FILLED:
        sampler->length = T;
        break;
    }
    const size_t numbers = (size_t)sampler->most * (size_t)sampler->length;
    sampler->token = memory_new(2 * numbers, sizeof *sampler->token);
    sampler->target = sampler->token + numbers;
}

void sampler_close(struct sampler *sampler)
{
    free(sampler->token);
    *sampler = (struct sampler){0};
}

/* ---- what is given ---------------------------------------------------------------------------*/

static int prompt_of(int context)
{
    const int half = context / 2;
    return half < PROMPT_MOST ? half : PROMPT_MOST;
}

/* The next place from `place` > 0 on whose token follows from those before it; `length` where there
 * is none. All texts of a task have the same such places. */
static int next_place(const struct sampler *sampler, enum task_writing writing, int place)
{
    while (writing == WRITING_ANSWERS && place < sampler->length && sampler->target[place - 1] < 0)
        place++;
    return place;
}

/* Notes a token of a text in the sample, as far as it is kept. */
static void note(struct sampler *sampler, int text, int32_t token, int32_t right,
                 double probability)
{
    struct sample_text *to = &sampler->sample.text[text];
    if (to->count == SAMPLE_TOKENS)
        return;
    to->token[to->count] = (int16_t)token;
    to->right[to->count] = (int16_t)right;
    to->probability[to->count++] = (float)probability;
}

/* Notes the tokens of all texts from a place up to another, as given. */
static void note_given(struct sampler *sampler, int from, int to)
{
    for (int text = 0; text < sampler->texts; text++)
        for (int place = from; place < to; place++)
            note(sampler, text, row_of(sampler, sampler->token, text)[place], -1, (double)NAN);
}

/* Draws what is to be read: with the target of the last place one more token than the context. */
static void draw_questions(struct sampler *sampler, const struct run *run)
{
    const int T = context_of(run), texts = sampler->texts;
    int32_t *token = run->model.batch.tokens, *target = run->model.batch.targets;
    task_questions(run->task, run->settings.seed, texts, T, token, target);
    const int kept = T < sampler->length ? T : sampler->length;
    for (int text = 0; text < texts; text++) {
        memset(row_of(sampler, sampler->token, text), 0, (size_t)sampler->length * sizeof *token);
        memcpy(row_of(sampler, sampler->token, text), token + text * T,
               (size_t)kept * sizeof *token);
        memcpy(row_of(sampler, sampler->target, text), target + text * T,
               (size_t)kept * sizeof *target);
    }
}

void sampler_begin(struct sampler *sampler, const struct run *run, bool watched)
{
    const enum task_writing writing = writing_of(run);
    struct sample *sample = &sampler->sample;
    *sample = (struct sample){.step = run->step, .finite = run->fault.place == FAULT_NONE};
    for (int i = 0; i < SAMPLE_GUESSES; i++)
        sample->guess[i] = (struct sample_guess){.token = -1, .probability = NAN};
    sampler->at = sampler->length;
    sampler->from = sampler->ready = 0;
    sampler->texts = watched ? sampler->most : 1;
    if (writing == WRITING_NONE || !sample->finite)
        return;
    sample->texts = sampler->texts;
    draw_questions(sampler, run);
    if (is_at_once(writing)) {
        sampler->at = 0;
        return;
    }
    int first =
        writing == WRITING_ON ? prompt_of(context_of(run)) : next_place(sampler, writing, 1);
    int left_out = 0;
    if (sampler->length > SAMPLE_TOKENS && first > SAMPLE_TOKENS / 2)
        left_out = first - SAMPLE_TOKENS / 2;
    for (int text = 0; text < sampler->texts; text++)
        sample->text[text].from = left_out;
    note_given(sampler, left_out, first);
    sampler->at = first;
}

int sampler_distance(const struct sampler *sampler, const struct run *run, bool watched)
{
    const int step = STEP_PASSES * run->model.config.batch;
    const int length = sampler->length < SAMPLE_TOKENS ? sampler->length : SAMPLE_TOKENS;
    const int half = (context_of(run) + 1) / 2;
    if (sampler->length == 0)
        return 0;
    const int passes = is_at_once(writing_of(run)) ? 1 : length / half + length / PLACES_PASS;
    const int steps = (watched ? sampler->most : DISTANCE_SHARE) * passes / step;
    const int least = watched ? DISTANCE_LEAST : DISTANCE_APART;
    return steps > least ? steps : least;
}

/* ---- what is written -------------------------------------------------------------------------*/

/* The probabilities of a row of logits: p[v] = exp(logit[v] - top) / *sum. False where they are
 * not finite. */
static bool softmax(const real *logit, int V, double *top, double *sum)
{
    *top = (double)logit[0];
    *sum = 0;
    for (int v = 1; v < V; v++)
        *top = fmax(*top, (double)logit[v]);
    for (int v = 0; v < V; v++)
        *sum += exp((double)logit[v] - *top);
    return isfinite(*top) && isfinite(*sum);
}

/* The likeliest tokens, the lower number where two are equal. */
static void guess(const real *logit, int V, double top, double sum,
                  struct sample_guess out[SAMPLE_GUESSES])
{
    for (int i = 0; i < SAMPLE_GUESSES; i++) {
        int best = -1;
        for (int v = 0; v < V; v++) {
            bool taken = false;
            for (int j = 0; j < i; j++)
                taken = taken || out[j].token == v;
            if (!taken && (best < 0 || logit[v] > logit[best]))
                best = v;
        }
        out[i].token = (int16_t)best;
        out[i].probability = best < 0 ? NAN : (float)(exp((double)logit[best] - top) / sum);
    }
}

/* Draws the token of a place from the logits that the model gave for it; -1 where these are not
 * finite, and the sample ends. */
static int32_t draw(struct sampler *sampler, const struct run *run, int text, int place,
                    const real *logit, double *probability)
{
    const int V = run->model.config.vocab;
    const uint64_t index = (uint64_t)text << 32 | (uint64_t)place;
    struct rng rng = rng_stream(run->settings.seed, rng_key("sample"), index);
    double top, sum, below = 0;
    int32_t token = -1;
    if (!softmax(logit, V, &top, &sum)) {
        sampler->sample.finite = false;
        return -1;
    }
    const double dice = rng_uniform(&rng) * sum;
    for (int v = 0; v < V && (token < 0 || dice >= below); v++) {
        const double share = exp((double)logit[v] - top);
        below += share;
        if (share > 0) {
            token = v;
            *probability = share / sum;
        }
    }
    if (sampler->sample.guess[0].token < 0)
        guess(logit, V, top, sum, sampler->sample.guess);
    return token;
}

/* Lets the model go on to the place in front of `place` in every text; returns which of its own
 * places that is. */
static int read_on(struct sampler *sampler, struct run *run, int place)
{
    struct model *model = &run->model;
    const int T = model->config.context;
    if (place - sampler->from > T) {
        sampler->from = place - (T + 1) / 2;
        sampler->ready = 0;
    }
    const int count = place - sampler->from, first = sampler->ready;
    for (int text = 0; text < sampler->texts; text++) {
        int32_t *to = model->batch.tokens + (size_t)text * (size_t)T;
        memcpy(to, row_of(sampler, sampler->token, text) + sampler->from,
               (size_t)count * sizeof *to);
        memset(to + count, 0, (size_t)(T - count) * sizeof *to);
    }
    model_predict(model, sampler->texts, first, first == 0 ? T : count - first, run->parallel);
    sampler->ready = count;
    return count - 1;
}

/* One token further in every text, and what is given behind it. */
static void write_on(struct sampler *sampler, struct run *run)
{
    const enum task_writing writing = writing_of(run);
    const int place = sampler->at, row = read_on(sampler, run, place);
    for (int text = 0; text < sampler->texts; text++) {
        int32_t *target = row_of(sampler, sampler->target, text);
        double probability;
        int32_t token =
            draw(sampler, run, text, place, model_logits(&run->model, text, row), &probability);
        if (token < 0)
            return;
        row_of(sampler, sampler->token, text)[place] = token;
        note(sampler, text, token, writing == WRITING_ON ? -1 : target[place - 1], probability);
    }
    sampler->at = next_place(sampler, writing, place + 1);
    if (sampler->at < sampler->length)
        note_given(sampler, place + 1, sampler->at);
    if (sampler->sample.text[0].count == SAMPLE_TOKENS)
        sampler->at = sampler->length;
}

/* All places that the task asks for, at once: beside the tokens, or among them. */
static void write_at_once(struct sampler *sampler, struct run *run)
{
    const int T = context_of(run), half = SAMPLE_TOKENS / 2;
    const bool beside = writing_of(run) == WRITING_BESIDE;
    const int kept = beside && T > half ? half : T;
    if (beside)
        note_given(sampler, 0, kept);
    read_on(sampler, run, T);
    for (int text = 0; text < sampler->texts; text++) {
        const int32_t *token = row_of(sampler, sampler->token, text);
        const int32_t *target = row_of(sampler, sampler->target, text);
        for (int place = 0; place < kept; place++) {
            double probability = (double)NAN;
            int32_t written = token[place];
            if (target[place] < 0 && beside)
                continue;
            if (target[place] >= 0)
                written = draw(sampler, run, text, place, model_logits(&run->model, text, place),
                               &probability);
            if (written < 0)
                return;
            note(sampler, text, written, target[place], probability);
        }
    }
    sampler->at = sampler->length;
}

bool sampler_go_on(struct sampler *sampler, struct run *run)
{
    if (sampler->at >= sampler->length)
        return false;
    unsigned mode = float_mode_flush();
    if (is_at_once(writing_of(run)))
        write_at_once(sampler, run);
    else
        write_on(sampler, run);
    float_mode_restore(mode);
    if (!sampler->sample.finite) {
        sampler->sample.texts = 0;
        sampler->at = sampler->length;
    }
    return sampler->at < sampler->length;
}
