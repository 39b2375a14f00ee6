/* Files: whole or not there, never overwritten unasked, and nothing left behind. */
#include "base/file.h"

#include <dirent.h>
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

static char folder[64], origin[4096];

static int enter_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/lnscope-test-XXXXXX");
    if (!getcwd(origin, sizeof origin) || !mkdtemp(folder))
        return -1;
    return chdir(folder);
}

static int leave_folder(void **state)
{
    DIR *here = opendir(".");
    struct dirent *entry;
    (void)state;
    while (here && (entry = readdir(here)))
        if (unlink(entry->d_name) != 0)
            rmdir(entry->d_name);
    if (here)
        closedir(here);
    return chdir(origin) || rmdir(folder);
}

static int files_here(void)
{
    DIR *here = opendir(".");
    int count = 0;
    assert_non_null(here);
    for (struct dirent *entry; (entry = readdir(here));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(here);
    return count;
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
    assert_int_equal(files_here(), 1);
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
    assert_int_equal(files_here(), 0);
}

static void an_existing_file_is_kept(void **state)
{
    (void)state;
    put("out", "first", false);
    refused("out", false, "out exists: name another file, or allow it with --force");
    holds("out", "first");
    put("out", "second", true);
    holds("out", "second");
    assert_int_equal(files_here(), 1);
}

/* Somebody else was faster. */
static void a_name_taken_meanwhile_is_kept(void **state)
{
    struct file file;
    struct error error = {.text = ""};
    (void)state;
    assert_true(file_create(&file, "out", false, &error));
    fputs("mine", file.stream);
    put("out", "theirs", false);
    assert_false(file_commit(&file, &error));
    assert_non_null(strstr(error.text, "could not finish out (File exists)"));
    holds("out", "theirs");
    assert_int_equal(files_here(), 1);
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
    assert_int_equal(files_here(), 3);
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
    assert_int_equal(files_here(), 1);
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

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_folder, leave_folder)

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_when_it_is_whole),
        TEST(a_discarded_file_leaves_nothing),
        TEST(an_existing_file_is_kept),
        TEST(a_name_taken_meanwhile_is_kept),
        TEST(forcing_keeps_permissions_and_links),
        TEST(a_device_stays_a_device),
        TEST(a_full_disk_is_noticed),
        TEST(what_cannot_be_written_says_why),
        TEST(reading_says_why_not),
        TEST(bytes_are_read_as_they_are),
        TEST(names_are_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
