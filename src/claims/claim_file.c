/* See claim_file.h. */
#include "claims/claim_file.h"

#include "base/json.h"
#include "base/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a text of a row, and of a name in it. */
enum { TEXT = 1024, NAME = 64 };

/* ---- writing ---------------------------------------------------------------------------------*/

static void put_number(FILE *out, const char *name, double value)
{
    json_string(out, name);
    fputc(':', out);
    json_number(out, value, 9);
}

static void put_text(FILE *out, const char *name, const char *value)
{
    json_string(out, name);
    fputc(':', out);
    json_string(out, value);
    fputc(',', out);
}

/* {"L = 6":{"number":5.25,"least":null,"most":null}, ...} */
static void put_expected(FILE *out, const struct claim_row *row)
{
    fputs("\"expected\":{", out);
    for (int i = 0; i < claim_quantities(row); i++) {
        const struct claim_quantity *quantity = &row->quantity[i];
        fputs(i ? "," : "", out);
        json_string(out, quantity->name);
        fputs(":{", out);
        put_number(out, "number", quantity->expected);
        fputc(',', out);
        put_number(out, "least", quantity->least);
        fputc(',', out);
        put_number(out, "most", quantity->most);
        fputc('}', out);
    }
    fputs("},", out);
}

/* {"L = 6":{"mean":4.4,"spread":0.2,"within":true,"pass":8,"values":[one per seed]}, ...} */
static void put_measured(FILE *out, const struct claim_result *result)
{
    fputs("\"measured\":{", out);
    for (int i = 0; i < claim_quantities(result->row); i++) {
        fputs(i ? "," : "", out);
        json_string(out, result->row->quantity[i].name);
        fputs(":{", out);
        put_number(out, "mean", result->mean[i]);
        fputc(',', out);
        put_number(out, "spread", result->spread[i]);
        fprintf(out, ",\"within\":%s,\"pass\":%d,\"values\":[",
                result->within[i] ? "true" : "false", result->pass[i]);
        for (int seed = 0; seed < result->seeds; seed++) {
            fputs(seed ? "," : "", out);
            json_number(out, result->value[i][seed], 9);
        }
        fputs("]}", out);
    }
    fputs("},", out);
}

void claim_file_row(FILE *out, const struct claim_result *result)
{
    const struct claim_row *row = result->row;
    fputc('{', out);
    put_text(out, "id", row->id);
    put_text(out, "source", row->source);
    put_text(out, "published", row->published);
    put_text(out, "claim", row->claim);
    put_text(out, "fails", row->fails);
    put_text(out, "setting", row->setting);
    put_text(out, "varied", row->varied);
    put_text(out, "what", row->what);
    fprintf(out, "\"seeds\":%d,\"pass\":%d,", result->seeds, result->passes);
    put_expected(out, row);
    put_measured(out, result);
    put_text(out, "verdict", claim_verdict(result));
    fprintf(out, "\"holds\":%s,", result->holds ? "true" : "false");
    put_number(out, "seconds", result->seconds);
    fputs("}\n", out);
}

/* ---- reading ---------------------------------------------------------------------------------*/

/* A row while it is read. */
struct reading {
    struct claim_result result; /* its row NULL: no claim of the table, as far as it is known */
    bool same;                  /* it was measured as the table says */
};

static bool read_values(struct json_reader *reader, double value[CLAIM_SEEDS], int *count)
{
    *count = 0;
    if (!json_read_array(reader))
        return false;
    while (json_read_item(reader)) {
        if (*count == CLAIM_SEEDS)
            return json_read_refuse(reader, "more values than there can be seeds");
        if (!json_read_number(reader, &value[(*count)++]))
            return false;
    }
    return true;
}

/* The values of one quantity: as many as there are seeds. */
static void read_quantity(struct json_reader *reader, struct claim_result *result, int quantity)
{
    char key[NAME];
    int count = 0;
    if (!json_read_object(reader))
        return;
    while (json_read_key(reader, key, sizeof key)) {
        if (strcmp(key, "values") == 0)
            read_values(reader, result->value[quantity], &count);
        else
            json_read_skip(reader);
    }
    if (count == 0 || (result->seeds > 0 && count != result->seeds))
        json_read_refuse(reader, "a value for each seed would be right");
    result->seeds = count;
}

