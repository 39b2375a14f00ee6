/* See attention_maps.h. */
#include "train/attention_maps.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

bool attention_look_is_same(const struct attention_look *a, const struct attention_look *b)
{
    return a->on == b->on && a->block == b->block && a->sequence == b->sequence &&
           a->from == b->from && a->step == b->step;
}

static int within(int value, int least, int most)
{
    return value > most ? most : value < least ? least : value;
}

/* Which keys a query sees. */
struct seen {
    int from, to;
};

static struct seen keys_of(const struct model_config *config, int block, int query)
{
    const int T = config->context, window = config_window(config, block);
    const int reach = window > 0 && window < T ? window : T;
    const int from = query - reach + 1;
    const int to = query + (config->mask == MASK_CAUSAL ? 1 : reach);
    return (struct seen){from > 0 ? from : 0, to < T ? to : T};
}

/* Adds 1/n of a sequence's share to the head's map, and returns the head's entropy in it; NAN where
 * no query sees more than one key. */
static double add_sequence(struct attention_maps *maps, const struct model *model, int head,
                           int sequence, int n)
{
    const int block = maps->block, count = maps->count;
    float *share = maps->share + (size_t)head * (size_t)(count * count);
    double entropy = 0;
    int queries = 0;
    for (int query = 0; query < maps->tokens; query++) {
        const struct seen keys = keys_of(&model->config, block, query);
        const int seen = keys.to - keys.from, row = query - maps->from;
        double sum = 0;
        for (int key = keys.from; key < keys.to; key++) {
            const double p = (double)model_attention(model, block, sequence, head, query, key);
            const int col = key - maps->from;
            sum -= p > 0 ? p * log(p) : 0;
            if (row >= 0 && row < count && col >= 0 && col < count)
                share[row * count + col] += (float)(p * seen / n);
        }
        if (seen > 1) {
            entropy += sum / log(seen);
            queries++;
        }
    }
    return entropy / queries; /* 0/0 is NAN */
}

/* Every key starts with 0 where it is seen, NAN elsewhere. */
static void clear_share(struct attention_maps *maps, const struct model_config *config)
{
    const int count = maps->count;
    for (int head = 0; head < maps->heads; head++)
        for (int row = 0; row < count; row++) {
            const struct seen keys = keys_of(config, maps->block, maps->from + row);
            for (int col = 0; col < count; col++) {
                const int key = maps->from + col;
                maps->share[(head * count + row) * count + col] =
                    key >= keys.from && key < keys.to ? 0 : NAN;
            }
        }
}

struct attention_maps *attention_maps_of(const struct run *run, const struct attention_look *look)
{
    const struct model_config *config = &run->model.config;
    const int count = config->context < ATTENTION_SIDE ? config->context : ATTENTION_SIDE;
    struct attention_maps *maps = memory_new(1, sizeof *maps);
    *maps = (struct attention_maps){
        .look = *look,
        .step = run->step,
        .finite = run->fault.place == FAULT_NONE,
        .block = within(look->block, 0, config->layers - 1),
        .sequence = within(look->sequence, -1, config->batch - 1),
        .sequences = config->batch,
        .heads = config->heads,
        .tokens = config->context,
        .from = within(look->from, 0, config->context - count),
        .count = count,
    };
    maps->entropy = memory_new((size_t)config->heads, sizeof *maps->entropy);
    maps->share = memory_new((size_t)(config->heads * count * count), sizeof *maps->share);
    if (!maps->finite)
        return maps;
    const int first = maps->sequence < 0 ? 0 : maps->sequence;
    const int n = maps->sequence < 0 ? config->batch : 1;
    clear_share(maps, config);
    for (int head = 0; head < maps->heads; head++) {
        double entropy = 0;
        for (int i = 0; i < n; i++)
            entropy += add_sequence(maps, &run->model, head, first + i, n) / n;
        maps->entropy[head] = (float)entropy;
    }
    return maps;
}

void attention_maps_free(struct attention_maps *maps)
{
    if (!maps)
        return;
    free(maps->entropy);
    free(maps->share);
    free(maps);
}

double attention_share(const struct attention_maps *maps, int head, int query, int key)
{
    const int row = query - maps->from, col = key - maps->from, count = maps->count;
    if (head < 0 || head >= maps->heads || row < 0 || row >= count || col < 0 || col >= count)
        return (double)NAN;
    return (double)maps->share[(head * count + row) * count + col];
}
