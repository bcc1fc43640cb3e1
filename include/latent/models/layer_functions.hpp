/// The functions of a bound layer, as a plan holds them (models/plan.hpp). They depend on the layer, on
/// the layouts around it and on the activation before it, and on nothing else of the network.
#pragma once

#include <tuple>
#include <utility>

#include "latent/models/flat_list.hpp"
#include "latent/models/plan.hpp"

namespace latent::engine {

/// The inputs of a layer, or their gradients: a view, or a tuple of views if the layer reads
/// several values, of these layouts; `place` is &Read::x or &Read::dx.
template <class S, class... Layouts, class Scalar>
[[gnu::always_inline]] inline auto views(List<Layouts...>, const LayerCall<Scalar>& at, Index Read::* place) {
  if constexpr (sizeof...(Layouts) == 1)
    return View<S, Layouts...>(at.memory + at.reads->*place, at.call.samples);
  else
    return [&]<std::size_t... k>(std::index_sequence<k...>) {
      return std::tuple<View<S, Layouts>...>(View<S, Layouts>(at.memory + at.reads[k].*place, at.call.samples)...);
    }(std::index_sequence_for<Layouts...>{});
}

/// `X` and `DX` are Lists of the layouts of the layer's inputs and of their gradients.
template <class L, class Act, class Y, class X, class Scalar>
void forward(const LayerCall<Scalar>& at) {
  L::forward(at, views<const Scalar>(X{}, at, &Read::x), View<Scalar, Y>(at.y, at.call.samples), Act{});
}
template <class L, class DZ, class X, class Scalar>
void weight_gradient(const ChangingCall<Scalar>& at) {
  L::weight_gradient(at, views<const Scalar>(X{}, at, &Read::x), View<const Scalar, DZ>(at.dz, at.call.samples));
}
/// Undoes the activation of the layer before, `Previous`, unless that is Linear.
template <class L, class Previous, class Y, class DZ, class X, class DX, class Scalar>
void input_gradient(const LayerCall<Scalar>& at) {
  const Index samples = at.call.samples;
  L::input_gradient(at, views<const Scalar>(X{}, at, &Read::x), View<const Scalar, Y>(at.y, samples),
                    View<const Scalar, DZ>(at.dz, samples), views<Scalar>(DX{}, at, &Read::dx), Previous{});
}

template <class Act, class Y, class DZ, class Scalar>
void undo_fused_activation(const LayerCall<Scalar>& at) {
  undo_activation<Act>(View<const Scalar, Y>(at.y, at.call.samples), View<Scalar, DZ>(at.dz, at.call.samples));
}

template <class L, class Scalar>
void prepare(const LayerCall<Scalar>& at, Scalar* prepared) {
  L::prepare(at, prepared);
}

template <class L, class X, class Scalar>
void gather(const LayerCall<Scalar>& at) {
  L::gather(View<const Scalar, X>(at.memory + at.reads->x, at.call.samples), at.call.lane_statistics);
}
template <class L>
void join(const double* other, double* statistics) {
  L::join(other, statistics);
}
template <class L, class Scalar>
void remember(const ChangingCall<Scalar>& at, const double* statistics) {
  L::remember(at, statistics);
}

}  // namespace latent::engine
