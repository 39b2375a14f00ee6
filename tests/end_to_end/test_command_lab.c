/* `lnscope lab` from outside: the same bytes whoever trains them and however often it is
 * interrupted, what it refuses, and how it ends.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. KILLS in the
 * environment is how often it is killed; by default a few times. */
#include "base/file.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/texts.h"

#include <cJSON.h>
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { COMMAND = 1024 };

static char program[4096];

/* A grid of small models: 2 x 3 cells, two seeds, both stacks. */
#define MODEL      " --layers 2 --width 16 --heads 2 --ffn 32 --context 16 --batch 4 --schedule constant"
#define GRID       "--grid warmup=0,10 --grid lr=1e-3,1e-2,1e-1 --seeds 1..2 --steps 60" MODEL
#define TRIALS     24
#define SMALL_TEXT " --layers 2 --width 16 --heads 2 --ffn 32 --batch 4 --task text"

/* Starts `lnscope lab` and the words of the command, separated by single blanks, in the folder.
 * Standard output and standard error go to the files "out" and "errors"; `limit` is the size of the
 * largest file that it can write, 0 for any. */
static struct process start(const char *command, rlim_t limit)
{
    char words[COMMAND];
    snprintf(words, sizeof words, "lab %s", command);
    return process_start_command(&(struct process_start){.output = "out",
                                                         .errors = "errors",
                                                         .ignored = limit > 0 ? SIGXFSZ : 0,
                                                         .limit = {RLIMIT_FSIZE, limit}},
                                 program, words);
}

/* Takes the lines that tell how far it is, which come where the machine is slow, out of a text. */
static void drop_progress(char *text)
{
    for (char *line = text; strchr(line, '\n');) {
        char *const next = line + strcspn(line, "\n") + 1;
        int done, all, length = 0;
        if (sscanf(line, "lnscope: %d of %d trainings%n", &done, &all, &length) == 2 && length > 0)
            memmove(line, next, strlen(next) + 1);
        else
            line = next;
    }
}

/* Runs to the end, with this exit status and these words on standard error (NULL: none). */
static void run_to(int expected, const char *command, const char *words)
{
    struct process process = start(command, 0);
    const int status = process_finish(&process);
    char *errors = text_of_file("errors");
    drop_progress(errors);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("lnscope lab %s: status %#x, standard error: %s", command, (unsigned)status,
                 errors);
    if (words ? !strstr(errors, words) : *errors)
        fail_msg("lnscope lab %s: \"%s\" does not say \"%s\"", command, errors, words);
    free(errors);
}

/* Fails with status 2 and these words, in one line, and neither prints nor writes anything. */
static void is_wrong(const char *command, const char *words)
{
    run_to(2, command, words);
    char *output = text_of_file("out"), *errors = text_of_file("errors");
    assert_string_equal(output, "");
    assert_int_equal(strncmp(errors, "lnscope: ", 9), 0);
    assert_ptr_equal(strchr(errors, '\n'), errors + strlen(errors) - 1);
    assert_false(file_exists("new.jsonl"));
    free(output);
    free(errors);
}

static void files_are_same(const char *one, const char *other)
{
    char *a = text_of_file(one), *b = text_of_file(other);
    if (strcmp(a, b) != 0)
        fail_msg("%s and %s differ", one, other);
    free(a);
    free(b);
}

/* ---- */

static void wrong_usage_of_the_lab_is_told(void **state)
{
    (void)state;
    is_wrong("", "a lab without a grid: --grid NAME=VALUES");
    is_wrong("-o new.jsonl --steps 10", "a lab without a grid");
    is_wrong("warmup=0,25", "what is 'warmup=0,25' for: an axis stands behind --grid");
    is_wrong("--grid warmpu=1 --steps 10", "setting 'warmpu': did you mean warmup?");
    is_wrong("--grid warmup=0..100 --steps 10", "range '0..100': FROM..TO:STEP");
    is_wrong("--grid lr=1e-3 -o new.jsonl", "a grid of runs without an end: set steps, to 600");
    is_wrong("--grid width=64,60 --heads 8 --steps 10 -o new.jsonl",
             "cell width=60: width 60 cannot be divided by 8 heads: heads 6 or width 56");
    is_wrong("--grid lr=1e-3 --steps 10 --seeds 3..1", "seeds '3..1': A..B");
    is_wrong("--grid lr=1e-3 --steps 10 --stacks all", "stacks 'all': one of left, right, both");
    is_wrong("--grid lr=1e-3 --steps 10 --part 3/2", "part '3/2': I/N with I from 1 to N");
    is_wrong("--grid lr=1e-3 --steps 10 --part 1/2/3", "part '1/2/3': I/N");
    is_wrong("--grid lr=1e-3 --steps 10 --part auto", "part 'auto' without SLURM_ARRAY_TASK_ID");
    is_wrong("--grid lr=1e-3 --steps 10 --resume", "--resume has no rows to keep");
    is_wrong("--grid lr=1e-3 --steps 10 --force", "--force has nothing to replace");
    is_wrong("--grid lr=1e-3 --steps 10 --figure map.gif", "map.gif is neither a picture nor text");
    is_wrong("--grid lr=1e-3 --steps 10 --theme dark", "option '--theme' is not for lnscope lab");
    is_wrong("--merge", "--merge without files");
    is_wrong("--merge a b --steps 10", "--merge takes the grid from the files");
    is_wrong("--grid lr=1e-3 --steps 10 --threads 0.5", "threads '0.5': a whole number");
}

