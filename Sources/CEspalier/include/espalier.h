/*
 * Espalier for every language that can call C: opens a pruning plan and answers questions about pictures.
 *
 * Errors. What can fail returns a status. Where it is not ESPALIER_OK and `message` is not NULL, *message is set to one
 * line for a person, which espalier_text_free gives back; nothing else is set. No call prints, exits or raises a signal.
 *
 * Text is UTF-8 and ends with a zero byte. What a call is given it copies; what it returns belongs to the object that it
 * was asked of, and is there as long as that. A text is NULL where there is no memory for it.
 *
 * Threads. A model may be used by any number of threads at once. A context and its dialogues are one thread's at a time:
 * another thread may go on with them, but not meanwhile. For several answers at once, make several contexts on one model.
 * espalier_cancel may be called from any thread, from a signal's handler as well. A callback runs on the thread that asked.
 *
 * Objects may be freed in any order: each keeps what it needs. Freeing NULL does nothing. A pointer that has been freed, or
 * that no call returned, must not be passed on: that cannot be seen from it.
 */
#ifndef ESPALIER_H
#define ESPALIER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a call. */
typedef int32_t espalier_status;
enum {
  ESPALIER_OK = 0,
  /* The plan: missing, damaged, or not what it should be. */
  ESPALIER_PLAN = 1,
  /* A picture. */
  ESPALIER_IMAGE = 2,
  /* The prompt: empty, too long for the context, or with other pictures than there are. */
  ESPALIER_PROMPT = 3,
  /* A setting. */
  ESPALIER_SETTINGS = 4,
  /* Somebody asked for the end, or a callback did. */
  ESPALIER_CANCELLED = 5,
  /* A pointer is NULL that may not be, or a text is no UTF-8. */
  ESPALIER_MISUSE = 6
};

/* The version of the library, such as "0.1.0". */
const char *espalier_version(void);
/* Gives back what a call has put into *message. */
void espalier_text_free(char *text);

/* A plan, opened. Its weights stay in the file's mapping: do not write to the file while the model is in use. */
typedef struct espalier_model espalier_model;

/* Opens a plan and checks all of it but the weights; with verify_weights not 0, these as well. */
espalier_status espalier_model_open(const char *path, int32_t verify_weights, espalier_model **model, char **message);
/*
 * The same for a plan that one of the public keys in a file of minisign's has signed; the signature is PATH.minisig. All
 * digests are checked.
 */
espalier_status espalier_model_open_signed(const char *path, const char *trusted_keys, espalier_model **model,
                                           char **message);
void espalier_model_free(espalier_model *model);

/* The operating points, "dense" among them; NULL behind the last. */
size_t espalier_model_point_count(const espalier_model *model);
const char *espalier_model_point(const espalier_model *model, size_t index);
/*
 * The point with the least harm whose stored time from pictures to first token is within so many seconds. *point belongs to
 * the model.
 */
espalier_status espalier_model_point_within(const espalier_model *model, double seconds, const char **point,
                                            char **message);
/* Most tokens of a prompt with its answer. */
size_t espalier_model_context_length(const espalier_model *model);

/* Memory and threads for one answer at a time. */
typedef struct espalier_context espalier_context;

/* With threads 0, as many as the process has cores. NULL where model is NULL. */
espalier_context *espalier_context_new(const espalier_model *model, uint32_t threads);
void espalier_context_free(espalier_context *context);

/* A picture (JPEG, PNG, WebP, GIF or BMP): a file, which is read for each question, or bytes where path is NULL. */
typedef struct espalier_image {
  const char *path;
  const void *bytes;
  size_t size;
} espalier_image;

/* Questions about some pictures, one after the other: what was read before is not read again. */
typedef struct espalier_dialogue espalier_dialogue;

/*
 * A dialogue at an operating point; "dense" where point is NULL. Without a system prompt the model's template decides. With
 * max_bytes not 0, a question that may need more bytes of memory is refused before it is begun.
 */
espalier_status espalier_dialogue_new(espalier_context *context, const espalier_image *images, size_t count,
                                      const char *point, const char *system, uint64_t max_bytes,
                                      espalier_dialogue **dialogue, char **message);
void espalier_dialogue_free(espalier_dialogue *dialogue);

/* Asks answers to end. */
typedef struct espalier_cancellation espalier_cancellation;

espalier_cancellation *espalier_cancellation_new(void);
/* Ends the answers that were begun with it, within a layer or a token, and every later one. */
void espalier_cancel(const espalier_cancellation *cancellation);
void espalier_cancellation_free(espalier_cancellation *cancellation);

/* How an answer is generated. Set it to ESPALIER_OPTIONS, then change what differs. */
typedef struct espalier_options {
  /* Bytes of the structure that the program was built with. */
  size_t size;
  /* Most tokens. */
  uint32_t max_tokens;
  /* Only the k likeliest tokens; 0 for all. */
  uint32_t top_k;
  /* Divides the logits; 0 takes the likeliest token. */
  double temperature;
  /* Only the likeliest tokens that together reach this probability. */
  double top_p;
  /* Only tokens at least this share as likely as the likeliest. */
  double min_p;
  /* The same seed draws the same tokens. */
  uint64_t seed;
  /* Texts at which the answer ends. */
  const char *const *stops;
  size_t stop_count;
  /* A JSON Schema that the answer holds, or a grammar in GBNF that it is a text of; not both. */
  const char *json_schema;
  const char *grammar;
} espalier_options;

#define ESPALIER_OPTIONS {sizeof(espalier_options), 256, 0, 0.0, 1.0, 0.0, 0, NULL, 0, NULL, NULL}

/* Gets a piece of the answer as it grows; `bytes` counts them without the zero behind. Anything but 0 ends the answer. */
typedef int32_t (*espalier_on_text)(const char *text, size_t bytes, void *user);

/* An answer with the figures of the run. */
typedef struct espalier_answer espalier_answer;

/*
 * Answers a prompt that follows what was said before. <image> in it is the place of a picture; without any, pictures come
 * first. options, on_text and cancellation may be NULL. After an error the dialogue stands where it stood before.
 */
espalier_status espalier_ask(espalier_dialogue *dialogue, const char *prompt, const espalier_options *options,
                             espalier_on_text on_text, void *user, const espalier_cancellation *cancellation,
                             espalier_answer **answer, char **message);
void espalier_answer_free(espalier_answer *answer);

const char *espalier_answer_text(const espalier_answer *answer);
/* Token ids, a stop token included. */
const int32_t *espalier_answer_tokens(const espalier_answer *answer, size_t *count);
/* Why it ended: "stop", "length" or "context". */
const char *espalier_answer_finish(const espalier_answer *answer);

/* Figures of a run; times in seconds. */
typedef struct espalier_figures {
  /* Tokens of the prompt, visual ones included; visual tokens, and those that outlive token pruning. */
  size_t prompt_tokens, visual_tokens, visual_kept;
  /* Pictures that the vision tower did not run for, as what it makes of them was known. */
  size_t known_pictures;
  /* Bytes of the KV cache behind the prompt. */
  size_t cache_bytes;
  double image, vision, prefill, first_token, decode;
} espalier_figures;

/* Fills as much of *figures as `size`, its size in the caller's program, has room for. */
void espalier_answer_figures(const espalier_answer *answer, espalier_figures *figures, size_t size);

#ifdef __cplusplus
}
#endif
#endif
