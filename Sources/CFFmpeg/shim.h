// What the Media module uses of FFmpeg, and the few pieces that Swift cannot import or that differ between FFmpeg 5, 6
// and 7: macros that build values, side data of a stream, the opaque (later public) SwsContext.
#ifndef CFFMPEG_SHIM_H
#define CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

static const int cffmpeg_error_eof = AVERROR_EOF;
static const int cffmpeg_error_again = AVERROR(EAGAIN);
static const int cffmpeg_error_no_memory = AVERROR(ENOMEM);

// The display matrix that the container gives a stream (nine values, 16.16 fixed point), or NULL.
static inline const int32_t *cffmpeg_stream_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const AVPacketSideData *data = av_packet_side_data_get(
      stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
  size_t size = 0;
  const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

// The display matrix that a decoded picture carries itself (H.264 messages, the orientation of a photograph), or NULL.
static inline const int32_t *cffmpeg_frame_display_matrix(const AVFrame *frame) {
  const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
}

// Row `y` of one component as plain numbers of the format's depth, whatever the layout in memory.
static inline void cffmpeg_read_row(const AVFrame *frame, const AVPixFmtDescriptor *format, int y, int component,
                                    uint16_t *row) {
  const uint8_t *data[4] = {frame->data[0], frame->data[1], frame->data[2], frame->data[3]};
  av_read_image_line2(row, data, frame->linesize, format, 0, y, component, frame->width, 0, sizeof *row);
}

// One side of a conversion: the shape of the picture and the meaning of its values.
typedef struct CFFmpegPictureKind {
  int width, height;
  enum AVPixelFormat format;
  int full_range;          // 1: 0...255, 0: 16...235
  int matrix;              // one of SWS_CS_*
  int chroma_x, chroma_y;  // position of the chroma samples in 1/256 luma pixels, -513: the format's default
} CFFmpegPictureKind;

// A scaler from one kind to another, or NULL where FFmpeg has none (or no memory is left).
static inline void *cffmpeg_scaler_create(const CFFmpegPictureKind *from, const CFFmpegPictureKind *to, int flags) {
  struct SwsContext *context = sws_alloc_context();
  if (!context) return NULL;
  av_opt_set_int(context, "srcw", from->width, 0);
  av_opt_set_int(context, "srch", from->height, 0);
  av_opt_set_int(context, "src_format", from->format, 0);
  av_opt_set_int(context, "src_range", from->full_range, 0);
  av_opt_set_int(context, "src_h_chr_pos", from->chroma_x, 0);
  av_opt_set_int(context, "src_v_chr_pos", from->chroma_y, 0);
  av_opt_set_int(context, "dstw", to->width, 0);
  av_opt_set_int(context, "dsth", to->height, 0);
  av_opt_set_int(context, "dst_format", to->format, 0);
  av_opt_set_int(context, "dst_range", to->full_range, 0);
  av_opt_set_int(context, "dst_h_chr_pos", to->chroma_x, 0);
  av_opt_set_int(context, "dst_v_chr_pos", to->chroma_y, 0);
  av_opt_set_int(context, "sws_flags", flags, 0);
  if (sws_init_context(context, NULL, NULL) < 0) {
    sws_freeContext(context);
    return NULL;
  }
  // Where nothing is converted between RGB and YUV the colour details do not apply and the call says so: no error.
  sws_setColorspaceDetails(context, sws_getCoefficients(from->matrix), from->full_range,
                           sws_getCoefficients(to->matrix), to->full_range, 0, 1 << 16, 1 << 16);
  return context;
}

// Converts `from` into the buffers of `to`; the number of rows written, or an error below zero.
static inline int cffmpeg_scaler_run(void *scaler, const AVFrame *from, AVFrame *to) {
  return sws_scale((struct SwsContext *)scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height,
                   to->data, to->linesize);
}

static inline void cffmpeg_scaler_free(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

#endif
