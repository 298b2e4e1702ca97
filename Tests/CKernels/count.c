/*
 * How many instructions the kernels take, which a loaded machine does not change: kernels that became slow without
 * becoming wrong are found by it.
 *
 *   compare FILE                 against the stored counts; by a tenth more is an error
 *   store FILE                   writes the file anew; lines of tables that this processor lacks stay
 *   show TABLE KERNEL SHAPE      one count; SHAPE is ROWSxDEPTHxOUTPUTS, or ROWSxWIDTH where no matrix is involved
 */
#include <math.h>
#include <stdarg.h>

#include "counter.h"
#include "fixtures.h"

/* Tables of every kind of processor. */
static const char *const names[] = {
  "portable", "avx2", "avxvnni", "avx512", "avx512vnni256", "avx512vnni", "avx512bf16",
  "neon", "dotprod", "i8mm", "bf16",
};
enum { NAMES = sizeof(names) / sizeof(*names) };

#if defined(__x86_64__)
#define PROCESSOR "x86-64"
#else
#define PROCESSOR "arm64"
#endif

static _Noreturn void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  va_end(values);
  exit(1);
}

/* One run: what the kernels read and write, for the shape at hand. */
static const espalier_kernels *kernels;
static float *x, *y, *out, *whole;
static integer_rows quads, groups;
static uint8_t *pairs, *eight, *four, *half;

static void run_int8_product(void) {
  const espalier_int8_weights weights = {eight, int8_bytes(), outputs, depth};
  kernels->int8_product(weights, view(quads), out, outputs, 0);
}
static void run_int4_product(void) {
  const espalier_int4_weights weights = {four, int4_bytes(), outputs, depth};
  kernels->int4_product(weights, view(groups), out, outputs, 0);
}
static void run_bfloat16_product(void) {
  const espalier_bfloat16_panels weights = {half, bfloat16_bytes(), outputs, depth};
  const espalier_paired_rows rows = {pairs, (depth + 1) / 2, count};
  kernels->bfloat16_product(weights, rows, out, outputs, 0);
}
static void run_float32_product(void) {
  const espalier_float32_matrix weights = {whole, depth, outputs, depth, 0};
  kernels->float32_product(weights, x, depth, count, 1, out, outputs, 0);
}
/* Rows of one tile: the most that `step` below holds for. */
static void run_quantize_int8(void) {
  const size_t bytes = kernels->quad_bytes;
  for (size_t r = 0; r < count; r++) {
    kernels->quantize_int8(x + r * depth, depth, 127, quads.values + bytes * r, bytes * count, quads.scales + r,
                           quads.sums + r);
  }
}
static void run_quantize_bytes(void) {
  for (size_t r = 0; r < count; r++) {
    kernels->quantize_bytes(x + r * depth, depth, 127, groups.values + 4 * r, 4 * count, groups.scales + r, groups.sums + r);
  }
}
static void run_pair_row(void) {
  for (size_t r = 0; r < count; r++) {
    kernels->pair_row(x + r * depth, depth, 0.75f, pairs + kernels->pair_bytes * r, kernels->pair_bytes * count);
  }
}
static void run_online_softmax(void) {
  for (size_t r = 0; r < count; r++) {
    float maximum = -INFINITY, sum = 0;
    out[r] = kernels->online_softmax(y + r * depth, depth, &maximum, &sum);
  }
}
static void run_gelu(void) { kernels->gelu(y, count * depth); }
static void run_gelu_tanh(void) { kernels->gelu_tanh(y, count * depth); }
static void run_silu_product(void) { kernels->silu_product(y, x, y, count * depth); }
static void run_rms_norm(void) { kernels->rms_norm(x, depth, x, 1e-6f, y, depth, count, depth); }
static void run_layer_norm(void) { kernels->layer_norm(x, depth, x, x, 1e-6f, y, depth, count, depth); }

/* Of products the multiply-adds are counted, of the others the elements of their rows. */
static const struct kernel {
  const char *name;
  void (*run)(void);
  int is_product;
} all[] = {
  {"int8_product", run_int8_product, 1}, {"int4_product", run_int4_product, 1},
  {"bfloat16_product", run_bfloat16_product, 1}, {"float32_product", run_float32_product, 1},
  {"quantize_int8", run_quantize_int8, 0},
  {"quantize_bytes", run_quantize_bytes, 0}, {"pair_row", run_pair_row, 0}, {"online_softmax", run_online_softmax, 0}, {"gelu", run_gelu, 0},
  {"gelu_tanh", run_gelu_tanh, 0}, {"silu_product", run_silu_product, 0}, {"rms_norm", run_rms_norm, 0},
  {"layer_norm", run_layer_norm, 0},
};
enum { KERNELS = sizeof(all) / sizeof(*all) };

/*
 * Rows, depth and outputs. The shapes are as small as they can be: an instruction that is counted costs some
 * microseconds.
 */
