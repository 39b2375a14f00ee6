/* What was done in this session, and the script that does it again: settings, changes before their
 * steps, branches, views, marks. See app_state.h.
 *
 * The runs of a session remember their settings as well, but not in which order runs were begun,
 * left and gone back into, and they can be dropped or removed. */
#include "app/app_state.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"
#include "screen/canvas.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum journal_kind { JOURNAL_BEGIN, JOURNAL_CHANGE, JOURNAL_BRANCH, JOURNAL_VIEW, JOURNAL_MARK };

/* One deed; what has no meaning for its kind is 0. */
struct journal_entry {
    enum journal_kind kind;
    int64_t done; /* steps that the run had done by then */
    int64_t step; /* of a branch or a mark; of a change the first that it acts on */
    enum view view;
    struct settings *settings; /* from then on; owned */
    char *name;                /* of a mark; owned */
};

struct app_journal {
    bool lost; /* it begins with a session that does not say how it began */
    int entries;
    struct journal_entry *entry; /* [entries] */
};

/* ---- noting ---- */

static struct app_journal *journal_of(struct app *app)
{
    if (!app->journal)
        app->journal = memory_new(1, sizeof *app->journal);
    return app->journal;
}

static struct journal_entry *add(struct app *app, enum journal_kind kind, int64_t done)
{
    struct app_journal *journal = journal_of(app);
    journal->entry =
        memory_resize(journal->entry, (size_t)journal->entries + 1, sizeof *journal->entry);
    struct journal_entry *entry = &journal->entry[journal->entries++];
    *entry = (struct journal_entry){.kind = kind, .done = done};
    return entry;
}

static void add_settings(struct app *app, enum journal_kind kind, int64_t done, int64_t step,
                         const struct settings *settings)
{
    struct journal_entry *entry = add(app, kind, done);
    entry->step = step;
    entry->settings = memory_new(1, sizeof *entry->settings);
    *entry->settings = *settings;
}

void app_journal_begin(struct app *app, int64_t done, const struct settings *settings)
{
    add_settings(app, JOURNAL_BEGIN, done, 0, settings);
}

void app_journal_change(struct app *app, int64_t step, const struct settings *settings)
{
    add_settings(app, JOURNAL_CHANGE, step - 1, step, settings);
}

void app_journal_branch(struct app *app, int64_t done, int64_t step,
                        const struct settings *settings)
{
    add_settings(app, JOURNAL_BRANCH, done, step, settings);
}

void app_journal_load(struct app *app, int64_t done)
{
    const struct run_log *log = &app->runs.now.log;
    if (!run_can_be_redone(&app->runs.now)) {
        journal_of(app)->lost = true;
        return;
    }
    app_journal_begin(app, done, &log->entry[0].settings);
    for (int i = 1; i < log->count; i++)
        app_journal_change(app, log->entry[i].step, &log->entry[i].settings);
}

void app_journal_view(struct app *app)
{
    add(app, JOURNAL_VIEW, history_newest(&app->history))->view = app->scene.look.view;
}

void app_journal_mark(struct app *app, int64_t step, const char *name)
{
    struct journal_entry *entry = add(app, JOURNAL_MARK, history_newest(&app->history));
    entry->step = step;
    entry->name = memory_copy_string(name);
}

void app_journal_close(struct app *app)
{
    struct app_journal *journal = app->journal;
    for (int i = 0; journal && i < journal->entries; i++) {
        free(journal->entry[i].settings);
        free(journal->entry[i].name);
    }
    if (journal)
        free(journal->entry);
    free(journal);
    app->journal = NULL;
}

/* ---- writing ---- */

/* The script so far: the settings that it has made, and the steps that it has run. */
struct writer {
    FILE *out;
    struct settings made;
    int64_t done;
    bool begun;
};

static void run_until(struct writer *writer, int64_t step)
{
    if (step > writer->done)
        fprintf(writer->out, "run until step %" PRId64 "\n", step);
    writer->done = step > writer->done ? step : writer->done;
}

/* A text in quotes, at most so many characters of it. */
static void write_quoted(FILE *out, const char *text, int most)
{
    fputc('"', out);
    for (int i = 0; *text && i < most; i++) {
        const char *from = text;
        utf8_next(&text);
        if (*from == '"' || *from == '\\')
            fputc('\\', out);
        fwrite(from, 1, (size_t)(text - from), out);
    }
    fputs("\"", out);
}

