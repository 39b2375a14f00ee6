/* See command_memory.h. Nothing is measured: what the models take is counted by the code that
 * allocates it, and the rest hardly depends on the settings. */
#include "cli/command_memory.h"

#include "cli/exit_status.h"
#include "train/pair.h"
#include "train/settings_check.h"
#include "train/states.h"
#include "train/trainer.h"

/* Resident with the smallest of models: code, libraries, tables; and what the screen adds, without
 * the trainer's updates. */
static const size_t program_bytes = 6100000, screen_bytes = 1700000;

static void print_part(size_t bytes, const char *what)
{
    printf("%14zu bytes  %s\n", bytes, what);
}

int command_memory(const struct options *options, struct error *error)
{
    const struct settings *settings = &options->settings;
    const bool screen = options->command == COMMAND_SCREEN;
    if (!settings_check(settings, error))
        return EXIT_USAGE;
    const struct task_setup setup = settings_task(settings);
    struct task *task = task_open(&setup, error);
    if (!task)
        return EXIT_FAILED;
    const int vocab = task_info(task).vocab;
    const size_t models = pair_bytes(settings, vocab), text = task_bytes(task);
    const size_t scratch = pair_scratch_bytes(settings, vocab);
    const size_t state = screen ? pair_state_bytes_for(settings, vocab) : 0;
    const size_t rest =
        program_bytes + (screen ? screen_bytes + trainer_bytes(settings, vocab) : 0);
    task_close(task);
    const size_t sum = models + scratch + state + text + rest;
    printf("%zu bytes (%.1f MB)\n", sum, (double)sum / 1e6);
    print_part(models, "both stacks: weights, their moments and gradients, activations");
    if (scratch > 0)
        print_part(scratch, "what their updates work in");
    if (screen)
        print_part(state, "the saved state of the start");
    if (text > 0)
        print_part(text, "the text");
    print_part(rest, "the program");
    const size_t each = settings_history_bytes(settings);
    if (screen)
        printf("A long session takes more: its history up to %.0f MB, further saved states up to "
               "%.0f MB, earlier runs up to %.0f MB.\n",
               (double)settings_past_bytes(settings) / 1e6,
               (double)(states_most(each, state) - state) / 1e6, (double)each / 1e6);
    return EXIT_DONE;
}
