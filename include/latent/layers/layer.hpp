/// The layer contract, in words.
///
/// A layer is a type such as `Conv2D<32, 3, Same, ReLU>`. It has
///
///     static constexpr const char* class_name    "Conv2D", Keras's class
///     static constexpr const char* default_name  "conv2d", Keras's automatic name; conv2d_1, conv2d_2 ... follow
///     using activation                           the activation fused into it, if it takes one
///     static constexpr Penalty activity_penalty  on its result, if there is one
///     template <class InputShape> using complaint       void, or Expects<...> if it does not fit on that input
///     template <class InputShape, class Scalar> struct On;   the layer on an input of that shape, see below
///
/// A layer reads the value before it. A layer that reads others declares them, and gets Shapes<...> as InputShape and
/// tuples of views as x and dx, in this order:
///
///     using reads = ReadsAlso<"fine">            the value before it, and the one of that name
///     using reads = Reads<"z_mean", "z_log_var"> those of these names, and not the one before it
///
/// `On` derives from `LayerDefaults` and is nothing but constants and pure functions. Parameters, activations and
/// gradients belong to the caller, so that many threads can run one layer at once. It has
///
///     using output_shape                         Shape<...> of one sample
///     static constexpr std::array parameters     its parameters: names, shapes, initialisers
///     static constexpr Border input_border       zeros that it needs around x; there may be more, for another reader
///     static constexpr Border gradient_border    zeros that it needs around dz
///
///     forward(const auto& p, auto x, auto y, auto activation)                          y = activation(...), assigned
///     weight_gradient(const auto& dp, auto x, auto dz)                                 dp added to
///     input_gradient(const auto& p, auto x, auto y, auto dz, auto dx, auto previous)   dx assigned
///     prepare(const auto& p, Scalar* prepared)                                         prepared assigned
///
/// A layer whose forward pass takes long enough for several threads can declare into how many parts an image can be divided,
/// `forward_parts > 1`. If threads would otherwise be idle, several of them call `forward` at once,
/// each with its own scratch, and compute part p.call.part of p.call.parts.
///
/// `weight_gradient` is needed only if there are parameters, and `prepare` only if prepared_size > 0: it brings the
/// parameters into another form for the passes, once for each new set of parameters.
///
/// - p[i] and dp[i] are pointers to parameter tensor i (row-major, Keras's layout), p.prepared to the prepared scalars,
///   p.scratch and dp.scratch to `scratch_size` scalars to work with, and `scratch_per_sample` for each sample, which
///   nobody keeps.
/// - x, y, dz, dx are Views: `x.samples` samples in the Layout their neighbours agreed on at compile time. Every entry of
///   y and dx must be assigned (the buffers hold old values); borders must not be touched.
/// - **dz is the gradient with respect to the layer's result before its fused activation**: y = activation(z). Code that
///   computes a gradient with respect to y multiplies it by the derivative. The model does that for every layer; a layer
///   that can do it cheaply while it writes dx, for the layer before it, says `undoes_previous = true`, and
///   stores `gradient * previous.derivative(x)`; for the others `previous` is Linear.
/// - If several layers read one value, its gradient is the sum of theirs: each of them assigns its own dx, and the model adds.
/// - A layer that uses a parameter of another one names that layer, `lender`. It then gets a third argument,
///   `On<InputShape, Scalar, Lender>`, and the tensor of that name among its parameters is `borrowed` (see DenseTranspose).
/// - Results must not depend on the number of samples in a view.
/// - p.call (layers/call.hpp) says whether this is training, and has random numbers. A layer with a loss of its own
///   names it, `own_loss = {"kl_loss"}`; forward adds to it (p.call.add_loss), and input_gradient its gradient to dx.
///
/// A layer such as BatchNormalization, whose result for one sample depends on the whole batch, declares how many doubles it
/// gathers, `statistics_size > 0`. In training, all samples reach this layer before any goes on; backward likewise:
///
///     gather(auto x, double* s)                  adds the samples of x to a lane's statistics s, which start at 0
///     join(const double* other, double* s)       joins those of another lane to s; what forward finds in
///                                                p.call.batch_statistics
///     weight_gradient                            adds what input_gradient needs of the whole batch to
///                                                dp.call.lane_statistics; joined again
///     remember(const auto& p, const double* s)   after the step: may update parameters that are not trained
#pragma once

#include <array>
#include <span>
#include <type_traits>

