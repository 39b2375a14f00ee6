/* Interrupts of a long command: noted, so that it can finish what it writes, and raised again by
 * the command line once all is closed. */
#ifndef LNSCOPE_CLI_INTERRUPT_H
#define LNSCOPE_CLI_INTERRUPT_H

/* From here on signals that ask for the end (base/signals.h) are noted. A second one of the same
 * number ends the program at once; what is ignored from the start (nohup) stays ignored.
 * Calls of the system that wait meanwhile go on afterwards. */
void interrupt_watch(void);

/* The number of the signal that came last; 0: none did. Any thread may ask. */
int interrupt_caught(void);

#endif
