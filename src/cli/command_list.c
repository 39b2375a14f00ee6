/* See command_list.h. Every list is filled from the table that the program itself works with. */
#include "cli/command_list.h"

#include "base/names.h"
#include "claims/claim_file.h"
#include "cli/documents.h"
#include "cli/exit_status.h"
#include "cli/table.h"
#include "controls/commands.h"
#include "script/length.h"
#include "session/events.h"
#include "train/presets.h"
#include "train/quantity.h"
#include "views/views.h"

#include <math.h>
#include <string.h>

enum list {
    LIST_PLACEMENTS,
    LIST_NORMS,
    LIST_TASKS,
    LIST_PRESETS,
    LIST_SCRIPTS,
    LIST_SCRIPT_COMMANDS,
    LIST_KEYS,
    LIST_COMMANDS,
    LIST_VIEWS,
    LIST_OPTIONS,
    LIST_SETTINGS,
    LIST_OPTIMIZERS,
    LIST_SCHEDULES,
    LIST_INITS,
    LIST_ACTIVATIONS,
    LIST_POSITIONS,
    LIST_THEMES,
    LIST_CLAIMS,
    LIST_EVENTS,
    LIST_QUANTITIES,
    LISTS
};

/* a and b of the equation y = Nout(a x + b Nbranch(f(Nin(x)))). */
static const char *const skip_words[] = {
    [SKIP_ONE] = "1",
    [SKIP_DEPTH] = "alpha = (2L)^(1/4)",
    [SKIP_VECTOR] = "omega, a trained vector",
};
static const char *const scale_words[] = {
    [SCALE_ONE] = "1",
    [SCALE_LEARNED] = "alpha, a trained number of the block",
};

static void fill_placements(struct table *table)
{
    for (int i = 0; i < PLACEMENTS; i++) {
        const struct placement_row *row = &placement_table[i];
        table_add(table, row->name);
        table_add(table, row->title);
        table_add(table, row->formula);
        table_add_bool(table, row->norm_in);
        table_add_bool(table, row->norm_branch);
        table_add_bool(table, row->norm_out);
        table_add(table, skip_words[row->skip]);
        table_add(table, scale_words[row->scale]);
        table_add_bool(table, row->final_norm);
        table_add(table, row->source);
        table_add(table, row->note);
        table_add(table, row->differs);
    }
}

static void fill_norms(struct table *table)
{
    for (int i = 0; i < NORMS; i++) {
        const struct norm_row *row = &norm_table[i];
        table_add(table, row->name);
        table_add(table, row->title);
        table_add(table, row->formula);
        table_add_bool(table, row->gain);
        table_add_bool(table, row->bias);
        table_add(table, row->source);
    }
}

/* As they are under these settings; of a task that does not fit, or has no file, what is known of
 * it without. */
static void fill_tasks(struct table *table, const struct settings *settings)
{
    struct task_setup setup = settings_task(settings);
    for (int i = 0; i < TASKS; i++) {
        setup.kind = (enum task_kind)i;
        struct task *task = task_open(&setup, NULL);
        const struct task_info info = task ? task_info(task) : task_describe(&setup);
        const struct task_bound bound =
            task ? task_bound(task, setup.context, NULL, NULL) : (struct task_bound){.loss = NAN};
        table_add(table, info.name);
        table_add_number(table, info.vocab > 0 ? info.vocab : (double)NAN);
        table_add_number(table, info.unigram_entropy);
        table_add_number(table, info.current_token);
        table_add_number(table, bound.loss);
        table_add_number(table, isnan(bound.loss) ? NAN : bound.error);
        table_add_number(table, info.entropy_rate);
        table_add_bool(table, info.validation);
        table_add(table, info.summary);
        task_close(task);
    }
}

/* "NAME=VALUE NAME=VALUE ..." of the settings of a stack, or of those that both share. */
static void join_preset(char *out, size_t size, enum preset preset, bool shared)
{
    size_t used = 0;
    out[0] = '\0';
    struct setting_pair pair[SETTINGS_MAX];
    const int count = settings_preset_pairs(preset, shared, pair);
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s=%s", i ? " " : "", pair[i].name,
                                 pair[i].value);
}

