/// A source around another source that changes its images at random, differently in every epoch.
///
///     TensorSource digits(train.images, train.images, {.batch_size = 128});
///     Augmented turned(digits, Seed{1}, augment::RandomRotation(0.05), augment::RandomTranslation(0.1, 0.1));
///     trainer.fit(turned, {.epochs = 10});
#pragma once

#include <algorithm>
#include <functional>

#include "latent/core/source.hpp"
#include "latent/datasets/augment.hpp"

namespace latent {

/// Changes the inputs of another source, one change after the other. Changes that move pixels also apply to targets that
/// are images of the same height and width; noise is added to inputs only. The changes of a sample are a function of
/// the seed, the epoch and the sample's index: the same in any batch, on any number of threads, and after resuming a training.
template <class X, class Y>
class Augmented final : public Source<X, Y> {
 public:
  using typename Source<X, Y>::Batch;
  using Image = augment::Image<typename X::Scalar>;  ///< The image that an augmentation works on.

  /// The other source must outlive this one.
  template <class... Changes>
  Augmented(Source<X, Y>& source, Seed seed, const Changes&... changes) : source_(source), seed_(seed) {
    static_assert(X::NumDimensions == 4, "latent: Augmented changes images, Tensor<4>");
    (changes_.push_back(
         {Changes::moves, [change = changes](const Image& image, const Random& r) { change(image, r); }}),
     ...);
  }

  Index size() const override { return source_.size(); }
  void on_epoch_begin(Index epoch) override {
    epoch_ = epoch;
    source_.on_epoch_begin(epoch);
  }
  void on_epoch_end() override { source_.on_epoch_end(); }
  bool shuffles() const override { return source_.shuffles(); }

  Batch batch(Index i) override {
    Batch batch = source_.batch(i);
    check(batch.samples.empty() || static_cast<Index>(batch.samples.size()) == batch.x.dimension(0),
          "Augmented: batch ", i, ": ", batch.x.dimension(0), " inputs but ", batch.samples.size(),
          " numbers of samples");
    if constexpr (std::is_same_v<X, Y>) {  // noise is for the inputs alone
      const auto noise = [](const Change& change) { return !change.moves; };
      if (batch.y.size() == 0 && std::any_of(changes_.begin(), changes_.end(), noise)) batch.y = batch.x;
    }
    for (Index n = 0; n < batch.x.dimension(0); ++n) {
      const Index number = batch.samples.empty() ? (i << 24) + n : batch.samples[static_cast<std::size_t>(n)];
      for (std::size_t k = 0; k < changes_.size(); ++k) {
        const auto& [moves, change] = changes_[k];
        const Random random = of_sample(number, static_cast<std::uint32_t>(k));
        change(image(batch.x, n), random);
        if constexpr (std::is_same_v<X, Y>) {
          const bool alike =
              batch.y.dimension(1) == batch.x.dimension(1) && batch.y.dimension(2) == batch.x.dimension(2);
          if (moves && alike) change(image(batch.y, n), random);
        }
      }
    }
    return batch;
  }

 private:
  struct Change {
    bool moves;
    std::function<void(const Image&, const Random&)> make;
  };

  static Image image(X& images, Index n) {
    return {images.data() + n * sample_size(images), images.dimension(1), images.dimension(2), images.dimension(3)};
  }
  /// A stream for each sample, whose seed is a number of the stream of the epoch.
  Random of_sample(Index number, std::uint32_t change) const {
    const double u = Random(seed_, Purpose::augmentation, change, static_cast<std::uint32_t>(epoch_)).uniform(number);
    return {Seed{static_cast<std::uint64_t>(u * 0x1p53)}, Purpose::augmentation, change};
  }

  Source<X, Y>& source_;
  Seed seed_;
  std::vector<Change> changes_;
  Index epoch_ = 0;
};

}  // namespace latent
