#ifndef ESPALIER_CMPI_SHIM_H
#define ESPALIER_CMPI_SHIM_H

#include <mpi.h>
#include <stdint.h>
#include <string.h>

/* MPI's constants are macros that Swift cannot import, and its handles are pointers in one implementation and integers
   in another. What follows is all that Espalier does with MPI, with plain types. Everything returns MPI's code, 0 where
   all went well, and nothing but the start and the end waits for other processes. All of it is one thread's. */

/* Something that was begun. */
typedef struct {
  MPI_Request handle;
} espalier_mpi_request;

/* Starts MPI, tells who this process is, and has errors returned instead of ending the process. The thread that calls it
   is the one that may call the rest; `alone` tells that MPI cannot live beside other threads. */
static inline int espalier_mpi_start(int *count, int *own, int *alone) {
  int level = MPI_THREAD_SINGLE;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
  if (!code) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (!code) code = MPI_Comm_size(MPI_COMM_WORLD, count);
  if (!code) code = MPI_Comm_rank(MPI_COMM_WORLD, own);
  *alone = level < MPI_THREAD_FUNNELED;
  return code;
}

/* Ends MPI. Nothing that was begun may be left. */
static inline int espalier_mpi_finish(void) { return MPI_Finalize(); }

/* Ends all processes. */
static inline void espalier_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

/* Sets `here[rank]` to 1 for the processes that share this one's memory, and to 0 for the others. */
static inline int espalier_mpi_neighbours(int count, unsigned char *here) {
  memset(here, 0, (size_t)count);
  MPI_Comm shared = MPI_COMM_NULL;
  MPI_Group all = MPI_GROUP_NULL, group = MPI_GROUP_NULL;
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &shared);
  if (!code) code = MPI_Comm_group(MPI_COMM_WORLD, &all);
  if (!code) code = MPI_Comm_group(shared, &group);
  for (int rank = 0; !code && rank < count; rank++) {
    int place = MPI_UNDEFINED;
    code = MPI_Group_translate_ranks(all, 1, &rank, group, &place);
    here[rank] = place != MPI_UNDEFINED;
  }
  if (group != MPI_GROUP_NULL) MPI_Group_free(&group);
  if (all != MPI_GROUP_NULL) MPI_Group_free(&all);
  if (shared != MPI_COMM_NULL) MPI_Comm_free(&shared);
  return code;
}

/* Sizes of texts, ends of strings included. */
static inline int espalier_mpi_name_capacity(void) { return MPI_MAX_PROCESSOR_NAME; }
static inline int espalier_mpi_error_capacity(void) { return MPI_MAX_ERROR_STRING; }

/* Name of this machine. */
static inline int espalier_mpi_name(char *name) {
  int length = 0;
  return MPI_Get_processor_name(name, &length);
}

/* What a code means. */
static inline void espalier_mpi_error(int code, char *text) {
  int length = 0;
  if (MPI_Error_string(code, text, &length)) text[0] = 0;
}

/* Gives one number of many, `numbers[own]`, and gets the others. */
static inline int espalier_mpi_gather_numbers(int64_t *numbers, espalier_mpi_request *request) {
  return MPI_Iallgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, numbers, 1, MPI_INT64_T, MPI_COMM_WORLD, &request->handle);
}

/* Gives some of the bytes, those at `places[own]`, and gets the others. The counts and places stay until it is done. */
static inline int espalier_mpi_gather_bytes(
    void *bytes, const int *counts, const int *places, espalier_mpi_request *request) {
  return MPI_Iallgatherv(
      MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, counts, places, MPI_BYTE, MPI_COMM_WORLD, &request->handle);
}

/* Sends a byte, which is done when the other process has begun to receive it. */
static inline int espalier_mpi_send(const unsigned char *byte, int rank, espalier_mpi_request *request) {
  return MPI_Issend(byte, 1, MPI_BYTE, rank, 0, MPI_COMM_WORLD, &request->handle);
}

/* Receives a byte. */
static inline int espalier_mpi_receive(unsigned char *byte, int rank, espalier_mpi_request *request) {
  return MPI_Irecv(byte, 1, MPI_BYTE, rank, 0, MPI_COMM_WORLD, &request->handle);
}

/* Looks whether something is done, and has MPI go on with all that was begun. */
static inline int espalier_mpi_test(espalier_mpi_request *request, int *done) {
  return MPI_Test(&request->handle, done, MPI_STATUS_IGNORE);
}

#endif
