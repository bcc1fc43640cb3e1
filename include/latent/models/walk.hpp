/// A network walked through layer by layer, with all its values at hand: to look at what each layer gives, or to begin in the
/// middle, at a code.
///
///     engine::Walk walk(plan, model.data());
///     walk.set(0, samples, images);                  // value 0 is that of the first Input
///     walk.run(0, 4, samples);                       // layers 0 to 3
///     walk.get(4, samples, code);                    // value inputs + i is what layer i gives
#pragma once

#include "latent/models/chunk.hpp"
#include "latent/models/run.hpp"

namespace latent::engine {

template <class Scalar>
class Walk {
 public:
  /// Both stay where they are and must outlive it.
  Walk(const Plan<Scalar>& plan, const Scalar* parameters)
      : plan_(plan), parameters_(parameters), workspace_(plan), prepared_(aligned_zeros<Scalar>(plan.prepared)) {
    prepare();
  }

  /// Samples that it takes at a time, at most.
  Index most() const { return plan_.chunk; }
  /// Scalars of a sample in value v.
  Index scalars(int v) const { return lines(v).scalars(); }

  /// After the parameters have changed.
  void prepare() {
    for (int i = 0; i < plan_.depth(); ++i) engine::prepare(plan_, i, parameters_, prepared_.get());
  }
  /// Value v of some samples, one after the other, and what it is now.
  void set(int v, Index samples, const Scalar* from) {
    for (Index n = 0; n < samples; ++n) workspace_.set(lines(v), n, from + n * scalars(v));
  }
  void get(int v, Index samples, Scalar* to) const {
    for (Index n = 0; n < samples; ++n) workspace_.get(lines(v), n, to + n * scalars(v));
  }
  /// Takes the samples through the layers `first` to before `end`, at inference.
  void run(int first, int end, Index samples) {
    const Call call(samples);
    Chunk<Scalar>{plan_, parameters_, prepared_.get(), workspace_, call}.forward(first, end);
  }

 private:
  const Lines& lines(int v) const { return plan_.values[static_cast<std::size_t>(v)]; }

  const Plan<Scalar>& plan_;
  const Scalar* parameters_;
  Workspace<Scalar> workspace_;
  std::shared_ptr<Scalar[]> prepared_;
};

}  // namespace latent::engine
