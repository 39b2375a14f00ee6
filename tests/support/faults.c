/* See faults.h. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* realpath() */
#endif
#include "support/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char faults_preload[4200], faults_program[4096];

bool faults_find(const char *name)
{
    char here[4096], *slash;
    const char *named = getenv("LNSCOPE");
    if (!realpath(name, here) || !(slash = strrchr(here, '/')) ||
        !realpath(named ? named : "build/lnscope", faults_program))
        return false;
    snprintf(slash, sizeof here - (size_t)(slash - here), "/../faults/faults.so");
    if (access(here, R_OK) == 0)
        snprintf(faults_preload, sizeof faults_preload, "LD_PRELOAD=%s", here);
    else
        printf("%s is not here: no faults are made\n", here);
    return true;
}
