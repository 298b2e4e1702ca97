/*
 * A table of kernels against plain arithmetic in doubles, and against the portable table: the same integers, the same
 * bits where nothing is rounded on the way.
 *
 * Needs nothing but the kernels, so that it runs under an emulator. What is at hand is static, as a check is the business
 * of one thread: it ends at the first kernel that disagrees, and what it held by then is never freed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include "fixtures.h"

enum { MOST_ROWS = 25 };

static const espalier_kernels *portable, *kernels;
static size_t comparisons;
static char *problem;
static size_t problem_size;
static jmp_buf end;

static _Noreturn void fail(const char *format, ...) {
  char reason[256];
  va_list values;
  va_start(values, format);
  vsnprintf(reason, sizeof(reason), format, values);
  va_end(values);
  snprintf(problem, problem_size, "%s, %zu outputs of %zu inputs, %zu rows: %s", kernels->name, outputs, depth, count,
           reason);
  longjmp(end, 1);
}

static float bfloat16_value(const uint8_t *bytes) {
  uint16_t half;
  memcpy(&half, bytes, sizeof(half));
  union { uint32_t i; float f; } bits = {(uint32_t)half << 16};
  return bits.f;
}

/* Within the tolerance, or both not numbers, or the same infinity. */
static int agree(double value, double expected, double tolerance) {
  if (isnan(value) || isnan(expected)) return isnan(value) && isnan(expected);
  return value == expected || fabs(value - expected) <= tolerance;
}

static int same_bits(const void *a, const void *b, size_t bytes) { return bytes == 0 || memcmp(a, b, bytes) == 0; }

/* One row is zeros, one the largest number, one its opposite, one infinities: neighbours must not notice. */
static void fill_activations(float *x, int extreme) {
  for (size_t row = 0; row < count; row++) {
    const size_t kind = extreme ? (row + random_below(2)) % 6 : 5;
    for (size_t i = 0; i < depth; i++) {
      const float some[] = {0.0f, 3.5f, -3.5f, INFINITY, i % 2 ? 1.0f : -1.0f};
      x[row * depth + i] = kind < 5 ? some[kind] : random_number() * (float)(row + 1);
    }
  }
}

static int integer(integer_rows rows, size_t row, size_t i) {
  size_t tile;
  const size_t first = tile_of(row, &tile);
  const int8_t *quad = rows.values + rows.quad_bytes * (first * rows.stride / 4 + i / 4 * tile + row - first);
  if (rows.quad_bytes == 4) return quad[i % 4];
  /* Elements 0, 2, 1 and 3. */
  int16_t wide[4];
  memcpy(wide, quad, sizeof(wide));
  return wide[i % 4 % 2 * 2 + i % 4 / 2];
}

static void check_quantisation(const float *x, product_kind kind) {
  const integer_rows rows = quantized(kernels, x, kind), plain = quantized(portable, x, kind);
  for (size_t row = 0; row < count; row++) {
    const float *source = x + row * depth;
    float largest = 0;
    for (size_t i = 0; i < depth; i++) largest = fabsf(source[i]) > largest ? fabsf(source[i]) : largest;
    const double scale = (double)largest / levels_of(kind);
    if (!agree(rows.scales[row], scale, scale * 1e-6)) {
      fail("quantize_int8: row %zu has scale %g, expected %g", row, rows.scales[row], scale);
    }
    int32_t sum = 0, group = 0;
    size_t tile;
    const size_t first = tile_of(row, &tile);
    const size_t unit = kind == INT4 ? 32 : 4, padded = (depth + unit - 1) / unit * unit;
    for (size_t i = 0; i < padded; i++) {
      const int q = integer(rows, row, i);
      const double exact = i < depth && largest > 0 && isfinite(largest) ? source[i] / scale : 0;
      if (fabs(q - exact) > 0.5001) fail("quantize_int8: row %zu, %zu is %d, expected %g", row, i, q, exact);
      if (q != integer(plain, row, i)) fail("quantize_int8: row %zu, %zu is %d, not as portable", row, i, q);
      sum += q;
      group += q;
      if (kind == INT4 && i % 32 == 31) {
        const int32_t given = rows.group_sums[first * rows.stride / 32 + i / 32 * tile + row - first];
        if (given != -8 * group) {
          fail("group_sums: row %zu, group %zu is %d, expected %d", row, i / 32, given, -8 * group);
        }
        group = 0;
      }
    }
    if (rows.sums[row] != sum) fail("quantize_int8: row %zu has sum %d, expected %d", row, rows.sums[row], sum);
    if (!same_bits(rows.scales + row, plain.scales + row, sizeof(float))) fail("quantize_int8: scales not as portable");
  }
  comparisons += count;
  release(rows);
  release(plain);
}

