/* Lines of a file that grows, is cut off, replaced, shortened, written anew, late, or none. */
#include "session/watch_source.h"
#include "support/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/range.h"

static struct watch_source source;
static struct error error;

static char path[64];

static int enter_folder(void **state)
{
    const int status = folder_make(state);
    snprintf(path, sizeof path, "%s", folder_file("rows"));
    return status;
}

static int leave(void **state)
{
    (void)state;
    source_close(&source);
    unlink(path);
    return 0;
}

static void put(const char *mode, const char *text, size_t size)
{
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void append(const char *text)
{
    put("a", text, strlen(text));
}

static enum source_news next(const char **text, size_t *size)
{
    bool more;
    enum source_news news;
    do
        news = source_next(&source, text, size, &more);
    while (news == SOURCE_NOTHING && more);
    return news;
}

static void comes(const char *line)
{
    const char *text = "";
    size_t size = 0;
    assert_int_equal(next(&text, &size), SOURCE_LINE);
    if (size != strlen(line) || memcmp(text, line, size) != 0)
        fail_msg("'%.*s' came, not '%s'", (int)size, text, line);
}

static void comes_news(enum source_news news)
{
    const char *text;
    size_t size;
    assert_int_equal(next(&text, &size), news);
}

static void open_it(void)
{
    assert_true(source_open(&source, path, &error));
}

static void lines_come_when_they_are_whole(void **state)
{
    (void)state;
    append("one\ntwo\r\n\nthr");
    open_it();
    comes("one");
    assert_int_equal(source.line, 1);
    comes("two");
    comes("");
    comes_news(SOURCE_NOTHING);
    append("ee");
    comes_news(SOURCE_NOTHING);
    append("\nfour\n");
    comes("three");
    assert_int_equal(source.line, 4);
    assert_int_equal(source.line_start, 10);
    assert_int_equal(source.taken, 16);
    comes("four");
    comes_news(SOURCE_NOTHING);
    assert_int_equal(source.size, 21);
}

static void a_file_that_is_not_there_is_waited_for(void **state)
{
    (void)state;
    open_it();
    assert_false(source.is_there);
    comes_news(SOURCE_NOTHING);
    append("one\n");
    comes("one");
    assert_true(source.is_there && source.can_seek);
}

static void a_file_that_is_replaced_begins_anew(void **state)
{
    char other[512];
    (void)state;
    append("one\ntwo\n");
    open_it();
    comes("one");
    snprintf(other, sizeof other, "%s.new", path);
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    fputs("1\n", file);
    fclose(file);
    assert_int_equal(rename(other, path), 0);
    comes("two"); /* what is left of the old one */
    comes_news(SOURCE_ANEW);
    comes("1");
    assert_int_equal(source.line, 1);
    comes_news(SOURCE_NOTHING);
}

static void a_file_that_goes_and_comes_back_begins_anew(void **state)
{
    (void)state;
    append("one\n");
    open_it();
    comes("one");
    const int kept = open(path, O_RDONLY); /* or its number may be given to the next one */
    unlink(path);
    comes_news(SOURCE_NOTHING);
    append("1\n");
    comes_news(SOURCE_ANEW);
    comes("1");
    close(kept);
}

static void a_file_that_is_shortened_begins_anew(void **state)
{
    (void)state;
    append("one\ntwo\nthr");
    open_it();
    comes("one");
    comes("two");
    comes_news(SOURCE_NOTHING);
    put("w", "1\n", 2);
    comes_news(SOURCE_ANEW);
    comes("1");
    comes_news(SOURCE_NOTHING);
    put("w", "", 0);
    comes_news(SOURCE_ANEW);
    comes_news(SOURCE_NOTHING);
    append("2\n");
    comes("2");
}

/* Longer than before when it is looked at again, so that its size does not tell. */
static void a_file_that_is_written_anew_begins_anew(void **state)
{
    const struct timespec later[2] = {{.tv_sec = time(NULL) + 2}, {.tv_sec = time(NULL) + 2}};
    (void)state;
    append("step 1\nstep 2\n");
    open_it();
    comes("step 1");
    comes("step 2");
    comes_news(SOURCE_NOTHING);
    put("w", "Step 1\nStep 2\nStep 3\n", 21);
    comes_news(SOURCE_ANEW);
    comes("Step 1");
    comes("Step 2");
    comes("Step 3");
    comes_news(SOURCE_NOTHING);
    put("w", "STEP 1\nSTEP 2\nSTEP 3\n", 21);                 /* of the same size */
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0); /* clocks of files are coarse */
    comes_news(SOURCE_ANEW);
    comes("STEP 1");
}

static void a_long_line_is_whole(void **state)
{
    enum { SIZE = 3 << 20 };
    char *text = malloc(SIZE + 2);
    const char *line;
    size_t size;
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < SIZE; i++)
        text[i] = (char)('a' + i % 23);
    memcpy(text + SIZE, "\nx", 2);
    put("w", text, SIZE + 2);
    append("\n");
    open_it();
    assert_int_equal(next(&line, &size), SOURCE_LINE);
    assert_int_equal(size, SIZE);
    assert_memory_equal(line, text, SIZE);
    comes("x");
    free(text);
}

