#ifndef ESPALIER_CKERNELS_H
#define ESPALIER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Rows of the next tile when `left` rows are left: what the widest kernel holds in registers, then ever less. */
static inline size_t espalier_tile_rows(size_t left) { return left >= 12 ? 12 : left >= 6 ? 6 : left >= 3 ? 3 : 1; }

/*
 * A bfloat16 matrix as plans and KV caches store it: panels of 16 outputs, `panel_bytes` apart. A panel has for every 2
 * elements of the depth (padded with zeros, as are the outputs) 64 bytes: output by output 4 bytes, the two elements.
 */
typedef struct espalier_bfloat16_panels {
  const uint8_t *panels;
  size_t panel_bytes, outputs, depth;
} espalier_bfloat16_panels;

/* Bytes of one panel. */
static inline size_t espalier_bfloat16_panel_bytes(size_t depth) { return (depth + 1) / 2 * 64; }

/*
 * Rows of activations in pairs, tile after tile. A pair is what the kernels multiply with: two bfloat16, or two float32
 * where the processor multiplies nothing shorter; their table says how many bytes. A tile of n rows whose first is row f
 * starts at pair f * stride of values and has, for every 2 elements, one pair of each of its rows. stride is half the
 * depth, rounded up; what is behind the depth is 0.
 */
typedef struct espalier_paired_rows {
  const uint8_t *values;
  size_t stride, count;
} espalier_paired_rows;

/* Pairs from one row to the next where rows lie one after the other. */
enum { ESPALIER_PLAIN_STRIDE = 128 };

/* Rows of `bytes` bytes, whole tiles of them, that stay in a second-level cache beside some panels. */
static inline size_t espalier_block_rows(size_t bytes) {
  const size_t fitting = 384 * 1024 / (bytes + 1) / 12 * 12;
  return fitting < 12 ? 12 : fitting;
}

/* The block of rows that starts at row `start`. */
static inline espalier_paired_rows espalier_paired_block(espalier_paired_rows rows, size_t start, size_t pair_bytes) {
  const size_t block = espalier_block_rows(pair_bytes * rows.stride), left = rows.count - start;
  const espalier_paired_rows some = {rows.values + start * rows.stride * pair_bytes, rows.stride, left < block ? left : block};
  return some;
}

/*
 * An int8 matrix of `outputs` rows and `depth` columns, as plans store it: panels of 16 outputs, `panel_bytes` apart, the
 * last one padded with zeros. A panel has 16 little-endian float32 scales, then for every 4 elements of the depth (padded
 * likewise) 64 bytes: output by output 4 bytes, each the element divided by its output's scale, plus 128.
 */
typedef struct espalier_int8_weights {
  const uint8_t *panels;
  size_t panel_bytes, outputs, depth;
} espalier_int8_weights;

/* Bytes of one panel. */
static inline size_t espalier_int8_panel_bytes(size_t depth) { return 64 + (depth + 3) / 4 * 64; }

/*
 * An int4 matrix as plans store it: panels of 16 outputs, `panel_bytes` apart, the last one padded with zeros. A panel
 * has for every 64 elements of the depth (padded likewise) a block of 576 bytes: first output by output two bfloat16
 * scales, each of 32 elements; then for every 8 elements 64 bytes, output by output 4 bytes: their low halves are the
 * first 4 elements, their high halves the others, each divided by its scale, plus 8.
 */
typedef struct espalier_int4_weights {
  const uint8_t *panels;
  size_t panel_bytes, outputs, depth;
} espalier_int4_weights;

/* Elements that share a scale. */
enum { ESPALIER_INT4_GROUP = 32 };

/* Bytes of one panel. */
static inline size_t espalier_int4_panel_bytes(size_t depth) { return (depth + 63) / 64 * 576; }

/*
 * A float32 matrix as it lies in memory: rows of `stride` elements, one for each output, or with `by_inputs` one for each
 * input.
 */
