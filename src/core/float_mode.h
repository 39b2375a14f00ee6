/* How the processor treats numbers too small for the normal format.
 *
 * The gradients of a collapsed stack reach them, and arithmetic on them is some hundred times
 * slower on x86. They are taken as 0 while a step is computed; at 1e-38 that changes nothing one
 * can see. */
#ifndef LNSCOPE_CORE_FLOAT_MODE_H
#define LNSCOPE_CORE_FLOAT_MODE_H

/* Sets flush-to-zero in the calling thread; returns the mode before, for float_mode_restore().
 * Where the processor has no such mode nothing happens. */
unsigned float_mode_flush(void);
void float_mode_restore(unsigned mode);

#endif
