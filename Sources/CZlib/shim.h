// What the Exchange module uses of zlib: checksums, and raw inflate in one call (its set-up is a macro that Swift cannot
// import).
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

// Inflates a raw deflate stream into exactly `target_size` bytes; 0, or another value where the stream is damaged or
// does not give as many bytes.
static inline int czlib_inflate_raw(const uint8_t *source, size_t source_size, uint8_t *target, size_t target_size) {
  if (source_size > UINT32_MAX || target_size > UINT32_MAX) return Z_BUF_ERROR;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  stream.next_in = (Bytef *)source;
  stream.avail_in = (uInt)source_size;
  stream.next_out = target;
  stream.avail_out = (uInt)target_size;
  int code = inflateInit2(&stream, -15);
  if (code != Z_OK) return code;
  code = inflate(&stream, Z_FINISH);
  const int complete = code == Z_STREAM_END && stream.total_out == target_size;
  inflateEnd(&stream);
  return complete ? 0 : Z_DATA_ERROR;
}

// CRC-32 as zip and PNG files use it.
static inline uint32_t czlib_crc32(const uint8_t *bytes, size_t size) {
  uLong sum = crc32(0L, Z_NULL, 0);
  while (size > 0) {
    const uInt part = size > (1u << 30) ? 1u << 30 : (uInt)size;
    sum = crc32(sum, bytes, part);
    bytes += part;
    size -= part;
  }
  return (uint32_t)sum;
}

#endif