/* Results of a product, [count x (outputs + 3)], all 7 before it. */
static float *results(void) {
  float *out = filled(count * (outputs + 3) * sizeof(float), 0);
  for (size_t i = 0; i < count * (outputs + 3); i++) out[i] = 7;
  return out;
}

/* `magnitudes` are the sums of what the exact results add up, without signs. */
static void check_results(const char *name, const float *out, const float *plain, const double *exact,
                          const double *magnitudes, int accumulating, double tolerance, int same) {
  for (size_t row = 0; row < count; row++) {
    for (size_t o = 0; o < outputs + 3; o++) {
      const size_t place = row * (outputs + 3) + o;
      if (o >= outputs) {
        if (out[place] != 7) fail("%s writes behind the last output of row %zu", name, row);
        continue;
      }
      const double before = accumulating ? 7 : 0, expected = exact[row * outputs + o] + before;
      const double allowed = tolerance * (magnitudes[row * outputs + o] + before) + 1e-30;
      if (!agree(out[place], expected, allowed)) {
        fail("%s%s: row %zu, output %zu is %.9g, expected %.9g", name, accumulating ? " accumulating" : "", row, o,
             out[place], expected);
      }
      if (!agree(out[place], plain[place], same ? 0 : 2 * allowed)) {
        fail("%s%s: row %zu, output %zu is %.9g, portable gives %.9g", name, accumulating ? " accumulating" : "", row,
             o, out[place], plain[place]);
      }
    }
  }
  comparisons += 1;
}

/* Of the kernels' own rows; the portable table multiplies any. */
static void check_int8_product(const float *x, const uint8_t *panels, product_kind kind) {
  const size_t bytes = int8_bytes();
  const espalier_int8_weights weights = {panels, bytes, outputs, depth};
  void (*const product)(espalier_int8_weights, espalier_int8_rows, float *, size_t, int) =
      kind == NARROW && kernels->int8_narrow_product ? kernels->int8_narrow_product : kernels->int8_product;
  const integer_rows rows = quantized(portable, x, kind), own = quantized(kernels, x, kind);
  double *exact = filled(count * outputs * sizeof(double), 0);
  double *magnitudes = filled(count * outputs * sizeof(double), 0);
  for (size_t r = 0; r < count; r++) {
    for (size_t o = 0; o < outputs; o++) {
      const uint8_t *panel = panels + o / 16 * bytes;
      float scale;
      memcpy(&scale, panel + 4 * (o % 16), sizeof(scale));
      int64_t sum = 0;
      for (size_t i = 0; i < depth; i++) {
        sum += (int64_t)(panel[64 + i / 4 * 64 + 4 * (o % 16) + i % 4] - 128) * integer(rows, r, i);
      }
      exact[r * outputs + o] = (double)sum * ((double)scale * rows.scales[r]);
      magnitudes[r * outputs + o] = fabs(exact[r * outputs + o]);
    }
  }
  for (int accumulating = 0; accumulating < 2; accumulating++) {
    float *out = results(), *plain = results();
    product(weights, view(own), out, outputs + 3, accumulating);
    portable->int8_product(weights, view(rows), plain, outputs + 3, accumulating);
    check_results(kind == NARROW ? "int8_narrow_product" : "int8_product", out, plain, exact, magnitudes, accumulating, 1e-6, 1);
    free(out);
    free(plain);
  }
  free(exact);
  free(magnitudes);
  release(rows);
  release(own);
}

