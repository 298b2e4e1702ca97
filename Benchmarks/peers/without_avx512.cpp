// OpenVINO asks the processor itself which of its own kernels to run, those of attention among them, and
// ONEDNN_MAX_CPU_ISA does not reach these questions. This library answers them as a processor does that has
// AVX2 and nothing newer. It is loaded before OpenVINO's: c++ -shared -fPIC -o FILE.so, LD_PRELOAD=FILE.so.

namespace ov {
bool with_cpu_x86_avx2_vnni() { return false; }
bool with_cpu_x86_avx2_vnni_2() { return false; }
bool with_cpu_x86_avx512f() { return false; }
bool with_cpu_x86_avx512_core() { return false; }
bool with_cpu_x86_avx512_core_vnni() { return false; }
bool with_cpu_x86_avx512_core_fp16() { return false; }
bool with_cpu_x86_avx512_core_amx() { return false; }
bool with_cpu_x86_avx512_core_amx_int8() { return false; }
bool with_cpu_x86_avx512_core_amx_bf16() { return false; }
bool with_cpu_x86_avx512_core_amx_fp16() { return false; }
bool with_cpu_x86_bfloat16() { return false; }
}  // namespace ov
