/* The functions are Swift's (EspalierC); here it is only checked that the header is whole by itself. */
#include "espalier.h"
