/* See command_block.h. */
#include "cli/command_block.h"

#include "base/json.h"
#include "base/names.h"
#include "cli/block_text.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "screen/text.h"
#include "train/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Digits that restore a number of the core. */
static const int real_digits = sizeof(real) == sizeof(double) ? 17 : 9;

/* ---- json ------------------------------------------------------------------------------------*/

static void write_matrix(FILE *out, const real *matrix, int rows, int cols)
{
    if (!matrix) {
        fputs("null", out);
        return;
    }
    fputc('[', out);
    for (int row = 0; row < rows; row++) {
        fputs(row ? ",[" : "[", out);
        for (int col = 0; col < cols; col++) {
            if (col)
                fputc(',', out);
            json_number(out, (double)matrix[row * cols + col], real_digits);
        }
        fputc(']', out);
    }
    fputc(']', out);
}

static void write_tensor(FILE *out, const struct block_tensor *tensor)
{
    fprintf(out, "{\"sublayer\":\"%s\",\"name\":", block_place_names[tensor->place]);
    json_string(out, tensor->name);
    fputs(",\"formula\":", out);
    json_string(out, tensor->formula);
    fprintf(out, ",\"shape\":[%d,%d],\"rms\":", tensor->rows, tensor->cols);
    json_number(out, tensor->rms, real_digits);
    fputs(",\"value\":", out);
    write_matrix(out, tensor->value, tensor->rows, tensor->cols);
    fputs(",\"grad_norm\":", out);
    json_number(out, tensor->grad_norm, real_digits);
    fputs(",\"grad\":", out);
    write_matrix(out, tensor->grad, tensor->rows, tensor->cols);
    fputc('}', out);
}

/* Is the parameter one of those that have been used? */
static bool takes_part(const struct block *block, const struct tensor *tensor)
{
    const bool attention =
        strncmp(tensor->kind, "attn", 4) == 0 || strncmp(tensor->kind, "ln1", 3) == 0;
    if (tensor->block < 0)
        return block->model.activations.second_stream && strncmp(tensor->kind, "ln_f", 4) == 0;
    return block->plan.part == BLOCK_WHOLE || (block->plan.part == BLOCK_ATTENTION) == attention;
}

static void write_parameters(FILE *out, const struct block *block)
{
    const struct model *model = &block->model;
    const char *comma = "";
    fputs("\"parameters\":{", out);
    for (int i = 0; i < model->parameters.tensors; i++) {
        const struct tensor *tensor = &model->parameters.tensor[i];
        if (!takes_part(block, tensor))
            continue;
        fprintf(out, "%s\"%s\":", comma, tensor->kind);
        write_matrix(out, model->parameters.weight + tensor->offset, tensor->rows, tensor->cols);
        comma = ",";
    }
    fputc('}', out);
}

static void write_block(FILE *out, const struct block *block)
{
    const struct model_config *c = &block->model.config;
    char formula[TEXT_TITLE];
    text_formula(formula, c->placement, c->norm);
    fprintf(out, "{\"placement\":\"%s\",\"norm\":\"%s\",\"activation\":\"%s\",\"formula\":",
            placement_table[c->placement].name, norm_table[c->norm].name,
            activation_table[c->activation].name);
    json_string(out, formula);
    fputs(",\"tensors\":[", out);
    for (int i = 0; i < block->tensors; i++) {
        fputs(i ? ",\n" : "\n", out);
        write_tensor(out, &block->tensor[i]);
    }
    fputs("],\n", out);
    write_parameters(out, block);
    fputc('}', out);
}

static void write_json(FILE *out, const struct block_set *set)
{
    const struct model_config *c = &set->block[0].model.config;
    fprintf(out,
            "{\"sublayer\":\"%s\",\"width\":%d,\"ffn\":%d,\"context\":%d,\"heads\":%d,"
            "\"seed\":%" PRIu64 ",\"input\":",
            names_at(&block_part_names, (int)set->block[0].plan.part), c->width, c->ffn, c->context,
            c->heads, c->seed);
    if (set->input)
        json_string(out, set->input);
    else
        fputs("null", out);
    fputs(",\"blocks\":[", out);
    for (int i = 0; i < set->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        write_block(out, &set->block[i]);
    }
    fputs("]}\n", out);
}

