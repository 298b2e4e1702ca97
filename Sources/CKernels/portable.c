/* Whatever the compiler's baseline is: SSE2 on x86-64, NEON on arm64. */
#define KERNEL(name) portable_##name
#include "kernels.inc"
#include "int8.inc"

const espalier_kernels espalier_portable_kernels = KERNEL_TABLE("portable");
