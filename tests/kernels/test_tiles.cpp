// Which tiles cover an image, in what order, and that they leave out a border whose zeros cost time. All that no result shows.
#include <doctest/doctest.h>

#include <array>
#include <latent/kernels/conv2d_few_filters.hpp>
#include <latent/kernels/conv2d_few_weights.hpp>
#include <latent/kernels/tiles.hpp>
#include <limits>
#include <numeric>
#include <vector>

using namespace latent;
using namespace latent::kernels;
using namespace latent::kernels::tiles;

namespace {

constexpr int L = simd::lanes<float>, A = simd::accumulators, registers = simd::registers;
const float not_read = std::numeric_limits<float>::quiet_NaN();

bool operator==(Range a, Range b) { return a.first == b.first && a.end == b.end; }

using Numbers = std::vector<Index>;
/// Appends Lanes, V and the first filter of each panel.
template <Index F, int (*vectors)(Index) = forward_vectors>
Numbers panels() {
  Numbers all;
  for_panels<float, F, vectors>([&]<int Lanes, int V>(Index f) { all.insert(all.end(), {Lanes, V, f}); });
  return all;
}

/// One call of `finish`: row, column, filter, lanes.
using Call = std::array<Index, 4>;
struct Recorder {
  std::vector<Call>* calls;
  template <int Lanes, class V>
  V operator()(V sum, Index row, Index column, Index filter) const {
    calls->push_back({row, column, filter, Lanes});
    return sum + static_cast<float>(100 * row + column);
  }
};

/// A correlation of images without a border.
template <Index height, Index width, Index channels, Index filters>
constexpr Conv2DSizes image(Size kernel = 1) {
  const Index x_row = (width + kernel.width - 1) * channels;
  return {height, width, channels, filters, kernel, 1, 1, x_row, channels, width * filters, filters};
}

/// The calls of a rung for such an image.
template <class Rung, Conv2DSizes G>
std::vector<Call> calls_of() {
  std::vector<float> x(array_size(G.x_row * (G.height + G.kernel.height))), y(array_size(G.y_row * G.height)),
      w(array_size(G.kernel.height * G.kernel.width * G.channels * G.filters));
  std::vector<Call> calls;
  Rung::template correlate<G>(x.data(), w.data(), static_cast<const float*>(nullptr), y.data(), Recorder{&calls});
  bool stored = true;  // where they belong
  for (const Call& call : calls)
    stored = stored && y[array_size(call[0] * G.y_row + call[1] * G.y_pixel + call[2])] ==
                           static_cast<float>(100 * call[0] + call[1]);
  CHECK(stored);
  return calls;
}

/// Appends the calls for tiles of rows x columns pixels and V vectors of `lanes` filters from `filter` on.
void add_tiles(std::vector<Call>& calls, Index height, Index width, Index rows, Index columns, Index filter, Index V,
               Index lanes) {
  for (Index row = 0; row < height; row += rows)
    for (Index column = 0; column < width; column += columns)
      for (Index r = row; r < std::min(row + rows, height); ++r)
        for (Index c = column; c < std::min(column + columns, width); ++c)
          for (Index v = 0; v < V; ++v) calls.push_back({r, c, filter + v * lanes, lanes});
}
template <class Rung, Conv2DSizes G>
void expect_tiles(Index rows, Index columns, Index V) {
  std::vector<Call> expected;
  for (Index f = 0; f < G.filters; f += V * L) add_tiles(expected, G.height, G.width, rows, columns, f, V, L);
  CAPTURE(G.height);
  CAPTURE(G.width);
  CHECK(calls_of<Rung, G>() == expected);
}
/// The same for few_filters: the rows of a tile, for all filters, one after the other.
template <Conv2DSizes G>
void expect_single(Index rows, Index columns) {
  std::vector<Call> expected;
  for (Index row = 0; row < G.height; row += rows)
    for (Index f = 0; f < G.filters; ++f) {
      std::vector<Call> lines;
      add_tiles(lines, std::min(rows, G.height - row), G.width, rows, columns, f, 1, 1);
      for (Call& call : lines) call[0] += row;
      expected.insert(expected.end(), lines.begin(), lines.end());
    }
  CAPTURE(G.height);
  CAPTURE(G.width);
  CHECK(calls_of<few_filters, G>() == expected);
}

/// Sizes of a correlation whose windows begin `before` the image of that size, on an axis with so many outputs.
constexpr Conv2DSizes rows_of(Index outputs, Index kernel, Index before, Index size, Index stride = 1,
                              Index dilation = 1) {
  Conv2DSizes G{outputs, 5, 16, 16, {kernel, 1}, {stride, 1}, {dilation, 1}, 16 * 5, 16, 16 * 5, 16};
  G.x_rows = {before, size};
  return G;
}
constexpr Conv2DSizes columns_of(Index outputs, Index kernel, Index before, Index size, Index stride = 1,
                                 Index dilation = 1, Index channels = 16) {
  Conv2DSizes G{4, outputs, channels, 16, {2, kernel}, {3, stride}, {1, dilation}, 999, channels, 16 * outputs, 16};
  G.x_columns = {before, size};
  return G;
}

}  // namespace

