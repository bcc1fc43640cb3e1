#include <doctest/doctest.h>

#include <limits>

#include "latent/datasets/split.hpp"

using namespace latent;
using namespace latent::datasets;

namespace {

/// `count` images of 2 x 3 pixels; the pixels of image i are 6 i ... 6 i + 5, its label is i.
LabelledImages numbered(Index count) {
  LabelledImages data{Tensor<4>(count, 2, 3, 1), {}};
  for (Index i = 0; i < data.images.size(); ++i) data.images.data()[i] = static_cast<float>(i);
  for (Index i = 0; i < count; ++i) data.labels.push_back(static_cast<int>(i));
  return data;
}

void check_pairs(const LabelledImages& part) {
  REQUIRE(static_cast<Index>(part.labels.size()) == part.images.dimension(0));
  for (std::size_t i = 0; i < part.labels.size(); ++i) {
    for (Index pixel = 0; pixel < 6; ++pixel) {
      CHECK(part.images.data()[static_cast<Index>(i) * 6 + pixel] == static_cast<float>(6 * part.labels[i] + pixel));
    }
  }
}

}  // namespace

TEST_CASE("every image goes with its label into exactly one part") {
  const auto [train, validation] = split(numbered(50), 0.3, Seed{1});
  CHECK(train.labels.size() == 35);
  CHECK(validation.labels.size() == 15);
  check_pairs(train);
  check_pairs(validation);
  std::vector<int> all = train.labels;
  all.insert(all.end(), validation.labels.begin(), validation.labels.end());
  CHECK(!std::is_sorted(all.begin(), all.end()));
  std::sort(all.begin(), all.end());
  CHECK(all == numbered(50).labels);
}

TEST_CASE("the seed decides, and tensors split as labelled images do") {
  const LabelledImages data = numbered(50);
  const auto a = split(data, 0.3, Seed{1}), b = split(data, 0.3, Seed{1}), c = split(data, 0.3, Seed{2});
  CHECK(a.validation.labels == b.validation.labels);
  CHECK(a.validation.labels != c.validation.labels);
  Tensor<2, double> rows(50, 1);
  for (Index i = 0; i < 50; ++i) rows(i, 0) = static_cast<double>(i);
  const auto [train, validation] = split(rows, 0.3, Seed{1});
  REQUIRE(validation.dimension(0) == 15);
  REQUIRE(train.dimension(0) == 35);
  for (Index i = 0; i < 15; ++i) CHECK(validation(i, 0) == a.validation.labels[static_cast<std::size_t>(i)]);
  for (Index i = 0; i < 35; ++i) CHECK(train(i, 0) == a.train.labels[static_cast<std::size_t>(i)]);
}

TEST_CASE("samples that are not there are not taken") {
  Tensor<2> rows(5, 2);
  rows.setRandom();
  CHECK(gather(rows, {4, 0}, 1, 1)(0, 1) == rows(0, 1));
  CHECK(gather(rows, {4, 0}, 2, 0).dimension(0) == 0);
  CHECK_THROWS_WITH_AS((void)gather(rows, {4, 5}, 0, 2), "gather: expected samples 0 to 4, received 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)gather(rows, {-1}, 0, 1), "gather: expected samples 0 to 4, received -1",
                       std::invalid_argument);
  for (const auto& [first, count] : {std::pair{1, 2}, {-1, 1}, {0, -1}, {3, 0}})
    CHECK_THROWS_AS((void)gather(rows, {4, 0}, first, count), std::invalid_argument);

  CHECK(slice(rows, 3, 2)(1, 0) == rows(4, 0));
  CHECK(slice(rows, 5, 0).dimension(0) == 0);
  CHECK(first_of(rows, 9).dimension(0) == 5);
  CHECK_THROWS_WITH_AS((void)slice(rows, 2, 4),
                       "slice(batch, first, count): expected samples within 0..5, received 4 samples from sample 2 on",
                       std::invalid_argument);
  for (const auto& [first, count] : {std::pair{-1, 1}, {0, -1}, {6, 0}})
    CHECK_THROWS_AS((void)slice(rows, first, count), std::invalid_argument);
}