static void a_line_that_is_too_long_is_passed_over(void **state)
{
    char piece[1 << 16];
    (void)state;
    memset(piece, 'a', sizeof piece);
    append("one\n");
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    for (size_t size = 0; size <= SOURCE_LINE_MOST + (2 << 20); size += sizeof piece)
        fwrite(piece, 1, sizeof piece, file);
    fputs("\ntwo\n", file);
    fclose(file);
    open_it();
    comes("one");
    comes_news(SOURCE_TOO_LONG);
    assert_int_equal(source.line, 2);
    comes("two");
    assert_int_equal(source.line, 3);
    assert_true(source.room <= 2 * (size_t)SOURCE_LINE_MOST + (1 << 20));
}

/* Whoever calls decides how long it takes: one piece at a time. */
static void a_call_reads_a_piece(void **state)
{
    char piece[1 << 16];
    const char *text;
    size_t size;
    bool more;
    int calls = 0;
    (void)state;
    memset(piece, 'a', sizeof piece);
    for (int i = 0; i < 64; i++)
        put("a", piece, sizeof piece);
    append("\n");
    open_it();
    while (source_next(&source, &text, &size, &more) == SOURCE_NOTHING) {
        assert_true(more);
        calls++;
    }
    assert_between(calls, 8, 64);
}

static void a_line_can_be_gone_back_to(void **state)
{
    (void)state;
    append("one\ntwo\nthree\n");
    open_it();
    comes("one");
    comes("two");
    const int64_t start = source.line_start, line = source.line;
    comes("three");
    source_seek(&source, start, line);
    comes("two");
    assert_int_equal(source.line, 2);
    comes("three");
    comes_news(SOURCE_NOTHING);
    append("four\n");
    comes("four");
}

static void a_pipe_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    open_it(); /* does not wait for who writes */
    comes_news(SOURCE_NOTHING);
    for (int writer = 0; writer < 2; writer++) { /* one after the other */
        const int descriptor = open(path, O_WRONLY | O_NONBLOCK);
        assert_true(descriptor >= 0);
        comes_news(SOURCE_NOTHING);
        assert_int_equal(write(descriptor, "one\ntw", 6), 6);
        comes("one");
        comes_news(SOURCE_NOTHING);
        assert_int_equal(write(descriptor, "o\n", 2), 2);
        comes("two");
        close(descriptor);
        comes_news(SOURCE_NOTHING);
    }
    assert_false(source.can_seek);
    assert_false(source.is_over);
}

static void standard_input_is_a_dash(void **state)
{
    int ends[2], kept = dup(STDIN_FILENO);
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    assert_true(source_open(&source, "-", &error));
    comes_news(SOURCE_NOTHING);
    assert_int_equal(write(ends[1], "one\n", 4), 4);
    comes("one");
    comes_news(SOURCE_NOTHING);
    assert_false(source.is_over);
    close(ends[1]);
    comes_news(SOURCE_NOTHING);
    assert_true(source.is_over);
    source_close(&source);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* is not ours to close */
    dup2(kept, STDIN_FILENO);
    close(kept);
    close(ends[0]);
}

static void what_can_never_be_read_is_refused(void **state)
{
    char message[512];
    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(source_open(&source, path, &error));
    snprintf(message, sizeof message, "%s cannot be read (%s): a file of rows, or - for them", path,
             strerror(EISDIR));
    assert_string_equal(error.text, message);
    assert_int_equal(rmdir(path), 0);
    append("\x1F\x8B and more");
    assert_false(source_open(&source, path, &error));
    assert_non_null(strstr(error.text, " is compressed (gzip): unpack it"));
    static const char begins[] = "\x20\1\0\0\0\0\0\0{\"__metadata__\"";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(begins, 1, sizeof begins - 1, file), sizeof begins - 1);
    fclose(file);
    assert_false(source_open(&source, path, &error));
    assert_non_null(strstr(error.text, " is a saved session: lnscope --load goes on with it"));
    unlink(path);
}

/* What cannot be read now may be so later. */
static void a_folder_in_between_is_got_over(void **state)
{
    (void)state;
    append("one\n");
    open_it();
    comes("one");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    comes_news(SOURCE_ANEW);
    comes_news(SOURCE_NOTHING);
    assert_non_null(strstr(source.error.text, strerror(EISDIR)));
    assert_int_equal(rmdir(path), 0);
    comes_news(SOURCE_NOTHING);
    assert_string_equal(source.error.text, "");
    append("two\n");
    comes("two");
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_teardown(test, leave)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines_come_when_they_are_whole),
        IN_FOLDER(a_file_that_is_not_there_is_waited_for),
        IN_FOLDER(a_file_that_is_replaced_begins_anew),
        IN_FOLDER(a_file_that_goes_and_comes_back_begins_anew),
        IN_FOLDER(a_file_that_is_shortened_begins_anew),
        IN_FOLDER(a_file_that_is_written_anew_begins_anew),
        IN_FOLDER(a_long_line_is_whole),
        IN_FOLDER(a_line_that_is_too_long_is_passed_over),
        IN_FOLDER(a_call_reads_a_piece),
        IN_FOLDER(a_line_can_be_gone_back_to),
        IN_FOLDER(a_pipe_is_read_as_far_as_it_goes),
        IN_FOLDER(standard_input_is_a_dash),
        IN_FOLDER(what_can_never_be_read_is_refused),
        IN_FOLDER(a_folder_in_between_is_got_over),
    };
    return cmocka_run_group_tests(tests, enter_folder, folder_leave);
}