static void a_pipe_that_nobody_reads_is_told(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    run_to(1, "--grid lr=1e-3 --steps 1 -o pipe" MODEL,
           "nobody reads pipe: start its reader first");
}

static void what_a_killed_lab_has_left_is_told(void **state)
{
    static const char command[] = "--grid lr=1e-3 --steps 1" MODEL,
                      left[] = "map.svg.lnscope-a1B2c3";
    (void)state;
    text_to_file(left, "<svg>");
    run_to(0, command, "lnscope: map.svg.lnscope-a1B2c3 was left by a lnscope that was killed");
    run_to(0, command, "lnscope: note: ");
    char *errors = text_of_file("errors");
    assert_null(strstr(errors, left)); /* once is enough */
    assert_true(file_exists(left));
    free(errors);
}

static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_non_null(item);
    return item;
}

static void row_is_in_place(const cJSON *row, int trial)
{
    static const double warmup[] = {0, 10}, lr[] = {1e-3, 1e-2, 1e-1};
    const cJSON *cell = member(row, "grid");
    const bool left = trial % 2 == 0;
    assert_true(member(row, "index")->valueint == trial / 2);
    assert_true(member(cell, "warmup")->valuedouble == warmup[trial / 12]);
    assert_true(member(cell, "lr")->valuedouble == lr[trial / 4 % 3]);
    assert_true(member(row, "seed")->valueint == 1 + trial / 2 % 2);
    assert_string_equal(member(row, "stack")->valuestring, left ? "left" : "right");
    assert_string_equal(member(row, "placement")->valuestring, left ? "pre" : "post");
    assert_true(member(row, "loss")->valuedouble > 0);
    assert_true(member(row, "loss_part")->valuedouble > 0);
    assert_true(member(row, "ratio_min")->valuedouble <= member(row, "ratio")->valuedouble);
    assert_true(member(row, "steps")->valueint == 60);
    assert_true(cJSON_IsTrue(member(row, "finite")));
    const cJSON *step = member(row, "learn_step");
    assert_true(cJSON_IsNumber(step) || cJSON_IsNull(step));
    assert_non_null(strstr("learns slow stuck", member(row, "verdict")->valuestring));
}

/* The same bytes from one thread and from three, into a file and into a pipe; in their order. */
/* Once, though three contexts read the file; and one that cannot be read ends it before there is a
 * file of rows. */
static void a_text_that_is_likely_to_be_the_wrong_one_is_told(void **state)
{
    (void)state;
    FILE *packed = fopen("packed", "w");
    assert_non_null(packed);
    for (int i = 0; i < 500; i++)
        fprintf(packed, "%c\x8B%d", 0x1F, i);
    assert_int_equal(fclose(packed), 0);
    run_to(0, "--grid context=4,8,16 --stacks left --steps 60" SMALL_TEXT " --text packed",
           "lnscope: warning: packed is compressed (gzip): unpack it");
    char *errors = text_of_file("errors");
    const char *first = strstr(errors, "warning: ");
    assert_null(strstr(first + 1, "warning: "));
    free(errors);
    run_to(1, "--grid lr=1e-3 --steps 60" SMALL_TEXT " --text none -o new.jsonl", "none");
    assert_false(file_exists("new.jsonl"));
}

