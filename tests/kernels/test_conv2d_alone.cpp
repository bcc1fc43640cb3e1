// A convolution on its own: what it is given, and how its images are shared out.
#include <doctest/doctest.h>

#include <latent/kernels/conv2d_alone.hpp>
#include <latent/kernels/conv2d_naive.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

using namespace latent;
using kernels::Convolution, kernels::LoneConv2D;

namespace {

constexpr Convolution sizes{{4, 3, 1, Padding::valid}, {5, 2, 1, Padding::valid}, 3, 2};

/// naive, which notes how many images each call has, in which thread, what it finds in its scratch memory and leaves there, and
/// what has been prepared.
struct noted : naive {
  static inline std::vector<Index> images;
  static inline std::vector<float> found;
  static inline int most_threads = 0;
  template <Convolution C>
  static constexpr Index scratch_size = 3;
  template <Convolution C>
  static constexpr Index forward_prepared = 2;
  template <Convolution C>
  static constexpr Index gradient_prepared = 1;
  template <Convolution C, class Scalar>
  static void prepare_forward(const Scalar*, Scalar* prepared) {
    prepared[0] = prepared[1] = 20;
  }
  template <Convolution C, class Scalar>
  static void prepare_input_gradient(const Scalar*, Scalar* prepared) {
    prepared[0] = 30;
  }
  template <Convolution C, class Scalar, class X, class Y, class Finish>
  static void forward(View<const Scalar, X> x, kernels::Weights<Scalar> w, View<Scalar, Y> y, Scalar* scratch,
                      const Finish& finish) {
    images.push_back(x.samples), note_thread();
    found.insert(found.end(), scratch, scratch + 3);
    scratch[1] = w.prepared[0];
    naive::forward<C>(x, w, y, scratch, finish);
  }
  template <Convolution C, class Scalar, class Z, class DX, class Finish>
  static void input_gradient(View<const Scalar, Z> dy, kernels::Weights<Scalar> w, View<Scalar, DX> dx, Scalar* scratch,
                             const Finish& finish) {
    note_thread(), found.push_back(w.prepared[0]);
    naive::input_gradient<C>(dy, w, dx, scratch, finish);
  }
  template <Convolution C, class Scalar, class X, class Z>
  static void weight_gradient(View<const Scalar, X> x, View<const Scalar, Z> dy, Scalar* dw, Scalar* scratch) {
    note_thread();
    naive::weight_gradient<C>(x, dy, dw, scratch);
  }
  static void note_thread() { most_threads = std::max(most_threads, latent::detail::this_thread()); }
};

Tensor<4> counting(Index a, Index b, Index c, Index d) {
  Tensor<4> tensor(a, b, c, d);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = static_cast<float>(i % 11) - 5;
  return tensor;
}
std::vector<float> values(const Tensor<4>& tensor) { return {tensor.data(), tensor.data() + tensor.size()}; }

}  // namespace

TEST_CASE("conv2d_alone: bad input is refused with what is expected and what is received") {
  using Lone = LoneConv2D<naive, sizes>;
  CHECK_THROWS_WITH_AS(Lone(0), "LoneConv2D: images is at least 1, received 0", std::invalid_argument);
  CHECK_NOTHROW(Lone(1));
  Lone convolution(2);
  CHECK_THROWS_WITH_AS(convolution.set_x(Tensor<4>(1, 4, 5, 3)),
                       "LoneConv2D: x has 2 images of 60 values, received 1 of 60", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.set_x(Tensor<4>(2, 4, 4, 3)),
                       "LoneConv2D: x has 2 images of 60 values, received 2 of 48", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.set_x(Tensor<4>(4, 2, 5, 3)),
                       "LoneConv2D: x has 2 images of 60 values, received 4 of 30", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.set_x(Tensor<4>(0, 4, 5, 3)),
                       "LoneConv2D: x has 2 images of 60 values, received 0 of 0", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.set_dy(Tensor<4>(2, 4, 5, 3)),
                       "LoneConv2D: dy has 2 images of 16 values, received 2 of 60", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.set_kernel(Tensor<4>(3, 2, 3, 3)),
                       "LoneConv2D: the kernel has 36 weights, received 54", std::invalid_argument);
  CHECK_THROWS_WITH_AS(convolution.forward(1025), "LoneConv2D: threads is within 0..1024, received 1025",
                       std::invalid_argument);
}

