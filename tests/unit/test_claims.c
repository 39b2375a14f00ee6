/* Claims: the statistics, the judgement, the table, the course of the experiments, and that the
 * cheap ones really measure. */
#include "claims/claim_file.h"
#include "claims/claim_initial.h"
#include "claims/claim_statistics.h"
#include "claims/claims.h"
#include "claims/trial.h"
#include "support/texts.h"
#include "train/settings_check.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.9g is not %.9g", value, expected);
}

/* ---- statistics ------------------------------------------------------------------------------*/

static void statistics_are_right(void **state)
{
    const double value[] = {2, 4, 4, 4, 5, 5, 7, 9};
    double odd[] = {9, 1, 4}, even[] = {9, 1, 4, 2};
    (void)state;
    assert_near(statistics_mean(value, 8), 5, 1e-12);
    assert_near(statistics_spread(value, 8), sqrt(32.0 / 7), 1e-12);
    assert_near(statistics_spread(value, 1), 0, 0);
    assert_near(statistics_median(odd, 3), 4, 0);
    assert_near(statistics_median(even, 4), 3, 0);
    const double x[] = {1, 2, 3, 5}, y[] = {1, 2, 2, 5};
    assert_near(statistics_slope(x, y, 4), 8.5 / 8.75, 1e-12);
    assert_true(isnan(statistics_mean((const double[]){1, NAN}, 2)));
}

static void exponents_are_right(void **state)
{
    const double x[] = {6, 12, 24, 48};
    double y[4];
    (void)state;
    for (int p = -2; p <= 2; p++) {
        for (int i = 0; i < 4; i++)
            y[i] = 3.5 * pow(x[i], p / 2.0);
        assert_near(statistics_exponent(x, y, 4), p / 2.0, 1e-12);
    }
    y[2] = NAN;
    assert_true(isnan(statistics_exponent(x, y, 4)));
}

/* ---- judgement -------------------------------------------------------------------------------*/

static void means_are_judged(void **state)
{
    const struct claim_quantity within = {"", 1, 0.5, 2}, at_least = {"", 1, 0.97, INFINITY},
                                at_most = {"", NAN, -INFINITY, 0.5},
                                reported = {"", 1, -INFINITY, INFINITY};
    (void)state;
    assert_true(claim_within(&within, 0.5));
    assert_true(claim_within(&within, 2));
    assert_false(claim_within(&within, 0.49));
    assert_false(claim_within(&within, 2.01));
    assert_true(claim_within(&at_least, 1e9));
    assert_false(claim_within(&at_least, 0.96));
    assert_true(claim_within(&at_most, -3));
    assert_false(claim_within(&at_most, 0.51));
    assert_false(claim_within(&within, NAN));
    assert_false(claim_within(&at_least, NAN));
    assert_false(claim_within(&at_most, NAN));
    assert_true(claim_within(&reported, NAN));
    assert_true(claim_within(&reported, -1e30));
}

/* A number that bears the quantity out. */
static double right_value(const struct claim_quantity *quantity)
{
    if (isfinite(quantity->least) && isfinite(quantity->most))
        return (quantity->least + quantity->most) / 2;
    return isfinite(quantity->least)  ? quantity->least + 0.01
           : isfinite(quantity->most) ? quantity->most - 0.01
                                      : 1;
}

/* A number that does not: just outside. */
static double wrong_value(const struct claim_quantity *quantity)
{
    return isfinite(quantity->least) ? quantity->least - 0.01 : quantity->most + 0.01;
}

static void judge(struct claim_result *result, const struct claim_row *row, int wrong)
{
    *result = (struct claim_result){.row = row, .seeds = 3};
    for (int i = 0; i < claim_quantities(row); i++)
        for (int seed = 0; seed < result->seeds; seed++)
            result->value[i][seed] =
                i == wrong ? wrong_value(&row->quantity[i]) : right_value(&row->quantity[i]);
    claim_judge(result);
}

/* Every claim holds with right numbers, and fails by each single one that it depends on. */
static void every_claim_can_hold_and_fail(void **state)
{
    struct claim_result result;
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        const struct claim_row *row = claim_at(i);
        int judged = 0;
        judge(&result, row, -1);
        if (!result.holds)
            fail_msg("%s cannot hold", row->id);
        for (int wrong = 0; wrong < claim_quantities(row); wrong++) {
            if (!claim_judged(&row->quantity[wrong]))
                continue;
            judged++;
            judge(&result, row, wrong);
            if (result.holds || result.within[wrong])
                fail_msg("%s cannot fail by %s", row->id, row->quantity[wrong].name);
        }
        assert_true(judged > 0);
    }
}

