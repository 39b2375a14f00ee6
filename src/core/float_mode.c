/* See float_mode.h. */
#include "core/float_mode.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 };

unsigned float_mode_flush(void)
{
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
    return mode;
}

void float_mode_restore(unsigned mode)
{
    _mm_setcsr(mode);
}
#else
unsigned float_mode_flush(void)
{
    return 0;
}

void float_mode_restore(unsigned mode)
{
    (void)mode;
}
#endif
