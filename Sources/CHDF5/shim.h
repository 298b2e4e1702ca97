#ifndef ESPALIER_CHDF5_SHIM_H
#define ESPALIER_CHDF5_SHIM_H

#include <hdf5.h>

#endif
