// A value's border is the largest that one of its readers wants: every rung reads and writes images whose borders are
// larger than what it asked for, on each side by another number of pixels.
#include "guarded.hpp"
#include "kernels/ladder.hpp"

using namespace latent;
using namespace ladder;
using namespace guarded;

namespace {

constexpr Border more{.top = 1, .bottom = 2, .left = 3, .right = 1};

std::vector<double> some_bias(Index size) {
  std::vector<double> bias;
  for (Index c = 0; c < size; ++c) bias.push_back(static_cast<double>(c + 1) / 8);
  return bias;
}

template <class K, Convolution C>
void check_rung(const char* rung, const Results& expected, Index images) {
  CAPTURE(rung);
  using InputShape = Shape<C.rows.input, C.columns.input, C.channels>;
  using OutputShape = Shape<C.rows.output, C.columns.output, C.filters>;
  const Images<Layout<InputShape, K::template input_border<C> + more>, K::template input_border<C>> x(
      normal<double>(images, C.rows.input, C.columns.input, C.channels, 0));
  const Images<Layout<OutputShape, K::template gradient_border<C> + more>, K::template gradient_border<C>> dy(
      normal<double>(images, C.rows.output, C.columns.output, C.filters, 1));
  Guarded kernel(C.weights(), 0), dkernel(C.weights(), 1, elsewhere),
      scratch(K::template scratch_size<C>, nothing, nothing_else),
      prepared(K::template prepared_size<C>, nothing, nothing_else);
  std::copy_n(normal<double>(C.rows.kernel, C.columns.kernel, C.channels, C.filters, 2).data(), C.weights(),
              kernel.begin());
  K::template prepare<C>(kernel.begin(), prepared.begin());
  CHECK(prepared.is_intact());

  // With a bias and without one: a transposed convolution is an input gradient with a bias.
  const auto bias = some_bias(C.filters), gradient_bias = some_bias(C.channels);
  const double* const of_gradient = prepared.begin() + K::template gradient_offset<C>;
  for (const bool biased : {true, false}) {
    CAPTURE(biased);
    Images<Layout<OutputShape, more>> y(images, nothing, elsewhere);
    Images<Layout<InputShape, more>> dx(images, nothing, elsewhere);
    K::template forward<C>(x.read(), {kernel.begin(), biased ? bias.data() : nullptr, prepared.begin()}, y.view,
                           scratch.begin(), Place{});
    K::template input_gradient<C>(dy.read(), {kernel.begin(), biased ? gradient_bias.data() : nullptr, of_gradient},
                                  dx.view, scratch.begin(), Place{});
    const std::vector<double> none;
    CHECK(error(y.tensor(), with_places(expected.y, biased ? bias : none)) < 1e-14);
    CHECK(error(dx.tensor(), with_places(expected.dx, biased ? gradient_bias : none)) < 1e-14);
    CHECK(y.is_intact());
    CHECK(dx.is_intact());
  }
  K::template weight_gradient<C>(x.read(), dy.read(), dkernel.begin(), scratch.begin());
  CHECK(dkernel.is_intact());
  CHECK(scratch.is_intact());
  Tensor<4, double> added = expected.dkernel;
  for (Index i = 0; i < added.size(); ++i) added.data()[i] = dkernel.begin()[i] - 1;
  CHECK(error(added, expected.dkernel) < 1e-14);
}

template <Convolution C>
void check_rungs(Index images = 2) {
  Results expected = results<naive, C, double>(images);
  for (Index i = 0; i < expected.y.size(); ++i) expected.y.data()[i] -= some_bias(C.filters)[array_size(i % C.filters)];
  check_rung<Kernel<naive>, C>("naive", expected, images);
  check_rung<Kernel<im2col>, C>("im2col", expected, images);
  check_rung<Kernel<tiled>, C>("tiled", expected, images);
  check_rung<Kernel<few_filters>, C>("few_filters", expected, images);
  check_rung<Kernel<few_weights>, C>("few_weights", expected, images);
  check_rung<kernels::FastestKernel<C, double>, C>("fastest", expected, images);
  if constexpr (winograd::fits<C>) {
    check_rung<Kernel<winograd>, C>("winograd", expected, images);
    check_rung<Kernel<few_filters, winograd, im2col>, C>("mixed", expected, images);
    check_rung<Kernel<winograd, few_weights, tiled>, C>("mixed", expected, images);
  }
}

}  // namespace

