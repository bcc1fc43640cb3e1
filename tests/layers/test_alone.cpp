// Each layer without a model around it: what lies beside its images, parameters and scratch memory is neither read nor written.
#include <latent/kernels/conv2d_naive.hpp>
#include <latent/layers/concatenate.hpp>
#include <latent/layers/dense_transpose.hpp>
#include <latent/layers/merge.hpp>
#include <numeric>

#include "guarded.hpp"
#include "random_batch.hpp"

using namespace latent;
using namespace guarded;

namespace {

constexpr Border more{.top = 1, .bottom = 2, .left = 3, .right = 1};

/// An alias of this would be too much for g++ 12, and so would a default of one border that is another.
template <class S, Border border, Border zeros>
struct Around : Images<Layout<S, border + more>, zeros> {
  using Images<Layout<S, border + more>, zeros>::Images;
};

/// Normal numbers.
template <class I>
I some(I images, std::uint32_t stream) {
  Index drawn = 0;
  const Random random(Seed{3}, Purpose::test, stream);
  images.for_rows([&](double* row) {
    for (Index i = 0; i < I::row_size; ++i) row[i] = random.normal(drawn++);
  });
  return images;
}
/// Whether all numbers are numbers, and there is what has been around them.
template <class I>
bool whole(I& images) {
  bool numbers = true;
  images.for_rows([&](const double* row) { numbers = numbers && std::none_of(row, row + I::row_size, is_nan); });
  return numbers && images.is_intact();
}

/// What a layer is given as p and dp.
struct Given {
  std::vector<Guarded>& tensors;
  double *scratch, *prepared;
  Call call;
  double* operator[](std::size_t i) const { return tensors[i].begin(); }
};

/// The shapes of what a layer reads as images, and all their views.
template <class S, Border border, Border zeros>
struct Inputs {
  Around<S, border, zeros> images;
  Inputs(Index samples, double value, double beside) : images(samples, value, beside) {}
  void draw() { images = some(std::move(images), 0); }
  auto read() const { return images.read(); }
  auto view() const { return images.view; }
  bool is_whole() { return whole(images); }
};
template <class... S, Border border, Border zeros>
struct Inputs<Shapes<S...>, border, zeros> {
  std::tuple<Around<S, border, zeros>...> images;
  Inputs(Index samples, double value, double beside) : images(Around<S, border, zeros>(samples, value, beside)...) {}
  void draw() {
    std::apply([](auto&... one) { ((one = some(std::move(one), sizeof...(S))), ...); }, images);
  }
  auto read() const {
    return std::apply([](const auto&... one) { return std::tuple{one.read()...}; }, images);
  }
  auto view() const {
    return std::apply([](const auto&... one) { return std::tuple{one.view...}; }, images);
  }
  bool is_whole() {
    return std::apply([](auto&... one) { return (whole(one) && ...); }, images);
  }
};

template <class Layer>
auto activation_of() {
  if constexpr (requires { typename Layer::activation; })
    return typename Layer::activation{};
  else
    return Linear{};
}

/// Of a pass over a layer, what was touched that belongs to others, or is no number. (One CHECK for all layers: many take long to
/// compile.)
struct Touched {
  const char* layer;
  std::string what;
  void unless(bool right, const char* name) {
    if (!right) what += std::string(name) + " ";
  }
  ~Touched() { CHECK_MESSAGE(what == "", layer, ": ", what); }
};

template <class Layer, class S, class... Lender>
void check(double beside_x = nothing) {
  constexpr Index samples = 3;
  using On = typename Layer::template On<S, double, Lender...>;
  Guarded scratch(On::scratch_size + samples * On::scratch_per_sample, nothing, nothing_else),
      prepared(On::prepared_size, nothing, nothing_else), statistics(On::statistics_size, 0, nothing_else);
  std::vector<Guarded> parameters, gradients;
  for (const ParameterSpec& spec : On::parameters) {
    parameters.emplace_back(spec.size(), 0.5), gradients.emplace_back(spec.size(), 1, elsewhere);
    for (Index i = 0; i < spec.size(); ++i) parameters.back().begin()[i] += 0.01 * static_cast<double>(i % 7);
  }
  Call call(samples, {.training = true, .seed = Seed{5}});
  double loss = 0;
  call.loss = &loss, call.lane_statistics = statistics.begin(), call.batch_statistics = statistics.begin();
  const Given p{parameters, scratch.begin(), prepared.begin(), call},
      dp{gradients, scratch.begin(), prepared.begin(), call};

  Inputs<S, On::input_border, On::input_border> x(samples, nothing, beside_x);
  x.draw();
  Inputs<S, On::input_border, Border{}> dx(samples, nothing, elsewhere);
  Around<typename On::output_shape, On::gradient_border, Border{}> y(samples, nothing, elsewhere);
  Around<typename On::output_shape, On::gradient_border, On::gradient_border> dz(samples, 0);
  dz = some(std::move(dz), 1);
  if constexpr (On::prepared_size > 0) On::prepare(p, prepared.begin());
  if constexpr (On::statistics_size > 0) On::gather(x.read(), statistics.begin());
  On::forward(p, x.read(), y.view, activation_of<Layer>());
  if constexpr (!On::parameters.empty()) On::weight_gradient(dp, x.read(), dz.read());
  On::input_gradient(p, x.read(), y.read(), dz.read(), dx.view(), Linear{});

  Touched touched{Layer::class_name, {}};
  touched.unless(std::isfinite(loss), "loss");
  touched.unless(whole(y), "y");
  touched.unless(dx.is_whole(), "dx");
  touched.unless(x.is_whole(), "x");
  touched.unless(scratch.is_intact() && prepared.is_intact() && statistics.is_intact(), "scratch memory");
  for (std::vector<Guarded>* all : {&parameters, &gradients})
    for (Guarded& tensor : *all)
      touched.unless(tensor.is_intact() && std::none_of(tensor.begin(), tensor.begin() + tensor.size, is_nan),
                     all == &parameters ? "a parameter" : "a parameter's gradient");
}

using Image = Shape<4, 3, 5>;

}  // namespace

