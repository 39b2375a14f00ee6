/* Whether the tests are built with a sanitizer that takes crashes itself, and makes a training at
 * full size take minutes. */
#ifndef LNSCOPE_TESTS_SUPPORT_SANITIZED_H
#define LNSCOPE_TESTS_SUPPORT_SANITIZED_H

#ifdef LNSCOPE_SANITIZED
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#endif