static void one_lost_seed_fails_the_claim(void **state)
{
    struct claim_result result;
    (void)state;
    judge(&result, claim_at(0), -1);
    const int last = claim_quantities(claim_at(0)) - 1;
    assert_true(claim_judged(&claim_at(0)->quantity[last]));
    result.value[last][1] = NAN;
    claim_judge(&result);
    assert_false(result.holds);
    assert_true(isnan(result.mean[last]));
}

/* Seeds are counted each by itself, and a claim that holds by its mean can have some that do not.
 */
static void seeds_that_pass_are_counted(void **state)
{
    static const struct claim_row row = {
        .id = "two", .quantity = {{"a", 1, 0.5, 2}, {"b", 1, 0, 1}, {"c", 1, -INFINITY, INFINITY}}};
    struct claim_result result = {
        .row = &row, .seeds = 4, .value = {{1, 1, 3, 1}, {0.5, 0.9, 0.5, 1.1}, {9, 9, 9, 9}}};
    char finding[CLAIM_FINDING];
    (void)state;
    claim_judge(&result);
    assert_true(result.holds);
    assert_int_equal(result.pass[0], 3);
    assert_int_equal(result.pass[1], 3);
    assert_int_equal(result.pass[2], 4);
    assert_int_equal(result.passes, 2);
    claim_finding_text(finding, &result);
    assert_string_equal(finding, "holds: a is 1.5 (accepted 0.5 to 2); 2 of 4 seeds pass");
    result.value[1][0] = 7;
    claim_judge(&result);
    claim_finding_text(finding, &result);
    assert_string_equal(finding,
                        "does not hold here: b is 2.38 (accepted 0 to 1); 1 of 4 seeds pass");
}

/* Only a verdict that gets worse is an error. */
static void verdicts_are_compared_with_those_recorded(void **state)
{
    const struct claim_result good = {.holds = true}, bad = {.holds = false};
    (void)state;
    assert_true(claim_is_worse(&bad, &good));
    assert_false(claim_is_worse(&bad, &bad));
    assert_false(claim_is_worse(&good, &bad));
    assert_false(claim_is_worse(&good, &good));
}

/* ---- the table -------------------------------------------------------------------------------*/

static const struct claim_row *row_of(const char *id)
{
    for (int i = 0; i < claim_count(); i++)
        if (strcmp(claim_at(i)->id, id) == 0)
            return claim_at(i);
    fail_msg("there is no claim %s", id);
    return NULL;
}

static void the_table_is_whole(void **state)
{
    static const char *const ids[] = {
        "xiong-top-post",      "xiong-top-pre",
        "xiong-hidden",        "warmup-needed",
        "warmup-length",       "warmup-sgd",
        "depth-limit",         "vanish-in-training",
        "not-only-vanishing",  "amplification",
        "deepnorm-level",      "deepnorm-trains",
        "model-update",        "pre-growth",
        "pre-collapse",        "lns-variance",
        "branch-needs-qknorm", "peri-linear",
        "rmsnorm-faster",      "same-params",
        "post-better-shallow", "swap",
        "gradient-by-layer",   "token-similarity",
        "adam-levels",         "norms-are-the-decay",
        "lns-late-blocks",     "rezero-trains",
        "admin-trains",        "b2t-trains",
        "radam-is-warmup",     "pre-before-post",
        "peri-trained",        "residual-neither",
        "mix-flatter",         "qk-norm-rate",
        "dyt-equal",
    };
    (void)state;
    assert_int_equal(claim_count(), sizeof ids / sizeof *ids);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        row_of(ids[i]);
}

