/*
 * Asks one question about some pictures: ask PLAN PROMPT [PICTURE ...]
 *
 *   cc ask.c $(pkg-config --cflags --libs espalier) -o ask
 */
#include <espalier.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static espalier_cancellation *cancellation;

static void stop(int number) {
  (void)number;
  espalier_cancel(cancellation);
}

static int32_t show(const char *text, size_t bytes, void *user) {
  fwrite(text, 1, bytes, user);
  fflush(user);
  return 0;
}

/* The line of the last error. */
static char *message;

/* Ends with that line where a call has failed. */
static void check(espalier_status status) {
  if (status == ESPALIER_OK) return;
  fprintf(stderr, "Error: %s\n", message);
  espalier_text_free(message);
  exit(1);
}

/* The point "balanced" where the plan has it. */
static const char *point_of(const espalier_model *model) {
  for (size_t i = 0; i < espalier_model_point_count(model); i++) {
    const char *name = espalier_model_point(model, i);
    if (strcmp(name, "balanced") == 0) return name;
  }
  return "dense";
}

int main(int count, char **words) {
  if (count < 3) {
    fprintf(stderr, "usage: %s PLAN PROMPT [PICTURE ...]\n", words[0]);
    return 64;
  }
  espalier_model *model = NULL;
  check(espalier_model_open(words[1], 0, &model, &message));

  const size_t pictures = (size_t)count - 3;
  espalier_image *images = calloc(pictures + 1, sizeof(espalier_image));
  if (!images) return 1;
  for (size_t i = 0; i < pictures; i++) images[i].path = words[3 + i];

  espalier_context *context = espalier_context_new(model, 0);
  espalier_dialogue *dialogue = NULL;
  const char *point = point_of(model);
  check(espalier_dialogue_new(context, images, pictures, point, NULL, 0, &dialogue, &message));

  /* Ctrl-C ends the answer, not the program. */
  cancellation = espalier_cancellation_new();
  signal(SIGINT, stop);

  espalier_options options = ESPALIER_OPTIONS;
  options.max_tokens = 64;
  espalier_answer *answer = NULL;
  check(espalier_ask(dialogue, words[2], &options, show, stdout, cancellation, &answer, &message));

  espalier_figures figures;
  espalier_answer_figures(answer, &figures, sizeof(figures));
  printf("\n(%s: first token after %.3f s, %zu of %zu visual tokens kept, %s)\n", point, figures.first_token,
         figures.visual_kept, figures.visual_tokens, espalier_answer_finish(answer));

  espalier_answer_free(answer);
  espalier_cancellation_free(cancellation);
  espalier_dialogue_free(dialogue);
  espalier_context_free(context);
  espalier_model_free(model);
  free(images);
  return 0;
}
