#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx512_##name
#define FLOAT32_ROWS 12
#define FLOAT32_PANELS 2
#define PART_ROWS 12
#define BFLOAT16_ROWS 12
#define BFLOAT16_ROW_PANELS 4
#define WIDE_QUADS
#define OWN_INT8_PRODUCT
#define OWN_ONLINE_SOFTMAX
#define OWN_INT4_PRODUCT
/* A register of 16 outputs, and its instructions. */
#define LANES 16
#define WORDS __m512i
#define FLOATS __m512
#define VECTOR(name) _mm512_##name
#define BITS(name) _mm512_##name##_si512
#define AND_MEMORY "vpandd %1, %0, %0"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), min_vector_width(512))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "softmax512.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_madd.inc"
#include "int4_madd.inc"
#include "parts.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512_kernels = KERNEL_TABLE("avx512");
#endif
