/* See json.h. The program never calls setlocale(LC_NUMERIC), so printf writes a point. */
#include "base/json.h"

#include "base/utf8.h"

#include <math.h>

void json_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value);
    else
        fputs("null", out);
}

void json_string(FILE *out, const char *text)
{
    uint32_t code;
    fputc('"', out);
    while ((code = utf8_next(&text)) != 0) {
        char bytes[5];
        if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (int)code);
        else if (code < 32 || code == 127)
            fprintf(out, "\\u%04x", (unsigned)code);
        else
            fwrite(bytes, 1, (size_t)utf8_put(bytes, code), out);
    }
    fputc('"', out);
}
