/// The end of a training step: adds up the gradients of the lanes (models/lanes.hpp), clips them, lets the parameters decay and takes the
/// optimiser's step.
///
/// Threads share pieces of at most 1024 parameters of one tensor. A norm is the sum of its pieces' squares, added
/// in order, so clipped gradients have the same bits for any number of threads, too. Only clipping by norm, which has
/// to know all gradients before the first step, passes over them twice.
#pragma once

#include <atomic>
#include <cctype>
#include <limits>
#include <vector>

#include "latent/core/buffer.hpp"
#include "latent/core/parameters.hpp"
#include "latent/core/team.hpp"
#include "latent/models/lanes.hpp"
#include "latent/optimizers/optimizer.hpp"
#include "latent/training/state.hpp"

namespace latent::engine {

LATENT_COMPILED_ONCE_BEGIN
template <class Scalar>
class Updater {
 public:
  virtual ~Updater() = default;

  /// "adam"... of the optimiser.
  virtual const char* name() const = 0;
  LearningRate& learning_rate() { return learning_rate_; }

  /// Visits steps, learning rate and the optimiser's state of the parameters: "adam/m/dense/kernel".
  [[gnu::cold]] void state(TrainingState& state) {
    state.must_be("optimizer",
                  text(name(), ", ", slots_, " slots, clipnorm ", exact(clipnorm_), ", clipvalue ", exact(clipvalue_),
                       ", global_clipnorm ", exact(global_clipnorm_), ", weight_decay ", exact(weight_decay_),
                       ", and others, such as beta_1, momentum or epsilon, by which 1 becomes ", trial()));
    state.must_be("learning_rate", schedule());
    state("steps", steps_, Index{0});
    if (!learning_rate_.is_schedule()) {
      double rate = learning_rate_(0);
      state("learning_rate", rate);
      learning_rate_ = rate;
    }
    std::string group = name();  // Adam's is "adam"
    for (char& letter : group) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    state.under(group, [&](TrainingState& of_optimizer) {
      for (int slot = 0; slot < slots_; ++slot)
        for (const auto& [tensor, first, count] : trained_)
          of_optimizer(text(slot_name(slot), "/", tensor),
                       std::span(state_.get() + slot * size_ + first, static_cast<std::size_t>(count)));
    });
  }
  Index steps() const { return steps_; }
  /// The tensors that weight decay makes smaller: as in Keras not those without a gradient, a branch that no loss reads. At first all.
  void decay_only(std::vector<bool> tensors) { decays_ = std::move(tensors); }

  /// Computes the learning rate of the next step, before the parallel region because a schedule may throw. Throws
  /// std::invalid_argument if it is negative, infinite or NaN.
  void choose_rate() {
    rate_ = learning_rate_(steps_);
    check(rate_ >= 0 && std::isfinite(rate_), name(), ": the learning rate of step ", steps_ + 1, " is ", rate_,
          "; expected a number of at least 0");
    correct_rate(steps_ + 1, rate_);
  }

  /// Adds the gradients of the lanes into the first, on `threads` threads.
  void add(Scalar* gradients, Index lanes, int team) const {
    share_out(team, static_cast<Index>(pieces_.size()),
              [&](Index i, int) { sum_of_lanes(pieces_[static_cast<std::size_t>(i)], gradients, lanes); });
  }

  /// Takes the step, on `threads` threads. `gradients` holds one buffer for each lane, one after the other; the first becomes
  /// their clipped sum.
  void update(Scalar* parameters, Scalar* gradients, Index lanes, int team) {
    const Index count = static_cast<Index>(pieces_.size());
    const bool by_norm = clipnorm_ > 0 || global_clipnorm_ > 0;
    if (by_norm) {
      share_out(team, count, [&](Index i, int) { measure(static_cast<std::size_t>(i), gradients, lanes); });
      find_factors();
    }
    share_out(team, count, [&](Index i, int) {
      const Piece& piece = pieces_[static_cast<std::size_t>(i)];
      if (by_norm)
        Slice<Scalar>(gradients + piece.first, piece.count) *= factors_[piece.tensor];
      else
        sum_of_lanes(piece, gradients, lanes);
      if (!update_piece(piece, parameters, gradients)) note(i);
    });
    ++steps_;
  }