static void every_row_is_sound(void **state)
{
    struct error error;
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        const struct claim_row *row = claim_at(i);
        const struct settings settings = trial_parse(row->setting);
        if (!settings_check(&settings, &error))
            fail_msg("%s: %s", row->id, error.text);
        assert_true(row->seeds >= 1 && row->seeds <= CLAIM_SEEDS && row->work >= 1);
        assert_true(row->source[0] && row->claim[0] && row->what[0] && row->measure);
        assert_true(row->published[0] && row->fails[0]);
        for (int j = 0; j < claim_quantities(row); j++) {
            const struct claim_quantity *quantity = &row->quantity[j];
            assert_true(quantity->least <= quantity->most);
            /* what is expected bears the claim out */
            if (!isnan(quantity->expected) && !claim_within(quantity, quantity->expected))
                fail_msg("%s expects %g of %s", row->id, quantity->expected, quantity->name);
        }
    }
}

/* ---- rows of results ----------------------------------------------------------------------*/

/* The rows of these results, which the caller frees. */
static char *rows_of(const struct claim_result *result, int results)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    for (int i = 0; i < results; i++)
        claim_file_row(out, &result[i]);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void results_are_read_as_they_are_written(void **state)
{
    static struct claim_result read[CLAIMS_MAX], written;
    struct error error;
    int other;
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        judge(&written, claim_at(i), -1);
        written.value[0][1] = NAN;
        written.seconds = 2.5;
        claim_judge(&written);
        char *text = rows_of(&written, 1);
        if (!claim_file_read(text, strlen(text), read, &other, &error))
            fail_msg("%s: %s", claim_at(i)->id, error.text);
        free(text);
        assert_int_equal(other, 0);
        assert_ptr_equal(read[i].row, claim_at(i));
        assert_int_equal(read[i].seeds, written.seeds);
        assert_int_equal(read[i].passes, written.passes);
        assert_int_equal(read[i].holds, written.holds);
        assert_near(read[i].seconds, 2.5, 0);
        assert_true(isnan(read[i].value[0][1]));
        for (int j = 0; j < claim_quantities(claim_at(i)); j++)
            assert_near(read[i].value[j][2], written.value[j][2], 1e-8 * fabs(written.value[j][2]));
    }
}

/* What was measured in another way is not taken for the claim. */
static void other_measurements_are_left_out(void **state)
{
    static struct claim_result read[CLAIMS_MAX], written;
    struct claim_row row = *claim_at(0);
    struct error error;
    int other;
    (void)state;
    row.setting = "--task copy";
    judge(&written, &row, -1);
    char *text = rows_of(&written, 1);
    assert_true(claim_file_read(text, strlen(text), read, &other, &error));
    free(text);
    assert_int_equal(other, 1);
    assert_null(read[0].row);
    row = *claim_at(0);
    row.quantity[0].name = "another";
    judge(&written, &row, -1);
    text = rows_of(&written, 1);
    assert_true(claim_file_read(text, strlen(text), read, &other, &error));
    free(text);
    assert_int_equal(other, 1);
    assert_null(read[0].row);
}

static void damaged_rows_are_refused(void **state)
{
    static const char *const damaged[] = {
        "{\"id\":\"swap\"}",
        "nothing",
        "{\"id\":3}\n",
        "{}\n",
        "{\"id\":\"same-params\",\"measured\":{\"parameters, pre\":{\"values\":[]}}}",
        ("{\"id\":\"same-params\",\"measured\":{\"parameters, pre\":{\"values\":[1]},"
         "\"parameters, post\":{\"values\":[1,2]}}}"),
    };
    static struct claim_result read[CLAIMS_MAX];
    struct error error;
    int other;
    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        assert_false(claim_file_read(damaged[i], strlen(damaged[i]), read, &other, &error));
        assert_non_null(strstr(error.text, "line 1, column "));
    }
}

/* Every claim is recorded, measured as the table says, with all of its seeds. */
static void what_is_recorded_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        const struct claim_result *result = claim_recorded(i);
        if (!result)
            fail_msg("%s is not recorded as it is measured now", claim_at(i)->id);
        assert_int_equal(result->seeds, claim_at(i)->seeds);
    }
}

/* What is recorded stands there with what the table says of it now, published numbers and ranges.
 */
static void the_record_has_the_words_of_the_table(void **state)
{
    char *recorded = text_of_file("assets/claims.jsonl");
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        char *row = rows_of(claim_recorded(i), 1), *end = strstr(row, "\"measured\":");
        assert_non_null(end);
        *end = '\0';
        if (!strstr(recorded, row))
            fail_msg("assets/claims.jsonl says otherwise of %s than %s", claim_at(i)->id, row);
        free(row);
    }
    free(recorded);
    const struct claim_row *row = row_of("pre-before-post");
    assert_non_null(
        strstr(row->published, "Pre-LN is at checkpoint 9 where warmed Post-LN is at 15"));
    assert_near(row->quantity[2].expected, 15.0 / 9, 1e-12);
}