TEST_CASE("the outputs for which a tap lies in the image") {
  for (Index offset = 0; offset < 6; ++offset)
    for (Index stride : {1, 2, 3})
      for (Index before : {-2, 0, 1, 3})
        for (Index size : {1, 2, 5})
          for (Range outputs : {Range{0, 4}, Range{1, 2}, Range{2, 9}}) {
            Numbers expected, received;
            for (Index o = outputs.first; o < outputs.end; ++o)
              if (const Index input = o * stride + offset - before; input >= 0 && input < size) expected.push_back(o);
            const Range range = meeting(offset, stride, {before, size}, outputs);
            for (Index o = range.first; o < range.end; ++o) received.push_back(o);
            CHECK(received == expected);
            CHECK(range.first <= range.end);
          }
}

TEST_CASE("the taps that lie in the image for every output") {
  CHECK(inner_taps<columns_of(7, 3, 1, 7)>() == Range{1, 2});
  CHECK(inner_taps<columns_of(7, 5, 2, 7)>() == Range{2, 3});
  CHECK(inner_taps<columns_of(7, 3, 2, 7)>() == Range{2, 3});
  CHECK(inner_taps<columns_of(7, 3, 0, 7)>() == Range{0, 1});
  CHECK(inner_taps<columns_of(7, 3, 0, 9)>() == Range{0, 3});
  CHECK(inner_taps<columns_of(4, 3, 1, 7, 2)>() == Range{1, 2});
  CHECK(inner_taps<columns_of(7, 3, 2, 7, 1, 2)>() == Range{1, 2});
  CHECK(inner_taps<columns_of(7, 3, 5, 9)>() == Range{3, 3});
}

TEST_CASE("whether kernel rows meet the image in the second or the first row of a pair only") {
  constexpr auto half_pairs = []<Conv2DSizes G>(std::integral_constant<Conv2DSizes, G>) {
    return std::array{has_half_pair<G>(1), has_half_pair<G>(0)};
  };
  const auto expect = [&]<Conv2DSizes G>(std::integral_constant<Conv2DSizes, G> sizes, bool second, bool first) {
    CHECK(half_pairs(sizes) == std::array{second, first});
  };
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 3, 1, 6)>{}, true, true);
  expect(std::integral_constant<Conv2DSizes, rows_of(7, 3, 1, 7)>{}, true, false);  // the last row is no pair
  expect(std::integral_constant<Conv2DSizes, rows_of(2, 3, 1, 2)>{}, true, true);
  expect(std::integral_constant<Conv2DSizes, rows_of(1, 3, 1, 1)>{}, false, false);
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 3, 0, 8)>{}, false, false);
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 3, 2, 6)>{}, true, false);
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 1, 2, 4)>{}, false, false);
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 2, 3, 6, 1, 3)>{}, true, false);
  expect(std::integral_constant<Conv2DSizes, rows_of(6, 2, 2, 6, 1, 3)>{}, false, true);
  expect(std::integral_constant<Conv2DSizes, rows_of(4, 2, 0, 7, 2, 1)>{}, false, true);
}

