/* The command line of the program: keys that edit, complete and recall, and what is entered as a
 * command. A byte from 0x80 on is one of the keys without a character, others stand for themselves;
 * 0xff begins and ends a text that is pasted. */
#include "fuzz/fuzz.h"

#include "base/utf8.h"
#include "controls/commands.h"
#include "controls/prompt.h"
#include "views/prompt_line.h"

#include <stdlib.h>
#include <string.h>

static struct prompt prompt;
static struct settings settings;

/* What is in the folder is no business of the fuzzer's. */
static void complete(const char *text, bool files, struct completion *completion)
{
    (void)files;
    command_complete(text, false, completion);
}

static void check(void)
{
    fuzz_must(prompt.length == (int)strlen(prompt.text) && prompt.length < PROMPT_TEXT);
    fuzz_must(prompt.cursor >= 0 && prompt.cursor <= prompt.length);
    fuzz_must(prompt.cursor == prompt.length || (prompt.text[prompt.cursor] & 0xc0) != 0x80);
    for (int i = 0; i < prompt.completion.count; i++)
        (void)completion_word(&prompt.completion, i);
}

static void enter(void)
{
    static struct command_line line;
    struct error error = {.text = ""};
    char value[COMMAND_TEXT];
    const struct command_hint hint = command_hint(prompt.text);
    if (hint.known && hint.setting.setting)
        (void)command_value(&settings, &hint.setting, false, value, sizeof value);
    if (!command_parse(prompt.text, &line, &error)) {
        if (error.text[0])
            fuzz_must_say(&error);
        return;
    }
    if (line.verb.kind == VERB_VIEW && line.count > 0 && command_view(line.argument[0], &error) < 0)
        fuzz_must_say(&error);
    const bool sets = (line.verb.kind == VERB_SET || line.verb.kind == VERB_SETTING) && line.value;
    if (sets && !setting_set(&settings, line.setting.name, line.value, &error))
        fuzz_must_say(&error);
}

static int key_of(uint8_t byte)
{
    int keys = 0;
    if (byte < 0x80)
        return byte == '\n' ? KEY_CODE_ENTER : byte;
    while (key_named(keys) != KEY_CODE_NONE)
        keys++;
    return key_named((byte - 0x80) % keys);
}

static void draw(void)
{
    struct canvas canvas;
    struct scene scene = {.data = {.settings = &settings}, .prompt = &prompt, .message = ""};
    scene_set_defaults(&scene);
    canvas_open(&canvas, 24, 80);
    view_prompt(&canvas, &scene);
    canvas_close(&canvas);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bool pasting = false;
    settings = settings_default();
    memset(&prompt, 0, sizeof prompt);
    prompt.complete = complete;
    prompt.lead = ':';
    prompt_open(&prompt, "");
    for (size_t i = 0; i < size; i++) {
        enum prompt_answer answer = PROMPT_OPEN;
        if (bytes[i] == 0xff)
            pasting = !pasting;
        else if (pasting)
            prompt_paste(&prompt, bytes[i] < 0x80 ? bytes[i] : 0x2500 + bytes[i]);
        else
            answer = prompt_key(&prompt, key_of(bytes[i]));
        check();
        if (answer == PROMPT_ENTERED)
            enter();
        if (answer != PROMPT_OPEN)
            prompt_open(&prompt, "");
    }
    draw();
    return 0;
}