static void check_int8(const float *x, const uint8_t *panels) {
  const size_t bytes = int8_bytes();
  const espalier_int8_weights weights = {panels, bytes, outputs, depth};
  float *row = filled(depth * sizeof(float), 0), *plain_row = filled(depth * sizeof(float), 0);
  for (size_t o = 0; o < outputs; o++) {
    const uint8_t *panel = panels + o / 16 * bytes;
    float scale;
    memcpy(&scale, panel + 4 * (o % 16), sizeof(scale));
    kernels->int8_row(weights, o, row);
    portable->int8_row(weights, o, plain_row);
    for (size_t i = 0; i < depth; i++) {
      const float expected = (float)(panel[64 + i / 4 * 64 + 4 * (o % 16) + i % 4] - 128) * scale;
      if (row[i] != expected) fail("int8_row: output %zu, input %zu is %g, expected %g", o, i, row[i], expected);
    }
    if (!same_bits(row, plain_row, depth * sizeof(float))) fail("int8_row: output %zu not as portable", o);
  }
  free(row);
  free(plain_row);
  check_int8_product(x, panels, INT8);
  check_int8_product(x, panels, NARROW);
}
static int int4_level(const uint8_t *panel, size_t o, size_t i) {
  const uint8_t byte = panel[i / 64 * 576 + 64 + i % 64 / 8 * 64 + 4 * (o % 16) + i % 4];
  return (i % 8 < 4 ? byte & 15 : byte >> 4) - 8;
}
static float int4_scale(const uint8_t *panel, size_t o, size_t i) {
  return bfloat16_value(panel + i / 64 * 576 + 4 * (o % 16) + 2 * (i / 32 % 2));
}

static void check_int4(const float *x, const uint8_t *panels) {
  const size_t bytes = int4_bytes();
  const espalier_int4_weights weights = {panels, bytes, outputs, depth};
  float *row = filled(depth * sizeof(float), 0), *plain_row = filled(depth * sizeof(float), 0);
  for (size_t o = 0; o < outputs; o++) {
    const uint8_t *panel = panels + o / 16 * bytes;
    kernels->int4_row(weights, o, row);
    portable->int4_row(weights, o, plain_row);
    for (size_t i = 0; i < depth; i++) {
      const float expected = (float)int4_level(panel, o, i) * int4_scale(panel, o, i);
      if (row[i] != expected) fail("int4_row: output %zu, input %zu is %g, expected %g", o, i, row[i], expected);
    }
    if (!same_bits(row, plain_row, depth * sizeof(float))) fail("int4_row: output %zu not as portable", o);
  }
  free(row);
  free(plain_row);

  const integer_rows rows = quantized(portable, x, INT4);
  double *exact = filled(count * outputs * sizeof(double), 0);
  double *magnitudes = filled(count * outputs * sizeof(double), 0);
  for (size_t r = 0; r < count; r++) {
    for (size_t o = 0; o < outputs; o++) {
      const uint8_t *panel = panels + o / 16 * bytes;
      double sum = 0, magnitude = 0;
      for (size_t i = 0; i < depth; i++) {
        const double product = (double)int4_level(panel, o, i) * integer(rows, r, i) * int4_scale(panel, o, i);
        sum += product;
        magnitude += fabs(product);
      }
      exact[r * outputs + o] = sum * rows.scales[r];
      magnitudes[r * outputs + o] = magnitude * rows.scales[r];
    }
  }
  for (int accumulating = 0; accumulating < 2; accumulating++) {
    float *out = results(), *plain = results();
    kernels->int4_product(weights, view(rows), out, outputs + 3, accumulating);
    portable->int4_product(weights, view(rows), plain, outputs + 3, accumulating);
    check_results("int4_product", out, plain, exact, magnitudes, accumulating, 1e-6 + 1e-9 * (double)depth, 0);
    free(out);
    free(plain);
  }
  free(exact);
  free(magnitudes);
  release(rows);
}