static void rows_do_not_depend_on_threads(void **state)
{
    (void)state;
    run_to(0, GRID " --threads 1 -o one.jsonl", NULL);
    run_to(0, GRID " --threads 3 -o three.jsonl", NULL);
    files_are_same("one.jsonl", "three.jsonl");
    run_to(0, GRID " --threads 2", NULL);
    files_are_same("one.jsonl", "out");
    char *text = text_of_file("one.jsonl"), *rest;
    cJSON *object = cJSON_Parse(strtok_r(text, "\n", &rest));
    assert_true(member(object, "lnscope_lab")->valueint == 1);
    assert_int_equal(cJSON_GetArraySize(member(object, "grid")), 2);
    assert_string_equal(member(object, "stacks")->valuestring, "both");
    assert_true(member(member(object, "settings"), "layers")->valueint == 2);
    cJSON_Delete(object);
    for (int trial = 0; trial < TRIALS; trial++) {
        object = cJSON_Parse(strtok_r(NULL, "\n", &rest));
        assert_non_null(object);
        row_is_in_place(object, trial);
        cJSON_Delete(object);
    }
    assert_null(strtok_r(NULL, "\n", &rest));
    free(text);
}

/* A stack of the lab is that of `lnscope run`. */
static void numbers_are_those_of_a_run(void **state)
{
    char line[sizeof program + 256], *rest, *end;
    double smooth = 0, weight = 0;
    (void)state;
    run_to(0, "--grid lr=1e-2 --stacks right --steps 60" MODEL " -o lab.jsonl", NULL);
    snprintf(line, sizeof line, "'%s' run --lr 1e-2 --steps 60" MODEL " > run.csv", program);
    assert_int_equal(system(line), 0);
    char *text = text_of_file("run.csv");
    for (char *row = strtok_r(text, "\n", &rest); row; row = strtok_r(NULL, "\n", &rest)) {
        if (!strstr(row, ",right,"))
            continue;
        char *field = row;
        for (int i = 0; i < 4; i++)
            field = strchr(field, ',') + 1;
        smooth = 0.95 * smooth + 0.05 * strtod(field, &end);
        weight = 0.95 * weight + 0.05;
    }
    free(text);
    text = text_of_file("lab.jsonl");
    const size_t header = strcspn(text, "\n");
    cJSON *row = cJSON_Parse(text + header);
    const double loss = member(row, "loss")->valuedouble;
    assert_true(loss > 0 && loss - smooth / weight < 1e-6 && smooth / weight - loss < 1e-6);
    cJSON_Delete(row);
    free(text);
}

static void parts_are_merged(void **state)
{
    (void)state;
    run_to(0, GRID " -o whole.jsonl", NULL);
    for (int part = 1; part <= 3; part++) {
        char command[COMMAND];
        snprintf(command, sizeof command, GRID " --part %d/3 -o part%d.jsonl", part, part);
        run_to(0, command, NULL);
    }
    run_to(0, "--merge part3.jsonl part1.jsonl -o some.jsonl",
           "note: 16 of 24 rows are there; --resume does the rest");
    run_to(0, "--merge part2.jsonl part3.jsonl part1.jsonl some.jsonl -o merged.jsonl", NULL);
    files_are_same("whole.jsonl", "merged.jsonl");
    run_to(1, "--merge part1.jsonl -o merged.jsonl", "merged.jsonl exists");
    run_to(0, "--resume -o some.jsonl", NULL);
    files_are_same("whole.jsonl", "some.jsonl");
    /* another grid, another header */
    run_to(0, "--grid lr=1e-3 --steps 4" MODEL " -o other.jsonl", "note: 1 of 1 cells");
    run_to(1, "--merge part1.jsonl other.jsonl -o no.jsonl",
           "the axes of other.jsonl are lr, not warmup, lr: the same ones");
    assert_false(file_exists("no.jsonl"));
    text_to_file("text", "a text that somebody wrote\n");
    run_to(1, "--merge text", "text:1: column 1: 'a': an object");
    run_to(1, "--merge none.jsonl", "cannot read none.jsonl");
    /* a job array */
    setenv("SLURM_ARRAY_TASK_ID", "12", 1);
    setenv("SLURM_ARRAY_TASK_COUNT", "3", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "10", 1);
    run_to(0, GRID " --part auto -o auto.jsonl", NULL);
    files_are_same("auto.jsonl", "part3.jsonl");
    setenv("SLURM_ARRAY_TASK_ID", "13", 1);
    is_wrong(GRID " --part auto -o new.jsonl", "task 13 is not one of 3 in a row: sbatch "
                                               "--array=1-3");
    unsetenv("SLURM_ARRAY_TASK_ID");
    unsetenv("SLURM_ARRAY_TASK_COUNT");
    unsetenv("SLURM_ARRAY_TASK_MIN");
}

/* ---- interruptions ---- */

/* Rows that are whole; every line but a last one without its newline has to be. */
static int whole_rows(const char *path)
{
    char *text = text_of_file(path);
    int rows = -1;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, rows++) {
        cJSON *object = cJSON_ParseWithLength(line, (size_t)(end - line));
        assert_true(cJSON_IsObject(object));
        cJSON_Delete(object);
    }
    free(text);
    return rows;
}

