#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx2_##name
#define PART_ROWS 6
#define BFLOAT16_ROWS 6
#define BFLOAT16_ROW_PANELS 3
#define WIDE_QUADS
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
/* A register of 8 outputs, and its instructions. */
#define LANES 8
#define WORDS __m256i
#define FLOATS __m256
#define VECTOR(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256
#define AND_MEMORY "vpand %1, %0, %0"
#pragma clang attribute push(__attribute__((target("avx2,fma"), min_vector_width(256))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_madd.inc"
#include "int4_madd.inc"
#include "parts.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx2_kernels = KERNEL_TABLE("avx2");
#endif
