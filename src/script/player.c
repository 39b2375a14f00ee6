/* See player.h. Owns where a script is; touches no clock, no screen and no training. */
#include "script/player.h"

#include "base/memory.h"
#include "screen/key_codes.h"
#include "screen/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double player_pause = 3;

void player_open(struct player *player, const struct script *script)
{
    *player = (struct player){.script = script, .restoring = RESTORE_NOTHING};
}

void player_close(struct player *player)
{
    free(player->place);
    free(player->result);
    *player = (struct player){0};
}

/* ---- steps of the script ---- */

static bool ends_step(const struct script_command *command)
{
    return command->kind == SCRIPT_WAIT || command->kind == SCRIPT_ASK;
}

/* How many steps end before a command. */
static int steps_before(const struct script *script, int command)
{
    int steps = 0;
    for (int i = 0; i < command; i++)
        steps += ends_step(&script->command[i]);
    return steps;
}

int player_steps(const struct script *script)
{
    const bool more = !ends_step(&script->command[script->commands - 1]);
    return steps_before(script, script->commands) + more;
}

int player_step(const struct player *player)
{
    const int step = steps_before(player->script, player->next) + 1;
    const int steps = player_steps(player->script);
    return step < steps ? step : steps;
}

const char *player_chapter(const struct player *player)
{
    return player->now.chapter ? player->now.chapter->text : "";
}

int player_failures(const struct player *player)
{
    int failures = 0;
    for (int i = 0; i < player->results; i++)
        failures += !player->result[i].holds;
    return failures;
}

/* ---- results ---- */

static struct player_result *add_result(struct player *player, const struct player_world *world,
                                        const struct script_command *command, bool holds)
{
    player->result =
        memory_resize(player->result, (size_t)player->results + 1, sizeof *player->result);
    struct player_result *result = &player->result[player->results++];
    *result = (struct player_result){.command = command, .holds = holds, .step = world->step};
    return result;
}

/* Was a quantity named by a term before this one? */
static bool is_named(const struct script_condition *condition, int term)
{
    const struct script_quantity *quantity = &condition->term[term].quantity;
    for (int i = 0; i < term; i++) {
        const struct script_quantity *other = &condition->term[i].quantity;
        if (other->kind == quantity->kind && other->side == quantity->side &&
            other->layer == quantity->layer)
            return true;
    }
    return false;
}

void player_print_measured(const struct script_condition *condition, script_measure *measure,
                           const void *data, struct player_result *result)
{
    size_t used = 0, values = 0;
    for (int i = 0; i < condition->terms && used < PLAYER_RESULT_TEXT; i++) {
        const struct script_term *term = &condition->term[i];
        char name[SCRIPT_QUANTITY_TEXT], value[TEXT_NUMBER], bound[TEXT_NUMBER];
        script_quantity_print(&term->quantity, name);
        text_number(value, measure(data, &term->quantity));
        text_number(bound, script_term_bound(term, measure, data));
        used += (size_t)snprintf(result->text + used, PLAYER_RESULT_TEXT - used, "%s%s %s %s %s",
                                 i == 0            ? ""
                                 : term->otherwise ? " or "
                                                   : " and ",
                                 name, value, script_comparison_names[term->comparison], bound);
        if (values < PLAYER_RESULT_TEXT && !is_named(condition, i))
            values += (size_t)snprintf(result->values + values, PLAYER_RESULT_TEXT - values,
                                       "%s%s %s", i > 0 ? ", " : "", name, value);
    }
}

/* ---- demands ---- */

static struct player_demand demand(enum player_demand_kind kind,
                                   const struct script_command *command)
{
    return (struct player_demand){.kind = kind, .command = command};
}

static struct player_demand demand_result(const struct player *player)
{
    struct player_demand made = demand(PLAYER_RESULT, player->result[player->results - 1].command);
    made.result = &player->result[player->results - 1];
    return made;
}

bool player_is_asking(const struct player *player)
{
    return player->phase == PLAYER_WAITING &&
           player->script->command[player->next].kind == SCRIPT_ASK;
}

/* What the screen says at a place, one demand after the other, and the question that is asked
 * there; false when all of it is said. */