/* A program that writes to a file. */
struct writer {
    pid_t id;
    const char *path;
    off_t size; /* what is waited for, in bytes */
    int rows;   /* the same in rows */
};

static int has_ended(const struct writer *writer)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)writer->id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == writer->id;
}

static int has_grown(void *data)
{
    const struct writer *writer = data;
    struct stat info;
    return has_ended(writer) || (stat(writer->path, &info) == 0 && info.st_size >= writer->size);
}

static int has_rows(void *data)
{
    const struct writer *writer = data;
    return has_ended(writer) ||
           (file_exists(writer->path) && whole_rows(writer->path) >= writer->rows);
}

/* Killed when its file has become longer by any number of bytes, it goes on each time with what it
 * had. */
static void kills_lose_no_row(void **state)
{
    const char *asked = getenv("KILLS");
    const int kills = asked ? atoi(asked) : 6;
    unsigned random = (unsigned)time(NULL);
    int killed = 0, rows = 0, rounds = 0;
    struct stat whole, now_is;
    (void)state;
    run_to(0, GRID " --threads 2 -o whole.jsonl", NULL);
    assert_int_equal(stat("whole.jsonl", &whole), 0);
    while (killed < kills) {
        const off_t size = stat("lab.jsonl", &now_is) == 0 ? now_is.st_size : 0;
        struct process process = start(GRID " --threads 2 --resume -o lab.jsonl", 0);
        random = random * 1664525u + 1013904223u;
        struct writer writer = {.id = process.id,
                                .path = "lab.jsonl",
                                .size = size + (random >> 8) % (whole.st_size / 4)};
        assert_true(process_wait_until(has_grown, &writer));
        kill(process.id, SIGKILL);
        const int status = process_finish(&process);
        const int now = file_exists("lab.jsonl") ? whole_rows("lab.jsonl") : 0;
        if (now < rows)
            fail_msg("%d rows, %d before", now, rows);
        rows = now;
        killed += WIFSIGNALED(status);
        if (WIFEXITED(status)) { /* it was faster: once more from the start */
            files_are_same("whole.jsonl", "lab.jsonl");
            unlink("lab.jsonl");
            rows = 0;
            rounds++;
        }
    }
    /* a kill between two files can leave the new one's temporary name, and nothing else; that is
     * told */
    struct process last = start(GRID " --resume -o lab.jsonl", 0);
    const int status = process_finish(&last);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    files_are_same("whole.jsonl", "lab.jsonl");
    if (asked)
        printf("%d kills, %d times through\n", killed, rounds + 1);
}

static void wait_for_rows(const char *path, int rows, pid_t id)
{
    struct writer writer = {.id = id, .path = path, .rows = rows};
    assert_true(process_wait_until(has_rows, &writer));
    if (has_ended(&writer))
        fail_msg("it ended before %d rows", rows);
}

static void an_interrupt_ends_it_cleanly(void **state)
{
    (void)state;
    struct process process =
        start("--grid lr=1e-3,1e-2 --seeds 1..500 --steps 200 --threads 2 -o lab.jsonl" MODEL, 0);
    wait_for_rows("lab.jsonl", 3, process.id);
    assert_int_equal(kill(process.id, SIGINT), 0);
    const int status = process_finish(&process);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    char *errors = text_of_file("errors"), *text = text_of_file("lab.jsonl");
    assert_non_null(strstr(errors, "lnscope: stopped with "));
    assert_non_null(
        strstr(errors, " of 2000 rows: the same command with --resume does the rest\n"));
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_true(whole_rows("lab.jsonl") >= 3);
    free(errors);
    free(text);
}