/* ---- trials ----------------------------------------------------------------------------------*/

#define SMALL                                                                                      \
    "--task copy --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2 --steps 30"

static const struct claim_row small_row = {
    .id = "small", .setting = SMALL, .quantity = {{"a", 1, 0, 2}, {"b", 1, 0, 2}}};

static void a_lab_trains_as_a_run(void **state)
{
    struct trial trial = {.row = &small_row, .seed = 7};
    const struct settings settings = trial_settings(&trial);
    struct trial_stack stack;
    struct run run;
    struct error error;
    double mean = 0, weight = 0;
    (void)state;
    assert_int_equal(settings.seed, 7);
    assert_int_equal(settings.steps, 30);
    assert_true(trial_open(&stack, &trial, &settings, RIGHT));
    trial_train(&stack, 30);
    assert_true(run_open(&run, &settings, RIGHT, stack.task, &error));
    for (int step = 0; step < 30; step++) {
        run_step(&run);
        mean = 0.95 * mean + 0.05 * snapshot_scalar(run.snapshot, QUANTITY_LOSS);
        weight = 0.95 * weight + 0.05;
    }
    assert_true(snapshot_scalar(stack.run.snapshot, QUANTITY_LOSS) ==
                snapshot_scalar(run.snapshot, QUANTITY_LOSS));
    assert_near(trial_loss(&stack), mean / weight / log(32), 1e-12);
    assert_near(trial_train_fresh(&trial, &settings, RIGHT), trial_loss(&stack), 0);
    run_close(&run);
    trial_close(&stack);
    assert_false(trial_ended(&trial));
}

static void what_cannot_be_opened_ends_the_lab(void **state)
{
    struct trial trial = {.row = &small_row, .seed = 1};
    struct settings settings = trial_settings(&trial);
    (void)state;
    settings.task = TASK_TEXT;
    strcpy(settings.text, "/nowhere/at/all");
    assert_true(isnan(trial_train_fresh(&trial, &settings, LEFT)));
    assert_true(trial_ended(&trial));
    assert_non_null(strstr(trial.error.text, "/nowhere"));
}

static void a_diverged_stack_has_no_loss(void **state)
{
    struct trial trial = {.row = &small_row, .seed = 1};
    struct settings settings = trial_settings(&trial);
    (void)state;
    trial_set(&settings, "optimizer", "sgd");
    settings.lr = 100;
    settings.stack[LEFT].norm = NORM_NONE;
    assert_true(isnan(trial_train_fresh(&trial, &settings, LEFT)));
    assert_false(trial_ended(&trial));
}

/* ---- experiments -----------------------------------------------------------------------------*/

/* Measures a row, perhaps one that is not in the table, for seeds 1 .. `seeds`. */
static void measure(const struct claim_row *row, int seeds, struct claim_result *result)
{
    *result = (struct claim_result){.row = row, .seeds = seeds};
    for (int seed = 0; seed < seeds; seed++) {
        struct trial trial = {.row = row, .seed = (uint64_t)seed + 1};
        row->measure(&trial);
        assert_string_equal(trial.error.text, "");
        assert_int_equal(trial.values, claim_quantities(row));
        for (int i = 0; i < trial.values; i++)
            result->value[i][seed] = trial.value[i];
    }
    claim_judge(result);
}

static void holds(const char *id, int seeds)
{
    struct claim_result result;
    measure(row_of(id), seeds, &result);
    for (int i = 0; i < claim_quantities(result.row); i++)
        if (!result.within[i])
            fail_msg("%s: %s is %g", id, result.row->quantity[i].name, result.mean[i]);
    assert_true(result.holds);
}

/* The same experiment on a stack for which the claim is false. */
static void fails_with(const char *id, const char *setting)
{
    struct claim_row row = *row_of(id);
    struct claim_result result;
    row.setting = setting;
    measure(&row, 1, &result);
    if (result.holds)
        fail_msg("%s holds with %s", id, setting);
}

