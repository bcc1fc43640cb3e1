/// One convolution on its own, for lessons, tests and benchmarks: it owns its images, its weights and their borders.
///
///     constexpr kernels::Convolution sizes{{14, 3, 1, Padding::same}, {14, 3, 1, Padding::same}, 32, 64};
///     kernels::LoneConv2D<tiled, sizes> convolution(images);        // or naive, im2col, winograd, a rung of yours
///     convolution.set_x(x), convolution.set_kernel(kernel);         // NHWC; (kernel height, kernel width, C, F)
///     convolution.forward(threads);
///     const Tensor<4> y = convolution.y();
///
/// Threads share the images: the batch is cut into parts, each of which one thread computes from its first image to
/// its last. The weight gradients of the parts are added in order: the same bits for any number of threads.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "latent/core/buffer.hpp"
#include "latent/core/check.hpp"
#include "latent/core/threads.hpp"
#include "latent/kernels/conv2d.hpp"

namespace latent::kernels {

template <AnyRung R, Convolution C, class Scalar = float>
class LoneConv2D {
 public:
  static_assert(R::template fits<C>, "latent: that rung cannot do this convolution");
  using InputShape = Shape<C.rows.input, C.columns.input, C.channels>;
  using OutputShape = Shape<C.rows.output, C.columns.output, C.filters>;

  /// Throws std::invalid_argument unless there is at least 1 image.
  explicit LoneConv2D(Index images) : images_(images), parts_(std::min(std::clamp<Index>(images / 4, 2, 8), images)) {
    check(images >= 1, "LoneConv2D: images is at least 1, received ", images);
    x_ = aligned_zeros<Scalar>(images * X::size), dy_ = aligned_zeros<Scalar>(images * DY::size);
    y_ = aligned_zeros<Scalar>(images * Y::size), dx_ = aligned_zeros<Scalar>(images * DX::size);
  }

  // All tensors are (images, height, width, channels), the kernel (kernel height, kernel width, channels, filters).
  void set_x(const Tensor<4, Scalar>& x) { copy_in(x, View<Scalar, X>(x_.get(), images_), "x"); }
  void set_dy(const Tensor<4, Scalar>& dy) { copy_in(dy, View<Scalar, DY>(dy_.get(), images_), "dy"); }
  void set_kernel(const Tensor<4, Scalar>& kernel) {
    check(kernel.size() == C.weights(), "LoneConv2D: the kernel has ", C.weights(), " weights, received ",
          kernel.size());
    std::copy_n(kernel.data(), C.weights(), kernel_.get());
    Kernel<R>::template prepare<C>(kernel_.get(), prepared_.get());
  }
  void set_bias(const std::vector<Scalar>& bias) { bias_ = bias; }

  void forward(int threads = 1) {
    for_parts(threads, [&](Index, Index first, Index count, Scalar* scratch) {
      Kernel<R>::template forward<C>(View<const Scalar, X>(x_.get() + first * X::size, count), weights(),
                                     View<Scalar, Y>(y_.get() + first * Y::size, count), scratch, Keep{});
    });
  }
  void input_gradient(int threads = 1) {
    for_parts(threads, [&](Index, Index first, Index count, Scalar* scratch) {
      Kernel<R>::template input_gradient<C>(
          View<const Scalar, DY>(dy_.get() + first * DY::size, count),
          {kernel_.get(), nullptr, prepared_.get() + Kernel<R>::template gradient_offset<C>},
          View<Scalar, DX>(dx_.get() + first * DX::size, count), scratch, Keep{});
    });
  }
  void weight_gradient(int threads = 1) {
    for_parts(threads, [&](Index part, Index first, Index count, Scalar* scratch) {
      Scalar* dw = dkernels_.get() + part * C.weights();
      std::fill_n(dw, C.weights(), Scalar(0));
      Kernel<R>::template weight_gradient<C>(View<const Scalar, X>(x_.get() + first * X::size, count),
                                             View<const Scalar, DY>(dy_.get() + first * DY::size, count), dw, scratch);
    });
    for (Index part = 1; part < parts_; ++part)
      std::transform(dkernels_.get(), dkernels_.get() + C.weights(), dkernels_.get() + part * C.weights(),
                     dkernels_.get(), std::plus<>{});
  }

