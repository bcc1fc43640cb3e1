/// What a loss is: a struct with
///
///     name                                        Keras's, for messages
///     using absorbs                               an activation it looks through to the logits; NoActivation for none
///     operator()(y, t, dy, count, scale)          the sum of the losses of `count` outputs y with targets t; fills dy, unless
///                                                 it is null, with the gradient times `scale`
///     check_options()                             throws std::invalid_argument for options outside their range
///     from_logits(z, t, dz, count, scale)         the same before the absorbed activation
///
/// The trainer divides the sum by the number of values: every loss here is a mean, as in Keras.
#pragma once

#include <cmath>

#include "latent/core/check.hpp"
#include "latent/kernels/math.hpp"
#include "latent/layers/activations.hpp"

namespace latent {

struct NoActivation {};

}  // namespace latent
