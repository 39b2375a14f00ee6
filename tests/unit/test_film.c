/* A recording as several files at once: each is there, whole, when all is over, and none before. */
#include "export/film.h"

#include "base/file.h"
#include "export/captions.h"
#include "support/cast_player.h"
#include "support/fixture.h"
#include "support/folder.h"
#include "views/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROWS = 24, COLS = 80, FRAMES = 30, FPS = 10 };

static int remove_folder(void **state)
{
    folder_remove(folder_file("frames"));
    return folder_leave(state);
}

static struct film_plan plan_of(const char *const *names)
{
    struct film_plan plan = {.rows = ROWS,
                             .cols = COLS,
                             .fps = FPS,
                             .scale = 1,
                             .theme = THEME_DARK,
                             .version = CAST_V2};
    for (; names[plan.paths]; plan.paths++) {
        const size_t size = strlen(folder_path) + strlen(names[plan.paths]) + 2;
        char *path = malloc(size);
        snprintf(path, size, "%s/%s", folder_path, names[plan.paths]);
        plan.path[plan.paths] = path;
    }
    return plan;
}

static void free_plan(struct film_plan *plan)
{
    for (int i = 0; i < plan->paths; i++)
        free((void *)(uintptr_t)plan->path[i]);
}

/* Records three seconds of a training, with a chapter and a caption; at frame `still` the picture
 * that was asked for. The text of the last screen is the caller's. */
static char *record(struct film *film, int still)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct canvas canvas;
    struct error error;
    char *text = NULL;
    assert_non_null(fixture);
    fixture_open(fixture);
    canvas_open(&canvas, ROWS, COLS);
    for (int i = 0; i < FRAMES; i++) {
        const double now = (double)i / FPS;
        if (i % 5 == 0)
            fixture_train(fixture, 1 + i);
        canvas_clear(&canvas);
        view_screen(&canvas, &fixture->scene);
        if (i == 10) {
            film_marker(film, "chapter", now);
            film_caption(film, "a < b & \"c\"", now);
        }
        if (!film_frame(film, &canvas, THEME_DARK, now, &error))
            fail_msg("%s", error.text);
        if (i == still)
            film_still(film, &canvas, THEME_DARK);
        if (i == (still < 0 ? FRAMES - 1 : still))
            text = canvas_to_text(&canvas);
    }
    canvas_close(&canvas);
    fixture_close(fixture);
    free(fixture);
    return text;
}

static struct film *open_film(const struct film_plan *plan)
{
    struct error error;
    struct film *film = film_open(plan, &error);
    if (!film)
        fail_msg("%s", error.text);
    return film;
}

static void close_film(struct film *film)
{
    struct error error;
    if (!film_close(film, (double)FRAMES / FPS, &error))
        fail_msg("%s", error.text);
}

static char *read_text(const char *name)
{
    char *content;
    size_t size;
    struct error error;
    if (!file_read(folder_file(name), 1 << 24, &content, &size, &error))
        fail_msg("%s", error.text);
    return content;
}

static bool is_there(const char *name)
{
    return file_exists(folder_file(name));
}

static void all_files_appear_at_the_end(void **state)
{
    static const char *const names[] = {"a.cast", "a.svg", "a.txt", NULL};
    struct film_plan plan = plan_of(names);
    char captions[128];
    struct cast_played played;
    (void)state;
    snprintf(captions, sizeof captions, "%s/a.vtt", folder_path);
    plan.captions = captions;
    struct film *film = open_film(&plan);
    char *last = record(film, -1);
    for (int i = 0; names[i]; i++)
        assert_false(is_there(names[i]));
    close_film(film);
    char *text = read_text("a.txt"), *svg = read_text("a.svg"), *vtt = read_text("a.vtt");
    assert_string_equal(text, last);
    assert_non_null(strstr(svg, "dur=\"3s\" begin=\"0s\"/>"));
    assert_string_equal(vtt, "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\na &lt; b &amp; \"c\"\n");
    cast_play(&played, folder_file("a.cast"));
    assert_int_equal(played.markers, 1);
    assert_true(played.seconds == 3); /* the last picture stays to the end */
    cast_played_close(&played);
    free(text);
    free(svg);
    free(vtt);
    free(last);
    free_plan(&plan);
}

/* --at: the picture of one moment, and an SVG that does not move. */
static void stills_show_one_moment(void **state)
{
    static const char *const names[] = {"a.svg", "a.txt", NULL};
    struct film_plan plan = plan_of(names);
    struct error error;
    (void)state;
    plan.still = true;
    struct film *film = open_film(&plan);
    char *then = record(film, 12);
    close_film(film);
    char *text = read_text("a.txt"), *svg = read_text("a.svg");
    assert_string_equal(text, then);
    assert_null(strstr(svg, "animate"));
    plan.force = true;
    film = open_film(&plan);
    free(record(film, -1)); /* the moment does not come */
    assert_false(film_close(film, 3, &error));
    free(text);
    text = read_text("a.txt");
    assert_string_equal(text, then);
    free(text);
    free(then);
    free(svg);
    free_plan(&plan);
}

