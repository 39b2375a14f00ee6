/* See small_run.h. */
#include "support/small_run.h"

#include "support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int small_run_write_text(void **state)
{
    if (folder_make(state) != 0)
        return -1;
    FILE *out = fopen(folder_file("text"), "w");
    for (int i = 0; out && i < 3000; i++)
        fputc("abcdefg hij\n"[i * i % 12], out);
    return out ? fclose(out) : -1;
}

int small_run_remove_text(void **state)
{
    return folder_leave(state);
}

void small_run_set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        fail_msg("%s", error.text);
}

struct settings small_run_settings(const char *speed)
{
    const char *const values[][2] = {{"layers", "2"},  {"width", "16"},  {"heads", "2"},
                                     {"ffn", "24"},    {"context", "8"}, {"batch", "3"},
                                     {"task", "copy"}, {"threads", "1"}, {"speed", speed}};
    struct settings settings = settings_default();
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        small_run_set(&settings, values[i][0], values[i][1]);
    return settings;
}

void small_run_open(struct small_run *small, const char *const (*values)[2], int count)
{
    struct settings settings = small_run_settings("15");
    struct error error;
    small_run_set(&settings, "batch", "2");
    small_run_set(&settings, "task", "text");
    for (int i = 0; i < count; i++)
        small_run_set(&settings, values[i][0], values[i][1]);
    snprintf(settings.text, sizeof settings.text, "%s", folder_file("text"));
    const struct task_setup setup = settings_task(&settings);
    small->task = task_open(&setup, &error);
    assert_non_null(small->task);
    assert_true(run_open(&small->run, &settings, LEFT, small->task, &error));
}

void small_run_close(struct small_run *small)
{
    run_close(&small->run);
    task_close(small->task);
}

real *small_run_weights(const struct run *run)
{
    const size_t bytes = run->model.parameters.count * sizeof(real);
    real *copy = malloc(bytes);
    assert_non_null(copy);
    return memcpy(copy, run->model.parameters.weight, bytes);
}
