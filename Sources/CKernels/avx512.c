#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx512_##name
#define OWN_INT8_PRODUCT
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), min_vector_width(512))), apply_to = function)
#include "kernels.inc"
#include "int8.inc"
#include "int8_avx2.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512_kernels = KERNEL_TABLE("avx512");
#endif
