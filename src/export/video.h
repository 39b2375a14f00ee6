/* Pictures one after the other as a video, by ffmpeg: a process of its own that takes the pixels
 * from a pipe. It is looked for before anything is drawn, started without a shell, and what it says
 * when it fails becomes the error. */
#ifndef LNSCOPE_EXPORT_VIDEO_H
#define LNSCOPE_EXPORT_VIDEO_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

enum video_format { VIDEO_MP4, VIDEO_WEBM };

struct video; /* opaque: the process and its pipe */

/* Whether ffmpeg is in the PATH; false with a reason. */
bool video_check(struct error *error);

/* Begins a video of pictures of this size, so many a second, in a file that was created and has a
 * temporary name (base/file.h). NULL with a reason. */
struct video *video_open(enum video_format format, const struct file *file, int width, int height,
                         int fps, struct error *error);

/* The next picture, [height][width] of 0x00RRGGBB. False when ffmpeg has given up: video_close()
 * says why. */
bool video_frame(struct video *video, const uint32_t *picture);

/* Waits until the file is written; false with a reason. Frees it either way. */
bool video_close(struct video *video, struct error *error);

#endif
