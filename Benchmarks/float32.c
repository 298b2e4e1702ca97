// Products of float32 beside OpenBLAS's, in turn, on one thread. Medians; rates of both and the ratio of their times.
//
//   clang -O2 -ISources/CKernels/include Sources/CKernels/*.c Benchmarks/float32.c -lopenblas -lm -o float32
//   ./float32 [TABLE]
//
// Needs libopenblas-dev. OPENBLAS_CORETYPE chooses OpenBLAS's kernels.
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "CKernels.h"

enum { MOST_REPETITIONS = 200 };

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
  qsort(values, count, sizeof(double), by_size);
  return values[count / 2];
}

static float *numbers(size_t count) {
  float *values = malloc(count * sizeof(float));
  if (!values) exit(1);
  for (size_t i = 0; i < count; i++) values[i] = (float)rand() / (float)RAND_MAX - 0.5f;
  return values;
}

static void compare(const espalier_kernels *kernels, size_t rows, size_t depth, size_t outputs, int by_inputs) {
  float *x = numbers(rows * depth), *w = numbers(outputs * depth);
  float *out = numbers(rows * outputs), *other = numbers(rows * outputs);
  const size_t stride = by_inputs ? outputs : depth;
  const espalier_float32_matrix weights = {w, stride, outputs, depth, by_inputs};
  const double operations = 2.0 * (double)rows * (double)depth * (double)outputs;
  size_t repetitions = 5 + (size_t)(2e9 / operations);
  if (repetitions > MOST_REPETITIONS) repetitions = MOST_REPETITIONS;
  double own[MOST_REPETITIONS], theirs[MOST_REPETITIONS], difference = 0;
  for (size_t r = 0; r < repetitions; r++) {
    double start = seconds();
    kernels->float32_product(weights, x, depth, rows, 1, out, outputs, 0);
    own[r] = seconds() - start;
    start = seconds();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, by_inputs ? CblasNoTrans : CblasTrans, (blasint)rows, (blasint)outputs,
                (blasint)depth, 1, x, (blasint)depth, w, (blasint)stride, 0, other, (blasint)outputs);
    theirs[r] = seconds() - start;
  }
  for (size_t i = 0; i < rows * outputs; i++) difference = fmax(difference, fabs(out[i] - other[i]));
  const double time = median(own, repetitions), their_time = median(theirs, repetitions);
  printf("%4zu x %4zu x %4zu%s: %5.1f GFLOP/s, OpenBLAS %5.1f, ratio %.2f, largest difference %.1e\n", rows, depth,
         outputs, by_inputs ? " by inputs" : "          ", operations / time / 1e9, operations / their_time / 1e9,
         their_time / time, difference);
  free(x);
  free(w);
  free(out);
  free(other);
}

int main(int arguments, char **values) {
  const espalier_kernels *kernels = arguments > 1 ? espalier_kernels_named(values[1]) : espalier_kernels_in_use();
  if (!kernels) {
    fprintf(stderr, "this processor has no such kernels\n");
    return 1;
  }
  openblas_set_num_threads(1);
  printf("%s beside OpenBLAS's %s\n", kernels->name, openblas_get_corename());
  compare(kernels, 1024, 1024, 4096, 0);
  compare(kernels, 576, 1152, 4304, 0);
  compare(kernels, 64, 1152, 4304, 0);
  compare(kernels, 12, 1152, 4304, 0);
  compare(kernels, 4, 1152, 4304, 0);
  compare(kernels, 576, 4096, 1024, 1);
  compare(kernels, 128, 64, 256, 0);
  compare(kernels, 128, 256, 64, 1);
  return 0;
}
