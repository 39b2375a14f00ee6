/* See documents.h. */
#include "cli/documents.h"

#include "claims/claim_file.h"
#include "cli/options.h"
#include "controls/commands.h"
#include "script/script.h"
#include "session/events.h"
#include "train/presets.h"
#include "train/quantity.h"
#include "train/settings.h"
#include "views/views.h"

#include <ctype.h>
#include <string.h>

/* Text in a cell of a Markdown table. */
static void write_markdown(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("|<>*_\\", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

/* Text in roff: a backslash is \e, a hyphen that is typed is \-. */
static void write_man(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else if (*text == '^')
            fputs("\\(ha", out);
        else if (*text == '~')
            fputs("\\(ti", out);
        else if (*text == '\'')
            fputs("\\(aq", out);
        else if (*text == '"')
            fputs("\\(dq", out);
        else
            fputc(*text, out);
    }
}

void documents_keys_markdown(FILE *out)
{
    fputs("| key | what it does |\n|---|---|\n", out);
    for (int i = 0; i < ACTIONS; i++) {
        fprintf(out, "| `%s` | ", key_table[i].label);
        write_markdown(out, key_table[i].help);
        fputs(" |\n", out);
    }
}

void documents_keys_man(FILE *out)
{
    for (int i = 0; i < ACTIONS; i++) {
        if (i == 0 || strcmp(key_table[i].group, key_table[i - 1].group) != 0)
            fprintf(out, ".SS %s\n", key_table[i].group);
        fputs(".TP\n.B ", out);
        write_man(out, key_table[i].label);
        fputc('\n', out);
        write_man(out, key_table[i].help);
        fputs(".\n", out);
    }
}

void documents_views_markdown(FILE *out)
{
    fputs("| key | view | what it shows |\n|---|---|---|\n", out);
    for (int i = 0; i < VIEWS; i++) {
        fprintf(out, "| `%c` | %s | ", view_table[i]->key, view_names[i]);
        write_markdown(out, view_table[i]->summary);
        fputs(" |\n", out);
    }
}

void documents_views_man(FILE *out)
{
    for (int i = 0; i < VIEWS; i++) {
        const struct view_row *view = view_table[i];
        fprintf(out, ".TP\n.BR %c \", \" %s\n", view->key, view_names[i]);
        write_man(out, view->summary);
        fputs(".\n", out);
        const char *term, *text;
        for (int note = 0; view_note((enum view)i, note, &term, &text); note++) {
            fputs(".br\n", out);
            write_man(out, term);
            fputs(": ", out);
            write_man(out, text);
            fputs(".\n", out);
        }
    }
}

void documents_options_man(FILE *out)
{
    for (int i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_table[i];
        char commands[OPTION_COMMANDS], help[OPTION_HELP_TEXT];
        options_commands(commands, row);
        options_option_help(help, (enum option)i, COMMANDS);
        fputs(".TP\n.BI \"", out);
        if (row->letter)
            fprintf(out, "\\-%c\\fR, \\fP", row->letter);
        fputs("\\-\\-", out);
        write_man(out, option_names[i]);
        fputc('"', out);
        if (row->argument) {
            fputs(" \" ", out);
            write_man(out, row->argument);
            fputc('"', out);
        }
        fputc('\n', out);
        write_man(out, help);
        fprintf(out, ".\n(%s)\n", commands);
    }
}

void documents_commands_markdown(FILE *out)
{
    fputs("| command | what it does |\n|---|---|\n", out);
    for (int i = 0; i < VERB_KINDS; i++) {
        const struct verb_row *row = &verb_table[i];
        fprintf(out, "| `:%s%s%s` | ", row->name, *row->arguments ? " " : "", row->arguments);
        write_markdown(out, row->help);
        fputs(" |\n", out);
    }
}

void documents_commands_man(FILE *out)
{
    for (int i = 0; i < VERB_KINDS; i++) {
        const struct verb_row *row = &verb_table[i];
        fprintf(out, ".TP\n.BI :%s \" %s\"\n", row->name, row->arguments);
        write_man(out, row->help);
        fputs(".\n", out);
    }
}

void documents_script_commands_man(FILE *out)
{
    for (int i = 0; i < SCRIPT_KINDS; i++) {
        fprintf(out, ".TP\n.BI %s \" ", script_table[i].name);
        write_man(out, script_table[i].arguments);
        fputs("\"\n", out);
        write_man(out, script_table[i].help);
        fputs(".\n", out);
    }
}

static const char *const scope_words[] = {
    [SCOPE_MODEL] = "restarts the run",
    [SCOPE_OPTIMIZER] = "acts from the next step on",
    [SCOPE_PROGRAM] = "acts at once",
};

static const char *group_of(const struct setting_row *row)
{
    return setting_of_stack(row) ? "Of the stacks" : "Shared by both stacks";
}

/* Does another group begin with row i? */
static bool begins_group(int i)
{
    return i == 0 || strcmp(group_of(&setting_table[i]), group_of(&setting_table[i - 1])) != 0;
}

void documents_settings_markdown(FILE *out)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        if (begins_group(i))
            fprintf(out,
                    "%s%s:\n\n| setting | what it is | values | default | a change |\n"
                    "|---|---|---|---|---|\n",
                    i ? "\n" : "", group_of(row));
        char values[SETTING_VALUES];
        setting_values_brief(row, values, sizeof values);
        fprintf(out, "| `%s` | ", row->name);
        write_markdown(out, row->help);
        fputs(" | ", out);
        write_markdown(out, values);
        fprintf(out, " | %s | %s |\n", row->initial, scope_words[row->scope]);
    }
}

