/// A source whose batches are made by a function when they are needed.
///
///     auto waves = generated(1000, [](Index i, Index epoch) {
///       const Tensor<2> x = wave(i, epoch);  // of these two alone
///       return Source<Tensor<2>, Tensor<2>>::Batch{x, x};
///     });
///     trainer.fit(waves, {.epochs = 10});
#pragma once

#include <functional>

#include "latent/core/source.hpp"

namespace latent {

template <class X, class Y>
class GeneratedSource final : public Source<X, Y> {
 public:
  using typename Source<X, Y>::Batch;
  using Make = std::function<Batch(Index i, Index epoch)>;  ///< Makes batch i of an epoch.

  /// A source of `batches` batches in an epoch, made by calling `make`.
  GeneratedSource(Index batches, Make make) : batches_(batches), make_(std::move(make)) {}

  Index size() const override { return batches_; }
  Batch batch(Index i) override { return make_(i, epoch_); }
  void on_epoch_begin(Index epoch) override { epoch_ = epoch; }

 private:
  Index batches_, epoch_ = 0;
  Make make_;
};

/// `batches` in an epoch; 0: there is no end, and `fit` needs `steps_per_epoch`.
template <class Make>
auto generated(Index batches, Make make) {
  using Made = std::invoke_result_t<Make&, Index, Index>;
  return GeneratedSource<decltype(Made::x), decltype(Made::y)>(batches, std::move(make));
}

}  // namespace latent
