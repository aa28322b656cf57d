#include "copencv.h"
#include "guard.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <opencv2/imgproc.hpp>

int copencv_resize(const float *source, int source_width, int source_height, int channels, float *target,
                   int target_width, int target_height, int by_area, char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat from(source_height, source_width, CV_32FC(channels), const_cast<float *>(source));
    cv::Mat to(target_height, target_width, CV_32FC(channels), target);
    cv::resize(from, to, to.size(), 0, 0, by_area != 0 ? cv::INTER_AREA : cv::INTER_LINEAR);
  });
}

int copencv_lab(const uint16_t *rgb, int width, int height, uint8_t *lab, int target_width, int target_height,
                char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat deep(height, width, CV_16UC3, const_cast<uint16_t *>(rgb));
    cv::Mat bytes, small, target(target_height, target_width, CV_8UC3, lab);
    deep.convertTo(bytes, CV_8U, 1.0 / 257.0);
    cv::resize(bytes, small, target.size(), 0, 0, cv::INTER_AREA);
    cv::cvtColor(small, target, cv::COLOR_RGB2Lab);
  });
}

int copencv_grab_cut(const uint8_t *picture, int width, int height, uint8_t *labels, int rounds, char *message,
                     size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat image(height, width, CV_8UC3, const_cast<uint8_t *>(picture));
    cv::Mat cut(height, width, CV_8UC1, labels), inside, outside;
    cv::theRNG().state = 1;
    cv::grabCut(image, cut, cv::Rect(), inside, outside, rounds, cv::GC_INIT_WITH_MASK);
    cut &= 1;
  });
}

int copencv_grow(uint8_t *mask, int width, int height, int radius, char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    if (radius == 0) return;
    cv::Mat image(height, width, CV_8UC1, mask);
    const int side = 2 * std::abs(radius) + 1;
    const cv::Mat disc = cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(side, side));
    cv::morphologyEx(image, image, radius > 0 ? cv::MORPH_DILATE : cv::MORPH_ERODE, disc);
  });
}

int copencv_blur(float *image, int width, int height, double sigma, char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    cv::Mat picture(height, width, CV_32FC1, image);
    cv::GaussianBlur(picture, picture, cv::Size(0, 0), sigma, sigma, cv::BORDER_REPLICATE);
  });
}

int copencv_keep_heaviest_part(uint8_t *mask, const float *weights, int width, int height, char *message,
                               size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat image(height, width, CV_8UC1, mask);
    cv::Mat labels(height, width, CV_32SC1);
    const int count = cv::connectedComponents(image, labels, 8, CV_32S);
    if (count < 2) return;
    std::vector<double> sums(size_t(count), 0.0);
    const int *label = labels.ptr<int>();
    const size_t pixels = size_t(width) * size_t(height);
    for (size_t i = 0; i < pixels; i++) sums[size_t(label[i])] += weights[i];
    const auto heaviest = std::max_element(sums.begin() + 1, sums.end()) - sums.begin();
    for (size_t i = 0; i < pixels; i++) {
      if (label[i] != heaviest) mask[i] = 0;
    }
  });
}

int copencv_keep_seeded_parts(uint8_t *mask, int width, int height, const int32_t *seeds, int count, char *message,
                              size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat image(height, width, CV_8UC1, mask);
    cv::Mat labels(height, width, CV_32SC1);
    std::vector<bool> wanted(size_t(cv::connectedComponents(image, labels, 8, CV_32S)), false);
    const int *label = labels.ptr<int>();
    for (int i = 0; i < count; i++) wanted[size_t(label[seeds[i]])] = label[seeds[i]] != 0;
    const size_t pixels = size_t(width) * size_t(height);
    for (size_t i = 0; i < pixels; i++) {
      if (!wanted[size_t(label[i])]) mask[i] = 0;
    }
  });
}
