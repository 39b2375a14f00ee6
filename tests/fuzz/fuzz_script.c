/* What a fuzzer calls with whatever it comes to: the parser of scripts, from text to settings.
 * `make fuzz-script` runs it; what it finds is kept in tests/fuzz/script, which test_script reads.
 */
#include "script/script.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct script_setup setup = {.settings = settings_default()};
    struct script script;
    struct error error;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (script_parse(&script, "fuzz", text, &setup, &error))
        script_close(&script);
    free(text);
    return 0;
}
