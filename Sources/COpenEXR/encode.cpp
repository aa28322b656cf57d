#include "copenexr.h"

#if !__has_include(<ImfOutputFile.h>)
#error "OpenEXR's headers were not found: run scripts/setup (or make setup) of this package first"
#endif

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfIO.h>
#include <ImfOutputFile.h>
#include <ImfStandardAttributes.h>
#include <ImfStringAttribute.h>
#include <half.h>

namespace {

void fill_header(Imf::Header &header, const COpenEXRText *texts, int text_count, int numerator, int denominator) {
  header.compression() = Imf::ZIP_COMPRESSION;
  if (denominator > 0) Imf::addFramesPerSecond(header, Imf::Rational(numerator, unsigned(denominator)));
  for (int i = 0; i < text_count; i++) header.insert(texts[i].name, Imf::StringAttribute(texts[i].value));
}

std::vector<half> as_half(const float *values, size_t count) {
  std::vector<half> result(count);
  std::transform(values, values + count, result.begin(),
                 [](float value) { return half(std::clamp(value, -65504.0f, 65504.0f)); });
  return result;
}

/// Where a file grows in memory, so that a full disk is the caller's to notice.
class MemoryStream : public Imf::OStream {
 public:
  MemoryStream() : Imf::OStream("memory") {}
  void write(const char bytes[], int count) override {
    const size_t end = position_ + size_t(count);
    if (content_.size() < end) content_.resize(end);
    std::memcpy(content_.data() + position_, bytes, size_t(count));
    position_ = end;
  }
  uint64_t tellp() override { return position_; }
  void seekp(uint64_t position) override { position_ = position; }
  const std::string &content() const { return content_; }

 private:
  std::string content_;
  uint64_t position_ = 0;
};

}  // namespace

int copenexr_encode(int width, int height, const COpenEXRChannel *channels, int channel_count,
                    const COpenEXRText *texts, int text_count, int rate_numerator, int rate_denominator, void **bytes,
                    size_t *size, char *message, size_t message_size) {
  try {
    Imf::Header header(width, height);
    fill_header(header, texts, text_count, rate_numerator, rate_denominator);
    const size_t pixels = size_t(width) * size_t(height);
    std::vector<std::vector<half>> halves;
    halves.reserve(size_t(channel_count));
    Imf::FrameBuffer buffer;
    for (int i = 0; i < channel_count; i++) {
      const COpenEXRChannel &channel = channels[i];
      const Imf::PixelType type = channel.is_half ? Imf::HALF : Imf::FLOAT;
      const size_t stride = channel.is_half ? sizeof(half) : sizeof(float);
      const void *start = channel.values;
      if (channel.is_half) {
        halves.push_back(as_half(channel.values, pixels));
        start = halves.back().data();
      }
      header.channels().insert(channel.name, Imf::Channel(type));
      char *base = static_cast<char *>(const_cast<void *>(start));
      buffer.insert(channel.name, Imf::Slice(type, base, stride, stride * size_t(width)));
    }
    MemoryStream stream;
    {
      Imf::OutputFile file(stream, header, 0);
      file.setFrameBuffer(buffer);
      file.writePixels(height);
    }
    *bytes = std::malloc(stream.content().size());
    if (*bytes == nullptr) throw std::bad_alloc();
    *size = stream.content().size();
    std::memcpy(*bytes, stream.content().data(), *size);
    return 0;
  } catch (const std::exception &error) {
    if (message != nullptr && message_size > 0) std::snprintf(message, message_size, "%s", error.what());
  } catch (...) {
    if (message != nullptr && message_size > 0) std::snprintf(message, message_size, "unknown C++ exception");
  }
  return 1;
}

void copenexr_free(void *bytes) { std::free(bytes); }
