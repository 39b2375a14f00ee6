/* Texts, in memory and in files: read, written, counted in, compared. What cannot be done fails the
 * test. */
#ifndef LNSCOPE_TESTS_SUPPORT_TEXTS_H
#define LNSCOPE_TESTS_SUPPORT_TEXTS_H

/* All of a file, which the caller frees. */
char *text_of_file(const char *path);

/* Makes a file of the text, or writes over what is there. */
void text_to_file(const char *path, const char *text);

/* How often the part stands in the text. */
int count_in(const char *text, const char *part);

/* Fails where it does not, and says both. */
void assert_contains(const char *text, const char *part);

/* Fails where the text is not one line of an error message that holds these words; `of` says whose
 * it is. */
void assert_error_line(const char *text, const char *words, const char *of);

#endif
