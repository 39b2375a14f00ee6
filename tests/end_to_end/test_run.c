/* The program from outside, without a screen: what it writes, refuses and leaves behind.
 *
 * The program is that of the environment variable LNSCOPE, or build/lnscope. */
#include "base/file.h"
#include "base/safetensors_read.h"
#include "base/signals.h"
#include "support/folder.h"
#include "support/process.h"
#include "support/sanitized.h"
#include "support/texts.h"
#include "train/settings.h"

#include <cJSON.h>
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char program[4096];

static int files_in_folder(void)
{
    DIR *here = opendir(folder_path);
    int count = 0;
    assert_non_null(here);
    for (struct dirent *entry; (entry = readdir(here));)
        count += entry->d_name[0] != '.';
    closedir(here);
    return count;
}

/* Starts the program with the words of `command`, which are separated by single spaces. Standard
 * output goes to the file `output`, or to the pipe where it is NULL; standard error to a file. */
static struct process start_ignoring(const char *command, const char *output, int ignored)
{
    return process_start_command(&(struct process_start){.output = output,
                                                         .errors = folder_file(".errors"),
                                                         .ignored = ignored},
                                 program, command);
}

static struct process start(const char *command, const char *output)
{
    return start_ignoring(command, output, 0);
}

/* What it has written to standard error; the caller frees it. */
static char *errors_of(void)
{
    return text_of_file(folder_file(".errors"));
}

/* Runs to the end, with this status and nothing on standard error unless it failed; returns what it
 * wrote, which the caller frees. */
static char *run_to(int expected, const char *command)
{
    struct process process = start(command, folder_file(".output"));
    int status = process_finish(&process);
    char *errors = errors_of();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
        fail_msg("lnscope %s: status %#x, standard error: %s", command, (unsigned)status, errors);
    if (expected == 0)
        assert_string_equal(errors, "");
    free(errors);
    return text_of_file(folder_file(".output"));
}

/* Fails with this status and these words, in one line. */
static void fails(int expected, const char *command, const char *words)
{
    char *output = run_to(expected, command), *errors = errors_of();
    assert_error_line(errors, words, command);
    free(output);
    free(errors);
}

static int count(const char *text, char letter)
{
    int found = 0;
    for (; *text; text++)
        found += *text == letter;
    return found;
}

#define SMALL " --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2"

static void it_tells_version_and_help(void **state)
{
    char *text = run_to(0, "--version");
    (void)state;
    assert_int_equal(strncmp(text, "lnscope " LNSCOPE_VERSION, strlen("lnscope " LNSCOPE_VERSION)),
                     0);
    assert_non_null(strstr(text, "\nkernels: "));
    assert_non_null(strstr(text, "plain, loops"));
    assert_non_null(strstr(text, "the same bits with the same build, kernels and BLAS"));
    free(text);
    static const char *const helps[] = {"--help", "-h", "run --help"};
    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
        text = run_to(0, helps[i]);
        for (int row = 0; row < setting_count; row++) {
            char name[64], either[64];
            snprintf(name, sizeof name, "\n  --%s", setting_table[row].name);
            snprintf(either, sizeof either, "\n  --[no-]%s", setting_table[row].name);
            if (!strstr(text, name) && !strstr(text, either))
                fail_msg("lnscope %s does not name --%s", helps[i], setting_table[row].name);
        }
        free(text);
    }
    text = run_to(0, "list --help");
    assert_non_null(strstr(text, "placements, norms, tasks, presets"));
    free(text);
}

/* LNSCOPE_KERNELS forces a table of kernels, whose bits are its own, or says which there are. */
static void the_kernels_can_be_chosen(void **state)
{
    (void)state;
    const char *const run = "run --no-config --steps 2" SMALL;
    setenv("LNSCOPE_KERNELS", "loops", 1);
    char *loops = run_to(0, run), *version = run_to(0, "--version");
    setenv("LNSCOPE_KERNELS", "plain", 1);
    char *plain = run_to(0, run), *again = run_to(0, run);
    setenv("LNSCOPE_KERNELS", "avx1024", 1);
    fails(2, run, "LNSCOPE_KERNELS avx1024: this machine can run ");
    unsetenv("LNSCOPE_KERNELS");
    assert_non_null(strstr(version, "kernels: loops, "));
    assert_string_equal(plain, again);
    assert_string_not_equal(plain, loops);
    free(loops);
    free(version);
    free(plain);
    free(again);
}

static void wrong_usage_of_run_is_told(void **state)
{
    (void)state;
    fails(2, "rum", "command 'rum': did you mean run? (one of run, play, record, list");
    fails(2, "--seed 3 run", "a command comes first");
    fails(2, "run now", "'now'");
    fails(2, "run --layerz 3", "did you mean --layers? (lnscope run --help");
    fails(2, "--every 3", "belongs to lnscope run");
    fails(2, "list keys --seed 3", "option '--seed' is not for lnscope list");
    fails(2, "run -x", "unknown option '-x'");
    fails(2, "run --layers", "needs a value");
    fails(2, "run --layers 200", "layers '200': a whole number from 1 to 128");
    fails(2, "run --layers= --steps 1", "layers ''");
    fails(2, "run --left prel", "placement 'prel': did you mean pre? (one of pre, ");
    fails(2, "run --force=yes", "takes no value");
    fails(2, "run --heads 5", "heads 4 or width 65");
    fails(2, "run --task text", "--text FILE");
    fails(2, "run --batch 1024 --context 1024 --width 1024 --layers 128 --heads 1024", "memory");
    fails(2, "run --format xml", "format 'xml': one of csv, jsonl, table");
    fails(2, "run --every 0", "every '0': a whole number from 1 up");
    fails(2, "run --every 1x", "every '1x'");
    fails(2, "run --dump-step 3", "--dump FILE");
    fails(2, "run --dump x --dump-step 9 --steps 3", "a step up to --steps 3");
    fails(2, "run --dump x -o x", "the same file");
    fails(2, "run --dump ./x -o x", "the same file");
    fails(2, "run --dump -", "--dump writes no stream");
    fails(2, "run --width 16 --heads 100", "heads 16 is the most");
    fails(2, "run --force", "--force has nothing to replace");
    fails(2, "list", "one of placements");
    fails(2, "list kyes", "list 'kyes': did you mean keys?");
    fails(2, "list norms --format man", "one of presets, script-commands, keys, commands");
    fails(2, "run --preset gpt", "preset 'gpt': did you mean gpt2 or gpt3? (one of ");
    fails(2, "run --left-nrom x", "did you mean --left-norm? (");
    fails(2, "run --right-layers 3", "both stacks have the same layers");
    fails(2, "run --left-norm rms", "left-norm 'rms': did you mean rmsnorm?");
    fails(2, "run --right-kv-heads 3", "right stack: kv-heads 3 with 4 heads");
    fails(2, "run --attention bidirectional", "sees the tokens that the task grammar asks for");
    fails(2, "run --task shapes", "does not fit in a context of 32: one of ");
    fails(2, "--print-memory=3", "takes no value");
    fails(2, "list keys --print-memory", "is not for lnscope list");
}

