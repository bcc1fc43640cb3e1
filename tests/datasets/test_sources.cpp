// Sources that read a batch at a time, and images that are changed at random.
#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "datasets/batches.hpp"
#include "files.hpp"
#include "latent/sources.hpp"

using namespace latent;

namespace {

Tensor<4> numbered(Index count) {
  Tensor<4> x(count, 4, 5, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 97) / 97;
  return x;
}

}  // namespace

TEST_CASE("tensors as a source: every sample once an epoch, in another order in each, weights and targets with it") {
  const Tensor<4> x = numbered(11);
  Tensor<2> y(11, 1);
  std::vector<float> weights;
  for (Index n = 0; n < 11; ++n) y(n, 0) = static_cast<float>(n), weights.push_back(static_cast<float>(10 * n));
  TensorSource source(x, y, {.batch_size = 4, .seed = 7}, weights);
  CHECK(source.size() == 3);
  std::vector<float> orders[2];
  for (const Index epoch : {0, 1}) {
    source.on_epoch_begin(epoch);
    for (Index i = 0; i < 3; ++i) {
      const auto batch = source.batch(i);
      CHECK(batch.x.dimension(0) == (i < 2 ? 4 : 3));
      for (Index n = 0; n < batch.x.dimension(0); ++n) {
        const Index number = batch.samples[static_cast<std::size_t>(n)];
        orders[epoch].push_back(batch.y(n, 0));
        CHECK(batch.y(n, 0) == static_cast<float>(number));
        CHECK(batch.sample_weight.of_loss[0][static_cast<std::size_t>(n)] == static_cast<float>(10 * number));
        CHECK(values(slice(batch.x, n, 1)) == values(slice(x, number, 1)));
      }
    }
    CHECK(std::set(orders[epoch].begin(), orders[epoch].end()).size() == 11);
  }
  CHECK(orders[0] != orders[1]);
  TensorSource in_order(x, x, {.batch_size = 3, .shuffle = false});
  CHECK(all(in_order, 5) == values(x));
  CHECK(!in_order.shuffles());
  CHECK(in_order.batch(0).y.size() == 0);  // the targets are the inputs, not a copy of them
  Tensor<4> other = x;
  other.data()[0] = -1;
  TensorSource of_another(x, other, {.batch_size = 3, .shuffle = false});
  CHECK(of_another.batch(0).targets().data()[0] == -1);
  const Tensor<2> fewer(10, 1);
  CHECK_THROWS_WITH_AS((TensorSource(x, fewer)), "TensorSource: 11 inputs but 10 targets", std::invalid_argument);
  CHECK_THROWS_AS((TensorSource(x, y, {.batch_size = 0})), std::invalid_argument);
}

TEST_CASE("a function as a source") {
  auto source = generated(3, [](Index i, Index epoch) {
    Tensor<2> x(2, 1);
    x.setConstant(static_cast<float>(10 * epoch + i));
    return Source<Tensor<2>, Tensor<2>>::Batch{x, x};
  });
  CHECK(source.batch(2).x(0, 0) == 2);  // of the first epoch, unless another has begun
  CHECK(all(source, 2) == std::vector<float>{20, 20, 21, 21, 22, 22});
}

TEST_CASE("augmented: fresh in each epoch, the same for a sample in any batch, targets move along and stay clean") {
  const Tensor<4> x = numbered(10);
  const auto changed = [&](const BatchOptions& options, Index epoch, bool targets, const auto&... changes) {
    TensorSource source(x, x, options);
    Augmented augmented(source, Seed{5}, changes...);
    return all(augmented, epoch, targets);
  };
  const augment::RandomRotation turn(0.25);
  const augment::GaussianNoise noise{.stddev = 0.5, .clip = true};
  const BatchOptions in_order{.batch_size = 4, .shuffle = false}, others{.batch_size = 3, .shuffle = false};
  const auto first = changed(in_order, 0, false, turn, noise);
  TensorSource unbegun(x, x, in_order);
  CHECK(values(Augmented(unbegun, Seed{5}, turn, noise).batch(0).x) ==
        std::vector<float>(first.begin(), first.begin() + 160));
  CHECK(first == changed(in_order, 0, false, turn, noise));
  CHECK(first == changed(others, 0, false, turn, noise));
  CHECK(first != changed(in_order, 1, false, turn, noise));
  CHECK(*std::max_element(first.begin(), first.end()) <= 1);
  CHECK(*std::min_element(first.begin(), first.end()) >= 0);
  const auto target = changed(in_order, 0, true, turn, noise);
  CHECK(target == changed(in_order, 0, false, turn));
  CHECK(target != values(x));
  CHECK(changed(in_order, 3, true, noise) == values(x));
  // Two samples of an epoch are not changed alike: of equal images no two are equal.
  Tensor<4> same(6, 4, 5, 2);
  for (Index i = 0; i < same.size(); ++i) same.data()[i] = static_cast<float>(i % 40) / 40;
  TensorSource source(same, same, {.batch_size = 2});
  Augmented augmented(source, Seed{5}, turn);
  const auto turned = all(augmented, 0);
  for (std::size_t n = 1; n < 6; ++n)
    CHECK(!std::equal(turned.begin(), turned.begin() + 40, turned.begin() + static_cast<std::ptrdiff_t>(40 * n)));
}

