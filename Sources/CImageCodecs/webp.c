#include "CImageCodecs.h"

#include <stdio.h>

#include <webp/decode.h>

static int fail(VP8StatusCode status, char *message) {
  static const char *const words[] = {"",
                                      "out of memory",
                                      "a wrong parameter",
                                      "the bitstream is damaged",
                                      "a feature that the decoder lacks",
                                      "the data end too early",
                                      "stopped",
                                      "the data end too early"};
  int known = status > VP8_STATUS_OK && status <= VP8_STATUS_NOT_ENOUGH_DATA;
  snprintf(message, ESPALIER_CODEC_MESSAGE_BYTES, "%s", known ? words[status] : "the bitstream is damaged");
  switch (status) {
  case VP8_STATUS_OK: return ESPALIER_CODEC_OK;
  case VP8_STATUS_OUT_OF_MEMORY: return ESPALIER_CODEC_OUT_OF_MEMORY;
  case VP8_STATUS_UNSUPPORTED_FEATURE: return ESPALIER_CODEC_UNSUPPORTED;
  case VP8_STATUS_SUSPENDED:
  case VP8_STATUS_NOT_ENOUGH_DATA: return ESPALIER_CODEC_TRUNCATED;
  default: return ESPALIER_CODEC_CORRUPT;
  }
}

int espalier_webp_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message) {
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(bytes, count, &features);
  if (status != VP8_STATUS_OK) return fail(status, message);
  header->width = (uint32_t)features.width;
  header->height = (uint32_t)features.height;
  message[0] = 0;
  return ESPALIER_CODEC_OK;
}

int espalier_webp_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t stride,
                         uint8_t *pixels, char *message) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return fail(VP8_STATUS_UNSUPPORTED_FEATURE, message);
  VP8StatusCode status = WebPGetFeatures(bytes, count, &config.input);
  if (status != VP8_STATUS_OK) return fail(status, message);
  if ((uint32_t)config.input.width != width || (uint32_t)config.input.height != height) {
    return fail(VP8_STATUS_BITSTREAM_ERROR, message);
  }
  config.output.colorspace = MODE_RGB; /* alpha is dropped, not composed */
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = stride * (height - 1) + 3 * (size_t)width;
  status = WebPDecode(bytes, count, &config);
  WebPFreeDecBuffer(&config.output);
  return fail(status, message);
}
