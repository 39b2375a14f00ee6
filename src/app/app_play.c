/* Plays a script: carries out what its player demands, by the same functions as keys and commands.
 * See app_state.h and script/player.h; draws nothing.
 *
 * A demand waits until the trainer has carried out the one before, so that what is measured belongs
 * to it. While a `run` is under way each step is allowed when the player has seen the one before:
 * it ends at the same step on every machine. */
#include "app/app_play.h"

#include "base/memory.h"
#include "export/export.h"
#include "script/length.h"
#include "train/settings_check.h"
#include "views/bars.h"
#include "views/navigate.h"
#include "views/screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is measured ---- */

static double measure(const void *data, const struct script_quantity *quantity)
{
    const struct app *app = data;
    if (quantity->kind == SCRIPT_STEP)
        return (double)history_newest(&app->history);
    if (quantity->kind == SCRIPT_UNIGRAM)
        return app->task.unigram_entropy;
    return script_quantity_in(history_last(&app->history, quantity->side), quantity);
}

/* The run is over where its last step is done, or where nothing that is waited for can come. */
static bool has_ended(const struct app *app)
{
    const bool finite =
        history_last(&app->history, LEFT)->finite || history_last(&app->history, RIGHT)->finite;
    const bool hopeless = history_newest(&app->history) > 0 && !finite && app->play->until < 0;
    return app->scene.data.ended || hopeless;
}

static struct player_world world_of(const struct app *app)
{
    return (struct player_world){.step = history_newest(&app->history),
                                 .ended = has_ended(app),
                                 .seconds = app_now(app),
                                 .recording = app->play->script->recording,
                                 .measure = measure,
                                 .data = app};
}

/* ---- what is done ---- */

/* Why the script cannot be gone on with. */
static void give_up(struct app *app, const struct script_command *command, const char *why)
{
    struct app_play *play = app->play;
    play->over = true;
    error_set(&play->error, "%s:%d:%d: %s", play->player.script->name, command->line,
              command->column, why);
    app_say(app, ROLE_BAD, "%s", play->error.text);
}

/* All that may begin to train by itself, as a run that had ended does, does so only where one was
 * going on. */
static void leave_running(struct app *app, bool running)
{
    app->play->commanded = true;
    if (!running)
        trainer_pause(app->trainer);
}

/* Those behind it were gone back from. */
static void take_place(struct app *app, int number)
{
    struct app_play *play = app->play;
    while (play->places > number)
        app_place_free(&play->place[--play->places]);
    play->place = memory_resize(play->place, (size_t)number + 1, sizeof *play->place);
    app_place_take(app, &play->place[play->places++]);
}

/* ---- the demands ---- */

static void do_settings(struct app *app, const struct player_demand *demand)
{
    const int count = demand->count > 0 ? demand->count : 1;
    const bool running = trainer_running(app->trainer);
    struct settings next = app->wanted;
    struct error error;
    bool good = true;
    for (int i = 0; good && i < count; i++)
        good = script_set(app->play->script->setup, demand->command + i, &next, &error);
    if (!good || !settings_check(&next, &error)) {
        give_up(app, demand->command, error.text);
        return;
    }
    if (settings_difference(&app->wanted, &next) < 0)
        return;
    app_command(app, &next);
    leave_running(app, running);
}

static void do_switch(struct app *app, const struct player_demand *demand)
{
    app->play->commanded = true;
    app_switch(app, demand->command->side, demand->command->placement);
}

static void do_view(struct app *app, const struct player_demand *demand)
{
    app_show_view(app, demand->command->view);
}

static void do_key(struct app *app, const struct player_demand *demand)
{
    app->play->commanded = true;
    app_press_key(app, demand->command->key);
}

static void do_pause(struct app *app, const struct player_demand *demand)
{
    (void)demand;
    trainer_pause(app->trainer);
}

static void do_run(struct app *app, const struct player_demand *demand)
{
    app->play->until = demand->step;
    app->play->allowed = -1;
    app->play->from = history_newest(&app->history);
    app->handout_due = true;
    app->scene.look.cursor = 0; /* what is trained is shown */
    trainer_run_by_step(app->trainer);
}

static void do_restart(struct app *app, const struct player_demand *demand)
{
    (void)demand;
    const bool running = trainer_running(app->trainer);
    act_restart(app, 0);
    leave_running(app, running);
}

static void do_branch(struct app *app, const struct player_demand *demand)
{
    const struct script_command *command = demand->command;
    const bool running = trainer_running(app->trainer);
    if (command->step >= 0)
        navigate_to_step(&app->scene, command->step);
    if (app->scene.look.cursor > 0)
        act_branch(app, 0);
    leave_running(app, running);
}

static void do_goto(struct app *app, const struct player_demand *demand)
{
    navigate_to_step(&app->scene, demand->command->step);
    bars_fit_axis(&app->scene);
}

