#ifndef ESPALIER_CMAPPINGS_H
#define ESPALIER_CMAPPINGS_H

#include <stddef.h>

// Mapped files whose bytes may go away: a file that somebody shortens, or a disk that fails, takes pages from under
// whoever reads them, and the system says so by a signal. Libraries enter their mappings here; programs alone decide
// whether the signal ends them with a line, by espalier_end_where_mappings_fail().

// Enters a mapping with the line that the process ends with when its bytes are gone. The line is copied. Returns a
// handle for espalier_forget_mapping, or NULL where no memory is left, which costs nothing but the line.
void *espalier_watch_mapping(const void *start, size_t size, const char *line, size_t length);

// Removes a mapping, before it is unmapped.
void espalier_forget_mapping(void *handle);

// From now on the process writes the line of a mapping whose bytes are gone to standard error and ends with 1. The
// same signal for any other reason ends it as it always does.
void espalier_end_where_mappings_fail(void);

#endif
