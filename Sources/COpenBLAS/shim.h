#ifndef ESPALIER_COPENBLAS_SHIM_H
#define ESPALIER_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