static void do_title(struct app *app, const struct player_demand *demand)
{
    app->scene.lecture.title = demand->command ? demand->command->text : NULL;
    app_handout_add(app, HANDOUT_TITLE, demand->command ? demand->command->text : "");
}

static void do_caption(struct app *app, const struct player_demand *demand)
{
    const struct script_command *command = demand->command;
    if (command && command->kind == SCRIPT_ANSWER) {
        app_play_answer(app, demand);
        return;
    }
    app_play_say(app, command ? command->text : "", false);
    app_handout_add(app, HANDOUT_TEXT, command ? command->text : "");
}

static void do_focus(struct app *app, const struct player_demand *demand)
{
    const struct script_command *command = demand->command;
    app->scene.lecture.focus = command && command->layer >= 0;
    app->scene.lecture.side = command ? command->side : LEFT;
    app->scene.lecture.layer = command ? command->layer : 0;
    app->urgent = app->changed = true;
}

static void do_mark(struct app *app, const struct player_demand *demand)
{
    const struct script_command *command = demand->command;
    app_film_chapter(app, command->text);
    app_handout_add(app, HANDOUT_CHAPTER, command->text);
    app->urgent = app->changed = true;
    if (history_newest(&app->history) == 0 || strlen(command->text) >= MARK_TEXT)
        return;
    app_mark(app, command->text);
    app_say_nothing(app); /* it is on the curves */
}

static void do_ask(struct app *app, const struct player_demand *demand)
{
    (void)demand;
    app->play->result[0] = '\0';
    app_play_ask(app);
}

static void do_result(struct app *app, const struct player_demand *demand)
{
    if (demand->command->kind == SCRIPT_RUN)
        trainer_pause(app->trainer);
    app_play_result(app, demand->result);
}

/* Of a place that was gone back to: it is on its page already. */
static void do_results(struct app *app, const struct player_demand *demand)
{
    app_play_restore_results(app, demand->result, demand->count);
}

static void do_snapshot(struct app *app, const struct player_demand *demand)
{
    const struct script_command *command = demand->command;
    struct error error;
    const struct scene scene = app_scene_still(app);
    view_screen(&app->canvas, &scene);
    if (export_file(&app->canvas, (enum theme)app->present.theme, command->text, app->force,
                    &error))
        return;
    if (app->play->script->recording)
        give_up(app, command, error.text);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}

static void do_place(struct app *app, const struct player_demand *demand)
{
    app->play->waited = true;
    app_handout_picture(app);
    if (!app->play->script->recording)
        take_place(app, demand->place);
}

static void do_back(struct app *app, const struct player_demand *demand)
{
    app->play->result[0] = '\0';
    app_go_back(app,
                demand->place == PLAYER_HELD ? &app->play->held : &app->play->place[demand->place]);
}

static void carry_out(struct app *app, const struct player_demand *demand)
{
    typedef void deed(struct app * app, const struct player_demand *demand);
    static deed *const deeds[] = {
        [PLAYER_SET] = do_settings,  [PLAYER_SPEED] = do_settings,    [PLAYER_SWITCH] = do_switch,
        [PLAYER_VIEW] = do_view,     [PLAYER_KEY] = do_key,           [PLAYER_RUN] = do_run,
        [PLAYER_PAUSE] = do_pause,   [PLAYER_RESTART] = do_restart,   [PLAYER_BRANCH] = do_branch,
        [PLAYER_GOTO] = do_goto,     [PLAYER_TITLE] = do_title,       [PLAYER_CAPTION] = do_caption,
        [PLAYER_FOCUS] = do_focus,   [PLAYER_MARK] = do_mark,         [PLAYER_ASK] = do_ask,
        [PLAYER_RESULT] = do_result, [PLAYER_SNAPSHOT] = do_snapshot, [PLAYER_PLACE] = do_place,
        [PLAYER_BACK] = do_back,     [PLAYER_RESULTS] = do_results,
    };
    if (demand->kind == PLAYER_WAIT || demand->kind == PLAYER_DONE)
        return;
    if (demand->command)
        app->play->command = demand->command;
    deeds[demand->kind](app, demand);
    app->changed = true;
}

void app_play_fail(struct app *app, const char *why)
{
    if (app->play && app->play->script->recording && app->play->command)
        give_up(app, app->play->command, why);
}

/* ---- the turn of the loop ---- */

/* Does a demand lead on from what was waited for? */
static bool is_news(enum player_demand_kind kind)
{
    return kind != PLAYER_WAIT && kind != PLAYER_PLACE && kind != PLAYER_ASK && kind != PLAYER_DONE;
}

/* Nothing is under way that the next demand could come too early for. */
static bool is_settled(const struct app *app)
{
    const struct player *player = &app->play->player;
    const bool key = player->phase == PLAYER_READY && player->next < player->script->commands &&
                     player->script->command[player->next].kind == SCRIPT_KEY;
    return trainer_settled(app->trainer) && (!app->choose.open || key) && !app_is_busy(app) &&
           !app->redo_next && !app->redoing && !app->loading && !app->back_to;
}