/* Some outputs and some inputs of the first panel of each kind; what is behind them in the result stays. */
static void check_gathering(const uint8_t *int8_panel, const uint8_t *int4_panel, const uint8_t *bfloat16_panel) {
  enum { BEFORE = 0x5a };
  const size_t taken = random_below(depth + 1), lanes = 1 + random_below(16), lines = (depth + 3) / 4;
  intptr_t *inputs = filled(taken * sizeof(intptr_t), 0);
  for (size_t i = 0; i < taken; i++) inputs[i] = (intptr_t)random_below(depth);

  const uint8_t *chosen[16];
  for (size_t lane = 0; lane < lanes; lane++) chosen[lane] = int8_panel + 64 + 4 * random_below(16);
  uint8_t *out = filled(64 * lines, BEFORE);
  kernels->gather_outputs(chosen, lanes, lines, out);
  for (size_t i = 0; i < 64 * lines; i++) {
    const size_t lane = i % 64 / 4;
    const uint8_t expected = lane < lanes ? chosen[lane][i / 64 * 64 + i % 4] : BEFORE;
    if (out[i] != expected) fail("gather_outputs: byte %zu is %d, expected %d", i, out[i], expected);
  }
  free(out);

  const size_t int8_bytes = espalier_int8_panel_bytes(taken), bfloat16_bytes = espalier_bfloat16_panel_bytes(taken);
  out = filled(int8_bytes, BEFORE);
  kernels->int8_inputs(int8_panel, inputs, taken, out);
  if (!same_bits(out, int8_panel, 64)) fail("int8_inputs: other scales");
  for (size_t i = 0; i < (taken + 3) / 4 * 4; i++) {
    for (size_t o = 0; o < 16; o++) {
      const uint8_t value = out[64 + i / 4 * 64 + 4 * o + i % 4];
      const size_t input = i < taken ? (size_t)inputs[i] : 0;
      const uint8_t expected = i < taken ? int8_panel[64 + input / 4 * 64 + 4 * o + input % 4] : BEFORE;
      if (value != expected) fail("int8_inputs: output %zu, place %zu is %d, expected %d", o, i, value, expected);
    }
  }
  free(out);

  out = filled(int8_bytes, BEFORE);
  kernels->int4_inputs(int4_panel, inputs, taken, out);
  for (size_t o = 0; o < 16; o++) {
    double largest = 0;
    for (size_t i = 0; i < taken; i++) {
      const size_t input = (size_t)inputs[i];
      largest = fmax(largest, fabs((double)int4_level(int4_panel, o, input) * int4_scale(int4_panel, o, input)));
    }
    float scale;
    memcpy(&scale, out + 4 * o, sizeof(scale));
    if (!agree(scale, largest / 127, 1e-6 * largest)) fail("int4_inputs: scale %zu is %g", o, scale);
    for (size_t i = 0; i < (taken + 3) / 4 * 4; i++) {
      const uint8_t byte = out[64 + i / 4 * 64 + 4 * o + i % 4];
      if (i >= taken) {
        if (byte != BEFORE) fail("int4_inputs: writes behind the last input");
        continue;
      }
      const size_t input = (size_t)inputs[i];
      const double value = (double)int4_level(int4_panel, o, input) * int4_scale(int4_panel, o, input);
      const double expected = largest > 0 ? value * 127 / largest : 0;
      if (fabs(byte - 128 - expected) > 0.5001) {
        fail("int4_inputs: output %zu, place %zu is %d, expected %g", o, i, byte - 128, expected);
      }
    }
  }
  free(out);

  out = filled(bfloat16_bytes, BEFORE);
  kernels->bfloat16_inputs(bfloat16_panel, inputs, taken, out);
  for (size_t i = 0; i < (taken + 1) / 2 * 2; i++) {
    for (size_t o = 0; o < 16; o++) {
      const uint8_t *value = out + i / 2 * 64 + 4 * o + 2 * (i % 2);
      const size_t input = i < taken ? (size_t)inputs[i] : 0;
      const uint8_t before[2] = {BEFORE, BEFORE};
      const uint8_t *expected = i < taken ? bfloat16_panel + input / 2 * 64 + 4 * o + 2 * (input % 2) : before;
      if (!same_bits(value, expected, 2)) fail("bfloat16_inputs: output %zu, place %zu is another", o, i);
    }
  }
  free(out);
  free(inputs);
  comparisons += 4;
}

