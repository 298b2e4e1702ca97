/*
 * How many instructions a function takes. On x86-64 the processor stops behind each one, and a signal counts them. On
 * arm64 programs cannot ask for that: there an emulator counts what lies between two functions (count_plugin.c), and
 * writes the number to the file that ESPALIER_COUNTS names.
 */
#ifndef ESPALIER_COUNTER_H
#define ESPALIER_COUNTER_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static inline void run_nothing(void) {}

#if defined(__x86_64__)
/* The flag that lets the processor stop behind every instruction. */
enum { TRAP_FLAG = 0x100 };

static volatile size_t steps;
static inline void count_step(int signal) {
  (void)signal;
  steps += 1;
}

static inline size_t counted_with_call(void (*run)(void)) {
  const struct sigaction action = {.sa_handler = count_step};
  sigaction(SIGTRAP, &action, NULL);
  steps = 0;
  __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | TRAP_FLAG);
  run();
  __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(unsigned long long)TRAP_FLAG);
  return steps;
}
#else
/* The emulator knows these two by their names. */
__attribute__((noinline)) void espalier_count_begins(void) { __asm__ volatile("" ::: "memory"); }
__attribute__((noinline)) void espalier_count_ends(void) { __asm__ volatile("" ::: "memory"); }

static inline size_t counted_with_call(void (*run)(void)) {
  const char *path = getenv("ESPALIER_COUNTS");
  /* Without the plugin no number is better than one of before. */
  if (path) remove(path);
  espalier_count_begins();
  run();
  espalier_count_ends();
  FILE *file = path ? fopen(path, "r") : NULL;
  size_t number = 0;
  if (file) {
    if (fscanf(file, "%zu", &number) != 1) number = 0;
    fclose(file);
  }
  return number;
}
#endif

/* What a function takes the second time it runs, without its call; 0 where nothing counts. */
static inline size_t counted(void (*run)(void)) {
  const size_t call = counted_with_call(run_nothing);
  run();
  const size_t all = counted_with_call(run);
  return all > call ? all - call : 0;
}

#endif
