/* Admin's factor of the stream (core/admin.h), in two numbers. */
#ifndef LNSCOPE_TRAIN_OMEGA_H
#define LNSCOPE_TRAIN_OMEGA_H

/* As the first batch has set it: the mean over the vector at the first and at the last sublayer;
 * NAN for another placement. */
struct omega {
    double first, last;
};

#endif
