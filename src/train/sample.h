/* A sample: what a stack writes after a prompt, with how sure it was. A plain value. */
#ifndef LNSCOPE_TRAIN_SAMPLE_H
#define LNSCOPE_TRAIN_SAMPLE_H

#include <stdint.h>

enum { SAMPLE_TOKENS = 128 };

struct sample {
    int64_t step; /* steps done by the weights that wrote it; 0: the initial ones */
    int count;    /* tokens, the prompt included; 0: there is no sample */
    int prompt;   /* so many of them were given */
    int16_t token[SAMPLE_TOKENS];
    float probability[SAMPLE_TOKENS]; /* that the stack gave to it; NAN in the prompt */
};

#endif
