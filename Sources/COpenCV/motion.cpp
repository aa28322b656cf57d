#include "copencv.h"
#include "guard.hpp"

#include <algorithm>

#include <opencv2/calib3d.hpp>

int copencv_fit_motion(enum copencv_motion motion, const float *from, const float *to, int count, double threshold,
                       double *matrix, int *agreeing, char *message, size_t message_size) {
  const cv::Matx33d identity = cv::Matx33d::eye();
  std::copy(identity.val, identity.val + 9, matrix);
  *agreeing = 0;
  return copencv::guarded(message, message_size, [&] {
    const cv::Mat source(count, 1, CV_32FC2, const_cast<float *>(from));
    const cv::Mat target(count, 1, CV_32FC2, const_cast<float *>(to));
    cv::Mat inliers, found;
    switch (motion) {
      case COPENCV_MOTION_SIMILARITY:
        found = cv::estimateAffinePartial2D(source, target, inliers, cv::RANSAC, threshold);
        break;
      case COPENCV_MOTION_AFFINE:
        found = cv::estimateAffine2D(source, target, inliers, cv::RANSAC, threshold);
        break;
      case COPENCV_MOTION_HOMOGRAPHY:
        found = cv::findHomography(source, target, cv::RANSAC, threshold, inliers);
        break;
    }
    if (found.empty()) return;
    CV_Assert(found.type() == CV_64FC1 && found.cols == 3 && (found.rows == 2 || found.rows == 3));
    for (int row = 0; row < found.rows; row++) {
      for (int column = 0; column < 3; column++) matrix[3 * row + column] = found.at<double>(row, column);
    }
    *agreeing = cv::countNonZero(inliers);
  });
}