/* The rest is done, and nothing else: other settings, threads and a damaged line in between. */
static void resuming_takes_what_is_whole(void **state)
{
    (void)state;
    run_to(0, GRID " --resume -o lab.jsonl", NULL); /* without a file it starts anew */
    run_to(0, GRID " --force -o whole.jsonl", NULL);
    files_are_same("whole.jsonl", "lab.jsonl");
    char *text = text_of_file("lab.jsonl");
    char *line = strstr(text, "{\"index\":4,");
    line[1] = '#';
    text[strlen(text) - 30] = '\0';
    text_to_file("lab.jsonl", text);
    free(text);
    run_to(0, GRID " --threads 3 --resume -o lab.jsonl",
           "lab.jsonl:10: column 2: '#index': a key (1 damaged line; done again)");
    files_are_same("whole.jsonl", "lab.jsonl");
    run_to(0, "--resume -o lab.jsonl --figure map.txt", NULL);
    files_are_same("whole.jsonl", "lab.jsonl");
    run_to(1, GRID " --layers 3 --resume -o lab.jsonl", "layers is 2 in lab.jsonl, not 3");
    run_to(1, "--grid lr=1e-3 --steps 9 --resume -o lab.jsonl", "the axes of lab.jsonl are warmup");
    run_to(1, GRID " -o lab.jsonl", "lab.jsonl exists");
    files_are_same("whole.jsonl", "lab.jsonl");
    text_to_file("lab.jsonl", "a text that somebody wrote\n");
    run_to(1, GRID " --resume -o lab.jsonl", "lab.jsonl:1: column 1: 'a': an object");
    assert_int_equal(whole_rows("whole.jsonl"), TRIALS);
}

/* Two that write one file would lose each other's rows. */
static void two_labs_do_not_write_one_file(void **state)
{
    (void)state;
    struct process process =
        start("--grid lr=1e-3,1e-2 --seeds 1..500 --steps 200 -o lab.jsonl" MODEL, 0);
    wait_for_rows("lab.jsonl", 1, process.id);
    run_to(1, "--resume -o lab.jsonl", "lab.jsonl is being written by another process");
    kill(process.id, SIGTERM);
    process_finish(&process);
}

static void a_full_disk_keeps_whole_rows(void **state)
{
    (void)state;
    run_to(0, GRID " -o whole.jsonl", NULL);
    struct process process = start(GRID " -o lab.jsonl", 4096);
    const int status = process_finish(&process);
    char *errors = text_of_file("errors");
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(errors, "cannot write lab.jsonl ("));
    assert_non_null(strstr(errors, "its rows stay, and --resume goes on"));
    free(errors);
    const int rows = whole_rows("lab.jsonl");
    assert_true(rows > 3 && rows < TRIALS);
    char *text = text_of_file("lab.jsonl");
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    run_to(0, GRID " --resume -o lab.jsonl", NULL);
    files_are_same("whole.jsonl", "lab.jsonl");
    if (file_exists("/dev/full"))
        run_to(1, GRID " -o /dev/full", "cannot write /dev/full (No space left on device)");
}

/* ---- figures ---- */

static void figures_need_no_training(void **state)
{
    (void)state;
    run_to(0, GRID " -o lab.jsonl --figure map.svg", NULL);
    run_to(0, "--merge lab.jsonl --figure again.svg", NULL);
    files_are_same("map.svg", "again.svg");
    char *text = text_of_file("out");
    assert_string_equal(text, "");
    free(text);
    run_to(0, "--merge lab.jsonl --figure map.txt", NULL);
    text = text_of_file("map.txt");
    assert_non_null(strstr(text, "left stack, pre\nwarmup\n"));
    assert_non_null(strstr(text, "right stack, post\nwarmup\n"));
    free(text);
    run_to(0, "--merge lab.jsonl --figure map.csv -o copy.jsonl", NULL);
    files_are_same("lab.jsonl", "copy.jsonl");
    text = text_of_file("map.csv");
    int lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, TRIALS + 1);
    free(text);
    run_to(0, "--merge lab.jsonl --figure two.csv --figure two.svg", NULL);
    files_are_same("map.csv", "two.csv");
    files_are_same("map.svg", "two.svg");
    is_wrong("--merge lab.jsonl --figure new.csv --figure map.csv", "map.csv exists");
    is_wrong("--merge lab.jsonl --figure new.csv --figure ./new.csv",
             "--figure names the same file twice: name two");
    is_wrong("--merge lab.jsonl --figure map.csv", "map.csv exists");
    run_to(0, "--merge lab.jsonl --figure map.csv --force", NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_enter, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_usage_of_the_lab_is_told),
        TEST(a_pipe_that_nobody_reads_is_told),
        TEST(what_a_killed_lab_has_left_is_told),
        TEST(a_text_that_is_likely_to_be_the_wrong_one_is_told),
        TEST(rows_do_not_depend_on_threads),
        TEST(numbers_are_those_of_a_run),
        TEST(parts_are_merged),
        TEST(kills_lose_no_row),
        TEST(an_interrupt_ends_it_cleanly),
        TEST(resuming_takes_what_is_whole),
        TEST(two_labs_do_not_write_one_file),
        TEST(a_full_disk_keeps_whole_rows),
        TEST(figures_need_no_training),
    };
    const char *path = getenv("LNSCOPE");
    if (!realpath(path && *path ? path : "build/lnscope", program)) {
        perror(path ? path : "build/lnscope");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