TEST_CASE("whether a tile may meet a border: rows always count, columns where the tile has whole lines") {
  CHECK_FALSE(meets_border<rows_of(6, 3, 0, 8), 5>());
  CHECK(meets_border<rows_of(6, 3, 0, 7), 5>());
  CHECK(meets_border<rows_of(6, 3, 1, 9), 5>());
  CHECK_FALSE(meets_border<rows_of(3, 2, 0, 8, 2, 3), 5>());  // the last row read is 2 * 2 + 3
  CHECK(meets_border<rows_of(3, 2, 0, 7, 2, 3), 5>());
  CHECK(meets_border<columns_of(7, 3, 1, 9), 7>());
  CHECK(meets_border<columns_of(7, 3, 0, 8), 7>());
  CHECK_FALSE(meets_border<columns_of(7, 3, 0, 9), 7>());
  CHECK_FALSE(meets_border<columns_of(7, 3, 1, 7), 4>());
  CHECK_FALSE(meets_border<columns_of(7, 1, 1, 7), 7>());
  CHECK(meets_border<columns_of(7, 2, 1, 7), 7>());
  CHECK_FALSE(meets_border<columns_of(7, 3, 1, 7, 1, 1, 15), 7>());
  CHECK(meets_border<columns_of(3, 2, 0, 6, 2, 3), 3>() == true);  // the last column read is 2 * 2 + 3
  CHECK(meets_border<columns_of(3, 2, 0, 8, 2, 3), 3>() == false);
}

TEST_CASE("equal parts, and parts without a remainder") {
  CHECK((part(10, 4) == 4 && part(9, 4) == 3 && part(8, 4) == 4 && part(5, 4) == 3 && part(1, 4) == 1));
  CHECK((gradient_part(48, 14) == 12 && gradient_part(13, 14) == 13 && gradient_part(6, 14) == 6));
  CHECK((gradient_part(136, 14) == 8 && gradient_part(119, 14) == 14 && gradient_part(23, 14) == 12));
  CHECK((gradient_part(16, 6) == 4 && gradient_part(15, 6) == 5 && gradient_part(9, 6) == 5));
}

TEST_CASE("a few channels of neighbouring taps are one tap") {
  Conv2DSizes G{4, 5, 7, 3, {2, 3}, 1, {2, 1}, 70, 7, 15, 3};
  G.x_columns = {1, 5}, G.x_rows = {1, 4};
  const Conv2DSizes one = merged(G);
  CHECK((one.channels == 21 && one.kernel.width == 1 && one.kernel.height == 2));
  CHECK((one.x_columns.before == 0 && one.x_columns.size == std::numeric_limits<Index>::max() / 2));
  CHECK((one.x_rows.before == 1 && one.x_rows.size == 4));
  Conv2DSizes more = G, dilated = G, group = G;
  more.channels = more.x_pixel = 8, dilated.dilation.width = 2, group.x_pixel = 14;
  for (const Conv2DSizes& other : {more, dilated, group}) {
    CHECK(merged(other).channels == other.channels);
    CHECK(merged(other).kernel.width == 3);
    CHECK(merged(other).x_columns.before == 1);
  }
}

TEST_CASE("panels: pairs of full registers, one, then narrower ones") {
  CHECK((forward_vectors(1) == 1 && forward_vectors(2) == 2 && forward_vectors(3) == 2));
  const int four = registers == 32 ? 4 : 2;
  CHECK((gradient_vectors(1) == 1 && gradient_vectors(3) == 2 && gradient_vectors(4) == four));
  CHECK((gradient_vectors(6) == 2 && gradient_vectors(8) == four));
  CHECK(panels<1>() == Numbers{1, 1, 0});
  CHECK(panels<L>() == Numbers{L, 1, 0});
  CHECK(panels<2 * L>() == Numbers{L, 2, 0});
  CHECK(panels<4 * L>() == Numbers{L, 2, 0, L, 2, 2 * L});
  CHECK(panels<3 * L + 3>() == Numbers{L, 2, 0, L, 1, 2 * L, 2, 1, 3 * L, 1, 1, 3 * L + 2});
  CHECK(panels<4 * L, gradient_vectors>() == (four == 4 ? Numbers{L, 4, 0} : Numbers{L, 2, 0, L, 2, 2 * L}));
  CHECK(panels<3, gradient_vectors>() == Numbers{2, 1, 0, 1, 1, 2});
}

