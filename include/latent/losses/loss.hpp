/// A loss is a struct with Keras's options and
///
///     name                                            Keras's, for messages
///     operator()(y, t, dy, count, channels, scale)    the sum of the losses of one sample with `count` outputs y, the
///                                                     last axis of which has `channels`, and targets t; fills dy,
///                                                     unless it is null, with the gradient times `scale`
///
/// The trainer divides the sum: every loss here is a mean, as in Keras. Optional members:
///
///     target_shape<S>    the shape of a sample's targets, if its outputs have the shape S; otherwise S
///     terms<S>           the number of terms of which a sample's loss is the mean; otherwise S::size
///     absorbs            an activation whose logits the loss uses instead of its results; otherwise none. Needs
///                        on_logits(z, t, dz, count, channels, scale), the same before that activation
///     check_options()    throws std::invalid_argument for options outside their range
///     check_targets(t, samples, size, channels, what)
///                        the same for targets, `size` to a sample
///     target_range       a TargetRange: fit refuses targets outside it; otherwise any number is allowed
///
/// Any loss serves as a metric, too, and is then given the predictions:
///
///     compile(model, Adam{}, Huber{}, MeanSquaredError{})
///
/// So a cross-entropy among the metrics, or of an output that other layers read, clips the predictions. (Keras on TensorFlow uses
/// the logits there, too; Keras on PyTorch does as latent.)
#pragma once

#include <algorithm>
#include <cmath>

#include "latent/core/check.hpp"
#include "latent/core/shape.hpp"
#include "latent/kernels/math.hpp"
#include "latent/layers/activations.hpp"

namespace latent {

namespace detail {
template <class Loss, class S>
struct TargetShapeOf : std::type_identity<S> {};
template <class Loss, class S>
  requires requires { typename Loss::template target_shape<S>; }
struct TargetShapeOf<Loss, S> : std::type_identity<typename Loss::template target_shape<S>> {};
}  // namespace detail

/// The shape of a sample's targets for a loss or metric on outputs of shape S.
template <class Loss, class S>
using TargetShape = typename detail::TargetShapeOf<Loss, S>::type;

/// The number of terms of which the loss or metric of one sample with outputs of shape S is the mean.
template <class Loss, class S>
inline constexpr Index terms_of = [] {
  if constexpr (requires { Loss::template terms<S>; })
    return Loss::template terms<S>;
  else
    return S::size;
}();

/// The smallest and the largest target for which a loss makes sense.
struct TargetRange {
  double low, high;  ///< Both ends are allowed.
};

/// Whether the loss is computed from the logits of this activation.
template <class Loss, class Activation>
concept LooksThrough = std::is_same_v<typename Loss::absorbs, Activation>;

/// p within 1e-7 ... 1 - 1e-7, so that its logarithm and that of 1 - p are finite; Keras's backend.epsilon().
template <class Scalar>
Scalar clipped_probability(Scalar p) {
  constexpr Scalar low = Scalar(1e-7), high = 1 - low;
  return std::clamp(p, low, high);
}

/// Throws std::invalid_argument for label_smoothing outside 0..1.
LATENT_COLD inline void check_label_smoothing(const char* loss, double label_smoothing) {
  check(label_smoothing >= 0 && label_smoothing <= 1, loss, ": label_smoothing is within 0..1, received ",
        label_smoothing);
}

}  // namespace latent
