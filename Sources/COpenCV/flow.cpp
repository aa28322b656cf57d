#include "copencv.h"
#include "guard.hpp"

#include <opencv2/video/tracking.hpp>

int copencv_dis_flow(const uint8_t *from, const uint8_t *to, int width, int height, int finest_scale, float *flow,
                     char *message, size_t message_size) {
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat first(height, width, CV_8UC1, const_cast<uint8_t *>(from));
    const cv::Mat second(height, width, CV_8UC1, const_cast<uint8_t *>(to));
    auto search = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
    search->setFinestScale(finest_scale);
    cv::Mat result;
    search->calc(first, second, result);
    CV_Assert(result.type() == CV_32FC2 && result.size() == first.size());
    cv::Mat target(height, width, CV_32FC2, flow);
    result.copyTo(target);
  });
}
