/* A folder of a test's own, or of a group of tests, for the files that it makes. */
#ifndef LNSCOPE_TESTS_SUPPORT_FOLDER_H
#define LNSCOPE_TESTS_SUPPORT_FOLDER_H

/* Where it is. */
extern char folder_path[64];

/* Set-ups and their tear-down: makes it; makes it and changes into it; changes back and removes it
 * and the files in it. Folders in it are the test's to remove. 0, or -1 when it cannot be done. */
int folder_make(void **state);
int folder_enter(void **state);
int folder_leave(void **state);

/* As folder_leave(), but -1 where anything is left in it. */
int folder_leave_empty(void **state);

/* The path of a file in it; good until the fourth next call. */
const char *folder_file(const char *name);

/* How many files and folders are in it. */
int folder_count(void);

/* Removes a folder and the files in it; 0, or -1 when that cannot be done. */
int folder_remove(const char *path);

#endif
