/* Files: whole or not there, never overwritten unasked, and nothing left behind. */
#include "base/file.h"

#include "base/signals.h"
#include "support/folder.h"

#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int leave_folder(void **state)
{
    rmdir("sub");
    rmdir("bed");
    return folder_leave(state);
}

static void put(const char *path, const char *text, bool force)
{
    struct file file;
    struct error error;
    if (!file_create(&file, path, force, &error))
        fail_msg("%s", error.text);
    fputs(text, file.stream);
    if (!file_commit(&file, &error))
        fail_msg("%s", error.text);
    assert_null(file.stream);
}

static void holds(const char *path, const char *expected)
{
    char *content;
    size_t size;
    struct error error;
    if (!file_read(path, 1 << 20, &content, &size, &error))
        fail_msg("%s", error.text);
    assert_string_equal(content, expected);
    assert_int_equal(size, strlen(expected));
    free(content);
}

static void refused(const char *path, bool force, const char *words)
{
    struct file file;
    struct error error = {.text = ""};
    assert_false(file_create(&file, path, force, &error));
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
    file_discard(&file); /* does nothing */
}

static void a_file_appears_when_it_is_whole(void **state)
{
    struct file file;
    struct error error;
    struct stat status;
    mode_t mask = umask(027);
    (void)state;
    assert_true(file_create(&file, "out", false, &error));
    fputs("hello\n", file.stream);
    fflush(file.stream);
    assert_int_not_equal(access("out", F_OK), 0);
    assert_true(file_commit(&file, &error));
    umask(mask);
    holds("out", "hello\n");
    assert_int_equal(folder_count(), 1);
    assert_int_equal(stat("out", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_discarded_file_leaves_nothing(void **state)
{
    struct file file;
    struct error error;
    (void)state;
    assert_true(file_create(&file, "out", false, &error));
    fputs("half", file.stream);
    file_discard(&file);
    file_discard(&file);
    assert_int_equal(folder_count(), 0);
}

static void an_existing_file_is_kept(void **state)
{
    (void)state;
    put("out", "first", false);
    refused("out", false, "out exists: name another file, or allow it with --force");
    holds("out", "first");
    put("out", "second", true);
    holds("out", "second");
    assert_int_equal(folder_count(), 1);
}

static struct file begin(const char *path, bool force, const char *text)
{
    struct file file;
    struct error error;
    if (!file_create(&file, path, force, &error))
        fail_msg("%s", error.text);
    fputs(text, file.stream);
    return file;
}

static void commit_fails(struct file *file, const char *words)
{
    struct error error = {.text = ""};
    assert_false(file_commit(file, &error));
    if (strcmp(error.text, words) != 0)
        fail_msg("\"%s\" is not \"%s\"", error.text, words);
}

/* Somebody else was faster: nothing is thrown away, and nothing is replaced. */
static void a_name_taken_meanwhile_gets_a_number(void **state)
{
    static const struct {
        const char *path, *next, *one_more;
    } names[] = {
        {"out.csv", "out-002.csv", "out-003.csv"},
        {"lnscope-041.cast", "lnscope-042.cast", "lnscope-043.cast"},
        {"out", "out-002", "out-003"},
        {".out", ".out-002", ".out-003"},
        {"a-b.c.d", "a-b.c-002.d", "a-b.c-003.d"},
        {"-7", "-008", "-009"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char expected[128], *name;
        struct error error = {.text = ""};
        struct file first = begin(names[i].path, false, "mine");
        struct file second = begin(names[i].path, true, "mine too");
        put(names[i].path, "theirs", false);
        snprintf(expected, sizeof expected, "%s was taken meanwhile: all of it is in %s",
                 names[i].path, names[i].next);
        commit_fails(&first, expected);
        second.numbered = true; /* then another number is as good */
        assert_true(file_commit_as(&second, &name, &error));
        assert_string_equal(name, names[i].one_more);
        free(name);
        holds(names[i].path, "theirs");
        holds(names[i].next, "mine");
        holds(names[i].one_more, "mine too");
    }
    assert_int_equal(folder_count(), 3 * (int)(sizeof names / sizeof *names));
}

/* --force replaces the file that was there, not another one that was finished meanwhile. */
static void what_was_finished_meanwhile_is_not_replaced(void **state)
{
    (void)state;
    put("out", "old", false);
    struct file file = begin("out", true, "mine");
    put("out", "theirs", true);
    commit_fails(&file, "out was taken meanwhile: all of it is in out-002");
    holds("out", "theirs");
    holds("out-002", "mine");
    file = begin("out", true, "again");
    unlink("out"); /* it may also be gone */
    assert_true(file_commit(&file, NULL));
    holds("out", "again");
    assert_int_equal(folder_count(), 2);
}

/* A folder that lets nobody link or rename: the file is kept as it is, and named. */
static void a_file_that_cannot_have_its_name_is_kept(void **state)
{
    char kept[128], expected[256];
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    struct file file = begin("sub/out", false, "mine");
    snprintf(kept, sizeof kept, "moved/%s", file.temporary + strlen("sub/"));
    snprintf(expected, sizeof expected,
             "sub/out cannot have its name (No such file or directory): all of it is in %s",
             file.temporary);
    assert_int_equal(rename("sub", "moved"), 0);
    commit_fails(&file, expected);
    holds(kept, "mine");
    unlink(kept);
    assert_int_equal(rmdir("moved"), 0);
}

/* A limit of the size of files stands in for a full disk. */
static void set_limit(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void fill(struct file *file, int lines)
{
    for (int i = 0; i < lines; i++)
        fprintf(file->stream, "line %d of a file that does not fit\n", i);
}

static void lines_are_kept_when_the_disk_is_full(void **state)
{
    char kept[128], expected[256], told[512], *content;
    size_t size;
    struct error error = {.text = ""};
    (void)state;
    signals_ignore();
    struct file file = begin("out", false, "first\n");
    file_keep_lines(&file);
    assert_true(file_flush(&file, &error));
    snprintf(kept, sizeof kept, "%s", file.temporary);
    snprintf(expected, sizeof expected,
             "could not finish out (File too large): its lines so far are kept in %s", kept);
    set_limit(10000);
    fill(&file, 1000);
    assert_false(file_flush(&file, &error));
    assert_string_equal(error.text, "cannot write out (File too large)");
    commit_fails(&file, expected);
    set_limit(RLIM_INFINITY);
    assert_true(file_read(kept, 1 << 20, &content, &size, &error));
    assert_true(size > 9900 && size <= 10000 && content[size - 1] == '\n');
    assert_int_equal(strncmp(content, "first\nline 0 of", strlen("first\nline 0 of")), 0);
    assert_false(file_left_behind(".", told, sizeof told)); /* it has been named */
    free(content);
    unlink(kept);

    file = begin("out", false, "");
    set_limit(10000);
    fill(&file, 1000); /* of no use without its end */
    commit_fails(&file, "could not finish out (File too large): nothing was written");
    file = begin("out", false, "");
    file_keep_lines(&file);
    set_limit(3);
    fill(&file, 1); /* not one whole line */
    commit_fails(&file, "could not finish out (File too large): nothing was written");
    set_limit(RLIM_INFINITY);
    assert_int_equal(folder_count(), 0);
}

/* A child that is killed in the midst of it leaves its file, and one that goes on does not. */
static void what_was_left_behind_is_told_once(void **state)
{
    char told[1024];
    int alive[2], ready[2];
    pid_t child[2];
    (void)state;
    put("unsuspicious.lnscope-file", "x", false);
    put("finished", "x", false);
    assert_int_equal(pipe(alive), 0);
    assert_int_equal(pipe(ready), 0);
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            char byte;
            close(alive[1]);
            struct file file = begin(i ? "going on" : "killed", false, "line\n");
            fflush(file.stream);
            if (write(ready[1], "", 1) != 1 || read(alive[0], &byte, 1) != 0)
                _exit(1);
            _exit(0);
        }
        char byte;
        assert_int_equal(read(ready[0], &byte, 1), 1);
    }
    kill(child[0], SIGKILL);
    waitpid(child[0], NULL, 0);
    assert_true(file_left_behind(".", told, sizeof told));
    const char *rest = told + strlen("killed.lnscope-XXXXXX");
    assert_int_equal(strncmp(told, "killed.lnscope-", strlen("killed.lnscope-")), 0);
    assert_string_equal(rest, " was left by a lnscope that was killed: rename what is to be kept, "
                              "remove the rest");
    assert_false(file_left_behind(".", told, sizeof told));
    assert_false(file_left_behind("nowhere", told, sizeof told));
    close(alive[1]);
    waitpid(child[1], NULL, 0);
    assert_true(file_left_behind(".", told, sizeof told)); /* it has ended without a word */
    assert_int_equal(strncmp(told, "going on.lnscope-", strlen("going on.lnscope-")), 0);
    close(alive[0]);
    close(ready[0]);
    close(ready[1]);
}

static const char row[] = "a row that is whole\n";
enum { ROW = sizeof row - 1 };

/* A thread that goes on while the program dies. */
static void *write_rows(void *stream)
{
    enum { ROWS_MOST = 1000000 };
    for (int i = 0; i < ROWS_MOST; i++)
        fputs(row, stream);
    return NULL;
}

static void begin_files(struct file *file)
{
    struct error error;
    pthread_t writer;
    put("finished", "x", false);
    struct file rows = begin("rows", false, ""), torn = begin("torn", false, "no whole line");
    *file = begin("half", false, "half");
    file_keep_lines(&rows);
    file_keep_lines(&torn);
    if (!file_flush(file, &error) || !file_flush(&torn, &error) ||
        pthread_create(&writer, NULL, write_rows, rows.stream) != 0)
        _exit(3);
    struct stat status = {0};
    while (fstat(fileno(rows.stream), &status) == 0 && status.st_size == 0)
        sched_yield();
}

/* What dies in the midst of writing leaves no half of a file, and of lines the whole ones. */
static void a_program_that_dies_leaves_whole_lines(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct file file;
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        begin_files(&file);
        die("in the midst of it");
    }
    int status;
    glob_t found;
    char *rows;
    size_t size;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_int_equal(folder_count(), 2);
    holds("finished", "x");
    assert_int_equal(glob("rows.lnscope-??????", 0, NULL, &found), 0);
    assert_true(file_read(found.gl_pathv[0], (size_t)1 << 30, &rows, &size, NULL));
    assert_true(size > 0);
    assert_int_equal(size % ROW, 0);
    for (size_t i = 0; i < size; i += ROW)
        assert_memory_equal(rows + i, row, ROW);
    free(rows);
    globfree(&found);
}

static void a_long_name_has_room_for_a_temporary_one(void **state)
{
    char name[256];
    (void)state;
    memset(name, 'n', 255);
    name[255] = '\0';
    put(name, "long", false);
    holds(name, "long");
    name[254] = '\0';
    struct file file = begin(name, false, "taken");
    put(name, "theirs", false);
    assert_false(file_commit(&file, NULL)); /* no room for a number */
    assert_int_equal(folder_count(), 3);
}

static void forcing_keeps_permissions_and_links(void **state)
{
    struct stat status;
    (void)state;
    put("target", "old", false);
    assert_int_equal(chmod("target", 0600), 0);
    assert_int_equal(symlink("target", "name"), 0);
    refused("name", false, "name exists");
    put("name", "new", true);
    holds("target", "new");
    assert_int_equal(lstat("name", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat("target", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    refused("dangling", true, "dangling is a link to nowhere");
    assert_int_equal(folder_count(), 3);
}

/* A device is written to; it must never be renamed over. */
static void a_device_stays_a_device(void **state)
{
    struct stat status;
    (void)state;
    put("/dev/null", "gone", true);
    put("/dev/null", "gone", false);
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
}

static int turns;

static bool three_times(void)
{
    return ++turns < 3;
}

/* Neither to read nor to write, unless the caller wants to. */
static void pipes_are_not_waited_for(void **state)
{
    struct file file;
    struct error error = {.text = ""};
    char *content, byte;
    size_t size;
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    static const char *const names[] = {"pipe", "/dev/zero", "/dev/null"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(file_read(names[i], 100, &content, &size, &error));
        assert_non_null(strstr(error.text, " is a device or a pipe: name a file that holds"));
        assert_false(file_can_be_read(names[i], &error));
    }
    refused("pipe", false, "nobody reads pipe: start its reader first");
    refused("pipe", true, "nobody reads pipe: start its reader first");
    assert_false(file_create_waiting(&file, "pipe", false, three_times, &error));
    assert_int_equal(turns, 3);
    const int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    file = begin("pipe", false, "x");
    assert_true(file_commit(&file, &error));
    assert_int_equal(read(reader, &byte, 1), 1);
    close(reader);
    assert_int_equal(folder_count(), 1);
}

static void a_full_disk_is_noticed(void **state)
{
    struct file file;
    struct error error = {.text = ""};
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_true(file_create(&file, "/dev/full", false, &error));
    fputs("text", file.stream);
    assert_false(file_commit(&file, &error));
    assert_non_null(strstr(error.text, "could not finish /dev/full (No space left on device)"));
    assert_true(file_create(&file, "/dev/full", false, &error));
    fputs("text", file.stream);
    fflush(file.stream); /* fails, and drops what could not be written */
    assert_false(file_commit(&file, &error));
}

static void what_cannot_be_written_says_why(void **state)
{
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    refused("", false, "an empty file name");
    refused("sub", false, "sub is a directory");
    refused("sub", true, "sub is a directory");
    refused("no/such/out", false, "cannot write no/such/out (No such file or directory)");
    refused("no/\033[2J", false, "cannot write no/?[2J (");
    assert_int_equal(folder_count(), 1);
}

static void reading_says_why_not(void **state)
{
    static const char *const wrong[][2] = {
        {"absent", "cannot read absent (No such file or directory)"},
        {"sub", "sub is a directory"},
        {"large", "large is larger than 100000 bytes"},
    };
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    char *bytes = malloc(100002);
    memset(bytes, 'x', 100001);
    bytes[100001] = '\0';
    put("large", bytes, false);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *content;
        size_t size;
        struct error error = {.text = ""};
        assert_false(file_read(wrong[i][0], 100000, &content, &size, &error));
        assert_null(content);
        if (!strstr(error.text, wrong[i][1]))
            fail_msg("\"%s\" does not say \"%s\"", error.text, wrong[i][1]);
    }
    bytes[100000] = '\0';
    put("fits", bytes, false);
    holds("fits", bytes);
    put("empty", "", false);
    holds("empty", "");
    free(bytes);
}

static void bytes_are_read_as_they_are(void **state)
{
    static const char bytes[] = "a\0b\r\n\xFF";
    char *content;
    size_t size;
    struct file file;
    (void)state;
    assert_true(file_create(&file, "binary", false, NULL));
    fwrite(bytes, 1, sizeof bytes, file.stream);
    assert_true(file_commit(&file, NULL));
    assert_true(file_read("binary", 100, &content, &size, NULL));
    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(content, bytes, sizeof bytes);
    free(content);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_enter, leave_folder)

static char told[1024];

static void tell(void *data, const char *path)
{
    (void)data;
    snprintf(told + strlen(told), sizeof told - strlen(told), "%s ", path);
}

static void assert_told(const char *prefix, const char *paths)
{
    told[0] = '\0';
    file_complete(prefix, tell, NULL);
    assert_string_equal(told, paths);
}

static void names_are_completed(void **state)
{
    char here[4096], path[5000];
    (void)state;
    put("beta.txt", "b", false);
    put("alpha", "a", false);
    put(".hidden", "h", false);
    put("be\033[31m", "no terminal is to see this", false);
    put("be\xFF", "nor this", false);
    assert_int_equal(mkdir("bed", 0777), 0);
    put("bed/one", "1", false);
    assert_told("", "alpha bed/ beta.txt ");
    assert_told("be", "bed/ beta.txt ");
    assert_told(".", ".hidden ");
    assert_told("bed", "bed/ ");
    assert_told("bed/", "bed/one ");
    assert_told("bed/x", "");
    assert_told("nowhere/", "");
    assert_told("./al", "./alpha ");
    assert_non_null(getcwd(here, sizeof here));
    char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    setenv("HOME", here, 1);
    assert_told("~/al", "~/alpha ");
    assert_told("~/bed/", "~/bed/one ");
    file_expand(path, sizeof path, "~/bed/one");
    assert_true(file_exists(path));
    file_expand(path, sizeof path, "a~/b");
    assert_string_equal(path, "a~/b");
    file_expand(path, sizeof path, "~");
    assert_string_equal(path, "~");
    if (home)
        setenv("HOME", home, 1);
    free(home);
    assert_int_equal(unlink("bed/one"), 0);
    assert_true(file_exists("bed"));
    assert_false(file_exists("bed/one"));
}

static void paths_have_a_last_part_and_an_ending(void **state)
{
    (void)state;
    assert_string_equal(file_last_part("a/b/one.csv"), "one.csv");
    assert_string_equal(file_last_part("one.csv"), "one.csv");
    assert_string_equal(file_last_part("a/"), "");
    assert_true(file_ends_in("one.csv", ".csv"));
    assert_false(file_ends_in("one.csv.svg", ".csv"));
    assert_false(file_ends_in(".csv", ".csv"));
    assert_false(file_ends_in("v", ".csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_when_it_is_whole),
        TEST(a_discarded_file_leaves_nothing),
        TEST(an_existing_file_is_kept),
        TEST(a_name_taken_meanwhile_gets_a_number),
        TEST(what_was_finished_meanwhile_is_not_replaced),
        TEST(a_file_that_cannot_have_its_name_is_kept),
        TEST(lines_are_kept_when_the_disk_is_full),
        TEST(what_was_left_behind_is_told_once),
        TEST(a_program_that_dies_leaves_whole_lines),
        TEST(a_long_name_has_room_for_a_temporary_one),
        TEST(pipes_are_not_waited_for),
        TEST(forcing_keeps_permissions_and_links),
        TEST(a_device_stays_a_device),
        TEST(a_full_disk_is_noticed),
        TEST(what_cannot_be_written_says_why),
        TEST(reading_says_why_not),
        TEST(bytes_are_read_as_they_are),
        TEST(names_are_completed),
        TEST(paths_have_a_last_part_and_an_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