TEST_CASE("samples of one label, by hand") {
  const Tensor<4> images = numbered(5).images;
  const std::vector<int> labels{3, 1, 3, 0, 3};
  const auto is = [&](int wanted) { return where(labels, [wanted](int label) { return label == wanted; }); };
  CHECK(is(3) == std::vector<Index>{0, 2, 4});
  CHECK(is(0) == std::vector<Index>{3});
  CHECK(is(7).empty());
  CHECK(where(std::vector<double>{0.5, -1, 2}, [](double value) { return value > 0; }) == std::vector<Index>{0, 2});
  CHECK(where(std::vector<int>{}, [](int) { return true; }).empty());
  CHECK(where(labels, 3) == is(3));
  CHECK(where(labels, 7).empty());
  LabelledImages data{images, labels};
  const auto [two, their_labels] = gather(data, {3, 2});
  CHECK(their_labels == std::vector<int>{0, 3});
  CHECK(two(0, 0, 0, 0) == 18);
  CHECK_THROWS_WITH_AS((void)gather(data, {5}), "gather: expected samples 0 to 4, received 5", std::invalid_argument);
  data.labels.pop_back();
  CHECK_THROWS_WITH_AS((void)gather(data, {1}), "gather: 5 images but 4 labels", std::invalid_argument);

  const Tensor<4> threes = gather(images, is(3));
  REQUIRE(threes.dimension(0) == 3);
  CHECK(threes.dimension(2) == 3);
  for (Index i = 0; i < 3; ++i) CHECK(threes(i, 1, 2, 0) == images(2 * i, 1, 2, 0));
  CHECK(gather(images, {4, 4, 1})(1, 0, 0, 0) == 24);
  CHECK(gather(images, is(7)).dimension(0) == 0);
  CHECK_THROWS_WITH_AS((void)gather(images, {0, 5}), "gather: expected samples 0 to 4, received 5",
                       std::invalid_argument);
}

TEST_CASE("wrong fractions, empty parts, missing labels") {
  const LabelledImages data = numbered(10);
  for (const double fraction : {0.0, 1.0, -0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(split(data, fraction, Seed{1}), doctest::Contains("between 0 and 1"), std::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(split(data, 0.01, Seed{1}), doctest::Contains("nothing for validation"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(split(data, 0.99, Seed{1}), doctest::Contains("nothing for training"), std::invalid_argument);
  CHECK_THROWS_AS(split(numbered(1), 0.5, Seed{1}), std::invalid_argument);
  CHECK_THROWS_AS(split(Tensor<2>(0, 3), 0.5, Seed{1}), std::invalid_argument);
  LabelledImages short_of_one = numbered(10);
  short_of_one.labels.pop_back();
  CHECK_THROWS_WITH_AS(split(short_of_one, 0.5, Seed{1}), doctest::Contains("10 images but 9 labels"),
                       std::invalid_argument);
}

TEST_CASE("how many samples are set aside, and which are taken, by hand") {
  CHECK(validation_count(10, 0.25) == 3);  // rounded, a half upwards
  CHECK(validation_count(10, 0.24) == 2);
  CHECK(validation_count(2, 0.5) == 1);
  CHECK(validation_count(10, 0.1) == 1);
  CHECK(validation_count(10, 0.9) == 9);
  CHECK_THROWS_WITH_AS(validation_count(10, 0.04),
                       "split: a fraction of 0.04 of 10 samples leaves nothing for validation", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validation_count(10, 0.96),
                       "split: a fraction of 0.96 of 10 samples leaves nothing for training", std::invalid_argument);
  CHECK_THROWS_WITH_AS(validation_count(10, 1), "split: expected a fraction between 0 and 1, received 1",
                       std::invalid_argument);
  Tensor<3> a(4, 2, 3), b(1, 2, 3);
  for (Index i = 0; i < a.size(); ++i) a.data()[i] = static_cast<float>(i);
  for (Index i = 0; i < b.size(); ++i) b.data()[i] = static_cast<float>(100 + i);
  const Tensor<3> part = gather(a, {3, 0, 2, 2}, 1, 3);
  REQUIRE(part.dimensions() == Tensor<3>(3, 2, 3).dimensions());
  const float first[] = {0, 12, 12};
  for (Index i = 0; i < 18; ++i) CHECK(part.data()[i] == first[i / 6] + static_cast<float>(i % 6));
  CHECK(gather(a, {3, 0}, 2, 0).size() == 0);
  CHECK_THROWS_WITH_AS((void)gather(a, {3, 0}, 1, 2),
                       "gather(samples, order, first, count): expected numbers within 0..2 of order, received 2 from "
                       "number 1 on",
                       std::invalid_argument);
  const Tensor<3> both = concatenate(a, b);
  REQUIRE(both.dimensions() == Tensor<3>(5, 2, 3).dimensions());
  for (Index i = 0; i < 30; ++i) CHECK(both.data()[i] == static_cast<float>(i < 24 ? i : 76 + i));
  CHECK_THROWS_WITH_AS((void)concatenate(a, Tensor<3>(1, 3, 3)), "concatenate: axis 1 has 2 and 3",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)concatenate(a, Tensor<3>(1, 2, 4)), "concatenate: axis 2 has 3 and 4",
                       std::invalid_argument);
}
