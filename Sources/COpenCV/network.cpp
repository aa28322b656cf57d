#include "copencv.h"
#include "guard.hpp"

#include <algorithm>
#include <memory>

#include <opencv2/dnn.hpp>

struct copencv_network {
  cv::dnn::Net net;
};

int copencv_network_read(const uint8_t *bytes, size_t size, copencv_network **network, char *message,
                         size_t message_size) {
  *network = nullptr;
  return copencv::guarded(message, message_size, [&] {
    auto read = std::make_unique<copencv_network>();
    read->net = cv::dnn::readNetFromONNX(reinterpret_cast<const char *>(bytes), size);
    if (read->net.empty()) CV_Error(cv::Error::StsParseError, "the file holds no network");
    read->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    read->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    *network = read.release();
  });
}

int copencv_network_run(copencv_network *network, const float *input, int channels, int height, int width,
                        float *output, char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const int shape[] = {1, channels, height, width};
    network->net.setInput(cv::Mat(4, shape, CV_32F, const_cast<float *>(input)));
    const auto names = network->net.getUnconnectedOutLayersNames();
    CV_Assert(!names.empty());
    const cv::Mat result = network->net.forward(names.front());
    if (result.type() != CV_32F || result.dims != 4 || result.size[0] != 1 || result.size[1] < 1 ||
        result.size[2] != height || result.size[3] != width) {
      CV_Error(cv::Error::StsUnmatchedSizes, "the network's first output is no map of its input's size");
    }
    const float *first = result.ptr<float>(0, 0);
    std::copy(first, first + size_t(height) * size_t(width), output);
  });
}

void copencv_network_free(copencv_network *network) { delete network; }