static void what_is_wrong_is_said_before_anything_is_recorded(void **state)
{
    static const struct {
        const char *names[3], *message;
    } wrong[] = {
        {{"a.cast", "b.avi"}, "b.avi is no recording: name it .cast, .svg, .gif, .mp4, .webm, "},
        {{"a.svg", "a.svg"}, "a.svg is named twice: once is enough"},
        {{"a.svg", "./a.svg"}, "a.svg is named twice: once is enough"},
        {{"a.svg", "gone/a.cast"}, "cannot write "},
    };
    struct error error;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct film_plan plan = plan_of(wrong[i].names);
        assert_null(film_open(&plan, &error));
        if (!strstr(error.text, wrong[i].message))
            fail_msg("%s", error.text);
        assert_int_equal(folder_count(), 0);
        free_plan(&plan);
    }
}

static void a_file_that_is_there_is_kept(void **state)
{
    static const char *const names[] = {"a.cast", "a.svg", NULL};
    struct film_plan plan = plan_of(names);
    struct error error;
    (void)state;
    FILE *out = fopen(plan.path[1], "w");
    fputs("mine\n", out);
    fclose(out);
    assert_null(film_open(&plan, &error));
    assert_non_null(strstr(error.text, "a.svg exists"));
    assert_false(is_there("a.cast"));
    plan.force = true;
    struct film *film = open_film(&plan);
    free(record(film, -1));
    film_discard(film);
    char *text = read_text("a.svg");
    assert_string_equal(text, "mine\n");
    assert_false(is_there("a.cast"));
    free(text);
    free_plan(&plan);
}

static void captions_end_where_the_next_begins(void **state)
{
    struct error error;
    (void)state;
    struct captions *captions = captions_open(folder_file("c.vtt"), false, &error);
    assert_non_null(captions);
    captions_say(captions, "one", 0.5);
    captions_say(captions, "two\n\nlines", 61.25);
    captions_say(captions, "", 3725);
    captions_say(captions, "never seen", 4000);
    captions_say(captions, "last", 4000);
    assert_true(captions_close(captions, 4001, &error));
    char *text = read_text("c.vtt");
    assert_string_equal(text, "WEBVTT\n\n00:00:00.500 --> 00:01:01.250\none\n"
                              "\n00:01:01.250 --> 01:02:05.000\ntwo\nlines\n"
                              "\n01:06:40.000 --> 01:06:41.000\nlast\n");
    free(text);
}

#ifdef HAVE_CAIRO

static void pictures_in_pixels_appear_too(void **state)
{
    static const char *const names[] = {"a.png", "frames/", NULL};
    struct film_plan plan = plan_of(names);
    struct stat status;
    (void)state;
    struct film *film = open_film(&plan);
    assert_non_null(film_font(film));
    free(record(film, -1));
    assert_false(is_there("frames"));
    close_film(film);
    assert_true(is_there("a.png"));
    assert_true(is_there("frames/frame-000001.png"));
    assert_true(is_there("frames/frame-000030.png"));
    assert_false(is_there("frames/frame-000031.png"));
    char *png = read_text("a.png"), *last = read_text("frames/frame-000030.png");
    assert_int_equal(stat(folder_file("a.png"), &status), 0);
    assert_memory_equal(png, last, (size_t)status.st_size);
    free(png);
    free(last);
    free_plan(&plan);
}

/* A folder with files in it is left alone, or, with --force, gets new frames beside those files. */
static void a_folder_is_replaced_as_a_whole(void **state)
{
    static const char *const names[] = {"frames/", NULL};
    struct film_plan plan = plan_of(names);
    struct error error;
    struct canvas canvas;
    (void)state;
    assert_int_equal(mkdir(folder_file("frames"), 0700), 0);
    fclose(fopen(folder_file("frames/frame-000099.png"), "w"));
    fclose(fopen(folder_file("frames/mine.txt"), "w"));
    assert_null(film_open(&plan, &error));
    assert_non_null(strstr(error.text, "frames/ has files in it: name another folder"));
    plan.force = true;
    struct film *film = open_film(&plan);
    canvas_open(&canvas, ROWS, COLS);
    assert_true(film_frame(film, &canvas, THEME_DARK, 0, &error));
    assert_true(is_there("frames/frame-000099.png"));
    if (!film_close(film, 0.2, &error))
        fail_msg("%s", error.text);
    assert_true(is_there("frames/frame-000002.png"));
    assert_true(is_there("frames/mine.txt"));
    assert_false(is_there("frames/frame-000099.png"));
    film = open_film(&plan);
    assert_true(film_frame(film, &canvas, THEME_DARK, 0, &error));
    film_discard(film);
    assert_true(is_there("frames/frame-000002.png"));
    canvas_close(&canvas);
    free_plan(&plan);
}

