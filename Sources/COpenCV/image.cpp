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