TEST_CASE("batches that are not there, no samples, and noise that is none") {
  const Tensor<4> x = numbered(10);
  TensorSource source(x, x, {.batch_size = 4});
  CHECK(source.batch(2).x.dimension(0) == 2);
  for (const Index i : {-1, 3})
    CHECK_THROWS_WITH_AS(source.batch(i), text("a source of batches: expected batch 0 to 2, received ", i).c_str(),
                         std::invalid_argument);
  const Tensor<4> none = slice(x, 0, 0);
  CHECK_THROWS_WITH_AS(TensorSource(none, none), "a source of batches: expected at least 1 sample, received 0",
                       std::invalid_argument);
  for (const double stddev :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    Augmented noisy(source, Seed{1}, augment::GaussianNoise{.stddev = stddev});
    CHECK_THROWS_WITH_AS(noisy.batch(0),
                         text("augment::GaussianNoise: stddev is at least 0, received ", stddev).c_str(),
                         std::invalid_argument);
  }
  auto counted = generated(1, [&](Index, Index) { return Source<Tensor<4>, Tensor<4>>::Batch{x, x, {}, {1, 2}}; });
  Augmented wrong(counted, Seed{1}, augment::RandomFlip{});
  CHECK_THROWS_WITH_AS(wrong.batch(0), "Augmented: batch 0: 10 inputs but 2 numbers of samples", std::invalid_argument);
  CHECK_THROWS_AS(augment::RandomRotation{std::numeric_limits<double>::quiet_NaN()}, std::invalid_argument);
}

TEST_CASE("augmented: a stream for each sample, change and epoch; targets of another size are left alone") {
  const augment::RandomRotation turn(0.25);
  const augment::RandomFlip flip{};
  const augment::GaussianNoise noise{.stddev = 0.1};
  for (const bool numbers : {false, true})
    for (const Index other : {0, 1, 2}) {  // targets of the same size, of another height, of another width
      Tensor<4> x = numbered(3), y(3, other == 1 ? 5 : 4, other == 2 ? 4 : 5, 2);
      for (Index i = 0; i < y.size(); ++i) y.data()[i] = static_cast<float>(i % 31);
      auto made = generated(3, [&](Index, Index) {
        Source<Tensor<4>, Tensor<4>>::Batch batch{x, y};
        if (numbers) batch.samples = {5, 0, 7};
        return batch;
      });
      Augmented augmented(made, Seed{8}, turn, flip, noise);
      augmented.on_epoch_begin(4);
      const auto batch = augmented.batch(2);
      Tensor<4> expected_x = x, expected_y = y;
      const Index order[] = {5, 0, 7};
      for (Index n = 0; n < 3; ++n)
        for (std::uint32_t k : {0u, 1u, 2u}) {
          const Index number = numbers ? order[n] : 2 * (Index{1} << 24) + n;
          const double u = Random(Seed{8}, Purpose::augmentation, k, 4).uniform(number);
          const Random random(Seed{static_cast<std::uint64_t>(u * 0x1p53)}, Purpose::augmentation, k);
          const auto change = [&](Tensor<4>& images) {
            const augment::Image<float> image{images.data() + n * sample_size(images), images.dimension(1),
                                              images.dimension(2), images.dimension(3)};
            k == 0 ? turn(image, random) : k == 1 ? flip(image, random) : noise(image, random);
          };
          change(expected_x);
          if (other == 0 && k < 2) change(expected_y);
        }
      CHECK(values(batch.x) == values(expected_x));
      CHECK(values(batch.y) == values(expected_y));
    }
}
