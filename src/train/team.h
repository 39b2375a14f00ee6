/* A team of threads that runs independent tasks side by side; the caller is one of them. */
#ifndef LNSCOPE_TRAIN_TEAM_H
#define LNSCOPE_TRAIN_TEAM_H

#include "core/parallel.h"

struct team; /* opaque: threads */

/* A team of `threads` (at least 1) including the caller of parallel_run(). */
struct team *team_open(int threads);

/* No task may be under way. NULL is fine. */
void team_close(struct team *team);

/* For the core: parallel_run() through this runs on the team, from one thread at a time. */
struct parallel team_parallel(struct team *team);

#endif