/* Those that the program brings along, under the default settings. */
static void fill_scripts(struct table *table)
{
    const struct script_setup setup = {.settings = settings_default()};
    for (const struct script_builtin *builtin = script_builtins; builtin->name; builtin++) {
        struct script script;
        struct error error;
        if (!script_open(&script, builtin->name, &setup, &error))
            die("%s", error.text);
        table_add(table, builtin->name);
        table_add(table, strcmp(builtin->folder, "lessons") == 0 ? "lesson" : "demo");
        table_add_number(table, round(script_seconds(&script, &setup)));
        table_add(table, script.summary);
        script_close(&script);
    }
}

static void fill_script_commands(struct table *table)
{
    for (int i = 0; i < SCRIPT_KINDS; i++) {
        table_add(table, script_table[i].name);
        table_add(table, script_table[i].arguments);
        table_add(table, script_table[i].help);
    }
}

static void fill_presets(struct table *table)
{
    for (enum preset preset = PRESET_NONE + 1; preset < PRESETS; preset++) {
        const struct preset_row *row = &preset_table[preset];
        char stack[400], shared[400];
        join_preset(stack, sizeof stack, preset, false);
        join_preset(shared, sizeof shared, preset, true);
        table_add(table, row->name);
        table_add(table, row->summary);
        table_add(table, stack);
        table_add(table, shared);
        table_add(table, row->leaves_out);
    }
}

static void fill_keys(struct table *table)
{
    for (int i = 0; i < ACTIONS; i++) {
        table_add(table, key_table[i].label);
        table_add(table, key_table[i].name);
        table_add(table, key_table[i].group);
        table_add(table, key_table[i].help);
    }
}

static void fill_commands(struct table *table)
{
    static const char *const kinds[VERB_KINDS] = {
        [VERB_SETTING] = "setting", [VERB_ACTION] = "action"};
    struct verb verb[VERBS_MAX];
    int count = verb_list(verb);
    for (int i = 0; i < count; i++) {
        table_add(table, verb[i].name);
        table_add(table, verb[i].arguments);
        table_add(table, kinds[verb[i].kind] ? kinds[verb[i].kind] : "command");
        table_add(table, verb[i].help);
    }
}

static void fill_views(struct table *table)
{
    for (int i = 0; i < VIEWS; i++) {
        const char key[] = {(char)view_table[i]->key, '\0'};
        table_add(table, key);
        table_add(table, view_names[i]);
        table_add(table, view_table[i]->summary);
    }
}

static void fill_options(struct table *table)
{
    for (int i = 0; i < OPTIONS; i++) {
        char commands[OPTION_COMMANDS], help[OPTION_HELP_TEXT];
        options_commands(commands, &option_table[i]);
        options_option_help(help, (enum option)i, COMMANDS);
        table_add(table, option_names[i]);
        table_add(table, option_table[i].argument ? option_table[i].argument : "");
        table_add(table, commands);
        table_add(table, help);
    }
}

static void fill_settings(struct table *table)
{
    static const char *const scopes[] = {
        [SCOPE_MODEL] = "restart", [SCOPE_OPTIMIZER] = "next step", [SCOPE_PROGRAM] = "at once"};
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char values[SETTING_VALUES];
        setting_values(row, values, sizeof values);
        table_add(table, row->name);
        table_add_bool(table, row->per_stack);
        table_add(table, row->initial);
        table_add(table, scopes[row->scope]);
        table_add(table, values);
        table_add(table, row->unit);
        table_add(table, row->help);
    }
}

/* The rows of a table that has no more than names. */
static void fill_names(struct table *table, const struct name_row *row, int rows)
{
    for (int i = 0; i < rows; i++) {
        char summary[200];
        snprintf(summary, sizeof summary, row[i].source ? "%s (%s)" : "%s", row[i].help,
                 row[i].source);
        table_add(table, row[i].name);
        table_add(table, summary);
    }
}

