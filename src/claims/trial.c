/* See trial.h. */
#include "claims/trial.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool trial_ended(const struct trial *trial)
{
    return trial->error.text[0] || (trial->stopped && trial->stopped(trial->argument));
}

void trial_note(struct trial *trial, double value)
{
    if (trial->values >= claim_quantities(trial->row))
        die("claim %s measures more than its row names", trial->row->id);
    trial->value[trial->values++] = value;
}

void trial_set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        die("the setting of a claim is not valid: %s", error.text);
}

struct settings trial_parse(const char *text)
{
    struct settings settings = settings_default();
    char *copy = memory_copy_string(text), *rest;
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        const char *value = strtok_r(NULL, " ", &rest);
        if (strncmp(name, "--", 2) != 0 || !value)
            die("the setting of a claim is not valid: '%s' instead of --name value", name);
        trial_set(&settings, name + 2, value);
    }
    free(copy);
    return settings;
}

struct settings trial_settings(const struct trial *trial)
{
    struct settings settings = trial_parse(trial->row->setting);
    settings.seed = trial->seed;
    return settings;
}

bool trial_open(struct trial_stack *stack, struct trial *trial, const struct settings *settings,
                enum side side)
{
    *stack = (struct trial_stack){.trial = trial};
    if (trial_ended(trial))
        return false;
    const struct task_setup setup = settings_task(settings);
    stack->task = task_open(&setup, &trial->error);
    if (!stack->task)
        return false;
    trial_forget(stack);
    if (run_open(&stack->run, settings, side, stack->task, &trial->error))
        return true;
    task_close(stack->task);
    stack->task = NULL;
    return false;
}

void trial_close(struct trial_stack *stack)
{
    if (stack->task)
        run_close(&stack->run);
    task_close(stack->task);
    stack->task = NULL;
}

void trial_forget(struct trial_stack *stack)
{
    const struct task_info task = task_info(stack->task);
    stack->verdict = verdict_open(task.unigram_entropy, task.current_token);
}

void trial_train(struct trial_stack *stack, int64_t step)
{
    while (stack->task && stack->run.step < step && !trial_ended(stack->trial)) {
        const struct snapshot *now = stack->run.snapshot;
        run_step(&stack->run);
        verdict_feed(&stack->verdict, now->step, snapshot_scalar(now, QUANTITY_LOSS), now->finite);
    }
}

double trial_loss(const struct trial_stack *stack)
{
    if (!stack->task || stack->verdict.fault_step > 0)
        return NAN;
    return verdict_part(&stack->verdict);
}

double trial_held_out(struct trial_stack *stack)
{
    double sum = 0;
    if (!stack->task || stack->verdict.fault_step > 0)
        return NAN;
    for (int i = 0; i < TRIAL_HELD_OUT && !trial_ended(stack->trial); i++) {
        trial_batch(stack, TRIAL_PROBE + i);
        sum += model_loss(&stack->run.model, NULL);
    }
    return sum / TRIAL_HELD_OUT / stack->verdict.unit;
}

double trial_train_fresh(struct trial *trial, const struct settings *settings, enum side side)
{
    struct trial_stack stack;
    double loss = NAN;
    if (trial_open(&stack, trial, settings, side)) {
        trial_train(&stack, settings->steps);
        loss = trial_loss(&stack);
    }
    trial_close(&stack);
    return loss;
}

void trial_batch(struct trial_stack *stack, int64_t index)
{
    struct model *model = &stack->run.model;
    task_batch(stack->task, stack->run.settings.seed, index, model->config.batch,
               model->config.context, model->batch.tokens, model->batch.targets);
}
