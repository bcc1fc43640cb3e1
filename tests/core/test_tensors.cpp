// Tensors, several of them together, sources of samples, and what is read ahead.
#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>

#include "latent/core/buffer.hpp"
#include "latent/core/does_not_fit.hpp"
#include "latent/core/function_ref.hpp"
#include "latent/core/parameters.hpp"
#include "latent/core/read_ahead.hpp"
#include "latent/core/source.hpp"
#include "latent/core/tensor.hpp"
#include "latent/core/tensors.hpp"
#include "latent/core/threads.hpp"
#include "latent/core/window.hpp"

using namespace latent;
using Numbers = std::vector<Index>;

namespace {
/// 0, 1, 2, ...
template <class T>
T counting(T tensor) {
  std::iota(tensor.data(), tensor.data() + tensor.size(), typename T::Scalar(0));
  return tensor;
}
template <class T>
std::vector<double> values(const T& tensor) {
  return {tensor.data(), tensor.data() + tensor.size()};
}
using Span = std::span<const Index>;
}  // namespace

TEST_CASE("tensors with numbers of another type: images / 255") {
  Tensor<2> x(1, 2);
  x.setValues({{51, 255}});
  const Tensor<2> a = x / 255, b = x / 255.0, c = x * 2 - 1, d = (x + 0.5) * 2.0, e = x.abs() / 3;
  CHECK((a(0, 0) == 51 / 255.0f && a(0, 1) == 1 && b(0, 0) == a(0, 0)));
  CHECK((c(0, 0) == 101 && c(0, 1) == 509 && d(0, 0) == 103 && e(0, 0) == 17));
  const Tensor<2, double> wide = x.cast<double>() / 255;
  CHECK(wide(0, 0) == 0.2);
  const Tensor<2> same = x / 255.0f + x - x * x / x;  // Eigen's own
  CHECK(same(0, 1) == 1);
}

TEST_CASE("tensor: some samples of a batch, and what cannot be some") {
  const auto batch = counting(Tensor<3, double>(4, 2, 3));
  CHECK(sample_size(batch) == 6);
  CHECK(sample_size(Tensor<1>(7)) == 1);
  const auto part = slice(batch, 1, 2);
  CHECK((part.dimension(0) == 2 && part.dimension(1) == 2 && part.dimension(2) == 3));
  CHECK((part.data()[0] == 6 && part.data()[11] == 17));
  CHECK(values(slice(batch, 0, 4)) == values(batch));
  CHECK((slice(batch, 4, 0).size() == 0 && slice(batch, 0, 0).size() == 0));
  const auto refused = [&](Index first, Index count, const char* message) {
    CHECK_THROWS_WITH_AS((void)slice(batch, first, count), message, std::invalid_argument);
  };
  refused(-1, 1, "slice(batch, first, count): expected samples within 0..4, received 1 samples from sample -1 on");
  refused(0, -1, "slice(batch, first, count): expected samples within 0..4, received -1 samples from sample 0 on");
  refused(5, 0, "slice(batch, first, count): expected samples within 0..4, received 0 samples from sample 5 on");
  refused(2, 3, "slice(batch, first, count): expected samples within 0..4, received 3 samples from sample 2 on");

  CHECK(values(first_of(batch, 1)) == values(slice(batch, 0, 1)));
  CHECK((first_of(batch, 0).dimension(0) == 4 && first_of(batch, 4).dimension(0) == 4 &&
         first_of(batch, 5).dimension(0) == 4));
  CHECK_THROWS_WITH_AS((void)first_of(batch, -1), "first_of(batch, count): expected a count of at least 0, received -1",
                       std::invalid_argument);
}

TEST_CASE("aligned_zeros begin at a line of the cache and are zeros, as many as are asked for") {
  for (const Index count : {0, 1, 15, 16, 17, 100}) {
    const auto memory = aligned_zeros<float>(count);
    CHECK(reinterpret_cast<std::uintptr_t>(memory.get()) % 64 == 0);
    CHECK(std::all_of(memory.get(), memory.get() + count, [](float value) { return value == 0; }));
  }
}

