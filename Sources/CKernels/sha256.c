/* SHA-256's compression function (FIPS 180-4), plainly and by the processor's own instructions. */
#include <string.h>

#include "CKernels.h"

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotated(uint32_t x, int n) { return x >> n | x << (32 - n); }

void espalier_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t count) {
  for (; count > 0; count--, blocks += 64) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
      uint32_t word;
      memcpy(&word, blocks + 4 * i, sizeof(word));
      w[i] = __builtin_bswap32(word);
    }
    for (int i = 16; i < 64; i++) {
      const uint32_t x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (rotated(x, 7) ^ rotated(x, 18) ^ x >> 3) + w[i - 7] +
             (rotated(y, 17) ^ rotated(y, 19) ^ y >> 10);
    }
    uint32_t s[8];
    memcpy(s, state, sizeof(s));
    for (int start = 0; start < 64; start += 8) {
      /* Names move by one each round instead of values; all known when this is unrolled. */
#define AT(place) s[(place + 8 - i) & 7]
      _Pragma("clang loop unroll(full)")
      for (int i = 0; i < 8; i++) {
        const uint32_t a = AT(0), b = AT(1), c = AT(2), e = AT(4), f = AT(5), g = AT(6);
        const uint32_t t = AT(7) + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + (g ^ (e & (f ^ g))) +
                           constants[start + i] + w[start + i];
        AT(3) += t;
        AT(7) = t + (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) | (c & (a | b)));
      }
#undef AT
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
  }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

__attribute__((target("sha,ssse3,sse4.1"))) static void compress(uint32_t state[8], const uint8_t *blocks,
                                                                 size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  /* The instructions want the state as (a, b, e, f) and (c, d, g, h), highest word first. */
  const __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
  const __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
  for (; count > 0; count--, blocks += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i words[4];
    for (int i = 0; i < 4; i++) {
      words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), big_endian);
    }
    for (int round = 0; round < 16; round++) {
      if (round >= 4) {
        /* Four more words of the schedule from the sixteen before them. */
        const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(words[0], words[1]),
                                          _mm_alignr_epi8(words[3], words[2], 4));
        const __m128i next = _mm_sha256msg2_epu32(sum, words[3]);
        words[0] = words[1];
        words[1] = words[2];
        words[2] = words[3];
        words[3] = next;
      }
      const __m128i word = round < 4 ? words[round] : words[3];
      __m128i keyed = _mm_add_epi32(word, _mm_loadu_si128((const __m128i *)(constants + 4 * round)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
      keyed = _mm_shuffle_epi32(keyed, 0x0e);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, keyed);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

int espalier_has_sha256(void) {
  /* __builtin_cpu_supports does not know the extension: leaf 7, bit 29 of EBX. */
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
}

void espalier_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count) {
  compress(state, blocks, count);
}
#else
int espalier_has_sha256(void) { return 0; }

void espalier_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count) {
  (void)state, (void)blocks, (void)count;
}
#endif