TEST_CASE("pooling and enlarging: forward and input_gradient stay within their images") {
  check<MaxPooling2D<2, Same>, Image>();
  check<MaxPooling2D<2>, Shape<4, 6, 3>>();
  check<MaxPooling2D<2>, Shape<5, 7, 3>>();
  check<AveragePooling2D<Size{2, 3}, Same>, Image>();
  check<GlobalAveragePooling2D<>, Image>();
  check<GlobalMaxPooling2D<KeepDims>, Image>();
  check<UpSampling2D<Size{2, 3}>, Image>();
  check<UpSampling2D<Size{3, 2}, Bilinear>, Image>();
  check<ZeroPadding2D<Border{.top = 1, .bottom = 2, .left = 3, .right = 4}>, Image>();
  check<Cropping2D<Border{.top = 1, .bottom = 2, .left = 0, .right = 1}>, Image>();
}

TEST_CASE("layers with parameters: weight_gradient stays within them") {
  check<Dense<6, Tanh>, Shape<7>>();
  check<DenseTranspose<"code", Tanh>, Shape<6>, Dense<6>::On<Shape<7>, double>>();
  check<PReLU<SharedAxes<1, 2>>, Image>();
  check<PReLU<>, Image>(elsewhere);  // which is less than 0, as NaN is not
  check<Conv2D<3, Size{2, 3}, Kernel<naive>, Tanh>, Image>();
  check<Conv2DTranspose<3, Size{2, 3}, Same, Kernel<naive>, Tanh>, Image>();
  check<DepthwiseConv2D<Size{2, 3}, Same, Tanh>, Image>();
  check<BatchNormalization<>, Image>();
  check<LayerNormalization<Axes<1, 3>>, Image>();
  check<GroupNormalization<5>, Image>();
  check<SeparableConv2D<3, Size{2, 3}, Same, DepthMultiplier<2>, Tanh>, Image>();
}