static void csv_has_a_row_per_step_and_stack(void **state)
{
    char *text = run_to(0, "run --steps 3 --warmup=2" SMALL), *rest = text;
    const char *header = "step,stack,placement,norm,loss,lr,grad_norm,clip,ratio,finite,"
                         "stream_grad_0,stream_grad_1,stream_grad_2\n";
    (void)state;
    assert_int_equal(strncmp(text, header, strlen(header)), 0);
    assert_int_equal(count(text, '\n'), 7);
    rest += strlen(header);
    for (int row = 0; row < 6; row++) {
        char expected[64];
        snprintf(expected, sizeof expected, "%d,%s,layernorm,", row / 2 + 1,
                 row % 2 ? "right,post" : "left,pre");
        assert_int_equal(strncmp(rest, expected, strlen(expected)), 0);
        rest += strcspn(rest, "\n") + 1;
    }
    assert_int_equal(count(text, ','), 7 * 12);
    assert_non_null(strstr(text, ",0.0015,")); /* lr of the first step of a warmup of two */
    free(text);
}

/* Of a stack: both, one of them, or each its own; and what may stand alone. */
static void stacks_have_their_own_settings(void **state)
{
    static const struct {
        const char *options, *left, *right;
    } cases[] = {
        {"--norm rmsnorm", "pre,rmsnorm", "post,rmsnorm"},
        {"--right-norm rmsnorm", "pre,layernorm", "post,rmsnorm"},
        {"--norm dyt/none", "pre,dyt", "post,none"},
        {"--left-norm none --qk-norm --left peri", "peri,none", "post,layernorm"},
        {"--left-preset bert --right-preset gpt2", "post,layernorm", "pre,layernorm"},
        {"--preset llama", "pre,rmsnorm", "pre,rmsnorm"},
        {"--preset llama --left pre --right post", "pre,rmsnorm", "post,rmsnorm"},
        {"--right post --preset=gemma --left-norm layernorm", "peri,layernorm", "peri,rmsnorm"},
    };
    char command[512], expected[64];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(command, sizeof command, "run --steps 1" SMALL " %s", cases[i].options);
        char *text = run_to(0, command);
        snprintf(expected, sizeof expected, "\n1,left,%s,", cases[i].left);
        assert_non_null(strstr(text, expected));
        snprintf(expected, sizeof expected, "\n1,right,%s,", cases[i].right);
        assert_non_null(strstr(text, expected));
        free(text);
    }
    /* The difference is in the numbers: 1 + w starts as a gain of 1 does, QK-norm does not. */
    char *plain = run_to(0, "run --steps 1" SMALL);
    char *offset = run_to(0, "run --steps 1 --gain-offset" SMALL);
    char *qk_norm = run_to(0, "run --steps 1 --qk-norm on" SMALL);
    char *without = run_to(0, "run --steps 1 --qk-norm off" SMALL);
    assert_int_equal(strncmp(plain, offset, strcspn(plain, "\n") + 40), 0);
    assert_string_not_equal(plain, qk_norm);
    assert_string_equal(plain, without);
    free(plain);
    free(offset);
    free(qk_norm);
    free(without);
}

/* Each of the values of each choice runs, in both stacks of every kind of task that takes it. */
static void every_choice_runs(void **state)
{
    char command[512];
    (void)state;
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        for (int choice = 0; row->kind == SETTING_CHOICE && choice < row->choices->count;
             choice++) {
            const char *more = "";
            if (strcmp(row->name, "task") == 0)
                more = choice == TASK_SHAPES ? "--context 17" : "--context 8";
            if (strcmp(row->name, "attention") == 0)
                more = "--task masked";
            if (strcmp(row->name, "preset") == 0) /* whose heads are two or one */
                more = "--layers 2 --width 16 --heads 2 --ffn 32 --batch 2";
            if (choice == TASK_TEXT && strcmp(row->name, "task") == 0)
                continue;
            snprintf(command, sizeof command, "run --steps 2" SMALL " --%s %s %s", row->name,
                     names_at(row->choices, choice), more);
            char *text = run_to(0, command);
            assert_int_equal(count(text, '\n'), 5);
            assert_null(strstr(text, ",false,"));
            free(text);
        }
    }
}

static void the_deepest_stacks_run(void **state)
{
    char *text = run_to(0, "run --layers 128 --width 32 --batch 2 --context 8 --steps 2");
    (void)state;
    assert_non_null(strstr(text, ",stream_grad_127,stream_grad_128\n"));
    assert_int_equal(count(text, '\n'), 5);
    assert_null(strstr(text, ",false,"));
    free(text);
}