/* ---- the command -----------------------------------------------------------------------------*/

/* What is asked for. */
struct request {
    struct settings settings;
    enum format format;
    enum block_part part;
    int placement; /* of the only block; -1: left and right */
    struct block_input input;
};

/* The value of an option that is one of `names`; `otherwise` when it is not given. */
static bool read_choice(const struct options *options, enum option option,
                        const struct names *names, int otherwise, int *choice, struct error *error)
{
    *choice = otherwise;
    if (!options->given[option])
        return true;
    *choice = names_find(names, option_names[option], options->value[option], error);
    return *choice >= 0;
}

/* The shape of the input is that of the file, unless another one is asked for. */
static bool fit_input(struct request *request, const struct options *options, struct error *error)
{
    const struct block_input *input = &request->input;
    struct settings *settings = &request->settings;
    char shown[64];
    names_printable(shown, sizeof shown, options->value[OPTION_INPUT]);
    if (options->width_given && settings->width != input->cols)
        return error_set(error,
                         "%s has %d numbers in a row and --width is %d: the same, or only "
                         "one of the two",
                         shown, input->cols, settings->width);
    if (options->context_given && settings->context != input->rows)
        return error_set(error,
                         "%s has %d rows and --context is %d: the same, or only one of the "
                         "two",
                         shown, input->rows, settings->context);
    settings->width = input->cols;
    settings->context = input->rows;
    return true;
}

static bool read_request(struct request *request, const struct options *options,
                         struct error *error)
{
    int part;
    *request = (struct request){.settings = options->settings};
    if (!options_format(options, false, &request->format, error) ||
        !read_choice(options, OPTION_SUBLAYER, &block_part_names, BLOCK_WHOLE, &part, error) ||
        !read_choice(options, OPTION_PLACEMENT, &placement_names, -1, &request->placement, error))
        return false;
    request->part = (enum block_part)part;
    return !options->given[OPTION_INPUT] ||
           (block_input_read(&request->input, options->value[OPTION_INPUT], error) &&
            fit_input(request, options, error));
}

/* The block of a stack; where a placement is named, with that one. */
static struct block_plan plan_of(const struct request *request, enum side side)
{
    struct block_plan plan = {
        .model = run_model_config(&request->settings, side, 1),
        .part = request->part,
        .input = request->input.number,
    };
    if (request->placement >= 0)
        plan.model.placement = (enum placement)request->placement;
    return plan;
}

static int blocks_of(const struct request *request)
{
    return request->placement < 0 ? SIDES : 1;
}

static bool check_plans(const struct request *request, struct error *error)
{
    for (int side = LEFT; side < blocks_of(request); side++) {
        const struct block_plan plan = plan_of(request, (enum side)side);
        if (!block_check(&plan, error))
            return false;
    }
    return true;
}

static bool open_blocks(struct block_set *set, const struct request *request, struct error *error)
{
    while (set->count < blocks_of(request)) {
        const struct block_plan plan = plan_of(request, (enum side)set->count);
        if (!block_open(&set->block[set->count], &plan, error))
            return false;
        set->count++;
    }
    return true;
}

int command_block(const struct options *options, struct error *error)
{
    struct request request;
    struct block_set *set = &(struct block_set){.input = options->value[OPTION_INPUT]};
    int status = EXIT_USAGE;
    if (read_request(&request, options, error) && check_plans(&request, error))
        status = open_blocks(set, &request, error) ? EXIT_DONE : EXIT_FAILED;
    if (status == EXIT_DONE) {
        if (request.format == FORMAT_JSON)
            write_json(stdout, set);
        else
            block_text(set, output_columns(), stdout);
    }
    for (int i = 0; i < set->count; i++)
        block_close(&set->block[i]);
    block_input_close(&request.input);
    return status;
}
