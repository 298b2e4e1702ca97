#ifndef ESPALIER_CPCRE2_SHIM_H
#define ESPALIER_CPCRE2_SHIM_H

/* PCRE2 names its functions by code unit width; Swift sees the 8-bit set. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
