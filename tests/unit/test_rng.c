/* The generator: its bits, and that what is made of them has the distribution that it claims. */
#include "core/rng.h"

#include "support/drawn.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* The chi-square statistic of counts that should be equal, as standard deviations off its mean. */
static double unevenness(const int *count, int bins, double total)
{
    double sum = 0, expected = total / bins;
    for (int i = 0; i < bins; i++)
        sum += (count[i] - expected) * (count[i] - expected) / expected;
    return (sum - (bins - 1)) / sqrt(2.0 * (bins - 1));
}

/* Computed once with an independent implementation of the formulas, in Python integers. */
static void the_bits_never_change(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, purpose, index, bits[3];
    } golden[] = {
        {0, 0, 0, {0x23BA0FEE3EB79C38, 0xEF007CED25B30849, 0x09C8DC760F6D7EEA}},
        {1, 2, 3, {0xE873E3F8F49B9150, 0x657712F08F5D14F9, 0xAC39625B338F69D2}},
        {UINT64_MAX,
         UINT64_MAX,
         UINT64_MAX,
         {0xD0DB1E49811E21DC, 0x0C0D4C17DEFF5548, 0xC4154A22BCF36F11}},
        {42,
         0x85944171f73967e8,
         0x100000,
         {0xE3CC00D44672F8D5, 0x9675C83830F542EF, 0x826CFC8F7FDFAEBD}},
    };
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        struct rng rng = rng_stream(golden[i].seed, golden[i].purpose, golden[i].index);
        for (int j = 0; j < 3; j++)
            assert_int_equal(rng_bits(&rng), golden[i].bits[j]);
    }
    assert_int_equal(rng_key(""), 0xCBF29CE484222325u);
    assert_int_equal(rng_key("foobar"), 0x85944171F73967E8u); /* from the authors' test vectors */
}

static void a_stream_depends_on_each_of_its_keys(void **state)
{
    (void)state;
    struct rng base = rng_stream(1, 2, 3);
    const struct rng other[] = {rng_stream(2, 1, 3), rng_stream(1, 3, 2), rng_stream(3, 2, 1),
                                rng_stream(0, 2, 3), rng_stream(1, 0, 3), rng_stream(1, 2, 0)};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_true(other[i].key != base.key);
}

/* Neighbours in each key, and in a stream, share no linear relation. */
static void neighbouring_streams_are_independent(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    double sum[4] = {0};
    for (int i = 0; i < COUNT; i++) {
        uint64_t n = (uint64_t)i;
        struct rng here = rng_stream(n, 7, 9), seed = rng_stream(n + 1, 7, 9);
        struct rng purpose = rng_stream(n, 8, 9), index = rng_stream(n, 7, 10);
        double x = rng_uniform(&here) - 0.5;
        sum[0] += x * (rng_uniform(&seed) - 0.5);
        sum[1] += x * (rng_uniform(&purpose) - 0.5);
        sum[2] += x * (rng_uniform(&index) - 0.5);
        sum[3] += x * (rng_uniform(&here) - 0.5);
    }
    for (int k = 0; k < 4; k++)
        assert_within(sum[k] * 12 / sqrt(COUNT), 0, far);
}

/* One bit of the seed, the purpose, the index or the place changes half of the 64 bits. */
static void every_bit_of_a_key_counts(void **state)
{
    (void)state;
    enum { BASES = 64 };
    for (int which = 0; which < 4; which++) {
        for (int bit = 0; bit < (which == 3 ? 16 : 64); bit++) {
            int changed = 0;
            for (uint64_t base = 0; base < BASES; base++) {
                uint64_t key[4] = {base, base + 100, base + 200, base};
                struct rng a = rng_stream(key[0], key[1], key[2]);
                a.counter = key[3];
                key[which] ^= (uint64_t)1 << bit;
                struct rng b = rng_stream(key[0], key[1], key[2]);
                b.counter = key[3];
                for (uint64_t x = rng_bits(&a) ^ rng_bits(&b); x; x &= x - 1)
                    changed++;
            }
            assert_within(changed, 32 * BASES, far * 4 * sqrt(BASES));
        }
    }
}

static void every_bit_is_even(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    int set[64] = {0};
    struct rng rng = rng_stream(5, 6, 7);
    for (int i = 0; i < COUNT; i++) {
        uint64_t bits = rng_bits(&rng);
        for (int bit = 0; bit < 64; bit++)
            set[bit] += (int)(bits >> bit & 1);
    }
    for (int bit = 0; bit < 64; bit++)
        assert_within(set[bit], COUNT / 2.0, far * sqrt(COUNT) / 2);
}

static void uniform_fills_its_range_evenly(void **state)
{
    (void)state;
    enum { COUNT = 200000, BINS = 1000 };
    int count[BINS] = {0};
    struct rng rng = rng_stream(1, rng_key("uniform"), 0);
    for (int i = 0; i < COUNT; i++) {
        double x = rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        count[(int)(x * BINS)]++;
    }
    assert_within(unevenness(count, BINS, COUNT), 0, far);
}

/* At 3 * 2^30 a remainder or a product without rejection would give some residues twice as often.
 */
