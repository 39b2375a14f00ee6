/* Whole screens, glyphs and roles, against the files beside this one (support/golden.h).
 *
 * A screen that was changed on purpose is accepted by running with LNSCOPE_ACCEPT=1, which rewrites
 * both files; look at them before committing. */
#include "controls/commands.h"
#include "controls/keys.h"
#include "controls/prompt.h"
#include "screen/theme.h"
#include "support/fixture.h"
#include "support/golden.h"
#include "views/help.h"
#include "views/navigate.h"
#include "views/screen.h"
#include "views/views.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The folder of this file, as the compiler was given it: tests run from the top folder. */
static void golden_folder(char *out, size_t size)
{
    const char *file = __FILE__, *slash = strrchr(file, '/');
    snprintf(out, size, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
}

/* Makes a scene, shows it in the given size and compares; `make` may be NULL. */
static void check(const char *name, int rows, int cols, void (*make)(struct fixture *))
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    if (make)
        make(fixture);
    struct canvas canvas;
    canvas_open(&canvas, rows, cols);
    view_screen(&canvas, &fixture->scene);
    fixture_close(fixture);
    free(fixture);
    char folder[400];
    golden_folder(folder, sizeof folder);
    golden_check(folder, name, &canvas);
    canvas_close(&canvas);
}

static void run(struct fixture *fixture)
{
    fixture_train(fixture, 128);
}

/* Stuck, then warmup and a lower rate at a key. */
static void run_changed(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture->settings.warmup = 200;
    history_add_mark(&fixture->history, MARK_CHANGE, 129, "warmup 200");
    fixture_train(fixture, 159);
    fixture->settings.lr = 2e-3;
    history_add_mark(&fixture->history, MARK_CHANGE, 160, "lr 2e-3");
    fixture_train(fixture, 278);
}

static void paused(struct fixture *fixture)
{
    fixture_train(fixture, 62);
    fixture->scene.data.running = false;
    fixture->scene.look.bars.axis.frozen = true;
}

static void ended(struct fixture *fixture)
{
    fixture->settings.steps = 120;
    fixture->settings.speed = 0;
    fixture->settings.clip = 0.5;
    fixture->settings.schedule = SCHEDULE_COSINE;
    fixture_train(fixture, 120);
    fixture->scene.data.running = false;
    fixture->scene.data.ended = true;
    fixture->scene.message = "the last step is done: r starts again";
}

static void diverged(struct fixture *fixture)
{
    fixture_train_until_fault(fixture, 128, (struct fault){FAULT_STREAM, 5, 88, FAULT_ATTENTION});
}

static void diverged_backward(struct fixture *fixture)
{
    fixture_train_until_fault(fixture, 128, (struct fault){FAULT_GRADIENT, 2, 88, FAULT_WHOLE});
}

static void ascii(struct fixture *fixture)
{
    run_changed(fixture);
    fixture->scene.terminal.ascii = true;
}

static void mono(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture->settings.theme = THEME_MONO;
}

static void ascii_mono_diverged(struct fixture *fixture)
{
    diverged(fixture);
    fixture->scene.terminal.ascii = fixture->scene.terminal.mono = true;
}

static void parameter(struct fixture *fixture)
{
    fixture->scene.look.bars.gradient = GRADIENT_PARAMETER;
    fixture->scene.look.bars.tensor = 4;
    fixture->settings.stack[LEFT].norm = fixture->settings.stack[RIGHT].norm = NORM_RMSNORM;
    fixture_train(fixture, 128);
}

static void deep(struct fixture *fixture)
{
    fixture->settings.layers = 48;
    fixture_train(fixture, 128);
}

static void deep_scrolled(struct fixture *fixture)
{
    deep(fixture);
    fixture->scene.look.bars.scroll = 21;
}

static void twelve(struct fixture *fixture)
{
    fixture->settings.layers = 12;
    run_changed(fixture);
}

static void warming_up(struct fixture *fixture)
{
    fixture->settings.warmup = 100;
    fixture_train(fixture, 37);
}

static void same_placement(struct fixture *fixture)
{
    fixture->settings.stack[LEFT].placement = PLACEMENT_POST;
    fixture->settings.stack[LEFT].norm = fixture->settings.stack[RIGHT].norm = NORM_NONE;
    fixture->history.sums[LEFT].held_out = 2.123;
    fixture->task.unigram_entropy = fixture->scene.data.bound.loss = NAN;
    fixture_train(fixture, 128);
}

static void long_names(struct fixture *fixture)
{
    fixture->settings.stack[LEFT].norm = fixture->settings.stack[RIGHT].norm = NORM_NONE;
    fixture_train(fixture, 128);
}

static void help(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture->scene.look.help.open = true;
}

static void help_end(struct fixture *fixture)
{
    help(fixture);
    fixture->scene.look.help.scroll = 10000;
}

/* The line that makes the session again, and what it does not repeat. */
static void help_session(struct fixture *fixture)
{
    help_end(fixture);
    fixture->scene.share = "lnscope --left peri --norm layernorm/rmsnorm --layers 12 --lr 0.001 "
                           "--warmup 100 --task text --text 'a text.txt'";
    history_add_mark(&fixture->history, MARK_CHANGE, 20, "warmup 0→25");
    history_add_mark(&fixture->history, MARK_NAME, 25, "here");
    history_add_mark(&fixture->history, MARK_CHANGE, 40, "lr 0.003→0.001");
}

static void help_picture(struct fixture *fixture)
{
    help(fixture);
    fixture->scene.look.help.scroll = view_help_part(&fixture->scene, 80);
}

static void help_stream(struct fixture *fixture)
{
    fixture->scene.look.view = VIEW_STREAM;
    help_picture(fixture);
}

/* The second match of what is searched for, at the top. */
static void help_searched(struct fixture *fixture)
{
    struct help_look *look = &fixture->scene.look.help;
    help(fixture);
    snprintf(look->search.text, SEARCH_TEXT, "warmup");
    look->search.at = 1;
    look->scroll = view_help_match(&fixture->scene, 80, 1);
}

/* The help from its list of commands on. */
static void help_commands(struct fixture *fixture)
{
    help(fixture);
    char *screen = fixture_screen(fixture, 300, 80);
    const char *heading = strstr(screen, "Commands, behind :");
    assert_non_null(heading);
    int line = -3; /* what is above it: two rows of the header, the frame */
    for (const char *at = screen; at < heading; at++)
        line += *at == '\n';
    fixture->scene.look.help.scroll = line;
    free(screen);
}

/* The command line after these characters, of which \t is Tab. */
static void typed(struct fixture *fixture, const char *keys)
{
    static struct prompt prompt;
    prompt = (struct prompt){.complete = command_complete, .lead = ':'};
    prompt_open(&prompt, "");
    while (*keys)
        prompt_key(&prompt, (int)utf8_next(&keys));
    fixture->scene.prompt = &prompt;
}

static void prompt_empty(struct fixture *fixture)
{
    run_changed(fixture);
    typed(fixture, "");
}

static void prompt_setting(struct fixture *fixture)
{
    run_changed(fixture);
    typed(fixture, "set warmup 4");
}

static void prompt_choices(struct fixture *fixture)
{
    run_changed(fixture);
    typed(fixture, "right p\t\t");
}

/* Far among more words than there is room for. */
static void prompt_paged(struct fixture *fixture)
{
    run_changed(fixture);
    typed(fixture, "preset \t\t\t\t\t\t\t\t\t");
}

static void prompt_unknown(struct fixture *fixture)
{
    run_changed(fixture);
    typed(fixture, "set wermup");
}

/* A line longer than the screen, while the help is open. */
static void prompt_long(struct fixture *fixture)
{
    run_changed(fixture);
    fixture->scene.look.help.open = true;
    typed(fixture,
          "set text \"/home/teacher/lessons/2026/week 07/texts/on the origin of species.txt");
}

static void prompt_ascii(struct fixture *fixture)
{
    ascii(fixture);
    typed(fixture, "goto größer");
}

static void blind(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    history_add_mark(&fixture->history, MARK_CHANGE, 60, "right post→pre");
    fixture->scene.data.parameters[RIGHT] = 353000;
    fixture->scene.look.blind = true;
}

static void prompt_blind(struct fixture *fixture)
{
    blind(fixture);
    typed(fixture, "set left ");
}

/* Paused, and back at step 40 of 128. */
static void past(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture->scene.data.running = false;
    navigate_to_step(&fixture->scene, 40);
    fixture_fit_axis(fixture);
}

/* The settings are no longer those of the step that is shown. */
static void past_changed(struct fixture *fixture)
{
    run_changed(fixture);
    navigate_to_step(&fixture->scene, 90);
    fixture_fit_axis(fixture);
}

/* Back in time before a stack diverged. */
static void past_diverged(struct fixture *fixture)
{
    diverged(fixture);
    navigate_to_step(&fixture->scene, 80);
    fixture_fit_axis(fixture);
}

/* More moments than there is memory for. */
static void thinned(struct fixture *fixture)
{
    history_limit(&fixture->history, (size_t)5530 << 10);
    fixture_train(fixture, 4000);
    navigate_to_step(&fixture->scene, 1001);
    fixture_fit_axis(fixture);
}

static void race(struct fixture *fixture)
{
    fixture->settings.warmup = 100;
    fixture_train(fixture, 400);
}

static void held_out(struct fixture *fixture)
{
    fixture->with_held_out = true;
    fixture_train(fixture, 128);
}

/* A change that was taken back, a warmup that was made longer key by key, and later another
 * setting. */
