/* Texts to learn: the bytes of a file as a task, its batches, and how its tokens are shown. The
 * first byte is the context. */
#include "fuzz/fuzz.h"

#include "base/names.h"
#include "tasks/task.h"

#include <math.h>

enum { BATCH = 3 };

static void check_tokens(const int32_t *token, int count, int least, int vocab)
{
    for (int i = 0; i < count; i++)
        fuzz_must(token[i] >= least && token[i] < vocab);
}

static void go_through(const struct task *task, int context)
{
    static int32_t token[BATCH * 256], target[BATCH * 256];
    const struct task_info info = task_info(task);
    fuzz_must(info.vocab >= 2 && info.vocab <= 256 && info.unigram_entropy >= 0);
    for (int batch = 0; batch < 3; batch++) {
        if (batch == 0)
            task_batch(task, 1, 7, BATCH, context, token, target);
        else if (batch == 1)
            task_validation(task, 2, BATCH, context, token, target);
        else
            task_questions(task, 1, BATCH, context, token, target);
        check_tokens(token, BATCH * context, 0, info.vocab);
        check_tokens(target, BATCH * context, -1, info.vocab);
    }
    static struct task_symbols symbols;
    task_symbols(task, &symbols);
    for (int i = 0; i < info.vocab; i++)
        fuzz_must(names_is_printable(symbols.text[i]));
    fuzz_must(names_is_printable(task_doubt(task)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error;
    if (size < 1)
        return 0;
    const int context = bytes[0] > 0 ? bytes[0] : 1;
    const char *path = fuzz_file(0, bytes + 1, size - 1);
    const struct task_setup setup = {.kind = TASK_TEXT, .text = path, .context = context};
    struct task *task = task_open(&setup, &error);
    if (task)
        go_through(task, context);
    else
        fuzz_must_say(&error);
    task_close(task);
    return 0;
}
