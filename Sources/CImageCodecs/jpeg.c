#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/* A progressive file may repeat scans of the whole image at a few bytes each; honest ones have about ten. */
enum { SCAN_LIMIT = 100 };

struct failure {
  struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
  jmp_buf target;
  char *message;
  int status;
};

static void fail(j_common_ptr info) {
  struct failure *failure = (struct failure *)info->err;
  char text[JMSG_LENGTH_MAX];
  failure->manager.format_message(info, text);
  snprintf(failure->message, ESPALIER_CODEC_MESSAGE_BYTES, "%.190s", text);
  switch (failure->manager.msg_code) {
  case JERR_OUT_OF_MEMORY:
    failure->status = ESPALIER_CODEC_OUT_OF_MEMORY;
    break;
  case JERR_INPUT_EOF:
  case JERR_INPUT_EMPTY:
  case JWRN_JPEG_EOF:
    failure->status = ESPALIER_CODEC_TRUNCATED;
    break;
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_CCIR601_NOTIMPL:
  case JERR_ARITH_NOTIMPL:
    failure->status = ESPALIER_CODEC_UNSUPPORTED;
    break;
  default:
    failure->status = ESPALIER_CODEC_CORRUPT;
  }
  longjmp(failure->target, 1);
}

/* The memory source makes up an end marker when data run out and only warns; that is an error here. */
static void message_or_warning(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) fail(info);
}

static void print_nothing(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
  if (!info->is_decompressor) return;
  if (((j_decompress_ptr)info)->input_scan_number > SCAN_LIMIT) {
    struct failure *failure = (struct failure *)info->err;
    snprintf(failure->message, ESPALIER_CODEC_MESSAGE_BYTES, "more than %d scans", SCAN_LIMIT);
    failure->status = ESPALIER_CODEC_UNSUPPORTED;
    longjmp(failure->target, 1);
  }
}

/* Lives in a frame outside the one that calls setjmp, so that its fields keep their values after a jump. */
struct decoder {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  struct failure failure;
};

static void prepare(struct decoder *decoder, char *message) {
  memset(decoder, 0, sizeof *decoder);
  decoder->info.err = jpeg_std_error(&decoder->failure.manager);
  decoder->failure.manager.error_exit = fail;
  decoder->failure.manager.emit_message = message_or_warning;
  decoder->failure.manager.output_message = print_nothing;
  decoder->failure.message = message;
  decoder->progress.progress_monitor = count_scans;
  message[0] = 0;
}

/* Ends with the header read. Call with the jump target set. */
static void read_header(struct decoder *decoder, const uint8_t *bytes, size_t count) {
  jpeg_create_decompress(&decoder->info);
  decoder->info.progress = &decoder->progress;
  jpeg_mem_src(&decoder->info, bytes, count);
  jpeg_read_header(&decoder->info, TRUE);
}

static void try_header(struct decoder *decoder, const uint8_t *bytes, size_t count) {
  if (setjmp(decoder->failure.target) == 0) read_header(decoder, bytes, count);
}

int espalier_jpeg_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message) {
  struct decoder decoder;
  prepare(&decoder, message);
  try_header(&decoder, bytes, count);
  header->width = decoder.info.image_width;
  header->height = decoder.info.image_height;
  jpeg_destroy_decompress(&decoder.info);
  return decoder.failure.status;
}

/* x / 255 rounded to nearest, for x = a * b with a and b bytes. */
static unsigned divide_255(unsigned product) {
  unsigned biased = product + 128;
  return ((biased >> 8) + biased) >> 8;
}

/* Four-channel files store ink inverted, by Adobe's convention; so every byte here is "no ink". */
static void rgb_from_inverted_cmyk(const uint8_t *row, uint32_t width, uint8_t *pixels) {
  for (uint32_t x = 0; x < width; x++, row += 4, pixels += 3) {
    unsigned light = row[3];
    for (int c = 0; c < 3; c++) pixels[c] = (uint8_t)(light - divide_255((255u - row[c]) * light));
  }
}

static void refuse(struct decoder *decoder, int status, const char *reason) {
  snprintf(decoder->failure.message, ESPALIER_CODEC_MESSAGE_BYTES, "%s", reason);
  decoder->failure.status = status;
  longjmp(decoder->failure.target, 1);
}

static void read_image(struct decoder *decoder, uint32_t width, uint32_t height, uint8_t *pixels) {
  struct jpeg_decompress_struct *info = &decoder->info;
  if (info->image_width != width || info->image_height != height) {
    refuse(decoder, ESPALIER_CODEC_CORRUPT, "size changed while decoding");
  }
  int components = info->num_components;
  if (components != 1 && components != 3 && components != 4) {
    refuse(decoder, ESPALIER_CODEC_UNSUPPORTED, "neither 1, 3 nor 4 colour components");
  }
  info->out_color_space = components == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(info);
  JSAMPARRAY ink = NULL; /* from the decoder's pool, released with it */
  if (components == 4) ink = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, width * 4, 1);
  while (info->output_scanline < height) {
    JSAMPROW target = pixels + (size_t)info->output_scanline * width * 3;
    jpeg_read_scanlines(info, ink != NULL ? ink : &target, 1);
    if (ink != NULL) rgb_from_inverted_cmyk(ink[0], width, target);
  }
  /* Not finished on purpose: what follows the last row is of no interest. */
}

static void try_image(struct decoder *decoder, const uint8_t *bytes, size_t count, uint32_t width,
                      uint32_t height, uint8_t *pixels) {
  if (setjmp(decoder->failure.target) != 0) return;
  read_header(decoder, bytes, count);
  read_image(decoder, width, height, pixels);
}

int espalier_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                         char *message) {
  struct decoder decoder;
  prepare(&decoder, message);
  try_image(&decoder, bytes, count, width, height, pixels);
  jpeg_destroy_decompress(&decoder.info);
  return decoder.failure.status;
}
