/* How fast this processor can be at best: products on operands in registers, and reading memory. */
#include "CKernels.h"

#if defined(__x86_64__)
/* Twelve independent accumulators hide the latency of any of these instructions; the operands are zeros. */
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define ZERO "vxorps %%xmm14, %%xmm14, %%xmm14\n vxorps %%xmm15, %%xmm15, %%xmm15\n"
#define INT8(i) "vpdpbusd %%zmm14, %%zmm15, %%zmm" #i "\n"
#define BFLOAT16(i) "vdpbf16ps %%zmm14, %%zmm15, %%zmm" #i "\n"
#define WIDE_FLOAT(i) "vfmadd231ps %%zmm14, %%zmm15, %%zmm" #i "\n"
#define FLOAT(i) "vfmadd231ps %%ymm14, %%ymm15, %%ymm" #i "\n"
#define CLOBBERS                                                                                              \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm14", \
      "xmm15"
enum { ROUNDS = 1024, ACCUMULATORS = 12 };

__attribute__((target("avx512f,avx512vnni"))) static double int8_round(void) {
  for (int i = 0; i < ROUNDS; i++) __asm__ volatile(ZERO EACH(INT8)::: CLOBBERS);
  return ROUNDS * ACCUMULATORS * 128.0;
}

__attribute__((target("avx512f,avx512bf16"))) static double bfloat16_round(void) {
  for (int i = 0; i < ROUNDS; i++) __asm__ volatile(ZERO EACH(BFLOAT16)::: CLOBBERS);
  return ROUNDS * ACCUMULATORS * 64.0;
}

__attribute__((target("avx512f"))) static double wide_float_round(void) {
  for (int i = 0; i < ROUNDS; i++) __asm__ volatile(ZERO EACH(WIDE_FLOAT)::: CLOBBERS);
  return ROUNDS * ACCUMULATORS * 32.0;
}

__attribute__((target("avx2,fma"))) static double float_round(void) {
  for (int i = 0; i < ROUNDS; i++) __asm__ volatile(ZERO EACH(FLOAT)::: CLOBBERS);
  return ROUNDS * ACCUMULATORS * 16.0;
}
#endif

double espalier_int8_operations(void) {
#if defined(__x86_64__)
  if (espalier_kernels_named("avx512vnni")) return int8_round();
#endif
  return 0;
}

double espalier_bfloat16_operations(void) {
#if defined(__x86_64__)
  if (espalier_kernels_named("avx512bf16")) return bfloat16_round();
#endif
  return espalier_float_operations();
}

double espalier_float_operations(void) {
#if defined(__x86_64__)
  if (espalier_kernels_named("avx512")) return wide_float_round();
  if (espalier_kernels_named("avx2")) return float_round();
#endif
  return 0;
}

uint64_t espalier_read(const uint64_t *memory, size_t words) {
  uint64_t sums[16] = {0};
  for (size_t i = 0; i + 16 <= words; i += 16) {
    for (size_t lane = 0; lane < 16; lane++) sums[lane] ^= memory[i + lane];
  }
  uint64_t all = 0;
  for (size_t lane = 0; lane < 16; lane++) all ^= sums[lane];
  return all;
}
