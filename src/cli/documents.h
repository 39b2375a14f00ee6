/* The tables of keys, commands, views, options, settings, presets, events, quantities and
 * claims as Markdown, and as parts of the man page, which are generated from here
 * (tests/documents.sh). */
#ifndef LNSCOPE_CLI_DOCUMENTS_H
#define LNSCOPE_CLI_DOCUMENTS_H

#include <stdio.h>

void documents_keys_markdown(FILE *out);
void documents_keys_man(FILE *out);
void documents_commands_markdown(FILE *out);
void documents_commands_man(FILE *out);
void documents_script_commands_man(FILE *out);
void documents_views_markdown(FILE *out);
void documents_views_man(FILE *out);
void documents_options_man(FILE *out);
void documents_settings_markdown(FILE *out);
void documents_settings_man(FILE *out);
void documents_presets_markdown(FILE *out);
void documents_presets_man(FILE *out);
void documents_events_markdown(FILE *out);
void documents_events_man(FILE *out);
void documents_quantities_markdown(FILE *out);
void documents_quantities_man(FILE *out);
void documents_claims_markdown(FILE *out);
void documents_claims_man(FILE *out);

#endif