static void changed_often(struct fixture *fixture)
{
    run(fixture);
    history_add_mark(&fixture->history, MARK_CHANGE, 20, "clip 0→1");
    history_add_mark(&fixture->history, MARK_CHANGE, 22, "clip 1→0");
    history_add_mark(&fixture->history, MARK_CHANGE, 40, "warmup 0→25");
    history_add_mark(&fixture->history, MARK_CHANGE, 44, "warmup 25→50");
    history_add_mark(&fixture->history, MARK_CHANGE, 52, "warmup 50→800");
    history_add_mark(&fixture->history, MARK_CHANGE, 60, "lr 0.003→0.002");
    history_add_mark(&fixture->history, MARK_CHANGE, 62, "warmup 800→0");
    history_add_mark(&fixture->history, MARK_CHANGE, 120, "warmup 0→25");
    fixture->scene.look.curves.limits[QUANTITY_LOSS] = (struct curves_limits){1, 4};
}

/* Stuck, back to step 40 and on from there with a warmup; a name for a step in between. */
static void branched(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture_branch(fixture, 40);
    fixture->settings.warmup = 200;
    history_add_mark(&fixture->history, MARK_CHANGE, 41, "branch, warmup 0→200");
    fixture_train(fixture, 90);
    history_add_mark(&fixture->history, MARK_NAME, 20, "mark 1");
}

/* The same again and again, the last time with nothing changed: three ghosts. */
static void branched_often(struct fixture *fixture)
{
    branched(fixture);
    for (int64_t step = 80; step >= 60; step -= 10) {
        fixture_branch(fixture, step);
        fixture->settings.warmup += 100;
        fixture_train(fixture, 150);
    }
    fixture_branch(fixture, 120);
    history_add_mark(&fixture->history, MARK_BRANCH, 121, "branch");
}

static void branched_ascii(struct fixture *fixture)
{
    branched(fixture);
    fixture->scene.terminal.ascii = true;
}

static void branched_mono(struct fixture *fixture)
{
    branched(fixture);
    fixture->settings.theme = THEME_MONO;
}

static void fixture_act(struct fixture *fixture, enum action action)
{
    fixture_press(fixture, key_table[action].code[0], 24, 80);
}

static void zoomed(struct fixture *fixture)
{
    run_changed(fixture);
    fixture_act(fixture, ACTION_ZOOM_IN);
    fixture_act(fixture, ACTION_ZOOM_IN);
}

static void few_colours(struct fixture *fixture)
{
    run(fixture);
    fixture->scene.terminal.few_colours = true;
}

static void waterfall_scrolled(struct fixture *fixture)
{
    deep(fixture);
    fixture->scene.look.bars.scroll = 9;
}

