/* Inputs of one block: from the rows of a file to the block that they go through, as text. The
 * first byte is the placement, the second one says how much of the block runs. */
#include "fuzz/fuzz.h"

#include "cli/block_text.h"
#include "train/block.h"
#include "train/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBERS_MAX = 256 /* of an input whose block is computed */ };

static void compute(const struct block_input *input, int placement, int part)
{
    static struct block_set set;
    struct settings settings = settings_default();
    struct error error;
    char *text;
    size_t size;
    settings.width = input->cols;
    settings.context = input->rows;
    settings.heads = 1;
    settings.ffn = 8;
    struct block_plan plan = {.model = run_model_config(&settings, LEFT, 1),
                              .part = (enum block_part)(part % BLOCK_PARTS),
                              .input = input->number};
    plan.model.placement = (enum placement)(placement % PLACEMENTS);
    if (!block_check(&plan, &error)) {
        fuzz_must_say(&error);
        return;
    }
    set = (struct block_set){.count = 1, .input = "a file"};
    fuzz_must(block_open(&set.block[0], &plan, &error));
    FILE *out = open_memstream(&text, &size);
    fuzz_must(out != NULL);
    block_text(&set, 80, out);
    fuzz_must(fclose(out) == 0 && size > 0);
    free(text);
    block_close(&set.block[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct block_input input;
    struct error error;
    if (size < 2)
        return 0;
    if (!block_input_read(&input, fuzz_file(0, bytes + 2, size - 2), &error)) {
        fuzz_must_say(&error);
        return 0;
    }
    fuzz_must(input.rows >= 1 && input.cols >= 2);
    for (int i = 0; i < input.rows * input.cols; i++)
        fuzz_must(isfinite(input.number[i]));
    if (input.rows * input.cols <= NUMBERS_MAX)
        compute(&input, bytes[0], bytes[1]);
    block_input_close(&input);
    return 0;
}
