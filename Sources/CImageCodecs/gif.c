#include "CImageCodecs.h"

#include <stdio.h>
#include <string.h>

#include <gif_lib.h>

struct source {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  /* Whether more was asked for than there is. */
  int ended;
};

/*
 * A zero follows the data, which ends blocks: a picture whose last row is there is whole, whatever is missing behind it.
 */
static int read_bytes(GifFileType *file, GifByteType *target, int wanted) {
  struct source *source = file->UserData;
  size_t left = source->count - source->position;
  if (wanted == 1 && left == 0 && !source->ended) {
    source->ended = 1;
    target[0] = 0;
    return 1;
  }
  size_t found = (size_t)wanted < left ? (size_t)wanted : left;
  memcpy(target, source->bytes + source->position, found);
  source->position += found;
  source->ended |= found < (size_t)wanted;
  return (int)found;
}

static int fail(const struct source *source, const char *words, char *message) {
  snprintf(message, ESPALIER_CODEC_MESSAGE_BYTES, "%s", words == NULL ? "the data are damaged" : words);
  return source->ended ? ESPALIER_CODEC_TRUNCATED : ESPALIER_CODEC_CORRUPT;
}

static int fail_as(const GifFileType *file, const struct source *source, char *message) {
  if (file != NULL && file->Error == D_GIF_ERR_NOT_ENOUGH_MEM) return ESPALIER_CODEC_OUT_OF_MEMORY;
  return fail(source, file == NULL ? NULL : GifErrorString(file->Error), message);
}

/* What is known before the data of the first picture. */
struct frame {
  int transparent; /* an index, or -1 */
  uint32_t width;  /* of the screen, which the picture enlarges where it is larger */
  uint32_t height;
};

/* Reads on to the data of the first picture. */
static int find_frame(GifFileType *file, const struct source *source, struct frame *frame, char *message) {
  frame->transparent = -1;
  for (;;) {
    GifRecordType type;
    if (DGifGetRecordType(file, &type) == GIF_ERROR) return fail_as(file, source, message);
    if (type == TERMINATE_RECORD_TYPE) return fail(source, "there is no picture in it", message);
    if (type == IMAGE_DESC_RECORD_TYPE) break;
    if (type != EXTENSION_RECORD_TYPE) continue;
    int code;
    GifByteType *block;
    if (DGifGetExtension(file, &code, &block) == GIF_ERROR) return fail_as(file, source, message);
    if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL && block[0] >= 4 && (block[1] & 1)) {
      frame->transparent = block[4];
    }
    while (block != NULL) {
      if (DGifGetExtensionNext(file, &block) == GIF_ERROR) return fail_as(file, source, message);
    }
  }
  if (DGifGetImageDesc(file) == GIF_ERROR) return fail_as(file, source, message);
  const GifImageDesc *image = &file->Image;
  uint32_t right = (uint32_t)image->Left + (uint32_t)image->Width;
  uint32_t bottom = (uint32_t)image->Top + (uint32_t)image->Height;
  frame->width = right > (uint32_t)file->SWidth ? right : (uint32_t)file->SWidth;
  frame->height = bottom > (uint32_t)file->SHeight ? bottom : (uint32_t)file->SHeight;
  return ESPALIER_CODEC_OK;
}

/* Opens a file and reads on to the data of its first picture; NULL with a status where that fails. */
static GifFileType *open_frame(struct source *source, struct frame *frame, int *status, char *message) {
  message[0] = 0;
  GifFileType *file = DGifOpen(source, read_bytes, NULL);
  *status = file == NULL ? fail(source, NULL, message) : find_frame(file, source, frame, message);
  if (file != NULL && *status != ESPALIER_CODEC_OK) {
    DGifCloseFile(file, NULL);
    return NULL;
  }
  return file;
}

int espalier_gif_header(const uint8_t *bytes, size_t count, espalier_codec_header *header, char *message) {
  struct source source = {.bytes = bytes, .count = count};
  struct frame frame;
  int status;
  GifFileType *file = open_frame(&source, &frame, &status, message);
  if (file == NULL) return status;
  header->width = frame.width;
  header->height = frame.height;
  DGifCloseFile(file, NULL);
  return status;
}

/* Red, green and blue of each index: greys without a table, black beyond the end of one. */
static void read_table(const GifFileType *file, uint8_t table[256][3]) {
  const ColorMapObject *map = file->Image.ColorMap != NULL ? file->Image.ColorMap : file->SColorMap;
  for (int index = 0; index < 256; index++) {
    memset(table[index], map == NULL ? index : 0, 3);
    if (map == NULL || index >= map->ColorCount) continue;
    table[index][0] = map->Colors[index].Red;
    table[index][1] = map->Colors[index].Green;
    table[index][2] = map->Colors[index].Blue;
  }
}

/* Reads a row of indices to the last third of its pixels, and makes them colours, which never reach one that is unread. */
static int read_row(GifFileType *file, uint8_t table[256][3], uint8_t *pixels) {
  int width = file->Image.Width;
  uint8_t *indices = pixels + 2 * (size_t)width;
  if (DGifGetLine(file, indices, width) == GIF_ERROR) return 0;
  for (int column = 0; column < width; column++) memcpy(pixels + 3 * (size_t)column, table[indices[column]], 3);
  return 1;
}

static int read_picture(GifFileType *file, const struct source *source, const struct frame *frame, uint8_t *pixels,
                        char *message) {
  static const int first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
  uint8_t table[256][3];
  read_table(file, table);
  const uint8_t *behind = table[frame->transparent < 0 ? 0 : frame->transparent];
  for (size_t pixel = 0; pixel < (size_t)frame->width * frame->height; pixel++) memcpy(pixels + 3 * pixel, behind, 3);
  const GifImageDesc *image = &file->Image;
  for (int pass = 0; pass < (image->Interlace ? 4 : 1); pass++) {
    int rows = image->Interlace ? step[pass] : 1;
    for (int row = image->Interlace ? first[pass] : 0; row < image->Height; row += rows) {
      size_t start = ((size_t)image->Top + (size_t)row) * frame->width + (size_t)image->Left;
      if (!read_row(file, table, pixels + 3 * start)) return fail_as(file, source, message);
    }
  }
  return ESPALIER_CODEC_OK;
}

int espalier_gif_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels,
                        char *message) {
  struct source source = {.bytes = bytes, .count = count};
  struct frame frame;
  int status;
  GifFileType *file = open_frame(&source, &frame, &status, message);
  if (file == NULL) return status;
  status = frame.width == width && frame.height == height
               ? read_picture(file, &source, &frame, pixels, message)
               : fail(&source, "its size changed while decoding", message);
  DGifCloseFile(file, NULL);
  return status;
}