void documents_settings_man(FILE *out)
{
    for (int i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_table[i];
        char values[SETTING_VALUES];
        setting_values(row, values, sizeof values);
        if (begins_group(i))
            fprintf(out, ".SS %s\n", group_of(row));
        fputs(options_is_switch(row) ? ".TP\n.BI \\-\\-[no\\-] " : ".TP\n.BI \\-\\- ", out);
        write_man(out, row->name);
        fprintf(out, " \" %s\"\n", setting_argument(row));
        write_man(out, row->help);
        fputs(".\n", out);
        values[0] = (char)toupper((unsigned char)values[0]);
        write_man(out, values);
        if (row->initial[0]) {
            fputs("; default ", out);
            write_man(out, row->initial);
        }
        fprintf(out, ".\nA change %s.\n", scope_words[row->scope]);
    }
}

/* "NAME VALUE, NAME VALUE" of the settings of a stack, or of those that both share. */
static void write_preset(FILE *out, enum preset preset, bool shared,
                         void (*write)(FILE *out, const char *text))
{
    struct setting_pair pair[SETTINGS_MAX];
    const int count = settings_preset_pairs(preset, shared, pair);
    for (int i = 0; i < count; i++) {
        fputs(i ? ", " : "", out);
        write(out, pair[i].name);
        fputc(' ', out);
        write(out, pair[i].value);
    }
}

void documents_presets_markdown(FILE *out)
{
    fputs("| preset | the family | the stack | leaves out |\n|---|---|---|---|\n", out);
    for (enum preset preset = PRESET_NONE + 1; preset < PRESETS; preset++) {
        const struct preset_row *row = &preset_table[preset];
        fprintf(out, "| `%s` | ", row->name);
        write_markdown(out, row->summary);
        fputs(" | ", out);
        write_preset(out, preset, false, write_markdown);
        fputs(" | ", out);
        write_markdown(out, row->leaves_out);
        fputs(" |\n", out);
    }
}

void documents_presets_man(FILE *out)
{
    for (enum preset preset = PRESET_NONE + 1; preset < PRESETS; preset++) {
        const struct preset_row *row = &preset_table[preset];
        fputs(".TP\n.B ", out);
        write_man(out, row->name);
        fputc('\n', out);
        write_man(out, row->summary);
        fputs(":\n", out);
        write_preset(out, preset, false, write_man);
        fputs(".\nShared: ", out);
        write_preset(out, preset, true, write_man);
        fputs(".\nLeaves out: ", out);
        write_man(out, row->leaves_out);
        fputs(".\n", out);
    }
}