/* All of a run in which these settings differ from those that were made. */
static void write_settings(struct writer *writer, const struct settings *settings)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char wanted[SETTING_TEXT], present[SETTING_TEXT];
        setting_get(settings, row, wanted, sizeof wanted);
        setting_get(&writer->made, row, present, sizeof present);
        if (row->scope == SCOPE_PROGRAM || strcmp(wanted, present) == 0 ||
            (row->kind == SETTING_STRING && settings->task != TASK_TEXT))
            continue;
        fprintf(writer->out, "set %s ", row->name);
        if (*wanted && strcspn(wanted, " \t\"\\#") == strlen(wanted))
            fputs(wanted, writer->out);
        else
            write_quoted(writer->out, wanted, SETTING_TEXT);
        fputc('\n', writer->out);
        setting_set(&writer->made, row->name, wanted, NULL);
    }
}

static void write_begin(struct writer *writer, const struct journal_entry *entry)
{
    const struct settings before = writer->made;
    if (writer->begun)
        run_until(writer, entry->done);
    write_settings(writer, entry->settings);
    if (writer->begun && writer->done > 0 &&
        settings_difference(&before, &writer->made) != SCOPE_MODEL)
        fputs("restart\n", writer->out);
    writer->begun = true;
    writer->done = 0;
}

/* A placement that differs was switched. */
static void write_change(struct writer *writer, const struct journal_entry *entry)
{
    run_until(writer, entry->done);
    for (enum side side = LEFT; side < SIDES; side++) {
        const enum placement to = entry->settings->stack[side].placement;
        if (writer->made.stack[side].placement == to)
            continue;
        fprintf(writer->out, "switch %s %s\n", stack_names[side], placement_table[to].name);
        writer->made.stack[side].placement = to;
    }
    write_settings(writer, entry->settings);
}

static void write_branch(struct writer *writer, const struct journal_entry *entry)
{
    run_until(writer, entry->done);
    fprintf(writer->out, "branch %" PRId64 "\n", entry->step);
    writer->done = entry->step;
    for (enum side side = LEFT; side < SIDES; side++)
        writer->made.stack[side].placement = entry->settings->stack[side].placement;
    write_settings(writer, entry->settings);
}

static void write_mark(struct writer *writer, const struct journal_entry *entry)
{
    run_until(writer, entry->done);
    if (entry->step != entry->done)
        fprintf(writer->out, "goto %" PRId64 "\n", entry->step);
    fputs("mark ", writer->out);
    write_quoted(writer->out, entry->name, SCRIPT_NAME_MAX);
    fputc('\n', writer->out);
    if (entry->step != entry->done)
        fprintf(writer->out, "goto %" PRId64 "\n", entry->done);
}

/* A view that was only passed through is none. */
static bool is_passed(const struct app_journal *journal, int i)
{
    const struct journal_entry *entry = &journal->entry[i];
    return i + 1 < journal->entries && entry[1].kind == JOURNAL_VIEW &&
           entry[1].done == entry->done;
}

static void write_entries(struct writer *writer, const struct app_journal *journal)
{
    enum view view = VIEW_OVERVIEW;
    for (int i = 0; i < journal->entries; i++) {
        const struct journal_entry *entry = &journal->entry[i];
        switch (entry->kind) {
        case JOURNAL_BEGIN:
            write_begin(writer, entry);
            break;
        case JOURNAL_CHANGE:
            write_change(writer, entry);
            break;
        case JOURNAL_BRANCH:
            write_branch(writer, entry);
            break;
        case JOURNAL_VIEW:
            if (is_passed(journal, i) || entry->view == view)
                break;
            run_until(writer, entry->done);
            fprintf(writer->out, "view %s\n", view_names[entry->view]);
            view = entry->view;
            break;
        case JOURNAL_MARK:
            write_mark(writer, entry);
            break;
        }
    }
}

void app_save_script(struct app *app, const char *path, bool force)
{
    struct writer writer = {.made = settings_default()};
    struct file file;
    struct error error;
    char shown[MESSAGE_SIZE / 2];
    names_printable(shown, sizeof shown, path);
    if (!app->journal || app->journal->lost) {
        app_say(app, ROLE_BAD,
                "no script can do this again: the session that was loaded does not say how it "
                "began");
        return;
    }
    if (!file_create(&file, path, force, &error)) {
        app_say(app, ROLE_BAD, "%s", error.text);
        return;
    }
    writer.out = file.stream;
    fputs("# What was done in a session: lnscope play does it again.\n", file.stream);
    write_entries(&writer, app->journal);
    run_until(&writer, history_newest(&app->history));
    if (file_commit(&file, &error))
        app_say(app, ROLE_GOOD, "saved %s: lnscope play %s does it again", shown, shown);
    else
        app_say(app, ROLE_BAD, "%s", error.text);
}
