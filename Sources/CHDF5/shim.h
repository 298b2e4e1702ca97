#ifndef ESPALIER_CHDF5_SHIM_H
#define ESPALIER_CHDF5_SHIM_H

#include <hdf5.h>

/* Most of HDF5's constants are macros that read a global after initialising the library, which Swift
   cannot import. Each getter below is one such macro. */

/* Standard little-endian types: the only ones Espalier writes or accepts. */
static inline hid_t espalier_type_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t espalier_type_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t espalier_type_int32(void) { return H5T_STD_I32LE; }
static inline hid_t espalier_type_int64(void) { return H5T_STD_I64LE; }
static inline hid_t espalier_type_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t espalier_type_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t espalier_type_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t espalier_type_string(void) { return H5T_C_S1; }

/* Property list classes. */
static inline hid_t espalier_class_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t espalier_class_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t espalier_class_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t espalier_class_dataset_create(void) { return H5P_DATASET_CREATE; }

/* Casts inside the macros keep these from being imported as constants. */
static inline hid_t espalier_default_properties(void) { return H5P_DEFAULT; }
static inline hid_t espalier_default_errors(void) { return H5E_DEFAULT; }
static inline hid_t espalier_whole_space(void) { return H5S_ALL; }
static inline haddr_t espalier_undefined_address(void) { return HADDR_UNDEF; }

/* File access flags go through a version check in the macro. */
static inline unsigned espalier_open_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned espalier_create_exclusive(void) { return H5F_ACC_EXCL; }
static inline unsigned espalier_create_truncating(void) { return H5F_ACC_TRUNC; }

/* A versioned macro in newer libraries, a function in older ones. */
static inline htri_t espalier_silence_errors(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

#endif
