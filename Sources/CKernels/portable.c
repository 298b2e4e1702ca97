/* Whatever the compiler's baseline is: SSE2 on x86-64, NEON on arm64. */
#define KERNEL(name) portable_##name
#define FLOAT32_ROWS 3
#define BFLOAT16_ROWS 3
#define BFLOAT16_ROW_PANELS 1
#include "kernels.inc"
#include "float32.inc"
#include "bfloat16.inc"
#include "int8.inc"
#include "int4.inc"
#include "gather.inc"

const espalier_kernels espalier_portable_kernels = KERNEL_TABLE("portable");