static void fill_claims(struct table *table)
{
    for (int i = 0; i < claim_count(); i++) {
        const struct claim_row *row = claim_at(i);
        const struct claim_result *recorded = claim_recorded(i);
        char finding[CLAIM_FINDING];
        table_add(table, row->id);
        table_add(table, row->source);
        table_add(table, row->published);
        table_add(table, row->claim);
        table_add(table, row->fails);
        table_add(table, row->setting);
        table_add(table, row->varied);
        table_add(table, row->what);
        table_add_number(table, row->seeds);
        table_add_bool(table, row->quick);
        if (recorded)
            claim_finding_text(finding, recorded);
        table_add(table, recorded ? finding : NULL);
    }
}

static void fill_events(struct table *table)
{
    for (int i = 0; i < EVENT_KINDS; i++) {
        const struct event_row *row = &event_table[i];
        char help[EVENT_HELP];
        event_help((enum event_kind)i, help);
        table_add(table, row->name);
        table_add_number(table, row->limit);
        table_add_number(table, row->again);
        table_add_number(table, row->steps > 0 ? row->steps : (double)NAN);
        table_add(table, row->sentence);
        table_add(table, help);
    }
}

static void fill_quantities(struct table *table)
{
    for (int i = 0; i < QUANTITIES; i++) {
        const struct quantity_row *row = &quantity_table[i];
        table_add(table, row->name);
        table_add(table, row->unit);
        table_add(table, quantity_shape_names[row->shape]);
        table_add_number(table, row->part ? quantity_parts((enum quantity)i) : (double)NAN);
        table_add(table, quantity_when_names[row->when]);
        table_add_bool(table, row->rows & IN_CSV);
        table_add_bool(table, row->rows & IN_JSONL);
        table_add(table, quantity_view_names[row->view]);
        table_add(table, row->help);
    }
}

static const struct table_column placement_columns[] = {
    {"name", TABLE_STRING},   {"title", TABLE_STRING},     {"formula", TABLE_STRING},
    {"norm_in", TABLE_BOOL},  {"norm_branch", TABLE_BOOL}, {"norm_out", TABLE_BOOL},
    {"a", TABLE_STRING},      {"b", TABLE_STRING},         {"final_norm", TABLE_BOOL},
    {"source", TABLE_STRING}, {"note", TABLE_STRING},      {"differs", TABLE_STRING},
};

static const struct table_column preset_columns[] = {
    {"name", TABLE_STRING},   {"summary", TABLE_STRING},    {"stack", TABLE_STRING},
    {"shared", TABLE_STRING}, {"leaves_out", TABLE_STRING},
};

static const struct table_column norm_columns[] = {
    {"name", TABLE_STRING}, {"title", TABLE_STRING}, {"formula", TABLE_STRING},
    {"gain", TABLE_BOOL},   {"bias", TABLE_BOOL},    {"source", TABLE_STRING},
};

static const struct table_column task_columns[] = {
    {"name", TABLE_STRING},          {"vocab", TABLE_NUMBER},    {"unigram_entropy", TABLE_NUMBER},
    {"current_token", TABLE_NUMBER}, {"bound", TABLE_NUMBER},    {"bound_error", TABLE_NUMBER},
    {"entropy_rate", TABLE_NUMBER},  {"validation", TABLE_BOOL}, {"summary", TABLE_STRING},
};

static const struct table_column key_columns[] = {
    {"key", TABLE_STRING},
    {"action", TABLE_STRING},
    {"group", TABLE_STRING},
    {"help", TABLE_STRING},
};

static const struct table_column command_columns[] = {
    {"name", TABLE_STRING},
    {"arguments", TABLE_STRING},
    {"kind", TABLE_STRING},
    {"help", TABLE_STRING},
};

static const struct table_column view_columns[] = {
    {"key", TABLE_STRING},
    {"name", TABLE_STRING},
    {"summary", TABLE_STRING},
};

static const struct table_column script_columns[] = {
    {"name", TABLE_STRING},
    {"kind", TABLE_STRING},
    {"seconds", TABLE_NUMBER},
    {"summary", TABLE_STRING},
};