static void jsonl_has_the_documented_keys(void **state)
{
    static const char *const keys[] = {
        "step", "stack", "placement",   "norm",       "loss",       "lr",           "grad_norm",
        "clip", "ratio", "stream_grad", "stream_rms", "param_grad", "update_ratio", "finite"};
    const int key_count = (int)(sizeof keys / sizeof *keys);
    char *text = run_to(0, "run --steps 2 --format jsonl" SMALL), *rest = text;
    (void)state;
    for (int row = 0; row < 4; row++) {
        const char *end = NULL;
        cJSON *object = cJSON_ParseWithOpts(rest, &end, false);
        assert_non_null(object);
        assert_int_equal(*end, '\n');
        rest += end + 1 - rest;
        cJSON *field = object->child;
        for (int i = 0; i < key_count; i++, field = field->next) {
            assert_non_null(field);
            assert_string_equal(field->string, keys[i]);
        }
        assert_null(field);
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(object, "stream_grad")), 3);
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(object, "stream_rms")), 3);
        cJSON *grads = cJSON_GetObjectItem(object, "param_grad");
        cJSON *ratios = cJSON_GetObjectItem(object, "update_ratio");
        assert_int_equal(cJSON_GetArraySize(grads), cJSON_GetArraySize(ratios));
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(grads, "attn.qkv.weight")), 2);
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(ratios, "attn.qkv.weight")), 2);
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(object, "finite")));
        cJSON_Delete(object);
    }
    assert_string_equal(rest, "");
    free(text);
}

static void rows_are_thinned(void **state)
{
    static const int steps[] = {3, 3, 6, 6, 7, 7};
    char *text = run_to(0, "run --steps 7 --every 3" SMALL), *rest = text;
    (void)state;
    for (size_t row = 0; row < sizeof steps / sizeof *steps; row++) {
        rest = strchr(rest, '\n') + 1;
        assert_int_equal(atoi(rest), steps[row]);
    }
    assert_int_equal(count(rest, '\n'), 1);
    free(text);
}

static void the_same_settings_give_the_same_bits(void **state)
{
    char *once = run_to(0, "run --steps 5 --format jsonl --threads 1" SMALL);
    char *again = run_to(0, "run --steps 5 --format jsonl --threads 1" SMALL);
    char *threads = run_to(0, "run --steps 5 --format jsonl --threads 2" SMALL);
    char *more = run_to(0, "run --steps 5 --format jsonl --threads 5" SMALL);
    char *other = run_to(0, "run --steps 5 --format jsonl --seed 2" SMALL);
    (void)state;
    assert_string_equal(once, again);
    assert_string_equal(once, threads);
    assert_string_equal(once, more);
    assert_string_not_equal(once, other);
    free(once);
    free(again);
    free(threads);
    free(more);
    free(other);
}

static void a_file_is_whole_and_not_overwritten(void **state)
{
    char command[512];
    (void)state;
    char *expected = run_to(0, "run --steps 2" SMALL);
    snprintf(command, sizeof command, "run --steps 2" SMALL " -o %s", folder_file("out.csv"));
    char *nothing = run_to(0, command), *written = text_of_file(folder_file("out.csv"));
    assert_string_equal(nothing, "");
    assert_string_equal(written, expected);
    fails(1, command, "exists: name another file, or allow it with --force");
    snprintf(command, sizeof command, "run --steps 1" SMALL " --force --output=%s",
             folder_file("out.csv"));
    free(run_to(0, command));
    char *shorter = text_of_file(folder_file("out.csv"));
    assert_int_equal(count(shorter, '\n'), 3);
    assert_int_equal(files_in_folder(), 1);
    snprintf(command, sizeof command, "run --steps 1" SMALL " -o %s", folder_file("no/out.csv"));
    fails(1, command, "cannot write");
    free(expected);
    free(nothing);
    free(written);
    free(shorter);
}

static void rows_on_a_full_disk_are_told(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    struct process process = start("run --steps 2" SMALL, "/dev/full");
    int status = process_finish(&process);
    char *errors = errors_of();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_non_null(strstr(errors, "cannot write standard output (No space left on device)"));
    free(errors);
    process = start("list keys", "/dev/full");
    status = process_finish(&process);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    fails(1, "run --steps 2" SMALL " -o /dev/full", "No space left on device");
}

static bool read_dump(struct safetensors_file *saved, const char *options)
{
    char command[512];
    struct error error;
    snprintf(command, sizeof command, "run" SMALL " %s --force --dump %s", options,
             folder_file("step.safetensors"));
    free(run_to(0, command));
    if (!safetensors_open(saved, folder_file("step.safetensors"), &error))
        fail_msg("%s", error.text);
    return true;
}

static double norm_of(const struct safetensors_file *saved, const char *prefix)
{
    double sum = 0;
    for (int i = 0; i < saved->tensors; i++) {
        const struct safetensors_tensor *tensor = &saved->tensor[i];
        if (strncmp(tensor->name, prefix, strlen(prefix)) != 0)
            continue;
        for (size_t n = 0; n < tensor->count; n++)
            sum += safetensors_number(tensor, n) * safetensors_number(tensor, n);
    }
    return sqrt(sum);
}

/* The dump holds the very gradients that the row of its step was measured on. */
static void a_dump_agrees_with_its_row(void **state)
{
    struct safetensors_file saved;
    char *text = run_to(0, "run --steps 3 --clip 0.01 --format jsonl" SMALL), *rest = text;
    (void)state;
    assert_true(read_dump(&saved, "--steps 3 --clip 0.01 --dump-step 2"));
    rest = strchr(strchr(rest, '\n') + 1, '\n') + 1; /* the rows of step 2 */
    for (int side = 0; side < SIDES; side++, rest = strchr(rest, '\n') + 1) {
        cJSON *object = cJSON_ParseWithOpts(rest, NULL, false);
        char name[64];
        snprintf(name, sizeof name, "%s.grad.", stack_names[side]);
        double expected = cJSON_GetNumberValue(cJSON_GetObjectItem(object, "grad_norm"));
        assert_true(fabs(norm_of(&saved, name) - expected) < 1e-5 * expected);
        cJSON *streams = cJSON_GetObjectItem(object, "stream_grad");
        for (int l = 0; l <= 2; l++) {
            snprintf(name, sizeof name, "%s.stream_grad.%d", stack_names[side], l);
            expected = cJSON_GetNumberValue(cJSON_GetArrayItem(streams, l));
            assert_true(fabs(norm_of(&saved, name) - expected) < 1e-5 * expected);
            assert_int_equal(safetensors_find(&saved, name)->dims, 3);
        }
        snprintf(name, sizeof name, "%s.loss", stack_names[side]);
        expected = cJSON_GetNumberValue(cJSON_GetObjectItem(object, "loss"));
        assert_true(fabs(safetensors_number(safetensors_find(&saved, name), 0) - expected) < 1e-6);
        cJSON_Delete(object);
    }
    safetensors_file_close(&saved);
    free(text);
}

