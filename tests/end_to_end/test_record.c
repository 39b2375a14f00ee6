/* `lnscope record`: a script on a virtual clock, as files.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "base/file.h"
#include "support/cast_player.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/sanitized.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char program[4096];

/* Small enough to be trained at once; all that a script can say. */
static const char small_script[] =
    "# A small one.\n"
    "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset context 8\nset batch 2\n"
    "title \"A title\"\nspeed 20\n"
    "say \"The first caption.\"\n"
    "mark \"begin\"\n"
    "run until step 4\n"
    "wait 0.5s\n"
    "ask \"Which one?\" \"left\" \"right\"\n"
    "answer 2 \"It was the right one.\"\n"
    "expect left.raw > 0\n"
    "mark \"second\"\n"
    "say \"The second caption.\"\n"
    "focus right layer 0\n"
    "view curves\n"
    "run until step 9\n"
    "switch right pre\n"
    "run until step 11\n"
    "set layers 3\n"
    "run until step 2\n"
    "say \"\"\n"
    "wait 1s\n";

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(folder_file(name), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int enter_folder(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    write_file("small.lns", small_script);
    return 0;
}

static char *contents(const char *name)
{
    char *text;
    size_t size;
    struct error error;
    if (!file_read(folder_file(name), 1 << 26, &text, &size, &error))
        fail_msg("%s", error.text);
    return text;
}

/* Records in the folder; what it says on standard error, which the caller frees. */
static char *record(int expected, const char *options, const char *const *environment)
{
    char words[512];
    const char *arguments[40];
    snprintf(words, sizeof words, "record --no-config %s", options);
    process_words(arguments, 40, program, words);
    struct process process =
        process_start(&(struct process_start){.arguments = arguments,
                                              .environment = environment,
                                              .folder = folder_path,
                                              .output = folder_file("output"),
                                              .errors = folder_file("errors")});
    const int status = process_finish(&process);
    char *errors = contents("errors");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("%s: status %#x: %s", words, (unsigned)status, errors);
    return errors;
}

static void assert_same_files(const char *one, const char *other)
{
    char *first = contents(one), *second = contents(other);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

/* Whatever the number of threads, the speed of the machine, and the terminal. */
static void a_recording_made_twice_is_the_same(void **state)
{
    (void)state;
    free(record(0, "small.lns -o a.cast -o a.svg --captions a.vtt --threads 1", NULL));
    free(record(0, "small.lns -o b.cast -o b.svg --captions b.vtt --threads 2",
                (const char *const[]){"LC_ALL=C", "TERM=dumb", "NO_COLOR=1", NULL}));
    assert_same_files("a.cast", "b.cast");
    assert_same_files("a.svg", "b.svg");
    assert_same_files("a.vtt", "b.vtt");
    free(record(0, "small.lns -o c.cast --seed 2", NULL));
    char *first = contents("a.cast"), *second = contents("c.cast");
    assert_string_not_equal(first, second);
    free(first);
    free(second);
}

/* A player that jumps to a chapter shows what was drawn there, cell by cell. */
static void a_chapter_shows_what_was_drawn(void **state)
{
    struct cast_played played;
    (void)state;
    free(record(0, "small.lns -o a.cast -o a.txt --size 100x30", NULL));
    cast_play(&played, folder_file("a.cast"));
    assert_int_equal(played.rows, 30);
    assert_int_equal(played.cols, 100);
    assert_int_equal(played.markers, 2);
    assert_string_equal(played.marker[0], "begin");
    assert_string_equal(played.marker[1], "second");
    free(record(0, "small.lns --size 100x30 -o 0.txt --at begin", NULL));
    free(record(0, "small.lns --size 100x30 -o 1.txt --at 4", NULL));
    char *first = contents("0.txt");
    assert_string_equal(first, played.picture[0].text);
    assert_non_null(strstr(first, "The first caption."));
    assert_non_null(strstr(first, "A title"));
    free(first);
    free(record(0, "small.lns --size 100x30 -o 2.txt --at second", NULL));
    char *second = contents("2.txt");
    assert_string_equal(second, played.picture[1].text);
    free(second);
    char *fourth = contents("1.txt");
    assert_non_null(strstr(fourth, "step 4 "));
    free(fourth);
    char *last = contents("a.txt");
    assert_string_equal(last, played.screen);
    assert_null(strstr(last, "caption"));
    free(last);
    cast_played_close(&played);
}

static void a_claim_that_does_not_hold_is_told(void **state)
{
    (void)state;
    write_file("wrong.lns", "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset batch 2\n"
                            "run until step 2\nexpect right.loss < 0.1\nexpect left.loss > 0\n"
                            "wait 0.1s\n");
    char *errors = record(1, "wrong.lns -o a.txt", NULL);
    assert_non_null(strstr(errors, "lnscope: wrong.lns:7: step 2: right.loss "));
    assert_non_null(strstr(errors, " < 0.100: does not hold\n"));
    assert_null(strstr(errors, ":8:"));
    assert_non_null(strstr(errors, "1 of what wrong.lns expects does not hold"));
    free(errors);
    char *text = contents("a.txt"); /* which is there all the same */
    assert_non_null(strstr(text, "does not hold: right.loss "));
    assert_non_null(strstr(text, "holds: left.loss "));
    free(text);
}

/* Options win over what a script sets under the same name. */
static void options_win_over_the_script(void **state)
{
    (void)state;
    free(record(0, "small.lns -o a.txt --layers 4", NULL));
    char *text = contents("a.txt");
    assert_non_null(strstr(text, "L4 D16"));
    free(text);
}

static void what_cannot_be_is_said_before_anything_is_computed(void **state)
{
    static const struct {
        const char *options, *says;
        int status;
    } wrong[] = {
        {"-o a.cast", "record without a script: lnscope record SCRIPT -o FILE", 2},
        {"small.lns", "record without a file: name one with -o FILE", 2},
        {"small.lns -o a.bmp", "a.bmp is no recording: name it .cast, .svg", 2},
        {"small.lns -o a.cast --size 20x10", "size '20x10': columns and rows from 40x12", 2},
        {"small.lns -o a.svg --at end",
         "at 'end' is no chapter of small.lns: a step from 1 up, or begin, or second", 2},
        {"small.lns -o a.svg --scale 9", "scale 9: from 1 to 8", 2},
        {"small.lns -o a.cast --cast-version 4", "cast-version '4': 2 or 3", 2},
        {"none.lns -o a.cast", "none.lns", 2},
        {"small.lns -o gone/a.cast", "cannot write", 1},
        {"small.lns -o a.svg -o a.svg", "a.svg is named twice", 1},
        {"small.lns -o a.svg --at 1000", "step 1000 is not reached", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *errors = record(wrong[i].status, wrong[i].options, NULL);
        if (!strstr(errors, wrong[i].says))
            fail_msg("%s: %s", wrong[i].options, errors);
        free(errors);
        assert_false(file_exists(folder_file("a.cast")));
        assert_false(file_exists(folder_file("a.svg")));
    }
    write_file("bad.lns", "set layers 2\nrun until sten 5\n");
    char *errors = record(2, "bad.lns -o a.cast", NULL);
    assert_non_null(strstr(errors, "bad.lns:2:11: "));
    free(errors);
}

/* A text is looked at with the context that it is for; and what only comes to light on the way ends
 * a recording: here the text becomes a picture, which is shorter. */
static void a_text_that_is_too_short_is_told(void **state)
{
    char text[20001], script[1024], expected[256];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = "ab "[i % 3];
    text[sizeof text - 1] = '\0';
    write_file("short.txt", "abc");
    write_file("long.txt", text);
    snprintf(script, sizeof script,
             "run until step 1\nset task text\nset text \"%s\"\nrun until step 2\n",
             folder_file("short.txt"));
    write_file("short.lns", script);
    char *errors = record(2, "short.lns -o a.txt", NULL);
    snprintf(expected, sizeof expected, "lnscope: short.lns:3:5: %s has 3 bytes",
             folder_file("short.txt"));
    assert_non_null(strstr(errors, expected));
    free(errors);
    snprintf(script, sizeof script,
             "set layers 1\nset width 8\nset heads 1\nset ffn 8\nset batch 1\nset context 8\n"
             "set task text\nset text \"%s\"\nrun until step 1\nsnapshot \"%s\"\n"
             "set context 1024\nrun until step 2\n",
             folder_file("long.txt"), folder_file("long.txt"));
    write_file("long.lns", script);
    errors = record(1, "long.lns -o a.txt --size 60x20 --force", NULL);
    if (!strstr(errors, "long.lns:11:1: ") || !strstr(errors, "a context of 1024 needs"))
        fail_msg("it says %s", errors);
    free(errors);
}

/* A program that is not there is missed before the first step. */
static void ffmpeg_is_missed_at_once(void **state)
{
    (void)state;
#ifdef HAVE_CAIRO
    char *errors =
        record(1, "small.lns -o a.mp4", (const char *const[]){"PATH=/nonexistent", NULL});
    assert_non_null(strstr(errors, "ffmpeg"));
    free(errors);
    assert_false(file_exists(folder_file("a.mp4")));
#endif
}

/* A run that has come to where it was to go is not shown as going on. */
static void a_still_is_of_its_moment(void **state)
{
    (void)state;
    write_file("still.lns", "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset batch 2\n"
                            "run until step 3\nsnapshot s.txt\nrun until step 4\n");
    free(record(0, "still.lns -o t.txt", NULL));
    char *still = contents("s.txt");
    assert_non_null(strstr(still, "PAUSED"));
    assert_non_null(strstr(still, "step 3 "));
    free(still);
}

static void files_that_are_there_stay(void **state)
{
    (void)state;
    write_file("picture.lns", "set layers 2\nset width 16\nset heads 2\nset ffn 32\nset batch 2\n"
                              "run until step 1\nsnapshot p.svg\n");
    free(record(0, "picture.lns -o p.txt", NULL));
    char *picture = contents("p.svg");
    assert_non_null(strstr(picture, "</svg>"));
    free(picture);
    free(record(0, "picture.lns -o p.txt --force", NULL));
    char *there = record(1, "picture.lns -o q.txt", NULL);
    assert_non_null(strstr(there, "picture.lns:7:1: p.svg exists"));
    assert_false(file_exists(folder_file("q.txt")));
    free(there);
    /* and nothing is computed before that is known */
    write_file("later.lns", "snapshot l.svg\nrun until step 1000000\nsnapshot p.svg\n");
    there = record(1, "later.lns -o q.txt", NULL);
    assert_non_null(strstr(there, "later.lns:3:1: p.svg exists"));
    assert_false(file_exists(folder_file("l.svg")));
    free(there);
    write_file("later.lns", "snapshot l.svg\nrun until step 1000000\nsnapshot l.svg\n");
    there = record(1, "later.lns -o q.txt", NULL);
    assert_non_null(strstr(there, "later.lns:3:1: a second picture of the same name"));
    free(there);
    write_file("a.cast", "mine");
    char *errors = record(1, "small.lns -o a.cast", NULL);
    assert_non_null(strstr(errors, "a.cast exists: name another file, or allow it with --force"));
    free(errors);
    char *text = contents("a.cast");
    assert_string_equal(text, "mine");
    free(text);
    free(record(0, "small.lns -o a.cast --force --cast-version 3", NULL));
    text = contents("a.cast");
    assert_memory_equal(text, "{\"version\": 3", 13);
    free(text);
}

/* What was said, asked and measured, with pictures, as a page. */
static void a_page_for_the_class_is_written(void **state)
{
    (void)state;
    write_file("page.md", "mine");
    char *errors = record(1, "small.lns -o a.txt --handout page.md", NULL);
    assert_non_null(strstr(errors, "page.md exists"));
    free(errors);
    free(record(0, "small.lns --handout page.md --force --seed 5", NULL));
    char *page = contents("page.md"), *picture = contents("page-1.svg");
    assert_memory_equal(page, "# A title\n\nA small one.\n\nThe first caption.\n\n## begin\n\n",
                        55);
    assert_non_null(strstr(page, "\n> Which one?  \n1 left   2 right\n\n"));
    assert_non_null(
        strstr(page, "\n> Answer 2, right  \nIt was the right one.\n\n- measured: left.raw "));
    assert_non_null(strstr(page, "](page-1.svg)\n"));
    assert_non_null(strstr(page, "lnscope play small.lns --seed 5"));
    assert_null(strstr(picture, "The first caption."));
    free(page);
    free(picture);
}

/* Those for a talk and for a class come true; what they expect is measured. */
static void a_demo_and_a_lesson_are_played_through(void **state)
{
    (void)state;
    if (SANITIZED)
        skip(); /* minutes there, for nothing that the others do not go through */
    free(record(0, "story -o story.svg --loop", NULL));
    char *svg = contents("story.svg");
    assert_true(strlen(svg) < 1500000);
    assert_non_null(strstr(svg, ">learns.<"));
    free(svg);
    free(record(0, "one-line-of-difference -o lesson.txt --size 80x24 --fps 10", NULL));
    char *text = contents("lesson.txt");
    assert_non_null(strstr(text, "One line of difference"));
    free(text);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_folder, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_recording_made_twice_is_the_same),
        TEST(a_chapter_shows_what_was_drawn),
        TEST(a_claim_that_does_not_hold_is_told),
        TEST(options_win_over_the_script),
        TEST(what_cannot_be_is_said_before_anything_is_computed),
        TEST(a_text_that_is_too_short_is_told),
        TEST(ffmpeg_is_missed_at_once),
        TEST(a_still_is_of_its_moment),
        TEST(files_that_are_there_stay),
        TEST(a_page_for_the_class_is_written),
        TEST(a_demo_and_a_lesson_are_played_through),
    };
    const char *named = getenv("LNSCOPE");
    if (!realpath(named ? named : "build/lnscope", program))
        return 1;
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
