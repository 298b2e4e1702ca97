#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

/* The tables of this kind of processor, the widest first, whether this one can run them, and what they need. */
typedef struct candidate {
  const espalier_kernels *table;
  int (*runs)(void);
  const char *needs;
} candidate;

static int always(void) { return 1; }

extern const espalier_kernels espalier_portable_kernels;
#if defined(__x86_64__)
extern const espalier_kernels espalier_avx2_kernels;
extern const espalier_kernels espalier_avxvnni_kernels;
extern const espalier_kernels espalier_avx512_kernels;
extern const espalier_kernels espalier_avx512vnni_kernels;
extern const espalier_kernels espalier_avx512vnni256_kernels;
extern const espalier_kernels espalier_avx512bf16_kernels;

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avxvnni(void) { return has_avx2() && __builtin_cpu_supports("avxvnni"); }

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static int has_avx512vnni(void) { return has_avx512() && __builtin_cpu_supports("avx512vnni"); }
static int has_avx512bf16(void) { return has_avx512vnni() && __builtin_cpu_supports("avx512bf16"); }

static const candidate candidates[] = {
  {&espalier_avx512bf16_kernels, has_avx512bf16, "AVX-512 F, BW, DQ, VL, VNNI, BF16"},
  {&espalier_avx512vnni_kernels, has_avx512vnni, "AVX-512 F, BW, DQ, VL, VNNI"},
  {&espalier_avxvnni_kernels, has_avxvnni, "AVX2, FMA, AVX-VNNI"},
  {&espalier_avx512_kernels, has_avx512, "AVX-512 F, BW, DQ, VL"},
  {&espalier_avx2_kernels, has_avx2, "AVX2, FMA"},
  {&espalier_portable_kernels, always, "nothing"},
  /* Only by name. */
  {&espalier_avx512vnni256_kernels, has_avx512vnni, "AVX-512 F, BW, DQ, VL, VNNI"},
};
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

extern const espalier_kernels espalier_neon_kernels;
extern const espalier_kernels espalier_dotprod_kernels;
extern const espalier_kernels espalier_i8mm_kernels;
extern const espalier_kernels espalier_bf16_kernels;

static int has_neon(void) { return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0; }
static int has_dotprod(void) { return has_neon() && (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
static int has_i8mm(void) { return has_dotprod() && (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }
static int has_bf16(void) { return has_i8mm() && (getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0; }

static const candidate candidates[] = {
  {&espalier_bf16_kernels, has_bf16, "ASIMD, dot products, I8MM, BF16"},
  {&espalier_i8mm_kernels, has_i8mm, "ASIMD, dot products, I8MM"},
  {&espalier_dotprod_kernels, has_dotprod, "ASIMD, dot products"},
  {&espalier_neon_kernels, has_neon, "ASIMD"},
  {&espalier_portable_kernels, always, "nothing"},
};
#else
static const candidate candidates[] = {{&espalier_portable_kernels, always, "nothing"}};
#endif

const espalier_kernels *espalier_kernels_named(const char *name) {
  for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
    if (strcmp(name, candidates[i].table->name) == 0) return candidates[i].runs() ? candidates[i].table : NULL;
  }
  return NULL;
}

int espalier_kernels_known(size_t index, espalier_known_kernels *known) {
  if (index >= sizeof(candidates) / sizeof(*candidates)) return 0;
  const candidate found = candidates[index];
  known->name = found.table->name;
  known->needs = found.needs;
  known->runs = found.runs();
  return 1;
}

const espalier_kernels *espalier_kernels_in_use(void) {
  const char *asked = getenv("ESPALIER_KERNELS");
  const espalier_kernels *found = asked ? espalier_kernels_named(asked) : NULL;
  for (size_t i = 0; !found; i++) {
    if (candidates[i].runs()) found = candidates[i].table;
  }
  return found;
}

/* The lowest processor of a core: the first number in its list of siblings; -1 where the system does not say. */
static int first_sibling(int processor) {
  char path[96];
  snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", processor);
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  int first = -1;
  if (fscanf(file, "%d", &first) != 1) first = -1;
  fclose(file);
  return first;
}

int espalier_cores(void) {
  cpu_set_t set, seen;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  CPU_ZERO(&seen);
  int count = 0;
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, &set)) continue;
    const int core = first_sibling(processor);
    if (core >= 0 && core < CPU_SETSIZE) {
      if (CPU_ISSET(core, &seen)) continue;
      CPU_SET(core, &seen);
    }
    count++;
  }
  return count > 0 ? count : 1;
}
