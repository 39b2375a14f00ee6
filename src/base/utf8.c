/* See utf8.h. RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
#include "base/utf8.h"

#include <string.h>

uint32_t utf8_next(const char **text)
{
    const unsigned char *bytes = (const unsigned char *)*text;
    uint32_t code = bytes[0];
    int more = 0;
    uint32_t lowest = 0;
    if (code == 0)
        return 0;
    if (code >= 0xC2 && code <= 0xDF)
        more = 1, lowest = 0x80, code &= 0x1F;
    else if (code >= 0xE0 && code <= 0xEF)
        more = 2, lowest = 0x800, code &= 0x0F;
    else if (code >= 0xF0 && code <= 0xF4)
        more = 3, lowest = 0x10000, code &= 0x07;
    else if (code >= 0x80)
        more = -1;
    for (int i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            more = -1;
            break;
        }
        code = code << 6 | (bytes[i] & 0x3F);
    }
    if (more < 0 || code < lowest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        *text += 1;
        return UTF8_BAD;
    }
    *text += more + 1;
    return code;
}

int utf8_put(char *out, uint32_t code)
{
    int size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (int i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(lead[size] | code);
    out[size] = '\0';
    return size;
}

void utf8_trim(char *text)
{
    size_t end = strlen(text), start = end;
    while (start > 0 && end - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
        return;
    const char *at = text + --start;
    if (utf8_next(&at) == UTF8_BAD)
        text[start] = '\0';
}
