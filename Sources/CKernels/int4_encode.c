/* Rounding to 4 bits: the same bytes on every processor, so no sum is reordered and no product fused. */
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma clang fp contract(off)

enum { LANES = 8 };

/* Levels -8...7 of `scale` nearest to 32 values, and the sum of squared errors, lane by lane. */
static float levels_of(const float *x, float scale, float inverse, float *levels) {
  float errors[LANES] = {0};
  for (size_t i = 0; i < ESPALIER_INT4_GROUP; i += LANES) {
    for (size_t lane = 0; lane < LANES; lane++) {
      float level = x[i + lane] * inverse;
      level = level < -8.0f ? -8.0f : level;
      level = level > 7.0f ? 7.0f : level;
      /* Adding 1.5 * 2^23 and taking it away rounds to nearest even. */
      level = (level + 12582912.0f) - 12582912.0f;
      const float error = x[i + lane] - level * scale;
      levels[i + lane] = level;
      errors[lane] += error * error;
    }
  }
  float sum = 0;
  for (size_t lane = 0; lane < LANES; lane++) sum += errors[lane];
  return sum;
}

float espalier_int4_group(const float *values, uint16_t *scale, uint8_t levels[32]) {
  float lowest = 0, highest = 0;
  for (size_t i = 0; i < ESPALIER_INT4_GROUP; i++) {
    lowest = values[i] < lowest ? values[i] : lowest;
    highest = values[i] > highest ? values[i] : highest;
  }
  /* Level -8 has no twin: it is for the end that is farther from 0. */
  const float extreme = -lowest > highest ? lowest : highest;
  float best_error = INFINITY, best[32] = {0};
  *scale = 0;
  for (int step = 0; step < 8; step++) {
    /* At first -8 is the extreme itself, then steps that are up to a third finer clip it. */
    union { float f; uint32_t i; } candidate = {extreme / (-8.0f + (float)step * 0.35f)};
    candidate.i = (candidate.i + 0x8000) & 0xffff0000u;
    const float inverse = candidate.f != 0 && isfinite(candidate.f) ? 1.0f / candidate.f : 0.0f;
    float tried[32];
    const float error = levels_of(values, candidate.f, inverse, tried);
    if (error < best_error) {
      best_error = error;
      memcpy(best, tried, sizeof(best));
      *scale = (uint16_t)(candidate.i >> 16);
    }
  }
  for (size_t i = 0; i < ESPALIER_INT4_GROUP; i++) levels[i] = (uint8_t)((int)best[i] + 8);
  /* Nothing fits numbers that are not finite: they become zeros. */
  return isfinite(best_error) ? best_error : 0.0f;
}