TEST_CASE("random and other layers: forward and input_gradient stay within their images") {
  check<Dropout<0.3>, Image>();
  check<SpatialDropout2D<0.3>, Image>();
  check<GaussianNoise<0.3>, Image>();
  check<Permute<3, 1, 2>, Image>();
  check<Reshape<5, 12>, Image>();
  check<Activation<GELU>, Image>();
  check<Rescaling<0.5, 2>, Image>();
}

TEST_CASE("layers that read several values: forward and input_gradient stay within them") {
  check<Sampling<>, Shapes<Image, Image>>();
  check<Concatenate<"b">, Shapes<Image, Shape<4, 3, 2>>>();
  check<Concatenate<"b", Axis{1}>, Shapes<Image, Shape<2, 3, 5>>>();
  check<Add<"b">, Shapes<Image, Shape<4, 1, 5>>>();
  check<Maximum<"b", "c">, Shapes<Image, Shape<1, 3, 1>, Shape<5>>>();
}

namespace {

using Batch = Tensor<4, double>;
/// Two inputs, the result, the gradient given and the two that come back.
struct Joining {
  Batch a, b, y, dz, da, db;
};
template <class Layer, class A, class B>
Joining joined() {
  using On = typename Layer::template On<Shapes<A, B>, double>;
  std::vector<Guarded> none;
  const Given p{none, nullptr, nullptr, Call(2)};
  Around<A, Border{}, Border{}> a = some(Around<A, Border{}, Border{}>(2, 0), 0), da(2, nothing, elsewhere);
  Around<B, Border{}, Border{}> b = some(Around<B, Border{}, Border{}>(2, 0), 1), db(2, nothing, elsewhere);
  Around<typename On::output_shape, Border{}, Border{}> y(2, nothing, elsewhere), dz(2, 0);
  dz = some(std::move(dz), 2);
  On::forward(p, std::tuple{a.read(), b.read()}, y.view, Linear{});
  On::input_gradient(p, std::tuple{a.read(), b.read()}, y.read(), dz.read(), std::tuple{da.view, db.view}, Linear{});
  return {a.tensor(), b.tensor(), y.tensor(), dz.tensor(), da.tensor(), db.tensor()};
}

/// Calls visit(sample, row, column, channel) for all values of a batch.
template <class Visit>
void for_each(const Batch& batch, const Visit& visit) {
  for (Index n = 0; n < batch.dimension(0); ++n)
    for (Index row = 0; row < batch.dimension(1); ++row)
      for (Index column = 0; column < batch.dimension(2); ++column)
        for (Index c = 0; c < batch.dimension(3); ++c) visit(n, row, column, c);
}

/// What a layer gives whose second input lies behind the first along an axis of the batch.
void expect_concatenated(const Joining& j, std::size_t axis) {
  Batch y = j.y, da = j.da, db = j.db;
  y.setZero(), da.setZero(), db.setZero();
  for_each(y, [&](Index n, Index row, Index column, Index c) {
    Index at[] = {n, row, column, c};
    const Index first = j.a.dimension(axis);
    const bool of_a = at[axis] < first;
    if (!of_a) at[axis] -= first;
    y(n, row, column, c) = (of_a ? j.a : j.b)(at[0], at[1], at[2], at[3]);
    (of_a ? da : db)(at[0], at[1], at[2], at[3]) = j.dz(n, row, column, c);
  });
  const auto same = [](const Batch& left, const Batch& right) {
    return std::equal(left.data(), left.data() + left.size(), right.data());
  };
  CHECK(j.y.dimension(axis) == j.a.dimension(axis) + j.b.dimension(axis));
  CHECK((same(j.y, y) && same(j.da, da) && same(j.db, db)));
}

/// What Multiply gives whose second input counts for all rows, columns or channels where it has one.
void expect_multiplied(const Joining& j) {
  Batch y = j.y, da = j.da, db = j.db;
  da.setZero(), db.setZero();
  const auto in = [](const Batch& x, Index n, Index row, Index column, Index c) {
    return std::array{n, row % x.dimension(1), column % x.dimension(2), c % x.dimension(3)};
  };
  for_each(y, [&](Index n, Index row, Index column, Index c) {
    const auto at_a = in(j.a, n, row, column, c), at_b = in(j.b, n, row, column, c);
    y(n, row, column, c) = j.a(at_a) * j.b(at_b);
    da(at_a) += j.dz(n, row, column, c) * j.b(at_b), db(at_b) += j.dz(n, row, column, c) * j.a(at_a);
  });
  const auto close = [](const Batch& left, const Batch& right) {
    double worst = 0;
    for (Index i = 0; i < left.size(); ++i) worst = std::max(worst, std::abs(left.data()[i] - right.data()[i]));
    return worst < 1e-13;
  };
  CHECK((close(j.y, y) && close(j.da, da) && close(j.db, db)));
}

template <class Layer, class... S>
constexpr bool joins = std::is_void_v<typename Layer::template complaint<Shapes<S...>>>;

}  // namespace