static bool restore(struct player *player, struct player_demand *made)
{
    switch (player->restoring) {
    case RESTORE_TITLE:
        *made = demand(PLAYER_TITLE, player->now.title);
        break;
    case RESTORE_CAPTION:
        *made = demand(PLAYER_CAPTION, player->now.caption);
        made->question = player->now.question;
        break;
    case RESTORE_FOCUS:
        *made = demand(PLAYER_FOCUS, player->now.focus);
        break;
    case RESTORE_RESULTS:
        *made = demand(PLAYER_RESULTS, NULL);
        made->result = player->result + player->now.fresh;
        made->count = player->results - player->now.fresh;
        break;
    case RESTORE_QUESTION:
        if (!player_is_asking(player))
            return false;
        player->now.question = &player->script->command[player->next];
        *made = demand(PLAYER_ASK, player->now.question);
        break;
    case RESTORE_NOTHING:
        return false;
    }
    player->restoring++;
    return true;
}

/* All `set` lines from the next one on. */
static struct player_demand demand_settings(struct player *player,
                                            const struct script_command *command)
{
    struct player_demand made = demand(PLAYER_SET, command);
    for (made.count = 1; player->next < player->script->commands &&
                         player->script->command[player->next].kind == SCRIPT_SET;
         made.count++)
        player->next++;
    return made;
}

static struct player_demand begin_to_run(struct player *player, const struct player_world *world,
                                         const struct script_command *command)
{
    struct player_demand made = demand(PLAYER_RUN, command);
    if (script_condition_holds(&command->condition, world->measure, world->data))
        return demand(PLAYER_PAUSE, command);
    player->next--; /* it is still this command that is carried out */
    player->phase = PLAYER_RUNNING;
    made.step = script_condition_step(&command->condition);
    return made;
}

static struct player_demand go_on_running(struct player *player, const struct player_world *world)
{
    const struct script_command *command = &player->script->command[player->next];
    const bool holds = script_condition_holds(&command->condition, world->measure, world->data);
    if (!holds && !world->ended)
        return demand(PLAYER_WAIT, command);
    player->phase = PLAYER_READY;
    player->next++;
    if (holds)
        return demand(PLAYER_PAUSE, command);
    player_print_measured(&command->condition, world->measure, world->data,
                          add_result(player, world, command, false));
    return demand_result(player);
}

/* A question that is asked has no votes yet. */
static void forget_votes(struct player *player)
{
    if (player_is_asking(player))
        memset(player->now.votes, 0, sizeof player->now.votes);
}

/* A place that can be gone back to: where a command waits. */
static struct player_demand begin_to_wait(struct player *player, const struct player_world *world)
{
    struct player_demand made = {.kind = PLAYER_PLACE, .place = player->places};
    player->place = memory_resize(player->place, (size_t)player->places + 1, sizeof *player->place);
    player->now.next = player->next;
    player->now.step = world->step;
    player->now.results = player->results;
    player->place[player->places++] = player->now;
    player->phase = PLAYER_WAITING;
    player->since = world->seconds;
    player->by_key = player->go_on = false;
    player->restoring = RESTORE_QUESTION;
    forget_votes(player);
    return made;
}

static bool waited_enough(const struct player *player, const struct player_world *world)
{
    const struct script_command *command = &player->script->command[player->next];
    const bool person = command->kind == SCRIPT_ASK || command->seconds < 0;
    if (player->by_key || (person && !world->recording))
        return false;
    return world->seconds - player->since >= (person ? player_pause : command->seconds);
}

