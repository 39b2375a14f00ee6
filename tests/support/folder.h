/* A folder of a test's own for the files that it makes. */
#ifndef LNSCOPE_TESTS_SUPPORT_FOLDER_H
#define LNSCOPE_TESTS_SUPPORT_FOLDER_H

/* Removes the folder and the files in it; 0, or -1 when that cannot be done. */
int folder_remove(const char *folder);

/* The path of a file in the folder; good until the fourth next call. */
const char *folder_file(const char *folder, const char *name);

#endif