TEST_CASE("Concatenate: values and gradients along each axis, whole and in part") {
  expect_concatenated(joined<Concatenate<"b">, Image, Shape<4, 3, 2>>(), 3);
  expect_concatenated(joined<Concatenate<"b", Axis{3}>, Image, Shape<4, 3, 2>>(), 3);
  expect_concatenated(joined<Concatenate<"b", Axis{2}>, Image, Shape<4, 2, 5>>(), 2);
  expect_concatenated(joined<Concatenate<"b", Axis{-2}>, Image, Shape<4, 2, 5>>(), 2);
  expect_concatenated(joined<Concatenate<Axis{1}, "b">, Image, Shape<6, 3, 5>>(), 1);
  expect_concatenated(joined<Concatenate<"b", Axis{1}>, Shape<3, 5>, Shape<2, 5>>(), 2);
  expect_concatenated(joined<Concatenate<"b">, Shape<5>, Shape<2>>(), 3);
}

TEST_CASE("Concatenate: three values, each behind all those before it") {
  using On = Concatenate<"b", "c">::On<Shapes<Shape<1>, Shape<2>, Shape<3>>, double>;
  std::vector<double> a{1}, b{2, 3}, c{4, 5, 6}, y(6), dz{7, 8, 9, 10, 11, 12};
  const View<double, Layout<Shape<1>>> of_a(a.data(), 1);
  const View<double, Layout<Shape<2>>> of_b(b.data(), 1);
  const View<double, Layout<Shape<3>>> of_c(c.data(), 1);
  const View<double, Layout<Shape<6>>> of_y(y.data(), 1), of_dz(dz.data(), 1);
  On::forward(0, std::tuple{of_a, of_b, of_c}, of_y, Linear{});
  CHECK(y == std::vector<double>{1, 2, 3, 4, 5, 6});
  On::input_gradient(0, 0, 0, of_dz, std::tuple{of_a, of_b, of_c}, Linear{});
  CHECK((a == std::vector<double>{7} && b == std::vector<double>{8, 9} && c == std::vector<double>{10, 11, 12}));
}

