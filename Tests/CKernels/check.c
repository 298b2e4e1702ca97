/*
 * Every table of kernels that this processor has against plain arithmetic and the portable table. An argument names the
 * table that must be in use.
 */
#include <stdio.h>
#include <string.h>

#include "CKernels.h"

int main(int arguments, char **values) {
  const char *in_use = espalier_kernels_in_use()->name;
  /* Whether they run: an instruction that the processor lacks would end the program here. */
  if (espalier_int8_operations() < 0 || espalier_bfloat16_operations() < 0 || espalier_float_operations() < 0) {
    printf("limits\n");
    return 1;
  }
  if (arguments > 1 && strcmp(values[1], in_use) != 0) {
    printf("%s is in use, expected %s\n", in_use, values[1]);
    return 1;
  }
  espalier_known_kernels known;
  for (size_t n = 0; espalier_kernels_known(n, &known); n++) {
    if (!known.runs) continue;
    const char *name = known.name;
    const espalier_kernels *table = espalier_kernels_named(name);
    if (strcmp(table->name, name) != 0) {
      printf("%s is not %s\n", table->name, name);
      return 1;
    }
    char message[512];
    const size_t comparisons = espalier_kernels_check(table, 1, n, message, sizeof(message));
    printf("%s%s\n", comparisons ? name : message, strcmp(name, in_use) == 0 ? " (in use)" : "");
    if (!comparisons) return 1;
    printf("  %zu comparisons agree\n", comparisons);
    fflush(stdout);
  }
  return 0;
}