static double pair_value(const uint8_t *values, size_t row, size_t i) {
  size_t tile;
  const size_t first = tile_of(row, &tile), stride = (depth + 1) / 2;
  const uint8_t *pair = values + kernels->pair_bytes * (first * stride + i / 2 * tile + row - first);
  if (kernels->pair_bytes == 4) return bfloat16_value(pair + 2 * (i % 2));
  float value;
  memcpy(&value, pair + 4 * (i % 2), sizeof(value));
  return value;
}

/* Rows that lie one after the other give the bits of those in tiles, `expected`. */
static void check_plain(espalier_bfloat16_panels weights, const float *x, float factor, const float *expected) {
  const size_t bytes = kernels->pair_bytes, row_bytes = bytes * ESPALIER_PLAIN_STRIDE;
  uint8_t *values = filled(count * row_bytes, 99);
  for (size_t r = 0; r < count; r++) kernels->pair_row(x + r * depth, depth, factor, values + r * row_bytes, bytes);
  const espalier_paired_rows rows = {values, ESPALIER_PLAIN_STRIDE, count};
  float *out = results();
  kernels->bfloat16_plain(weights, rows, out, outputs + 3, 1);
  if (!same_bits(out, expected, count * (outputs + 3) * sizeof(float))) fail("bfloat16_plain: not as bfloat16_product");
  free(out);
  free(values);
}