  /// The first tensor that became infinite or NaN in the last step, or whose gradient was; -1 if there is none.
  int spoilt() {
    const Index piece = spoilt_.exchange(none);
    return piece == none ? -1 : static_cast<int>(pieces_[static_cast<std::size_t>(piece)].tensor);
  }

 protected:
  template <class Optimizer>
  Updater(const Optimizer& optimizer, const std::vector<NamedTensor<Scalar>>& tensors, const Scalar* buffer, Index size)
      : learning_rate_(optimizer.learning_rate),
        first_rate_(learning_rate_.is_schedule() ? 0 : learning_rate_(0)),
        clipnorm_(optimizer.clipnorm),
        clipvalue_(optimizer.clipvalue),
        global_clipnorm_(optimizer.global_clipnorm),
        weight_decay_(optimizer.weight_decay),
        slots_(optimizer.slot_count()),
        size_(size),
        state_(aligned_zeros<Scalar>(optimizer.slot_count() * size)) {
    if constexpr (requires { optimizer.epsilon; })
      check(static_cast<Scalar>(optimizer.epsilon) > 0, Optimizer::name, ": epsilon is 0 as a float, received ",
            optimizer.epsilon);
    divide(tensors, buffer);
  }

 private:
  static constexpr Index most = 1024, none = std::numeric_limits<Index>::max();
  struct Piece {
    std::size_t tensor;
    Index first, count;
  };