TEST_CASE("each: one tensor or several, as references") {
  auto a = counting(Tensor<2, double>(2, 3));
  Tensor<1, double> b(2);
  std::tuple both(a, b);
  CHECK(&std::get<0>(detail::each(a)) == &a);
  CHECK(&std::get<1>(detail::each(both)) == &std::get<1>(both));
  CHECK(&std::get<1>(detail::each(std::as_const(both))) == &std::get<1>(both));
  const Tensors<Tensor<2, double>, Tensor<1, double>> referring(a, b);
  CHECK((&std::get<0>(detail::each(referring)) == &a && &std::get<1>(detail::each(referring)) == &b));
  CHECK((detail::data_of(a)[0] == a.data() && detail::data_of(std::as_const(a))[0] == a.data()));
  CHECK(detail::data_of(Tensors<Tensor<1, double>>(b))[0] == b.data());
  CHECK((detail::data_of(referring)[0] == a.data() && detail::data_of(referring)[1] == b.data()));
}

TEST_CASE("samples_of and check_shapes: batches that belong together") {
  const Numbers row{3}, image{2, 2};
  const std::array<Span, 2> shapes{Span(row), Span(image)};
  const std::array<std::string, 2> names{"label", "image"};
  const Tensor<2> rows(4, 3), fewer(3, 3), wide(4, 2), none(0, 3);
  const Tensor<3> images(4, 2, 2), no_images(0, 2, 2), others(4, 2, 1);
  using Both = Tensors<Tensor<2>, Tensor<3>>;
  const auto samples = [&](const Both& both) { return detail::samples_of(both, shapes); };
  CHECK(samples(Both(rows, images)) == 4);
  CHECK((samples(Both(fewer, images)) == 0 && samples(Both(wide, images)) == 0 && samples(Both(rows, others)) == 0));
  CHECK((samples(Both(none, no_images)) == 0 && samples(Both(rows, no_images)) == 0));
  CHECK(detail::samples_of(rows, std::array{Span(row)}) == 4);
  CHECK(detail::samples_of(wide, std::array{Span(row)}) == 0);

  const auto checked = [&](const Both& both) { return detail::check_shapes(both, shapes, names, "predict"); };
  CHECK(checked(Both(rows, images)) == 4);
  CHECK_THROWS_WITH_AS(checked(Both(fewer, images)), "predict (image): expected 3 samples, received 4",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(checked(Both(rows, others)),
                       "predict (image): expected at least 1 sample of shape (2, 2), received 4 of shape (2, 1)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(checked(Both(none, no_images)),
                       "predict (label): expected at least 1 sample of shape (3,), received 0 of shape (3,)",
                       std::invalid_argument);
  const std::array<std::string, 1> name{"x"};
  CHECK(detail::check_shapes(rows, std::array{Span(row)}, name, "fit") == 4);
  CHECK(detail::check_shapes(Tensors<Tensor<2>>(fewer), std::array{Span(row)}, name, "fit") == 3);
  CHECK_THROWS_WITH_AS(detail::check_shapes(Tensors<Tensor<2>>(wide), std::array{Span(row)}, name, "fit"),
                       "fit: expected at least 1 sample of shape (3,), received 4 of shape (2,)",
                       std::invalid_argument);
}

TEST_CASE("does_not_fit: tensors of another rank, type or order, and what the message advises") {
  using Rows = Tensor<2>;
  CHECK((!OtherTensor<Rows, Rows> && OtherTensor<Tensor<3>, Rows> && OtherTensor<Tensor<2, double>, Rows>));
  CHECK(
      (OtherTensor<Eigen::Tensor<float, 2>, Rows> && OtherTensor<Numbers, Rows> && !OtherTensor<Rows, Tensors<Rows>>));
  CHECK((!OtherTensor<Source<Rows, Rows>, Rows> && !OtherTensors<Source<Rows, Rows>, Rows, Tensor<3>, Rows>));
  CHECK((OtherTensors<Rows, Rows, Tensor<3>, Rows> && OtherTensors<Tensor<3>, Rows, Rows, Rows> &&
         !OtherTensors<Rows, Rows, Rows, Rows>));
  const auto advises = []<class Given, class Wanted, class Hint>(Given*, Wanted*, Hint) {
    return std::is_same_v<decltype(detail::hint<Given, Wanted, false>()), Hint>;
  };
  using detail::hint;  // of targets
  CHECK(std::is_same_v<decltype(hint<Tensor<1>, Rows, true>()),
                       class_numbers_need_SparseCategoricalCrossentropy_or_to_categorical_and_numbers_as_rows>);
  CHECK(std::is_same_v<decltype(hint<Rows, Tensor<1>, true>()), one_hot_rows_need_CategoricalCrossentropy>);
  CHECK(std::is_same_v<decltype(hint<Rows, Tensor<4>, true>()), is_a_Flatten_missing_before_a_Dense>);
  Rows* rows = nullptr;
  Tensor<1>* row = nullptr;
  Tensor<3>* sequence = nullptr;
  Tensor<4>* images = nullptr;
  CHECK(advises(sequence, images, a_single_sample_is_a_batch_of_one{}));
  CHECK(advises(row, rows, a_single_sample_is_a_batch_of_one{}));
  CHECK(advises(rows, sequence, is_a_Flatten_missing_before_a_Dense{}));
  CHECK(advises(images, rows, is_a_Flatten_missing_before_a_Dense{}));
  CHECK(advises(static_cast<Tensor<2, double>*>(nullptr), rows, another_scalar_type_is_converted_by_cast{}));
  CHECK(advises(static_cast<Eigen::Tensor<float, 2>*>(nullptr), rows, a_tensor_is_row_major{}));
  struct Data {
    int images;
  };
  CHECK(advises(static_cast<Data*>(nullptr), rows, a_data_set_has_images_and_labels{}));
  CHECK(advises(static_cast<std::vector<int>*>(nullptr), rows, labels_are_converted_by_as_tensor_or_to_categorical{}));
  CHECK(advises(rows, static_cast<Tensors<Rows, Rows>*>(nullptr), several_tensors_stand_in_braces{}));
  CHECK(advises(static_cast<int*>(nullptr), rows, a_tensor_is_wanted{}));
}

namespace {
/// Rows whose one number is that of the sample.
struct Counted : SampleSource<Tensor<2>, Tensor<2>> {
  Counted(Index samples, const BatchOptions& options) : SampleSource(samples, options) {}
  Batch read(const Numbers& numbers) override {
    Batch batch{Tensor<2>(static_cast<Index>(numbers.size()), 1)};
    std::copy(numbers.begin(), numbers.end(), batch.x.data());
    return batch;
  }
};
}  // namespace

TEST_CASE("source: batches of samples, in order or in that of an epoch") {
  Counted source(7, {.batch_size = 3});
  CHECK((source.size() == 3 && source.samples() == 7 && source.shuffles()));
  CHECK((Counted(6, {.batch_size = 3}).size() == 2 && Counted(1, {.batch_size = 3}).size() == 1));
  CHECK((BatchOptions{}.batch_size == 32 && BatchOptions{}.shuffle && BatchOptions{}.seed.value == 0));
  Counted in_order(7, {.batch_size = 3, .shuffle = false});
  CHECK_FALSE(in_order.shuffles());
  CHECK(in_order.batch(0).samples == Numbers{0, 1, 2});
  CHECK(in_order.batch(2).samples == Numbers{6});
  CHECK(values(in_order.batch(1).x) == std::vector<double>{3, 4, 5});
  CHECK(values(in_order.batch(1).targets()) == std::vector<double>{3, 4, 5});

  const auto order = [&](Index epoch) {
    const auto all = order_of_pass(7, true, Seed{}, epoch);
    return Numbers(all.begin() + 3, all.begin() + 6);
  };
  CHECK(source.batch(1).samples == order(0));  // the first epoch, unless another has begun
  source.on_epoch_begin(2);
  CHECK(source.batch(1).samples == order(2));
  CHECK(order(0) != order(2));

  CHECK_THROWS_WITH_AS(source.batch(3), "a source of batches: expected batch 0 to 2, received 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(source.batch(-1), "a source of batches: expected batch 0 to 2, received -1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Counted(7, {.batch_size = 0}), "a source of batches: batch_size is at least 1, received 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Counted(0, {}), "a source of batches: expected at least 1 sample, received 0",
                       std::invalid_argument);
  CHECK((Counted(1, {.batch_size = 1}).size() == 1));
}

TEST_CASE("source: targets of their own, weights, and sources that say nothing of themselves") {
  struct Plain : Source<Tensor<2>, Tensor<2>> {
    Index size() const override { return 1; }
    Batch batch(Index) override { return {Tensor<2>(2, 1), counting(Tensor<2>(2, 3))}; }
  } plain;
  CHECK(plain.batch(0).targets().dimension(1) == 3);
  CHECK_FALSE(plain.shuffles());
  CHECK((SampleWeight<float>{}.empty() && plain.batch(0).sample_weight.empty() && plain.batch(0).samples.empty()));
  const SampleWeight<float> one(std::vector<float>{1, 2}), each{{1}, {2}}, tensor(counting(Tensor<1>(3)));
  CHECK((!one.empty() && one.of_loss.size() == 1 && one.of_loss[0][1] == 2));
  CHECK((each.of_loss.size() == 2 && tensor.of_loss[0] == std::vector<float>{0, 1, 2}));
}

TEST_CASE("read_ahead: all in order, as far ahead as is allowed, and what is thrown in its place") {
  for (const Index ahead : {0, 1, 3}) {
    std::atomic<Index> made{0}, taken{0}, most{0};
    {
      ReadAhead<Index> reader(
          [&](Index i) {
            ++made;
            most = std::max(most.load(), made - taken);
            return 10 * i;
          },
          20, ahead);
      for (Index i = 0; i < 15; ++i) {
        CHECK(reader.next() == 10 * i);
        ++taken;
      }
    }
    CAPTURE(ahead);
    CHECK(most <= ahead + 2);  // one is being made, one has been handed over
    CHECK(made <= 15 + ahead + 1);
    ReadAhead<Index> failing(
        [](Index i) {
          if (i == 2) throw std::domain_error("the third cannot be read");
          return i;
        },
        5, ahead);
    CHECK((failing.next() == 0 && failing.next() == 1));
    CHECK_THROWS_WITH_AS(failing.next(), "the third cannot be read", std::domain_error);
  }
}

TEST_CASE("read_ahead: each is made once, and no more than there are") {
  std::atomic<Index> made{0};
  ReadAhead<Index> reader([&](Index i) { return ++made, i; }, 3, 9);
  for (Index i = 0; i < 3; ++i) CHECK(reader.next() == i);
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  CHECK(made == 3);
}

#ifdef __linux__
TEST_CASE("read_ahead: with nothing ahead there is no thread, and never more are made than may wait") {
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
  };
  const auto before = threads();
  ReadAhead<Index> direct([](Index i) { return i; }, 5, 0);
  CHECK(threads() == before);
  std::atomic<Index> made{0};
  ReadAhead<Index> ahead([&](Index i) { return ++made, i; }, 5, 2);
  CHECK(threads() == before + 1);
  while (made < 2) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  CHECK(made == 2);
}
#endif