static const struct table_column script_command_columns[] = {
    {"name", TABLE_STRING},
    {"arguments", TABLE_STRING},
    {"help", TABLE_STRING},
};

static const struct table_column option_columns[] = {
    {"name", TABLE_STRING},
    {"argument", TABLE_STRING},
    {"commands", TABLE_STRING},
    {"help", TABLE_STRING},
};

static const struct table_column setting_columns[] = {
    {"name", TABLE_STRING}, {"per_stack", TABLE_BOOL}, {"default", TABLE_STRING},
    {"acts", TABLE_STRING}, {"values", TABLE_STRING},  {"unit", TABLE_STRING},
    {"help", TABLE_STRING},
};

static const struct table_column claim_columns[] = {
    {"name", TABLE_STRING},   {"source", TABLE_STRING},   {"published", TABLE_STRING},
    {"claim", TABLE_STRING},  {"fails", TABLE_STRING},    {"setting", TABLE_STRING},
    {"varied", TABLE_STRING}, {"what", TABLE_STRING},     {"seeds", TABLE_NUMBER},
    {"quick", TABLE_BOOL},    {"recorded", TABLE_STRING},
};

static const struct table_column event_columns[] = {
    {"name", TABLE_STRING},  {"limit", TABLE_NUMBER},    {"again", TABLE_NUMBER},
    {"steps", TABLE_NUMBER}, {"sentence", TABLE_STRING}, {"help", TABLE_STRING},
};

static const struct table_column quantity_columns[] = {
    {"name", TABLE_STRING},  {"unit", TABLE_STRING}, {"of", TABLE_STRING},
    {"parts", TABLE_NUMBER}, {"when", TABLE_STRING}, {"csv", TABLE_BOOL},
    {"jsonl", TABLE_BOOL},   {"view", TABLE_STRING}, {"help", TABLE_STRING},
};

static const struct table_column name_columns[] = {
    {"name", TABLE_STRING},
    {"summary", TABLE_STRING},
};

#define COLUMNS(columns_)                                                                          \
    .column = (columns_), .columns = (int)(sizeof(columns_) / sizeof *(columns_))

#define NAME_ROWS(table_)                                                                          \
    COLUMNS(name_columns), .names = (table_), .rows = (int)(sizeof(table_) / sizeof *(table_))

/* Bytes for the names of all lists. */
enum { LIST_NAMES = 288 };

struct list_row {
    const char *name;
    const struct table_column *column;
    int columns;
    void (*fill)(struct table *table); /* NULL: with the names, or ... */
    void (*fill_for)(struct table *table, const struct settings *settings); /* ... for settings */
    const struct name_row *names;
    int rows;
    void (*markdown)(FILE *out); /* as a part of a document; NULL: of none */
    void (*man)(FILE *out);
};

