/* Which tables of kernels this machine can run, and which one is used; see kernels.h. The x86
 * builds exist only where KERNELS_X86 is defined. */
#include "core/kernels.h"

#include "base/names.h"
#include "core/plain.h"

#include <stdlib.h>
#include <string.h>

/* kernel_table.c of each build. */
extern const struct kernels kernels_plain;
#ifdef KERNELS_X86
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

void kernels_usable(const struct kernels *usable[KERNELS_MAX + 1])
{
    int count = 0;
#ifdef KERNELS_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        usable[count++] = &kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        usable[count++] = &kernels_avx2;
#endif
    usable[count++] = &kernels_plain;
    usable[count++] = &kernels_loops;
    usable[count] = NULL;
}

/* The usable table of this name, or (NULL or "") the best; NULL: there is none. */
static const struct kernels *find(const char *name)
{
    const struct kernels *usable[KERNELS_MAX + 1];
    kernels_usable(usable);
    for (int i = 0; usable[i]; i++)
        if (!name || !*name || strcmp(usable[i]->name, name) == 0)
            return usable[i];
    return NULL;
}

bool kernels_check(struct error *error)
{
    const struct kernels *usable[KERNELS_MAX + 1];
    const char *name = getenv(KERNELS_VARIABLE);
    char names[64] = "", shown[40];
    if (find(name))
        return true;
    kernels_usable(usable);
    for (int i = 0; usable[i]; i++) {
        strcat(names, i > 0 ? usable[i + 1] ? ", " : " or " : "");
        strcat(names, usable[i]->name);
    }
    names_printable(shown, sizeof shown, name);
    return error_set(error, "%s %s: this machine can run %s", KERNELS_VARIABLE, shown, names);
}

const struct kernels *kernels_chosen(void)
{
    const struct kernels *named = find(getenv(KERNELS_VARIABLE));
    return named ? named : find(NULL);
}