static void cheap_claims_hold(void **state)
{
    (void)state;
    holds("same-params", 1);
    holds("xiong-hidden", 2);
    holds("pre-growth", 2);
    holds("lns-variance", 2);
    holds("peri-linear", 2);
    holds("deepnorm-level", 2);
    holds("token-similarity", 1);
    holds("adam-levels", 1);
}

static void cheap_claims_fail_where_they_are_false(void **state)
{
    (void)state;
    fails_with("same-params", "--task copy --layers 2 --batch 4 --left peri");
    fails_with("xiong-hidden", "--task copy --ffn 64 --batch 1 --left post");
    fails_with("xiong-hidden", "--task copy --ffn 64 --batch 1 --right pre");
    fails_with("pre-growth", "--task grammar --batch 4 --left post");
    fails_with("lns-variance", "--task grammar --batch 4 --left pre --right pre");
    fails_with("peri-linear", "--task grammar --batch 4 --left lns");
    fails_with("deepnorm-level", "--task grammar --batch 4 --right pre");
    fails_with("token-similarity", "--task grammar --batch 4 --norm none");
    fails_with("adam-levels", "--task grammar --batch 4 --norm none --steps 60");
}

/* Every experiment measures as many quantities as its row names, in trainings too short to say
 * anything. */
static void every_experiment_measures_what_its_row_names(void **state)
{
    (void)state;
    for (int i = 0; i < claim_count(); i++) {
        struct claim_row row = *claim_at(i);
        struct claim_result result;
        char setting[1024];
        snprintf(setting, sizeof setting,
                 "%s --steps 3 --layers 2 --width 16 --heads 2 --ffn 32 --context 8 --batch 2",
                 row.setting);
        row.setting = setting;
        measure(&row, 1, &result);
    }
}

static void counts_are_those_of_the_model(void **state)
{
    struct claim_result result;
    const double D = 64, F = 256;
    (void)state;
    measure(row_of("same-params"), 1, &result);
    assert_near(result.mean[0], 4 * D * D + 4 * D + 2 * D * F + F + D + 4 * D, 0);
}

/* ---- the course ------------------------------------------------------------------------------*/

struct witness {
    int reports, progress, done, experiments;
    double part;
    int stop_after; /* reports; 0: never */
    const char *id[8];
    struct claim_result result[8];
};

static bool is_stopped(void *argument)
{
    const struct witness *witness = argument;
    return witness->stop_after > 0 && witness->reports >= witness->stop_after;
}

static void see_progress(void *argument, const struct claims_progress *progress)
{
    struct witness *witness = argument;
    assert_non_null(progress->row);
    assert_true(progress->part >= witness->part && progress->part <= 1);
    witness->progress++;
    witness->done = progress->done;
    witness->experiments = progress->experiments;
    witness->part = progress->part;
}

static void see_report(void *argument, const struct claim_result *result)
{
    struct witness *witness = argument;
    witness->id[witness->reports] = result->row->id;
    witness->result[witness->reports++] = *result;
}

static int index_of(const char *id)
{
    return claim_find(id);
}

static void run_course(struct witness *witness, int threads, int seeds)
{
    const int claims[] = {index_of("peri-linear"), index_of("same-params"),
                          index_of("lns-variance")};
    const struct claims_request request = {.claim = claims,
                                           .claims = 3,
                                           .seeds = seeds,
                                           .threads = threads,
                                           .stopped = is_stopped,
                                           .progress = see_progress,
                                           .report = see_report,
                                           .argument = witness};
    struct error error = {.text = ""};
    assert_true(claims_run(&request, &error));
}

static void a_course_reports_in_order(void **state)
{
    struct witness witness = {.stop_after = 0};
    (void)state;
    run_course(&witness, 3, 2);
    assert_int_equal(witness.reports, 3);
    assert_string_equal(witness.id[0], "peri-linear");
    assert_string_equal(witness.id[1], "same-params");
    assert_string_equal(witness.id[2], "lns-variance");
    assert_int_equal(witness.experiments, 6);
    assert_int_equal(witness.done, 6);
    assert_true(witness.progress >= 6);
    assert_near(witness.part, 1, 1e-12);
}

static void a_course_without_seeds_has_those_of_its_rows(void **state)
{
    const int claim = index_of("same-params");
    struct witness witness = {.stop_after = 0};
    const struct claims_request request = {
        .claim = &claim, .claims = 1, .threads = 1, .report = see_report, .argument = &witness};
    struct error error;
    (void)state;
    assert_true(claims_run(&request, &error));
    assert_int_equal(witness.result[0].seeds, row_of("same-params")->seeds);
}