static void update_ratio(struct fixture *fixture)
{
    run_changed(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
    for (int i = 0; i < 4; i++)
        fixture_act(fixture, ACTION_SCROLL_DOWN);
    fixture_act(fixture, ACTION_RIGHT);
    fixture_act(fixture, ACTION_RIGHT);
}

static void weight(struct fixture *fixture)
{
    update_ratio(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
}

/* Only the right stack has two of the tensors. */
static void other_tensors(struct fixture *fixture)
{
    fixture->with_alpha = true;
    fixture_train(fixture, 128);
    fixture->scene.look.tensors.tensor = 6;
}

static void ratio(struct fixture *fixture)
{
    run_changed(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
}

static void branched_ratio(struct fixture *fixture)
{
    branched(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
}

static void branched_gradient(struct fixture *fixture)
{
    branched_ratio(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
}

static void branched_zoomed(struct fixture *fixture)
{
    branched_often(fixture);
    fixture_act(fixture, ACTION_ZOOM_IN);
    fixture_act(fixture, ACTION_SMOOTHER);
    fixture_act(fixture, ACTION_SMOOTHER);
}

static void gradient_norm(struct fixture *fixture)
{
    fixture->settings.clip = 0.5;
    run_changed(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
    fixture_act(fixture, ACTION_QUANTITY);
    fixture_act(fixture, ACTION_ROUGHER);
}

static void both_log(struct fixture *fixture)
{
    run_changed(fixture);
    fixture_act(fixture, ACTION_LOG_X);
    fixture_act(fixture, ACTION_LOG_Y);
    fixture_act(fixture, ACTION_SMOOTHER);
}

/* Zoomed, and then to the left. */
static void panned(struct fixture *fixture)
{
    zoomed(fixture);
    for (int i = 0; i < 3; i++)
        fixture_act(fixture, ACTION_LEFT);
}

static void attending(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture_attend(fixture, 125, 4, 32);
}

static void attending_ascii(struct fixture *fixture)
{
    attending(fixture);
    fixture->scene.terminal.ascii = true;
    fixture->settings.theme = THEME_MONO;
}

/* The last window, of one sequence; the right stack's numbers are lost. */
static void attending_to_one(struct fixture *fixture)
{
    attending(fixture);
    fixture->attention[LEFT]->sequence = 2;
    fixture->scene.look.anatomy.sequence = 3;
    fixture->scene.look.anatomy.from = 30;
    fixture->attention[RIGHT]->finite = false;
}

static void attending_past(struct fixture *fixture)
{
    attending(fixture);
    fixture->scene.data.running = false;
    navigate_to_step(&fixture->scene, 100);
}

static void attending_many(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture_attend(fixture, 128, 16, 80);
}

static void attending_first(struct fixture *fixture)
{
    fixture->scene.look.anatomy.maps = true;
}

static void writing(struct fixture *fixture)
{
    fixture_train(fixture, 90);
    fixture_write(fixture, 80);
    fixture_train(fixture, 128);
    fixture_write(fixture, 120);
}

/* Back at a step before the newest sample, whose own comes before it. */
static void writing_past(struct fixture *fixture)
{
    writing(fixture);
    fixture->scene.data.running = false;
    navigate_to_step(&fixture->scene, 100);
}

static void writing_paused(struct fixture *fixture)
{
    writing(fixture);
    fixture->scene.data.running = false;
}

static void writing_ascii(struct fixture *fixture)
{
    writing(fixture);
    fixture->scene.terminal.ascii = true;
}

static void writing_bytes(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture_write_bytes(fixture, 120);
}

static void writing_bytes_ascii(struct fixture *fixture)
{
    writing_bytes(fixture);
    fixture->scene.terminal.ascii = true;
}

static void writing_mono(struct fixture *fixture)
{
    writing(fixture);
    fixture->settings.theme = THEME_MONO;
}

static void writing_blind(struct fixture *fixture)
{
    writing(fixture);
    fixture->scene.look.blind = true;
}

/* Back at a step before the first sample. */
static void before_the_first_sample(struct fixture *fixture)
{
    writing(fixture);
    navigate_to_step(&fixture->scene, 40);
}

static void writing_diverged(struct fixture *fixture)
{
    diverged(fixture);
    fixture_write(fixture, 120);
    struct sample *lost = &fixture->samples.pair[0].side[RIGHT];
    lost->finite = false;
    lost->texts = 0;
}

static void answering(struct fixture *fixture)
{
    run(fixture);
    fixture->settings.task = TASK_MODULAR;
    fixture->task.name = "modular";
    fixture_answer(fixture, 120);
}

static void answering_ascii(struct fixture *fixture)
{
    answering(fixture);
    fixture->scene.terminal.ascii = true;
}

static void images(struct fixture *fixture)
{
    run(fixture);
    fixture->settings.task = TASK_SHAPES;
    fixture->task.name = "shapes";
}

static void log_run(struct fixture *fixture)
{
    fixture_watch(fixture);
    run(fixture);
}

/* A warmup at a key, a placement switched, a mark in the past, a new run that ends. */
static void log_changed(struct fixture *fixture)
{
    fixture_watch(fixture);
    fixture_train(fixture, 128);
    fixture->settings.warmup = 200;
    events_note(&fixture->events, 129, -1, EVENT_CHANGE, "warmup 0→200, lr 0.003→0.002");
    fixture_train(fixture, 600);
    events_note(&fixture->events, 60, -1, EVENT_MARK, "look at x_0");
    fixture->settings.stack[RIGHT].placement = PLACEMENT_PRE;
    events_note(&fixture->events, 601, RIGHT, EVENT_SWITCH, "pre, no longer as post");
    fixture_train(fixture, 640);
    events_note(&fixture->events, 640, -1, EVENT_END, "");
}

static void log_paused(struct fixture *fixture)
{
    log_run(fixture);
    fixture->scene.data.running = false;
}

static void log_diverged(struct fixture *fixture)
{
    fixture_watch(fixture);
    diverged(fixture);
}

static void log_past(struct fixture *fixture)
{
    log_changed(fixture);
    navigate_to_step(&fixture->scene, fixture->events.event[2].step);
}

static void log_empty_past(struct fixture *fixture)
{
    log_run(fixture);
    navigate_to_step(&fixture->scene, 1);
}

/* So much that the list could not hold it. */
static void log_flooded(struct fixture *fixture)
{
    log_run(fixture);
    events_note(&fixture->events, 40, -1, EVENT_MARK, "look at x_0");
    for (int i = 0; i < EVENTS_MAX; i++)
        events_note(&fixture->events, 50 + i / 8, i % SIDES, EVENT_SPIKE, "");
}

static void log_flooded_past(struct fixture *fixture)
{
    log_flooded(fixture);
    navigate_to_step(&fixture->scene, 40);
}

static void log_gone(struct fixture *fixture)
{
    log_flooded(fixture);
    navigate_to_step(&fixture->scene, 39);
}

static void log_scrolled(struct fixture *fixture)
{
    log_changed(fixture);
    fixture->scene.look.log.scroll = 3;
}

static void log_ascii(struct fixture *fixture)
{
    log_changed(fixture);
    fixture->scene.terminal.ascii = fixture->scene.terminal.mono = true;
}

static void log_blind(struct fixture *fixture)
{
    log_changed(fixture);
    events_note(&fixture->events, 641, -1, EVENT_CHANGE, "right post→pre");
    fixture->scene.data.parameters[RIGHT] = 353000;
    fixture->scene.look.blind = true;
}

/* The newest event in the footer, in place of the keys. */
static void news(struct fixture *fixture)
{
    log_run(fixture);
    fixture->scene.news = true;
}

/* ... which an answer to a key comes before. */
static void news_later(struct fixture *fixture)
{
    news(fixture);
    fixture->scene.message = "warmup 25 steps: from step 129 on";
}

/* An answer that needs more than one row; where three are too few it is cut. */
static void long_message(struct fixture *fixture)
{
    run(fixture);
    fixture->scene.message_role = ROLE_BAD;
    fixture->scene.message =
        "lessons/gradients.safetensors is damaged or no safetensors file (its header would have "
        "8101803602087780387 bytes, in a file of 12107): name another";
}

static void hide(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    fixture->scene.look.hide = true;
}

/* The last row belongs to the message for as long as there is one. */
static void hide_message(struct fixture *fixture)
{
    hide(fixture);
    fixture->scene.message = "hide on";
}

static void recording(struct fixture *fixture)
{
    fixture->settings.warmup = 100;
    fixture_train(fixture, 37);
    fixture->scene.recording = "talks/collapse.cast";
}

static void before(struct fixture *fixture)
{
    fixture->scene.data.running = false;
}

static void ascii_recording(struct fixture *fixture)
{
    recording(fixture);
    fixture->scene.terminal.ascii = true;
}

#define PROJECTOR(name, rows, cols, make)                                                          \
    static void make_##name(struct fixture *fixture)                                               \
    {                                                                                              \
        make(fixture);                                                                             \
        fixture->scene.look.projector = true;                                                      \
    }                                                                                              \
    SCREEN(name, rows, cols, make_##name)

static void place(struct fixture *fixture, enum placement left, enum placement right)
{
    fixture->settings.stack[LEFT].placement = left;
    fixture->settings.stack[RIGHT].placement = right;
    fixture_train(fixture, 128);
}

static void peri_b2t(struct fixture *fixture)
{
    place(fixture, PLACEMENT_PERI, PLACEMENT_B2T);
    fixture->scene.look.anatomy.block = 2;
}

static void residual_deepnorm(struct fixture *fixture)
{
    place(fixture, PLACEMENT_RESIDUAL, PLACEMENT_DEEPNORM);
}

/* Mix-LN is Pre-LN in its last block, and that of Scaled Pre-LN is divided by its number. */
static void mix_lns(struct fixture *fixture)
{
    fixture->scene.look.anatomy.block = 5;
    place(fixture, PLACEMENT_MIX, PLACEMENT_LNS);
}

static void rezero_branch(struct fixture *fixture)
{
    fixture->settings.stack[RIGHT].norm = NORM_RMSNORM;
    place(fixture, PLACEMENT_REZERO, PLACEMENT_BRANCH);
}

static void parallel(struct fixture *fixture)
{
    fixture->settings.stack[LEFT].parallel = true;
    fixture_train(fixture, 128);
}

/* No norm at all on the left, and the last block. */
static void no_norm(struct fixture *fixture)
{
    fixture->settings.stack[LEFT].norm = NORM_NONE;
    fixture->scene.look.anatomy.block = 99;
    fixture_train(fixture, 128);
}

/* A step without details: those of the one before it are shown. */
static void between_details(struct fixture *fixture)
{
    fixture_train(fixture, 128);
    navigate_to_step(&fixture->scene, 45);
}

static void similarity(struct fixture *fixture)
{
    run(fixture);
    fixture->scene.look.stream.quantity = QUANTITY_SIMILARITY;
}

static void entropy_between(struct fixture *fixture)
{
    between_details(fixture);
    fixture->scene.look.stream.quantity = QUANTITY_ENTROPY;
}

static void share_diverged(struct fixture *fixture)
{
    diverged(fixture);
    fixture->scene.look.stream.quantity = QUANTITY_SHARE;
}

static void cosine_deep(struct fixture *fixture)
{
    deep(fixture);
    fixture->scene.look.stream.quantity = QUANTITY_COSINE;
    fixture->scene.look.bars.scroll = 21;
}

/* Neighbouring layers that point away from each other. */
static void negative(struct fixture *fixture)
{
    fixture->with_turns = true;
    run(fixture);
    fixture->scene.look.stream.quantity = QUANTITY_COSINE;
}

/* Stuck without warmup, and then, as somebody would who finds out: w w w r. */
static void two_runs(struct fixture *fixture)
{
    fixture_watch(fixture);
    fixture_keep_runs(fixture);
    fixture_train(fixture, 180);
    fixture->settings.warmup = 100;
    runs_change(&fixture->runs, 181, &fixture->settings);
    fixture_train(fixture, 190);
    fixture_restart(fixture);
    fixture_train(fixture, 160);
}

/* Other rates and seeds, a run that diverged, one without a name for itself. */
static void many_runs(struct fixture *fixture)
{
    static const double rates[] = {1e-3, 3e-3, 1e-2};
    two_runs(fixture);
    for (int i = 0; i < 6; i++) {
        fixture->settings.lr = rates[i % 3];
        fixture->settings.warmup = i < 3 ? 0 : 200;
        fixture->settings.seed = (uint64_t)(1 + i / 3);
        fixture_restart(fixture);
        fixture_train_until_fault(fixture, 140 + 20 * i,
                                  i == 2 ? (struct fault){FAULT_STREAM, 5, 88, FAULT_ATTENTION}
                                         : (struct fault){0});
    }
    fixture->settings.stack[LEFT].placement = PLACEMENT_DEEPNORM;
    fixture_restart(fixture);
    fixture_train(fixture, 70);
    runs_overlay(&fixture->runs, 1);
    fixture->runs.pinned = 3;
    fixture->scene.look.runs.chosen = 3;
}

static void many_runs_blind(struct fixture *fixture)
{
    many_runs(fixture);
    fixture->scene.look.blind = true;
}

static void many_runs_ascii(struct fixture *fixture)
{
    many_runs(fixture);
    fixture->scene.terminal.ascii = true;
}

static void one_run(struct fixture *fixture)
{
    fixture_keep_runs(fixture);
    fixture_train(fixture, 30);
}

static void overlaid_ascii(struct fixture *fixture)
{
    two_runs(fixture);
    fixture->scene.terminal.ascii = true;
}

/* A ratio that a branch has left behind as well. */
static void overlaid_ratio(struct fixture *fixture)
{
    many_runs(fixture);
    fixture_act(fixture, ACTION_QUANTITY);
}

/* All trainings of a lab; some; and of one that has pages, with one seed chosen. */
static void whole_lab(struct fixture *fixture)
{
    fixture_lab(fixture, 1000, NULL);
    fixture->scene.look.lab = (struct lab_look){.row = 2, .col = 2};
    fixture->scene.data.running = false;
}

static void half_lab(struct fixture *fixture)
{
    fixture_lab(fixture, 72, NULL);
    fixture->scene.look.lab.row = 1;
}

static void paged_lab(struct fixture *fixture)
{
    fixture_lab(fixture, 1000, "layers=6,12");
    fixture->scene.look.lab = (struct lab_look){.row = 3, .col = 3, .page = 1, .seed = 2};
}

static void left_lab(struct fixture *fixture)
{
    whole_lab(fixture);
    fixture->scene.look.lab.left = true;
}

static void mono_lab(struct fixture *fixture)
{
    whole_lab(fixture);
    fixture->scene.terminal.mono = true;
}

static void ascii_lab(struct fixture *fixture)
{
    half_lab(fixture);
    fixture->scene.terminal.ascii = fixture->scene.terminal.mono = true;
}

#define SCREEN_OF(view_, name, rows, cols, make)                                                   \
    static void make_##name(struct fixture *fixture)                                               \
    {                                                                                              \
        void (*make_it)(struct fixture *) = make;                                                  \
        fixture->scene.look.view = view_;                                                          \
        if (make_it)                                                                               \
            make_it(fixture);                                                                      \
    }                                                                                              \
    SCREEN(name, rows, cols, make_##name)

#define SCREEN(name, rows, cols, make)                                                             \
    static void screen_##name(void **state)                                                        \
    {                                                                                              \
        (void)state;                                                                               \
        check(#name, rows, cols, make);                                                            \
    }

SCREEN(overview_80x24, 24, 80, run)
SCREEN(overview_120x36, 36, 120, run_changed)
SCREEN(overview_200x60, 60, 200, run_changed)
SCREEN(overview_60x20, 20, 60, run)
SCREEN(overview_40x12, 12, 40, run)
SCREEN(too_small_39x11, 11, 39, run)
SCREEN(too_small_12x1, 1, 12, run)
SCREEN(first_frame_80x24, 24, 80, NULL)
SCREEN(paused_80x24, 24, 80, paused)
SCREEN(ended_80x24, 24, 80, ended)
SCREEN(diverged_80x24, 24, 80, diverged)
SCREEN(diverged_40x12, 12, 40, diverged)
SCREEN(diverged_120x36, 36, 120, diverged_backward)
SCREEN(ascii_80x24, 24, 80, ascii)
SCREEN(mono_80x24, 24, 80, mono)
SCREEN(ascii_mono_80x24, 24, 80, ascii_mono_diverged)
SCREEN(parameter_80x24, 24, 80, parameter)
SCREEN(depth_48_80x24, 24, 80, deep)
SCREEN(depth_48_scrolled_80x24, 24, 80, deep_scrolled)
SCREEN(depth_12_120x36, 36, 120, twelve)
SCREEN(warmup_80x24, 24, 80, warming_up)
SCREEN(same_placement_120x36, 36, 120, same_placement)
SCREEN(long_names_40x12, 12, 40, long_names)
SCREEN(help_80x24, 24, 80, help)
SCREEN(help_picture_80x24, 24, 80, help_picture)
SCREEN(help_120x36, 36, 120, help)
SCREEN(help_stream_80x24, 24, 80, help_stream)
SCREEN(help_searched_80x24, 24, 80, help_searched)
SCREEN(help_end_40x12, 12, 40, help_end)
SCREEN(help_session_80x24, 24, 80, help_session)
SCREEN(help_session_40x12, 12, 40, help_session)
SCREEN(help_commands_80x24, 24, 80, help_commands)
SCREEN(prompt_80x24, 24, 80, prompt_empty)
SCREEN(prompt_40x12, 12, 40, prompt_setting)
SCREEN(prompt_setting_80x24, 24, 80, prompt_setting)
SCREEN(prompt_choices_120x36, 36, 120, prompt_choices)
SCREEN(prompt_paged_80x24, 24, 80, prompt_paged)
SCREEN(prompt_paged_40x12, 12, 40, prompt_paged)
SCREEN(prompt_unknown_80x24, 24, 80, prompt_unknown)
SCREEN(prompt_long_80x24, 24, 80, prompt_long)
SCREEN(prompt_ascii_80x24, 24, 80, prompt_ascii)
SCREEN(prompt_blind_80x24, 24, 80, prompt_blind)

SCREEN_OF(VIEW_OVERVIEW, past_80x24, 24, 80, past)
SCREEN_OF(VIEW_OVERVIEW, past_120x36, 36, 120, past_changed)
SCREEN_OF(VIEW_OVERVIEW, past_40x12, 12, 40, past)
SCREEN_OF(VIEW_OVERVIEW, past_diverged_80x24, 24, 80, past_diverged)
SCREEN_OF(VIEW_OVERVIEW, blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_OVERVIEW, blind_40x12, 12, 40, blind)
SCREEN_OF(VIEW_OVERVIEW, thinned_120x36, 36, 120, thinned)
SCREEN_OF(VIEW_OVERVIEW, race_120x36, 36, 120, race)
SCREEN_OF(VIEW_OVERVIEW, held_out_120x36, 36, 120, held_out)
SCREEN_OF(VIEW_WATERFALL, waterfall_80x24, 24, 80, run)
SCREEN_OF(VIEW_WATERFALL, waterfall_paused_80x24, 24, 80, paused)
SCREEN_OF(VIEW_WATERFALL, waterfall_120x36, 36, 120, run_changed)
SCREEN_OF(VIEW_WATERFALL, waterfall_40x12, 12, 40, run)
SCREEN_OF(VIEW_WATERFALL, waterfall_160x48, 48, 160, twelve)
SCREEN_OF(VIEW_WATERFALL, waterfall_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_WATERFALL, waterfall_past_80x24, 24, 80, past)
SCREEN_OF(VIEW_WATERFALL, waterfall_diverged_80x24, 24, 80, diverged)
SCREEN_OF(VIEW_WATERFALL, waterfall_ascii_80x24, 24, 80, ascii)
SCREEN_OF(VIEW_WATERFALL, waterfall_mono_80x24, 24, 80, mono)
SCREEN_OF(VIEW_WATERFALL, waterfall_few_colours_80x24, 24, 80, few_colours)
SCREEN_OF(VIEW_WATERFALL, waterfall_blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_WATERFALL, waterfall_parameter_80x24, 24, 80, parameter)
SCREEN_OF(VIEW_WATERFALL, waterfall_zoomed_120x36, 36, 120, zoomed)
SCREEN_OF(VIEW_WATERFALL, waterfall_depth_48_80x24, 24, 80, deep)
SCREEN_OF(VIEW_WATERFALL, waterfall_depth_48_scrolled_80x24, 24, 80, waterfall_scrolled)
SCREEN_OF(VIEW_WATERFALL, waterfall_thinned_120x36, 36, 120, thinned)
SCREEN_OF(VIEW_TENSORS, tensors_80x24, 24, 80, run)
SCREEN_OF(VIEW_TENSORS, tensors_paused_80x24, 24, 80, paused)
SCREEN_OF(VIEW_TENSORS, tensors_120x36, 36, 120, run_changed)
SCREEN_OF(VIEW_TENSORS, tensors_40x12, 12, 40, run)
SCREEN_OF(VIEW_TENSORS, tensors_160x48, 48, 160, twelve)
SCREEN_OF(VIEW_TENSORS, tensors_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_TENSORS, tensors_past_80x24, 24, 80, past)
SCREEN_OF(VIEW_TENSORS, tensors_diverged_80x24, 24, 80, diverged)
SCREEN_OF(VIEW_TENSORS, tensors_ascii_80x24, 24, 80, ascii)
SCREEN_OF(VIEW_TENSORS, tensors_mono_120x36, 36, 120, mono)
SCREEN_OF(VIEW_TENSORS, tensors_blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_TENSORS, tensors_update_80x24, 24, 80, update_ratio)
SCREEN_OF(VIEW_TENSORS, tensors_update_120x36, 36, 120, update_ratio)
SCREEN_OF(VIEW_TENSORS, tensors_weight_80x24, 24, 80, weight)
SCREEN_OF(VIEW_TENSORS, tensors_weight_120x36, 36, 120, weight)
SCREEN_OF(VIEW_TENSORS, tensors_other_80x24, 24, 80, other_tensors)
SCREEN_OF(VIEW_TENSORS, tensors_depth_48_80x24, 24, 80, deep)
SCREEN_OF(VIEW_ANATOMY, attention_80x24, 24, 80, attending)
SCREEN_OF(VIEW_ANATOMY, attention_120x36, 36, 120, attending)
SCREEN_OF(VIEW_ANATOMY, attention_40x12, 12, 40, attending)
SCREEN_OF(VIEW_ANATOMY, attention_200x60, 60, 200, attending)
SCREEN_OF(VIEW_ANATOMY, attention_ascii_80x24, 24, 80, attending_ascii)
SCREEN_OF(VIEW_ANATOMY, attention_one_80x24, 24, 80, attending_to_one)
SCREEN_OF(VIEW_ANATOMY, attention_past_80x24, 24, 80, attending_past)
SCREEN_OF(VIEW_ANATOMY, attention_many_80x24, 24, 80, attending_many)
SCREEN_OF(VIEW_ANATOMY, attention_first_80x24, 24, 80, attending_first)
SCREEN_OF(VIEW_ANATOMY, anatomy_80x24, 24, 80, run)
SCREEN_OF(VIEW_ANATOMY, anatomy_120x36, 36, 120, run_changed)
SCREEN_OF(VIEW_ANATOMY, anatomy_40x12, 12, 40, run)
SCREEN_OF(VIEW_ANATOMY, anatomy_60x20, 20, 60, run)
SCREEN_OF(VIEW_ANATOMY, anatomy_160x48, 48, 160, peri_b2t)
SCREEN_OF(VIEW_ANATOMY, anatomy_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_ANATOMY, anatomy_paused_80x24, 24, 80, paused)
SCREEN_OF(VIEW_ANATOMY, anatomy_past_80x24, 24, 80, between_details)
SCREEN_OF(VIEW_ANATOMY, anatomy_past_120x36, 36, 120, between_details)
SCREEN_OF(VIEW_ANATOMY, anatomy_diverged_80x24, 24, 80, diverged)
SCREEN_OF(VIEW_ANATOMY, anatomy_ascii_80x24, 24, 80, ascii)
SCREEN_OF(VIEW_ANATOMY, anatomy_blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_ANATOMY, anatomy_blind_40x12, 12, 40, blind)
SCREEN_OF(VIEW_ANATOMY, anatomy_peri_b2t_80x24, 24, 80, peri_b2t)
SCREEN_OF(VIEW_ANATOMY, anatomy_residual_120x36, 36, 120, residual_deepnorm)
SCREEN_OF(VIEW_ANATOMY, anatomy_mix_80x24, 24, 80, mix_lns)
SCREEN_OF(VIEW_ANATOMY, anatomy_rezero_120x36, 36, 120, rezero_branch)
SCREEN_OF(VIEW_ANATOMY, anatomy_parallel_80x24, 24, 80, parallel)
SCREEN_OF(VIEW_ANATOMY, anatomy_parallel_40x12, 12, 40, parallel)
SCREEN_OF(VIEW_ANATOMY, anatomy_no_norm_80x24, 24, 80, no_norm)
SCREEN_OF(VIEW_ANATOMY, anatomy_depth_48_80x24, 24, 80, deep)
SCREEN_OF(VIEW_STREAM, stream_80x24, 24, 80, run)
SCREEN_OF(VIEW_STREAM, stream_120x36, 36, 120, run_changed)
SCREEN_OF(VIEW_STREAM, stream_40x12, 12, 40, run)
SCREEN_OF(VIEW_STREAM, stream_160x48, 48, 160, twelve)
SCREEN_OF(VIEW_STREAM, stream_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_STREAM, stream_paused_80x24, 24, 80, paused)
SCREEN_OF(VIEW_STREAM, stream_similarity_80x24, 24, 80, similarity)
SCREEN_OF(VIEW_STREAM, stream_past_80x24, 24, 80, entropy_between)
SCREEN_OF(VIEW_STREAM, stream_diverged_120x36, 36, 120, share_diverged)
SCREEN_OF(VIEW_STREAM, stream_diverged_40x12, 12, 40, diverged)
SCREEN_OF(VIEW_STREAM, stream_ascii_120x36, 36, 120, ascii)
SCREEN_OF(VIEW_STREAM, stream_mono_80x24, 24, 80, mono)
SCREEN_OF(VIEW_STREAM, stream_blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_STREAM, stream_depth_48_80x24, 24, 80, cosine_deep)
SCREEN_OF(VIEW_STREAM, stream_negative_80x24, 24, 80, negative)
SCREEN_OF(VIEW_CURVES, curves_80x24, 24, 80, run)
SCREEN_OF(VIEW_CURVES, curves_paused_80x24, 24, 80, paused)
SCREEN_OF(VIEW_CURVES, curves_120x36, 36, 120, run_changed)
SCREEN_OF(VIEW_CURVES, curves_40x12, 12, 40, run)
SCREEN_OF(VIEW_CURVES, curves_160x48, 48, 160, race)
SCREEN_OF(VIEW_CURVES, curves_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_CURVES, curves_past_80x24, 24, 80, past)
SCREEN_OF(VIEW_CURVES, curves_diverged_80x24, 24, 80, diverged)
SCREEN_OF(VIEW_CURVES, curves_ascii_80x24, 24, 80, ascii)
SCREEN_OF(VIEW_CURVES, curves_mono_80x24, 24, 80, mono)
SCREEN_OF(VIEW_CURVES, curves_blind_80x24, 24, 80, blind)
SCREEN_OF(VIEW_CURVES, curves_ratio_80x24, 24, 80, ratio)
SCREEN_OF(VIEW_CURVES, curves_gradient_80x24, 24, 80, gradient_norm)
/* Of a task that can be learned to the last bit, whose best loss is not on the axis. */
static void both_log_to_zero(struct fixture *fixture)
{
    both_log(fixture);
    fixture->scene.data.bound.loss = 0;
}

/* Of a task that the token at hand tells something of, and whose best loss is estimated. */
static void estimated(struct fixture *fixture)
{
    fixture->task.current_token = 2.42;
    fixture->scene.data.bound = (struct task_bound){.loss = 0.6154, .error = 0.001};
    fixture_train(fixture, 400);
}

static void estimated_ascii(struct fixture *fixture)
{
    estimated(fixture);
    fixture->scene.terminal.ascii = true;
}

SCREEN_OF(VIEW_CURVES, curves_estimated_120x36, 36, 120, estimated)
SCREEN_OF(VIEW_CURVES, curves_estimated_ascii_80x24, 24, 80, estimated_ascii)
SCREEN(estimated_80x24, 24, 80, estimated)

SCREEN_OF(VIEW_CURVES, curves_log_80x24, 24, 80, both_log)
SCREEN_OF(VIEW_CURVES, curves_log_to_zero_80x24, 24, 80, both_log_to_zero)
SCREEN_OF(VIEW_CURVES, curves_zoomed_80x24, 24, 80, zoomed)
SCREEN_OF(VIEW_CURVES, curves_panned_80x24, 24, 80, panned)
SCREEN_OF(VIEW_CURVES, curves_held_out_80x24, 24, 80, held_out)
SCREEN_OF(VIEW_CURVES, curves_marks_merged_120x36, 36, 120, changed_often)
SCREEN_OF(VIEW_OVERVIEW, ghost_80x24, 24, 80, branched)
SCREEN_OF(VIEW_OVERVIEW, ghost_120x36, 36, 120, branched)
SCREEN_OF(VIEW_OVERVIEW, ghost_40x12, 12, 40, branched)
SCREEN_OF(VIEW_OVERVIEW, ghost_ascii_80x24, 24, 80, branched_ascii)
SCREEN_OF(VIEW_CURVES, curves_ghost_80x24, 24, 80, branched)
SCREEN_OF(VIEW_CURVES, curves_ghost_120x36, 36, 120, branched_often)
SCREEN_OF(VIEW_CURVES, curves_ghost_ascii_80x24, 24, 80, branched_ascii)
SCREEN_OF(VIEW_CURVES, curves_ghost_mono_80x24, 24, 80, branched_mono)
SCREEN_OF(VIEW_CURVES, curves_ghost_ratio_80x24, 24, 80, branched_ratio)
SCREEN_OF(VIEW_CURVES, curves_ghost_gradient_120x36, 36, 120, branched_gradient)
SCREEN_OF(VIEW_CURVES, curves_ghost_zoomed_80x24, 24, 80, branched_zoomed)
SCREEN_OF(VIEW_SAMPLES, samples_80x24, 24, 80, writing)
SCREEN_OF(VIEW_SAMPLES, samples_paused_80x24, 24, 80, writing_paused)
SCREEN_OF(VIEW_SAMPLES, samples_120x36, 36, 120, writing)
SCREEN_OF(VIEW_SAMPLES, samples_40x12, 12, 40, writing)
SCREEN_OF(VIEW_SAMPLES, samples_160x48, 48, 160, writing)
SCREEN_OF(VIEW_SAMPLES, samples_first_80x24, 24, 80, NULL)
SCREEN_OF(VIEW_SAMPLES, samples_past_80x24, 24, 80, writing_past)
SCREEN_OF(VIEW_SAMPLES, samples_none_80x24, 24, 80, before_the_first_sample)
SCREEN_OF(VIEW_SAMPLES, samples_ascii_80x24, 24, 80, writing_ascii)
SCREEN_OF(VIEW_SAMPLES, samples_mono_80x24, 24, 80, writing_mono)
SCREEN_OF(VIEW_SAMPLES, samples_blind_80x24, 24, 80, writing_blind)
SCREEN_OF(VIEW_SAMPLES, samples_diverged_80x24, 24, 80, writing_diverged)
SCREEN_OF(VIEW_SAMPLES, samples_answers_80x24, 24, 80, answering)
SCREEN_OF(VIEW_SAMPLES, samples_answers_ascii_120x36, 36, 120, answering_ascii)
SCREEN_OF(VIEW_SAMPLES, samples_bytes_120x36, 36, 120, writing_bytes)
SCREEN_OF(VIEW_SAMPLES, samples_bytes_40x12, 12, 40, writing_bytes)
SCREEN_OF(VIEW_SAMPLES, samples_bytes_ascii_80x24, 24, 80, writing_bytes_ascii)
SCREEN_OF(VIEW_SAMPLES, samples_images_80x24, 24, 80, images)

SCREEN_OF(VIEW_LOG, log_80x24, 24, 80, log_run)
SCREEN_OF(VIEW_LOG, log_paused_80x24, 24, 80, log_paused)
SCREEN_OF(VIEW_LOG, log_120x36, 36, 120, log_changed)
SCREEN_OF(VIEW_LOG, log_40x12, 12, 40, log_changed)
SCREEN_OF(VIEW_LOG, log_first_80x24, 24, 80, fixture_watch)
SCREEN_OF(VIEW_LOG, log_past_80x24, 24, 80, log_past)
SCREEN_OF(VIEW_LOG, log_past_empty_80x24, 24, 80, log_empty_past)
SCREEN_OF(VIEW_LOG, log_flooded_80x24, 24, 80, log_flooded_past)
SCREEN_OF(VIEW_LOG, log_gone_80x24, 24, 80, log_gone)
SCREEN(overview_runs_80x24, 24, 80, two_runs)
SCREEN(overview_runs_120x36, 36, 120, two_runs)
SCREEN_OF(VIEW_CURVES, curves_runs_80x24, 24, 80, two_runs)
SCREEN_OF(VIEW_CURVES, curves_runs_120x36, 36, 120, many_runs)
SCREEN_OF(VIEW_CURVES, curves_runs_ratio_120x36, 36, 120, overlaid_ratio)
SCREEN_OF(VIEW_CURVES, curves_runs_ascii_80x24, 24, 80, overlaid_ascii)
SCREEN_OF(VIEW_RUNS, runs_80x24, 24, 80, many_runs)
SCREEN_OF(VIEW_RUNS, runs_120x36, 36, 120, many_runs)
SCREEN_OF(VIEW_RUNS, runs_200x60, 60, 200, many_runs)
SCREEN_OF(VIEW_RUNS, runs_40x12, 12, 40, many_runs)
SCREEN_OF(VIEW_RUNS, runs_two_80x24, 24, 80, two_runs)
SCREEN_OF(VIEW_RUNS, runs_one_80x24, 24, 80, one_run)
SCREEN_OF(VIEW_RUNS, runs_none_80x24, 24, 80, run)
SCREEN_OF(VIEW_RUNS, runs_blind_120x36, 36, 120, many_runs_blind)
SCREEN_OF(VIEW_RUNS, runs_ascii_80x24, 24, 80, many_runs_ascii)
SCREEN_OF(VIEW_LAB, lab_80x24, 24, 80, whole_lab)
SCREEN_OF(VIEW_LAB, lab_120x36, 36, 120, whole_lab)
SCREEN_OF(VIEW_LAB, lab_200x60, 60, 200, whole_lab)
SCREEN_OF(VIEW_LAB, lab_40x12, 12, 40, whole_lab)
SCREEN_OF(VIEW_LAB, lab_60x20, 20, 60, whole_lab)
SCREEN_OF(VIEW_LAB, lab_left_80x24, 24, 80, left_lab)
SCREEN_OF(VIEW_LAB, lab_half_80x24, 24, 80, half_lab)
SCREEN_OF(VIEW_LAB, lab_half_120x36, 36, 120, half_lab)
SCREEN_OF(VIEW_LAB, lab_pages_120x36, 36, 120, paged_lab)
SCREEN_OF(VIEW_LAB, lab_mono_80x24, 24, 80, mono_lab)
SCREEN_OF(VIEW_LAB, lab_ascii_80x24, 24, 80, ascii_lab)
SCREEN_OF(VIEW_LAB, lab_none_80x24, 24, 80, NULL)
SCREEN(message_long_80x24, 24, 80, long_message)
SCREEN(message_long_40x12, 12, 40, long_message)
SCREEN_OF(VIEW_LOG, log_scrolled_60x20, 20, 60, log_scrolled)
SCREEN_OF(VIEW_LOG, log_diverged_120x36, 36, 120, log_diverged)
SCREEN_OF(VIEW_LOG, log_ascii_80x24, 24, 80, log_ascii)
SCREEN_OF(VIEW_LOG, log_blind_80x24, 24, 80, log_blind)
SCREEN_OF(VIEW_CURVES, curves_events_120x36, 36, 120, log_diverged)
SCREEN_OF(VIEW_OVERVIEW, news_80x24, 24, 80, news)
SCREEN_OF(VIEW_OVERVIEW, news_40x12, 12, 40, news)
SCREEN_OF(VIEW_OVERVIEW, news_120x36, 36, 120, log_run)
SCREEN_OF(VIEW_OVERVIEW, news_later_80x24, 24, 80, news_later)

SCREEN_OF(VIEW_OVERVIEW, recording_80x24, 24, 80, recording)
SCREEN_OF(VIEW_SAMPLES, recording_120x36, 36, 120, recording)
SCREEN_OF(VIEW_WATERFALL, recording_40x12, 12, 40, ascii_recording)
SCREEN_OF(VIEW_OVERVIEW, hide_80x24, 24, 80, hide)
SCREEN_OF(VIEW_OVERVIEW, hide_40x12, 12, 40, hide)
SCREEN_OF(VIEW_WATERFALL, hide_waterfall_40x12, 12, 40, hide_message)
PROJECTOR(projector_80x24, 24, 80, run)
PROJECTOR(projector_120x36, 36, 120, run_changed)
PROJECTOR(projector_160x48, 48, 160, run_changed)
PROJECTOR(projector_200x60, 60, 200, run)
PROJECTOR(projector_40x12, 12, 40, run)
PROJECTOR(projector_60x20, 20, 60, recording)
PROJECTOR(projector_first_80x24, 24, 80, before)
PROJECTOR(projector_ascii_80x24, 24, 80, ascii)
PROJECTOR(projector_ascii_120x36, 36, 120, ascii)
PROJECTOR(projector_mono_80x24, 24, 80, mono)
PROJECTOR(projector_blind_80x24, 24, 80, blind)
PROJECTOR(projector_diverged_80x24, 24, 80, diverged)
PROJECTOR(projector_past_80x24, 24, 80, past)
PROJECTOR(projector_parameter_80x24, 24, 80, parameter)
PROJECTOR(projector_depth_48_120x36, 36, 120, deep_scrolled)

/* Every size is drawn without a fault (the sanitizers look on), in every view and state. */
static void any_size_can_be_drawn(void **state)
{
    (void)state;
    void (*const makes[])(struct fixture *) = {
        NULL,     run_changed,    diverged, deep_scrolled, zoomed,       other_tensors, past,
        help_end, branched_often, writing,  answering,     log_scrolled, news,          paged_lab};
    static const int cols[] = {1, 2, 12, 39, 40, 41, 49, 55, 56, 64, 71, 72, 80, 99, 120, 250};
    enum { MAKES = sizeof makes / sizeof makes[0], SIZES = sizeof cols / sizeof cols[0] };
    for (int m = 0; m < MAKES * VIEWS; m++) {
        struct fixture *fixture = calloc(1, sizeof *fixture);
        assert_non_null(fixture);
        fixture_open(fixture);
        fixture->scene.look.view = VIEW_CURVES; /* what has a meaning there only */
        if (makes[m / VIEWS])
            makes[m / VIEWS](fixture);
        fixture->scene.look.view = (enum view)(m % VIEWS);
        for (int rows = 1; rows <= 80; rows += rows < 40 ? 1 : 13)
            for (size_t c = 0; c < 2 * SIZES; c++) {
                fixture->scene.look.hide = c % 2 == 1;
                fixture->scene.look.projector =
                    c % 2 == 1 && fixture->scene.look.view == VIEW_OVERVIEW;
                free(fixture_screen(fixture, rows, cols[c / 2]));
            }
        fixture_close(fixture);
        free(fixture);
    }
}

/* As it is typed and at its end, whatever the size; the cursor is always in the last row. */
static void the_prompt_fits_every_size(void **state)
{
    (void)state;
    void (*const makes[])(struct fixture *) = {prompt_empty,   prompt_choices, prompt_paged,
                                               prompt_unknown, prompt_long,    prompt_ascii};
    for (size_t m = 0; m < sizeof makes / sizeof makes[0]; m++) {
        struct fixture *fixture = calloc(1, sizeof *fixture);
        struct canvas canvas;
        assert_non_null(fixture);
        fixture_open(fixture);
        makes[m](fixture);
        canvas_open(&canvas, 1, 1);
        for (int cols = 1; cols <= 130; cols++) {
            canvas_resize(&canvas, 13, cols);
            view_screen(&canvas, &fixture->scene);
            int cursors = 0;
            for (int col = 0; col < cols; col++)
                cursors += canvas.cells[12 * cols + col].role == ROLE_TAB;
            assert_int_equal(cursors, cols >= LAYOUT_COLUMNS_MIN);
        }
        canvas_close(&canvas);
        fixture_close(fixture);
        free(fixture);
    }
}

/* The text of the cells of a row that stand out. */
static void marked(const struct canvas *canvas, int row, char *out)
{
    for (int col = 0; col < canvas->cols; col++) {
        const struct cell *cell = &canvas->cells[row * canvas->cols + col];
        if (cell->role == ROLE_TAB)
            *out++ = (char)cell->glyph;
    }
    *out = '\0';
}

static void cursor_and_choice_stand_out(void **state)
{
    (void)state;
    static const char *const wanted[][3] = {{"right p", "", " "},
                                            {"right p\t", "pre", " "},
                                            {"right p\t\t", "post", " "},
                                            {"right p\t\t\t", "peri", " "},
                                            {"right p\t\t\t\t", "", " "},
                                            {"set lr\x01", "", "s"},
                                            {"view \t\t\t\t\t\t\t", "samples", " "}};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct canvas canvas;
    char text[512];
    assert_non_null(fixture);
    fixture_open(fixture);
    canvas_open(&canvas, 24, 80);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        typed(fixture, wanted[i][0]);
        view_screen(&canvas, &fixture->scene);
        marked(&canvas, 22, text);
        assert_string_equal(text, wanted[i][1]);
        marked(&canvas, 23, text);
        assert_string_equal(text, wanted[i][2]);
    }
    canvas_close(&canvas);
    fixture_close(fixture);
    free(fixture);
}

/* Nor does the command line tell when it is asked about every setting. */
static void a_blind_prompt_tells_nothing(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    for (int i = 0; i < setting_count; i++) {
        char keys[64];
        snprintf(keys, sizeof keys, "set %s ", setting_table[i].name);
        typed(fixture, keys);
        fixture->scene.look.blind = setting_of_stack(&setting_table[i]);
        char *before = fixture_screen(fixture, 24, 80);
        struct stack_settings left = fixture->settings.stack[LEFT];
        fixture->settings.stack[LEFT] = fixture->settings.stack[RIGHT];
        fixture->settings.stack[LEFT].preset = 2;
        char *after = fixture_screen(fixture, 24, 80);
        fixture->settings.stack[LEFT] = left;
        assert_int_equal(strstr(before, " now ") != NULL, !fixture->scene.look.blind);
        assert_true(!fixture->scene.look.blind || strcmp(before, after) == 0);
        free(before);
        free(after);
    }
    fixture_close(fixture);
    free(fixture);
}

static void no_command_is_missing_in_the_help(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture->scene.look.help.open = true;
    char *screen = fixture_screen(fixture, 300, 120);
    for (int i = 0; i < VERB_KINDS; i++) {
        char usage[64], line[256];
        snprintf(usage, sizeof usage, "%s %s", verb_table[i].name, verb_table[i].arguments);
        snprintf(line, sizeof line, "%-20s%s", usage, verb_table[i].help);
        if (!strstr(screen, line))
            fail_msg("not in the help: %s", line);
    }
    free(screen);
    fixture_close(fixture);
    free(fixture);
}

/* Left of nothing stands outside its place: a view with other views' settings draws the same frame
 * twice. */
static void drawing_changes_nothing(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    run_changed(fixture);
    for (enum view view = 0; view < VIEWS; view++) {
        fixture->scene.look.view = view;
        struct scene before = fixture->scene;
        char *first = fixture_screen(fixture, 36, 120), *second = fixture_screen(fixture, 36, 120);
        assert_string_equal(first, second);
        assert_memory_equal(&before, &fixture->scene, sizeof before);
        free(first);
        free(second);
    }
    fixture_close(fixture);
    free(fixture);
}

/* Blind: no screen holds a name, a formula or another trace of the placements. */
static void blind_screens_tell_nothing(void **state)
{
    (void)state;
    static const char *const traces[] = {"Pre", "Post", "LN", "f(", "→", "post", "303k", "353k"};
    static const int sizes[][2] = {{12, 40}, {24, 80}, {36, 120}, {60, 200}};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture_watch(fixture);
    blind(fixture);
    events_note(&fixture->events, 129, RIGHT, EVENT_SWITCH, "pre, no longer as post");
    events_note(&fixture->events, 129, -1, EVENT_CHANGE, "right post→pre");
    for (int v = 0; v < VIEWS + 1; v++)
        for (size_t size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
            enum view view = (enum view)(v % VIEWS);
            fixture->scene.look.view = view;
            fixture->scene.look.projector = v == VIEWS;
            char *screen = fixture_screen(fixture, sizes[size][0], sizes[size][1]);
            for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++)
                if (strstr(screen, traces[i]))
                    fail_msg("%s in the %s: %s", traces[i], view_names[view], screen);
            free(screen);
        }
    fixture_close(fixture);
    free(fixture);
}

/* Nor does the help, which otherwise shows the settings of this session. */
static void the_help_of_a_blind_session_tells_nothing(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture_train(fixture, 50);
    help_session(fixture);
    char *seen = fixture_screen(fixture, 24, 80);
    assert_non_null(strstr(seen, "--left peri"));
    fixture->scene.look.blind = true;
    char *hidden = fixture_screen(fixture, 24, 80);
    assert_null(strstr(hidden, "--left"));
    assert_null(strstr(hidden, "This session"));
    free(seen);
    free(hidden);
    fixture_close(fixture);
    free(fixture);
}

/* Every view can be reached, and is named in the header and in the help. */
static void every_view_has_its_tab(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    for (enum view view = 0; view < VIEWS; view++) {
        char name[64], line[128];
        snprintf(name, sizeof name, "%c %s", view_table[view]->key, view_names[view]);
        snprintf(line, sizeof line, "%s: %s", view_names[view], view_table[view]->summary);
        assert_int_equal(view_of_key(view_table[view]->key), view);
        assert_int_equal(key_action(view_table[view]->key), -1); /* no other key's */
        assert_true(view == 0 || view_table[view]->key == '0' ||
                    view_table[view]->key > view_table[view - 1]->key);
        assert_true(strlen(line) <= 63); /* a line of the help on 80 columns */
        fixture->scene.look.view = view;
        char *screen = fixture_screen(fixture, 24, 80);
        assert_non_null(strstr(screen, name));
        free(screen);
        fixture->scene.look.help.open = true;
        screen = fixture_screen(fixture, 200, 120);
        assert_non_null(strstr(screen, line));
        free(screen);
        fixture->scene.look.help.open = false;
        assert_true(view_table[view]->draw != NULL);
    }
    assert_int_equal(view_of_key('0'), VIEWS - 1); /* as on a keyboard, behind 9 */
    fixture_close(fixture);
    free(fixture);
}

/* --ascii promises ASCII: every state, every view. */
static void ascii_screens_hold_only_ascii(void **state)
{
    (void)state;
    void (*const makes[])(struct fixture *) = {
        NULL,           run_changed, paused,  diverged,  parameter,   deep,     help_end,
        same_placement, branched,    writing, answering, log_changed, paged_lab};
    for (size_t m = 0; m < sizeof makes / sizeof makes[0] * VIEWS; m++) {
        struct fixture *fixture = calloc(1, sizeof *fixture);
        assert_non_null(fixture);
        fixture_open(fixture);
        fixture->scene.look.view = (enum view)(m % VIEWS);
        if (makes[m / VIEWS])
            makes[m / VIEWS](fixture);
        fixture->scene.terminal.ascii = true;
        fixture->scene.message = "saved as größe.svg";
        history_add_mark(&fixture->history, MARK_CHANGE, 20, "warmup 0→25");
        char *screen = fixture_screen(fixture, 36, 120);
        for (const char *at = screen; *at; at++)
            assert_true(*at > 0);
        /* without curves there is room for the mark */
        bool room = !makes[m / VIEWS] && (fixture->scene.look.view == VIEW_OVERVIEW ||
                                          fixture->scene.look.view == VIEW_CURVES);
        assert_true(!room || strstr(screen, "warmup 0>25"));
        free(screen);
        fixture_close(fixture);
        free(fixture);
    }
}

/* The help can be read to its last line. */
static void the_help_scrolls_to_its_end(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture->scene.share = "lnscope --layers 12";
    fixture->scene.look.help.open = true;
    int most = view_help_scroll_max(&fixture->scene, 24, 80);
    assert_true(most > 0 && most < view_help_lines(&fixture->scene, 80));
    fixture->scene.look.help.scroll = most;
    char *end = fixture_screen(fixture, 24, 80);
    fixture->scene.look.help.scroll = most + 1;
    char *beyond = fixture_screen(fixture, 24, 80);
    fixture->scene.look.help.scroll = most - 1;
    char *before = fixture_screen(fixture, 24, 80);
    assert_string_equal(end, beyond);
    assert_string_not_equal(end, before);
    free(end);
    free(beyond);
    free(before);
    assert_int_equal(view_help_scroll_max(&fixture->scene, 1000, 80), 0);
    for (int cols = 1; cols < 40; cols++) /* where it is not shown, either */
        assert_int_equal(view_help_scroll_max(&fixture->scene, 7, cols), 0);
    fixture_close(fixture);
    free(fixture);
}

static void no_key_is_missing_in_the_help(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    fixture->scene.look.help.open = true;
    char *screen = fixture_screen(fixture, 200, 120);
    for (int i = 0; i < ACTIONS; i++) {
        char line[256];
        snprintf(line, sizeof line, "%-10s %s", key_table[i].label, key_table[i].help);
        if (!strstr(screen, line))
            fail_msg("not in the help: %s", line);
    }
    free(screen);
    fixture_close(fixture);
    free(fixture);
}

static void bars_scroll_only_where_layers_are_left_out(void **state)
{
    (void)state;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture_open(fixture);
    assert_int_equal(view_scroll_max(&fixture->scene, 24, 80), 0);
    fixture->settings.layers = 48; /* 49 bars in 7 rows: windows from x_0 to x_42 */
    assert_int_equal(view_scroll_max(&fixture->scene, 24, 80), 43);
    assert_int_equal(view_scroll_max(&fixture->scene, 11, 39), 0);
    fixture_close(fixture);
    free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screen_overview_80x24),
        cmocka_unit_test(screen_overview_120x36),
        cmocka_unit_test(screen_overview_200x60),
        cmocka_unit_test(screen_overview_60x20),
        cmocka_unit_test(screen_overview_40x12),
        cmocka_unit_test(screen_too_small_39x11),
        cmocka_unit_test(screen_too_small_12x1),
        cmocka_unit_test(screen_first_frame_80x24),
        cmocka_unit_test(screen_paused_80x24),
        cmocka_unit_test(screen_ended_80x24),
        cmocka_unit_test(screen_diverged_80x24),
        cmocka_unit_test(screen_diverged_40x12),
        cmocka_unit_test(screen_diverged_120x36),
        cmocka_unit_test(screen_ascii_80x24),
        cmocka_unit_test(screen_mono_80x24),
        cmocka_unit_test(screen_ascii_mono_80x24),
        cmocka_unit_test(screen_parameter_80x24),
        cmocka_unit_test(screen_depth_48_80x24),
        cmocka_unit_test(screen_depth_48_scrolled_80x24),
        cmocka_unit_test(screen_depth_12_120x36),
        cmocka_unit_test(screen_warmup_80x24),
        cmocka_unit_test(screen_same_placement_120x36),
        cmocka_unit_test(screen_long_names_40x12),
        cmocka_unit_test(screen_help_80x24),
        cmocka_unit_test(screen_help_picture_80x24),
        cmocka_unit_test(screen_help_120x36),
        cmocka_unit_test(screen_help_stream_80x24),
        cmocka_unit_test(screen_help_searched_80x24),
        cmocka_unit_test(screen_help_end_40x12),
        cmocka_unit_test(screen_help_session_80x24),
        cmocka_unit_test(screen_help_session_40x12),
        cmocka_unit_test(the_help_of_a_blind_session_tells_nothing),
        cmocka_unit_test(screen_help_commands_80x24),
        cmocka_unit_test(screen_prompt_80x24),
        cmocka_unit_test(screen_prompt_40x12),
        cmocka_unit_test(screen_prompt_setting_80x24),
        cmocka_unit_test(screen_prompt_choices_120x36),
        cmocka_unit_test(screen_prompt_paged_80x24),
        cmocka_unit_test(screen_prompt_paged_40x12),
        cmocka_unit_test(screen_prompt_unknown_80x24),
        cmocka_unit_test(screen_prompt_long_80x24),
        cmocka_unit_test(screen_prompt_ascii_80x24),
        cmocka_unit_test(screen_prompt_blind_80x24),
        cmocka_unit_test(screen_past_80x24),
        cmocka_unit_test(screen_past_120x36),
        cmocka_unit_test(screen_past_40x12),
        cmocka_unit_test(screen_past_diverged_80x24),
        cmocka_unit_test(screen_blind_80x24),
        cmocka_unit_test(screen_blind_40x12),
        cmocka_unit_test(screen_thinned_120x36),
        cmocka_unit_test(screen_race_120x36),
        cmocka_unit_test(screen_held_out_120x36),
        cmocka_unit_test(screen_waterfall_80x24),
        cmocka_unit_test(screen_waterfall_paused_80x24),
        cmocka_unit_test(screen_waterfall_120x36),
        cmocka_unit_test(screen_waterfall_40x12),
        cmocka_unit_test(screen_waterfall_160x48),
        cmocka_unit_test(screen_waterfall_first_80x24),
        cmocka_unit_test(screen_waterfall_past_80x24),
        cmocka_unit_test(screen_waterfall_diverged_80x24),
        cmocka_unit_test(screen_waterfall_ascii_80x24),
        cmocka_unit_test(screen_waterfall_mono_80x24),
        cmocka_unit_test(screen_waterfall_few_colours_80x24),
        cmocka_unit_test(screen_waterfall_blind_80x24),
        cmocka_unit_test(screen_waterfall_parameter_80x24),
        cmocka_unit_test(screen_waterfall_zoomed_120x36),
        cmocka_unit_test(screen_waterfall_depth_48_80x24),
        cmocka_unit_test(screen_waterfall_depth_48_scrolled_80x24),
        cmocka_unit_test(screen_waterfall_thinned_120x36),
        cmocka_unit_test(screen_tensors_80x24),
        cmocka_unit_test(screen_tensors_paused_80x24),
        cmocka_unit_test(screen_tensors_120x36),
        cmocka_unit_test(screen_tensors_40x12),
        cmocka_unit_test(screen_tensors_160x48),
        cmocka_unit_test(screen_tensors_first_80x24),
        cmocka_unit_test(screen_tensors_past_80x24),
        cmocka_unit_test(screen_tensors_diverged_80x24),
        cmocka_unit_test(screen_tensors_ascii_80x24),
        cmocka_unit_test(screen_tensors_mono_120x36),
        cmocka_unit_test(screen_tensors_blind_80x24),
        cmocka_unit_test(screen_tensors_update_80x24),
        cmocka_unit_test(screen_tensors_update_120x36),
        cmocka_unit_test(screen_tensors_weight_80x24),
        cmocka_unit_test(screen_tensors_weight_120x36),
        cmocka_unit_test(screen_tensors_other_80x24),
        cmocka_unit_test(screen_tensors_depth_48_80x24),
        cmocka_unit_test(screen_attention_80x24),
        cmocka_unit_test(screen_attention_120x36),
        cmocka_unit_test(screen_attention_40x12),
        cmocka_unit_test(screen_attention_200x60),
        cmocka_unit_test(screen_attention_ascii_80x24),
        cmocka_unit_test(screen_attention_one_80x24),
        cmocka_unit_test(screen_attention_past_80x24),
        cmocka_unit_test(screen_attention_many_80x24),
        cmocka_unit_test(screen_attention_first_80x24),
        cmocka_unit_test(screen_anatomy_80x24),
        cmocka_unit_test(screen_anatomy_120x36),
        cmocka_unit_test(screen_anatomy_40x12),
        cmocka_unit_test(screen_anatomy_60x20),
        cmocka_unit_test(screen_anatomy_160x48),
        cmocka_unit_test(screen_anatomy_first_80x24),
        cmocka_unit_test(screen_anatomy_paused_80x24),
        cmocka_unit_test(screen_anatomy_past_80x24),
        cmocka_unit_test(screen_anatomy_past_120x36),
        cmocka_unit_test(screen_anatomy_diverged_80x24),
        cmocka_unit_test(screen_anatomy_ascii_80x24),
        cmocka_unit_test(screen_anatomy_blind_80x24),
        cmocka_unit_test(screen_anatomy_blind_40x12),
        cmocka_unit_test(screen_anatomy_peri_b2t_80x24),
        cmocka_unit_test(screen_anatomy_residual_120x36),
        cmocka_unit_test(screen_anatomy_mix_80x24),
        cmocka_unit_test(screen_anatomy_rezero_120x36),
        cmocka_unit_test(screen_anatomy_parallel_80x24),
        cmocka_unit_test(screen_anatomy_parallel_40x12),
        cmocka_unit_test(screen_anatomy_no_norm_80x24),
        cmocka_unit_test(screen_anatomy_depth_48_80x24),
        cmocka_unit_test(screen_stream_80x24),
        cmocka_unit_test(screen_stream_120x36),
        cmocka_unit_test(screen_stream_40x12),
        cmocka_unit_test(screen_stream_160x48),
        cmocka_unit_test(screen_stream_first_80x24),
        cmocka_unit_test(screen_stream_paused_80x24),
        cmocka_unit_test(screen_stream_similarity_80x24),
        cmocka_unit_test(screen_stream_past_80x24),
        cmocka_unit_test(screen_stream_diverged_120x36),
        cmocka_unit_test(screen_stream_diverged_40x12),
        cmocka_unit_test(screen_stream_ascii_120x36),
        cmocka_unit_test(screen_stream_mono_80x24),
        cmocka_unit_test(screen_stream_blind_80x24),
        cmocka_unit_test(screen_stream_depth_48_80x24),
        cmocka_unit_test(screen_stream_negative_80x24),
        cmocka_unit_test(screen_curves_80x24),
        cmocka_unit_test(screen_curves_paused_80x24),
        cmocka_unit_test(screen_curves_120x36),
        cmocka_unit_test(screen_curves_40x12),
        cmocka_unit_test(screen_curves_160x48),
        cmocka_unit_test(screen_curves_first_80x24),
        cmocka_unit_test(screen_curves_past_80x24),
        cmocka_unit_test(screen_curves_diverged_80x24),
        cmocka_unit_test(screen_curves_ascii_80x24),
        cmocka_unit_test(screen_curves_mono_80x24),
        cmocka_unit_test(screen_curves_blind_80x24),
        cmocka_unit_test(screen_curves_ratio_80x24),
        cmocka_unit_test(screen_curves_gradient_80x24),
        cmocka_unit_test(screen_curves_log_80x24),
        cmocka_unit_test(screen_curves_log_to_zero_80x24),
        cmocka_unit_test(screen_curves_estimated_120x36),
        cmocka_unit_test(screen_curves_estimated_ascii_80x24),
        cmocka_unit_test(screen_estimated_80x24),
        cmocka_unit_test(screen_curves_zoomed_80x24),
        cmocka_unit_test(screen_curves_panned_80x24),
        cmocka_unit_test(screen_curves_held_out_80x24),
        cmocka_unit_test(screen_curves_marks_merged_120x36),
        cmocka_unit_test(screen_ghost_80x24),
        cmocka_unit_test(screen_ghost_120x36),
        cmocka_unit_test(screen_ghost_40x12),
        cmocka_unit_test(screen_ghost_ascii_80x24),
        cmocka_unit_test(screen_curves_ghost_80x24),
        cmocka_unit_test(screen_curves_ghost_120x36),
        cmocka_unit_test(screen_curves_ghost_ascii_80x24),
        cmocka_unit_test(screen_curves_ghost_mono_80x24),
        cmocka_unit_test(screen_curves_ghost_ratio_80x24),
        cmocka_unit_test(screen_curves_ghost_gradient_120x36),
        cmocka_unit_test(screen_curves_ghost_zoomed_80x24),
        cmocka_unit_test(screen_samples_80x24),
        cmocka_unit_test(screen_samples_paused_80x24),
        cmocka_unit_test(screen_samples_bytes_120x36),
        cmocka_unit_test(screen_samples_bytes_40x12),
        cmocka_unit_test(screen_samples_bytes_ascii_80x24),
        cmocka_unit_test(screen_samples_120x36),
        cmocka_unit_test(screen_samples_40x12),
        cmocka_unit_test(screen_samples_160x48),
        cmocka_unit_test(screen_samples_first_80x24),
        cmocka_unit_test(screen_samples_past_80x24),
        cmocka_unit_test(screen_samples_none_80x24),
        cmocka_unit_test(screen_samples_ascii_80x24),
        cmocka_unit_test(screen_samples_mono_80x24),
        cmocka_unit_test(screen_samples_blind_80x24),
        cmocka_unit_test(screen_samples_diverged_80x24),
        cmocka_unit_test(screen_samples_answers_80x24),
        cmocka_unit_test(screen_samples_answers_ascii_120x36),
        cmocka_unit_test(screen_samples_images_80x24),
        cmocka_unit_test(screen_log_80x24),
        cmocka_unit_test(screen_log_paused_80x24),
        cmocka_unit_test(screen_log_120x36),
        cmocka_unit_test(screen_log_40x12),
        cmocka_unit_test(screen_log_first_80x24),
        cmocka_unit_test(screen_log_past_80x24),
        cmocka_unit_test(screen_log_past_empty_80x24),
        cmocka_unit_test(screen_log_flooded_80x24),
        cmocka_unit_test(screen_log_gone_80x24),
        cmocka_unit_test(screen_overview_runs_80x24),
        cmocka_unit_test(screen_overview_runs_120x36),
        cmocka_unit_test(screen_curves_runs_80x24),
        cmocka_unit_test(screen_curves_runs_120x36),
        cmocka_unit_test(screen_curves_runs_ratio_120x36),
        cmocka_unit_test(screen_curves_runs_ascii_80x24),
        cmocka_unit_test(screen_lab_80x24),
        cmocka_unit_test(screen_lab_120x36),
        cmocka_unit_test(screen_lab_200x60),
        cmocka_unit_test(screen_lab_40x12),
        cmocka_unit_test(screen_lab_60x20),
        cmocka_unit_test(screen_lab_left_80x24),
        cmocka_unit_test(screen_lab_half_80x24),
        cmocka_unit_test(screen_lab_half_120x36),
        cmocka_unit_test(screen_lab_pages_120x36),
        cmocka_unit_test(screen_lab_mono_80x24),
        cmocka_unit_test(screen_lab_ascii_80x24),
        cmocka_unit_test(screen_lab_none_80x24),
        cmocka_unit_test(screen_runs_80x24),
        cmocka_unit_test(screen_runs_120x36),
        cmocka_unit_test(screen_runs_200x60),
        cmocka_unit_test(screen_runs_40x12),
        cmocka_unit_test(screen_runs_two_80x24),
        cmocka_unit_test(screen_runs_one_80x24),
        cmocka_unit_test(screen_runs_none_80x24),
        cmocka_unit_test(screen_runs_blind_120x36),
        cmocka_unit_test(screen_runs_ascii_80x24),
        cmocka_unit_test(screen_message_long_80x24),
        cmocka_unit_test(screen_message_long_40x12),
        cmocka_unit_test(screen_log_scrolled_60x20),
        cmocka_unit_test(screen_log_diverged_120x36),
        cmocka_unit_test(screen_log_ascii_80x24),
        cmocka_unit_test(screen_log_blind_80x24),
        cmocka_unit_test(screen_curves_events_120x36),
        cmocka_unit_test(screen_news_80x24),
        cmocka_unit_test(screen_news_40x12),
        cmocka_unit_test(screen_news_120x36),
        cmocka_unit_test(screen_news_later_80x24),
        cmocka_unit_test(screen_recording_80x24),
        cmocka_unit_test(screen_recording_120x36),
        cmocka_unit_test(screen_recording_40x12),
        cmocka_unit_test(screen_hide_80x24),
        cmocka_unit_test(screen_hide_40x12),
        cmocka_unit_test(screen_hide_waterfall_40x12),
        cmocka_unit_test(screen_projector_80x24),
        cmocka_unit_test(screen_projector_120x36),
        cmocka_unit_test(screen_projector_160x48),
        cmocka_unit_test(screen_projector_200x60),
        cmocka_unit_test(screen_projector_40x12),
        cmocka_unit_test(screen_projector_60x20),
        cmocka_unit_test(screen_projector_first_80x24),
        cmocka_unit_test(screen_projector_ascii_80x24),
        cmocka_unit_test(screen_projector_ascii_120x36),
        cmocka_unit_test(screen_projector_mono_80x24),
        cmocka_unit_test(screen_projector_blind_80x24),
        cmocka_unit_test(screen_projector_diverged_80x24),
        cmocka_unit_test(screen_projector_past_80x24),
        cmocka_unit_test(screen_projector_parameter_80x24),
        cmocka_unit_test(screen_projector_depth_48_120x36),
        cmocka_unit_test(any_size_can_be_drawn),
        cmocka_unit_test(the_prompt_fits_every_size),
        cmocka_unit_test(cursor_and_choice_stand_out),
        cmocka_unit_test(a_blind_prompt_tells_nothing),
        cmocka_unit_test(no_command_is_missing_in_the_help),
        cmocka_unit_test(drawing_changes_nothing),
        cmocka_unit_test(blind_screens_tell_nothing),
        cmocka_unit_test(every_view_has_its_tab),
        cmocka_unit_test(ascii_screens_hold_only_ascii),
        cmocka_unit_test(the_help_scrolls_to_its_end),
        cmocka_unit_test(no_key_is_missing_in_the_help),
        cmocka_unit_test(bars_scroll_only_where_layers_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
