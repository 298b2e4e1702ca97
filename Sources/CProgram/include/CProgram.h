#ifndef ESPALIER_CPROGRAM_H
#define ESPALIER_CPROGRAM_H

// What a program may decide for its whole process and a library may not. Linking it is enough.

// Under a limit of address space threads share one heap (memory.c), which needs no call either.

// Has large blocks given back to the system when they are freed, whatever sizes come one after the other: for a program that
// runs for months, and whose memory is looked at. Without it the C library keeps up to 32 MiB for each size it has seen.
void espalier_return_memory(void);

#endif
