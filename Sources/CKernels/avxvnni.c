#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avxvnni_##name
#define PART_ROWS 6
#define BFLOAT16_ROWS 6
#define BFLOAT16_ROW_PANELS 3
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
#define DOT _mm256_dpbusd_avx_epi32
#pragma clang attribute push(__attribute__((target("avxvnni,avx2,fma"), min_vector_width(256))), apply_to = function)
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

const espalier_kernels espalier_avxvnni_kernels = KERNEL_TABLE("avxvnni");
#endif
