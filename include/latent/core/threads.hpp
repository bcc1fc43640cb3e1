/// How many threads work.
#pragma once

#include <omp.h>

#include "latent/core/check.hpp"

namespace latent {

/// The number of threads for an option `threads`: 0 means as many as OpenMP offers. Throws std::invalid_argument outside
/// 0..1024.
inline int team_size(int threads, const char* what) {
  check(threads >= 0 && threads <= 1024, what, ": threads is within 0..1024, received ", threads);
  return threads > 0 ? threads : omp_get_max_threads();
}

}  // namespace latent