static const struct list_row list_table[LISTS] = {
    [LIST_PLACEMENTS] = {"placements", COLUMNS(placement_columns), .fill = fill_placements},
    [LIST_NORMS] = {"norms", COLUMNS(norm_columns), .fill = fill_norms},
    [LIST_TASKS] = {"tasks", COLUMNS(task_columns), .fill_for = fill_tasks},
    [LIST_PRESETS] = {"presets", COLUMNS(preset_columns), .fill = fill_presets,
                      .markdown = documents_presets_markdown, .man = documents_presets_man},
    [LIST_SCRIPTS] = {"scripts", COLUMNS(script_columns), .fill = fill_scripts},
    [LIST_SCRIPT_COMMANDS] = {"script-commands", COLUMNS(script_command_columns),
                              .fill = fill_script_commands, .man = documents_script_commands_man},
    [LIST_KEYS] = {"keys", COLUMNS(key_columns), .fill = fill_keys,
                   .markdown = documents_keys_markdown, .man = documents_keys_man},
    [LIST_COMMANDS] = {"commands", COLUMNS(command_columns), .fill = fill_commands,
                       .markdown = documents_commands_markdown, .man = documents_commands_man},
    [LIST_VIEWS] = {"views", COLUMNS(view_columns), .fill = fill_views,
                    .markdown = documents_views_markdown, .man = documents_views_man},
    [LIST_OPTIONS] = {"options", COLUMNS(option_columns), .fill = fill_options,
                      .man = documents_options_man},
    [LIST_SETTINGS] = {"settings", COLUMNS(setting_columns), .fill = fill_settings,
                       .markdown = documents_settings_markdown, .man = documents_settings_man},
    [LIST_OPTIMIZERS] = {"optimizers", NAME_ROWS(optimizer_table)},
    [LIST_SCHEDULES] = {"schedules", NAME_ROWS(schedule_table)},
    [LIST_INITS] = {"inits", NAME_ROWS(init_table)},
    [LIST_ACTIVATIONS] = {"activations", NAME_ROWS(activation_table)},
    [LIST_POSITIONS] = {"positions", NAME_ROWS(positions_table)},
    [LIST_THEMES] = {"themes", NAME_ROWS(setting_themes)},
    [LIST_CLAIMS] = {"claims", COLUMNS(claim_columns), .fill = fill_claims,
                     .markdown = documents_claims_markdown, .man = documents_claims_man},
    [LIST_EVENTS] = {"events", COLUMNS(event_columns), .fill = fill_events,
                     .markdown = documents_events_markdown, .man = documents_events_man},
    [LIST_QUANTITIES] = {"quantities", COLUMNS(quantity_columns), .fill = fill_quantities,
                         .markdown = documents_quantities_markdown,
                         .man = documents_quantities_man},
};

typedef void print_list(FILE *out);

/* How a list is written as a part of a document; NULL: not at all. */
static print_list *print_of(const struct list_row *row, enum format format)
{
    return format == FORMAT_MAN ? row->man : row->markdown;
}

/* "placements, norms, ...": all lists, or those that a document has in this format. */
static void join_names(char *out, size_t size, enum format format)
{
    const bool document = format == FORMAT_MARKDOWN || format == FORMAT_MAN;
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < LISTS && used < size; i++)
        if (!document || print_of(&list_table[i], format))
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     list_table[i].name);
}

const char *command_list_name(int i)
{
    return i < LISTS ? list_table[i].name : NULL;
}

void command_list_help(FILE *out)
{
    char names[LIST_NAMES];
    join_names(names, sizeof names, FORMAT_TEXT);
    fprintf(out, "\nWHAT is one of %s.\n", names);
}

/* The row that is asked for; NULL with an error that says what can be. */
static const struct list_row *find_list(const char *name, struct error *error)
{
    const struct names names = NAMES_OF_ROWS(list_table);
    char all[LIST_NAMES];
    if (!name) {
        join_names(all, sizeof all, FORMAT_TEXT);
        error_set(error, "list what: one of %s", all);
        return NULL;
    }
    int found = names_find(&names, "list", name, error);
    return found < 0 ? NULL : &list_table[found];
}

static void print_table(const struct list_row *row, enum format format,
                        const struct settings *settings)
{
    struct table table = table_open(row->column, row->columns);
    if (row->fill)
        row->fill(&table);
    else if (row->fill_for)
        row->fill_for(&table, settings);
    else
        fill_names(&table, row->names, row->rows);
    if (format == FORMAT_JSONL)
        table_jsonl(&table, stdout);
    else
        table_print(&table, stdout);
    table_close(&table);
}

int command_list(const struct options *options, struct error *error)
{
    const struct list_row *row = find_list(options->operand[0], error);
    enum format format;
    if (!row || !options_format(options, false, &format, error))
        return EXIT_USAGE;
    if (format == FORMAT_MARKDOWN || format == FORMAT_MAN) {
        print_list *print = print_of(row, format);
        char names[LIST_NAMES];
        if (!print) {
            join_names(names, sizeof names, format);
            error_set(error, "%s have no %s form: one of %s", row->name,
                      options->value[OPTION_FORMAT], names);
            return EXIT_USAGE;
        }
        print(stdout);
    } else {
        print_table(row, format, &options->settings);
    }
    return EXIT_DONE;
}