  /// Corrects the rate of step t, once for all parameters.
  virtual void correct_rate(Index t, double rate) = 0;
  /// The value of a parameter of 1 after three steps, which depends on options of the optimiser such as beta_1.
  [[gnu::cold]] std::string trial() {
    Scalar w = 1;
    std::vector<Scalar> kept(static_cast<std::size_t>(slots_));
    for (Index t = 1; t <= 3; ++t) {
      const Scalar g = t == 2 ? Scalar(-0.25) : Scalar(0.5);
      correct_rate(t, 0.125);
      apply({&w, 1}, {&g, 1}, {kept.data(), 1, 1});
    }
    return with_digits(static_cast<double>(w), 5);  // not more: another processor may round the last digits otherwise
  }
  /// A few values of the schedule, which differ for other schedules and options.
  [[gnu::cold]] std::string schedule() const {
    if (!learning_rate_.is_schedule()) return text("a number, ", exact(first_rate_), " at first");
    std::string rates = "a schedule:";
    for (const Index step : {0, 1, 10, 100, 1000, 10000}) try {
        rates += text(" ", with_digits(learning_rate_(step), 5));
      } catch (...) {  // it may be a function of the user's
        rates += " thrown";
      }
    return rates;
  }
  virtual std::string slot_name(int slot) const = 0;
  /// The optimiser's formula.
  virtual void apply(Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const = 0;

  [[gnu::cold]] void divide(const std::vector<NamedTensor<Scalar>>& tensors, const Scalar* buffer) {
    for (const auto& tensor : tensors)
      if (tensor.trainable) trained_.push_back({tensor.name, tensor.data - buffer, tensor.size()});
    for (std::size_t t = 0; t < tensors.size(); ++t)
      for (Index first = 0; tensors[t].trainable && first < tensors[t].size(); first += most)
        pieces_.push_back({t, tensors[t].data - buffer + first, std::min(most, tensors[t].size() - first)});
    squares_.resize(pieces_.size());
    factors_.resize(tensors.size());
  }

  Slice<Scalar> sum_of_lanes(const Piece& piece, Scalar* gradients, Index lanes) const {
    add_lanes(gradients + piece.first, size_, lanes, piece.count);
    return {gradients + piece.first, piece.count};
  }

  void measure(std::size_t i, Scalar* gradients, Index lanes) {
    squares_[i] = sum_of_lanes(pieces_[i], gradients, lanes).template cast<double>().square().sum();
  }

  /// The factor for each tensor's gradient that keeps its norm within the limit.
  void find_factors() {
    const bool global = global_clipnorm_ > 0;
    const double allowed = global ? global_clipnorm_ : clipnorm_;
    std::vector<double> sums(factors_.size());
    for (std::size_t i = 0; i < pieces_.size(); ++i) sums[global ? 0 : pieces_[i].tensor] += squares_[i];
    for (std::size_t t = 0; t < sums.size(); ++t)
      factors_[t] = static_cast<Scalar>(allowed / std::max(std::sqrt(sums[global ? 0 : t]), allowed));
  }

  /// Returns false if a gradient or a new parameter is not finite.
  [[gnu::noinline]] bool update_piece(const Piece& piece, Scalar* parameters, Scalar* gradients) {
    Slice<Scalar> w(parameters + piece.first, piece.count), g(gradients + piece.first, piece.count);
    if (const auto limit = static_cast<Scalar>(clipvalue_); clipvalue_ > 0)
      g = (g > limit).select(limit, (g < -limit).select(-limit, g));  // NaN stays
    if (weight_decay_ > 0 && (decays_.empty() || decays_[piece.tensor]))
      w -= static_cast<Scalar>(rate_ * weight_decay_) * w;
    apply(w, Slice<const Scalar>(g.data(), piece.count), {state_.get() + piece.first, size_, piece.count});
    return (Scalar(0) * w).sum() + (Scalar(0) * g).sum() == Scalar(0);  // infinity and NaN times 0 are NaN
  }
  [[gnu::cold]] void note(Index piece) {
    for (Index first = spoilt_; piece < first && !spoilt_.compare_exchange_weak(first, piece);) {
    }
  }

  struct Trained {
    std::string name;
    Index first, count;
  };

  LearningRate learning_rate_;
  double first_rate_;  // if it is a number: the optimiser's
  double clipnorm_, clipvalue_, global_clipnorm_, weight_decay_;
  int slots_;
  Index size_;
  std::vector<Trained> trained_;
  std::vector<bool> decays_;  // by tensor
  std::vector<Piece> pieces_;
  std::vector<double> squares_;  // of each piece of the gradients
  std::vector<Scalar> factors_;  // of each tensor
  std::shared_ptr<Scalar[]> state_;
  Index steps_ = 0;  // taken so far
  double rate_ = 0;  // of this step
  std::atomic<Index> spoilt_{none};
};
LATENT_COMPILED_ONCE_END

template <class Scalar, class Optimizer>
class UpdaterOf final : public Updater<Scalar> {
 public:
  /// For those of `tensors` that are trainable, in a buffer of `size` scalars. Throws std::invalid_argument for options
  /// outside their range.
  UpdaterOf(const Optimizer& optimizer, const std::vector<NamedTensor<Scalar>>& tensors, const Scalar* buffer,
            Index size)
      : Updater<Scalar>(checked(optimizer), tensors, buffer, size), optimizer_(optimizer) {}

 private:
  [[gnu::cold]] static const Optimizer& checked(const Optimizer& optimizer) {
    check_common_options(optimizer);
    optimizer.check_options();
    return optimizer;
  }
  static auto corrected(const Optimizer& optimizer, Index t, double rate) {
    if constexpr (requires { optimizer.corrected_rate(t, rate); })
      return optimizer.corrected_rate(t, rate);
    else
      return rate;
  }
  const char* name() const override { return Optimizer::name; }
  std::string slot_name(int slot) const override {
    if constexpr (requires { Optimizer::slot_names[0]; })
      return Optimizer::slot_names[slot];
    else
      return std::to_string(slot);
  }
  void correct_rate(Index t, double rate) override { corrected_rate_ = corrected(optimizer_, t, rate); }
  void apply(Slice<Scalar> w, Slice<const Scalar> g, const State<Scalar>& state) const override {
    optimizer_.template update<Scalar>(corrected_rate_, w, g, state);
  }

  Optimizer optimizer_;
  decltype(corrected(std::declval<const Optimizer&>(), 1, 0.0)) corrected_rate_{};
};

}  // namespace latent::engine
