/// Memory for numbers, on cache-line boundaries and filled with zeros.
#pragma once

#include <memory>
#include <new>

#include "latent/core/tensor.hpp"

namespace latent {

/// `count` zeros, aligned to 64 bytes. Throws OutOfMemory.
template <class Scalar>
std::shared_ptr<Scalar[]> aligned_zeros(Index count) {
  constexpr std::align_val_t line{64};
  const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(Scalar) / 64 + 1) * 64;
  Scalar* memory = static_cast<Scalar*>(::operator new(bytes, line, std::nothrow));
  if (!memory) throw OutOfMemory(static_cast<double>(bytes));
  std::fill_n(memory, count, Scalar(0));
  return {memory, [](Scalar* p) { ::operator delete(p, line); }};
}

}  // namespace latent
