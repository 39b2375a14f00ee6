/* See sample.h. */
#include "train/sample.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sample_summary sample_summarise(const struct sample *sample)
{
    struct sample_summary summary = {0};
    double probability = 0, bits = 0;
    for (int i = 0; i < sample->texts; i++) {
        const struct sample_text *text = &sample->text[i];
        for (int t = 0; t < text->count; t++) {
            if (isnan(text->probability[t]))
                continue;
            summary.written++;
            probability += (double)text->probability[t];
            bits -= log2((double)text->probability[t]);
            summary.asked += text->right[t] >= 0;
            summary.right += text->right[t] >= 0 && text->right[t] == text->token[t];
        }
    }
    summary.probability = probability / summary.written; /* 0/0 is NAN */
    summary.bits = bits / summary.written;
    return summary;
}

void sample_history_open(struct sample_history *history)
{
    *history = (struct sample_history){.stride = 1};
    history->pair = memory_new(SAMPLE_HISTORY, sizeof *history->pair);
}

void sample_history_close(struct sample_history *history)
{
    free(history->pair);
    *history = (struct sample_history){0};
}

void sample_history_clear(struct sample_history *history)
{
    history->count = 0;
    history->stride = 1;
}

static int64_t step_at(const struct sample_history *history, int i)
{
    return history->pair[i].side[LEFT].step;
}

/* Makes room: of neighbours that are closer than the new stride only the first stays. */
static void thin(struct sample_history *history)
{
    while (history->count == SAMPLE_HISTORY) {
        int kept = 1;
        history->stride *= 2;
        for (int i = 1; i < history->count; i++)
            if (step_at(history, i) - step_at(history, kept - 1) >= history->stride)
                history->pair[kept++] = history->pair[i];
        history->count = kept;
    }
}

void sample_history_add(struct sample_history *history, const struct sample sample[SIDES])
{
    while (history->count > 0 && step_at(history, history->count - 1) >= sample[LEFT].step)
        history->count--;
    /* The newest so far may stand nearer to the one before it than is kept. */
    const int last = history->count - 1;
    if (last > 0 && step_at(history, last) - step_at(history, last - 1) < history->stride)
        history->count--;
    thin(history);
    memcpy(history->pair[history->count++].side, sample, SIDES * sizeof *sample);
}

const struct sample *sample_history_at(const struct sample_history *history, enum side side,
                                       int64_t step)
{
    int first = 0, past = history->count; /* the one that is looked for is before `past` */
    while (first < past) {
        int middle = first + (past - first) / 2;
        if (step_at(history, middle) <= step)
            first = middle + 1;
        else
            past = middle;
    }
    return first > 0 ? &history->pair[first - 1].side[side] : NULL;
}
