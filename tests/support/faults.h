/* The library that makes calls of the C library fail (faults/faults.c), for programs under test. */
#ifndef LNSCOPE_TESTS_SUPPORT_FAULTS_H
#define LNSCOPE_TESTS_SUPPORT_FAULTS_H

#include <stdbool.h>

/* "LD_PRELOAD=..."; empty where there is none, as under a sanitizer. */
extern char faults_preload[4200];

/* The program under test: $LNSCOPE, or build/lnscope. */
extern char faults_program[4096];

/* Finds both, the library beside the test program that was started as `name`; false without a
 * program. */
bool faults_find(const char *name);

#endif
