/* The player of scripts, in a world that is made up: what it demands, one thing after the other. */
#include "script/player.h"

#include "screen/key_codes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/range.h"

enum { LOG = 8192, PLACES = 16 };

/* A program that makes a step and lets 0.1 s pass whenever there is nothing else to do. */
struct program {
    struct script script;
    struct player player;
    struct player_world world;
    bool running;
    int64_t place_step[PLACES], held_step; /* as it was asked to remember */
    char log[LOG];                         /* the demands so far, and how long it waited */
    int waits;
};

/* The loss is 4 - step / 100, the unigram entropy 3; the right stack is at NAN. */
static double measure(const void *data, const struct script_quantity *quantity)
{
    const struct program *program = data;
    if (quantity->kind == SCRIPT_STEP)
        return (double)program->world.step;
    if (quantity->kind == SCRIPT_UNIGRAM)
        return 3;
    return quantity->side == LEFT ? 4 - (double)program->world.step / 100 : (double)NAN;
}

static void add(struct program *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(struct program *program, const char *format, ...)
{
    const size_t used = strlen(program->log);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(program->log + used, LOG - used, format, arguments);
    va_end(arguments);
}

static void start(struct program *program, const char *text)
{
    struct script_setup setup = {.settings = settings_default()};
    struct error error;
    *program = (struct program){.world = {.measure = measure, .data = program}};
    if (!script_parse(&program->script, "t.lns", text, &setup, &error))
        fail_msg("%s", error.text);
    player_open(&program->player, &program->script);
}

static void finish(struct program *program)
{
    player_close(&program->player);
    script_close(&program->script);
}

static const char *text_of(const struct script_command *command)
{
    return command ? command->text : "-";
}

static void carry_out(struct program *program, const struct player_demand *demand)
{
    static const char *const names[] = {
        [PLAYER_SPEED] = "speed",     [PLAYER_SWITCH] = "switch",     [PLAYER_VIEW] = "view",
        [PLAYER_KEY] = "key",         [PLAYER_BRANCH] = "branch",     [PLAYER_GOTO] = "goto",
        [PLAYER_RESTART] = "restart", [PLAYER_SNAPSHOT] = "snapshot", [PLAYER_BACK] = ""};
    switch (demand->kind) {
    case PLAYER_SET:
        add(program, "set %d\n", demand->count);
        break;
    case PLAYER_RUN:
        program->running = true;
        add(program, "run to %d\n", (int)demand->step);
        break;
    case PLAYER_PAUSE:
        program->running = false;
        add(program, "pause at %d\n", (int)program->world.step);
        break;
    case PLAYER_RESTART:
        program->world.step = 0;
        add(program, "restart\n");
        break;
    case PLAYER_TITLE:
        add(program, "title %s\n", text_of(demand->command));
        break;
    case PLAYER_CAPTION:
        if (demand->command && demand->command->kind == SCRIPT_ANSWER)
            add(program, "answer %d of %d: %d %d\n", demand->command->answer,
                demand->question->choices, program->player.now.votes[0],
                program->player.now.votes[1]);
        else
            add(program, "say %s\n", text_of(demand->command));
        break;
    case PLAYER_FOCUS:
        add(program, "focus %d\n", demand->command ? demand->command->layer : -1);
        break;
    case PLAYER_MARK:
        add(program, "mark %s\n", demand->command->text);
        break;
    case PLAYER_ASK:
        add(program, "ask %s\n", demand->command->text);
        break;
    case PLAYER_RESULT:
        add(program, "%s: %s\n", demand->result->holds ? "holds" : "fails", demand->result->text);
        break;
    case PLAYER_RESULTS:
        for (int i = 0; i < demand->count; i++)
            add(program, "again: %s\n", demand->result[i].text);
        break;
    case PLAYER_PLACE:
        assert_between(demand->place, 0, PLACES - 1);
        program->place_step[demand->place] = program->world.step;
        add(program, "place %d\n", demand->place);
        break;
    case PLAYER_BACK:
        program->running = false;
        program->world.step = demand->step;
        assert_int_equal(demand->step, demand->place == PLAYER_HELD
                                           ? program->held_step
                                           : program->place_step[demand->place]);
        add(program, "back to %d at %d\n", demand->place, (int)demand->step);
        break;
    default:
        add(program, "%s\n", names[demand->kind]);
        break;
    }
}

/* Goes on until the script is over or, for some reason, nothing happens any more. */
static void play(struct program *program)
{
    program->log[0] = '\0';
    program->waits = 0;
    for (int idle = 0; idle < 200;) {
        struct player_demand demand = player_next(&program->player, &program->world);
        if (demand.kind == PLAYER_DONE) {
            add(program, "done\n");
            return;
        }
        if (demand.kind != PLAYER_WAIT) {
            carry_out(program, &demand);
            idle = 0;
            continue;
        }
        program->world.seconds += 0.1;
        program->waits++;
        program->world.step += program->running;
        idle += !program->running;
    }
}

static void assert_log(struct program *program, const char *log)
{
    play(program);
    assert_string_equal(program->log, log);
}

static void press(struct program *program, int code)
{
    assert_true(player_key(&program->player, code));
}

static void commands_become_demands_in_their_order(void **state)
{
    struct program program;
    (void)state;
    start(&program, "set lr 0.01\nset warmup 5\ntitle \"a title\"\nset layers 8\nspeed 5\n"
                    "switch right pre\nview curves\nkey w\nrun until step 20\nbranch 7\n"
                    "goto 3\nfocus left layer 3\nsnapshot a.svg\nmark \"a chapter\"\npause\n"
                    "restart\nrun until step 2\nsay \"\"\n");
    assert_log(&program,
               "set 2\ntitle a title\nset 1\nspeed\nswitch\nview\nkey\nrun to 20\npause at 20\n"
               "branch\ngoto\nfocus 3\nsnapshot\nmark a chapter\npause at 20\nrestart\nrun to 2\n"
               "pause at 2\nsay \ndone\n");
    assert_string_equal(player_chapter(&program.player), "a chapter");
    assert_int_equal(program.waits, 22); /* one for each step */
    finish(&program);
}

/* The run pauses at exactly the step at which the condition holds for the first time. */
static void a_run_pauses_where_its_condition_holds(void **state)
{
    struct program program;
    (void)state;
    start(&program, "run until left.loss < 3.755 and step 10\nrun until left.loss < 3.9\n"
                    "run until right.loss < 9 or step 30\n");
    assert_log(&program, "run to -1\npause at 25\npause at 25\nrun to 30\npause at 30\ndone\n");
    finish(&program);
}

static void what_is_expected_is_measured(void **state)
{
    struct program program;
    (void)state;
    start(&program, "run until step 200\nexpect left.loss < 0.75 * unigram\n"
                    "expect left.loss < 1 or right.loss < 9 and step 3\n"
                    "expect left.loss > 1.5\n");
    assert_log(&program, "run to 200\npause at 200\nholds: left.loss 2.00 < 2.25\n"
                         "fails: left.loss 2.00 < 1.00 or right.loss -- < 9.00 and step 200 >= "
                         "3.00\nholds: left.loss 2.00 > 1.50\ndone\n");
    assert_int_equal(program.player.results, 3);
    assert_int_equal(player_failures(&program.player), 1);
    assert_int_equal(program.player.result[1].step, 200);
    finish(&program);
}

/* A run that ends before its condition holds is told as a failure; the script goes on. */
static void a_run_that_ends_too_early_fails(void **state)
{
    struct program program;
    (void)state;
    start(&program, "run until left.loss < 1\nsay \"after\"\n");
    program.world.step = 40;
    program.world.ended = true;
    assert_log(&program, "run to -1\nfails: left.loss 3.60 < 1.00\nsay after\ndone\n");
    assert_int_equal(player_failures(&program.player), 1);
    finish(&program);
}

static const char lesson[] = "say \"one\"\nwait key\n"
                             "run until step 5\nsay \"two\"\nwait 2s\n"
                             "mark \"three\"\nask \"which?\" \"a\" \"b\"\nrun until step 9\n"
                             "expect left.loss > 9\nanswer 2\nwait key\nsay \"four\"\n";

/* Nobody is there: what waits for somebody waits 3 seconds. */
static void recordings_do_not_wait_for_anybody(void **state)
{
    struct program program;
    (void)state;
    start(&program, lesson);
    program.world.recording = true;
    assert_int_equal(player_steps(&program.script), 5);
    assert_int_equal(player_step(&program.player), 1);
    assert_log(&program, "say one\nplace 0\nrun to 5\npause at 5\nsay two\nplace 1\nmark three\n"
                         "place 2\nask which?\nrun to 9\npause at 9\nfails: left.loss 3.91 > "
                         "9.00\nanswer 2 of 2: 0 0\nplace 3\nsay four\ndone\n");
    assert_between(program.waits, 30 + 5 + 20 + 30 + 4 + 30, 30 + 5 + 20 + 30 + 4 + 30 + 4);
    assert_int_equal(player_step(&program.player), 5);
    finish(&program);
}

/* Keys go on, vote, and go back to the end of the step before, where only a key goes on. */
static void keys_lead_through_a_lesson(void **state)
{
    struct program program;
    (void)state;
    start(&program, lesson);
    assert_log(&program, "say one\nplace 0\n");
    press(&program, KEY_CODE_LEFT); /* there is nothing before */
    assert_log(&program, "");
    assert_false(player_key(&program.player, 'w'));
    assert_false(player_key(&program.player, '1'));
    press(&program, KEY_CODE_SPACE);
    assert_log(&program, "run to 5\npause at 5\nsay two\nplace 1\nmark three\nplace 2\nask "
                         "which?\n");
    assert_int_equal(player_step(&program.player), 3);
    press(&program, '1');
    press(&program, '2');
    press(&program, '2');
    assert_false(player_key(&program.player, '3'));
    assert_log(&program, "");
    press(&program, KEY_CODE_RIGHT);
    assert_log(&program, "run to 9\npause at 9\nfails: left.loss 3.91 > 9.00\n"
                         "answer 2 of 2: 1 2\nplace 3\n");
    press(&program, KEY_CODE_LEFT); /* to the question */
    assert_log(&program, "back to 2 at 5\ntitle -\nsay two\nfocus -1\nask which?\n");
    assert_int_equal(player_step(&program.player), 3);
    assert_int_equal(player_failures(&program.player), 0);
    press(&program, KEY_CODE_LEFT); /* to `wait 2s`, which now waits for a key */
    assert_log(&program, "back to 1 at 5\ntitle -\nsay two\nfocus -1\n");
    assert_string_equal(player_chapter(&program.player), "");
    press(&program, KEY_CODE_SPACE);
    assert_log(&program, "mark three\nplace 2\nask which?\n");
    press(&program, KEY_CODE_SPACE);
    assert_log(&program, "run to 9\npause at 9\nfails: left.loss 3.91 > 9.00\n"
                         "answer 2 of 2: 0 0\nplace 3\n");
    press(&program, KEY_CODE_SPACE);
    assert_log(&program, "say four\ndone\n");
    press(&program, KEY_CODE_LEFT);
    assert_log(&program, "back to 3 at 9\ntitle -\nanswer 2 of 2: 0 0\nfocus -1\n"
                         "again: left.loss 3.91 > 9.00\n");
    finish(&program);
}

/* In the middle of a run Left leads to where it began. */
static void a_run_can_be_left(void **state)
{
    struct program program;
    (void)state;
    start(&program, lesson);
    play(&program);
    press(&program, KEY_CODE_SPACE);
    struct player_demand demand = player_next(&program.player, &program.world);
    assert_int_equal(demand.kind, PLAYER_RUN);
    program.world.step = 3;
    assert_int_equal(player_next(&program.player, &program.world).kind, PLAYER_WAIT);
    press(&program, KEY_CODE_LEFT);
    assert_log(&program, "back to 0 at 0\ntitle -\nsay one\nfocus -1\n");
    finish(&program);
}

/* The keyboard is handed over in the middle of a run, and given back where it was. */
static void the_keyboard_can_be_handed_over(void **state)
{
    struct program program;
    (void)state;
    start(&program, lesson);
    play(&program);
    press(&program, KEY_CODE_SPACE);
    assert_int_equal(player_next(&program.player, &program.world).kind, PLAYER_RUN);
    program.held_step = program.world.step = 3;
    player_hold(&program.player, &program.world);
    assert_false(player_key(&program.player, KEY_CODE_SPACE));
    program.world.step = 77;
    assert_log(&program, "");
    player_resume(&program.player);
    assert_log(&program, "back to -1 at 3\ntitle -\nsay one\nfocus -1\nrun to 5\npause at 5\n"
                         "say two\nplace 1\nmark three\nplace 2\nask which?\n");
    program.held_step = program.world.step;
    press(&program, '1');
    player_hold(&program.player, &program.world);
    player_resume(&program.player);
    assert_log(&program, "back to -1 at 5\ntitle -\nsay two\nfocus -1\nask which?\n");
    assert_int_equal(program.player.now.votes[0], 1); /* what the class has said still counts */
    finish(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_become_demands_in_their_order),
        cmocka_unit_test(a_run_pauses_where_its_condition_holds),
        cmocka_unit_test(what_is_expected_is_measured),
        cmocka_unit_test(a_run_that_ends_too_early_fails),
        cmocka_unit_test(recordings_do_not_wait_for_anybody),
        cmocka_unit_test(keys_lead_through_a_lesson),
        cmocka_unit_test(a_run_can_be_left),
        cmocka_unit_test(the_keyboard_can_be_handed_over),
    };
    return cmocka_run_group_tests_name("player", tests, NULL, NULL);
}