typedef struct espalier_float32_matrix {
  const float *values;
  size_t stride, outputs, depth;
  int by_inputs;
} espalier_float32_matrix;

/* The largest magnitude of activations of 7 bits: two products with bytes, 2 * 255 * 63, fit into 16 bits. */
enum { ESPALIER_NARROW_LEVELS = 63 };

/*
 * Rows of activations, tile after tile. A tile of n rows whose first is row f starts at element f * stride of values and
 * has, for every 4 elements, those of each of its rows: so that a product reads it in one stream. An element is a byte, or
 * in int8 products what the table says (quad_bytes). stride is the depth rounded up to a multiple of 4; what is behind the
 * depth is 0. x[r][i] is about its value times scales[r], sums[r] is the sum of a row's values.
 *
 * For int4 products, stride is rounded up to a multiple of 64 and group_sums has -8 times the sum of every 32 values, in
 * tiles likewise: a tile starts at group_sums + f * stride / 32.
 */
typedef struct espalier_int8_rows {
  const int8_t *values;
  size_t stride;
  const float *scales;
  const int32_t *sums;
  const int32_t *group_sums;
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
  /*
   * Name of the instruction set: "portable"; on x86-64 "avx2", "avx512", "avxvnni", "avx512vnni", "avx512bf16", and
   * "avx512vnni256", which is never chosen: avxvnni's products for processors without it; on arm64 "neon", "dotprod",
   * "i8mm", "bf16".
   */
  const char *name;

  /* out[r][i] = x[r][i] / sqrt(mean(x[r]^2) + epsilon) * weight[i]; out may be x. */
  void (*rms_norm)(const float *x, size_t x_stride, const float *weight, float epsilon,
                   float *out, size_t out_stride, size_t rows, size_t width);
  /* out[r][i] = (x[r][i] - mean) / sqrt(variance + epsilon) * weight[i] + bias[i]; out may be x. */
  void (*layer_norm)(const float *x, size_t x_stride, const float *weight, const float *bias,
                     float epsilon, float *out, size_t out_stride, size_t rows, size_t width);

  /* out[i] = silu(gate[i]) * up[i]; out may be gate. */
  void (*silu_product)(const float *gate, const float *up, float *out, size_t count);
  /* values[i] *= sigmoid(gate[i]) */
  void (*sigmoid_product)(const float *gate, float *values, size_t count);
  /* x[i] = activation(x[i]) */
  void (*silu)(float *x, size_t count);
  void (*quick_gelu)(float *x, size_t count);
  void (*gelu_tanh)(float *x, size_t count);
  void (*gelu)(float *x, size_t count);
  /* x = cap tanh(x / cap) */
  void (*soft_cap)(float *x, float cap, size_t count);
  /* x = min(max(x, low), high) */
  void (*clamp)(float *x, float low, float high, size_t count);

  /* y[i] *= x[i] */
  void (*multiply)(const float *x, float *y, size_t count);
  /* y[i] += x[i] */
  void (*add)(const float *x, float *y, size_t count);
  /* y[i] += factor * x[i] */
  void (*add_scaled)(float factor, const float *x, float *y, size_t count);
  /* z[i] += x[i] * y[i] */
  void (*add_product)(const float *x, const float *y, float *z, size_t count);
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
  /*
   * The same, but the weights go to `pairs`, rounded, as a plain row for bfloat16_plain; an odd count is padded with 0.
   * NULL where that is not faster than pair_row, or where pairs are float32 and the scores such a row themselves.
   */
  float (*online_softmax_pairs)(const float *scores, size_t count, float *maximum, float *sum, uint8_t *pairs);

  /* y[r] = sum_i matrix[r][i] * x[i], a row a result */
  void (*rows_times_vector)(const float *matrix, const float *x, float *y, size_t rows, size_t columns);
  /* y[i] += sum_r x[r] * matrix[r][i], rows `stride` apart */
  void (*vector_times_rows)(const float *x, const float *matrix, size_t stride, float *y, size_t rows,
                            size_t columns);

  /*
   * out[r][o] = factor * sum_i x[r][i] * w[o][i], added to what is there when `accumulating`. A row has the same bits
   * whatever rows are beside it, and whatever outputs.
   */
  void (*float32_product)(espalier_float32_matrix weights, const float *x, size_t x_stride, size_t rows, float factor,
                          float *out, size_t out_stride, int accumulating);

  /* Bytes of a pair of activations: 4 or 8. */
  size_t pair_bytes;
  /* Writes factor * x as pairs, `step` bytes apart; an odd count is padded with 0. */
  void (*pair_row)(const float *x, size_t count, float factor, uint8_t *out, size_t step);
  /* out[r][o] = sum_i x[r][i] * w[o][i], added to what is there when `accumulating`. */
  void (*bfloat16_product)(espalier_bfloat16_panels weights, espalier_paired_rows rows, float *out,
                           size_t out_stride, int accumulating);
  /*
   * The same by rows that are not interleaved: ESPALIER_PLAIN_STRIDE pairs apart, a row's pairs side by side; what has
   * just been computed row by row is written so without scattering it. Where pairs are float32, or online_softmax_pairs
   * writes them; NULL elsewhere.
   */
  void (*bfloat16_plain)(espalier_bfloat16_panels weights, espalier_paired_rows rows, float *out, size_t out_stride,
                         int accumulating);
  /*
   * Whether a row of bfloat16_product has the same bits whatever rows are beside it, as those of int8 and int4 products
   * have everywhere.
   */
  int bfloat16_rows_alike;
  /* out[i] = w[output][i] */
  void (*bfloat16_row)(espalier_bfloat16_panels weights, size_t output, float *out);
  /* One output of a matrix: x rounded to bfloat16; `words` is the output's place in the first 64 bytes of its panel. */
  void (*store_output_bfloat16)(const float *x, size_t count, uint8_t *words);
  /* Inputs first, first + 1, ... of `outputs` outputs from rows of x, rounded; rows before them may be there already. */
  void (*store_inputs_bfloat16)(const float *x, size_t stride, size_t first, size_t rows, size_t outputs,
                                uint8_t *panels, size_t panel_bytes);

  /*
   * Quantises a row symmetrically to -levels...levels, at most 127, by its largest magnitude, ties to even. Every 4 values go to `q` as bytes,
   * `step` bytes apart, those behind `count` as 0. A row with an infinity gets the scale infinity, so that its products
   * are not numbers.
   */
  void (*quantize_bytes)(const float *x, size_t count, int levels, int8_t *q, size_t step, float *scale,
                         int32_t *sum);
  /* Bytes of 4 values in rows of int8 products: 4, or 8 where the instructions multiply nothing shorter than 16 bits. */
  size_t quad_bytes;
  /* The same in the form of those rows, quads of `quad_bytes`. */
  void (*quantize_int8)(const float *x, size_t count, int levels, int8_t *q, size_t step, float *scale, int32_t *sum);
  /* out[r][o] = sum_i x[r][i] * w[o][i], added to what is there when `accumulating`. */
  void (*int8_product)(espalier_int8_weights weights, espalier_int8_rows rows, float *out, size_t out_stride,
                       int accumulating);
  /*
   * The same by rows of bytes within -ESPALIER_NARROW_LEVELS...ESPALIER_NARROW_LEVELS, of which two products are added in
   * 16 bits. NULL where that is no faster: int8_product takes such rows as well.
   */
  void (*int8_narrow_product)(espalier_int8_weights weights, espalier_int8_rows rows, float *out, size_t out_stride,
                              int accumulating);
  /* out[i] = w[output][i] */
  void (*int8_row)(espalier_int8_weights weights, size_t output, float *out);

  /*
   * Sums of every 32 values of a row that quantize_bytes wrote, times -8, `sum_step` integers apart. Fills the row up to a
   * multiple of 32 with zeros.
   */
  void (*group_sums)(int8_t *q, size_t count, size_t step, int32_t *sums, size_t sum_step);
  /* The same for int4 weights, by rows that have group sums. */
  void (*int4_product)(espalier_int4_weights weights, espalier_int8_rows rows, float *out, size_t out_stride,
                       int accumulating);
  void (*int4_row)(espalier_int4_weights weights, size_t output, float *out);

  /*
   * Up to 16 outputs as one panel: outputs[i] is the place of an output in the first 64 bytes of its panel, which has
   * `lines` times 64 bytes.
   */
  void (*gather_outputs)(const uint8_t *const *outputs, size_t count, size_t lines, uint8_t *out);
  /* Some inputs of one panel as a panel of that depth; what is behind them in `out` stays. */
  void (*bfloat16_inputs)(const uint8_t *panel, const intptr_t *inputs, size_t count, uint8_t *out);
  void (*int8_inputs)(const uint8_t *panel, const intptr_t *inputs, size_t count, uint8_t *out);
  /* The same as an int8 panel: groups that share a scale fall apart. */
  void (*int4_inputs)(const uint8_t *panel, const intptr_t *inputs, size_t count, uint8_t *out);
} espalier_kernels;

