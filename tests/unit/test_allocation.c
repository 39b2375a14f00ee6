/* A step allocates nothing, nor does a sample: memory is taken when a run is opened and given back
 * when it is closed. Counted by standing in for malloc, where the C library allows that; what is
 * not counted is what core/blas.c takes to see whether there is room for a buffer of BLAS, and
 * gives back at once. */
#include "train/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#if defined(__GLIBC__) && !defined(LNSCOPE_SANITIZED)
#define COUNTS_ALLOCATIONS

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_long allocations;

enum { ROOM_FOR_BLAS = 128 << 20 }; /* bytes: no array of these tests is as large */

void *malloc(size_t size)
{
    if (size < ROOM_FOR_BLAS)
        allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    allocations++;
    return __libc_realloc(old, size);
}
#endif

static void steps_allocate_nothing(enum task_kind task, int threads)
{
#ifdef COUNTS_ALLOCATIONS
    struct settings settings = settings_default();
    struct pair pair;
    struct error error;
    settings.task = task;
    settings.layers = 2;
    settings.threads = threads;
    long before = allocations;
    assert_true(pair_open(&pair, &settings, &error));
    assert_true(allocations > before); /* else nothing is counted */
    pair.watch = WATCH_DETAIL;
    for (int i = 0; i < 3; i++)
        pair_step(&pair);
    before = allocations;
    for (int i = 0; i < 20; i++)
        pair_step(&pair);
    pair_begin_sample(&pair, true);
    while (pair_go_on_sample(&pair))
        ;
    assert_int_equal(allocations - before, 0);
    pair_close(&pair);
#else
    (void)task;
    (void)threads;
    skip();
#endif
}

static void test_grammar(void **state)
{
    (void)state;
    steps_allocate_nothing(TASK_GRAMMAR, 1);
}

static void test_threads(void **state)
{
    (void)state;
    steps_allocate_nothing(TASK_COPY, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grammar),
                                       cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}