TEST_CASE("Concatenate: shapes that fit, and those that do not") {
  using Three = Concatenate<"b", Axis{2}, "c">;
  CHECK((Three::axis == 2 && Three::named == 2 && Concatenate<"b">::axis == -1));
  CHECK(std::string(Three::reads::names[0]) + Three::reads::names[1] == "bc");
  CHECK(Three::reads::value_before);
  using Side = Three::Side<Shapes<Image, Shape<4, 1, 5>, Shape<4, 2, 5>>>;
  CHECK(std::is_same_v<Side::shape, Shape<4, 6, 5>>);
  CHECK(joins<Concatenate<"b">, Image, Shape<4, 3, 1>>);
  CHECK((!joins<Concatenate<"b">, Image, Shape<3, 3, 5>> && !joins<Concatenate<"b">, Image, Shape<4, 2, 5>>));
  CHECK(joins<Concatenate<"b", Axis{1}>, Image, Shape<1, 3, 5>>);
  CHECK((!joins<Concatenate<"b", Axis{1}>, Image, Shape<4, 2, 5>> &&
         !joins<Concatenate<"b", Axis{1}>, Image, Shape<4, 3, 4>>));
  CHECK(joins<Concatenate<"b", Axis{2}>, Image, Shape<4, 1, 5>>);
  CHECK((!joins<Concatenate<"b", Axis{2}>, Image, Shape<3, 3, 5>> &&
         !joins<Concatenate<"b", Axis{2}>, Image, Shape<4, 3, 4>>));
  CHECK((!joins<Concatenate<"b", Axis{4}>, Image, Image> && !joins<Concatenate<"b", Axis{-4}>, Image, Image>));
  CHECK((joins<Concatenate<"b", Axis{-3}>, Image, Image> && !joins<Concatenate<"b", Axis{2}>, Shape<5>, Shape<5>>));
  CHECK((!joins<Concatenate<"b">, Shape<12, 5>, Image> && !joins<Concatenate<"b">, Shape<>, Shape<>>));
  CHECK((joins<Concatenate<"b", Axis{1}>, Shape<5>, Shape<2>> && !joins<Three, Image, Image, Shape<4, 3, 4>>));
}

TEST_CASE("merge: where one input has one row, column or channel, it counts for all of them") {
  expect_multiplied(joined<Multiply<"b">, Image, Image>());
  expect_multiplied(joined<Multiply<"b">, Image, Shape<1, 3, 5>>());
  expect_multiplied(joined<Multiply<"b">, Image, Shape<4, 1, 1>>());
  expect_multiplied(joined<Multiply<"b">, Shape<3, 1>, Image>());
  expect_multiplied(joined<Multiply<"b">, Shape<4, 1, 5>, Shape<1, 3, 1>>());
  using detail::Joined;
  CHECK(std::is_same_v<Joined<Shapes<Shape<4, 1, 5>, Shape<1, 3, 1>, Shape<5>>>::shape, Shape<4, 3, 5>>);
  CHECK(std::is_same_v<Joined<Shapes<Shape<3, 1>, Shape<1, 5>>>::shape, Shape<3, 5>>);
  CHECK(std::is_same_v<Joined<Shapes<Shape<1>, Shape<5>>>::shape, Shape<5>>);
  CHECK((joins<Add<"b">, Image, Shape<1>> && !joins<Add<"b">, Image, Shape<2, 3, 5>>));
  CHECK((!joins<Add<"b">, Image, Shape<4, 2, 5>> && !joins<Add<"b">, Image, Shape<4, 3, 2>>));
  CHECK((!joins<Add<"b">, Shape<4, 2, 5>, Image> && !joins<Add<"b">, Shape<>, Shape<5>>));
}

namespace {
/// What a layer declares: prepared numbers, scratch memory, that of each sample, statistics, parts of a forward pass, and whether it
/// undoes the activation before it. (More memory than is used would not show in any result.)
using Declared = std::array<Index, 6>;
template <class Layer, class S, class... Lender>
constexpr Declared declared() {
  using On = typename Layer::template On<S, double, Lender...>;
  return {On::prepared_size,   On::scratch_size,  On::scratch_per_sample,
          On::statistics_size, On::forward_parts, On::undoes_previous};
}
}  // namespace

namespace {
using Six = std::array<double, 6>;
/// What a layer makes of some rows of six numbers, the gradients 1, 10, 100 ... of its result, and those that it hands back.
template <class Layer, std::size_t count>
void expect_merged(std::array<Six, count> x, const Six& y, const std::array<Six, count>& dx) {
  using L = Layout<Shape<6>>;
  Six got_y, dz{1, 10, 100, 1000, 10000, 100000};
  std::array<Six, count> got_dx;
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    using On = typename Layer::template On<Shapes<std::conditional_t<k == k, Shape<6>, void>...>, double>;
    const auto view = [](Six& six) { return View<double, L>(six.data(), 1); };
    const auto read = [&](Six& six) -> View<const double, L> { return view(six); };
    std::vector<Guarded> none;
    const Given p{none, nullptr, nullptr, Call(1)};
    On::forward(p, std::tuple{read(x[k])...}, view(got_y), Linear{});
    On::input_gradient(p, std::tuple{read(x[k])...}, read(got_y), read(dz), std::tuple{view(got_dx[k])...}, Linear{});
  }(std::make_index_sequence<count>{});
  const auto same = [](const Six& a, const Six& b) { return std::equal(a.begin(), a.end(), b.begin(), same_bits); };
  CHECK(same(got_y, y));
  for (std::size_t k = 0; k < count; ++k) CHECK(same(got_dx[k], dx[k]));
}
}  // namespace

