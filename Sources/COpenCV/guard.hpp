// Turns C++ exceptions into a return code and a sentence.
#pragma once

#if !__has_include(<opencv2/core.hpp>)
#error "OpenCV's headers were not found: run scripts/setup (or make setup) of this package first"
#endif

#include <cstddef>
#include <cstdio>
#include <exception>
#include <mutex>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

namespace copencv {

inline void write_message(char *message, std::size_t size, const char *text) {
  if (message != nullptr && size > 0) std::snprintf(message, size, "%s", text);
}

/// Once a process: one thread (dense inverse search gives another result for every thread count), nothing on stderr.
inline void prepare_opencv() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::setNumThreads(1);
    cv::redirectError([](int, const char *, const char *, const char *, int, void *) { return 0; });
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  });
}

/// Runs `work`; returns 0, or 1 with the exception's text in `message`.
template <typename Work>
int guarded(char *message, std::size_t message_size, Work work) noexcept {
  try {
    prepare_opencv();
    work();
    return 0;
  } catch (const cv::Exception &error) {
    write_message(message, message_size, error.err.c_str());
  } catch (const std::exception &error) {
    write_message(message, message_size, error.what());
  } catch (...) {
    write_message(message, message_size, "unknown C++ exception");
  }
  return 1;
}

}  // namespace copencv