static void a_dump_has_shapes_batch_and_settings(void **state)
{
    struct safetensors_file saved;
    (void)state;
    assert_true(read_dump(&saved, "--steps 1 --seed 7 --right-norm rmsnorm"));
    for (int i = 0; i < setting_count; i++)
        if (!safetensors_value(&saved, setting_table[i].name))
            fail_msg("the dump does not say %s", setting_table[i].name);
    assert_string_equal(safetensors_value(&saved, "seed"), "7");
    assert_string_equal(safetensors_value(&saved, "layers"), "2");
    assert_string_equal(safetensors_value(&saved, "step"), "1");
    assert_string_equal(safetensors_value(&saved, "left"), "pre");
    assert_string_equal(safetensors_value(&saved, "norm"), "layernorm/rmsnorm");
    const struct safetensors_tensor *up =
        safetensors_find(&saved, "left.param.blocks.1.ffn.up.weight");
    assert_non_null(up);
    assert_int_equal(up->dims, 2);
    assert_int_equal(up->shape[0], 32);
    assert_int_equal(up->shape[1], 16);
    assert_int_equal(safetensors_find(&saved, "right.grad.blocks.0.ln1.weight")->dims, 1);
    const struct safetensors_tensor *tokens = safetensors_find(&saved, "tokens");
    assert_int_equal(tokens->type, SAFETENSORS_I32);
    assert_int_equal(tokens->shape[0], 2);
    assert_int_equal(tokens->shape[1], 8);
    double vocab = (double)safetensors_find(&saved, "left.param.wte.weight")->shape[0];
    for (size_t i = 0; i < tokens->count; i++) {
        double target = safetensors_number(safetensors_find(&saved, "targets"), i);
        assert_true(safetensors_number(tokens, i) >= 0 && safetensors_number(tokens, i) < vocab);
        assert_true(target >= -1 && target < vocab);
    }
    safetensors_file_close(&saved);
}

/* The weights are those before the update: the first step's do not depend on the rate, and both
 * stacks begin with the same. */
static void a_dump_has_the_weights_before_the_step(void **state)
{
    struct safetensors_file slow, fast;
    (void)state;
    assert_true(read_dump(&slow, "--steps 1 --lr 1e-6"));
    assert_true(read_dump(&fast, "--steps 1 --lr 1"));
    for (int i = 0; i < slow.tensors; i++) {
        const struct safetensors_tensor *a = &slow.tensor[i];
        char twin[96];
        if (strncmp(a->name, "left.param.", 11) != 0)
            continue;
        const struct safetensors_tensor *b = safetensors_find(&fast, a->name);
        snprintf(twin, sizeof twin, "right%s", a->name + 4);
        const struct safetensors_tensor *right = safetensors_find(&slow, twin);
        for (size_t n = 0; n < a->count; n++) {
            assert_true(safetensors_number(a, n) == safetensors_number(b, n));
            if (right)
                assert_true(safetensors_number(a, n) == safetensors_number(right, n));
        }
    }
    safetensors_file_close(&slow);
    safetensors_file_close(&fast);
}

static void divergence_is_shown_not_hidden(void **state)
{
    char *csv = run_to(0, "run --optimizer sgd --lr 100 --left none --steps 40" SMALL);
    char *json =
        run_to(0, "run --optimizer sgd --lr 100 --left none --steps 40 --format jsonl" SMALL);
    char command[512];
    (void)state;
    assert_int_equal(count(csv, '\n'), 81);
    assert_int_equal(count(csv, ','), 81 * 12);
    assert_non_null(strstr(csv, ",false,"));
    assert_null(strstr(csv, "nan"));
    assert_null(strstr(csv, "inf"));
    const char *last = json;
    for (int row = 0; row < 78; row++)
        last = strchr(last, '\n') + 1;
    cJSON *object = cJSON_ParseWithOpts(last, NULL, false);
    assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(object, "step")), 40);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(object, "loss")));
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(object, "finite")));
    cJSON_Delete(object);
    snprintf(command, sizeof command,
             "run --optimizer sgd --lr 100 --left none --steps 40" SMALL
             " --dump-step 40 --dump %s",
             folder_file("late"));
    fails(1, command, "the left stack diverged at step ");
    assert_int_equal(files_in_folder(), 0);
    free(csv);
    free(json);
}

/* The valid_loss of both stacks in the rows of CSV, up to `most`; 0: an empty one. */
static int held_out_of(const char *csv, double *out, int most)
{
    int rows = 0;
    for (const char *line = strchr(csv, '\n'); line && line[1] && rows < most; rows++) {
        const char *end = strchr(line + 1, '\n'), *comma = end;
        while (*comma != ',')
            comma--;
        out[rows] = comma + 1 < end ? atof(comma + 1) : 0;
        line = end;
    }
    return rows;
}

/* Steps 1, 51 and 101 are validated, and the last one. */
static void thinned_rows_keep_held_out_losses(void **state)
{
    char command[512];
    double all[240], some[16];
    FILE *out = fopen(folder_file("lines"), "w");
    (void)state;
    assert_non_null(out);
    for (int i = 0; i < 200; i++)
        fprintf(out, "line %d of a text that is long enough\r\n", i);
    assert_int_equal(fclose(out), 0);
    snprintf(command, sizeof command, "run --steps 110" SMALL " --text %s", folder_file("lines"));
    char *csv = run_to(0, command);
    assert_int_equal(held_out_of(csv, all, 240), 220);
    free(csv);
    for (int i = 0; i < 220; i++)
        assert_int_equal(all[i] > 0, i / 2 % 50 == 0 || i / 2 == 109);
    snprintf(command, sizeof command, "run --steps 110 --every 20" SMALL " --text %s",
             folder_file("lines"));
    csv = run_to(0, command);
    assert_int_equal(held_out_of(csv, some, 16), 12); /* steps 20, 40, 60, 80, 100, 110 */
    free(csv);
    for (int side = 0; side < 2; side++) {
        assert_true(some[side] == all[side]);
        assert_true(some[2 + side] == 0 && some[6 + side] == 0 && some[8 + side] == 0);
        assert_true(some[4 + side] == all[100 + side]);
        assert_true(some[10 + side] == all[218 + side]);
    }
}

