/* The settings of a session: one struct, one table, one way in.
 *
 * An option, a key, a command, a config line all end in setting_set(), with the same checks and the
 * same messages. The table is also what the help, the man page and `lnscope list settings` print.
 *
 * Some settings are those of a stack: NAME then means both stacks, left-NAME and right-NAME one of
 * them, and a value can be written LEFT/RIGHT. The others both stacks share. */
#ifndef LNSCOPE_TRAIN_SETTINGS_H
#define LNSCOPE_TRAIN_SETTINGS_H

#include "base/error.h"
#include "core/config.h"
#include "tasks/task.h"
#include "train/presets.h"
#include "train/schedule.h"
#include "train/side.h"

#include <stdint.h>
#include <stdio.h>

/* Bytes that hold the name of any setting, any value, and what setting_values() writes. */
enum { SETTING_NAME_TEXT = 64, SETTING_TEXT = 1024, SETTING_VALUES = 200 };

/* The most blocks of a model that is trained here. */
enum { LAYERS_MAX = 128 };

/* More than there are settings. */
enum { SETTINGS_MAX = 64 };

/* How glyphs are chosen: by the locale, or not. */
enum ascii_mode { ASCII_AUTO, ASCII_ON, ASCII_OFF };

enum theme { THEME_DEFAULT, THEME_DARK, THEME_LIGHT, THEME_MONO, THEMES };

/* Which keys a query sees; `auto` is what the task is made for. */
enum attention_mode { ATTENTION_AUTO, ATTENTION_CAUSAL, ATTENTION_BIDIRECTIONAL };

/* What weight-decay acts on. */
enum decay_on { DECAY_ON_MATRICES, DECAY_ON_ALL };

/* What the stacks can differ in; core/config.h says more of each. */
struct stack_settings {
    enum preset preset;       /* the last one that was set */
    enum placement placement; /* `left`, `right` */
    enum norm norm;
    double norm_eps;
    bool norm_bias, gain_offset, branch_zero;
    enum activation activation;
    enum positions positions;
    enum attention_mode attention;
    int kv_heads;     /* 0: as many as heads */
    int kv_rank;      /* 0: full */
    int window;       /* 0: none */
    int window_every; /* 1: in every block */
    int full_every;   /* 0: none */
    bool qk_norm, qk_joint, kv_norm, bias, tied, embedding_scale, parallel;
    double dropout;
    int experts, experts_used; /* experts 0: none */
    enum init init;
};

struct settings {
    /* the model: a change restarts the run from the same seed */
    struct stack_settings stack[SIDES];
    int layers, width, heads, ffn, context, batch; /* L D H F T B */
    enum task_kind task;
    char text[SETTING_TEXT]; /* file of the `text` task */
    int vocab;               /* tokens of the tasks of random sequences */
    int modulus;             /* of the `modular` task */
    double train_fraction;   /* of its sums that are trained on */
    uint64_t seed;
    /* the optimizer: a change applies at the next step */
    enum optimizer optimizer;
    double lr;
    int warmup;            /* steps; settings_warmup() is what counts: */
    double warmup_percent; /* of the steps; 0: `warmup` counts */
    enum schedule schedule;
    double min_lr;
    double min_lr_percent; /* of lr; 0: `min_lr` counts */
    double clip;           /* largest global gradient norm; 0: no clipping */
    double weight_decay, beta1, beta2;
    enum decay_on decay_on;
    double eps;
    double label_smoothing;
    int64_t steps; /* 0: until stopped; also the length of the decaying schedules */
    /* the program: never touches the numbers */
    int threads; /* 0: as many as the machine has cores */
    enum theme theme;
    enum ascii_mode ascii;
    bool mouse, hide; /* hide: no header, no footer */
    bool confirm;     /* q asks where runs would be lost */
    int fps;
    int history;  /* MB for what was measured, as much for saved states, and for earlier runs */
    double speed; /* steps per second; 0: unlimited */
};

/* What a change of a setting asks for. */
enum setting_scope { SCOPE_MODEL, SCOPE_OPTIMIZER, SCOPE_PROGRAM };

enum setting_kind { SETTING_CHOICE, SETTING_INTEGER, SETTING_REAL, SETTING_STRING };