TEST_CASE("function_ref and parameters: small ones") {
  const FunctionRef<int(int)> nothing;
  const auto twice = [](int n) { return 2 * n; };
  const FunctionRef<int(int)> something = twice;
  CHECK((!nothing && something && something(21) == 42));
  CHECK((NamedTensor<float>{"a", {2, 3}, nullptr}.size() == 6 && NamedTensor<float>{"a", {}, nullptr}.size() == 1));
  CHECK(NamedTensor<float>{"a", {}, nullptr}.trainable);
}

TEST_CASE("threads: how many a piece of work is worth") {
  const double half_a_million = 500'000;
  CHECK((team_size(3, "test", 0) == 1 && team_size(3, "test", 1.9 * half_a_million) == 1));
  CHECK((team_size(3, "test", 2 * half_a_million) == 2 && team_size(3, "test", 2.9 * half_a_million) == 2));
  CHECK((team_size(3, "test", 3 * half_a_million) == 3 && team_size(3, "test", 1e30) == 3));
  CHECK_THROWS_WITH_AS(team_size(-1, "test"), "test: threads is within 0..1024, received -1", std::invalid_argument);
  CHECK_NOTHROW(team_size(1024, "test"));
  CHECK_THROWS_WITH_AS(set_threads(1025), "set_threads: threads is within 1..1024, received 1025",
                       std::invalid_argument);
  Kept kept;
  CHECK_FALSE(kept.any());
  kept.run([] { throw std::domain_error("first"); });
  kept.run([] { throw std::domain_error("second"); });
  CHECK(kept.any());
  CHECK_THROWS_WITH_AS(kept.rethrow(), "first", std::domain_error);
  CHECK_FALSE(kept.any());
  CHECK_NOTHROW(kept.rethrow());
  CHECK((processors() >= 1 && !threads_are_lost()));
}

TEST_CASE("window: sizes and margins") {
  CHECK((Size(3).height == 3 && Size(3).width == 3 && Size(3, 5).height == 3 && Size(3, 5).width == 5));
  CHECK((at_least_1(Size{1, 1}) && !at_least_1(Size{0, 1}) && !at_least_1(Size{1, 0})));
  const auto sides = [](Margin m) { return Numbers{m.top, m.bottom, m.left, m.right}; };
  CHECK(sides(2) == Numbers{2, 2, 2, 2});
  CHECK(sides(Size{2, 1}) == Numbers{2, 2, 1, 1});
  CHECK(sides(Border{.top = 1, .bottom = 2, .left = 3, .right = 4}) == Numbers{1, 2, 3, 4});
  CHECK(Margin(0).at_least_0());
  for (const Border& below : {Border{.top = -1}, Border{.bottom = -1}, Border{.left = -1}, Border{.right = -1}})
    CHECK_FALSE(Margin(below).at_least_0());
}
