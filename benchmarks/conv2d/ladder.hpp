/// Puts one convolution on every rung of the ladder and on oneDNN: see main.cpp.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <latent/core/random.hpp>
#include <latent/kernels/conv2d_alone.hpp>
#include <latent/kernels/conv2d_im2col.hpp>
#include <latent/kernels/conv2d_naive.hpp>
#include <string>

#include "onednn.hpp"
#ifdef LATENT_YOUR_RUNG
#pragma GCC diagnostic push  // a student's code need not keep to the project's warnings
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include LATENT_YOUR_RUNG
#pragma GCC diagnostic pop
#endif

namespace ladder {

using namespace latent;
using kernels::Convolution;

enum Pass { forward, input_gradient, weight_gradient };
inline constexpr const char* pass_names[] = {"forward", "input_gradient", "weight_gradient"};

/// One line of the results: a pass of a convolution on a rung.
struct Entry {
  int rung;  ///< place on the ladder; few_filters and few_weights stand above tiled, as winograd does
  std::string pass, rung_name, shape;
  double flops, bytes;          ///< of the definition; bytes of x, y and the kernel, each once
  double (*error)() = nullptr;  ///< largest difference from the definition in double, by the largest value
};

/// Registers `conv2d/<pass>/<rung>/<shape>/threads:<n>` for every number of threads. `start(threads)` sets up the data
/// and gives the function to be timed.
void add(const Entry& entry, const std::function<std::function<void()>(int threads)>& start);

inline Tensor<4> normal(Index a, Index b, Index c, Index d, std::uint32_t stream) {
  Tensor<4> values(a, b, c, d);
  const Random random(Seed{1}, Purpose::test, stream);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<float>(random.normal(i));
  return values;
}

/// A transposed convolution is its convolution with forward and input gradient exchanged.
constexpr Pass of_convolution(Pass pass, bool transposed) {
  return !transposed || pass == weight_gradient ? pass : pass == forward ? input_gradient : forward;
}

template <Convolution C>
Entry entry(int rung, const char* rung_name, Pass pass, const std::string& shape, Index images) {
  const Index x = C.rows.input * C.columns.input * C.channels, y = C.pixels() * C.filters;
  return {rung,
          pass_names[pass],
          rung_name,
          shape,
          2.0 * static_cast<double>(images * C.multiply_adds()),
          4.0 * static_cast<double>(images * (x + y) + C.weights())};
}

/// A convolution of normally distributed numbers. The same ones in double: they are made in float.
template <class R, Convolution C, class Scalar = float>
auto lone_convolution(Index images) {
  auto convolution = std::make_shared<kernels::LoneConv2D<R, C, Scalar>>(images);
  convolution->set_x(normal(images, C.rows.input, C.columns.input, C.channels, 0).template cast<Scalar>());
  convolution->set_dy(normal(images, C.rows.output, C.columns.output, C.filters, 1).template cast<Scalar>());
  convolution->set_kernel(normal(C.rows.kernel, C.columns.kernel, C.channels, C.filters, 2).template cast<Scalar>());
  return convolution;
}

/// In float, of one image.
template <class R, Convolution C, Pass pass>
double error() {
  const auto exact = lone_convolution<naive, C, double>(1);
  const auto measured = lone_convolution<R, C>(1);
  const auto result = [](auto& convolution) {
    if constexpr (pass == forward) return convolution.forward(), convolution.y();
    if constexpr (pass == input_gradient) return convolution.input_gradient(), convolution.dx();
    if constexpr (pass == weight_gradient) return convolution.weight_gradient(), convolution.dkernel();
  };
  const Tensor<4, double> expected = result(*exact);
  const Tensor<4, float> received = result(*measured);
  double difference = 0, largest = 0;
  for (Index i = 0; i < expected.size(); ++i) {
    difference = std::max(difference, std::abs(expected.data()[i] - static_cast<double>(received.data()[i])));
    largest = std::max(largest, std::abs(expected.data()[i]));
  }
  return difference / largest;
}
template <class R, Convolution C>
constexpr double (*errors[])() = {error<R, C, forward>, error<R, C, input_gradient>, error<R, C, weight_gradient>};

/// Whether kernels/conv2d.hpp chooses that rung, among those without transforms, for a pass of the convolution.
template <class R, Convolution C>
bool chosen(Pass pass) {
  using Direct = kernels::Direct<C, float>;
  return pass == forward          ? std::is_same_v<typename Direct::Forward, R>
         : pass == input_gradient ? std::is_same_v<typename Direct::InputGradient, R>
                                  : std::is_same_v<typename Direct::WeightGradient, R>;
}

template <class R, Convolution C>
void add_rung(int rung, const char* rung_name, const std::string& shape, Index images, bool transposed,
              bool only_where_chosen = false) {
  for (const Pass pass : {forward, input_gradient, weight_gradient}) {
    if (only_where_chosen && !chosen<R, C>(of_convolution(pass, transposed))) continue;
    Entry line = entry<C>(rung, rung_name, pass, shape, images);
    line.error = errors<R, C>[of_convolution(pass, transposed)];
    add(line, [=](int threads) -> std::function<void()> {
      const auto convolution = lone_convolution<R, C>(images);
      switch (of_convolution(pass, transposed)) {
        case forward: return [=] { convolution->forward(threads); };
        case input_gradient: return [=] { convolution->input_gradient(threads); };
        default: return [=] { convolution->weight_gradient(threads); };
      }
    });
  }
}

template <Convolution C>
void add_onednn(int rung, const char* rung_name, OneDNN algorithm, const std::string& shape, Index images,
                bool transposed) {
  for (const Pass pass : {forward, input_gradient, weight_gradient}) {
    const int of_it = of_convolution(pass, transposed);
    if (onednn_supports(C, of_it, images, algorithm))
      add(entry<C>(rung, rung_name, pass, shape, images), [=](int threads) -> std::function<void()> {
        return onednn_convolution(C, of_it, images, algorithm, threads);
      });
  }
}

/// Images in a batch: what --images says, or what suits the shape.
extern Index images_of_all;

/// All rungs; few_filters and few_weights where they are chosen. `shape` names the convolution, height x width x channels x filters.
template <Convolution C>
void climb(const std::string& shape, Index usual_images = 16, bool transposed = false) {
  const Index images = images_of_all > 0 ? images_of_all : usual_images;
  add_rung<naive, C>(0, "naive", shape, images, transposed);
  add_rung<im2col, C>(1, "im2col", shape, images, transposed);
  add_rung<tiled, C>(2, "tiled", shape, images, transposed);
  add_rung<few_filters, C>(3, "few_filters", shape, images, transposed, true);
  add_rung<few_weights, C>(3, "few_weights", shape, images, transposed, true);
#ifdef LATENT_YOUR_RUNG
  add_rung<yours::Rung, C>(3, "yours", shape, images, transposed);
#endif
  if constexpr (winograd::fits<C>) add_rung<winograd, C>(3, "winograd", shape, images, transposed);
  add_onednn<C>(4, "onednn", OneDNN::direct, shape, images, transposed);
  add_onednn<C>(5, "onednn_winograd", OneDNN::winograd, shape, images, transposed);
}

/// A square image, 'same' padding.
constexpr Convolution same(Index size, Index channels, Index filters, Index kernel = 3, Index stride = 1) {
  return {{size, kernel, stride, Padding::same}, {size, kernel, stride, Padding::same}, channels, filters};
}

// The shapes, in several files so that several compilers share the work.
void add_first_and_last_layers();
void add_middle_layers();
void add_strided();
void add_large();

}  // namespace ladder