/*
 * The table in use. ESPALIER_KERNELS asks for one by name; a name this processor cannot run, which programs
 * refuse before they come here, or no name at all gives the widest it can.
 */
const espalier_kernels *espalier_kernels_in_use(void);

/* The table of that name, or NULL when it is unknown here or the processor lacks the instructions. */
const espalier_kernels *espalier_kernels_named(const char *name);

/* Tells the processor that the thread only waits for a change of memory. */
static inline void espalier_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

/* A table of this kind of processor. */
typedef struct espalier_known_kernels {
  const char *name;
  /* The instructions that it is made of, for people. */
  const char *needs;
  /* Whether this processor has them. */
  int runs;
} espalier_known_kernels;
/* The tables of this kind of processor in the order in which they are chosen; 0 behind the last. */
int espalier_kernels_known(size_t index, espalier_known_kernels *known);

/*
 * Checks every kernel of a table against plain arithmetic and the portable table on drawn shapes, `thorough` on more of
 * them. Gives the number of comparisons that agreed; or 0, and the first that did not in one line. One thread at a time
 * may do so, and only where the system has memory: it ends the process otherwise.
 */
size_t espalier_kernels_check(const espalier_kernels *table, int thorough, uint64_t seed, char *message, size_t size);

/* Cores this process may run on, however many threads each has; at least 1. */
int espalier_cores(void);

/*
 * Rounds 32 numbers to levels 0...15, which stand for (level - 8) * scale. Of some bfloat16 scales near the largest
 * magnitude over 8 it takes the one with the least squared error, which it returns; numbers that are not finite become
 * zeros.
 */
float espalier_int4_group(const float *values, uint16_t *scale, uint8_t levels[32]);

/* Whether the processor has instructions for SHA-256. */
int espalier_has_sha256(void);
/* Runs SHA-256's compression function over blocks of 64 bytes; only where the processor has the instructions. */
void espalier_sha256_blocks(uint32_t state[8], const uint8_t *blocks, size_t count);
/* The same on any processor. */
void espalier_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

/*
 * A fraction of a millisecond of products on operands in registers, by the instructions that the kernels in use multiply with: the
 * number of operations done, a multiply-add being two, or 0 where no measurement is written for them.
 */
double espalier_int8_operations(void);
/* Where nothing shorter is multiplied, bfloat16 runs at the rate of float32. */
double espalier_bfloat16_operations(void);
double espalier_float_operations(void);

/* Reads memory once; the result only keeps the reading from being left out. */
uint64_t espalier_read(const uint64_t *memory, size_t words);

#endif
