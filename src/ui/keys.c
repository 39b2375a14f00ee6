/* See keys.h. Owns the table; must not know what an action does. */
#include "ui/keys.h"

#include <stdio.h>

const struct key_row key_table[ACTIONS] = {
    [ACTION_PAUSE] = {.name = "pause",
                      .code = {KEY_CODE_SPACE, KEY_CODE_NONE},
                      .label = "space",
                      .group = "Run",
                      .help = "pause, and run again",
                      .hint = "pause"},
    [ACTION_STEP] = {.name = "step",
                     .code = {'.', KEY_CODE_NONE},
                     .label = ".",
                     .group = "Run",
                     .help = "one step of both stacks, then pause",
                     .hint = "step"},
    [ACTION_RESTART] = {.name = "restart",
                        .code = {'r', KEY_CODE_NONE},
                        .label = "r",
                        .group = "Run",
                        .help = "restart both stacks from the same seed",
                        .hint = "restart"},
    [ACTION_RESEED] = {.name = "reseed",
                       .code = {'R', KEY_CODE_NONE},
                       .label = "R",
                       .group = "Run",
                       .help = "restart both stacks from the next seed",
                       .hint = NULL},
    [ACTION_FASTER] = {.name = "faster",
                       .code = {'+', '='},
                       .label = "+",
                       .group = "Run",
                       .help = "faster: up to 250 steps a second, then unlimited (also =)",
                       .hint = "speed"},
    [ACTION_SLOWER] = {.name = "slower",
                       .code = {'-', '_'},
                       .label = "-",
                       .group = "Run",
                       .help = "slower: down to 1 step a second (also _)",
                       .hint = NULL},
    [ACTION_WARMUP_LONGER] = {.name = "warmup-longer",
                              .code = {'w', KEY_CODE_NONE},
                              .label = "w",
                              .group = "Settings",
                              .help = "longer warmup: 0 25 50 100 200 400 800 steps",
                              .hint = "warmup"},
    [ACTION_WARMUP_SHORTER] = {.name = "warmup-shorter",
                               .code = {'W', KEY_CODE_NONE},
                               .label = "W",
                               .group = "Settings",
                               .help = "shorter warmup",
                               .hint = NULL},
    [ACTION_LR_UP] = {.name = "lr-up",
                      .code = {'l', KEY_CODE_NONE},
                      .label = "l",
                      .group = "Settings",
                      .help = "higher learning rate: 1 2 3 5 10 ... up to 1",
                      .hint = "lr"},
    [ACTION_LR_DOWN] = {.name = "lr-down",
                        .code = {'L', KEY_CODE_NONE},
                        .label = "L",
                        .group = "Settings",
                        .help = "lower learning rate, down to 1e-5",
                        .hint = NULL},
    [ACTION_DEEPER] = {.name = "deeper",
                       .code = {'d', KEY_CODE_NONE},
                       .label = "d",
                       .group = "Settings",
                       .help = "more layers: 2 4 6 8 12 18 24 36 48; restarts",
                       .hint = "depth"},
    [ACTION_SHALLOWER] = {.name = "shallower",
                          .code = {'D', KEY_CODE_NONE},
                          .label = "D",
                          .group = "Settings",
                          .help = "fewer layers; restarts",
                          .hint = NULL},
    [ACTION_NORM] = {.name = "norm",
                     .code = {'n', KEY_CODE_NONE},
                     .label = "n",
                     .group = "Settings",
                     .help = "next norm: layernorm, rmsnorm, none; restarts",
                     .hint = "norm"},
    [ACTION_CLIP] = {.name = "clip",
                     .code = {'c', KEY_CODE_NONE},
                     .label = "c",
                     .group = "Settings",
                     .help = "next gradient clipping: none 0.1 0.25 0.5 1 5",
                     .hint = NULL},
    [ACTION_TASK] = {.name = "task",
                     .code = {'t', KEY_CODE_NONE},
                     .label = "t",
                     .group = "Settings",
                     .help = "next task; restarts",
                     .hint = NULL},
    [ACTION_GRADIENT] = {.name = "gradient",
                         .code = {'g', KEY_CODE_NONE},
                         .label = "g",
                         .group = "View",
                         .help = "bars show the gradient of the stream, or of a parameter",
                         .hint = "gradient"},
    [ACTION_TENSOR] = {.name = "tensor",
                       .code = {'G', KEY_CODE_NONE},
                       .label = "G",
                       .group = "View",
                       .help = "bars show the gradient of the next parameter",
                       .hint = NULL},
    [ACTION_FREEZE] = {.name = "freeze",
                       .code = {'f', KEY_CODE_NONE},
                       .label = "f",
                       .group = "View",
                       .help = "freeze the axis of the bars, or let it follow them",
                       .hint = NULL},
    [ACTION_SCROLL_UP] = {.name = "scroll-up",
                          .code = {KEY_CODE_UP, 'k'},
                          .label = "Up",
                          .group = "View",
                          .help = "scroll the bars to later layers (also k)",
                          .hint = NULL},
    [ACTION_SCROLL_DOWN] = {.name = "scroll-down",
                            .code = {KEY_CODE_DOWN, 'j'},
                            .label = "Down",
                            .group = "View",
                            .help = "scroll the bars to earlier layers (also j)",
                            .hint = NULL},
    [ACTION_EXPORT] = {.name = "export",
                       .code = {'x', KEY_CODE_NONE},
                       .label = "x",
                       .group = "Program",
                       .help = "write the screen to an SVG and a text file",
                       .hint = "export"},
    [ACTION_REDRAW] = {.name = "redraw",
                       .code = {KEY_CODE_CTRL_L, KEY_CODE_NONE},
                       .label = "Ctrl-L",
                       .group = "Program",
                       .help = "draw the whole screen again",
                       .hint = NULL},
    [ACTION_HELP] = {.name = "help",
                     .code = {'?', KEY_CODE_NONE},
                     .label = "?",
                     .group = "Program",
                     .help = "this help; ?, Escape or q leaves it",
                     .hint = "help"},
    [ACTION_QUIT] = {.name = "quit",
                     .code = {'q', KEY_CODE_NONE},
                     .label = "q",
                     .group = "Program",
                     .help = "quit",
                     .hint = "quit"},
};