TEST_CASE("merge: values and gradients by hand; of equal ones the first has it, and NaN stays") {
  const Six a{1, 5, 2, 0.0, nothing, 3}, b{4, 5, -1, -0.0, 1, nothing}, c{2, 5, 7, -0.0, 2, 1}, zero{};
  const Six first{0, 10, 0, 1000, 0, 0}, whole{1, 10, 100, 1000, 10000, 100000};
  expect_merged<Maximum<"b", "c">, 3>({a, b, c}, {4, 5, 7, 0.0, nothing, nothing},
                                      {first, {1, 0, 0, 0, 0, 0}, {0, 0, 100, 0, 0, 0}});
  expect_merged<Minimum<"b", "c">, 3>({a, b, c}, {1, 5, -1, 0.0, nothing, nothing},
                                      {Six{1, 10, 0, 1000, 0, 0}, {0, 0, 100, 0, 0, 0}, zero});
  const Six d{1, 2, 3, 4, 5, 6}, e{2, 4, 6, 8, 10, 12}, f{3, 6, 9, 12, 15, 18};
  expect_merged<Add<"b", "c">, 3>({d, e, f}, {6, 12, 18, 24, 30, 36}, {whole, whole, whole});
  const Six third{1 / 3.0, 10 / 3.0, 100 / 3.0, 1000 / 3.0, 10000 / 3.0, 100000 / 3.0};
  expect_merged<Average<"b", "c">, 3>({d, e, f}, {2, 4, 6, 8, 10, 12}, {third, third, third});
  expect_merged<Subtract<"b">, 2>({d, f}, {-2, -4, -6, -8, -10, -12}, {whole, {-1, -10, -100, -1000, -10000, -100000}});
  expect_merged<Multiply<"b", "c">, 3>({d, e, f}, {6, 48, 162, 384, 750, 1296},
                                       {Six{6, 240, 5400, 96000, 1500000, 21600000},
                                        {3, 120, 2700, 48000, 750000, 10800000},
                                        {2, 80, 1800, 32000, 500000, 7200000}});
}

