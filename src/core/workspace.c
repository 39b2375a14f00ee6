/* See workspace.h. */
#include "core/workspace.h"

#include "core/experts.h"
#include "core/kernels.h"
#include "core/parameters.h"
#include "core/shard.h"

void workspace_carve(struct workspace *w, const struct parameters *parameters,
                     const struct model_config *c, struct arena *arena)
{
    const size_t shards = (size_t)config_shards(c);
    const size_t numbers = (size_t)(c->batch * c->context) * (size_t)c->width;
    w->packed = real_take(arena, parameters->packed);
    w->du = real_take(arena, numbers);
    if (c->parallel)
        w->second = real_take(arena, numbers);
    if (c->kv_rank > 0 || c->experts > 0 || config_is_gated(c))
        w->du_part = real_take(arena, numbers);
    if (c->experts > 0)
        experts_carve_workspace(w, c, arena);
    w->dvectors = real_take(arena, shards * parameters->vectors);
    w->scratch_size = attention_scratch(c->context, config_head_width(c));
    w->scratch = real_take(arena, shards * w->scratch_size);
}