#ifdef HAVE_GIFLIB
static void a_gif_appears_too(void **state)
{
    static const char *const names[] = {"a.gif", NULL};
    struct film_plan plan = plan_of(names);
    (void)state;
    struct film *film = open_film(&plan);
    free(record(film, -1));
    assert_false(is_there("a.gif"));
    close_film(film);
    char *gif = read_text("a.gif");
    assert_memory_equal(gif, "GIF89a", 6);
    free(gif);
    free_plan(&plan);
}
#endif

/* ---- ffmpeg, or what stands for it ---- */

/* Puts a shell script where ffmpeg is looked for, and nowhere else. */
static void pretend_ffmpeg(const char *script)
{
    const char *path = folder_file("ffmpeg");
    FILE *out = fopen(path, "w");
    fputs(script, out);
    fclose(out);
    assert_int_equal(chmod(path, 0755), 0);
    setenv("PATH", folder_path, true);
}

/* Without ffmpeg the error comes before the first frame; when it fails, there is no file. */
static void a_video_that_fails_is_an_error(void **state)
{
    static const char *const names[] = {"a.mp4", NULL};
    static const struct {
        const char *script, *message;
    } failures[] = {
        {"#!/bin/sh\necho 'Unknown encoder' >&2\nexit 1\n", "ffmpeg has failed (Unknown encoder)"},
        {"#!/bin/sh\n/bin/cat >/dev/null\nexit 3\n", "ffmpeg has failed (exit status 3)"},
        {"#!/bin/sh\nkill -9 $$\n", "ffmpeg has failed (ended by signal 9)"},
        {"#!/bin/sh\nexit 0\n", "ffmpeg has ended too early"},
    };
    struct film_plan plan = plan_of(names);
    struct error error;
    struct canvas canvas;
    char *path = strdup(getenv("PATH"));
    (void)state;
    canvas_open(&canvas, ROWS, COLS);
    setenv("PATH", folder_path, true);
    assert_null(film_open(&plan, &error));
    assert_non_null(strstr(error.text, "no ffmpeg to make a video: install ffmpeg"));
    assert_int_equal(folder_count(), 0);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        pretend_ffmpeg(failures[i].script);
        struct film *film = open_film(&plan);
        bool good = true;
        for (int frame = 0; frame < 20 && good; frame++)
            good = film_frame(film, &canvas, THEME_DARK, (double)frame / FPS, &error);
        if (good)
            good = film_close(film, 2, &error);
        else
            film_discard(film);
        assert_false(good);
        if (!strstr(error.text, failures[i].message))
            fail_msg("%s", error.text);
        assert_false(is_there("a.mp4"));
        unlink(folder_file("ffmpeg"));
        assert_int_equal(folder_count(), 0);
    }
    setenv("PATH", path, true);
    free(path);
    canvas_close(&canvas);
    free_plan(&plan);
}

/* What ffprobe says of a video, line by line. */
static void assert_probed(const char *name, const char *expected)
{
    char command[512], said[512];
    snprintf(command, sizeof command,
             "ffprobe -v error -count_frames -of default=nk=1:nw=1 -show_entries "
             "stream=codec_name,width,height,pix_fmt,color_space,nb_read_frames %s",
             folder_file(name));
    FILE *probe = popen(command, "r");
    said[fread(said, 1, sizeof said - 1, probe)] = '\0';
    assert_int_equal(pclose(probe), 0);
    assert_string_equal(said, expected);
}

/* 80 x 24 cells are 744 x 456 pixels. */
static void videos_are_what_their_names_say(void **state)
{
    static const char *const names[] = {"a.mp4", "a.webm", NULL};
    struct film_plan plan = plan_of(names);
    (void)state;
    if (system("command -v ffmpeg ffprobe >/dev/null") != 0) {
        free_plan(&plan);
        skip();
    }
    struct film *film = open_film(&plan);
    free(record(film, -1));
    close_film(film);
    assert_probed("a.mp4", "h264\n744\n456\nyuv420p\nbt709\n30\n");
    assert_probed("a.webm", "vp9\n744\n456\nyuv420p\nbt709\n30\n");
    free_plan(&plan);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_files_appear_at_the_end, folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(stills_show_one_moment, folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said_before_anything_is_recorded,
                                        folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_is_kept, folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(captions_end_where_the_next_begins, folder_make,
                                        remove_folder),
#ifdef HAVE_CAIRO
        cmocka_unit_test_setup_teardown(pictures_in_pixels_appear_too, folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_is_replaced_as_a_whole, folder_make,
                                        remove_folder),
#ifdef HAVE_GIFLIB
        cmocka_unit_test_setup_teardown(a_gif_appears_too, folder_make, remove_folder),
#endif
        cmocka_unit_test_setup_teardown(a_video_that_fails_is_an_error, folder_make, remove_folder),
        cmocka_unit_test_setup_teardown(videos_are_what_their_names_say, folder_make,
                                        remove_folder),
#endif
    };
    return cmocka_run_group_tests_name("film", tests, NULL, NULL);
}