#include "latent/core/shape.hpp"
#include "latent/layers/call.hpp"
#include "latent/layers/complaints.hpp"
#include "latent/layers/fused_activation.hpp"
#include "latent/layers/initializers.hpp"
#include "latent/layers/options.hpp"
#include "latent/layers/regularizers.hpp"

namespace latent {

/// One parameter tensor of a layer.
struct ParameterSpec {
  const char* name;
  std::array<Index, 4> dimensions;  ///< the length of each axis, in Keras's order
  int rank;                         ///< how many axes
  Initializer initializer;
  Penalty penalty = {};   ///< its part of the loss
  bool trainable = true;  ///< if not, the optimiser does not change it
  bool borrowed = false;  ///< it is the tensor of that name of the `lender`

  /// The number of values.
  constexpr Index size() const {
    Index product = 1;
    for (int axis = 0; axis < rank; ++axis) product *= dimensions[static_cast<std::size_t>(axis)];
    return product;
  }
  /// The length of each axis.
  constexpr std::span<const Index> shape() const { return {dimensions.data(), static_cast<std::size_t>(rank)}; }
};

/// The options of a layer with a kernel and a bias.
using KernelAndBiasKinds = Kinds<ActivationKind, NoBias, KernelInitializerKind, BiasInitializerKind,
                                 KernelRegularizerKind, BiasRegularizerKind, ActivityRegularizerKind>;

/// Its parameters: a kernel of that shape and, unless NoBias is among the options, a bias.
template <class... Options>
constexpr auto kernel_and_bias(const std::array<Index, 4>& kernel_shape, int rank, Index outputs) {
  using KernelStart = OptionOf<KernelInitializer<GlorotUniform>, Options...>;
  using BiasStart = OptionOf<BiasInitializer<Zeros>, Options...>;
  ParameterSpec kernel{"kernel", kernel_shape, rank, KernelStart::initializer};
  ParameterSpec bias{"bias", {outputs}, 1, BiasStart::initializer};
  kernel.penalty = OptionOf<KernelRegularizer<L2<0.0>>, Options...>::penalty;
  bias.penalty = OptionOf<BiasRegularizer<L2<0.0>>, Options...>::penalty;
  if constexpr (is_among<NoBias, Options...>)
    return std::array{kernel};
  else
    return std::array{kernel, bias};
}

/// Optional members of `On`, and their defaults.
struct LayerDefaults {
  static constexpr std::array<ParameterSpec, 0> parameters{};  ///< no parameters
  /// The zeros that the layer wants around x, and around dz.
  static constexpr Border input_border{}, gradient_border{};
  static constexpr Index prepared_size = 0;       ///< scalars computed from the parameters, once for each new set
  static constexpr Index scratch_per_sample = 0;  ///< scalars to work with, for each sample
  static constexpr Index scratch_size = 0;        ///< scalars to work with, in one call
  static constexpr Index statistics_size = 0;     ///< doubles gathered over the batch
  static constexpr Index forward_parts = 1;       ///< parts of an image that several threads can compute
  /// whether dx is multiplied by the derivative of the activation before
  static constexpr bool undoes_previous = false;
  static constexpr OwnLoss own_loss{};  ///< no loss of its own
};

/// A text as a template argument.
template <std::size_t count>
struct FixedString {
  char characters[count];  ///< the text, with its final 0
  /// From a literal.
  constexpr FixedString(const char (&literal)[count]) {
    std::copy_n(literal, count, characters);
  }  // NOLINT: the conversion is the point
  /// From a text of count - 1 letters.
  constexpr explicit FixedString(const char* text) { std::copy_n(text, count, characters); }
};

/// Named<"encoded", MaxPooling2D<2, Same>>: a layer, or an Input, under the user's name.
template <FixedString name, class Layer>
struct Named : Layer {
  static constexpr const char* given_name = name.characters;  ///< the name
  using unnamed = Layer;                                      ///< the layer without the name
};

/// The values that a layer reads, if not only the one before it: `using reads = Reads<"z_mean", "z_log_var">`, the values of these
/// names, or `ReadsAlso<"fine">`, the value before it, and after it those.
template <FixedString... of>
struct Reads {
  static constexpr bool value_before = false;  ///< whether the value before it is read, too
  /// the names of the values, in order
  static constexpr std::array<const char*, sizeof...(of)> names{of.characters...};
};
/// The values of these names after the value before it.
template <FixedString... of>
struct ReadsAlso : Reads<of...> {
  static constexpr bool value_before = true;  ///< the value before it is read, too
};

}  // namespace latent