TEST_CASE("a border that is larger than a rung asks for changes nothing") {
  check_rungs<square(7, 3, 16, 16, Padding::same)>();  // lines of the whole image, without the border's zeros
  check_rungs<Convolution{{3, 3, 1, Padding::same}, {5, 3, 1, Padding::valid}, 24, 24}>();
  check_rungs<Convolution{{8, 3, 1, Padding::same}, {7, 2, 1, Padding::same}, 1, 16}>();
  check_rungs<Convolution{{7, 2, 1, Padding::same}, {9, 3, 1, Padding::same}, 16, 1}>(3);
  check_rungs<Convolution{{6, 3, 1, Padding::same}, {5, 3, 1, Padding::same}, 3, 8}>();  // a kernel row as one tap
}

TEST_CASE("a border that is larger than a rung asks for changes nothing: strides and dilation") {
  check_rungs<Convolution{{9, 3, 2, Padding::same}, {8, 3, 1, Padding::same}, 16, 8}>();
  check_rungs<Convolution{{8, 2, 3, Padding::valid}, {7, 4, 2, Padding::same}, 5, 6}>();
  check_rungs<Convolution{{7, 3, 1, Padding::same}, {10, 5, 2, Padding::same}, 16, 3}>();
  check_rungs<Convolution{{9, 3, 1, Padding::same, 2}, {10, 2, 1, Padding::same, 3}, 8, 2}>();
}

TEST_CASE("few weights that stay in registers, with strides") {
  constexpr Convolution C{{9, 2, 2, Padding::same}, {16, 3, 3, Padding::same}, 1, 8};
  Results expected = results<naive, C, double>(2);
  for (Index i = 0; i < expected.y.size(); ++i) expected.y.data()[i] -= some_bias(8)[array_size(i % 8)];
  check_rung<Kernel<few_weights>, C>("few_weights", expected, 2);
}

TEST_CASE("few filters under more taps than registers") {
  constexpr Convolution C{{11, 5, 1, Padding::same, 2}, {17, 6, 2, Padding::same}, 4, 1};
  Results expected = results<naive, C, double>(2);
  for (Index i = 0; i < expected.y.size(); ++i) expected.y.data()[i] -= some_bias(1)[0];
  check_rung<Kernel<few_filters>, C>("few_filters", expected, 2);
}

TEST_CASE("Winograd with one tile more than registers hold, and with blocks of one strip") {
  const auto check = []<Convolution C>(Index images) {
    Results expected = results<naive, C, double>(images);
    for (Index i = 0; i < expected.y.size(); ++i) expected.y.data()[i] -= some_bias(1)[0];
    check_rung<Kernel<winograd>, C>("winograd", expected, images);
  };
  check.operator()<Convolution{{10, 3, 1, Padding::same}, {2, 3, 1, Padding::same}, 1, 1}>(3);
  check.operator()<Convolution{{4, 3, 1, Padding::same}, {102, 3, 1, Padding::same}, 1, 1}>(1);
}

TEST_CASE("Winograd in blocks of a large batch, and in parts for several threads") {
  constexpr Convolution C{{5, 3, 1, Padding::same}, {7, 3, 1, Padding::same}, 8, 8};
  constexpr Index images = 11;  // of 3 strips of 4 tiles, 25 strips in a block
  using InputShape = Shape<C.rows.input, C.columns.input, C.channels>;
  const Results expected = results<naive, C, double>(images);
  Results without_bias = expected;
  for (Index i = 0; i < without_bias.y.size(); ++i) without_bias.y.data()[i] -= some_bias(8)[array_size(i % 8)];
  check_rung<Kernel<winograd>, C>("winograd", without_bias, images);

  const Images<Layout<InputShape, winograd::input_border<C>>, winograd::input_border<C>> x(
      normal<double>(images, 5, 7, 8, 0));
  Guarded prepared(winograd::forward_prepared<C>, nothing), scratch(winograd::scratch_size<C>, nothing);
  winograd::prepare_forward<C>(normal<double>(3, 3, 8, 8, 2).data(), prepared.begin());
  const auto bias = some_bias(8);
  Images<Layout<Shape<5, 7, 8>>> y(images, nothing, elsewhere);
  Index computed = 0;
  for (const Index part : {2, 0, 3, 1}) {
    winograd::forward<C>(x.read(), {nullptr, bias.data(), prepared.begin()}, y.view, scratch.begin(), Place{},
                         kernels::Part{part, 4});
    const Tensor<4, double> so_far = y.tensor();
    const Index there =
        std::count_if(so_far.data(), so_far.data() + so_far.size(), [](double v) { return !is_nan(v); });
    CHECK(there > computed);
    computed = there;
    if (part != 1) CHECK(there < so_far.size());
  }
  CHECK(error(y.tensor(), with_places(expected.y, {})) < 1e-14);
}
