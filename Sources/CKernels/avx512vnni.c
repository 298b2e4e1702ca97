#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL(name) avx512vnni_##name
#define OWN_INT8_PRODUCT
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"), min_vector_width(512))), apply_to = function)
#include "kernels.inc"
#include "int8.inc"

/* Loops over a tile's registers: without this the compiler keeps large tiles in memory. */
#define UNROLLED _Pragma("clang loop unroll(full)")

/* The smallest tile that uses every register: 12 rows by 2 panels accumulate in 24 of the 32. */
enum { TILE_ROWS = 12, TILE_PANELS = 4 };

/*
 * `count` rows by `panels` panels, both known when this is inlined. `lanes` counts the outputs that exist; rows behind
 * them are padding of the last panel.
 */
static inline __attribute__((always_inline)) void tile(
    size_t count, size_t panels, const uint8_t *panel, size_t bytes, size_t quads, espalier_int8_rows rows,
    float *out, size_t out_stride, size_t lanes, int accumulating) {
  __m512i sums[TILE_ROWS][TILE_PANELS];
  UNROLLED
  for (size_t r = 0; r < count; r++) {
    UNROLLED
    for (size_t p = 0; p < panels; p++) sums[r][p] = _mm512_setzero_si512();
  }
  const uint8_t *weights = panel + 64;
  for (size_t k = 0; k < quads; k++, weights += 64) {
    __m512i w[TILE_PANELS];
    UNROLLED
    for (size_t p = 0; p < panels; p++) w[p] = _mm512_loadu_si512(weights + p * bytes);
    UNROLLED
    for (size_t r = 0; r < count; r++) {
      int32_t quad;
      memcpy(&quad, rows.values + 4 * (k * count + r), sizeof(quad));
      const __m512i x = _mm512_set1_epi32(quad);
      UNROLLED
      for (size_t p = 0; p < panels; p++) sums[r][p] = _mm512_dpbusd_epi32(sums[r][p], w[p], x);
    }
  }
  UNROLLED
  for (size_t p = 0; p < panels; p++) {
    const size_t left = lanes - 16 * p;
    const __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
    const __m512 scales = _mm512_loadu_ps(panel + p * bytes);
    UNROLLED
    for (size_t r = 0; r < count; r++) {
      /* Weights are stored with 128 added: take 128 times the row's sum away again. */
      const __m512i sum = _mm512_sub_epi32(sums[r][p], _mm512_set1_epi32(128 * rows.sums[r]));
      __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum),
                                   _mm512_mul_ps(scales, _mm512_set1_ps(rows.scales[r])));
      float *target = out + r * out_stride + 16 * p;
      if (accumulating) value = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, target), value);
      _mm512_mask_storeu_ps(target, mask, value);
    }
  }
}

/* Rows of one strip of panels; the largest tiles first. */
static inline __attribute__((always_inline)) void strip(
    size_t panels, const uint8_t *panel, size_t bytes, size_t quads, espalier_int8_rows rows, float *out,
    size_t out_stride, size_t lanes, int accumulating) {
  while (rows.count > 0) {
    const size_t done = espalier_int8_tile_rows(rows.count);
#define TILE(n) tile(n, panels, panel, bytes, quads, rows, out, out_stride, lanes, accumulating)
    if (done == 12) TILE(12);
    else if (done == 6) TILE(6);
    else if (done == 3) TILE(3);
    else TILE(1);
#undef TILE
    rows.values += done * rows.stride;
    rows.scales += done;
    rows.sums += done;
    rows.count -= done;
    out += done * out_stride;
  }
}

static void avx512vnni_int8_product(espalier_int8_weights weights, espalier_int8_rows rows, float *out,
                                    size_t out_stride, int accumulating) {
  const size_t bytes = espalier_int8_panel_bytes(weights.depth), quads = (weights.depth + 3) / 4;
  const size_t panels = (weights.outputs + 15) / 16;
  /* As many rows at a time as stay in the second-level cache beside a strip of panels. */
  const size_t fitting = 192 * 1024 / (4 * quads + 1) / TILE_ROWS * TILE_ROWS;
  const size_t block = fitting < TILE_ROWS ? TILE_ROWS : fitting;
  for (size_t start = 0; start < rows.count; start += block) {
    espalier_int8_rows some = rows;
    some.values += start * rows.stride;
    some.scales += start;
    some.sums += start;
    some.count = rows.count - start < block ? rows.count - start : block;
    for (size_t p = 0; p < panels;) {
      const uint8_t *panel = weights.panels + p * bytes;
      float *target = out + start * out_stride + 16 * p;
      const size_t lanes = weights.outputs - 16 * p;
      if (some.count == 1 && panels - p >= 4) {
        tile(1, 4, panel, bytes, quads, some, target, out_stride, lanes, accumulating);
        p += 4;
      } else if (panels - p >= 2) {
        strip(2, panel, bytes, quads, some, target, out_stride, lanes, accumulating);
        p += 2;
      } else {
        strip(1, panel, bytes, quads, some, target, out_stride, lanes, accumulating);
        p += 1;
      }
    }
  }
}
#pragma clang attribute pop

const espalier_kernels espalier_avx512vnni_kernels = KERNEL_TABLE("avx512vnni");
#endif
