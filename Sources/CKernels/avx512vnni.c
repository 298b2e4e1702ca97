#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx512vnni_##name
#define FLOAT32_ROWS 12
#define FLOAT32_PANELS 2
#define OWN_INT8_PRODUCT
#define OWN_ONLINE_SOFTMAX
#define OWN_INT4_PRODUCT
#define BFLOAT16_ROWS 12
#define BFLOAT16_ROW_PANELS 4
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"), min_vector_width(512))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "softmax512.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_vnni.inc"
#include "int4_vnni.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512vnni_kernels = KERNEL_TABLE("avx512vnni");
#endif