/* The quantities, which have to be those of the claim in their order. */
static void read_measured(struct json_reader *reader, struct reading *reading)
{
    const struct claim_row *row = reading->result.row;
    char key[NAME];
    int count = 0;
    if (!json_read_object(reader))
        return;
    while (json_read_key(reader, key, sizeof key)) {
        const bool known =
            count < claim_quantities(row) && strcmp(row->quantity[count].name, key) == 0;
        if (known)
            read_quantity(reader, &reading->result, count);
        else
            json_read_skip(reader);
        reading->same = reading->same && known;
        count++;
    }
    reading->same = reading->same && count == claim_quantities(row);
}

static void read_same(struct json_reader *reader, struct reading *reading, const char *expected)
{
    char text[TEXT];
    if (json_read_string(reader, text, sizeof text))
        reading->same = reading->same && strcmp(text, expected) == 0;
}

static void read_id(struct json_reader *reader, struct reading *reading)
{
    char id[NAME];
    if (!json_read_string(reader, id, sizeof id))
        return;
    const int index = claim_find(id);
    reading->result.row = index < 0 ? NULL : claim_at(index);
    reading->same = index >= 0;
}

/* The id stands in front of all that depends on it. */
static bool read_row(const char *line, size_t size, struct reading *reading, struct error *error)
{
    struct json_reader reader;
    char key[NAME];
    bool measured = false;
    json_read_open(&reader, line, size);
    json_read_object(&reader);
    while (json_read_key(&reader, key, sizeof key)) {
        const struct claim_row *row = reading->result.row;
        if (strcmp(key, "id") == 0)
            read_id(&reader, reading);
        else if (row && strcmp(key, "setting") == 0)
            read_same(&reader, reading, row->setting);
        else if (row && strcmp(key, "varied") == 0)
            read_same(&reader, reading, row->varied);
        else if (row && strcmp(key, "what") == 0)
            read_same(&reader, reading, row->what);
        else if (strcmp(key, "seconds") == 0)
            json_read_number(&reader, &reading->result.seconds);
        else if (row && strcmp(key, "measured") == 0)
            read_measured(&reader, reading);
        else
            json_read_skip(&reader);
        measured = measured || strcmp(key, "measured") == 0;
    }
    if (!measured)
        json_read_refuse(&reader, "a row of lnscope claims would be right");
    return json_read_close(&reader, error);
}

bool claim_file_read(const char *text, size_t size, struct claim_result *result, int *other,
                     struct error *error)
{
    const char *const end = text + size;
    *other = 0;
    for (int number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const size_t length = (size_t)((newline ? newline : end) - text);
        struct reading reading = {.same = false};
        struct error reason;
        if (!read_row(text, length, &reading, &reason))
            return error_set(error, "line %d, %s", number, reason.text);
        if (reading.same) {
            claim_judge(&reading.result);
            result[claim_find(reading.result.row->id)] = reading.result;
        } else {
            ++*other;
        }
        text += length + 1;
    }
    return true;
}

/* ---- what is recorded ------------------------------------------------------------------------*/

extern const char asset_claims[]; /* assets/claims.jsonl */

const struct claim_result *claim_recorded(int index)
{
    static struct claim_result result[CLAIMS_MAX];
    static bool is_read;
    struct error error;
    int other;
    if (!is_read && !claim_file_read(asset_claims, strlen(asset_claims), result, &other, &error))
        die("the recorded claims are damaged: %s", error.text);
    is_read = true;
    return result[index].row ? &result[index] : NULL;
}

void claim_known_text(char out[CLAIM_KNOWN], int index)
{
    const struct claim_row *row = claim_at(index);
    const struct claim_result *recorded = claim_recorded(index);
    char finding[CLAIM_FINDING] = "was not measured when this program was made";
    if (recorded)
        claim_finding_text(finding, recorded);
    snprintf(out, CLAIM_KNOWN, "%s (%s). It %s", row->claim, row->source, finding);
}

const char *const claim_part_title[2] = {"What does not hold here, or is not known",
                                         "What holds here"};

int claim_part(int index)
{
    const struct claim_result *recorded = claim_recorded(index);
    return recorded && recorded->holds;
}