static void a_text_that_is_none_gets_a_warning(void **state)
{
    char command[512];
    (void)state;
    FILE *out = fopen(folder_file("packed"), "w");
    assert_non_null(out);
    for (int i = 0; i < 500; i++)
        fprintf(out, "%c\x8B%d", 0x1F, i);
    assert_int_equal(fclose(out), 0);
    snprintf(command, sizeof command, "run --steps 1" SMALL " --text %s", folder_file("packed"));
    struct process process = start(command, folder_file(".output"));
    assert_int_equal(process_finish(&process), 0);
    char *errors = errors_of();
    assert_non_null(strstr(errors, "lnscope: warning: "));
    assert_non_null(strstr(errors, "packed is compressed (gzip): unpack it"));
    assert_ptr_equal(strchr(errors, '\n'), errors + strlen(errors) - 1);
    free(errors);
}

static void a_text_is_learned_and_validated(void **state)
{
    char command[512];
    FILE *out = fopen(folder_file("text"), "w");
    (void)state;
    assert_non_null(out);
    for (int i = 0; i < 200; i++)
        fprintf(out, "line %d of a text that is long enough\n", i);
    assert_int_equal(fclose(out), 0);
    snprintf(command, sizeof command, "run --steps 2" SMALL " --text %s", folder_file("text"));
    char *csv = run_to(0, command);
    assert_non_null(strstr(csv, ",stream_grad_2,valid_loss\n"));
    assert_int_equal(count(csv, ','), 5 * 13);
    snprintf(command, sizeof command, "run --steps 2" SMALL " --format jsonl --text %s",
             folder_file("text"));
    char *json = run_to(0, command);
    assert_non_null(strstr(json, ",\"finite\":true,\"valid_loss\":"));
    free(csv);
    free(json);
    snprintf(command, sizeof command, "run" SMALL " --print-memory --text %s", folder_file("text"));
    char *memory = run_to(0, command);
    assert_non_null(strstr(memory, " 7690 bytes  the text\n"));
    free(memory);
    text_to_file(folder_file("empty"), "");
    snprintf(command, sizeof command, "run --steps 2" SMALL " --text %s", folder_file("empty"));
    fails(1, command, "empty");
    snprintf(command, sizeof command, "run --steps 2" SMALL " --text %s", folder_file("absent"));
    fails(1, command, "cannot read");
    snprintf(command, sizeof command, "run --steps 2" SMALL " --text %s", folder_path);
    fails(1, command, "is a directory");
}

/* The bytes that are promised, and those that are resident once it runs; not under a sanitizer. */
static void memory_is_as_printed(void **state)
{
    (void)state;
#ifdef LNSCOPE_SANITIZED
    skip();
#elif !defined(__linux__)
    skip();
#else
    static const char *const sizes[] = {"--layers 12", "--layers 48 --batch 8"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char command[256], line[256];
        double resident = 0;
        snprintf(command, sizeof command, "run %s --print-memory", sizes[i]);
        char *text = run_to(0, command);
        double printed = strtod(text, NULL);
        assert_non_null(strstr(text, " bytes ("));
        free(text);
        snprintf(command, sizeof command, "run %s", sizes[i]);
        struct process process = start(command, NULL);
        free(process_read(&process, 7)); /* three steps */
        snprintf(command, sizeof command, "/proc/%d/status", (int)process.id);
        FILE *status = fopen(command, "r");
        assert_non_null(status);
        while (fgets(line, sizeof line, status))
            if (strncmp(line, "VmRSS:", 6) == 0)
                resident = strtod(line + 6, NULL) * 1024;
        fclose(status);
        process_finish(&process); /* closes the pipe, which ends it */
        if (fabs(printed / resident - 1) > 0.1)
            fail_msg("%s: %.1f MB printed, %.1f MB resident", sizes[i], printed / 1e6,
                     resident / 1e6);
    }
#endif
}

/* Muon's matrices are worked on by all threads at once, those of both stacks; on one thread in
 * turns. Of D x F = 16 x 32 it takes 2 * 16 * (16 + 32) numbers, of 16 x 16 as many as 2 * 16 * 32.
 */
static void memory_has_what_muon_works_in(void **state)
{
    static const struct {
        const char *threads, *line;
    } shares[] = {
        {"1", "\n          6144 bytes  what their updates work in\n"},
        {"2", "\n         12288 bytes  what their updates work in\n"},
        {"10", "\n         57344 bytes  what their updates work in\n"},
    };
    char *adam = run_to(0, "run" SMALL " --print-memory --threads 1");
    (void)state;
    assert_null(strstr(adam, "updates work in"));
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        char command[256];
        snprintf(command, sizeof command,
                 "run" SMALL " --print-memory --optimizer muon --threads %s", shares[i].threads);
        char *muon = run_to(0, command), *line = strstr(muon, shares[i].line);
        if (!line)
            fail_msg("no %s in %s", shares[i].line, muon);
        assert_true(strtod(muon, NULL) == strtod(adam, NULL) + strtod(line, NULL));
        free(muon);
    }
    free(adam);
}

static void an_interrupt_leaves_whole_rows(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        /* As under nohup, or in the background of a script: that is not handed on. */
        void (*before)(int) = signal(numbers[i], SIG_IGN);
        struct process process = start("run" SMALL, NULL);
        signal(numbers[i], before);
        char *first = process_read(&process, 5);
        assert_int_equal(kill(process.id, numbers[i]), 0);
        char *rest = process_read(&process, -1);
        int status = process_finish(&process);
        char *errors = errors_of();
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == numbers[i]);
        assert_string_equal(errors, "");
        int rows = count(first, '\n') + count(rest, '\n');
        assert_int_equal(rows % 2, 1); /* the header, and both stacks of every step */
        assert_int_equal(count(first, ',') + count(rest, ','), rows * 12);
        const char *end = *rest ? rest : first;
        assert_int_equal(end[strlen(end) - 1], '\n');
        free(first);
        free(rest);
        free(errors);
    }
}

