/* How fast the kernels in use can be at best: products on operands in registers, and reading memory. */
#include <string.h>

#include "CKernels.h"

/* Twelve independent accumulators hide the latency of any of these instructions; the operands are zeros. */
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
enum { ROUNDS = 8192, ACCUMULATORS = 12 };

/* A function for processors with `features`: rounds of what is written for each accumulator. */
#define ROUND(name, features, each, operations)                                     \
  __attribute__((target(features))) static double name(void) {                      \
    for (int i = 0; i < ROUNDS; i++) __asm__ volatile(ZERO EACH(each)::: CLOBBERS); \
    return ROUNDS * ACCUMULATORS * (double)(operations);                            \
  }

#if defined(__x86_64__)
#define ZERO "vxorps %%xmm14, %%xmm14, %%xmm14\n vxorps %%xmm15, %%xmm15, %%xmm15\n"
#define CLOBBERS                                                                                             \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm13", \
      "xmm14", "xmm15"
#define WIDE_DOT_INT8(i) "vpdpbusd %%zmm14, %%zmm15, %%zmm" #i "\n"
#define NARROW_DOT_INT8(i) "vpdpbusd %%ymm14, %%ymm15, %%ymm" #i "\n"
#define DOT_INT8(i) "%{vex%} vpdpbusd %%ymm14, %%ymm15, %%ymm" #i "\n"
#define INT8(i)                                                                         \
  "vpmaddubsw %%ymm14, %%ymm15, %%ymm13\n vpmaddwd %%ymm13, %%ymm15, %%ymm13\n vpaddd " \
  "%%ymm13, %%ymm" #i ", %%ymm" #i "\n"
#define WIDE_INT8(i)                                                                    \
  "vpmaddubsw %%zmm14, %%zmm15, %%zmm13\n vpmaddwd %%zmm13, %%zmm15, %%zmm13\n vpaddd " \
  "%%zmm13, %%zmm" #i ", %%zmm" #i "\n"
#define BFLOAT16(i) "vdpbf16ps %%zmm14, %%zmm15, %%zmm" #i "\n"
#define WIDE_FLOAT(i) "vfmadd231ps %%zmm14, %%zmm15, %%zmm" #i "\n"
#define FLOAT(i) "vfmadd231ps %%ymm14, %%ymm15, %%ymm" #i "\n"

ROUND(wide_dot_int8_round, "avx512f,avx512vnni", WIDE_DOT_INT8, 128)
ROUND(narrow_dot_int8_round, "avx512vl,avx512vnni", NARROW_DOT_INT8, 64)
ROUND(wide_int8_round, "avx512f,avx512bw", WIDE_INT8, 128)
ROUND(dot_int8_round, "avx2,avxvnni", DOT_INT8, 64)
ROUND(int8_round, "avx2", INT8, 64)
ROUND(bfloat16_round, "avx512f,avx512bf16", BFLOAT16, 64)
ROUND(wide_float_round, "avx512f", WIDE_FLOAT, 32)
ROUND(float_round, "avx2,fma", FLOAT, 16)
#elif defined(__aarch64__)
#define ZERO "movi v30.16b, #0\n movi v31.16b, #0\n"
#define CLOBBERS "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v29", "v30", "v31"
#define MATRIX_INT8(i) "usmmla v" #i ".4s, v30.16b, v31.16b\n"
#define DOT_INT8(i) "sdot v" #i ".4s, v30.16b, v31.16b\n"
#define INT8(i) "smull v29.8h, v30.8b, v31.8b\n smlal2 v29.8h, v30.16b, v31.16b\n sadalp v" #i ".4s, v29.8h\n"
#define BFLOAT16(i) "bfmmla v" #i ".4s, v30.8h, v31.8h\n"
#define FLOAT(i) "fmla v" #i ".4s, v30.4s, v31.4s\n"

ROUND(matrix_int8_round, "i8mm", MATRIX_INT8, 64)
ROUND(dot_int8_round, "dotprod", DOT_INT8, 32)
ROUND(int8_round, "neon", INT8, 32)
ROUND(bfloat16_round, "bf16", BFLOAT16, 32)
ROUND(float_round, "neon", FLOAT, 8)
#endif

/* Whether the kernels in use are those of that name. */
static int in_use(const char *name) { return strcmp(espalier_kernels_in_use()->name, name) == 0; }

#if defined(__x86_64__)
static int in_wide_registers(void) { return in_use("avx512") || in_use("avx512vnni") || in_use("avx512bf16"); }
#endif

double espalier_int8_operations(void) {
#if defined(__x86_64__)
  if (in_use("avx512vnni") || in_use("avx512bf16")) return wide_dot_int8_round();
  if (in_use("avx512vnni256")) return narrow_dot_int8_round();
  if (in_use("avxvnni")) return dot_int8_round();
  if (in_use("avx512")) return wide_int8_round();
  if (in_use("avx2")) return int8_round();
#elif defined(__aarch64__)
  if (in_use("i8mm") || in_use("bf16")) return matrix_int8_round();
  if (in_use("dotprod")) return dot_int8_round();
  if (in_use("neon")) return int8_round();
#endif
  return 0;
}

double espalier_bfloat16_operations(void) {
#if defined(__x86_64__)
  if (in_use("avx512bf16")) return bfloat16_round();
#elif defined(__aarch64__)
  if (in_use("bf16")) return bfloat16_round();
#endif
  return espalier_float_operations();
}

double espalier_float_operations(void) {
#if defined(__x86_64__)
  if (in_wide_registers()) return wide_float_round();
  if (in_use("avx2") || in_use("avxvnni") || in_use("avx512vnni256")) return float_round();
#elif defined(__aarch64__)
  if (!in_use("portable")) return float_round();
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