static void check_bfloat16(const float *x, const float *matrix) {
  const size_t bytes = bfloat16_bytes(), size = (outputs + 15) / 16 * bytes;
  uint8_t *panels = bfloat16_panels(kernels, matrix), *by_inputs = filled(size, 0);
  /* The same panels by columns, in two goes. */
  float *columns = filled(depth * outputs * sizeof(float), 0);
  for (size_t i = 0; i < depth; i++) {
    for (size_t o = 0; o < outputs; o++) columns[i * outputs + o] = matrix[o * depth + i];
  }
  const size_t half = random_below(depth + 1);
  kernels->store_inputs_bfloat16(columns, outputs, 0, half, outputs, by_inputs, bytes);
  kernels->store_inputs_bfloat16(columns + half * outputs, outputs, half, depth - half, outputs, by_inputs, bytes);
  if (!same_bits(panels, by_inputs, size)) fail("store_inputs_bfloat16: other panels than by outputs");

  const espalier_bfloat16_panels weights = {panels, bytes, outputs, depth};
  float *decoded = filled(outputs * depth * sizeof(float), 0);
  for (size_t o = 0; o < outputs; o++) {
    kernels->bfloat16_row(weights, o, decoded + o * depth);
    for (size_t i = 0; i < depth; i++) {
      const uint16_t expected = bfloat16_rounded(matrix[o * depth + i]);
      if (decoded[o * depth + i] != bfloat16_value((const uint8_t *)&expected)) {
        fail("bfloat16_row: output %zu, input %zu is %g, of %g", o, i, decoded[o * depth + i], matrix[o * depth + i]);
      }
    }
  }

  const float factor = 0.75f;
  uint8_t *pairs = paired(kernels, x, factor), *plain_pairs = paired(portable, x, factor);
  double *exact = filled(count * outputs * sizeof(double), 0);
  double *magnitudes = filled(count * outputs * sizeof(double), 0);
  /* How far rounded activations may take the result from that of the portable table. */
  const double step = kernels->pair_bytes == 4 ? 1.0 / 256 : 0;
  for (size_t r = 0; r < count; r++) {
    for (size_t i = 0; i < (depth + 1) / 2 * 2; i++) {
      const double value = pair_value(pairs, r, i), expected = i < depth ? (double)(factor * x[r * depth + i]) : 0;
      if (!agree(value, expected, step * fabs(expected))) {
        fail("pair_row: row %zu, %zu is %g, expected %g", r, i, value, expected);
      }
    }
    for (size_t o = 0; o < outputs; o++) {
      double sum = 0, magnitude = 0;
      for (size_t i = 0; i < depth; i++) {
        const double product = pair_value(pairs, r, i) * decoded[o * depth + i];
        sum += product;
        magnitude += fabs(product);
      }
      exact[r * outputs + o] = sum;
      magnitudes[r * outputs + o] = magnitude;
    }
  }
  const size_t stride = (depth + 1) / 2;
  for (int accumulating = 0; accumulating < 2; accumulating++) {
    float *out = results(), *plain = results();
    const espalier_paired_rows rows = {pairs, stride, count}, plain_rows = {plain_pairs, stride, count};
    kernels->bfloat16_product(weights, rows, out, outputs + 3, accumulating);
    portable->bfloat16_product(weights, plain_rows, plain, outputs + 3, accumulating);
    check_results("bfloat16_product", out, step > 0 ? out : plain, exact, magnitudes, accumulating,
                  1e-6 + 3e-8 * (double)depth, 0);
    for (size_t i = 0; i < count * (outputs + 3) && step > 0; i++) {
      const size_t row = i / (outputs + 3), o = i % (outputs + 3);
      if (o >= outputs || !isfinite(plain[i])) continue;
      const double allowed = 1.1 * step * (magnitudes[row * outputs + o] + 7) + 1e-30;
      if (!agree(out[i], plain[i], allowed)) {
        fail("bfloat16_product: row %zu, output %zu is %g, portable gives %g", row, o, out[i], plain[i]);
      }
    }
    if (accumulating && kernels->bfloat16_plain && stride <= ESPALIER_PLAIN_STRIDE) check_plain(weights, x, factor, out);
    free(out);
    free(plain);
  }
  free(panels);
  free(by_inputs);
  free(columns);
  free(decoded);
  free(pairs);
  free(plain_pairs);
  free(exact);
  free(magnitudes);
}