TEST_CASE("tiles of a forward pass: as many pixels as the registers hold, whole lines if they can be") {
  constexpr Index most = A / 2;  // for two vectors
  expect_tiles<Tiles, image<5, most / 2, 1, 2 * L>()>(2, most / 2, 2);
  expect_tiles<Tiles, image<3, most, 1, 2 * L>()>(1, most, 2);
  expect_tiles<Tiles, image<3, most + 1, 1, 2 * L>()>(1, most / 2 + 1, 2);
  expect_tiles<Tiles, image<most + 1, 1, 1, 4 * L>()>(most, 1, 2);
  expect_tiles<Tiles, image<2, 1, 1, 2 * L>()>(2, 1, 2);
  expect_tiles<Tiles, image<3, A, 1, L>()>(1, A, 1);
  expect_tiles<Tiles, image<1, 2 * A + 1, 1, L>()>(1, (2 * A + 3) / 3, 1);
}

TEST_CASE("tiles of few filters: squares of as many pixels as a vector has lanes") {
  expect_single<image<5, 5, 4, 2>()>(2, 2);
  expect_single<image<1, 9, 4, 2>()>(1, 4);
  expect_single<image<3, 3, 3, 2>()>(1, 1);
  expect_single<image<4, 1, 4, 1>()>(4, 1);
  expect_single<image<3, 2, 2, 1>()>(1, 2);
  if constexpr (L >= 8) expect_single<image<5, 7, 8, 2>()>(2, 4);
  if constexpr (L >= 16) expect_single<image<9, 6, 16, 1>()>(4, 4);
}

TEST_CASE("tiles of few weights: four sums, of one vector or of two, as long as the weights are in registers") {
  constexpr Index most = registers - 5;
  expect_tiles<few_weights, image<3, 7, 1, 2 * L>({1, most / 2})>(1, 2, 2);
  expect_tiles<few_weights, image<2, 6, 1, 2 * L>({1, most / 2 + 1})>(1, 4, 1);
  expect_tiles<few_weights, image<2, 6, 1, 2 * L>({1, most})>(1, 4, 1);
  expect_tiles<few_weights, image<2, 5, 1, L>({1, 2})>(1, 4, 1);
  expect_tiles<few_weights, image<2, most / 4, 1, 2 * L>({1, most + 1})>(2, most / 4, 2);  // those of Tiles
  CHECK((few_weights::pays<float>(1, L, 1) && few_weights::pays<float>(1, L, most) &&
         !few_weights::pays<float>(1, L, most + 1)));
  CHECK((few_weights::pays<float>(4, 2 * L, 1) && !few_weights::pays<float>(5, L, 1)));
  CHECK((!few_weights::pays<float>(1, L + 1, 1) && !few_weights::pays<float>(1, L, 0)));
}

TEST_CASE("when few filters pay: a vector of channels that is wider than that of filters") {
  CHECK(few_filters::lanes<float>(3 * L) == L);
  CHECK(few_filters::lanes<float>(6) == 2);
  CHECK((few_filters::pays<float>(L, 1) && few_filters::pays<float>(L, L - 1)));
  CHECK((!few_filters::pays<float>(L, L) && !few_filters::pays<float>(2 * L, L + 1)));
  CHECK((few_filters::pays<float>(4, 3) && !few_filters::pays<float>(2, 3) && !few_filters::pays<float>(1, 1)));
}

namespace {
/// A correlation of 3 x 3 whose tiles are pairs of whole lines, in an image with a border. `width` is a quarter of the accumulators.
constexpr Index lines = 6, width = A / 4, row_step = (width + 2) * 16;
constexpr Conv2DSizes in_border{.height = lines,
                                .width = width,
                                .channels = 16,
                                .filters = 2 * L,
                                .kernel = 3,
                                .stride = 1,
                                .dilation = 1,
                                .x_row = row_step,
                                .x_pixel = 16,
                                .y_row = width * 2 * L,
                                .y_pixel = 2 * L,
                                .x_rows = {1, lines},
                                .x_columns = {1, width}};
/// An image of ones with a border of some number.
std::vector<float> ones_in(float border) {
  std::vector<float> x(array_size((lines + 2) * row_step), border);
  for (Index row = 1; row <= lines; ++row) std::fill_n(x.begin() + row * row_step + 16, width * 16, 1.0f);
  return x;
}
/// How many taps of a 3 x 3 window lie in the image.
Index taps_in(Index row, Index column) {
  return (3 - (row == 0) - (row == lines - 1)) * (3 - (column == 0) - (column == width - 1));
}
}  // namespace

