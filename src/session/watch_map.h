/* What keys and columns of rows stand for, under their own names and under those of others, and the
 * names of tensors that rows bring along. */
#ifndef LNSCOPE_SESSION_WATCH_MAP_H
#define LNSCOPE_SESSION_WATCH_MAP_H

#include "base/error.h"
#include "train/quantity.h"

#include <stdbool.h>

enum {
    WATCH_LAYERS = 512,  /* blocks of a stack, at most */
    WATCH_TENSOR = 96,   /* bytes of a tensor's name, with its NUL; a longer one is passed over */
    WATCH_KEY = 160,     /* of a key or column; likewise */
    WATCH_MAPPINGS = 32, /* patterns, at most */
    WATCH_NAMES = 4096   /* names of tensors in all rows, at most */
};

/* Names of tensors, which stay where they are until the struct is closed: snapshots point to them.
 */
struct watch_names {
    int count;
    char **name; /* [count], owned */
    int next;    /* Private: behind the one that was found last, where the next one is likely */
};

/* The name as it is kept, made printable; NULL where there are too many. */
const char *watch_name(struct watch_names *names, const char *name);
void watch_names_close(struct watch_names *names);

/* What a key or column stands for. */
enum watch_field {
    WATCH_NOTHING, /* it is passed over */
    WATCH_STEP,
    WATCH_STACK,
    WATCH_PLACEMENT,
    WATCH_NORM,
    WATCH_RUN,   /* the name of the run; another one begins where it changes */
    WATCH_TITLE, /* above the picture */
    WATCH_FINITE,
    WATCH_QUANTITY,
    WATCH_FIELDS
};

/* Where a value belongs. */
struct watch_place {
    enum watch_field field;
    enum quantity quantity; /* of WATCH_QUANTITY */
    const char *tensor;     /* of SHAPE_TENSORS, where the key names it; or NULL */
    int layer;              /* where the value is one number of an array; -1: it is all of it */
};

/* A pattern such as "grad/layer_{l}" and what it stands for. */
struct watch_mapping {
    enum watch_field field;
    enum quantity quantity;
    /* Private: the pattern, cut at {l} and {tensor} into pieces that each end in a NUL. */
    char text[WATCH_KEY];
    char slot[2]; /* 'l' and 't' in their order; 0: there is none */
    int piece[3]; /* where the pieces before, between and behind them begin */
};

struct watch_map {
    int count;
    struct watch_mapping mapping[WATCH_MAPPINGS];
};

/* Adds "PATTERN=NAME": {l} in the pattern stands for the number of a layer or block, {tensor} for
 * the name of a tensor; NAME is step, stack, placement, norm, run, title, finite or a quantity.
 * False with a reason. */
bool watch_map_add(struct watch_map *map, const char *text, struct error *error);

/* The place of a key or column. */
struct watch_place watch_place(const struct watch_map *map, struct watch_names *names,
                               const char *key);

/* Whether rows have a quantity: it is measured in a step, not computed from all of them. */
bool watch_has(enum quantity quantity);

#endif