static int is_there(void *path)
{
    return access(path, F_OK) == 0;
}

static void an_interrupt_finishes_the_file(void **state)
{
    char command[512], step[128];
    (void)state;
    snprintf(step, sizeof step, "%s", folder_file("step"));
    snprintf(command, sizeof command, "run" SMALL " -o %s --dump %s --dump-step 3",
             folder_file("rows.csv"), step);
    struct process process = start(command, folder_file(".output"));
    assert_true(process_wait_until(is_there, step)); /* step 3 is done */
    assert_int_equal(kill(process.id, SIGTERM), 0);
    int status = process_finish(&process);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    char *rows = text_of_file(folder_file("rows.csv"));
    assert_true(count(rows, '\n') >= 5);
    assert_int_equal(count(rows, ','), count(rows, '\n') * 12);
    assert_int_equal(rows[strlen(rows) - 1], '\n');
    assert_int_equal(files_in_folder(), 2);
    free(rows);
}

static void an_interrupt_before_the_dump_leaves_none(void **state)
{
    char command[512];
    (void)state;
    snprintf(command, sizeof command, "run" SMALL " --dump %s --dump-step 999999999",
             folder_file("step"));
    struct process process = start(command, NULL);
    free(process_read(&process, 3));
    assert_int_equal(kill(process.id, SIGTERM), 0);
    free(process_read(&process, -1));
    int status = process_finish(&process);
    char *errors = errors_of();
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_non_null(strstr(errors, "nothing was dumped"));
    assert_int_equal(files_in_folder(), 0);
    free(errors);
}

/* Has the process a handler for SIGTERM, so that it waits or trains? */
static int is_watching(void *data)
{
    const struct process *process = data;
    char path[64], line[256];
    unsigned long long caught = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process->id);
    FILE *status = fopen(path, "r");
    if (!status)
        return 1; /* nobody tells */
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "SigCgt:", 7) == 0)
            caught = strtoull(line + 7, NULL, 16);
    fclose(status);
    return (caught >> (SIGTERM - 1) & 1) != 0;
}

/* What waits for the reader of a pipe ends with the first signal. */
static void a_wait_can_be_interrupted(void **state)
{
    char command[512];
    (void)state;
    assert_int_equal(mkfifo(folder_file("pipe"), 0600), 0);
    snprintf(command, sizeof command, "run" SMALL " -o %s", folder_file("pipe"));
    struct process process = start(command, NULL);
    assert_true(process_wait_until(is_watching, &process));
    assert_int_equal(kill(process.id, SIGTERM), 0);
    int status = process_finish(&process);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_int_equal(files_in_folder(), 1);
}

/* A reader that comes later gets all rows. */
static void a_pipe_is_waited_for(void **state)
{
    char command[512], pipe[128];
    (void)state;
    snprintf(pipe, sizeof pipe, "%s", folder_file("pipe"));
    assert_int_equal(mkfifo(pipe, 0600), 0);
    snprintf(command, sizeof command, "run" SMALL " --steps 2 -o %s", pipe);
    struct process process = start(command, NULL);
    assert_true(process_wait_until(is_watching, &process));
    struct process reader = process_start(
        &(struct process_start){.arguments = (const char *const[]){"/bin/cat", pipe, NULL}});
    char *rows = process_read(&reader, -1);
    assert_int_equal(count(rows, '\n'), 5);
    assert_int_equal(process_finish(&reader), 0);
    assert_int_equal(process_finish(&process), 0);
    free(rows);
}

/* Nothing but regular files is read, and nothing is waited for. */
static void what_is_no_file_is_not_read(void **state)
{
    static const char *const options[] = {"run" SMALL " --text", "run --load", "block --input",
                                          "run" SMALL " --steps 1 --text"};
    char command[512];
    (void)state;
    assert_int_equal(mkfifo(folder_file("pipe"), 0600), 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const int status = strncmp(options[i], "block", 5) == 0 ? 2 : 1;
        snprintf(command, sizeof command, "%s %s", options[i], folder_file("pipe"));
        fails(status, command, " is a device or a pipe: name a file");
        snprintf(command, sizeof command, "%s /dev/zero", options[i]);
        fails(status, command, "/dev/zero is a device or a pipe: name a file");
    }
}

/* The only file in the folder, but for those with a point in front. */
static void only_file(char *name, size_t size)
{
    DIR *here = opendir(folder_path);
    assert_non_null(here);
    assert_int_equal(files_in_folder(), 1);
    for (struct dirent *entry; (entry = readdir(here));)
        if (entry->d_name[0] != '.')
            snprintf(name, size, "%s", entry->d_name);
    closedir(here);
}

/* There is at least one row, and all of them are whole. */
static void rows_are_whole(const char *text)
{
    const char *end = text + strlen(text);
    assert_true(end > text && end[-1] == '\n');
    assert_int_equal(count(text, ','), count(text, '\n') * 12);
}

/* A limit of the size of files (a full disk is the same to the program): the rows that fit are kept
 * and named. */
static void rows_that_fit_are_kept(void **state)
{
    char command[512], name[300];
    (void)state;
    snprintf(command, sizeof command, "run" SMALL " -o %s", folder_file("rows.csv"));
    struct process process =
        process_start_command(&(struct process_start){.output = folder_file(".output"),
                                                      .errors = folder_file(".errors"),
                                                      .limit = {RLIMIT_FSIZE, 20000}},
                              program, command);
    int status = process_finish(&process);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    only_file(name, sizeof name);
    char *errors = errors_of(), *rows = text_of_file(folder_file(name)), expected[512];
    snprintf(expected, sizeof expected,
             "lnscope: could not finish %s (File too large): its lines so far are kept in %s\n",
             folder_file("rows.csv"), folder_file(name));
    assert_string_equal(errors, expected);
    rows_are_whole(rows);
    assert_true(strlen(rows) > 19000);
    free(errors);
    free(rows);
}

