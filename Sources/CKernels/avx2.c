#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx2_##name
#define BFLOAT16_ROWS 6
#define BFLOAT16_PANELS 1
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
#pragma clang attribute push(__attribute__((target("avx2,fma"), min_vector_width(256))), apply_to = function)
#include "kernels.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_avx2.inc"
#include "int4_avx2.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx2_kernels = KERNEL_TABLE("avx2");
#endif
