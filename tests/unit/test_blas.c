/* BLAS called from several threads at once: the same bits as in one. In the pthread build of
 * OpenBLAS one call settles that for the process, in its OpenMP build every thread has to; to see
 * the second, give LD_LIBRARY_PATH the folder of that build. */
#include "core/blas.h"

#include "core/rng.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* An expert has any number of rows. */
enum { THREADS = 3, ROWS = 128, IN = 64, OUT = 256 };

static real x[ROWS * IN], w[OUT * IN], dy[ROWS * OUT];

/* The three products of a layer. */
struct products {
    real y[ROWS * OUT], dx[ROWS * IN], dw[OUT * IN];
};

static struct products alone[ROWS], other[THREADS];

static void multiply(struct products *p, int rows)
{
    memset(p, 0, sizeof *p);
    blas_forward(p->y, x, w, rows, IN, OUT);
    blas_backward_data(p->dx, dy, w, rows, IN, OUT);
    blas_backward_weight(p->dw, dy, x, rows, IN, OUT);
}

/* Returns what it was given when the bits differ from those of one thread, else NULL. */
static void *multiply_often(void *argument)
{
    struct products *p = argument;
    for (int rows = 1; rows <= ROWS; rows++) {
        multiply(p, rows);
        if (memcmp(p, &alone[rows - 1], sizeof *p) != 0)
            return p;
    }
    return NULL;
}

static void fill(real *numbers, size_t count, struct rng *rng)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = (real)rng_normal(rng);
}

static void every_thread_multiplies_alone(void **state)
{
    (void)state;
    struct rng rng = rng_stream(1, 1, 1);
    pthread_t thread[THREADS];
    int different = 0;
    fill(x, ROWS * IN, &rng);
    fill(w, OUT * IN, &rng);
    fill(dy, ROWS * OUT, &rng);
    blas_open();
    for (int rows = 1; rows <= ROWS; rows++)
        multiply(&alone[rows - 1], rows);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, multiply_often, &other[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(thread[i], &result);
        different += result != NULL;
    }
    assert_int_equal(different, 0);
    printf("%s\n", blas_description());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_thread_multiplies_alone)};
    return cmocka_run_group_tests_name("blas", tests, NULL, NULL);
}
