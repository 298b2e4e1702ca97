/*
 * A plugin of QEMU's user-mode emulator: counts the instructions between two functions of the program that runs, and
 * writes their number to the file that ESPALIER_COUNTS names when the second one is reached.
 *
 * Debian's package of the emulator brings no header for plugins before QEMU 8; these are its declarations, unchanged
 * since then but for the version.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
                                            void (*callback)(unsigned int processor, void *data),
                                            enum qemu_plugin_cb_flags flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const char *qemu_plugin_insn_symbol(const struct qemu_plugin_insn *instruction);

#ifndef QEMU_PLUGIN_VERSION
#define QEMU_PLUGIN_VERSION 1
#endif
SHOWN int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static size_t count;

static void begin(unsigned int processor, void *data) {
  (void)processor, (void)data;
  count = 0;
}

static void step(unsigned int processor, void *data) {
  (void)processor, (void)data;
  count += 1;
}

static void end(unsigned int processor, void *data) {
  (void)processor, (void)data;
  const char *path = getenv("ESPALIER_COUNTS");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%zu\n", count);
  fclose(file);
}

/* Which function an instruction belongs to is known when it is translated. */
static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    const char *name = qemu_plugin_insn_symbol(instruction);
    void (*callback)(unsigned int, void *) = step;
    if (name && !strcmp(name, "espalier_count_begins")) callback = begin;
    if (name && !strcmp(name, "espalier_count_ends")) callback = end;
    qemu_plugin_register_vcpu_insn_exec_cb(instruction, callback, QEMU_PLUGIN_CB_NO_REGS, NULL);
  }
}

SHOWN int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info *info, int arguments, char **values) {
  (void)info, (void)arguments, (void)values;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
