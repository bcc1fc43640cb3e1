/// A source gives batches that are not all in memory at once, as Keras's PyDataset does.
///
///     struct Squares : Source<Tensor<2>, Tensor<2>> {
///       Index size() const override { return 1000; }                    // batches in an epoch: __len__
///       Batch batch(Index i) override { return {x, y}; }                // batch i: __getitem__
///     };
///     Squares squares;
///     trainer.fit(squares, {.epochs = 10});
///
/// https://keras.io/api/utils/python_utils/#pydataset-class
#pragma once

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "latent/core/random.hpp"
#include "latent/core/tensors.hpp"

namespace latent {

/// How much each sample counts in the loss: one number for each sample; or, for a model with several losses, a list for
/// each loss, in the order of the outputs. Empty: all count 1.
template <class Scalar>
struct SampleWeight {
  std::vector<std::vector<Scalar>> of_loss;  ///< one for all losses, or one for each

  SampleWeight() = default;
  /// One number for each sample, in all losses.
  SampleWeight(std::vector<Scalar> weights) : of_loss{std::move(weights)} {}  // NOLINT
  /// The same, as a tensor.
  SampleWeight(const Tensor<1, Scalar>& weights)
      : of_loss{{weights.data(), weights.data() + weights.size()}} {}  // NOLINT
  /// `{of_digit, of_image}`
  SampleWeight(std::initializer_list<std::vector<Scalar>> each) : of_loss(each) {}

  /// Whether all samples count 1.
  bool empty() const { return of_loss.empty(); }
};

namespace detail {
template <class X>
struct LeadingTensor : std::type_identity<X> {};
template <class T, class... More>
struct LeadingTensor<std::tuple<T, More...>> : std::type_identity<T> {};

/// The owning type for tensors: a std::tuple for `Tensors`, which only refers to them.
template <class X>
struct OwnedOf : std::type_identity<X> {};
template <class... T>
struct OwnedOf<Tensors<T...>> : std::type_identity<std::tuple<T...>> {};
}  // namespace detail

/// Batches by number. `fit` reads them ahead in a separate thread, so nothing else may use the source meanwhile; its
/// functions are called one at a time. Their exceptions reach the caller of `fit` after the steps on the batches before.
///
/// A training that is resumed reads the remaining batches only. To get the same bits, a batch must be a function
/// of its number and of the epoch alone.
template <class X_, class Y_>
class Source {
 public:
  using X = X_;  ///< a tensor, or a std::tuple of tensors: the inputs
  using Y = Y_;  ///< the same for the targets
  using Scalar = typename detail::LeadingTensor<X>::type::Scalar;

  /// Inputs and targets of some samples; a std::tuple of tensors for a model with several inputs (several losses). An empty
  /// tensor y means that the targets are x, as for an auto-encoder: `return {x}`.
  struct Batch {
    X x;       ///< the inputs
    Y y = {};  ///< the targets
    SampleWeight<Scalar> sample_weight = {};
    /// The indices of the samples in the data set, from which `Augmented` draws its random numbers. Empty: their places in the epoch.
    std::vector<Index> samples = {};

    /// The targets: x if y is empty.
    const Y& targets() const {
      if constexpr (std::is_same_v<X, Y> && requires { y.size(); })
        return y.size() == 0 ? x : y;
      else
        return y;
    }
  };

  virtual ~Source() = default;
  /// Batches in an epoch. 0: there is no end; `fit` then needs `steps_per_epoch`.
  virtual Index size() const = 0;
  /// Batch i, 0 <= i < size(), of the epoch.
  virtual Batch batch(Index i) = 0;
  /// Called before the first batch of an epoch, also if a training is resumed within it. `epoch` counts the passes over the
  /// source in all calls of `fit`. `evaluate` and validation start epoch 0 each time.
  virtual void on_epoch_begin(Index /*epoch*/) {}
  /// Called after the last batch of an epoch has been used.
  virtual void on_epoch_end() {}
  /// Whether the source shuffles its samples itself. `fit` then takes the batches in order; otherwise it
  /// shuffles the batches, unless its option `shuffle` is false.
  virtual bool shuffles() const { return false; }
};

/// Options of a source with random access to its samples.
struct BatchOptions {
  Index batch_size = 32;  ///< samples in a batch; the last batch may have fewer
  bool shuffle = true;    ///< the samples, anew in every epoch, in the order in which `fit` shuffles tensors
  Seed seed = {};         ///< of the shuffling; with the seed of `fit`, the bits are those of tensors in memory
};

/// A source with random access to its samples.
template <class X, class Y>
class SampleSource : public Source<X, Y> {
 public:
  using typename Source<X, Y>::Batch;

  /// Batches in an epoch.
  Index size() const override { return (samples_ + options_.batch_size - 1) / options_.batch_size; }
  /// Samples in an epoch.
  Index samples() const { return samples_; }
  /// Reads the samples of batch i. Throws std::invalid_argument if there is no such batch.
  Batch batch(Index i) final {
    check(i >= 0 && i < size(), "a source of batches: expected batch 0 to ", size() - 1, ", received ", i);
    if (order_.empty()) on_epoch_begin(0);
    const Index first = i * options_.batch_size, end = std::min(samples_, first + options_.batch_size);
    std::vector<Index> numbers(order_.begin() + first, order_.begin() + end);
    Batch batch = read(numbers);
    batch.samples = std::move(numbers);
    return batch;
  }
  void on_epoch_begin(Index epoch) override {
    order_ = order_of_pass(samples_, options_.shuffle, options_.seed, epoch);
  }
  /// Whether the samples are shuffled.
  bool shuffles() const override { return options_.shuffle; }

 protected:
  /// Throws std::invalid_argument for a batch size below 1, and if there are no samples.
  SampleSource(Index samples, const BatchOptions& options) : samples_(samples), options_(options) {
    check(options.batch_size >= 1, "a source of batches: batch_size is at least 1, received ", options.batch_size);
    check(samples >= 1, "a source of batches: expected at least 1 sample, received ", samples);
    options_.batch_size = std::min(options.batch_size, samples);
  }
  /// Reads the samples of these numbers.
  virtual Batch read(const std::vector<Index>& numbers) = 0;

 private:
  Index samples_;
  BatchOptions options_;
  std::vector<Index> order_;
};

/// The kind of source that a model with inputs X and targets Y (a tensor, or Tensors of several) reads.
template <class X, class Y>
using SourceFor = Source<typename detail::OwnedOf<X>::type, typename detail::OwnedOf<Y>::type>;

}  // namespace latent
