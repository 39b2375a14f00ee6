/* See folder.h. */
#include "support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int folder_remove(const char *folder)
{
    DIR *here = opendir(folder);
    for (struct dirent *entry; here && (entry = readdir(here));)
        unlinkat(dirfd(here), entry->d_name, 0);
    if (here)
        closedir(here);
    return rmdir(folder);
}

const char *folder_file(const char *folder, const char *name)
{
    static char path[4][128];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
    return path[next];
}
