/* What README and manual tell a newcomer to press, pressed: the keys are read from the documents,
 * and what they promise is looked for, in the program with its defaults, on a clock that is moved
 * for it. A recipe that is changed in a document fails here until its row says what it does now. */
#include "base/file.h"
#include "cli/options.h"
#include "support/folder.h"
#include "support/one_stage.h"
#include "support/sanitized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char *readme, *manual;

/* ---- the documents ---- */

static char *read_document(const char *path)
{
    static char text[1 << 18];
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read: the test runs in the folder of the sources", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return strdup(text);
}

static int read_documents(void **state)
{
    readme = read_document("README.md");
    manual = read_document("man/lnscope.1");
    return folder_enter(state);
}

static int forget_documents(void **state)
{
    free(readme);
    free(manual);
    return folder_leave(state);
}

/* What stands between two texts of a document, until the next call. */
static const char *part(const char *document, const char *from, const char *to)
{
    static char text[4096];
    const char *start = strstr(document, from);
    const char *end = start ? strstr(start + strlen(from), to) : NULL;
    if (!end || (size_t)(end - start) >= sizeof text)
        fail_msg("there is no part from '%s' to '%s'", from, to);
    else
        snprintf(text, sizeof text, "%.*s", (int)(end - start), start);
    return text;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Is it a row of keys, "w w w r", and not a command line of the shell? */
static bool is_row_of_keys(const char *word)
{
    for (size_t i = 0; word[i]; i++)
        if ((i % 2 == 1) != (word[i] == ' '))
            return false;
    return true;
}

/* The keys in a text, separated by blanks, as they are marked there: between two ` of Markdown, or
 * behind .B of a manual; "twice" and "three times" behind a key count.
 */
static const char *keys_in(const char *text, bool markdown)
{
    static char keys[512];
    const char *mark = markdown ? "`" : "\n.B ", *end = markdown ? "`" : "\n";
    size_t used = 0;
    keys[0] = '\0';
    while ((text = strstr(text, mark)) != NULL) {
        char word[64];
        text += strlen(mark);
        snprintf(word, sizeof word, "%.*s", (int)strcspn(text, end), text);
        text += strlen(word) + markdown;
        const char *behind = text + strspn(text, " \n");
        const int times = begins(behind, "three times") ? 3 : begins(behind, "twice") ? 2 : 1;
        if (word[0] != ':' && strchr(word, ' ') && !is_row_of_keys(word))
            continue;
        for (int i = 0; i < times; i++)
            used +=
                (size_t)snprintf(keys + used, sizeof keys - used, "%s%s", used ? " " : "", word);
        assert_true(used < sizeof keys);
    }
    return keys;
}

/* ---- the program ---- */

static int open_stage(void **state)
{
    const struct app_start start = {.settings = settings_default()};
    (void)state;
    stage_open(&stage, 24, 80);
    stage_enter(&stage, &start);
    return 0;
}

/* A key by its name, or a command with its :, which is entered. */
static void press_named(const char *key)
{
    static const struct {
        const char *name;
        int code;
    } named[] = {{"Home", KEY_CODE_HOME},
                 {"End", KEY_CODE_END},
                 {"Up", KEY_CODE_UP},
                 {"Enter", KEY_CODE_ENTER}};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strcmp(named[i].name, key) == 0) {
            assert_true(stage_press_code(&stage, named[i].code));
            return;
        }
    assert_true(stage_press(&stage, key));
    if (key[0] == ':' && key[1])
        assert_true(stage_press_code(&stage, KEY_CODE_ENTER));
}

/* Until what was asked for has been done, and lists have closed. */
static void wait_a_moment(void)
{
    assert_true(stage_play(&stage, stage.screen.clock.seconds + 1));
}

static double ratio(enum side side)
{
    return snapshot_scalar(history_last(&stage.app->history, side), QUANTITY_RATIO);
}

/* The smoothed loss, as a part of that without context. */
static double loss_part(enum side side)
{
    return history_smooth(&stage.app->history, side) / stage.app->task.unigram_entropy;
}

/* How alike two tokens are behind the last block. */
static double similarity(enum side side)
{
    const struct snapshot *moment = history_last(&stage.app->history, side);
    return (double)snapshot_array(moment, QUANTITY_SIMILARITY, 0)[moment->layers];
}

/* ---- recipes ---- */

/* A key, and what is seen when it has been pressed. */
struct deed {
    const char *key;
    void (*see)(void);
};

/* Presses the keys that stand in a text, which must be those of the deeds, one by one. */
static void do_as_told(const char *text, bool markdown, const struct deed *deeds)
{
    char wanted[512] = "";
    for (const struct deed *deed = deeds; deed->key; deed++)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%s",
                 *wanted ? " " : "", deed->key);
    assert_string_equal(keys_in(text, markdown), wanted);
    for (const struct deed *deed = deeds; deed->key; deed++) {
        press_named(deed->key);
        if (deed->see)
            deed->see();
    }
}

#define DEEDS(...)                                                                                 \
    (const struct deed[])                                                                          \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