int key_action(int code)
{
    if (code == KEY_CODE_NONE)
        return -1;
    for (int i = 0; i < ACTIONS; i++)
        if (key_table[i].code[0] == code || key_table[i].code[1] == code)
            return i;
    return -1;
}

void key_describe(int code, char *out, size_t size)
{
    static const struct {
        int code;
        const char *name;
    } named[] = {
        {KEY_CODE_TAB, "Tab"},
        {KEY_CODE_ENTER, "Enter"},
        {KEY_CODE_ESCAPE, "Escape"},
        {KEY_CODE_SPACE, "space"},
        {KEY_CODE_UP, "Up"},
        {KEY_CODE_DOWN, "Down"},
        {KEY_CODE_LEFT, "Left"},
        {KEY_CODE_RIGHT, "Right"},
        {KEY_CODE_PAGE_UP, "Page Up"},
        {KEY_CODE_PAGE_DOWN, "Page Down"},
        {KEY_CODE_HOME, "Home"},
        {KEY_CODE_END, "End"},
        {KEY_CODE_BACKSPACE, "Backspace"},
    };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (named[i].code == code) {
            snprintf(out, size, "key %s", named[i].name);
            return;
        }
    if (code > ' ' && code < 127)
        snprintf(out, size, "key '%c'", code);
    else if (code >= 0 && code < ' ')
        snprintf(out, size, "key Ctrl-%c", code + '@');
    else if (code > 127 && code < KEY_CODE_UP)
        snprintf(out, size, "key U+%04X", (unsigned)code);
    else
        snprintf(out, size, "this key");
}
