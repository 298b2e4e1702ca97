#define _GNU_SOURCE
#include "libfuzzer.h"

#include <sys/mman.h>

/* Weak, so that the program links in builds without libFuzzer too. */
__attribute__((weak)) int LLVMFuzzerRunDriver(int *argc, char ***argv, espalier_fuzz_input input);

int espalier_fuzz(int argc, char **argv, espalier_fuzz_input input) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, input) : -1;
}

int espalier_shared_file(void) { return memfd_create("espalier-fuzz", 0); }
