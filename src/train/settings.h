/* The settings of a session: one struct, one table, one way in.
 *
 * An option, a key, a command, a config line all end in setting_set(), with the same checks and the
 * same messages. The table is also what the help, the man page and `lnscope list settings` print.
 */
#ifndef LNSCOPE_TRAIN_SETTINGS_H
#define LNSCOPE_TRAIN_SETTINGS_H

#include "base/error.h"
#include "core/config.h"
#include "train/schedule.h"
#include "train/snapshot.h"
#include "train/task.h"

#include <stdint.h>
#include <stdio.h>

enum { SETTING_TEXT = 1024 };

/* How glyphs are chosen: by the locale, or not. */
enum ascii_mode { ASCII_AUTO, ASCII_ON, ASCII_OFF };

struct settings {
    /* the model: a change restarts the run from the same seed */
    enum placement placement[SIDES]; /* `left`, `right` */
    enum norm norm;
    int layers, width, heads, ffn, context, batch; /* L D H F T B */
    enum activation activation;
    enum init init;
    enum task_kind task;
    char text[SETTING_TEXT]; /* file of the `text` task */
    uint64_t seed;
    /* the optimizer: a change applies at the next step */
    enum optimizer optimizer;
    double lr;
    int warmup; /* steps */
    enum schedule schedule;
    double clip; /* largest global gradient norm; 0: no clipping */
    double weight_decay, beta1, beta2;
    int64_t steps; /* 0: until stopped; also the length of the decaying schedules */
    /* the program: never touches the numbers */
    int threads; /* 0: as many as the machine has cores */
    int theme;   /* index into the table of themes */
    enum ascii_mode ascii;
    int fps;
    double speed; /* steps per second; 0: unlimited */
};

/* What a change of a setting asks for. */
enum setting_scope { SCOPE_MODEL, SCOPE_OPTIMIZER, SCOPE_PROGRAM };

enum setting_kind { SETTING_CHOICE, SETTING_INTEGER, SETTING_REAL, SETTING_STRING };

struct setting_row {
    const char *name;
    enum setting_kind kind;
    enum setting_scope scope;
    const char *const *choices; /* of SETTING_CHOICE, ended by NULL */
    double least, most;         /* of the numbers, inclusive unless ... */
    bool above, below;          /* ... `least` (above) or `most` (below) itself is not allowed */
    const char *zero;           /* a word for 0, which is then allowed below `least`; or NULL */
    const char *initial;        /* the default, as one would type it */
    const char *unit;           /* "", "steps", ... */
    const char *help;           /* one line */
    size_t offset;              /* into struct settings; the type follows from `size` and `kind` */
    size_t size;
};

extern const struct setting_row setting_table[];
extern const int setting_count;

/* "left", "right": how rows, files and messages call the stacks. */
extern const char *const stack_names[SIDES + 1];

/* The names of the themes, ended by NULL; `struct settings.theme` counts in them. How they look is
 * ui/theme.h's business, and a test holds the two lists against each other. */
extern const char *const setting_themes[];

/* The defaults of the table. */
struct settings settings_default(void);

/* The row of a name, or NULL with an error that lists the right ones. */
const struct setting_row *setting_find(const char *name, struct error *error);

/* Sets one setting from text, checked against its row; on an error nothing has changed. */
bool setting_set(struct settings *settings, const char *name, const char *value,
                 struct error *error);

/* The value as one would type it. */
void setting_get(const struct settings *settings, const struct setting_row *row, char *out,
                 size_t size);

/* What a setting accepts, as error messages and lists say it: "a whole number from 1 to 128",
 * "one of pre, post, none". */
void setting_values(const struct setting_row *row, char *out, size_t size);

/* What no single setting can tell: width divisible by heads, a text for the text task, the memory
 * that all of it needs against what the machine has. */
bool settings_check(const struct settings *settings, struct error *error);

/* The widest scope among the settings in which the two differ, SCOPE_MODEL being the widest; -1
 * when they are the same. The file of the text task counts only where that task is chosen. */
int settings_difference(const struct settings *before, const struct settings *after);

#endif
