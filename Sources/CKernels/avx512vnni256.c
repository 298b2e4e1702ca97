#if defined(__x86_64__)
/*
 * The products of avxvnni.c in AVX-512's encoding. Never chosen, only by name: so that they are tested on processors
 * that have no other.
 */
#include <immintrin.h>

#define KERNEL(name) avx512vnni256_##name
#define PART_ROWS 6
#define BFLOAT16_ROWS 6
#define BFLOAT16_ROW_PANELS 3
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
#define DOT _mm256_dpbusd_epi32
#pragma clang attribute push(__attribute__((target("avx512vl,avx512vnni,avx2,fma"), min_vector_width(256))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_vnni256.inc"
#include "int4_vnni256.inc"
#include "parts.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512vnni256_kernels = KERNEL_TABLE("avx512vnni256");
#endif
