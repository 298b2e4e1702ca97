#ifndef ESPALIER_CKERNELS_H
#define ESPALIER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The float32 kernels that are not matrix products. One table of functions per instruction set, all
 * compiled from kernels.inc; espalier_kernels() picks the widest one the processor has, once.
 *
 * Pointers of one call never overlap unless a comment says so. Counts may be zero.
 */
/* The table is constant data: Swift may share it between threads. */
typedef struct __attribute__((swift_attr("@Sendable"))) espalier_kernels {
  /* Name of the instruction set: "portable", "avx2", "avx512". */
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
} espalier_kernels;

/*
 * The table in use. ESPALIER_KERNELS=portable|avx2|avx512 asks for one by name; a name this processor
 * cannot run, or no name at all, gives the widest it can.
 */
const espalier_kernels *espalier_kernels_in_use(void);

/* The table of that name, or NULL when it is unknown here or the processor lacks the instructions. */
const espalier_kernels *espalier_kernels_named(const char *name);

/* Processors this process may run on; at least 1. */
int espalier_processors(void);

#endif
