/// Tensors in memory as a source, for instance for augmentation.
///
///     TensorSource digits(train.images, train.images, {.batch_size = 128, .seed = 1});
///     trainer.fit(digits, {.epochs = 10, .seed = 1});  // the same bits as fit(train.images, train.images, ...)
#pragma once

#include "latent/core/source.hpp"
#include "latent/datasets/split.hpp"

namespace latent {

/// X and Y are tensors or `Tensors` of several. They are not copied and must outlive the source.
template <class X, class Y>
class TensorSource final : public SampleSource<typename detail::OwnedOf<X>::type, typename detail::OwnedOf<Y>::type> {
  using Base = SampleSource<typename detail::OwnedOf<X>::type, typename detail::OwnedOf<Y>::type>;

 public:
  using typename Base::Batch;

  /// Throws std::invalid_argument if there are not as many of all.
  TensorSource(const X& x, const Y& y, const BatchOptions& options = {},
               SampleWeight<typename Base::Scalar> sample_weight = {})
      : Base(count(x, y, sample_weight), options), x_(x), y_(y), sample_weight_(std::move(sample_weight)) {}

 private:
  template <class T>
  using Reference = std::conditional_t<std::is_same_v<T, typename detail::OwnedOf<T>::type>, const T&, T>;

  static Index count(const X& x, const Y& y, const SampleWeight<typename Base::Scalar>& weights) {
    const Index samples = std::get<0>(detail::each(x)).dimension(0);
    const auto look = [&](const auto& tensors, const char* what) {
      std::apply(
          [&](const auto&... tensor) {
            (check(tensor.dimension(0) == samples, "TensorSource: ", samples, " inputs but ", tensor.dimension(0),
                   what),
             ...);
          },
          detail::each(tensors));
    };
    look(x, " of another input"), look(y, " targets");
    for (const auto& of_loss : weights.of_loss)
      check(static_cast<Index>(of_loss.size()) == samples, "TensorSource: ", samples, " inputs but ", of_loss.size(),
            " numbers in sample_weight");
    return samples;
  }
  /// The targets are the inputs.
  static bool same(const X& x, const Y& y) {
    if constexpr (std::is_same_v<X, Y> && requires { x.data(); }) return x.data() == y.data();
    return false;
  }
  template <class Kept, class T>
  static Kept gathered(const T& tensors, const std::vector<Index>& numbers) {
    return std::apply([&](const auto&... tensor) { return Kept{datasets::gather(tensor, numbers)...}; },
                      detail::each(tensors));
  }
  Batch read(const std::vector<Index>& numbers) override {
    Batch batch{gathered<decltype(batch.x)>(x_, numbers)};
    if (!same(x_, y_)) batch.y = gathered<decltype(batch.y)>(y_, numbers);
    for (const auto& of_loss : sample_weight_.of_loss) {
      auto& weights = batch.sample_weight.of_loss.emplace_back();
      for (const Index n : numbers) weights.push_back(of_loss[static_cast<std::size_t>(n)]);
    }
    return batch;
  }

  Reference<X> x_;
  Reference<Y> y_;
  SampleWeight<typename Base::Scalar> sample_weight_;
};

}  // namespace latent