typedef struct shape {
  size_t count, depth, outputs;
} shape;
/* A token, less than a tile, a tile, several tiles, and what nothing divides; the last is behind them all. */
static const shape product_shapes[] = {{1, 768, 64}, {3, 256, 64}, {12, 256, 64}, {96, 128, 64}, {5, 70, 24},
                                       {0, 0, 0}};
/* The portable table takes a hundred times as many instructions as the others, and is never hurried. */
static const shape portable_shapes[] = {{1, 128, 32}, {12, 64, 32}, {5, 70, 24}, {0, 0, 0}};
static const shape row_shapes[] = {{1, 768, 0}, {12, 256, 0}, {0, 0, 0}};

static const shape *shapes_of(const struct kernel *kernel) {
  if (!kernel->is_product) return row_shapes;
  return strcmp(kernels->name, "portable") ? product_shapes : portable_shapes;
}

/* Instructions for a thousand multiply-adds, or for an element. */
static double measured(const struct kernel *kernel) {
  x = filled(count * depth * sizeof(float), 0);
  y = filled(count * depth * sizeof(float), 0);
  whole = filled(outputs * depth * sizeof(float), 0);
  for (size_t i = 0; i < count * depth; i++) x[i] = y[i] = random_number();
  for (size_t i = 0; i < outputs * depth; i++) whole[i] = random_number();
  out = filled(count * (outputs + 1) * sizeof(float), 0);
  eight = int8_panels(-1);
  four = int4_panels(-1);
  half = bfloat16_panels(kernels, whole);
  quads = quantized(kernels, x, INT8);
  groups = quantized(kernels, x, INT4);
  pairs = paired(kernels, x, 0.75f);
  const size_t instructions = counted(kernel->run);
  if (instructions == 0) fail("instructions cannot be counted here");
  release(quads);
  release(groups);
  void *const used[] = {x, y, whole, out, eight, four, half, pairs};
  for (size_t i = 0; i < sizeof(used) / sizeof(*used); i++) free(used[i]);
  const double work = (double)(count * depth) * (kernel->is_product ? (double)outputs / 1000 : 1);
  return (double)instructions / work;
}

/* Lines of a file of counts: those that are there, and those of a run. */
typedef struct line {
  char table[16], kernel[20], shape[20];
  double figure;
} line;
enum { MOST_LINES = 512 };
typedef struct lines {
  line all[MOST_LINES];
  size_t count;
} lines;

static line *found(lines *some, const line *like) {
  for (size_t i = 0; i < some->count; i++) {
    line *other = some->all + i;
    const int same_kernel = !strcmp(other->table, like->table) && !strcmp(other->kernel, like->kernel);
    if (same_kernel && !strcmp(other->shape, like->shape)) return other;
  }
  return NULL;
}

static int is_name(const char *name) {
  for (size_t n = 0; n < NAMES; n++) {
    if (!strcmp(names[n], name)) return 1;
  }
  return 0;
}

static const struct kernel *kernel_named(const char *name) {
  for (size_t k = 0; k < KERNELS; k++) {
    if (!strcmp(all[k].name, name)) return all + k;
  }
  fail("no kernel is named '%s'", name);
}

static void append(lines *some, line one) {
  if (some->count == MOST_LINES) fail("more than %d counts", MOST_LINES);
  some->all[some->count++] = one;
}

static void read_lines(const char *path, lines *some) {
  FILE *file = fopen(path, "r");
  if (!file) fail("%s cannot be read", path);
  char text[160];
  for (int number = 1; fgets(text, sizeof(text), file); number++) {
    line next;
    if (text[0] == '#' || text[0] == '\n') continue;
    if (sscanf(text, "%15s %19s %19s %lf", next.table, next.kernel, next.shape, &next.figure) != 4 ||
        !(next.figure > 0)) {
      fail("%s, line %d: not a table, a kernel, a shape and a count", path, number);
    }
    if (!is_name(next.table)) fail("%s, line %d: no table is named '%s'", path, number, next.table);
    kernel_named(next.kernel);
    if (found(some, &next)) fail("%s, line %d: a second count of the same", path, number);
    append(some, next);
  }
  fclose(file);
}

static line counted_line(const struct kernel *kernel, shape sizes) {
  count = sizes.count;
  depth = sizes.depth;
  outputs = sizes.outputs;
  line result;
  snprintf(result.table, sizeof(result.table), "%s", kernels->name);
  snprintf(result.kernel, sizeof(result.kernel), "%s", kernel->name);
  if (kernel->is_product) snprintf(result.shape, sizeof(result.shape), "%zux%zux%zu", count, depth, outputs);
  else snprintf(result.shape, sizeof(result.shape), "%zux%zu", count, depth);
  result.figure = measured(kernel);
  return result;
}

/* Every kernel of a table. */
static void add_table(lines *some) {
  for (size_t k = 0; k < KERNELS; k++) {
    for (const shape *next = shapes_of(all + k); next->count > 0; next++) append(some, counted_line(all + k, *next));
  }
}

