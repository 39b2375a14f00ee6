/* Standard output as a place to print on. */
#ifndef LNSCOPE_CLI_OUTPUT_H
#define LNSCOPE_CLI_OUTPUT_H

/* Columns of it: what COLUMNS says, or the terminal itself; 80 where neither does. */
int output_columns(void);

#endif
