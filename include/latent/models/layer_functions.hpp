/// The functions of a bound layer in the form in which a plan holds them (models/plan.hpp). They depend on the layer, on
/// the layouts around it and on the activation before it, and on nothing else of the network.
#pragma once

#include "latent/models/plan.hpp"

namespace latent::detail {

/// Pointers to the parameter tensors of layer L (or their gradients), the first of which lies at `next`.
template <class L, class S, class Scalar>
auto pointers(S* next, const LayerCall<Scalar>& at) {
  Pointers<S, L::parameters.size()> p{{}, at.prepared, at.scratch, at.call};
  for (std::size_t t = 0; t < p.tensors.size(); ++t) {
    p.tensors[t] = next;
    next += aligned<Scalar>(L::parameters[t].size());
  }
  return p;
}

template <class L, class Act, class X, class Y, class Scalar>
void forward(const LayerCall<Scalar>& at) {
  L::forward(pointers<L>(at.parameters, at), View<const Scalar, X>(at.x, at.call.samples),
             View<Scalar, Y>(at.y, at.call.samples), Act{});
}

template <class L, class X, class DZ, class Scalar>
void weight_gradient(const LayerCall<Scalar>& at) {
  L::weight_gradient(pointers<L>(at.gradients, at), View<const Scalar, X>(at.x, at.call.samples),
                     View<const Scalar, DZ>(at.dz, at.call.samples));
}

/// Undoes the activation of the layer before, `Previous`, unless that is Linear.
template <class L, class Previous, class X, class Y, class DX, class DZ, class Scalar>
void input_gradient(const LayerCall<Scalar>& at) {
  const Index samples = at.call.samples;
  L::input_gradient(pointers<L>(at.parameters, at), View<const Scalar, X>(at.x, samples), View<const Scalar, Y>(at.y, samples),
                    View<const Scalar, DZ>(at.dz, samples), View<Scalar, DX>(at.dx, samples), Previous{});
}

template <class Act, class Y, class DZ, class Scalar>
void undo_fused_activation(const LayerCall<Scalar>& at) {
  undo_activation<Act>(View<const Scalar, Y>(at.y, at.call.samples), View<Scalar, DZ>(at.dz, at.call.samples));
}

template <class L, class Scalar>
void prepare(const Scalar* parameters, Scalar* prepared) {
  L::prepare(pointers<L>(parameters, LayerCall<Scalar>{}), prepared);
}

template <class L, class X, class Scalar>
void gather(const LayerCall<Scalar>& at) {
  L::gather(View<const Scalar, X>(at.x, at.call.samples), at.call.lane_statistics);
}
template <class L>
void join(const double* other, double* statistics) {
  L::join(other, statistics);
}
template <class L, class Scalar>
void remember(Scalar* parameters, const double* statistics) {
  L::remember(pointers<L>(parameters, LayerCall<Scalar>{}), statistics);
}

/// For a loss that looks through the last activation, Act, to the logits, `y`: the penalty is on what the activation
/// would have given. Adds it and its gradient with respect to the logits.
template <class L, class Act, class Y, class DZ, class Scalar>
void penalize_logits(const LayerCall<Scalar>& at) {
  using Contiguous = Layout<typename L::output_shape>;
  const View<const Scalar, Y> logits(at.y, at.call.samples);
  const View<Scalar, DZ> dz(at.dz, at.call.samples);
  const View<Scalar, Contiguous> y(at.scratch, 1), dy(at.scratch + aligned<Scalar>(y.size), 1);
  double sum = 0;
  for (Index n = 0; n < at.call.samples; ++n) {
    kernels::copy_in_order(View<const Scalar, Contiguous>(logits.sample(n), 1), y);
    apply_activation<Act>(y);
    sum += L::activity_penalty.value(y.data, y.size);
    std::fill_n(dy.data, dy.size, Scalar(0));
    L::activity_penalty.add_gradient(y.data, dy.data, dy.size, at.call.share());
    undo_activation<Act, Scalar>(View<const Scalar, Contiguous>(y), dy);
    for (Index row = 0; row < dz.height; ++row)
      for (Index k = 0; k < dz.width * dz.channels; ++k) dz.pixel(n, row, 0)[k] += dy.pixel(0, row, 0)[k];
  }
  at.call.add_loss(sum);
}

}  // namespace latent::detail