/* Whether the figures of a table are as stored, or better. */
static int is_as_stored(lines *stored, const lines *counts) {
  int as_stored = 1, better = 0;
  for (size_t i = 0; i < counts->count; i++) {
    const line *now = counts->all + i, *then = found(stored, now);
    const double before = then ? then->figure : 0;
    const char *unit = kernel_named(now->kernel)->is_product ? "1000 multiply-adds" : "an element";
    if (then && now->figure <= 1.1 * before && now->figure >= 0.9 * before) continue;
    printf("%s %s %s: %.3f instructions for %s, ", now->table, now->kernel, now->shape, now->figure, unit);
    if (!then) printf("none stored: store anew\n");
    else if (now->figure < before) printf("stored %.3f: better, store anew\n", before);
    else printf("stored %.3f: %.0f %% more\n", before, 100 * (now->figure / before - 1));
    if (!then || now->figure > before) as_stored = 0;
    else better += 1;
  }
  printf("%s: %zu counts, %d of them better\n", kernels->name, counts->count, better);
  fflush(stdout);
  return as_stored;
}

static void write_lines(const char *path, const lines *some) {
  FILE *file = fopen(path, "w");
  if (!file) fail("%s cannot be written", path);
  fprintf(file, "# Instructions of the kernels for " PROCESSOR ": of products for 1000 multiply-adds, of others for an "
                "element.\n# Shapes are rows x depth x outputs, or rows x width.\n# Compiler: " __VERSION__ "\n");
  for (size_t i = 0; i < some->count; i++) {
    const line *one = some->all + i;
    fprintf(file, "%s %s %s %.3f\n", one->table, one->kernel, one->shape, one->figure);
  }
  if (fclose(file) != 0) fail("%s cannot be written", path);
}

/* Whether all counts are as stored, or stored now. */
static int count_all(const char *path, int storing) {
  static lines stored, fresh;
  FILE *there = fopen(path, "r");
  if (there) fclose(there);
  if (there || !storing) read_lines(path, &stored);
  int as_stored = 1;
  for (size_t n = 0; n < NAMES; n++) {
    kernels = espalier_kernels_named(names[n]);
    if (kernels) {
      static lines counts;
      counts.count = 0;
      add_table(&counts);
      if (storing) printf("%s: %zu counts\n", names[n], counts.count);
      else if (!is_as_stored(&stored, &counts)) as_stored = 0;
      for (size_t i = 0; i < counts.count; i++) append(&fresh, counts.all[i]);
      continue;
    }
    int lacked = 0;
    for (size_t i = 0; i < stored.count; i++) {
      if (strcmp(stored.all[i].table, names[n])) continue;
      append(&fresh, stored.all[i]);
      lacked = 1;
    }
    if (lacked) printf("%s: skipped, as this processor lacks it\n", names[n]);
  }
  if (storing) {
    write_lines(path, &fresh);
    return 1;
  }
  for (size_t i = 0; i < stored.count; i++) {
    const line *then = stored.all + i;
    if (found(&fresh, then)) continue;
    printf("%s %s %s: stored, and counted no more: store anew\n", then->table, then->kernel, then->shape);
    as_stored = 0;
  }
  if (!as_stored) printf("counted with " __VERSION__ "; %s names the compiler of what is stored\n", path);
  return as_stored;
}

static void show(const char *table, const char *name, const char *shape_text) {
  if (!is_name(table)) fail("no table is named '%s'", table);
  kernels = espalier_kernels_named(table);
  if (!kernels) fail("this processor lacks %s", table);
  const struct kernel *kernel = kernel_named(name);
  shape sizes = {0, 0, 0};
  /* Five digits each: what a number would overflow is no shape either. */
  int end = 0, product_end = 0;
  sscanf(shape_text, "%5zux%5zu%nx%5zu%n", &sizes.count, &sizes.depth, &end, &sizes.outputs, &product_end);
  if (kernel->is_product) end = product_end;
  else sizes.outputs = 1;
  if (end == 0 || shape_text[end] != 0 || strchr(shape_text, '-') || sizes.count * sizes.depth * sizes.outputs == 0) {
    fail("'%s' is no shape of %s", shape_text, name);
  }
  if (!kernel->is_product && espalier_tile_rows(sizes.count) != sizes.count) {
    fail("%s counts rows of one tile: 1, 3, 6 or 12", name);
  }
  const line one = counted_line(kernel, sizes);
  printf("%s %s %s %.3f\n", one.table, one.kernel, one.shape, one.figure);
}

int main(int arguments, char **values) {
  if (arguments == 3 && !strcmp(values[1], "compare")) return !count_all(values[2], 0);
  if (arguments == 3 && !strcmp(values[1], "store")) return !count_all(values[2], 1);
  if (arguments == 5 && !strcmp(values[1], "show")) show(values[2], values[3], values[4]);
  else fail("give 'compare FILE', 'store FILE' or 'show TABLE KERNEL SHAPE'");
  return 0;
}
