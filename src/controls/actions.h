/* The actions: what a key, a command or a click can ask for. One row each, in the order of the
 * help.
 *
 * A row names the function that carries it out and that function's argument, by which two opposite
 * keys share one, and then what keys.h says of its key. The enum below, the table of keys (keys.c)
 * and that of the handlers (app/app_keys.c) are made from it: an action without a handler does not
 * link, and one whose handler is of another kind does not compile. The functions are app's; nothing
 * here calls them. */
#ifndef LNSCOPE_CONTROLS_ACTIONS_H
#define LNSCOPE_CONTROLS_ACTIONS_H

#define ACTION_LIST(ACTION)                                                                        \
    ACTION(PAUSE, act_run, false, .trains = true, .name = "pause",                                 \
           .code = {KEY_CODE_SPACE, KEY_CODE_NONE}, .label = "space", .group = "Run",              \
           .help = "pause, and run again", .hint = "pause")                                        \
    ACTION(STEP, act_run, true, .trains = true, .name = "step", .code = {'.', KEY_CODE_NONE},      \
           .label = ".", .group = "Run", .help = "one step of both stacks, then pause",            \
           .hint = "step")                                                                         \
    ACTION(RESTART, act_restart, 0, .trains = true, .ends = true, .name = "restart",               \
           .code = {'r', KEY_CODE_NONE}, .label = "r", .group = "Run",                             \
           .help = "restart both stacks from the same seed", .hint = "restart")                    \
    ACTION(RESEED, act_reseed, 0, .trains = true, .ends = true, .name = "reseed",                  \
           .code = {'R', KEY_CODE_NONE}, .label = "R", .group = "Run",                             \
           .help = "restart both stacks from the next seed")                                       \
    ACTION(UNDO, act_undo, 0, .trains = true, .name = "undo", .code = {'u', KEY_CODE_NONE},        \
           .label = "u", .group = "Run",                                                           \
           .help = "take back the last change, switch, restart or branch; again", .hint = "undo")  \
    ACTION(FASTER, act_speed, 1, .trains = true, .name = "faster", .code = {'+', '='},             \
           .label = "+", .group = "Run",                                                           \
           .help = "faster: up to 250 steps a second, then unlimited (also =)", .hint = "speed")   \
    ACTION(SLOWER, act_speed, -1, .trains = true, .name = "slower", .code = {'-', '_'},            \
           .label = "-", .group = "Run", .help = "slower: down to 1 step a second (also _)")       \
    ACTION(WARMUP_LONGER, act_warmup, 1, .trains = true, .name = "warmup-longer",                  \
           .code = {'w', KEY_CODE_NONE}, .label = "w", .group = "Settings",                        \
           .help = "longer warmup: 0 25 50 100 200 400 800 steps", .hint = "warmup")               \
    ACTION(WARMUP_SHORTER, act_warmup, -1, .trains = true, .name = "warmup-shorter",               \
           .code = {'W', KEY_CODE_NONE}, .label = "W", .group = "Settings",                        \
           .help = "shorter warmup")                                                               \
    ACTION(LR_UP, act_lr, 1, .trains = true, .name = "lr-up", .code = {'l', KEY_CODE_NONE},        \
           .label = "l", .group = "Settings",                                                      \
           .help = "higher learning rate: 1 2 3 5 10 ... up to 1", .hint = "lr")                   \
    ACTION(LR_DOWN, act_lr, -1, .trains = true, .name = "lr-down", .code = {'L', KEY_CODE_NONE},   \
           .label = "L", .group = "Settings", .help = "lower learning rate, down to 1e-5")         \
    ACTION(DEEPER, act_layers, 1, .trains = true, .ends = true, .name = "deeper",                  \
           .code = {'d', KEY_CODE_NONE}, .label = "d", .group = "Settings",                        \
           .help = "more layers: 2 4 6 8 12 18 24 36 48; restarts", .hint = "depth")               \
    ACTION(SHALLOWER, act_layers, -1, .trains = true, .ends = true, .name = "shallower",           \
           .code = {'D', KEY_CODE_NONE}, .label = "D", .group = "Settings",                        \
           .help = "fewer layers; restarts")                                                       \
    ACTION(NORM, act_norm, 0, .trains = true, .ends = true, .name = "norm-next",                   \
           .code = {'n', KEY_CODE_NONE}, .label = "n", .group = "Settings",                        \
           .help = "next norm, in both stacks; restarts", .hint = "norm")                          \
    ACTION(CLIP, act_clip, 0, .trains = true, .name = "clip-next", .code = {'c', KEY_CODE_NONE},   \
           .label = "c", .group = "Settings",                                                      \
           .help = "next gradient clipping: none 0.1 0.25 0.5 1 5")                                \
    ACTION(TASK, act_task, 0, .trains = true, .ends = true, .name = "task-next",                   \
           .code = {'t', KEY_CODE_NONE}, .label = "t", .group = "Settings",                        \
           .help = "next task; restarts", .hint = "task")                                          \
    ACTION(PRESET, act_preset, 0, .trains = true, .ends = true, .name = "preset-next",             \
           .code = {'p', KEY_CODE_NONE}, .label = "p", .group = "Settings",                        \
           .help = "next preset, for both stacks; restarts")                                       \
    ACTION(LEFT_NEXT, act_placement, LEFT, .trains = true, .ends = true, .name = "left-next",      \
           .code = {'a', KEY_CODE_NONE}, .label = "a", .group = "Settings",                        \
           .help = "next placement in the left stack; restarts")                                   \
    ACTION(RIGHT_NEXT, act_placement, RIGHT, .trains = true, .ends = true, .name = "right-next",   \
           .code = {'b', KEY_CODE_NONE}, .label = "b", .group = "Settings",                        \
           .help = "next placement in the right stack; restarts")                                  \
    ACTION(SWITCH_RIGHT, act_switch, RIGHT, .trains = true, .ends = true, .name = "switch-right",  \
           .code = {'s', KEY_CODE_NONE}, .label = "s", .group = "Settings",                        \
           .help = "right stack: next placement, going on as it is", .hint = "switch")             \
    ACTION(SWITCH_LEFT, act_switch, LEFT, .trains = true, .ends = true, .name = "switch-left",     \
           .code = {'S', KEY_CODE_NONE}, .label = "S", .group = "Settings",                        \
           .help = "left stack: next placement, going on as it is")                                \
    ACTION(GRADIENT, act_gradient, false, .name = "gradient", .code = {'g', KEY_CODE_NONE},        \
           .label = "g", .group = "View",                                                          \
           .help = "bars, waterfall: gradient of the stream, or of a parameter",                   \
           .hint = "gradient")                                                                     \
    ACTION(TENSOR, act_gradient, true, .name = "tensor", .code = {'G', KEY_CODE_NONE},             \
           .label = "G", .group = "View",                                                          \
           .help = "bars, waterfall: gradient of the next parameter")                              \
    ACTION(FREEZE, act_freeze, 0, .name = "freeze", .code = {'f', KEY_CODE_NONE}, .label = "f",    \
           .group = "View", .help = "bars, waterfall: freeze the axis, or let it follow them")     \
    ACTION(PROJECTOR, act_projector, 0, .name = "projector", .code = {'P', KEY_CODE_NONE},         \
           .label = "P", .group = "View",                                                          \
           .help = "projector: few panels, digits large enough for the back row",                  \
           .hint = "projector")                                                                    \
    ACTION(HIDE, act_hide, 0, .name = "hide-header", .code = {'H', KEY_CODE_NONE}, .label = "H",   \
           .group = "View", .help = "hide header and footer, for a lesson; again: show them",      \
           .hint = "hide")                                                                         \
    ACTION(THEME, act_theme, 0, .name = "theme-next", .code = {'T', KEY_CODE_NONE}, .label = "T",  \
           .group = "View", .help = "next theme", .hint = "theme")                                 \
    ACTION(NEXT_VIEW, act_view, 1, .name = "next-view", .code = {KEY_CODE_TAB, KEY_CODE_NONE},     \
           .label = "Tab", .group = "View", .help = "next view; the digits choose one",            \
           .hint = "view")                                                                         \
    ACTION(PREVIOUS_VIEW, act_view, -1, .name = "previous-view",                                   \
           .code = {KEY_CODE_BACK_TAB, KEY_CODE_NONE}, .label = "Shift-Tab", .group = "View",      \
           .help = "previous view")                                                                \
    ACTION(SCROLL_UP, act_scroll, 1, .name = "scroll-up", .code = {KEY_CODE_UP, 'k'},              \
           .label = "Up", .group = "View",                                                         \
           .help = "later layers, block, row above; log: older ones (also k)")                     \
    ACTION(SCROLL_DOWN, act_scroll, -1, .name = "scroll-down", .code = {KEY_CODE_DOWN, 'j'},       \
           .label = "Down", .group = "View",                                                       \
           .help = "earlier layers, block, row below; log: newer (also j)")                        \
    ACTION(LEFT, act_sideways, -1, .name = "move-left", .code = {KEY_CODE_LEFT, KEY_CODE_NONE},    \
           .label = "Left", .group = "View",                                                       \
           .help = "curves: earlier steps; tensors: block; log: event before")                     \
    ACTION(RIGHT, act_sideways, 1, .name = "move-right", .code = {KEY_CODE_RIGHT, KEY_CODE_NONE},  \
           .label = "Right", .group = "View",                                                      \
           .help = "curves: later steps; tensors: block; log: event after")                        \
    ACTION(SEARCH, act_search, 0, .name = "search", .code = {'/', KEY_CODE_NONE}, .label = "/",    \
           .group = "View", .help = "log, help: search; n N: further matches; Escape ends it",     \
           .hint = "search")                                                                       \
    ACTION(ZOOM_IN, act_zoom, 1, .name = "zoom-in", .code = {'z', KEY_CODE_NONE}, .label = "z",    \
           .group = "View", .help = "waterfall, curves: half as many steps", .hint = "zoom")       \
    ACTION(ZOOM_OUT, act_zoom, -1, .name = "zoom-out", .code = {'Z', KEY_CODE_NONE}, .label = "Z", \
           .group = "View", .help = "waterfall, curves: twice as many steps, up to the whole run") \
    ACTION(QUANTITY, act_quantity, 1, .name = "quantity", .code = {'v', KEY_CODE_NONE},            \
           .label = "v", .group = "View", .help = "next quantity; anatomy: attention; lab: stack", \
           .hint = "values")                                                                       \
    ACTION(SMOOTHER, act_smooth, 1, .name = "smoother", .code = {')', KEY_CODE_NONE},              \
           .label = ")", .group = "View", .help = "curves: smoother, up to 0.99 per step",         \
           .hint = "smooth")                                                                       \
    ACTION(ROUGHER, act_smooth, -1, .name = "rougher", .code = {'(', KEY_CODE_NONE}, .label = "(", \
           .group = "View", .help = "curves: less smooth, down to the raw values")                 \
    ACTION(LOG_Y, act_log_y, 1, .name = "log-y", .code = {'y', KEY_CODE_NONE}, .label = "y",       \
           .group = "View", .help = "curves: logarithmic or linear values", .hint = "log")         \
    ACTION(LOG_X, act_log_x, 1, .name = "log-x", .code = {'Y', KEY_CODE_NONE}, .label = "Y",       \
           .group = "View", .help = "curves: logarithmic or linear steps")                         \
    ACTION(BLIND, act_blind, 0, .name = "blind", .code = {'B', KEY_CODE_NONE}, .label = "B",       \
           .group = "View", .help = "hide which stack is which, A or B; again: reveal it")         \
    ACTION(BACK, act_steps, -1, .name = "back", .code = {'[', KEY_CODE_NONE}, .label = "[",        \
           .group = "Time", .help = "one step back: all views show that moment", .hint = "back")   \
    ACTION(FORWARD, act_steps, 1, .name = "forward", .code = {']', KEY_CODE_NONE}, .label = "]",   \
           .group = "Time", .help = "one step forward; past the newest one: live again",           \
           .hint = "forward")                                                                      \
    ACTION(FAR_BACK, act_far, -1, .name = "far-back", .code = {'{', KEY_CODE_NONE}, .label = "{",  \
           .group = "Time", .help = "back by a tenth of the run")                                  \
    ACTION(FAR_FORWARD, act_far, 1, .name = "far-forward", .code = {'}', KEY_CODE_NONE},           \
           .label = "}", .group = "Time", .help = "forward by a tenth of the run")                 \
    ACTION(FIRST, act_to_step, 1, .name = "first", .code = {KEY_CODE_HOME, KEY_CODE_NONE},         \
           .label = "Home", .group = "Time", .help = "the first step")                             \
    ACTION(LIVE, act_live, 0, .name = "live", .code = {KEY_CODE_END, KEY_CODE_ESCAPE},             \
           .label = "End", .group = "Time", .help = "the newest step, live (also Escape)",         \
           .hint = "live")                                                                         \
    ACTION(MARK, act_mark, 0, .name = "mark", .code = {'m', KEY_CODE_NONE}, .label = "m",          \
           .group = "Time", .help = "name the step that is shown", .hint = "mark")                 \
    ACTION(NEXT_MARK, act_to_mark, 1, .name = "next-mark", .code = {'\'', KEY_CODE_NONE},          \
           .label = "'", .group = "Time", .help = "to the next mark")                              \
    ACTION(PREVIOUS_MARK, act_to_mark, -1, .name = "previous-mark", .code = {'"', KEY_CODE_NONE},  \
           .label = "\"", .group = "Time", .help = "to the mark before")                           \
    ACTION(BRANCH, act_branch, 0, .trains = true, .ends = true, .name = "branch",                  \
           .code = {'F', KEY_CODE_NONE}, .label = "F", .group = "Time",                            \
           .help = "branch: train on from the step shown; the old curves stay", .hint = "branch")  \
    ACTION(ENTER, act_enter, 0, .trains = true, .name = "enter",                                   \
           .code = {KEY_CODE_ENTER, KEY_CODE_NONE}, .label = "Enter", .group = "Runs",             \
           .help = "runs: back into the chosen one; lab: open the cell", .hint = "open")           \
    ACTION(OVERLAY, act_overlay, 0, .name = "overlay", .code = {'i', KEY_CODE_NONE}, .label = "i", \
           .group = "Runs", .help = "runs: overlay the curves of the chosen run, up to 8",         \
           .hint = "overlay")                                                                      \
    ACTION(PIN, act_pin, 0, .name = "pin", .code = {'I', KEY_CODE_NONE}, .label = "I",             \
           .group = "Runs", .help = "runs: pin one: always overlaid, never dropped",               \
           .hint = "pin")                                                                          \
    ACTION(SORT_LEFT, act_sort, -1, .name = "sort-left", .code = {'<', KEY_CODE_NONE},             \
           .label = "<", .group = "Runs", .help = "runs: sort by the column before; lab: seed")    \
    ACTION(SORT_RIGHT, act_sort, 1, .name = "sort-right", .code = {'>', KEY_CODE_NONE},            \
           .label = ">", .group = "Runs", .help = "runs: sort by the next column; lab: seed",      \
           .hint = "sort")                                                                         \
    ACTION(REMOVE, act_remove, 0, .name = "remove", .code = {KEY_CODE_DELETE, KEY_CODE_NONE},      \
           .label = "Delete", .group = "Runs", .help = "runs: twice removes the chosen run",       \
           .hint = "remove")                                                                       \
    ACTION(COMMAND, act_command, 0, .name = "command", .code = {':', KEY_CODE_NONE}, .label = ":", \
           .group = "Program",                                                                     \
           .help = "type a command: set, preset, mark, save ...; Tab completes",                   \
           .hint = "command")                                                                      \
    ACTION(EXPORT, act_export, 0, .name = "export", .code = {'x', KEY_CODE_NONE}, .label = "x",    \
           .group = "Program", .help = "write the screen to an SVG and a text file",               \
           .hint = "export")                                                                       \
    ACTION(PLAY, act_play, 0, .trains = true, .name = "play", .code = {'e', KEY_CODE_NONE},        \
           .label = "e", .group = "Program",                                                       \
           .help = "choose a lesson or demo; in one: give the keyboard back", .hint = "lessons")   \
    ACTION(RECORD, act_record, 0, .name = "record", .code = {'X', KEY_CODE_NONE}, .label = "X",    \
           .group = "Program", .help = "start a recording of the screen, or end it")               \
    ACTION(REDRAW, act_redraw, 0, .name = "redraw", .code = {KEY_CODE_CTRL_L, KEY_CODE_NONE},      \
           .label = "Ctrl-L", .group = "Program", .help = "draw the whole screen again")           \
    ACTION(HELP, act_help, 0, .name = "help", .code = {'?', KEY_CODE_NONE}, .label = "?",          \
           .group = "Program", .help = "this help; ?, Escape or q leaves it", .hint = "help")      \
    ACTION(QUIT, act_quit, 0, .name = "quit", .code = {'q', KEY_CODE_NONE}, .label = "q",          \
           .group = "Program", .help = "quit", .hint = "quit")

#define ACTION_ID(id, handler, argument, ...) ACTION_##id,
enum action { ACTION_LIST(ACTION_ID) ACTIONS };
#undef ACTION_ID

#endif
