/* What is said while a script is played: captions, questions and answers, what was measured, how
 * far it is, whose keys are whose. See app_state.h; draws nothing. */
#include "app/app_play.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_QUOTED = 600 };

/* ---- captions ---- */

void app_play_say(struct app *app, const char *text, bool question)
{
    struct app_play *play = app->play;
    snprintf(play->caption, sizeof play->caption, "%s", text);
    app->scene.lecture.question = question;
    app_film_caption(app, play->caption);
    app->urgent = app->changed = true;
}

void app_play_ask(struct app *app)
{
    const struct script_command *question = app->play->player.now.question;
    char text[CAPTION_TEXT];
    caption_question(text, question->text, question->choice, app->play->player.now.votes,
                     question->choices);
    app_play_say(app, text, true);
    caption_question(text, question->text, question->choice, (const int[SCRIPT_CHOICES]){0},
                     question->choices);
    app_handout_add(app, HANDOUT_QUESTION, text);
}

/* "Answer 2, about the same: 3 of 4 said so" */
static void print_answer(char out[CAPTION_TEXT], const struct script_command *command,
                         const struct script_command *question, const int votes[])
{
    const int answer = command->answer;
    int voted = 0;
    for (int i = 0; i < question->choices; i++)
        voted += votes[i];
    int used = snprintf(out, CAPTION_TEXT, "Answer %d, %s", answer, question->choice[answer - 1]);
    if (voted > 0)
        used += snprintf(out + used, CAPTION_TEXT - (size_t)used, ": %d of %d said so",
                         votes[answer - 1], voted);
    if (*command->text)
        snprintf(out + used, CAPTION_TEXT - (size_t)used, "\n%s", command->text);
}

void app_play_answer(struct app *app, const struct player_demand *demand)
{
    char text[CAPTION_TEXT];
    print_answer(text, demand->command, demand->question, app->play->player.now.votes);
    app_play_say(app, text, true);
    app_handout_add(app, HANDOUT_QUESTION, text);
}

/* ---- what was measured ---- */

/* How a result is written; one line holds as many as have room. */
static void add_result(char out[CAPTION_TEXT], bool holds, const char *text)
{
    const size_t used = strlen(out);
    snprintf(out + used, CAPTION_TEXT - used, "%s%s: %s", used > 0 ? "; " : "",
             holds ? "holds" : "does not hold", text);
}

static void show_result(struct app *app, const struct player_result *result)
{
    struct scene_lecture *lecture = &app->scene.lecture;
    char *out = app->play->result;
    lecture->holds = result->holds && (lecture->holds || !*out);
    add_result(out, result->holds, result->text);
}

void app_play_result(struct app *app, const struct player_result *result)
{
    show_result(app, result);
    app_film_result(app, result);
    app_handout_add(app, result->holds ? HANDOUT_HOLDS : HANDOUT_FAILS, result->text);
    app->urgent = app->changed = true;
}

/* What was measured before the last wait is no longer shown. */
void app_play_forget_results(struct app *app)
{
    struct app_play *play = app->play;
    if (!play->waited)
        return;
    play->waited = false;
    play->result[0] = '\0';
    app->urgent = app->changed = true;
}

void app_play_restore_results(struct app *app, const struct player_result *result, int count)
{
    struct app_play *play = app->play;
    play->result[0] = '\0';
    for (int i = 0; i < count; i++)
        show_result(app, &result[i]);
    play->waited = play->player.phase == PLAYER_WAITING;
    app->urgent = app->changed = true;
}

/* "Measured in this run, 2 of 2 as expected: step 60 left.loss 2.59, right.ratio 1e-4; step ..." */
static void print_sum(const struct player_result *result, int count, int held,
                      char out[CAPTION_TEXT])
{
    int used =
        snprintf(out, CAPTION_TEXT, "Measured in this run, %d of %d as expected", held, count);
    for (int i = 0; i < count && used < CAPTION_TEXT; i++) {
        const char *before = i == 0 ? ": " : result[i].step != result[i - 1].step ? "; " : ", ";
        char step[32] = "";
        if (i == 0 || result[i].step != result[i - 1].step)
            snprintf(step, sizeof step, "step %" PRId64 " ", result[i].step);
        used += snprintf(out + used, CAPTION_TEXT - (size_t)used, "%s%s%s", before, step,
                         result[i].values);
    }
}

void app_play_sum_up(struct app *app)
{
    const struct player *player = &app->play->player;
    char text[CAPTION_TEXT];
    if (player->results == 0)
        return;
    print_sum(player->result, player->results, player->results - player_failures(player), text);
    app->play->result[0] = '\0';
    app_play_say(app, text, false);
}

/* ---- how far it is ---- */

/* Which keys are the script's, for the footer. */
static void show_keys(struct app *app)
{
    static const struct scene_key waiting[] = {
        {"space", "on"}, {"Left", "back"}, {"Esc", "take the keyboard"}};
    static const struct scene_key asking[] = {
        {"1 2 ...", "vote"}, {"space", "on"}, {"Left", "back"}, {"Esc", "take the keyboard"}};
    const struct app_play *play = app->play;
    const struct player *player = &play->player;
    struct scene_lecture *lecture = &app->scene.lecture;
    const bool ask = player_is_asking(player);
    lecture->key = ask ? asking : waiting;
    lecture->keys = (int)(ask ? sizeof asking / sizeof *asking : sizeof waiting / sizeof *waiting);
    if (play->script->recording || player->phase == PLAYER_HOLDING || play->over)
        lecture->keys = 0;
}

