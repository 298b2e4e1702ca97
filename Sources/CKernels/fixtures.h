/* What the check and the counts of kernels share: matrices and rows of random numbers, as the kernels read them. */
#ifndef ESPALIER_FIXTURES_H
#define ESPALIER_FIXTURES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

/* The shape at hand: a matrix, and the rows that it is multiplied by. */
static size_t outputs, depth, count;

static uint64_t random_state = 88172645463325252u;
/* Begins another row of numbers. */
static inline void seed_random(uint64_t seed) { random_state = 88172645463325252u ^ seed * 0x9e3779b97f4a7c15u; }
static inline uint32_t random_bits(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 32);
}
static inline size_t random_below(size_t bound) { return random_bits() % bound; }
/* -1 ... 1 */
static inline float random_number(void) { return (float)((int32_t)random_bits() >> 8) / 8388608.0f; }

/* Memory of exactly these bytes: a sanitizer sees what is read or written behind it. */
static inline void *filled(size_t bytes, int byte) {
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) {
    printf("no memory\n");
    exit(1);
  }
  memset(memory, byte, bytes);
  return memory;
}

static inline uint16_t bfloat16_rounded(float x) {
  union { float f; uint32_t i; } bits = {x};
  return x == x ? (uint16_t)((bits.i + 0x7fff + (bits.i >> 16 & 1)) >> 16) : 0x7fc0;
}

/* The first row of a row's tile, and the rows of that tile. */
static inline size_t tile_of(size_t row, size_t *rows) {
  size_t first = 0;
  while (first + (*rows = espalier_tile_rows(count - first)) <= row) first += *rows;
  return first;
}

/* From one panel to the next, with a gap as where only the leading inputs of a matrix are used. */
static inline size_t int8_bytes(void) { return espalier_int8_panel_bytes(depth) + 64; }
static inline size_t int4_bytes(void) { return espalier_int4_panel_bytes(depth) + 576; }
static inline size_t bfloat16_bytes(void) { return espalier_bfloat16_panel_bytes(depth) + 64; }

/* Random bytes, or all of them `byte` where it is not negative. */
static inline uint8_t *levels(size_t bytes, int byte) {
  uint8_t *result = filled(bytes, byte < 0 ? 0 : byte);
  for (size_t i = 0; byte < 0 && i < bytes; i++) result[i] = (uint8_t)random_bits();
  return result;
}

/* Random weights and scales, or all weights of one byte where it is not negative. */
static inline uint8_t *int8_panels(int byte) {
  const size_t panels = (outputs + 15) / 16, bytes = panels * int8_bytes();
  uint8_t *result = levels(bytes, byte);
  for (size_t p = 0; p < panels; p++) {
    for (size_t lane = 0; lane < 16; lane++) {
      const float magnitude = random_number(), scale = 0.01f + (magnitude < 0 ? -magnitude : magnitude);
      memcpy(result + p * int8_bytes() + 4 * lane, &scale, sizeof(scale));
    }
  }
  return result;
}

static inline uint8_t *int4_panels(int byte) {
  const size_t panels = (outputs + 15) / 16, bytes = panels * int4_bytes();
  uint8_t *result = levels(bytes, byte);
  for (size_t p = 0; p < panels; p++) {
    for (size_t lane = 0; lane < 16; lane++) {
      for (size_t group = 0; group < (depth + 63) / 64 * 2; group++) {
        const uint16_t half = bfloat16_rounded(random_number());
        memcpy(result + p * int4_bytes() + group / 2 * 576 + 4 * lane + 2 * (group % 2), &half, sizeof(half));
      }
    }
  }
  return result;
}

/* The panels of a matrix, output by output. */
static inline uint8_t *bfloat16_panels(const espalier_kernels *table, const float *matrix) {
  uint8_t *result = filled((outputs + 15) / 16 * bfloat16_bytes(), 0);
  for (size_t o = 0; o < outputs; o++) {
    table->store_output_bfloat16(matrix + o * depth, depth, result + o / 16 * bfloat16_bytes() + 4 * (o % 16));
  }
  return result;
}

typedef struct integer_rows {
  int8_t *values;
  float *scales;
  int32_t *sums, *group_sums;
  size_t stride, quad_bytes;
} integer_rows;

/* The products that rows are made for: with int8 weights, the same with activations of 7 bits, with int4 weights. */
typedef enum product_kind { INT8, NARROW, INT4 } product_kind;

static inline int levels_of(product_kind kind) { return kind == NARROW ? ESPALIER_NARROW_LEVELS : 127; }

static inline integer_rows quantized(const espalier_kernels *table, const float *x, product_kind kind) {
  const size_t unit = kind == INT4 ? 64 : 4;
  const int as_bytes = kind == INT4 || (kind == NARROW && table->int8_narrow_product);
  integer_rows rows = {.stride = (depth + unit - 1) / unit * unit, .quad_bytes = as_bytes ? 4 : table->quad_bytes};
  rows.values = filled(count * rows.stride / 4 * rows.quad_bytes, 99);
  rows.scales = filled(count * sizeof(float), 99);
  rows.sums = filled(count * sizeof(int32_t), 99);
  rows.group_sums = filled(count * rows.stride / 32 * sizeof(int32_t), 99);
  for (size_t row = 0; row < count; row++) {
    size_t tile;
    const size_t first = tile_of(row, &tile), place = row - first;
    int8_t *q = rows.values + first * rows.stride / 4 * rows.quad_bytes + rows.quad_bytes * place;
    (as_bytes ? table->quantize_bytes : table->quantize_int8)(x + row * depth, depth, levels_of(kind), q,
                                                              rows.quad_bytes * tile, rows.scales + row, rows.sums + row);
    if (kind == INT4) {
      table->group_sums(q, depth, 4 * tile, rows.group_sums + first * rows.stride / 32 + place, tile);
    }
  }
  return rows;
}

static inline void release(integer_rows rows) {
  free(rows.values);
  free(rows.scales);
  free(rows.sums);
  free(rows.group_sums);
}

static inline espalier_int8_rows view(integer_rows rows) {
  const espalier_int8_rows result = {rows.values, rows.stride, rows.scales, rows.sums, rows.group_sums, count};
  return result;
}

static inline uint8_t *paired(const espalier_kernels *table, const float *x, float factor) {
  const size_t stride = (depth + 1) / 2;
  uint8_t *values = filled(count * stride * table->pair_bytes, 99);
  for (size_t row = 0; row < count; row++) {
    size_t tile;
    const size_t first = tile_of(row, &tile);
    table->pair_row(x + row * depth, depth, factor, values + table->pair_bytes * (first * stride + row - first),
                    table->pair_bytes * tile);
  }
  return values;
}

#endif