struct setting_row {
    const char *name;
    enum setting_kind kind;
    enum setting_scope scope;
    bool per_stack;              /* also left-NAME and right-NAME */
    bool trains;                 /* of the program, but nothing to one that only watches */
    const struct names *choices; /* of SETTING_CHOICE; NULL of the others */
    double least, most;          /* of the numbers, inclusive unless ... */
    bool above, below;           /* ... `least` (above) or `most` (below) itself is not allowed */
    const char *zero;            /* a word for 0, which is then allowed below `least`; or NULL */
    const char *share_of;        /* "10%" is taken too, as a share "of the steps"; or NULL */
    size_t percent;              /* with share_of: offset of a double, 0: the number counts */
    const char *initial;         /* the default, as one would type it */
    const char *unit;            /* "", "steps", ... */
    const char *at_zero;         /* what 0 means where it is no amount: "no clipping"; or NULL */
    const char *help;            /* one line */
    unsigned tasks; /* SETTING_OF_TASK of all that read it; 0: it is read in any case */
    size_t offset;  /* into struct settings; of a row per stack: its left one */
    size_t size;    /* the type follows from it and `kind` */
};

/* A task among others (setting_row.tasks). */
#define SETTING_OF_TASK(kind) (1u << (kind))

extern const struct setting_row setting_table[];
extern const int setting_count;

/* The themes by name; how they look is the business of screen/theme.h. */
extern const struct name_row setting_themes[THEMES];

/* The defaults of the table. */
struct settings settings_default(void);

/* Is it no setting, but an option of the command line, or the end of the name of one, as in
 * --no-config? Then says so. */
bool setting_is_option(const char *name, struct error *error);

/* The row of a name, left-NAME and right-NAME included, or NULL with an error that lists the right
 * ones. */
const struct setting_row *setting_find(const char *name, struct error *error);

/* Sets one setting from text, checked against its row; on an error nothing has changed. A setting
 * of the stacks without "left-" or "right-" in front is set in both, and then LEFT/RIGHT is a value
 * as well. A preset sets others along with itself: those of its stack, and where both stacks get
 * it those that they share. */
bool setting_set(struct settings *settings, const char *name, const char *value,
                 struct error *error);

/* The value as one would type it; LEFT/RIGHT where the stacks differ. Written in the order of the
 * table, the values of all settings make the same settings again. */
void setting_get(const struct settings *settings, const struct setting_row *row, char *out,
                 size_t size);

/* The value in one stack; of a setting that both share, that. */
void setting_get_stack(const struct settings *settings, const struct setting_row *row,
                       enum side side, char *out, size_t size);

/* Whether a setting is one of the stacks: per stack, or `left` or `right`. */
bool setting_of_stack(const struct setting_row *row);

/* What a usage line calls a value: "NAME", "N", "X", "FILE". */
const char *setting_argument(const struct setting_row *row);

/* What follows a value that is shown: "steps", of a share "of the steps"; "" for none. */
const char *setting_unit(const struct setting_row *row, const char *value);

/* What a setting accepts, as error messages and lists say it: "a whole number from 1 to 128",
 * "one of pre, post, none". */
void setting_values(const struct setting_row *row, char *out, size_t size);

/* The same without the words that a column of values does not need: "from 1 to 128". */
void setting_values_brief(const struct setting_row *row, char *out, size_t size);

/* The steps of the warmup, the rate that a decay ends at, and that of a step (the first is 1). */
int64_t settings_warmup(const struct settings *settings);
double settings_min_lr(const struct settings *settings);
double settings_lr(const struct settings *settings, int64_t step);

/* The setting `history` in bytes: what saved states and earlier runs may take, each. */
size_t settings_history_bytes(const struct settings *settings);

/* What the history of a run that trains on the screen may take of it: an eighth, but no less than
 * 32 MB where there are as many. */
size_t settings_past_bytes(const struct settings *settings);

/* Copies the settings of one scope. */
void settings_copy(struct settings *to, const struct settings *from, enum setting_scope scope);

/* The widest scope among the settings in which the two differ, SCOPE_MODEL being the widest; -1
 * when they are the same. What only some tasks read counts only where one of them is chosen. */
int settings_difference(const struct settings *before, const struct settings *after);

/* Its task. The text is that of `settings`. */
struct task_setup settings_task(const struct settings *settings);

/* What a preset sets, as one would type it, in the order of the table: what it says of a stack
 * (`placement` stands for `left` and `right`), or all that it sets of what the stacks share. The
 * number of pairs. */
struct setting_pair {
    const char *name, *value;
};
int settings_preset_pairs(enum preset preset, bool shared, struct setting_pair out[SETTINGS_MAX]);

/* Whether a stack still is what its preset has made it. */
bool settings_preset_holds(const struct settings *settings, enum side side);

#endif