static void below_has_no_bias(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    static const uint32_t bounds[] = {1, 2, 3, 7, 33, 1000, 0xC0000000u, 0xFFFFFFFFu};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct rng rng = rng_stream(2, rng_key("below"), i);
        uint32_t bound = bounds[i], bins = bound < 1000 ? bound : 1000;
        int range[1000] = {0}, residue[3] = {0};
        for (int j = 0; j < COUNT; j++) {
            uint32_t x = rng_below(&rng, bound);
            assert_true(x < bound);
            range[(uint64_t)x * bins / bound]++;
            residue[x % 3]++;
        }
        if (bins > 1)
            assert_within(unevenness(range, (int)bins, COUNT), 0, far);
        if (bound % 3 == 0)
            assert_within(unevenness(residue, 3, COUNT), 0, 10);
    }
}

static void normal_has_the_moments(void **state)
{
    (void)state;
    enum { COUNT = 400000 };
    double sum[5] = {0};
    struct rng rng = rng_stream(3, rng_key("normal"), 0);
    for (int i = 0; i < COUNT; i++) {
        double x = rng_normal(&rng), power = 1;
        for (int k = 1; k <= 4; k++)
            sum[k] += power *= x;
    }
    /* Variances of x, x^2, x^3, x^4 are 1, 2, 15, 96. */
    assert_within(sum[1] / COUNT, 0, far * sqrt(1.0 / COUNT));
    assert_within(sum[2] / COUNT, 1, far * sqrt(2.0 / COUNT));
    assert_within(sum[3] / COUNT, 0, far * sqrt(15.0 / COUNT));
    assert_within(sum[4] / COUNT, 3, far * sqrt(96.0 / COUNT));
}

/* The inverse of an odd number modulo 2^64, by Newton's iteration. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;
    for (int i = 0; i < 6; i++)
        x *= 2 - odd * x;
    return x;
}

static uint64_t unmix(uint64_t z)
{
    z = (z ^ z >> 31 ^ z >> 62) * inverse(0x94D049BB133111EBu);
    z = (z ^ z >> 27 ^ z >> 54) * inverse(0xBF58476D1CE4E5B9u);
    return z ^ z >> 30 ^ z >> 60;
}

/* The generator run backwards: a state whose next bits are these. */
static struct rng rng_before(uint64_t bits)
{
    return (struct rng){.key = 0, .counter = unmix(unmix(bits)) * inverse(0x9E3779B97F4A7C15u) - 1};
}

static void assert_quantile(uint64_t bits)
{
    struct rng rng = rng_before(bits), again = rng;
    assert_int_equal(rng_bits(&again), bits);
    double p = ((double)(bits >> 12) + 0.5) * 0x1p-52, x = rng_normal(&rng);
    /* The smaller tail, which is where erfc is accurate relative to itself. */
    double tail = 0.5 * erfc(fabs(x) / sqrt(2));
    assert_true(x == 0 || (x < 0) == (p < 0.5));
    assert_within(tail, p < 0.5 ? p : 1 - p, 3e-14 * tail);
}

/* Against the C library's erfc, over the whole range and at both ends of every formula. */
static void normal_is_the_inverse_of_erfc(void **state)
{
    (void)state;
    struct rng rng = rng_stream(4, 0, 0);
    for (int i = 0; i < 20000; i++)
        assert_quantile(rng_bits(&rng));
    for (int shift = 0; shift < 52; shift++) {
        assert_quantile(UINT64_MAX >> shift);         /* p near 2^-shift */
        assert_quantile(~(UINT64_MAX >> shift >> 1)); /* 1 - p near 2^-shift */
    }
    static const double seam[] = {0.075, 0.925, 1.3887943864964021e-11, 1 - 1.3887943864964021e-11};
    for (size_t i = 0; i < sizeof seam / sizeof *seam; i++)
        for (uint64_t step = 0; step < 8; step++)
            assert_quantile(((uint64_t)(seam[i] * 0x1p52) - 4 + step) << 12);
    struct rng least = rng_before(0), most = rng_before(UINT64_MAX);
    assert_within(rng_normal(&least), -8.2095361516013869, 1e-13);
    assert_within(rng_normal(&most), 8.2095361516013869, 1e-13);
}

/* Beyond 3 and 4 standard deviations lie as many as there should. */
static void normal_has_its_tails(void **state)
{
    (void)state;
    enum { COUNT = 1000000 };
    int above[5] = {0}, below[5] = {0};
    struct rng rng = rng_stream(6, rng_key("tails"), 0);
    for (int i = 0; i < COUNT; i++) {
        double x = rng_normal(&rng);
        for (int k = 1; k <= 4; k++) {
            above[k] += x > k;
            below[k] += x < -k;
        }
    }
    for (int k = 1; k <= 4; k++) {
        double expected = COUNT * 0.5 * erfc(k / sqrt(2));
        assert_within(above[k], expected, far * sqrt(expected));
        assert_within(below[k], expected, far * sqrt(expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_never_change),
        cmocka_unit_test(a_stream_depends_on_each_of_its_keys),
        cmocka_unit_test(neighbouring_streams_are_independent),
        cmocka_unit_test(every_bit_of_a_key_counts),
        cmocka_unit_test(every_bit_is_even),
        cmocka_unit_test(uniform_fills_its_range_evenly),
        cmocka_unit_test(below_has_no_bias),
        cmocka_unit_test(normal_has_the_moments),
        cmocka_unit_test(normal_is_the_inverse_of_erfc),
        cmocka_unit_test(normal_has_its_tails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
