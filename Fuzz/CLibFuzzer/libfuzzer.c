#include "libfuzzer.h"

/* Weak, so that the program links in builds without libFuzzer too. */
__attribute__((weak)) int LLVMFuzzerRunDriver(int *argc, char ***argv, espalier_fuzz_input input);

int espalier_fuzz(int argc, char **argv, espalier_fuzz_input input) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, input) : -1;
}
