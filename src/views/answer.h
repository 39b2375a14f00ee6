/* What a key says of what it did to the scene: a line for the status line, "" where the picture
 * says it. */
#ifndef LNSCOPE_VIEWS_ANSWER_H
#define LNSCOPE_VIEWS_ANSWER_H

struct answer {
    char text[256];
};

void answer_say(struct answer *answer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