/* The first thing that a class sees, which most recipes begin with. */
static void watch_the_collapse(void)
{
    play_to(1);
    assert_true(ratio(RIGHT) > 0.2 && ratio(RIGHT) < 5);
    play_to(60);
    assert_true(ratio(RIGHT) < 0.01 && ratio(LEFT) > 0.3);
    assert_true(loss_part(RIGHT) > 0.95 && loss_part(LEFT) < 0.95);
}

static void see_the_stream(void)
{
    shows("6 stream");
}

static void see_the_overview(void)
{
    shows("1 overview");
}

static void see_tokens_alike(void)
{
    play_to(80);
    shows("similarity of two tokens");
    assert_true(similarity(RIGHT) > 0.99 && similarity(LEFT) < 0.9);
}

static void see_warmup_100(void)
{
    assert_int_equal(stage.app->wanted.warmup, 100);
}

static void see_both_learn(void)
{
    play_to(130);
    assert_true(loss_part(LEFT) < 0.95 && loss_part(RIGHT) < 0.95 && ratio(RIGHT) > 0.01);
}

static void see_the_rescue(void)
{
    see_both_learn();
    shows("warmup 0"); /* the run before, at the end of its curve */
}

static void see_two_runs(void)
{
    shows("2 runs, the last one under way");
}

static void see_run_1(void)
{
    wait_a_moment();
    shows("run 1 again");
}

static void a_lecture(void **state)
{
    static const struct deed none[] = {{NULL, NULL}};
    (void)state;
    do_as_told(part(readme, "1. `make run`", "\n2. "), true, none);
    watch_the_collapse();
    do_as_told(part(readme, "\n2. ", "\n3. "), true,
               DEEDS({"6", see_the_stream}, {"v", NULL}, {"v", see_tokens_alike},
                     {"1", see_the_overview}));
    do_as_told(part(readme, "\n3. ", "\n4. "), true,
               DEEDS({"w", NULL}, {"w", NULL}, {"w", see_warmup_100}, {"r", see_the_rescue},
                     {"9", see_two_runs}, {"u", see_run_1}));
}

static void see_the_past(void)
{
    shows("« step 1 ");
}

static void see_the_branch(void)
{
    wait_a_moment();
    shows("branched at step 1");
    assert_true(stage.app->history.ghost[0].count > 0);
    see_both_learn();
}

static void a_rescue_without_a_restart(void **state)
{
    (void)state;
    watch_the_collapse();
    do_as_told(part(readme, "\n4. ", "\n5. "), true,
               DEEDS({"Home", see_the_past}, {"w", NULL}, {"w", NULL}, {"w", see_warmup_100},
                     {"F", see_the_branch}));
}

static void see_the_waterfall(void)
{
    shows("2 waterfall");
}

static void see_the_anatomy(void)
{
    shows("3 anatomy");
}

/* Also those of a step at which nobody looked. */
static void see_samples(void)
{
    shows("7 samples");
    press_named("Home");
    assert_false(is_shown("nothing was written"));
    press_named("End");
}

static void see_more_layers(void)
{
    wait_a_moment();
    assert_int_equal(stage.app->present.layers, 8);
}

static void see_a_higher_rate(void)
{
    assert_true(stage.app->wanted.lr > 0.003);
}

static void see_the_help(void)
{
    shows("How to read the samples");
}

static void other_views(void **state)
{
    (void)state;
    play_to(20);
    do_as_told(part(readme, "\n5. ", "\n\n"), true,
               DEEDS({"2", see_the_waterfall}, {"3", see_the_anatomy}, {"7", see_samples},
                     {"d", see_more_layers}, {"l", see_a_higher_rate}, {"?", see_the_help}));
}

static void see_a_step_back(void)
{
    shows("« step ");
}

static void see_live(void)
{
    assert_int_equal(stage.app->scene.look.cursor, 0);
    press_named("["); /* to have something to branch from */
}

static void see_a_branch_here(void)
{
    wait_a_moment();
    shows("branched at step");
}

static void name_it(void)
{
    press_named("Enter");
    shows("mark 1");
    press_named(" ");
    wait_a_moment();
}

static void see_the_mark(void)
{
    assert_true(stage.app->scene.look.cursor > 0);
}

static void time_is_gone_through(void **state)
{
    (void)state;
    play_to(20);
    press_named(" ");
    wait_a_moment();
    do_as_told(part(readme, "- **Time.**", "- **The back"), true,
               DEEDS({"[", see_a_step_back}, {"]", NULL}, {"End", see_live},
                     {"F", see_a_branch_here}, {"m", name_it}, {"'", NULL}, {"\"", see_the_mark}));
}

static void see_the_projector(void)
{
    assert_true(stage.app->scene.look.projector);
}

static void see_no_header(void)
{
    assert_true(stage.app->scene.look.hide);
}

static void see_another_theme(void)
{
    wait_a_moment();
    assert_int_not_equal(stage.app->present.theme, settings_default().theme);
}

static void see_a_and_b(void)
{
    assert_true(stage.app->scene.look.blind);
}