TEST_CASE("where tiles are whole lines, the border is not read") {
  const std::vector<float> x = ones_in(not_read), w(array_size(9 * 16 * 2 * L), 1.0f);
  std::vector<float> y(array_size(lines * width * 2 * L));
  Tiles::correlate<in_border>(x.data(), w.data(), static_cast<const float*>(nullptr), y.data(), StoreSum{});
  bool right = true;
  for (Index row = 0; row < lines; ++row)
    for (Index column = 0; column < width; ++column)
      for (Index f = 0; f < 2 * L; ++f)
        right = right && y[array_size((row * width + column) * 2 * L + f)] == 16.0f * float(taps_in(row, column));
  CHECK(right);
}

namespace {
/// How many rows and columns the windows read.
template <Conv2DSizes G>
constexpr Size read{(G.height - 1) * G.stride.height + (G.kernel.height - 1) * G.dilation.height + 1,
                    (G.width - 1) * G.stride.width + (G.kernel.width - 1) * G.dilation.width + 1};
/// Images of whole numbers, of which any sum is exact; what lies around them, and the channels that G has not, are NaN, or 0 where
/// they may be read.
template <Conv2DSizes G>
std::vector<float> images_in_border(Index count, float border = not_read) {
  constexpr Index size = read<G>.height * G.x_row;
  std::vector<float> x(array_size(count * size), border);
  for (Index n = 0; n < count; ++n)
    for (Index row = G.x_rows.before; row < std::min(read<G>.height, G.x_rows.before + G.x_rows.size); ++row)
      for (Index column = G.x_columns.before; column < std::min(read<G>.width, G.x_columns.before + G.x_columns.size);
           ++column)
        for (Index c = 0; c < G.channels; ++c) {
          const Index i = n * size + row * G.x_row + column * G.x_pixel + c;
          x[array_size(i)] = static_cast<float>(i * 7 % 5) - 1;
        }
  return x;
}
std::vector<float> whole_numbers(Index count) {
  std::vector<float> values(array_size(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 11 % 3) + 1;  // no mean of 0
  return values;
}
/// Calls visit(pixel of x, pixel of y, first weight) for all taps of all windows that lie in the image.
template <Conv2DSizes G, class Visit>
void for_taps(const std::vector<float>& x, Index count, const Visit& visit) {
  for (Index n = 0; n < count; ++n)
    for (Index a = 0; a < G.kernel.height; ++a)
      for (Index b = 0; b < G.kernel.width; ++b)
        for (Index row = 0; row < G.height; ++row)
          for (Index column = 0; column < G.width; ++column) {
            const float* from = x.data() + n * read<G>.height * G.x_row +
                                (row * G.stride.height + a * G.dilation.height) * G.x_row +
                                (column * G.stride.width + b * G.dilation.width) * G.x_pixel;
            if (*from == *from)
              visit(from, n * G.height * G.y_row + row * G.y_row + column * G.y_pixel,
                    (a * G.kernel.width + b) * G.channels * G.filters);
          }
}

template <Conv2DSizes G>
void check_correlation() {
  const auto x = images_in_border<G>(1), w = whole_numbers(G.kernel.height * G.kernel.width * G.channels * G.filters);
  std::vector<float> y(array_size(G.height * G.y_row)), expected(y), packed(w);
  for_taps<G>(x, 1, [&](const float* from, Index to, Index weight) {
    for (Index c = 0; c < G.channels; ++c)
      for (Index f = 0; f < G.filters; ++f)
        expected[array_size(to + f)] += from[c] * w[array_size(weight + c * G.filters + f)];
  });
  Tiles::pack<G.channels, G.filters>(
      G.kernel.height * G.kernel.width,
      [&](Index tap, Index c, Index f) { return w[array_size((tap * G.channels + c) * G.filters + f)]; },
      packed.data());
  Tiles::correlate<G>(x.data(), packed.data(), static_cast<const float*>(nullptr), y.data(), StoreSum{});
  CHECK(y == expected);
}

template <Conv2DSizes G, Index count = 1>
void check_gradient(float border = not_read) {
  const auto x = images_in_border<G>(count, border), dy = whole_numbers(count * G.height * G.y_row);
  std::vector<float> dw(array_size(G.kernel.height * G.kernel.width * G.channels * G.filters), 1.0f), expected(dw);
  for_taps<G>(x, count, [&](const float* from, Index pixel, Index weight) {
    for (Index c = 0; c < G.channels; ++c)
      for (Index f = 0; f < G.filters; ++f)
        expected[array_size(weight + c * G.filters + f)] += from[c] * dy[array_size(pixel + f)];
  });
  const Images images{count, read<G>.height * G.x_row, G.height * G.y_row, G.height, G.width};
  Tiles::gradient<G>(x.data(), dy.data(), dw.data(), images, true);
  CHECK(dw == expected);
  for (float& value : expected) value -= 1;
  Tiles::gradient<G>(x.data(), dy.data(), dw.data(), images, false);
  CHECK(dw == expected);
}
constexpr Conv2DSizes large(Index height, Index kilobytes) {
  const Index pixels = kilobytes * 1024 / (4 * (2 + L));  // of x and dy, in a row of 2 channels and L filters
  return {height, pixels, 2, L, {2, 1}, 1, 1, pixels * 2, 2, pixels * L, L};
}
}  // namespace

namespace {
/// In a border: dilated rows, dilated columns, strides. Lines are so long that a tile has one, and channels lie among others.
constexpr Conv2DSizes bordered(Index channels, Index filters, Size kernel, Size stride, Size dilation,
                               Conv2DSizes::Extent rows, Conv2DSizes::Extent columns) {
  const Index columns_read = (A / 2 - 1) * stride.width + (kernel.width - 1) * dilation.width + 1;
  return {4,
          A / 2,
          channels,
          filters,
          kernel,
          stride,
          dilation,
          columns_read * (channels + 3),
          channels + 3,
          A / 2 * filters,
          filters,
          rows,
          columns};
}
template <Index channels, Index filters, class Check>
void in_borders(const Check& check) {
  constexpr Index W = A / 2;
  check.template operator()<bordered(channels, filters, {3, 3}, 1, {2, 1}, {2, 4}, {1, W})>();
  check.template operator()<bordered(channels, filters, {2, 3}, 1, {1, 2}, {0, 4}, {2, W})>();
  check.template operator()<bordered(channels, filters, {3, 2}, {2, 3}, 1, {1, 7}, {1, 3 * W - 3})>();
}
}  // namespace

TEST_CASE("several tiles in a line, and filters for all kinds of panels") {
  constexpr Index W = A + 3;
  check_correlation<Conv2DSizes{
      6, 2, 3, 3 * L, {2, 3}, {2, 1}, {1, 2}, 6 * 4, 4, 2 * 3 * L, 3 * L}>();  // several lines
  check_correlation<Conv2DSizes{
      3, W, 3, 3 * L + 3, {2, 2}, {1, 2}, {2, 1}, 2 * W * 4, 4, W * (3 * L + 5), 3 * L + 5}>();
}

TEST_CASE("borders are not read where tiles are single lines or single taps, whatever strides and dilation") {
  in_borders<16, 2 * L>([]<Conv2DSizes G>() { check_correlation<G>(); });
  in_borders<4, L>([]<Conv2DSizes G>() { check_gradient<G>(); });
}

TEST_CASE("a weight gradient: several kernel rows at once, strides and dilation, channels among others") {
  check_gradient<Conv2DSizes{3, 4, 1, L, {2, 3}, {2, 1}, {3, 1}, 6, 1, 4 * L, L}>();
  check_gradient<Conv2DSizes{2, 3, 2, L, {3, 2}, {1, 3}, {2, 1}, 8 * 2, 2, 3 * L, L}>();
  check_gradient<Conv2DSizes{3, 2, 2, 2 * L + 1, {1, 3}, {1, 2}, {1, 2}, 7 * 5, 5, 2 * (2 * L + 3), 2 * L + 3}, 2>();
  check_gradient<Conv2DSizes{2, 3, 31, 4 * L, {1, 1}, 1, 1, 3 * 31, 31, 3 * 4 * L, 4 * L}>();  // 31 = 5 x 6 + 1
}

TEST_CASE("a weight gradient within borders: tiles of parts of taps, and strides") {
  // Five taps of three channels, of which a tile has one and a part of the next: where one lies in the image, both are read.
  check_gradient<Conv2DSizes{2, 7, 3, 4 * L, {1, 5}, 1, 1, 11 * 3, 3, 7 * 4 * L, 4 * L, {0, 2}, {3, 5}}>(0);
  check_gradient<bordered(4, L, {1, 3}, 1, 1, {0, 4}, {2, A / 2 - 1})>();
  check_gradient<bordered(1, L, {3, 2}, {2, 3}, 1, {3, 5}, {3, 3 * A / 2 - 5})>();
}

TEST_CASE("a weight gradient of more than the caches hold: in bands of an image, and some images at a time") {
  check_gradient<large(7, 64)>();
  check_gradient<large(3, 250)>();
  check_gradient<large(2, 32), 9>();
  check_gradient<large(2, 100), 3>();
  check_gradient<Conv2DSizes{
      5, 3, 2, L, {2, 1}, 1, 1, 32 * 1024, 2, 3 * L, L}>();  // more rows than columns, in bands of two
}

namespace {
template <Conv2DSizes G, int V>
Numbers tiles_of() {
  using T = GradientTiles<G, L, V, float>;
  return {T::runs, T::run, T::KROWS, T::R};
}
constexpr Conv2DSizes with_channels(Index channels, Size kernel, Size dilation = 1, Index x_pixel = 0) {
  const Index pixel = x_pixel ? x_pixel : channels;
  return {4, 5, channels, L, kernel, 1, dilation, 20 * pixel, pixel, 5 * L, L};
}
}  // namespace

TEST_CASE("the tiles of a weight gradient") {
  // 6 rows of 4 vectors; kernel rows together where they fit, whole taps where they fill more than half of the registers.
  CHECK(tiles_of<with_channels(1, {2, 3}), 4>() == Numbers{1, 3, 2, 3});
  CHECK(tiles_of<with_channels(1, {3, 3}), 4>() == Numbers{1, 3, 1, 3});
  CHECK(tiles_of<with_channels(2, {3, 1}), 4>() == Numbers{1, 2, 3, 2});
  CHECK(tiles_of<with_channels(4, {2, 3}), 4>() == Numbers{1, 12, 1, 4});
  CHECK(tiles_of<with_channels(3, {1, 4}), 4>() == Numbers{1, 12, 1, 6});
  CHECK(tiles_of<with_channels(6, {1, 3}), 4>() == Numbers{1, 18, 1, 6});
  CHECK(tiles_of<with_channels(7, {1, 2}), 4>() == Numbers{1, 14, 1, 5});
  CHECK(tiles_of<with_channels(2, {3, 4}, {1, 2}), 4>() == Numbers{4, 2, 1, 2});
  CHECK(tiles_of<with_channels(2, {3, 4}, {2, 1}), 4>() == Numbers{1, 8, 1, 4});
  CHECK(tiles_of<with_channels(2, {3, 4}, 1, 6), 4>() == Numbers{4, 2, 1, 2});
  CHECK(tiles_of<with_channels(A / 2, {1, 2}), 2>() == Numbers{1, A, 1, A / 2});
  CHECK(tiles_of<with_channels(A, {1, 1}), 1>() == Numbers{1, A, 1, A});

  // 256 kB of x and dy: rows of an image, or images.
  using Rows = GradientTiles<large(7, 64), L, 1, float>;
  CHECK((Rows::band == (Rows::row_bytes * 4 <= 256 * 1024 ? 4 : 3) && Rows::together == 1));
  CHECK(GradientTiles<large(3, 250), L, 1, float>::band == 1);
  CHECK(GradientTiles<large(3, 600), L, 1, float>::band == 1);
  constexpr Conv2DSizes G{8, 16, 4, L, 1, {2, 1}, 1, 512, 4, 16 * L, L};
  CHECK(GradientTiles<G, L, 1, float>::row_bytes == 4 * (1024 + 16 * L));
  CHECK(GradientTiles<G, L, 2, double>::row_bytes == 8 * (1024 + 32 * L));
  constexpr Conv2DSizes H{8, 16, 4, 8, 1, 1, 1, 128, 4, 128, 8};
  CHECK((GradientTiles<H, 8, 1, float>::together == 32 && GradientTiles<H, 8, 1, float>::band == 8));
}

TEST_CASE("channels in a round of a tile's loop: four, unless there are many sums and compiling would not pay") {
  CHECK((channels_together(16, 28, true) == 4 && channels_together(32, 9, true) == 4));
  CHECK((channels_together(33, 9, true) == 1 && channels_together(33, 8, true) == 4));
  CHECK((channels_together(16, 9, false) == 1 && channels_together(16, 8, false) == 4));
  CHECK((channels_together(3, 28, true) == 3 && channels_together(1, 28, true) == 1));
  CHECK(channels_together(0, 28, true) == 1);  // the merged taps of a kernel that strides leave none of
}