static struct player_demand carry_out(struct player *player, const struct player_world *world)
{
    static const enum player_demand_kind kinds[SCRIPT_KINDS] = {
        [SCRIPT_SPEED] = PLAYER_SPEED,    [SCRIPT_SWITCH] = PLAYER_SWITCH,
        [SCRIPT_VIEW] = PLAYER_VIEW,      [SCRIPT_KEY] = PLAYER_KEY,
        [SCRIPT_PAUSE] = PLAYER_PAUSE,    [SCRIPT_RESTART] = PLAYER_RESTART,
        [SCRIPT_BRANCH] = PLAYER_BRANCH,  [SCRIPT_GOTO] = PLAYER_GOTO,
        [SCRIPT_TITLE] = PLAYER_TITLE,    [SCRIPT_SAY] = PLAYER_CAPTION,
        [SCRIPT_FOCUS] = PLAYER_FOCUS,    [SCRIPT_MARK] = PLAYER_MARK,
        [SCRIPT_ANSWER] = PLAYER_CAPTION, [SCRIPT_SNAPSHOT] = PLAYER_SNAPSHOT,
    };
    const struct script_command *command = &player->script->command[player->next];
    if (ends_step(command))
        return begin_to_wait(player, world);
    player->next++;
    switch (command->kind) {
    case SCRIPT_SET:
        return demand_settings(player, command);
    case SCRIPT_RUN:
        return begin_to_run(player, world, command);
    case SCRIPT_EXPECT:
        player_print_measured(
            &command->condition, world->measure, world->data,
            add_result(player, world, command,
                       script_condition_holds(&command->condition, world->measure, world->data)));
        return demand_result(player);
    case SCRIPT_TITLE:
        player->now.title = command;
        break;
    case SCRIPT_SAY:
    case SCRIPT_ANSWER:
        player->now.caption = command;
        break;
    case SCRIPT_FOCUS:
        player->now.focus = command;
        break;
    case SCRIPT_MARK:
        player->now.chapter = command;
        break;
    default:
        break;
    }
    struct player_demand made = demand(kinds[command->kind], command);
    made.question = player->now.question;
    return made;
}

/* ---- going back ---- */

static struct player_demand go_to(struct player *player, const struct player_world *world,
                                  const struct player_place *place, int number)
{
    player->now = *place;
    player->next = place->next;
    player->results = place->results;
    player->since = world->seconds;
    player->go_on = player->go_back = player->take_back = false;
    player->restoring = RESTORE_TITLE;
    return (struct player_demand){.kind = PLAYER_BACK, .step = place->step, .place = number};
}

/* Where Left leads to: the end of the step before. */
static struct player_demand go_back(struct player *player, const struct player_world *world)
{
    const int behind = player->phase == PLAYER_WAITING ? 1 : 0;
    const int number = player->places - 1 - behind;
    player->go_back = false;
    if (number < 0)
        return demand(PLAYER_WAIT, NULL);
    player->places = number + 1;
    player->phase = PLAYER_WAITING;
    player->by_key = true;
    const struct player_demand made = go_to(player, world, &player->place[number], number);
    forget_votes(player);
    return made;
}

static struct player_demand take_back(struct player *player, const struct player_world *world)
{
    player->phase = player->held_phase;
    if (player->phase == PLAYER_RUNNING) /* which has to be demanded anew */
        player->phase = PLAYER_READY;
    return go_to(player, world, &player->held, PLAYER_HELD);
}

void player_hold(struct player *player, const struct player_world *world)
{
    if (player->phase == PLAYER_HOLDING)
        return;
    player->held = player->now;
    player->held.next = player->next;
    player->held.step = world->step;
    player->held.results = player->results;
    player->held_phase = player->phase;
    player->phase = PLAYER_HOLDING;
}

void player_resume(struct player *player)
{
    player->take_back = player->phase == PLAYER_HOLDING;
}

/* ---- keys ---- */

bool player_key(struct player *player, int code)
{
    const struct script_command *command = &player->script->command[player->next];
    if (player->phase == PLAYER_HOLDING)
        return false;
    if (player_is_asking(player) && code >= '1' && code < '1' + command->choices) {
        player->now.votes[code - '1']++;
        return true;
    }
    if (code == KEY_CODE_LEFT)
        return player->go_back = true;
    if (code != KEY_CODE_SPACE && code != KEY_CODE_RIGHT)
        return false;
    player->go_on = player->phase == PLAYER_WAITING;
    return true;
}

struct player_demand player_next(struct player *player, const struct player_world *world)
{
    struct player_demand made;
    if (player->take_back)
        return take_back(player, world);
    if (player->phase == PLAYER_HOLDING)
        return demand(PLAYER_WAIT, NULL);
    if (player->go_back)
        return go_back(player, world);
    if (restore(player, &made))
        return made;
    if (player->phase == PLAYER_RUNNING)
        return go_on_running(player, world);
    if (player->phase == PLAYER_WAITING) {
        if (!player->go_on && !waited_enough(player, world))
            return demand(PLAYER_WAIT, NULL);
        player->phase = PLAYER_READY;
        player->now.fresh = player->results;
        player->next++;
    }
    if (player->next == player->script->commands)
        return demand(PLAYER_DONE, NULL);
    return carry_out(player, world);
}
