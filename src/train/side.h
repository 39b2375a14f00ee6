/* The two stacks of a session. */
#ifndef LNSCOPE_TRAIN_SIDE_H
#define LNSCOPE_TRAIN_SIDE_H

enum side { LEFT, RIGHT, SIDES };

/* "left", "right", and NULL behind them: how rows, files and messages call the stacks. */
extern const char *const stack_names[SIDES + 1];

#endif
