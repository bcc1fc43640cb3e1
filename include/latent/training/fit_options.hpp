/// The options of fit, evaluate and train_on_batch. Names and defaults are Keras's.
/// https://keras.io/api/models/model_training_apis/
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

#include "latent/core/does_not_fit.hpp"
#include "latent/core/source.hpp"
#include "latent/training/progress.hpp"

namespace latent {

namespace engine {
/// References to tensors, also to a single one.
template <class T>
struct Referred : std::type_identity<Tensors<T>> {};
template <class... T>
struct Referred<Tensors<T...>> : std::type_identity<Tensors<T...>> {};
}  // namespace engine

/// Inputs, targets and optional weights of the samples; or a source. Tensors and sources are not copied:
/// they must outlive the call that they are passed to.
template <class X, class Y>
struct Data {
  using Scalar = typename SourceFor<X, Y>::Scalar;

  std::optional<typename engine::Referred<X>::type> x;  ///< the inputs, unless there is a source
  std::optional<typename engine::Referred<Y>::type> y;  ///< the targets
  SampleWeight<Scalar> sample_weight;
  SourceFor<X, Y>* source = nullptr;  ///< batches instead of tensors

  Data() = default;
  /// Tensors, which must outlive it.
  Data(const X& inputs, const Y& targets, SampleWeight<Scalar> weights = {})
      : x(inputs), y(targets), sample_weight(std::move(weights)) {}
  /// A source, which must outlive it.
  Data(SourceFor<X, Y>& batches) : source(&batches) {}  // NOLINT: `.validation_data = source`
  /// Refuses tensors that do not fit the model, with a message.
  template <class A, class B>
    requires OtherTensors<A, X, B, Y>
  Data(const A&, const B&) {
    tensors_do_not_fit<A, X, B, Y>();
  }
  /// Whether there is any data.
  explicit operator bool() const { return x || source; }
};

/// The epochs after which there is a validation: every n-th, or those of a list, counted from 1.
class ValidationFreq {
 public:
  /// After every so many epochs.
  ValidationFreq(int every = 1) : every_(every) {}  // NOLINT: `.validation_freq = 2`
  /// After these epochs, counted from 1.
  ValidationFreq(std::initializer_list<int> epochs) : every_(0), epochs_(epochs) {}  // `.validation_freq = {1, 2, 10}`

  /// `epoch` counts from 0.
  bool has(int epoch) const {
    return every_ > 0 ? (epoch + 1) % every_ == 0
                      : std::find(epochs_.begin(), epochs_.end(), epoch + 1) != epochs_.end();
  }
  /// Throws std::invalid_argument for a number below 1.
  [[gnu::cold]] void check_options() const {
    check(every_ >= 1 || !epochs_.empty(), "fit: validation_freq is at least 1 or a list of epochs, received ", every_);
    for (const int epoch : epochs_) check(epoch >= 1, "fit: validation_freq: epochs count from 1, received ", epoch);
  }

 private:
  int every_;
  std::vector<int> epochs_;
};

/// @cond
/// Numbers without names, `{32, 10}`, are refused: in Keras the first is batch_size, here it would be epochs.
struct OptionsHaveNames {
  constexpr OptionsHaveNames() {}
};
/// @endcond

/// How to train.
template <class X, class Y>
struct FitOptions {
  using Scalar = typename Data<X, Y>::Scalar;

  /// @cond
  OptionsHaveNames options_have_names = {};
  /// @endcond
  int epochs = 1;         ///< the number of the last epoch: with an initial_epoch of 3 and 5 epochs, two are trained
  Index batch_size = 32;  ///< for tensors; a source has its own batches
  /// The share of the samples, taken from the end, that is used for validation instead of training. Not with a source.
  double validation_split = 0;
  Data<X, Y> validation_data =
      {};  ///< {x, y}, {x, y, sample_weight}, or a source; takes precedence over validation_split
  ValidationFreq validation_freq = {};  ///< after every n-th epoch, or after those of a list
  Index validation_batch_size = 0;      ///< 0: batch_size
  Index validation_steps = 0;           ///< batches of a validation; 0: all
  bool shuffle = true;  ///< reorder the samples of tensors, or the batches of a source, in every pass over the data
  std::optional<ProgressBar> verbose = ProgressBar{};  ///< nullopt for silence
  std::vector<Callback*> callbacks = {};               ///< called during the training, in this order
  /// Weights of the classes; 1 for a class that is not listed. A sample's class is its label, or the index of its largest target.
  std::map<int, double> class_weight = {};
  SampleWeight<Scalar> sample_weight = {};  ///< how much each sample counts in the loss and in weighted metrics
  Seed seed = {};                           ///< of the shuffling, and of layers that draw random numbers
  int threads = 0;                          ///< 0: as many as OpenMP offers; the results do not depend on it
  int initial_epoch = 0;                    ///< the epoch at which a resumed training starts
  Index steps_per_epoch = 0;  ///< batches of an epoch, which continues in the data where the last one ended; 0: all
  Index prefetch = 2;         ///< batches of a source that are read ahead, in a separate thread; 0: none
  /// The number of partial sums of the gradients of a step, which limits how many threads and processes can share it.
  /// The last digits of the results depend on it, but not on how the work is divided otherwise.
  Index lanes = 8;
};

/// How to evaluate.
template <class Scalar>
struct EvaluateOptions {
  /// 0: all samples together. Other batch sizes add in another order, which may change the last digits.
  Index batch_size = 0;
  SampleWeight<Scalar> sample_weight = {};
  Index steps = 0;  ///< batches; 0: all
  int threads = 0;
  Index prefetch = 2;  ///< batches read ahead from a source
};

/// How to take a step.
template <class Scalar>
struct StepOptions {
  SampleWeight<Scalar> sample_weight = {};
  std::map<int, double> class_weight = {};
  Seed seed = {};
  int threads = 0;
};

}  // namespace latent
