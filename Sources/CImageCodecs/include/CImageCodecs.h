#ifndef ESPALIER_CIMAGECODECS_H
#define ESPALIER_CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

/*
 * libjpeg and libpng report errors by longjmp, which must not cross Swift frames. Each function here sets its
 * own jump target where it needs one, releases what it took, and returns one of these codes. Nothing is printed.
 */
enum espalier_codec_status {
  ESPALIER_CODEC_OK = 0,
  ESPALIER_CODEC_TRUNCATED = 1,
  ESPALIER_CODEC_CORRUPT = 2,
  ESPALIER_CODEC_UNSUPPORTED = 3,
  ESPALIER_CODEC_OUT_OF_MEMORY = 4,
};

/* Room for the library's own words about a failure, with the final zero. */
enum { ESPALIER_CODEC_MESSAGE_BYTES = 200 };

/* What a header says; nothing of the size of the image has been allocated when it is known. */
typedef struct espalier_codec_header {
  uint32_t width;
  uint32_t height;
} espalier_codec_header;

/*
 * `message` has ESPALIER_CODEC_MESSAGE_BYTES bytes and holds a zero-terminated line on failure.
 * `pixels` has room for 3 * width * height bytes, [height x width x RGB]; a header that does not match
 * `width` and `height` is ESPALIER_CODEC_CORRUPT.
 */
int espalier_jpeg_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message);
int espalier_jpeg_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                         char *message);
int espalier_png_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message);
int espalier_png_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                        char *message);
/* The bitstream of one picture, with or without its container; rows of `pixels` are `stride` bytes apart. */
int espalier_webp_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message);
int espalier_webp_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t stride,
                         uint8_t *pixels, char *message);
/* The first picture; what it leaves of the screen is its transparent colour, or the first one. */
int espalier_gif_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message);
int espalier_gif_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                        char *message);
/*
 * Encodes [height x width x RGB]. `*count` is the room in `bytes` and becomes what the file takes; with `bytes` NULL
 * nothing is written and it becomes a size that suffices.
 */
int espalier_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t *bytes, size_t *count,
                        char *message);

#endif
