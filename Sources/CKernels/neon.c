#if defined(__aarch64__)
#include <arm_neon.h>

#define KERNEL(name) neon_##name
#define PART_ROWS 3
#define BFLOAT16_ROWS 6
#define BFLOAT16_ROW_PANELS 1
#define OWN_BFLOAT16_TILE
#define OWN_INT8_PRODUCT
#define OWN_INT4_PRODUCT
#include "kernels.inc"
#include "float32.inc"
#include "rows_neon.inc"
#include "bfloat16_neon.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"
#include "int8_neon.inc"
#include "int4_neon.inc"
#include "parts.inc"

const espalier_kernels espalier_neon_kernels = KERNEL_TABLE("neon");
#endif
