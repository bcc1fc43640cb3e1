// A value's border is the largest that one of its readers wants: every rung reads and writes images whose borders are
// larger than what it asked for, on each side by another number of pixels.
#include "kernels/ladder.hpp"

using namespace latent;
using namespace ladder;

namespace {

constexpr Border more{.top = 1, .bottom = 2, .left = 3, .right = 1};

/// Images with zeros around them.
template <class L>
struct Images {
  Images(Index images, double value) : values(aligned_zeros<double>(images * L::size)), view(values.get(), images) {
    for_rows([&](double* row) { std::fill_n(row, row_size, value); });
  }
  explicit Images(const Tensor<4, double>& from) : Images(from.dimension(0), 0) {
    const double* next = from.data();
    for_rows([&](double* row) { std::copy_n(next, row_size, row), next += row_size; });
  }
  Tensor<4, double> tensor() const {
    Tensor<4, double> to(view.samples, L::height, L::width, L::channels);
    double* next = to.data();
    for_rows([&](double* row) { std::copy_n(row, row_size, next), next += row_size; });
    return to;
  }
  /// Takes the images away.
  bool has_border_of_zeros() {
    for_rows([&](double* row) { std::fill_n(row, row_size, 0.0); });
    return std::all_of(values.get(), values.get() + view.samples * L::size, [](double value) { return value == 0; });
  }
  View<const double, L> read() const { return view; }

  static constexpr Index row_size = L::width * L::channels;
  template <class Visit>
  void for_rows(const Visit& visit) const {
    for (Index n = 0; n < view.samples; ++n)
      for (Index row = 0; row < L::height; ++row) visit(view.pixel(n, row, 0));
  }
  std::shared_ptr<double[]> values;
  View<double, L> view;
};

struct Keep {
  template <int Lanes, class V>
  V operator()(V sum, Index, Index, Index, Index) const {
    return sum;
  }
};

template <class K, Convolution C>
Results in_larger_borders(Index images) {
  using InputShape = Shape<C.rows.input, C.columns.input, C.channels>;
  using OutputShape = Shape<C.rows.output, C.columns.output, C.filters>;
  const Images<Layout<InputShape, K::template input_border<C> + more>> x(
      normal<double>(images, C.rows.input, C.columns.input, C.channels, 0));
  const Images<Layout<OutputShape, K::template gradient_border<C> + more>> dy(
      normal<double>(images, C.rows.output, C.columns.output, C.filters, 1));
  const auto kernel = normal<double>(C.rows.kernel, C.columns.kernel, C.channels, C.filters, 2);
  std::vector<double> bias;
  for (Index f = 0; f < C.filters; ++f) bias.push_back(static_cast<double>(f + 1) / 8);

  const double nothing = std::numeric_limits<double>::quiet_NaN();
  Images<Layout<OutputShape, more>> y(images, nothing);
  Images<Layout<InputShape, more>> dx(images, nothing);
  Tensor<4, double> dkernel(C.rows.kernel, C.columns.kernel, C.channels, C.filters);
  dkernel.setZero();
  std::vector<double> scratch(static_cast<std::size_t>(K::template scratch_size<C>), nothing);
  const auto prepared = aligned_zeros<double>(K::template prepared_size<C>);
  K::template prepare<C>(kernel.data(), prepared.get());

  K::template forward<C>(x.read(), {kernel.data(), bias.data(), prepared.get()}, y.view, scratch.data(), Keep{});
  K::template input_gradient<C>(dy.read(), {kernel.data(), nullptr, prepared.get() + K::template gradient_offset<C>},
                                dx.view, scratch.data(), Keep{});
  K::template weight_gradient<C>(x.read(), dy.read(), dkernel.data(), scratch.data());

  const Results results{y.tensor(), dx.tensor(), dkernel};
  CHECK(y.has_border_of_zeros());
  CHECK(dx.has_border_of_zeros());
  return results;
}

template <class K, Convolution C>
void check_rung(const char* rung, const Results& expected, Index images) {
  const Results got = in_larger_borders<K, C>(images);
  CAPTURE(rung);
  CHECK(error(got.y, expected.y) < 1e-14);
  CHECK(error(got.dx, expected.dx) < 1e-14);
  CHECK(error(got.dkernel, expected.dkernel) < 1e-14);
}

template <Convolution C>
void check_rungs(Index images = 2) {
  const Results expected = results<naive, C, double>(images);
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
  check_rungs<Convolution{{6, 3, 1, Padding::same}, {9, 3, 1, Padding::valid}, 24, 8}>();
  check_rungs<square(8, 3, 1, 16, Padding::same)>();
  check_rungs<square(8, 3, 16, 1, Padding::same)>();
  check_rungs<square(6, 3, 3, 8, Padding::same)>();  // a kernel row as one tap
}

TEST_CASE("a border that is larger than a rung asks for changes nothing: strides and dilation") {
  check_rungs<square(9, 3, 16, 8, Padding::same, 2)>();
  check_rungs<Convolution{{8, 2, 3, Padding::valid}, {7, 4, 2, Padding::same}, 5, 6}>();
  check_rungs<square(10, 5, 16, 3, Padding::same, 2)>();
  check_rungs<square(9, 3, 8, 2, Padding::same, 1, 2)>();
}
