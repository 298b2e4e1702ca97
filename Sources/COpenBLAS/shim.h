#ifndef ESPALIER_COPENBLAS_SHIM_H
#define ESPALIER_COPENBLAS_SHIM_H

#include <cblas.h>

// OpenBLAS's own calls for the memory that a product works in, which no header of it declares. A product takes a block
// and gives it back; blocks that were given back are taken again, whoever asks. Where the system has none left, the call
// does not return.
void *blas_memory_alloc(int position);
void blas_memory_free(void *block);

#endif
