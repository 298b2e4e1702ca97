#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#include "CKernels.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"), min_vector_width(256))), apply_to = function)
#define KERNEL(name) avx2_##name
#include "kernels.inc"
#pragma clang attribute pop

const espalier_kernels espalier_avx2_kernels = KERNEL_TABLE("avx2");
#endif