/* As rows of outputs, and as rows of inputs; lines are longer than what they hold. */
static void check_float32(const float *x, const float *matrix) {
  const float factor = 0.75f;
  double *exact = filled(count * outputs * sizeof(double), 0);
  double *magnitudes = filled(count * outputs * sizeof(double), 0);
  for (size_t r = 0; r < count; r++) {
    for (size_t o = 0; o < outputs; o++) {
      double sum = 0, magnitude = 0;
      for (size_t i = 0; i < depth; i++) {
        const double product = (double)x[r * depth + i] * matrix[o * depth + i];
        sum += product;
        magnitude += fabs(product);
      }
      exact[r * outputs + o] = factor * sum;
      magnitudes[r * outputs + o] = factor * magnitude;
    }
  }
  for (int kind = 0; kind < 4; kind++) {
    const int by_inputs = kind % 2, accumulating = kind / 2;
    const size_t stride = (by_inputs ? outputs : depth) + 1, lines = by_inputs ? depth : outputs;
    float *values = filled(lines * stride * sizeof(float), 0);
    for (size_t o = 0; o < outputs; o++) {
      for (size_t i = 0; i < depth; i++) values[by_inputs ? i * stride + o : o * stride + i] = matrix[o * depth + i];
    }
    const espalier_float32_matrix weights = {values, stride, outputs, depth, by_inputs};
    float *out = results(), *plain = results(), *alone = results();
    kernels->float32_product(weights, x, depth, count, factor, out, outputs + 3, accumulating);
    portable->float32_product(weights, x, depth, count, factor, plain, outputs + 3, accumulating);
    check_results(by_inputs ? "float32_product by inputs" : "float32_product", out, plain, exact, magnitudes,
                  accumulating, 1e-6 + 3e-8 * (double)depth, 0);
    for (size_t r = 0; r < count; r++) {
      kernels->float32_product(weights, x + r * depth, depth, 1, factor, alone + r * (outputs + 3), outputs + 3,
                               accumulating);
    }
    if (!same_bits(out, alone, count * (outputs + 3) * sizeof(float))) fail("float32_product: rows are not as alone");
    free(values);
    free(out);
    free(plain);
    free(alone);
  }
  free(exact);
  free(magnitudes);
}

/* Every number of rows; `extreme` weights are all the smallest or all the largest. */
static void check_shape(int extreme) {
  const int smallest = (int)random_below(2);
  uint8_t *eight = int8_panels(!extreme ? -1 : smallest ? 0 : 255);
  uint8_t *four = int4_panels(!extreme ? -1 : smallest ? 0 : 255);
  float *matrix = filled(outputs * depth * sizeof(float), 0);
  for (size_t i = 0; i < outputs * depth; i++) matrix[i] = extreme ? (smallest ? -3.0f : 3.0f) : random_number();
  for (count = 1; count <= MOST_ROWS; count++) {
    float *x = filled(count * depth * sizeof(float), 0);
    fill_activations(x, extreme);
    check_quantisation(x, INT8);
    check_quantisation(x, NARROW);
    check_quantisation(x, INT4);
    check_int8(x, eight);
    check_int4(x, four);
    check_bfloat16(x, matrix);
    check_float32(x, matrix);
    free(x);
  }
  uint8_t *bfloat16_panel = filled(espalier_bfloat16_panel_bytes(depth), 0);
  for (size_t i = 0; i < espalier_bfloat16_panel_bytes(depth); i++) bfloat16_panel[i] = (uint8_t)random_bits();
  for (int time = 0; time < 10; time++) check_gathering(eight, four, bfloat16_panel);
  free(bfloat16_panel);
  free(eight);
  free(four);
  free(matrix);
}

#include "check_rows.inc"

static void check(int thorough) {
  /* Around the edges of pairs, quads, words, groups, blocks and panels; deep enough for several blocks of rows. */
  static const size_t shapes[][2] = {{1, 1}, {3, 5}, {16, 32}, {17, 33}, {31, 63}, {33, 64}, {48, 97}, {20, 1027},
                                     {2, 9001}};
  const size_t edges = sizeof(shapes) / sizeof(*shapes), fixed = thorough ? edges : 4, drawn = thorough ? 6 : 2;
  for (size_t shape = 0; shape < fixed + drawn; shape++) {
    outputs = shape < fixed ? shapes[shape][0] : 1 + random_below(70);
    depth = shape < fixed ? shapes[shape][1] : 1 + random_below(200);
    check_shape(shape % 2 == 1);
    check_rows();
  }
}

size_t espalier_kernels_check(const espalier_kernels *table, int thorough, uint64_t seed, char *message, size_t size) {
  portable = espalier_kernels_named("portable");
  kernels = table;
  comparisons = 0;
  problem = message;
  problem_size = size;
  seed_random(seed);
  if (setjmp(end)) return 0;
  check(thorough);
  return comparisons;
}