/* A name that was taken while it ran: the rows are all there, under the next one. */
static void finished_rows_are_never_thrown_away(void **state)
{
    char command[512], reason[512];
    (void)state;
    snprintf(command, sizeof command, "run" SMALL " -o %s", folder_file("rows.csv"));
    struct process process = start(command, folder_file(".output"));
    assert_true(process_wait_until(is_watching, &process));
    text_to_file(folder_file("rows.csv"), "another run's");
    assert_int_equal(kill(process.id, SIGINT), 0);
    process_finish(&process);
    char *errors = errors_of(), *rows = text_of_file(folder_file("rows-002.csv"));
    snprintf(reason, sizeof reason, "lnscope: %s was taken meanwhile: all of it is in %s\n",
             folder_file("rows.csv"), folder_file("rows-002.csv"));
    assert_string_equal(errors, reason);
    rows_are_whole(rows);
    assert_int_equal(files_in_folder(), 2);
    free(errors);
    free(rows);
}

static int has_files(void *data)
{
    (void)data;
    return files_in_folder() > 0;
}

/* What a run that was killed has left is told by the next one in that folder, once. */
static void what_was_left_behind_is_told(void **state)
{
    char name[300], expected[512];
    const struct process_start here = {
        .folder = folder_path, .output = folder_file(".output"), .errors = folder_file(".errors")};
    (void)state;
    struct process process = process_start_command(&here, program, "run" SMALL " -o rows.csv");
    assert_true(process_wait_until(is_watching, &process));
    assert_true(process_wait_until(has_files, NULL));
    kill(process.id, SIGKILL);
    process_finish(&process);
    only_file(name, sizeof name);
    snprintf(expected, sizeof expected,
             "lnscope: %s was left by a lnscope that was killed: rename what is to be kept, remove "
             "the rest\n",
             name);
    for (int starts = 0; starts < 2; starts++) {
        process = process_start_command(&here, program, "run" SMALL " --steps 1");
        assert_int_equal(process_finish(&process), 0);
        char *errors = errors_of();
        assert_string_equal(errors, starts == 0 ? expected : "");
        free(errors);
    }
}

/* Each of the table that asks for the end leaves whole rows, and is then what ended the run. */
static void every_signal_leaves_whole_rows(void **state)
{
    char command[512];
    (void)state;
    snprintf(command, sizeof command, "run" SMALL " --force -o %s", folder_file("rows.csv"));
    for (int number = 1; number < SIGNALS; number++) {
        if (signals_kind(number) != SIGNAL_ENDS ||
            (number > SIGRTMIN && number < SIGRTMAX)) /* they are all alike */
            continue;
        struct process process = start(command, folder_file(".output"));
        assert_true(process_wait_until(is_watching, &process));
        assert_int_equal(kill(process.id, number), 0);
        int status = process_finish(&process);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != number)
            fail_msg("signal %d: status %#x", number, (unsigned)status);
        char *rows = text_of_file(folder_file("rows.csv"));
        rows_are_whole(rows);
        assert_int_equal(files_in_folder(), 1);
        free(rows);
    }
}

/* As nohup leaves SIGHUP, and a script's background SIGINT: what is ignored stays so. */
static void ignored_signals_stay_ignored(void **state)
{
    static const int numbers[] = {SIGINT, SIGHUP, SIGTERM};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct process process = start_ignoring("run" SMALL, NULL, numbers[i]);
        free(process_read(&process, 3));
        assert_int_equal(kill(process.id, numbers[i]), 0);
        free(process_read(&process, 100)); /* it goes on */
        assert_int_equal(kill(process.id, SIGUSR1), 0);
        free(process_read(&process, -1));
        int status = process_finish(&process);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
    }
}

/* With few addresses it runs, or says what it lacks; it never hangs. An OpenBLAS that takes a
 * buffer at its start, as the first case shows, leaves less than others do, and that is told. */
static void a_small_address_space_is_enough_or_told(void **state)
{
    static const char no_memory[] = "lnscope: no memory for ";
    static const char no_blas[] = "lnscope: no memory for the matrix products of BLAS";
    static const struct {
        rlim_t kilobytes;
        const char *command;
        int status;
        const char *words;
    } cases[] = {
        {100000, "--version", 0, "lnscope "},
        {100000, "run --steps 2" SMALL, 0, "\n2,right,post,"},
        {100000, "block", 1, no_blas},
        {150000, "block", 1, no_blas},
        {300000, "block", 0, "Pre-LN"},
        {400000, "block", 0, "Pre-LN"},
        {100000, "run --steps 2 --layers 48 --width 256 --ffn 1024", 1, "lnscope: no memory for"},
        {200000, "run --steps 2", 0, "\n2,right,post,"},
        {400000, "run --steps 2", 0, "\n2,right,post,"},
    };
    bool takes_more = false;
    (void)state;
    if (SANITIZED) /* which takes much more */
        skip();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct process process = process_start_command(
            &(struct process_start){.limit = {RLIMIT_AS, cases[i].kilobytes * 1024}}, program,
            cases[i].command);
        char *output = process_read(&process, -1);
        int status = process_finish(&process);
        const int ended = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        takes_more = takes_more || (i == 0 && strncmp(output, no_blas, sizeof no_blas - 1) == 0);
        const bool told = takes_more && cases[i].kilobytes < 400000 && ended == 1 &&
                          strncmp(output, no_memory, sizeof no_memory - 1) == 0;
        if (!told && (ended != cases[i].status || !strstr(output, cases[i].words)))
            fail_msg("lnscope %s: status %#x, %s", cases[i].command, (unsigned)status, output);
        free(output);
    }
}

static void a_closed_pipe_ends_the_run_quietly(void **state)
{
    struct process process = start("run" SMALL, NULL);
    (void)state;
    free(process_read(&process, 3));
    int status = process_finish(&process); /* closes the pipe */
    char *errors = errors_of();
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(errors, "");
    free(errors);
}

