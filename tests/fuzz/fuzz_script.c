/* Scripts: from a text to commands, their settings, their length, and the line of what is wrong. */
#include "fuzz/fuzz.h"

#include "script/length.h"
#include "script/script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void go_through(const struct script *script, const struct script_setup *setup)
{
    struct settings settings;
    struct error error;
    double *work = calloc((size_t)script->commands + 1, sizeof *work);
    fuzz_must(work != NULL);
    fuzz_must(script_seconds(script, setup) >= 0);
    script_work(script, setup, work);
    for (int i = 0; i < script->commands; i++)
        fuzz_must(work[i] <= work[i + 1]);
    free(work);
    fuzz_must(script_begin(setup, script, &settings, &error));
    for (int i = 0; i < script->commands; i++)
        if (script->command[i].kind == SCRIPT_SET || script->command[i].kind == SCRIPT_SPEED)
            fuzz_must(script_set(setup, &script->command[i], &settings, &error));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct script_setup setup;
    struct script script;
    struct error error;
    char *text = fuzz_text(bytes, size);
    setup.settings = settings_default();
    if (script_parse(&script, "fuzz", text, &setup, &error)) {
        go_through(&script, &setup);
        script_close(&script);
    } else {
        fuzz_must_say(&error);
        fuzz_must(strncmp(error.text, "fuzz:", 5) == 0);
    }
    free(text);
    return 0;
}
