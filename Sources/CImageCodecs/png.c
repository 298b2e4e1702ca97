#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

/*
 * Everything a failing libpng call must release or report. Lives in a frame outside the one that calls setjmp,
 * so that its fields keep their values after a jump.
 */
struct decoder {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  png_structp png;
  png_infop info;
  jmp_buf target;
  char *message;
  int status;
};

static void fail(png_structp png, png_const_charp text) {
  struct decoder *decoder = png_get_error_ptr(png);
  if (decoder->status == ESPALIER_CODEC_OK) decoder->status = ESPALIER_CODEC_CORRUPT;
  if (strstr(text, "memory") != NULL) decoder->status = ESPALIER_CODEC_OUT_OF_MEMORY;
  snprintf(decoder->message, ESPALIER_CODEC_MESSAGE_BYTES, "%.190s", text);
  longjmp(decoder->target, 1);
}

static void say_nothing(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  struct decoder *decoder = png_get_io_ptr(png);
  if (count > decoder->count - decoder->position) {
    decoder->status = ESPALIER_CODEC_TRUNCATED;
    png_error(png, "data end too early");
  }
  memcpy(target, decoder->bytes + decoder->position, count);
  decoder->position += count;
}

static void release(struct decoder *decoder) {
  png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
}

/* Runs up to the end of the chunks before the image data. Call with the jump target set. */
static int read_header(struct decoder *decoder) {
  decoder->message[0] = 0;
  decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, say_nothing);
  if (decoder->png != NULL) decoder->info = png_create_info_struct(decoder->png);
  if (decoder->info == NULL) {
    snprintf(decoder->message, ESPALIER_CODEC_MESSAGE_BYTES, "out of memory");
    decoder->status = ESPALIER_CODEC_OUT_OF_MEMORY;
    return 0;
  }
  /* The caller has its own limit for the sides; chunks of text and profiles are not wanted. */
  png_set_user_limits(decoder->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(decoder->png, 4 << 20);
  png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_read_fn(decoder->png, decoder, read_bytes);
  png_read_info(decoder->png, decoder->info);
  return 1;
}

static void try_header(struct decoder *decoder, espalier_codec_header *header) {
  if (setjmp(decoder->target) != 0 || !read_header(decoder)) return;
  header->width = png_get_image_width(decoder->png, decoder->info);
  header->height = png_get_image_height(decoder->png, decoder->info);
}

int espalier_png_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message) {
  struct decoder decoder = {.bytes = bytes, .count = count, .message = message};
  try_header(&decoder, header);
  release(&decoder);
  return decoder.status;
}

static void read_image(struct decoder *decoder, uint32_t width, uint32_t height, uint8_t *pixels) {
  png_structp png = decoder->png;
  size_t stride = (size_t)width * 3;
  int color = png_get_color_type(png, decoder->info);
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png); /* indices without an entry are black */
  if ((color & PNG_COLOR_MASK_COLOR) == 0) {
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_gray_to_rgb(png);
  }
  png_set_strip_16(png);    /* the high byte, unrounded */
  png_set_strip_alpha(png); /* dropped, not composed; a tRNS colour has no effect either */
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, decoder->info);
  if (png_get_rowbytes(png, decoder->info) != stride) png_error(png, "unexpected row size");
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * stride, NULL);
  }
}

static void try_image(struct decoder *decoder, uint32_t width, uint32_t height, uint8_t *pixels) {
  if (setjmp(decoder->target) != 0 || !read_header(decoder)) return;
  if (png_get_image_width(decoder->png, decoder->info) != width ||
      png_get_image_height(decoder->png, decoder->info) != height) {
    png_error(decoder->png, "size changed while decoding");
  }
  /* What follows the last row is not read: a missing end chunk is no error. */
  read_image(decoder, width, height, pixels);
}

int espalier_png_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                        char *message) {
  struct decoder decoder = {.bytes = bytes, .count = count, .message = message};
  try_image(&decoder, width, height, pixels);
  release(&decoder);
  return decoder.status;
}

int espalier_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t *bytes, size_t *count,
                        char *message) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
  png_alloc_size_t room = bytes == NULL ? PNG_IMAGE_PNG_SIZE_MAX(image) : *count;
  message[0] = 0;
  if (bytes != NULL && !png_image_write_to_memory(&image, bytes, &room, 0, pixels, 0, NULL)) {
    snprintf(message, ESPALIER_CODEC_MESSAGE_BYTES, "%.190s", image.message);
    return ESPALIER_CODEC_OUT_OF_MEMORY;
  }
  *count = room;
  return ESPALIER_CODEC_OK;
}