static void lists_can_be_read_by_machines(void **state)
{
    static const char *const lists[] = {"placements", "norms",       "tasks",      "presets",
                                        "keys",       "settings",    "optimizers", "schedules",
                                        "inits",      "activations", "positions",  "themes",
                                        "claims",     "views",       "options",    "events"};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char command[64];
        snprintf(command, sizeof command, "list %s", lists[i]);
        char *text = run_to(0, command);
        snprintf(command, sizeof command, "list %s --format jsonl", lists[i]);
        char *json = run_to(0, command);
        assert_true(count(json, '\n') >= 2);
        assert_true(count(json, '\n') < count(text, '\n')); /* headings */
        for (char *line = json; *line; line = strchr(line, '\n') + 1) {
            const char *end;
            cJSON *object = cJSON_ParseWithOpts(line, &end, false);
            assert_non_null(object);
            assert_int_equal(*end, '\n');
            char first[256]; /* each name begins a line of the text */
            snprintf(first, sizeof first, "\n%s", cJSON_GetStringValue(object->child));
            assert_true(strstr(text, first) || strstr(text, first + 1) == text);
            for (cJSON *field = object->child; field; field = field->next)
                if (cJSON_IsNull(field) && strcmp(lists[i], "tasks") != 0 &&
                    strcmp(lists[i], "events") != 0 &&      /* some have no threshold */
                    strcmp(field->string, "recorded") != 0) /* claims that were not measured yet */
                    fail_msg("list %s: no %s in %s", lists[i], field->string, line);
            cJSON_Delete(object);
        }
        free(text);
        free(json);
    }
}

/* NAN for null. */
static double number_in(cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(object, key);
    assert_non_null(item);
    return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* The numbers are those that others have measured (the bound of the grammar with an error of 0.002)
 * or that follow from the frequencies of its letters. */
static void tasks_tell_what_is_possible(void **state)
{
    char *json = run_to(0, "list tasks --format jsonl");
    (void)state;
    for (char *line = json; *line; line = strchr(line, '\n') + 1) {
        cJSON *task = cJSON_ParseWithOpts(line, NULL, false);
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(task, "name"));
        cJSON *vocab = cJSON_GetObjectItem(task, "vocab");
        cJSON *unigram = cJSON_GetObjectItem(task, "unigram_entropy");
        cJSON *rate = cJSON_GetObjectItem(task, "entropy_rate");
        const double bound = number_in(task, "bound"), current = number_in(task, "current_token");
        assert_non_null(name);
        if (strcmp(name, "grammar") == 0) {
            assert_true(fabs(bound - 0.319) < 0.006 && fabs(current - 2.4186) < 5e-5);
            assert_true(number_in(task, "bound_error") <= 0.001);
        }
        if (strcmp(name, "masked") == 0)
            assert_true(isnan(bound) && fabs(current - 2.853) < 5e-4);
        if (strcmp(name, "text") == 0) {
            assert_true(cJSON_IsNull(vocab) && cJSON_IsNull(unigram) && cJSON_IsNull(rate));
        } else {
            assert_true(cJSON_IsNumber(vocab) && cJSON_IsNumber(unigram));
            assert_true(cJSON_IsNumber(rate) || strcmp(name, "masked") == 0 ||
                        strcmp(name, "shapes") == 0);
            assert_true(cJSON_IsNull(rate) || rate->valuedouble < unigram->valuedouble);
            assert_true(unigram->valuedouble <= log(vocab->valuedouble) + 1e-6);
        }
        cJSON_Delete(task);
    }
    free(json);
}

static void ascii_may_stand_alone(void **state)
{
    (void)state;
    free(run_to(0, "run --ascii --steps 1" SMALL));
    free(run_to(0, "run --no-ascii --steps 1" SMALL));
    free(run_to(0, "run --ascii=auto --steps 1" SMALL));
    free(run_to(0, "run --ascii off --steps 1" SMALL));
    fails(2, "run --ascii=maybe", "ascii 'maybe': one of auto, on, off");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_tells_version_and_help),
        TEST(the_kernels_can_be_chosen),
        TEST(wrong_usage_of_run_is_told),
        TEST(csv_has_a_row_per_step_and_stack),
        TEST(stacks_have_their_own_settings),
        TEST(every_choice_runs),
        TEST(the_deepest_stacks_run),
        TEST(memory_is_as_printed),
        TEST(memory_has_what_muon_works_in),
        TEST(jsonl_has_the_documented_keys),
        TEST(rows_are_thinned),
        TEST(the_same_settings_give_the_same_bits),
        TEST(a_file_is_whole_and_not_overwritten),
        TEST(rows_on_a_full_disk_are_told),
        TEST(a_dump_agrees_with_its_row),
        TEST(a_dump_has_shapes_batch_and_settings),
        TEST(a_dump_has_the_weights_before_the_step),
        TEST(divergence_is_shown_not_hidden),
        TEST(a_text_is_learned_and_validated),
        TEST(thinned_rows_keep_held_out_losses),
        TEST(a_text_that_is_none_gets_a_warning),
        TEST(an_interrupt_leaves_whole_rows),
        TEST(an_interrupt_finishes_the_file),
        TEST(an_interrupt_before_the_dump_leaves_none),
        TEST(a_wait_can_be_interrupted),
        TEST(a_pipe_is_waited_for),
        TEST(what_is_no_file_is_not_read),
        TEST(rows_that_fit_are_kept),
        TEST(finished_rows_are_never_thrown_away),
        TEST(what_was_left_behind_is_told),
        TEST(every_signal_leaves_whole_rows),
        TEST(ignored_signals_stay_ignored),
        TEST(a_small_address_space_is_enough_or_told),
        TEST(a_closed_pipe_ends_the_run_quietly),
        TEST(lists_can_be_read_by_machines),
        TEST(tasks_tell_what_is_possible),
        TEST(ascii_may_stand_alone),
    };
    const char *path = getenv("LNSCOPE");
    if (!realpath(path && *path ? path : "build/lnscope", program)) {
        perror(path ? path : "build/lnscope");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