  Tensor<4, Scalar> y() const { return copy_out(View<const Scalar, Y>(y_.get(), images_)); }
  Tensor<4, Scalar> dx() const { return copy_out(View<const Scalar, DX>(dx_.get(), images_)); }
  Tensor<4, Scalar> dkernel() const {
    Tensor<4, Scalar> result(C.rows.kernel, C.columns.kernel, C.channels, C.filters);
    std::copy_n(dkernels_.get(), C.weights(), result.data());
    return result;
  }

  /// For tests: sets everything that is written before it is read to `value`.
  void fill_results(Scalar value) {
    std::fill_n(y_.get(), images_ * Y::size, value), std::fill_n(dx_.get(), images_ * DX::size, value);
    std::fill_n(dkernels_.get(), most_parts * C.weights(), value);
    scratch_value_ = value;
  }

 private:
  using X = Layout<InputShape, Kernel<R>::template input_border<C>>;
  using DY = Layout<OutputShape, Kernel<R>::template gradient_border<C>>;
  using Y = Layout<OutputShape>;
  using DX = Layout<InputShape>;
  struct Keep {
    template <int Lanes, class V>
    [[gnu::always_inline]] V operator()(V sum, Index, Index, Index, Index) const {
      return sum;
    }
  };

  Weights<Scalar> weights() const { return {kernel_.get(), bias_.empty() ? nullptr : bias_.data(), prepared_.get()}; }

  /// Calls run(part, first image, images, scratch) for all parts, on `threads` threads.
  template <class Run>
  void for_parts(int threads, const Run& run) {
    const int team = team_size(threads, "LoneConv2D");
    constexpr Index scratch_size = Kernel<R>::template scratch_size<C>;
    while (scratch_.size() < static_cast<std::size_t>(team)) scratch_.push_back(aligned_zeros<Scalar>(scratch_size));
    if (scratch_value_ != Scalar(0))  // false for 0 only: NaN is not equal to anything
      for (const auto& scratch : scratch_) std::fill_n(scratch.get(), scratch_size, scratch_value_);
#pragma omp parallel for schedule(static) num_threads(team)
    for (Index part = 0; part < parts_; ++part) {
      const Index first = part * images_ / parts_, last = (part + 1) * images_ / parts_;
      run(part, first, last - first, scratch_[static_cast<std::size_t>(latent::detail::this_thread())].get());
    }
  }

  template <class L>
  void copy_in(const Tensor<4, Scalar>& from, View<Scalar, L> to, const char* name) const {
    constexpr Index size = L::shape::size, row = L::width * L::channels;
    check(from.size() == images_ * size && from.dimension(0) == images_, "LoneConv2D: ", name, " has ", images_,
          " images of ", size, " values, received ", from.dimension(0), " of ",
          from.size() / std::max<Index>(from.dimension(0), 1));
    for (Index n = 0; n < images_; ++n)
      for (Index r = 0; r < L::height; ++r) std::copy_n(from.data() + n * size + r * row, row, to.pixel(n, r, 0));
  }
  template <class L>
  Tensor<4, Scalar> copy_out(View<const Scalar, L> from) const {
    Tensor<4, Scalar> to(images_, L::height, L::width, L::channels);
    std::copy_n(from.data, to.size(), to.data());
    return to;
  }

  static constexpr Index most_parts = 8;
  Index images_, parts_;
  std::shared_ptr<Scalar[]> x_, dy_, y_, dx_;
  std::shared_ptr<Scalar[]> kernel_ = aligned_zeros<Scalar>(C.weights());
  std::shared_ptr<Scalar[]> prepared_ = aligned_zeros<Scalar>(Kernel<R>::template prepared_size<C>);
  std::shared_ptr<Scalar[]> dkernels_ = aligned_zeros<Scalar>(most_parts * C.weights());
  std::vector<Scalar> bias_;
  std::vector<std::shared_ptr<Scalar[]>> scratch_;  // one for each thread
  Scalar scratch_value_ = 0;
};

}  // namespace latent::kernels