TEST_CASE("what layers declare, though no result shows it") {
  CHECK(declared<Conv2D<3, 2, Kernel<tiled>>, Image>() == Declared{120, 0, 0, 0, 1, 1});
  CHECK(declared<Conv2DTranspose<3, 2, Kernel<tiled>>, Image>() == Declared{120, 0, 0, 0, 1, 1});
  CHECK(declared<DepthwiseConv2D<2>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  // h of 4 x 3 pixels with 10 channels, and with a row and two columns more
  CHECK(declared<SeparableConv2D<4, Size{2, 3}, Same, DepthMultiplier<2>>, Image>() ==
        Declared{2 * 40 + 60, 120 + 250, 0, 0, 1, 1});
  CHECK(declared<Dense<2>, Shape<3>>() == Declared{12, 0, 0, 0, 1, 0});
  CHECK(declared<DenseTranspose<"code">, Shape<2>, Dense<2>::On<Shape<3>, double>>() == Declared{12, 0, 0, 0, 1, 0});
  CHECK(declared<MaxPooling2D<2>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<AveragePooling2D<2>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<GlobalMaxPooling2D<>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<GlobalAveragePooling2D<>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<UpSampling2D<2>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<UpSampling2D<2, Bilinear>, Image>() == Declared{0, 0, 0, 0, 1, 0});
  CHECK(declared<BatchNormalization<>, Image>() == Declared{10, 25, 0, 21, 1, 1});
  CHECK(declared<GroupNormalization<5>, Image>() == Declared{0, 20, 0, 0, 1, 1});
  CHECK(declared<LayerNormalization<>, Image>() == Declared{0, 48, 0, 0, 1, 0});
  CHECK(declared<PReLU<>, Image>() == Declared{0, 0, 0, 0, 1, 1});
  CHECK(declared<Dropout<0.5>, Image>() == Declared{0, 60, 0, 0, 1, 0});
  CHECK(declared<SpatialDropout2D<0.5>, Image>() == Declared{0, 5, 0, 0, 1, 0});
  CHECK(declared<Permute<2, 1, 3>, Image>() == Declared{0, 0, 0, 0, 1, 0});
  // A convolution of more than a million multiply-adds is divided, unless its activation wants all of it.
  using Large = Shape<13, 14, 16>;
  CHECK(Conv2D<40, 3, Same, Kernel<winograd>, ReLU>::On<Large, float>::forward_parts == 7);
  CHECK(Conv2D<40, 3, Same, Kernel<winograd>, Sigmoid>::On<Large, float>::forward_parts == 1);
}

TEST_CASE("DenseTranspose: the transposed kernel of a Dense, both ways") {
  using Code = Dense<2>::On<Shape<3>, double>;
  using Tied = DenseTranspose<"code">;
  using On = Tied::On<Shape<2>, double, Code>;
  CHECK(std::is_same_v<On::output_shape, Shape<3>>);
  CHECK(std::is_same_v<Tied::On<Shape<4, 2>, double, Code>::output_shape, Shape<4, 3>>);
  CHECK((Tied::fits<Shape<2>, Code> && Tied::fits<Shape<9, 2>, Code> && !Tied::fits<Shape<3>, Code>));
  CHECK(!Tied::fits<Shape<2>, Conv2D<2, 1>::On<Shape<1, 1, 3>, double>>);  // its kernel has four axes
  CHECK(!Tied::fits<Shape<2>, Reshape<2>::On<Shape<2>, double>>);
  CHECK((On::parameters.size() == 2 && On::parameters[0].borrowed && !On::parameters[1].borrowed));
  CHECK((On::parameters[0].rank == 2 && On::parameters[0].size() == 6 && On::parameters[1].size() == 3));
  CHECK(DenseTranspose<"code", NoBias>::On<Shape<2>, double, Code>::parameters.size() == 1);

  std::vector<Guarded> parameters{{6, 0}, {3, 0}}, gradients{{6, 1}, {3, 1}};
  std::iota(parameters[0].begin(), parameters[0].begin() + 6, 1.0);  // 1 2 | 3 4 | 5 6
  std::fill_n(parameters[1].begin(), 3, 0.5);
  Guarded prepared(On::prepared_size, nothing);
  const Given p{parameters, nullptr, prepared.begin(), Call(1)}, dp{gradients, nullptr, prepared.begin(), Call(1)};
  double x[] = {10, 100}, y[3], dz[] = {1, 10, 100}, dx[2];
  using In = Layout<Shape<2>>;
  using Out = Layout<Shape<3>>;
  const View<const double, In> inputs(View<double, In>(x, 1));
  const View<const double, Out> given(View<double, Out>(dz, 1));
  On::prepare(p, prepared.begin());
  On::forward(p, inputs, View<double, Out>(y, 1), Linear{});
  On::weight_gradient(dp, inputs, given);
  On::input_gradient(p, inputs, given, given, View<double, In>(dx, 1), Linear{});
  CHECK(std::vector<double>(y, y + 3) == std::vector<double>{210.5, 430.5, 650.5});
  CHECK(std::vector<double>(dx, dx + 2) == std::vector<double>{531, 642});
  CHECK(std::vector<double>(dp[0], dp[0] + 6) == std::vector<double>{11, 101, 101, 1001, 1001, 10001});
  CHECK(std::vector<double>(dp[1], dp[1] + 3) == std::vector<double>{2, 11, 101});
}
