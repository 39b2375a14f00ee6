/* A way to run independent tasks, perhaps side by side. The core only calls it; who owns threads
 * provides one. Tasks write disjoint memory, so that the order does not matter to the bits. */
#ifndef LNSCOPE_CORE_PARALLEL_H
#define LNSCOPE_CORE_PARALLEL_H

struct parallel {
    /* Runs task(argument, 0) ... task(argument, count - 1), in any order; returns when all are
     * done. */
    void (*run)(void *team, int count, void (*task)(void *argument, int index), void *argument);
    void *team;
};

/* With `parallel` NULL: one after the other, in order. */
void parallel_run(const struct parallel *parallel, int count,
                  void (*task)(void *argument, int index), void *argument);

#endif