/* Lets the trainer work until a picture is due; true when it has something to say. */
static bool wait_for_trainer(struct app *app)
{
    const double least = 0.02;
    double seconds = least;
    if (app->changed)
        seconds = fmin(seconds, app->next_frame - app_now(app));
    return (app->surface->clock || seconds > 0) && trainer_wait(app->trainer, fmax(seconds, 0));
}

/* The next step of a `run`, unless the picture of this one is still to be drawn. */
static bool go_on_running(struct app *app)
{
    struct app_play *play = app->play;
    const int64_t step = history_newest(&app->history);
    if (play->player.phase != PLAYER_RUNNING)
        return false;
    if (app_film_wants(app, step)) {
        app->urgent = app->changed = true;
        return false;
    }
    if (play->allowed != step)
        trainer_allow_step(app->trainer);
    play->allowed = step;
    return wait_for_trainer(app);
}

static void end(struct app *app)
{
    app_handout_picture(app);
    app_play_note_command(app);
    if (!app->play->script->recording)
        app_play_sum_up(app);
    app->play->over = app->urgent = app->changed = true;
    app_play_progress(app);
    if (!app->play->script->recording)
        app_say(app, ROLE_GOOD, "the script is over: Left goes back, Escape leaves it");
}

/* At a moment at which nothing is under way. */
static void take_keyboard(struct app *app)
{
    struct app_play *play = app->play;
    const struct player_world world = world_of(app);
    play->taking = false;
    player_hold(&play->player, &world);
    app_place_free(&play->held);
    app_place_take(app, &play->held);
    app->urgent = app->changed = true;
}

bool app_play_turn(struct app *app)
{
    struct app_play *play = app->play;
    struct player_demand demand;
    if (!play || play->over)
        return false;
    do {
        if (!is_settled(app) && wait_for_trainer(app))
            return true;
        if (!is_settled(app))
            return false;
        if (play->taking)
            take_keyboard(app);
        if (play->commanded && app->scene.message_role != ROLE_BAD)
            app_say_nothing(app); /* the script says itself what it does */
        play->commanded = false;
        const struct player_world world = world_of(app);
        demand = player_next(&play->player, &world);
        if (is_news(demand.kind))
            app_play_forget_results(app);
        carry_out(app, &demand);
    } while (demand.kind != PLAYER_WAIT && demand.kind != PLAYER_DONE && !play->over);
    app_play_progress(app);
    if (demand.kind == PLAYER_DONE)
        end(app);
    return !play->over && go_on_running(app);
}

/* ---- beginning and end ---- */

double app_play_part(const struct app *app)
{
    const struct app_play *play = app->play;
    const int next = play->player.next, all = play->script->script->commands;
    const int64_t steps = play->until - play->from;
    double work = play->work[next];
    if (play->player.phase == PLAYER_RUNNING && steps > 0)
        work += (play->work[next + 1] - work) *
                fmin(1, (double)(history_newest(&app->history) - play->from) / (double)steps);
    return play->work[all] > 0 ? work / play->work[all] : 1;
}

bool app_play_is_over(const struct app *app)
{
    return app->play->over;
}

int app_play_failures(const struct app *app)
{
    return app->failures + (app->play ? player_failures(&app->play->player) : 0);
}

const struct error *app_play_error(const struct app *app)
{
    return app->play->error.text[0] ? &app->play->error : NULL;
}

void app_play_open(struct app *app, const struct app_script *script, struct script *owned)
{
    struct app_play *play = memory_new(1, sizeof *play);
    play->own = *script;
    play->script = &play->own;
    play->owned = owned;
    play->until = -1;
    play->commanded = true;
    player_open(&play->player, script->script);
    app->play = play;
    app->scene.lecture = (struct scene_lecture){
        .progress = play->progress, .caption = play->caption, .result = play->result};
    app_play_keep_captions(app);
    play->work = memory_new((size_t)script->script->commands + 1, sizeof *play->work);
    script_work(script->script, script->setup, play->work);
    app_handout_add(app, HANDOUT_TITLE, script->script->name);
    app_handout_add(app, HANDOUT_TEXT, script->script->summary);
}

void app_play_close(struct app *app)
{
    struct app_play *play = app->play;
    if (!play)
        return;
    app->scene.lecture = (struct scene_lecture){0};
    for (int i = 0; i < play->alls; i++)
        free(play->all[i]);
    free(play->all);
    free(play->work);
    while (play->places > 0)
        app_place_free(&play->place[--play->places]);
    free(play->place);
    app_place_free(&play->held);
    app->back_to = NULL;
    app->failures += player_failures(&play->player);
    player_close(&play->player);
    if (play->owned)
        script_close(play->owned);
    free(play->owned);
    free(play);
    app->play = NULL;
}
