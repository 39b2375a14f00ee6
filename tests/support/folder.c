/* See folder.h. */
#include "support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char folder_path[64];

static int origin = -1; /* the folder that was left for it; -1: none was */

int folder_make(void **state)
{
    (void)state;
    strcpy(folder_path, "/tmp/lnscope-test-XXXXXX");
    return mkdtemp(folder_path) ? 0 : -1;
}

int folder_enter(void **state)
{
    origin = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return origin >= 0 && folder_make(state) == 0 ? chdir(folder_path) : -1;
}

int folder_leave(void **state)
{
    int status = 0;
    (void)state;
    if (origin >= 0) {
        status = fchdir(origin);
        close(origin);
        origin = -1;
    }
    return folder_remove(folder_path) == 0 ? status : -1;
}

int folder_leave_empty(void **state)
{
    const int count = folder_count();
    return folder_leave(state) == 0 && count == 0 ? 0 : -1;
}

int folder_remove(const char *path)
{
    DIR *here = opendir(path);
    for (struct dirent *entry; here && (entry = readdir(here));)
        unlinkat(dirfd(here), entry->d_name, 0);
    if (here)
        closedir(here);
    return rmdir(path);
}

int folder_count(void)
{
    DIR *here = opendir(folder_path);
    int count = here ? -2 : -1; /* without itself and the one around it */
    while (here && readdir(here))
        count++;
    if (here)
        closedir(here);
    return count;
}

const char *folder_file(const char *name)
{
    static char path[4][128];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", folder_path, name);
    return path[next];
}