static void threads_do_not_change_the_numbers(void **state)
{
    struct witness one = {.stop_after = 0}, many = {.stop_after = 0};
    (void)state;
    run_course(&one, 1, 2);
    run_course(&many, 4, 2);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < claim_quantities(one.result[i].row); j++)
            for (int seed = 0; seed < 2; seed++)
                assert_true(one.result[i].value[j][seed] == many.result[i].value[j][seed]);
    /* another seed is another measurement */
    assert_true(one.result[0].value[0][0] != one.result[0].value[0][1]);
}

/* Notes what is to be kept: the seeds so far of each claim. */
static int kept[3], keeps;
static void see_kept(void *argument, const struct claim_result *part)
{
    (void)argument;
    assert_int_equal(part->row->seeds >= part->seeds, 1);
    kept[keeps++] = part->seeds;
}

/* What is known is not measured again, and reported all the same. */
static void a_course_goes_on(void **state)
{
    const int claim = index_of("lns-variance");
    static struct claim_result known, end;
    static struct witness witness;
    struct claims_request request = {.claim = &claim,
                                     .claims = 1,
                                     .seeds = 3,
                                     .threads = 1,
                                     .known = &known,
                                     .progress = see_progress,
                                     .keep = see_kept,
                                     .report = see_report,
                                     .argument = &witness};
    struct error error = {.text = ""};
    (void)state;
    known = (struct claim_result){.row = claim_at(claim), .seeds = 2};
    known.value[0][0] = 1000;
    known.value[0][1] = 2000;
    assert_true(claims_run(&request, &error));
    assert_int_equal(witness.experiments, 1);
    assert_int_equal(keeps, 1);
    assert_int_equal(kept[0], 3);
    end = witness.result[0];
    assert_int_equal(end.seeds, 3);
    assert_near(end.value[0][0], 1000, 0);
    assert_near(end.value[0][1], 2000, 0);
    assert_true(end.value[0][2] > 1 && end.value[0][2] < 10);
    /* all of it */
    known = end;
    memset(&witness, 0, sizeof witness);
    assert_true(claims_run(&request, &error));
    assert_int_equal(witness.experiments, 0);
    assert_int_equal(witness.reports, 1);
    assert_int_equal(keeps, 1);
}

static void a_stopped_course_reports_what_is_whole(void **state)
{
    struct witness witness = {.stop_after = 1};
    (void)state;
    run_course(&witness, 1, 2);
    assert_int_equal(witness.reports, 1);
    assert_string_equal(witness.id[0], "peri-linear");
    assert_int_equal(witness.done, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_right),
        cmocka_unit_test(exponents_are_right),
        cmocka_unit_test(means_are_judged),
        cmocka_unit_test(every_claim_can_hold_and_fail),
        cmocka_unit_test(one_lost_seed_fails_the_claim),
        cmocka_unit_test(seeds_that_pass_are_counted),
        cmocka_unit_test(verdicts_are_compared_with_those_recorded),
        cmocka_unit_test(results_are_read_as_they_are_written),
        cmocka_unit_test(other_measurements_are_left_out),
        cmocka_unit_test(damaged_rows_are_refused),
        cmocka_unit_test(what_is_recorded_is_whole),
        cmocka_unit_test(the_record_has_the_words_of_the_table),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(every_row_is_sound),
        cmocka_unit_test(a_lab_trains_as_a_run),
        cmocka_unit_test(what_cannot_be_opened_ends_the_lab),
        cmocka_unit_test(a_diverged_stack_has_no_loss),
        cmocka_unit_test(cheap_claims_hold),
        cmocka_unit_test(cheap_claims_fail_where_they_are_false),
        cmocka_unit_test(every_experiment_measures_what_its_row_names),
        cmocka_unit_test(counts_are_those_of_the_model),
        cmocka_unit_test(a_course_reports_in_order),
        cmocka_unit_test(a_course_without_seeds_has_those_of_its_rows),
        cmocka_unit_test(threads_do_not_change_the_numbers),
        cmocka_unit_test(a_course_goes_on),
        cmocka_unit_test(a_stopped_course_reports_what_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
