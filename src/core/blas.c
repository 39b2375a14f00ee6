/* See blas.h.
 *
 * The number of threads of OpenBLAS belongs to the process in its pthread build, but to each
 * calling thread in its OpenMP build. Several threads would share out the sums of a product, and
 * its bits would depend on how they did it: so the number is set to 1 before every product, which
 * costs the store of a number.
 *
 * OpenBLAS takes a buffer from the system for each product under way and keeps it for later ones.
 * Where the system has none it asks again for ever: so this file looks beforehand whether there is
 * room for one. */
#include "core/blas.h"

#include "base/error.h"
#include "base/signals.h"

#include <cblas.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#ifdef LNSCOPE_REAL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

/* Bytes of a buffer of OpenBLAS on x86-64, where it is largest, and a little more. */
#define BUFFER ((size_t)129 << 20)

/* What the library has, one for the process: the products under way; the buffers that it has taken,
 * as far as is known; `growing` is held by the thread whose product may take another one. */
static atomic_int under_way, buffers;
static atomic_flag growing = ATOMIC_FLAG_INIT;

/* Whether the system has room for so many buffers. */
static bool has_room(int wanted)
{
    struct block {
        struct block *next;
    } *first = NULL, *block;
    while (wanted > 0 && (block = malloc(BUFFER)) != NULL) {
        block->next = first;
        first = block;
        wanted--;
    }
    while ((block = first) != NULL) {
        first = block->next;
        free(block);
    }
    return wanted == 0;
}

/* Before a product. Returns 0 where the library has a buffer for it; else the number of buffers
 * that it will have after the product, and holds `growing` until end(). Earlier products may have
 * found a buffer free by chance, so that up to number - 1 buffers can still be missing: room for as
 * many is looked for. */
static int begin(void)
{
    const int number = atomic_fetch_add(&under_way, 1) + 1;
    openblas_set_num_threads(1);
    if (number <= atomic_load(&buffers))
        return 0;
    while (atomic_flag_test_and_set(&growing))
        sched_yield();
    if (!has_room(number > 1 ? number - 1 : 1))
        die("no memory for the matrix products of BLAS, which take %d MB in each thread: fewer "
            "threads, or a higher limit (ulimit -v)",
            (int)(BUFFER >> 20));
    return number;
}

static void end(int number)
{
    if (number > atomic_load(&buffers))
        atomic_store(&buffers, number);
    if (number > 0)
        atomic_flag_clear(&growing);
    atomic_fetch_sub(&under_way, 1);
}

/* Of OpenBLAS's pthread build: ends its threads; those that openblas_set_num_threads() then starts
 * in their place, and which have nothing to do, leave signals alone as the one that starts them. */
int blas_thread_shutdown_(void) __attribute__((weak));

void blas_open(void)
{
    static atomic_flag is_open = ATOMIC_FLAG_INIT;
    sigset_t before;
    if (atomic_flag_test_and_set(&is_open))
        return;
    signals_hold(&before);
    if (blas_thread_shutdown_)
        blas_thread_shutdown_();
    openblas_set_num_threads(1);
    signals_release(&before);
}

const char *blas_description(void)
{
    return openblas_get_config();
}

void blas_forward(real *y, const real *x, const real *w, int rows, int in, int out)
{
    const int number = begin();
    GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, 0, y, out);
    end(number);
}

void blas_backward_data(real *dx, const real *dy, const real *w, int rows, int in, int out)
{
    const int number = begin();
    GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, dy, out, w, in, 0, dx, in);
    end(number);
}

void blas_backward_weight(real *dw, const real *dy, const real *x, int rows, int in, int out)
{
    const int number = begin();
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, dy, out, x, in, 0, dw, in);
    end(number);
}