void documents_events_markdown(FILE *out)
{
    fputs("| event | when it is said |\n|---|---|\n", out);
    for (int i = 0; i < EVENT_KINDS; i++) {
        char help[EVENT_HELP];
        event_help((enum event_kind)i, help);
        fprintf(out, "| `%s` | ", event_table[i].name);
        write_markdown(out, help);
        fputs(" |\n", out);
    }
}

void documents_events_man(FILE *out)
{
    for (int i = 0; i < EVENT_KINDS; i++) {
        char help[EVENT_HELP];
        event_help((enum event_kind)i, help);
        fputs(".TP\n.B ", out);
        write_man(out, event_table[i].name);
        fputc('\n', out);
        write_man(out, help);
        fputs(".\n", out);
    }
}

static const char *const shape_words[] = {
    [SHAPE_SCALAR] = "a number",
    [SHAPE_LAYERS] = "for each layer",
    [SHAPE_BLOCKS] = "for each block",
    [SHAPE_TENSORS] = "for each tensor of the blocks",
};

static const char *const when_words[] = {
    [WHEN_STEP] = "measured in every step",
    [WHEN_VALIDATION] = "measured where held-out data are looked at",
    [WHEN_DETAIL] = "measured in some steps, and while a view shows it in all",
    [WHEN_HISTORY] = "what a session remembers",
};

/* "for each block, in parts x, sum, out; measured in every step" */
static void write_quantity(FILE *out, const struct quantity_row *row)
{
    fputs(shape_words[row->shape], out);
    if (*row->unit)
        fprintf(out, ", %s", row->unit);
    for (int part = 0; row->part && row->part[part]; part++)
        fprintf(out, "%s%s", part > 0 ? ", " : ", in parts ", row->part[part]);
    fprintf(out, "; %s", when_words[row->when]);
}

void documents_quantities_markdown(FILE *out)
{
    fputs("| quantity | what it is | of what, when |\n|---|---|---|\n", out);
    for (int i = 0; i < QUANTITIES; i++) {
        fprintf(out, "| `%s` | ", quantity_table[i].name);
        write_markdown(out, quantity_table[i].help);
        fputs(" | ", out);
        write_quantity(out, &quantity_table[i]);
        fputs(" |\n", out);
    }
}

void documents_quantities_man(FILE *out)
{
    for (int i = 0; i < QUANTITIES; i++) {
        fputs(".TP\n.B ", out);
        write_man(out, quantity_table[i].name);
        fputc('\n', out);
        write_man(out, quantity_table[i].help);
        fputs("\n(", out);
        write_quantity(out, &quantity_table[i]);
        fputs(").\n", out);
    }
}

void documents_claims_markdown(FILE *out)
{
    char text[CLAIM_KNOWN];
    for (int part = 1; part >= 0; part--) {
        fprintf(out, "%s**%s**\n\n", part ? "" : "\n", claim_part_title[part]);
        for (int i = 0; i < claim_count(); i++) {
            if (claim_part(i) != part)
                continue;
            claim_known_text(text, i);
            fprintf(out, "- `%s`: ", claim_at(i)->id);
            write_markdown(out, text);
            fputs(".\n", out);
        }
    }
}

void documents_claims_man(FILE *out)
{
    char text[CLAIM_KNOWN];
    for (int part = 1; part >= 0; part--) {
        fprintf(out, ".SS %s\n", claim_part_title[part]);
        for (int i = 0; i < claim_count(); i++) {
            if (claim_part(i) != part)
                continue;
            claim_known_text(text, i);
            fputs(".TP\n.B ", out);
            write_man(out, claim_at(i)->id);
            fputc('\n', out);
            write_man(out, text);
            fputs(".\n", out);
        }
    }
}
