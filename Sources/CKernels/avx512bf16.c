#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx512bf16_##name
#define FLOAT32_ROWS 12
#define FLOAT32_PANELS 2
#define OWN_INT8_PRODUCT
#define OWN_ONLINE_SOFTMAX
#define OWN_INT4_PRODUCT
#define OWN_BFLOAT16_PRODUCT
#define SOFTMAX_PAIRS avx512bf16_online_softmax_pairs
#define BFLOAT16_PLAIN avx512bf16_bfloat16_plain
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma"), min_vector_width(512))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "softmax512.inc"
#include "bfloat16.inc"
#include "bfloat16_dot.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_vnni.inc"
#include "int4_vnni.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512bf16_kernels = KERNEL_TABLE("avx512bf16");
#endif
