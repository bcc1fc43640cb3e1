/// Fork<Branch...>: one input, several heads. Every branch is a layer on the same input, and their outputs lie side by
/// side. The encoder of a variational auto-encoder ends in
///
///     Fork<Named<"z_mean", Dense<2>>, Named<"z_log_var", Dense<2>>>     y = (z_mean[0], z_mean[1], z_log_var[0],
///     z_log_var[1])
///
/// Backward: each branch gets its part of dz, and what they give for x is added up.
///
/// Branches give vectors (Dense, Channels, Flatten ...) and have their own names in summaries and files of weights.
/// Input shape: any that they all take; output shape (sum of theirs). In Keras one hands a tensor to several layers:
/// https://keras.io/guides/functional_api/
#pragma once

#include <tuple>

#include "latent/kernels/elementwise.hpp"
#include "latent/layers/layer.hpp"

namespace latent {

namespace detail {

/// The activations of a fork's branches (bound layers), each for its part of every sample.
template <class... Branches>
struct ForkActivation {
  static constexpr bool cheap = false;

  template <class Scalar>
  static void apply(Scalar* z, Index count, Index channels) {
    for (Scalar* part = z; part < z + count; part += channels) {
      Scalar* of = part;
      ((apply_activation<typename Branches::activation>(View<Scalar, Layout<typename Branches::output_shape>>(of, 1)),
        of += Branches::output_shape::size),
       ...);
    }
  }
  template <class Scalar>
  static void undo(const Scalar* y, Scalar* dy, Index count, Index channels) {
    for (Index first = 0; first < count; first += channels) {
      Index i = first;
      ((undo_activation<typename Branches::activation, Scalar>(
            View<const Scalar, Layout<typename Branches::output_shape>>(y + i, 1),
            View<Scalar, Layout<typename Branches::output_shape>>(dy + i, 1)),
        i += Branches::output_shape::size),
       ...);
    }
  }
};

}  // namespace detail

template <class... Branches>
struct Fork {
  static constexpr const char *class_name = "Fork", *default_name = "fork";
  using branches = std::tuple<Branches...>;

  template <class S>
  using complaint = FirstOf<typename Branches::template complaint<S>...>;

  template <class InputShape, class Scalar>
  struct On : LayerDefaults {
    using Bound = std::tuple<BoundLayer<Branches, InputShape, Scalar>...>;
    template <std::size_t b>
    using Branch = std::tuple_element_t<b, Bound>;
    static constexpr std::size_t count = sizeof...(Branches);

    using output_shape = Shape<(Branches::template On<InputShape, Scalar>::output_shape::size + ...)>;
    using activation =
        std::conditional_t<(std::is_same_v<typename BoundLayer<Branches, InputShape, Scalar>::activation, Linear> &&
                            ...),
                           Linear, detail::ForkActivation<BoundLayer<Branches, InputShape, Scalar>...>>;

    template <class Visit>
    static constexpr void for_branches(const Visit& visit) {
      [&]<std::size_t... b>(std::index_sequence<b...>) { (visit.template operator()<b>(), ...); }
      (std::make_index_sequence<count>{});
    }
    /// A sum over the branches before branch b of what number(branch) gives.
    template <std::size_t b, class Number>
    static constexpr Index before(const Number& number) {
      Index sum = 0;
      const auto add = [&]<std::size_t... i>(std::index_sequence<i...>) { ((sum += number(Branch<i>{})), ...); };
      add(std::make_index_sequence<b>{});
      return sum;
    }
    template <std::size_t b>
    static constexpr Index first_output = before<b>([](auto branch) { return decltype(branch)::output_shape::size; });
    template <std::size_t b>
    static constexpr Index first_parameter = before<b>([](auto branch) {
      return static_cast<Index>(decltype(branch)::parameters.size());
    });
    template <std::size_t b>
    static constexpr Index first_prepared = before<b>([](auto branch) {
      return (branch.prepared_size + 15) / 16 * 16;
    });