TEST_CASE("conv2d_alone: two to eight parts of four images or more, or one for each image, whatever the threads") {
  const auto parts = [](Index images, int threads) {
    noted::images.clear();
    LoneConv2D<noted, sizes>(images).forward(threads);
    return noted::images;
  };
  using Numbers = std::vector<Index>;
  CHECK(parts(1, 1) == Numbers{1});
  CHECK(parts(2, 1) == Numbers{1, 1});
  CHECK(parts(9, 1) == Numbers{4, 5});
  CHECK(parts(12, 1) == Numbers{4, 4, 4});
  CHECK(parts(35, 1) == Numbers{4, 4, 5, 4, 4, 5, 4, 5});
  CHECK(parts(100, 1) == Numbers{12, 13, 12, 13, 12, 13, 12, 13});
}

TEST_CASE("conv2d_alone: all that is written can be set before, and scratch memory before each call; one thread") {
  LoneConv2D<noted, sizes> convolution(4);
  convolution.set_kernel(counting(3, 2, 3, 2));
  noted::found.clear(), noted::most_threads = 0;
  convolution.forward(), convolution.fill_results(7);
  CHECK(values(convolution.y()) == std::vector<float>(4 * 16, 7.0f));
  CHECK(values(convolution.dx()) == std::vector<float>(4 * 60, 7.0f));
  CHECK(values(convolution.dkernel()) == std::vector<float>(36, 7.0f));
  convolution.forward(), convolution.fill_results(0), convolution.forward();
  convolution.input_gradient(), convolution.weight_gradient();
  // Two parts in each call.
  CHECK(noted::found == std::vector<float>{0, 0, 0, 0, 20, 0, 7, 7, 7, 7, 20, 7, 7, 20, 7, 7, 20, 7, 30, 30});
  CHECK(noted::most_threads == 0);
}

TEST_CASE("conv2d_alone: values by hand, with a bias and without one, call after call") {
  constexpr Convolution small{{2, 2, 1, Padding::same}, {3, 2, 1, Padding::valid}, 1, 1};
  LoneConv2D<naive, small> convolution(5);
  Tensor<4> x(5, 2, 3, 1), kernel(2, 2, 1, 1), dy(5, 2, 2, 1);
  std::iota(x.data(), x.data() + 30, 1.0f), kernel.setValues({{{{1}}, {{10}}}, {{{100}}, {{1000}}}});
  dy.setConstant(1);
  dy(4, 0, 0, 0) = 2;
  convolution.fill_results(std::numeric_limits<float>::quiet_NaN());
  convolution.set_x(x), convolution.set_kernel(kernel), convolution.set_dy(dy);
  for (int call = 0; call < 2; ++call) {
    convolution.forward(), convolution.input_gradient(), convolution.weight_gradient();
    const Tensor<4> y = convolution.y();
    CHECK((y(0, 0, 0, 0) == 5421 && y(0, 0, 1, 0) == 6532 && y(0, 1, 0, 0) == 54 && y(4, 1, 1, 0) == 329));
    const Tensor<4> dx = convolution.dx();
    CHECK((dx(0, 0, 0, 0) == 1 && dx(0, 0, 1, 0) == 11 && dx(0, 0, 2, 0) == 10));
    CHECK((dx(0, 1, 0, 0) == 101 && dx(0, 1, 1, 0) == 1111 && dx(4, 1, 1, 0) == 2111));
    // Sums of the pixels that a tap sees; one of the last image counts twice.
    CHECK(values(convolution.dkernel()) == std::vector<float>{300 + 25, 320 + 26, 165 + 28, 175 + 29});
  }
  convolution.set_bias({0.5f});
  convolution.forward();
  CHECK(convolution.y()(0, 1, 0, 0) == 54.5f);
}

TEST_CASE("conv2d_alone: the same bits for any number of threads") {
  LoneConv2D<naive, sizes> one(11), three(11);
  for (auto* convolution : {&one, &three}) {
    convolution->set_x(counting(11, 4, 5, 3)), convolution->set_kernel(counting(3, 2, 3, 2));
    convolution->set_dy(counting(11, 2, 4, 2));
    const int threads = convolution == &one ? 1 : 3;
    convolution->forward(threads), convolution->input_gradient(threads), convolution->weight_gradient(threads);
  }
  CHECK(values(one.y()) == values(three.y()));
  CHECK(values(one.dx()) == values(three.dx()));
  CHECK(values(one.dkernel()) == values(three.dkernel()));
}
