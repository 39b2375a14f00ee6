/* See claim_lab.h. */
#include "claims/claim_lab.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double smoothing = 0.95;

bool lab_ended(const struct claim_lab *lab)
{
    const struct claims_request *request = lab->request;
    return lab->error.text[0] ||
           (request && request->stopped && request->stopped(request->argument));
}

void lab_note(struct claim_lab *lab, double value)
{
    if (lab->values >= claim_quantities(lab->row))
        die("claim %s measures more than its row names", lab->row->id);
    lab->value[lab->values++] = value;
}

void lab_set(struct settings *settings, const char *name, const char *value)
{
    struct error error;
    if (!setting_set(settings, name, value, &error))
        die("the setting of a claim is not valid: %s", error.text);
}

struct settings lab_parse(const char *text)
{
    struct settings settings = settings_default();
    char *copy = memory_copy_string(text), *rest;
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        const char *value = strtok_r(NULL, " ", &rest);
        if (strncmp(name, "--", 2) != 0 || !value)
            die("the setting of a claim is not valid: '%s' instead of --name value", name);
        lab_set(&settings, name + 2, value);
    }
    free(copy);
    return settings;
}

struct settings lab_settings(const struct claim_lab *lab)
{
    struct settings settings = lab_parse(lab->row->setting);
    settings.seed = lab->seed;
    return settings;
}

bool lab_open(struct lab_stack *stack, struct claim_lab *lab, const struct settings *settings,
              enum side side)
{
    *stack = (struct lab_stack){.lab = lab};
    if (lab_ended(lab))
        return false;
    stack->task = task_open(settings->task, settings->text, settings->context, &lab->error);
    if (!stack->task)
        return false;
    if (run_open(&stack->run, settings, side, stack->task, &lab->error))
        return true;
    task_close(stack->task);
    stack->task = NULL;
    return false;
}

void lab_close(struct lab_stack *stack)
{
    if (stack->task)
        run_close(&stack->run);
    task_close(stack->task);
    stack->task = NULL;
}

void lab_smooth(struct lab_stack *stack, double loss)
{
    stack->smooth = smoothing * stack->smooth + (1 - smoothing) * loss;
    stack->weight = smoothing * stack->weight + (1 - smoothing);
}

void lab_train(struct lab_stack *stack, int64_t step)
{
    while (stack->task && stack->run.step < step && !lab_ended(stack->lab)) {
        run_step(&stack->run, &stack->snapshot);
        lab_smooth(stack, stack->snapshot.loss);
    }
}

double lab_loss(const struct lab_stack *stack)
{
    if (!stack->task)
        return NAN;
    return stack->smooth / stack->weight / task_info(stack->task).unigram_entropy;
}

double lab_train_fresh(struct claim_lab *lab, const struct settings *settings, enum side side)
{
    struct lab_stack stack;
    double loss = NAN;
    if (lab_open(&stack, lab, settings, side)) {
        lab_train(&stack, settings->steps);
        loss = lab_loss(&stack);
    }
    lab_close(&stack);
    return loss;
}

void lab_batch(struct lab_stack *stack, int64_t index)
{
    struct model *model = &stack->run.model;
    task_batch(stack->task, stack->run.settings.seed, index, model->config.batch,
               model->config.context, model->batch.tokens, model->batch.targets);
}