    static constexpr std::array<std::span<const Index>, count> branch_shapes{
        Branches::template On<InputShape, Scalar>::output_shape::dimensions...};
    static constexpr auto parameters = [] {
      std::array<ParameterSpec, static_cast<std::size_t>(first_parameter<count>)> all{};
      std::size_t next = 0;
      for_branches([&]<std::size_t b>() {
        for (const ParameterSpec& spec : Branch<b>::parameters) {
          all[next] = spec;
          all[next++].branch = static_cast<int>(b);
        }
      });
      return all;
    }();
    static constexpr Index prepared_size = first_prepared<count>;
    /// The branches' own scratch; then for each sample one branch's y, its dz, and its gradient with respect to x.
    static constexpr Index scratch_size =
        (std::max({Branches::template On<InputShape, Scalar>::scratch_size...}) + 15) / 16 * 16;
    static constexpr Index widest = std::max({Branches::template On<InputShape, Scalar>::output_shape::size...});
    static constexpr Index scratch_per_sample = 2 * widest + InputShape::size;

    static void prepare(const auto& p, Scalar* prepared) {
      for_branches([&]<std::size_t b>() {
        if constexpr (Branch<b>::prepared_size > 0) Branch<b>::prepare(pointers<b>(p), prepared + first_prepared<b>);
      });
    }

    static void forward(const auto& p, auto x, auto y, auto act) {
      for_branches([&]<std::size_t b>() {
        using BranchAct =
            std::conditional_t<std::is_same_v<decltype(act), activation>, typename Branch<b>::activation, Linear>;
        const Part<Scalar, b> part(p.scratch + scratch_size, x.samples);
        Branch<b>::forward(pointers<b>(p), x, part, BranchAct{});
        for (Index n = 0; n < x.samples; ++n) std::copy_n(part.sample(n), part.size, y.sample(n) + first_output<b>);
      });
    }

    static void weight_gradient(const auto& dp, auto x, auto dz) {
      for_branches([&]<std::size_t b>() {
        if constexpr (!Branch<b>::parameters.empty())
          Branch<b>::weight_gradient(pointers<b>(dp), x, part<b>(dz, dp.scratch + scratch_size));
      });
    }

    /// dx = the sum over the branches of their gradients.
    static void input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto) {
      Scalar* const scratch = p.scratch + scratch_size;
      for_branches([&]<std::size_t b>() {
        const auto gradient = [&](auto to) {
          Branch<b>::input_gradient(pointers<b>(p), x, part<b>(y, scratch), part<b>(dz, scratch + widest * x.samples),
                                    to, Linear{});
        };
        if constexpr (b == 0) {
          gradient(dx);
        } else {
          const View<Scalar, Layout<InputShape>> more(scratch + 2 * widest * x.samples, x.samples);
          gradient(more);
          for (Index n = 0; n < x.samples; ++n)
            for (Index row = 0; row < InputShape::height; ++row)
              for (Index i = 0; i < InputShape::width * InputShape::channels; ++i)
                dx.pixel(n, row, 0)[i] += more.pixel(n, row, 0)[i];
        }
      });
    }

   private:
    template <class S, std::size_t b>
    using Part = View<S, Layout<typename Branch<b>::output_shape>>;
    /// Branch b's part of every sample, copied to `memory`.
    template <std::size_t b, class Y>
    static Part<const Scalar, b> part(View<const Scalar, Y> y, Scalar* memory) {
      const Part<Scalar, b> copy(memory, y.samples);
      for (Index n = 0; n < y.samples; ++n) std::copy_n(y.sample(n) + first_output<b>, copy.size, copy.sample(n));
      return copy;
    }
    template <std::size_t b, class S, std::size_t all>
    static auto pointers(const Pointers<S, all>& p) {
      Pointers<S, Branch<b>::parameters.size()> of{
          {}, p.prepared ? p.prepared + first_prepared<b> : nullptr, p.scratch, p.call};
      for (std::size_t t = 0; t < of.tensors.size(); ++t)
        of.tensors[t] = p[static_cast<std::size_t>(first_parameter<b>) + t];
      return of;
    }
  };

  static_assert(sizeof...(Branches) >= 1, "latent: a Fork has at least one branch");
};

}  // namespace latent