void app_play_progress(struct app *app)
{
    struct app_play *play = app->play;
    const struct player *player = &play->player;
    const char *chapter = player_chapter(player);
    char text[PROGRESS_TEXT] = "";
    if (play->script->recording)
        snprintf(text, sizeof text, "%s", chapter);
    else
        snprintf(text, sizeof text, "%s%s%s %d of %d%s", chapter, *chapter ? "  " : "", "step",
                 player_step(player), player_steps(player->script),
                 player->phase == PLAYER_HOLDING ? ", yours: e gives it back"
                 : play->over                    ? ", over"
                                                 : "");
    show_keys(app);
    if (strcmp(text, play->progress) == 0)
        return;
    memcpy(play->progress, text, sizeof text);
    app->changed = true;
}

void app_play_note_command(struct app *app)
{
    const struct app_script *script = app->play->script;
    char name[NAME_QUOTED], program[NAME_QUOTED + 16], text[SHARE_TEXT], note[SHARE_TEXT + 64];
    share_quote(script->script->name, name, sizeof name);
    snprintf(program, sizeof program, "lnscope play %s", name);
    share_command_line(&script->setup->settings, program, text, sizeof text);
    snprintf(note, sizeof note, "Measured in one run: %s, seed %llu (lnscope %s).", text,
             (unsigned long long)app->present.seed, LNSCOPE_VERSION);
    app_handout_add(app, HANDOUT_NOTE, note);
}

/* ---- all that will be said ---- */

/* All that will be said, so that there is room for it from the start. */
static void keep_caption(struct app_play *play, const char *caption, const char *result)
{
    char text[2 * CAPTION_TEXT];
    snprintf(text, sizeof text, "%s%s%s", caption, *caption && *result ? "\n" : "", result);
    play->all = memory_resize(play->all, (size_t)play->alls + 1, sizeof *play->all);
    play->all[play->alls++] = memory_copy_string(text);
}

/* As long as the result of a condition can become. */
static void add_condition(char out[CAPTION_TEXT], const struct script_condition *condition)
{
    char text[PLAYER_RESULT_TEXT] = "";
    size_t used = 0;
    for (int i = 0; i < condition->terms && used < sizeof text; i++) {
        char term[SCRIPT_TERM_TEXT];
        script_term_print(&condition->term[i], term);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s-1.2e-3 %s",
                                 i > 0 ? " and " : "", term);
    }
    add_result(out, true, text);
}

static double long_number(const void *data, const struct script_quantity *quantity)
{
    (void)data, (void)quantity;
    return -1.2e-3;
}

/* As long as what is said at the end can become. */
static void keep_sum(struct app_play *play, const struct script *script)
{
    struct player_result *result = NULL;
    char text[CAPTION_TEXT];
    int count = 0;
    for (int i = 0; i < script->commands; i++) {
        if (script->command[i].kind != SCRIPT_EXPECT)
            continue;
        result = memory_resize(result, (size_t)count + 1, sizeof *result);
        result[count] = (struct player_result){.step = i % 2 ? 888 : 999};
        player_print_measured(&script->command[i].condition, long_number, NULL, &result[count++]);
    }
    if (count > 0) {
        print_sum(result, count, count, text);
        keep_caption(play, text, "");
    }
    free(result);
}

void app_play_keep_captions(struct app *app)
{
    static const int many[SCRIPT_CHOICES] = {88, 88, 88, 88, 88, 88};
    struct app_play *play = app->play;
    const struct script *script = play->script->script;
    const struct script_command *question = NULL;
    char caption[CAPTION_TEXT] = "", result[CAPTION_TEXT] = "";
    for (int i = 0; i < script->commands; i++) {
        const struct script_command *command = &script->command[i];
        if (command->kind == SCRIPT_SAY)
            snprintf(caption, sizeof caption, "%s", command->text);
        else if (command->kind == SCRIPT_ASK)
            caption_question(caption, command->text, command->choice, many, command->choices);
        else if (command->kind == SCRIPT_ANSWER)
            print_answer(caption, command, question, many);
        else if (command->kind == SCRIPT_EXPECT)
            add_condition(result, &command->condition);
        if (command->kind == SCRIPT_ASK)
            question = command;
        if (command->kind == SCRIPT_WAIT || command->kind == SCRIPT_ASK)
            result[0] = '\0';
        app->scene.lecture.head = app->scene.lecture.head || !play->script->recording ||
                                  command->kind == SCRIPT_TITLE || command->kind == SCRIPT_MARK;
        keep_caption(play, caption, result);
    }
    if (!play->script->recording)
        keep_sum(play, script);
    app->scene.lecture.all = (const char *const *)play->all;
    app->scene.lecture.alls = play->alls;
}
