#if defined(__aarch64__)
#include <arm_neon.h>

#define KERNEL(name) dotprod_##name
#define PART_ROWS 12
#define BFLOAT16_ROWS 6
#define BFLOAT16_ROW_PANELS 1
#define OWN_BFLOAT16_TILE
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#include "kernels.inc"
#include "float32.inc"
#include "rows_neon.inc"
#include "bfloat16_neon.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_dot.inc"
#include "int4_dot.inc"
#include "parts.inc"
#pragma clang attribute pop

const espalier_kernels espalier_dotprod_kernels = KERNEL_TABLE("dotprod");
#endif
