#include "CProgram.h"

__attribute__((visibility("default"))) int get_num_procs(void) { return 1; }
