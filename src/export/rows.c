/* See rows.h. Knows no files: a caller that wants whole rows hands in a stream in memory. */
#include "export/rows.h"

#include "base/json.h"
#include "train/settings.h"

#include <inttypes.h>
#include <math.h>

enum { DIGITS = 9 }; /* restore a float */

static const char *const format_words[ROW_FORMATS] = {[ROWS_CSV] = "csv", [ROWS_JSONL] = "jsonl"};
const struct names row_format_names = NAMES_OF_WORDS(format_words);

void rows_header(FILE *out, enum row_format format, int layers, bool validation)
{
    if (format != ROWS_CSV)
        return;
    fputs("step,stack,placement,norm,loss,lr,grad_norm,clip,ratio,finite", out);
    for (int l = 0; l <= layers; l++)
        fprintf(out, ",stream_grad_%d", l);
    fputs(validation ? ",valid_loss\n" : "\n", out);
}

static void write_field(FILE *out, double value)
{
    fputc(',', out);
    if (isfinite(value))
        json_number(out, value, DIGITS);
}

static void write_csv(FILE *out, enum side side, const struct snapshot *snapshot, bool validation)
{
    fprintf(out, "%" PRId64 ",%s,%s,%s", snapshot->step, stack_names[side],
            placement_table[snapshot->placement].name, norm_table[snapshot->norm].name);
    write_field(out, snapshot->loss);
    write_field(out, snapshot->lr);
    write_field(out, snapshot->grad_norm);
    write_field(out, snapshot->clip);
    write_field(out, snapshot->ratio);
    fputs(snapshot->finite ? ",true" : ",false", out);
    for (int l = 0; l <= snapshot->layers; l++)
        write_field(out, (double)snapshot->stream_grad[l]);
    if (validation)
        write_field(out, snapshot->valid_loss);
    fputc('\n', out);
}

static void write_key(FILE *out, const char *key, double value)
{
    fprintf(out, ",\"%s\":", key);
    json_number(out, value, DIGITS);
}

static void write_array(FILE *out, const float *value, int count)
{
    fputc('[', out);
    for (int i = 0; i < count; i++) {
        fputs(i ? "," : "", out);
        json_number(out, (double)value[i], DIGITS);
    }
    fputc(']', out);
}

static void write_jsonl(FILE *out, enum side side, const struct snapshot *snapshot, bool validation)
{
    fprintf(out, "{\"step\":%" PRId64 ",\"stack\":\"%s\",\"placement\":\"%s\",\"norm\":\"%s\"",
            snapshot->step, stack_names[side], placement_table[snapshot->placement].name,
            norm_table[snapshot->norm].name);
    write_key(out, "loss", snapshot->loss);
    write_key(out, "lr", snapshot->lr);
    write_key(out, "grad_norm", snapshot->grad_norm);
    write_key(out, "clip", snapshot->clip);
    write_key(out, "ratio", snapshot->ratio);
    fputs(",\"stream_grad\":", out);
    write_array(out, snapshot->stream_grad, snapshot->layers + 1);
    fputs(",\"stream_rms\":", out);
    write_array(out, snapshot->stream_rms, snapshot->layers + 1);
    fputs(",\"param_grad\":{", out);
    for (int i = 0; i < snapshot->tensors; i++) {
        fprintf(out, "%s\"%s\":", i ? "," : "", snapshot->tensor[i].name);
        write_array(out, snapshot->tensor[i].grad, snapshot->layers);
    }
    fputs("},\"update_ratio\":{", out);
    for (int i = 0; i < snapshot->tensors; i++) {
        fprintf(out, "%s\"%s\":", i ? "," : "", snapshot->tensor[i].name);
        write_array(out, snapshot->tensor[i].update_ratio, snapshot->layers);
    }
    fprintf(out, "},\"finite\":%s", snapshot->finite ? "true" : "false");
    if (validation)
        write_key(out, "valid_loss", snapshot->valid_loss);
    fputs("}\n", out);
}

void rows_write(FILE *out, enum row_format format, enum side side, const struct snapshot *snapshot,
                bool validation)
{
    if (format == ROWS_CSV)
        write_csv(out, side, snapshot, validation);
    else
        write_jsonl(out, side, snapshot, validation);
}
