/* Whole numbers in a range: an assertion of cmocka's kind that all of its versions take, since 2.0
 * deprecates assert_in_range(). To be included after cmocka.h. */
#ifndef LNSCOPE_TESTS_RANGE_H
#define LNSCOPE_TESTS_RANGE_H

#include <stdint.h>

/* least <= value <= most */
#define assert_between(value, least, most)                                                         \
    do {                                                                                           \
        const intmax_t between_value = (intmax_t)(value);                                          \
        const intmax_t between_least = (intmax_t)(least), between_most = (intmax_t)(most);         \
        if (between_value < between_least || between_value > between_most)                         \
            fail_msg("%s is %jd: not from %jd to %jd", #value, between_value, between_least,       \
                     between_most);                                                                \
    } while (0)

#endif
