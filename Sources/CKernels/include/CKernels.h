#ifndef ESPALIER_CKERNELS_H
#define ESPALIER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/*
 * An int8 matrix of `outputs` rows and `depth` columns, as plans store it: panels of 16 outputs, the last one padded
 * with zeros. A panel has 16 little-endian float32 scales, then for every 4 elements of the depth (padded likewise)
 * 64 bytes: output by output 4 bytes, each the element divided by its output's scale, plus 128.
 */
typedef struct espalier_int8_weights {
  const uint8_t *panels;
  size_t outputs, depth;
} espalier_int8_weights;

/* Bytes of one panel. */
static inline size_t espalier_int8_panel_bytes(size_t depth) { return 64 + (depth + 3) / 4 * 64; }

/* Rows of the next tile when `left` rows are left: what the widest kernel holds in registers, then ever less. */
static inline size_t espalier_int8_tile_rows(size_t left) { return left >= 12 ? 12 : left >= 6 ? 6 : left >= 3 ? 3 : 1; }

/*
 * Rows of activations, tile after tile. A tile of n rows whose first is row f starts at values + f * stride and has, for
 * every 4 elements, 4 bytes of each of its rows: so that a product reads it in one stream. stride is the depth rounded
 * up to a multiple of 4; what is behind the depth is 0. x[r][i] is about its value times scales[r], sums[r] is the sum
 * of a row's values.
 */
typedef struct espalier_int8_rows {
  const int8_t *values;
  size_t stride;
  const float *scales;
  const int32_t *sums;
  size_t count;
} espalier_int8_rows;

/*
 * The float32 kernels that are not matrix products. One table of functions per instruction set, all
 * compiled from kernels.inc; espalier_kernels() picks the widest one the processor has, once.
 *
 * Pointers of one call never overlap unless a comment says so. Counts may be zero.
 */
/* The table is constant data: Swift may share it between threads. */
typedef struct __attribute__((swift_attr("@Sendable"))) espalier_kernels {
  /* Name of the instruction set: "portable", "avx2", "avx512", "avx512vnni". */
  const char *name;

  /* out[r][i] = x[r][i] / sqrt(mean(x[r]^2) + epsilon) * weight[i] */
  void (*rms_norm)(const float *x, size_t x_stride, const float *weight, float epsilon,
                   float *out, size_t out_stride, size_t rows, size_t width);
  /* out[r][i] = (x[r][i] - mean) / sqrt(variance + epsilon) * weight[i] + bias[i]; out may be x. */
  void (*layer_norm)(const float *x, size_t x_stride, const float *weight, const float *bias,
                     float epsilon, float *out, size_t out_stride, size_t rows, size_t width);

  /* out[i] = silu(gate[i]) * up[i]; out may be gate. */
  void (*silu_product)(const float *gate, const float *up, float *out, size_t count);
  /* x[i] = activation(x[i]) */
  void (*silu)(float *x, size_t count);
  void (*quick_gelu)(float *x, size_t count);
  void (*gelu_tanh)(float *x, size_t count);
  void (*gelu)(float *x, size_t count);

  /* y[i] *= x[i] */
  void (*multiply)(const float *x, float *y, size_t count);
  /* y[i] += x[i] */
  void (*add)(const float *x, float *y, size_t count);
  /* y[i] += factor * x[i] */
  void (*add_scaled)(float factor, const float *x, float *y, size_t count);
  /* y[i] *= factor */
  void (*scale)(float factor, float *y, size_t count);
  /* y[i] += |x[i]| */
  void (*add_magnitudes)(const float *x, float *y, size_t count);
  /* sum of x[i] * y[i] */
  float (*dot)(const float *x, const float *y, size_t count);

  /* Rotates the pairs (i, i + half) of one head by the angles whose cosines and sines are given. */
  void (*rotate)(float *head, const float *cosines, const float *sines, size_t half);

  /* Replaces x by softmax(x); returns log(sum exp(x)). */
  float (*softmax)(float *x, size_t count);
  /* log(sum_i exp(a[i] + b[i])) */
  float (*log_sum_exp)(const float *a, const float *b, size_t count);
  /*
   * One step of the online softmax for a row of scores. On return scores hold exp(score - new maximum),
   * *maximum and *sum are updated, and the result is the factor for what was accumulated before.
   */
  float (*online_softmax)(float *scores, size_t count, float *maximum, float *sum);

  /* out[i] = the bfloat16 x[i] as float32 */
  void (*widen_bfloat16)(const uint16_t *x, float *out, size_t count);

  /* y[r] = sum_i matrix[r][i] * x[i], a row a result */
  void (*rows_times_vector)(const float *matrix, const float *x, float *y, size_t rows, size_t columns);
  void (*rows_times_vector_bfloat16)(const uint16_t *matrix, const float *x, float *y, size_t rows,
                                     size_t columns);
  /* y[i] += sum_r x[r] * matrix[r][i] */
  void (*vector_times_rows)(const float *x, const float *matrix, float *y, size_t rows, size_t columns);
  void (*vector_times_rows_bfloat16)(const float *x, const uint16_t *matrix, float *y, size_t rows,
                                     size_t columns);

  /*
   * Quantises a row symmetrically to -127...127 by its largest magnitude, ties to even. Every 4 values go to `q`,
   * `step` bytes apart, those behind `count` as 0. A row with an infinity gets the scale infinity, so that its products
   * are not numbers.
   */
  void (*quantize_int8)(const float *x, size_t count, int8_t *q, size_t step, float *scale, int32_t *sum);
  /* out[r][o] = sum_i x[r][i] * w[o][i], added to what is there when `accumulating`. */
  void (*int8_product)(espalier_int8_weights weights, espalier_int8_rows rows, float *out, size_t out_stride,
                       int accumulating);
  /* out[i] = w[output][i] */
  void (*int8_row)(espalier_int8_weights weights, size_t output, float *out);
} espalier_kernels;

/*
 * The table in use. ESPALIER_KERNELS=portable|avx2|avx512|avx512vnni asks for one by name; a name this processor
 * cannot run, or no name at all, gives the widest it can.
 */
const espalier_kernels *espalier_kernels_in_use(void);

/* The table of that name, or NULL when it is unknown here or the processor lacks the instructions. */
const espalier_kernels *espalier_kernels_named(const char *name);

/* Processors this process may run on; at least 1. */
int espalier_processors(void);

/* Whether the processor has instructions for SHA-256. */
int espalier_has_sha256(void);
/* Runs SHA-256's compression function over blocks of 64 bytes; only where the processor has the instructions. */
void espalier_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count);
/* The same on any processor. */
void espalier_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

/*
 * Some microseconds of products on operands in registers, by the widest instructions the processor has: the number of
 * operations done, a multiply-add being two, or 0 where no measurement is written for it.
 */
double espalier_int8_operations(void);
double espalier_float_operations(void);

/* Reads memory once; the result only keeps the reading from being left out. */
uint64_t espalier_read(const uint64_t *memory, size_t words);

#endif
