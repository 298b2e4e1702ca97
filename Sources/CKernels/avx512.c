#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#include "CKernels.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"), min_vector_width(512))), apply_to = function)
#define KERNEL(name) avx512_##name
#include "kernels.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx512_kernels = KERNEL_TABLE("avx512");
#endif