static void see_their_names(void)
{
    assert_false(stage.app->scene.look.blind);
    shows("Post-LN");
}

static void see_the_recording(void)
{
    assert_non_null(stage.app->cast);
}

static void see_a_picture(void)
{
    assert_non_null(strstr(stage.app->message, ".svg"));
}

static void see_the_named_picture(void)
{
#ifdef HAVE_CAIRO
    assert_true(file_exists("talk.png"));
#endif
    press_named("X");
    assert_null(stage.app->cast);
}

static void see_the_lessons(void)
{
    shows("watch-it-collapse");
    assert_true(stage_press_code(&stage, KEY_CODE_ESCAPE));
}

static void a_room_and_a_recording(void **state)
{
    (void)state;
    play_to(10);
    do_as_told(part(readme, "- **The back", "- **Guessing"), true,
               DEEDS({"P", see_the_projector}, {"H", see_no_header}, {"T", see_another_theme}));
    press_named("P");
    press_named("H");
    do_as_told(part(readme, "- **Guessing", "- **Recording"), true,
               DEEDS({"B", see_a_and_b}, {"B", see_their_names}));
    do_as_told(part(readme, "- **Recording", "- **Lessons"), true,
               DEEDS({"X", see_the_recording}, {"x", see_a_picture},
                     {":export talk.png", see_the_named_picture}));
    do_as_told(part(readme, "- **Lessons", "- **Keeping"), true, DEEDS({"e", see_the_lessons}));
}

static void see_it_saved(void)
{
    wait_a_moment();
    shows("earlier runs without their weights");
    assert_true(file_exists("FILE"));
}

static void see_it_loaded(void)
{
    wait_a_moment();
    shows("loaded FILE, step ");
    assert_false(is_shown("does not know"));
}

static void choose_the_earlier_one(void)
{
    press_named("Up");
}

static void see_it_done_again(void)
{
    wait_a_moment();
    shows("run 3 again, at step 10: done once more from its settings");
}

static void a_session_is_kept(void **state)
{
    (void)state;
    play_to(10);
    press_named("r");
    wait_a_moment();
    play_to(5);
    do_as_told(part(readme, "- **Keeping", "\n\n"), true,
               DEEDS({":save FILE", see_it_saved}, {":load FILE", see_it_loaded},
                     {"9", choose_the_earlier_one}, {"Enter", see_it_done_again}));
}

static void the_manual(void **state)
{
    (void)state;
    watch_the_collapse();
    do_as_told(part(manual, "The demonstration:", "\n.TP"), false,
               DEEDS({"w", NULL}, {"w", NULL}, {"w", see_warmup_100}, {"r", see_the_rescue}));
    assert_string_equal(keys_in(part(manual, "that run different at their end", "\n.B i"), false),
                        "w w w r"); /* the same */
}

/* ---- command lines ---- */

/* Every word of it is an option, a value or a command that there is. */
static void assert_command_line(char *line)
{
    char *word[32], whole[512];
    int words = 0;
    struct options options;
    struct error error;
    snprintf(whole, sizeof whole, "%s", line);
    line[strcspn(line, "|>#")] = '\0';
    for (char *next = strtok(line, " "); next && words < 32; next = strtok(NULL, " "))
        word[words++] = next;
    if (!options_parse(&options, NULL, words, word, &error))
        fail_msg("%s: %s", whole, error.text);
}

static void command_lines_are_taken(void **state)
{
    int found = 0;
    (void)state;
    char *block = strdup(part(readme, "## Without a screen\n\n", "\n\nThe same"));
    char *end = strstr(block, "\n\n") + 2;
    for (char *at = end; (at = strstr(at, "\\\n")) != NULL;)
        at[0] = at[1] = ' ';
    for (char *line = strtok_r(end, "\n", &end); line; line = strtok_r(NULL, "\n", &end), found++)
        assert_command_line(line);
    free(block);
    block = strdup(part(manual, ".SH EXAMPLES", ".SH RELIABILITY"));
    for (char *line = strtok_r(block, "\n", &end); line; line = strtok_r(NULL, "\n", &end)) {
        if (!begins(line, ".B lnscope"))
            continue;
        size_t used = 0;
        for (const char *at = line + strlen(".B "); *at; at++)
            if (*at != '\\')
                line[used++] = *at;
        line[used] = '\0';
        assert_command_line(line);
        found++;
    }
    free(block);
    assert_true(found > 20);
}

int main(void)
{
    if (SANITIZED) { /* minutes there, for nothing that others do not go through */
        puts("the recipes are played without a sanitizer");
        return 0;
    }
#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, leave_stage)
    const struct CMUnitTest tests[] = {
        STAGED(a_lecture),
        STAGED(a_rescue_without_a_restart),
        STAGED(other_views),
        STAGED(time_is_gone_through),
        STAGED(a_room_and_a_recording),
        STAGED(a_session_is_kept),
        STAGED(the_manual),
        cmocka_unit_test(command_lines_are_taken),
    };
    return cmocka_run_group_tests(tests, read_documents, forget_documents);
}
