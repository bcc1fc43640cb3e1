/// A chain of layers on one input shape, worked out at compile time: shapes, memory layouts, parameters, functions. It
/// holds no data, and what comes of it is a table, the plan (models/plan.hpp).
/// Together with core/shape.hpp and models/chain.hpp this is where the template machinery lives.
#pragma once

#include <string_view>
#include <tuple>

#include "latent/models/chain.hpp"
#include "latent/models/layer_functions.hpp"

namespace latent::detail {

template <std::size_t A, std::size_t B>
constexpr bool same_specs(const std::array<ParameterSpec, A>& a, const std::array<ParameterSpec, B>& b) {
  if (A != B) return false;
  for (std::size_t t = 0; t < A; ++t)
    if (a[t].rank != b[t].rank || a[t].dimensions != b[t].dimensions) return false;
  return true;
}

/// The parts of a loss, by name: first the loss of the targets, then what layers and regularizers add, each name once.
template <std::size_t most>
struct LossParts {
  std::array<const char*, most> names{"data_loss"};
  std::size_t count = 1;

  constexpr std::size_t find(std::string_view name) const {
    std::size_t part = 1;
    while (part < count && names[part] != name) ++part;
    return part;
  }
  constexpr void add(const char* name) {
    if (find(name) == count) names[count++] = name;
  }
};

/// `Layers` are plain layers, and the Inputs of nested models.
template <class Scalar_, class InputShape, class... Layers>
struct Network {
  using Scalar = Scalar_;
  using input_shape = InputShape;
  using Bound = typename Chain<Scalar, 1, InputShape, List<>, Layers...>::layers;
  static constexpr int depth = static_cast<int>(std::tuple_size_v<Bound>);
  static_assert(depth > 0, "latent: a model needs at least one layer after its Input");
  template <int i>
  using Layer = std::tuple_element_t<i, Bound>;
  using output_shape = typename Layer<depth - 1>::output_shape;
  using last_activation = typename Layer<depth - 1>::activation;

  // ---- parameters: tensor t of layer i starts at offset(i, t) of one buffer; every tensor starts on a cache line.

  static constexpr Index aligned(Index n) { return detail::aligned<Scalar>(n); }

  /// Scalars of the parameters of the layers before layer i, gaps included.
  template <int i>
  static constexpr Index parameters_before() {
    if constexpr (i == 0) {
      return 0;
    } else {
      Index sum = parameters_before<i - 1>();
      for (const ParameterSpec& spec : Layer<i - 1>::parameters) sum += aligned(spec.size());
      return sum;
    }
  }
  static constexpr Index buffer_size = parameters_before<depth>();
  static constexpr std::array<LayerFacts, static_cast<std::size_t>(depth)> layers =
      []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{LayerFacts{Layer<i>::parameters, Layer<i>::output_shape::dimensions, parameters_before<i>(),
                                 Layer<i>::own_loss, Layer<i>::activity_penalty, Layer<i>::branch_shapes}...};
  }(std::make_integer_sequence<int, depth>{});
  /// Parameters as Keras counts them, without the gaps.
  static constexpr Index count_params = [] {
    Index sum = 0;
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters) sum += spec.size();
    return sum;
  }();

  static constexpr Index trainable_params = [] {
    Index sum = 0;
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters) sum += spec.trainable ? spec.size() : 0;
    return sum;
  }();

  template <int i>
  static constexpr Index prepared_before() {
    if constexpr (i == 0)
      return 0;
    else
      return prepared_before<i - 1>() + aligned(Layer<i - 1>::prepared_size);
  }

  /// Whether another network has tensors of the same shapes, so that both can work on one buffer.
  template <class Other>
  static constexpr bool same_parameters() {
    if constexpr (Other::depth != depth) {
      return false;
    } else {
      return []<int... i>(std::integer_sequence<int, i...>) {
        return (detail::same_specs(Layer<i>::parameters, Other::template Layer<i>::parameters) && ...);
      }(std::make_integer_sequence<int, depth>{});
    }
  }

  // ---- losses: that of the targets, and the network's own

  /// Whether there is a penalty on value i, the activity of the layer before it.
  template <int i>
  static constexpr bool penalizes = [] {
    if constexpr (i == 0)
      return false;
    else
      return Layer<i - 1>::activity_penalty.any();
  }();

  /// Whether there are penalties on parameters.
  static constexpr bool has_penalties = [] {
    for (const LayerFacts& layer : layers)
      for (const ParameterSpec& spec : layer.parameters)
        if (spec.penalty.any()) return true;
    return false;
  }();
  static constexpr const char* regularization = "regularization_loss";
  static constexpr auto loss_parts = [] {
    LossParts<static_cast<std::size_t>(depth) + 2> parts;
    for (const LayerFacts& layer : layers) {
      if (layer.own_loss.name) parts.add(layer.own_loss.name);
      if (layer.own_loss.others) parts.names[0] = layer.own_loss.others;
      if (layer.activity_penalty.any()) parts.add(regularization);
    }
    if (has_penalties) parts.add(regularization);
    return parts;
  }();

  // ---- segments: a layer that gathers statistics of the whole batch is the first of a new one

  static constexpr int segments = [] {
    return std::apply([](auto... layer) { return 1 + (int(layer.statistics_size > 0) + ...); }, Bound{});
  }();
  /// The first layer of each segment, and `depth`.
  static constexpr auto segment_begins = []<int... i>(std::integer_sequence<int, i...>) {
    std::array<int, static_cast<std::size_t>(segments) + 1> found{};
    std::size_t next = 1;
    ((Layer<i>::statistics_size > 0 ? void(found[next++] = i) : void()), ...);
    found[next] = depth;
    return found;
  }(std::make_integer_sequence<int, depth>{});
  /// Doubles of the statistics of the layers before layer i.
  template <int i>
  static constexpr Index statistics_before() {
    if constexpr (i == 0)
      return 0;
    else
      return statistics_before<i - 1>() + Layer<i - 1>::statistics_size;
  }

  // ---- activations: value i is the input of layer i, value `depth` the result; gradient i belongs to value i.

  template <int i>
  static constexpr auto shape_of() {
    if constexpr (i == 0)
      return InputShape{};
    else
      return typename Layer<i - 1>::output_shape{};
  }
  template <int i>
  static constexpr Border value_border() {
    if constexpr (i == depth)
      return Border{};
    else
      return Layer<i>::input_border;
  }
  template <int i>
  static constexpr Border gradient_border() {
    if constexpr (i == 0)
      return Border{};
    else
      return Layer<i - 1>::gradient_border;
  }
  template <int i>
  using ValueLayout = Layout<decltype(shape_of<i>()), value_border<i>()>;
  template <int i>
  using GradientLayout = Layout<decltype(shape_of<i>()), gradient_border<i>()>;

  /// How many samples go through the whole network together, at most: so many that the tiles of a matrix product are full
  /// and few chunks add to a gradient, but of a larger network only four or two images (which share every read of its
  /// weights) or one, so that the activations stay in the second-level cache from the forward pass to the backward pass.
  static constexpr Index chunk = [] {
    constexpr Index kilobytes = 1024;
    const Index bytes = []<int... i>(std::integer_sequence<int, i...>) {
      return ((ValueLayout<i>::size + GradientLayout<i>::size) + ...) * static_cast<Index>(sizeof(Scalar));
    }(std::make_integer_sequence<int, depth + 1>{});
    for (Index samples = 64; samples > 1; samples /= 2)
      if (samples * bytes <= (samples > 4 ? 1024 : 2560) * kilobytes) return samples;
    return Index(1);
  }();

  /// Scalars before value i (before gradient i, which lie after all the values) in a workspace.
  template <int i>
  static constexpr Index values_before() {
    if constexpr (i == 0)
      return 0;
    else
      return values_before<i - 1>() + aligned(chunk * ValueLayout<i - 1>::size);
  }
  template <int i>
  static constexpr Index gradients_before() {
    if constexpr (i == 0)
      return values_before<depth + 1>();
    else
      return gradients_before<i - 1>() + aligned(chunk * GradientLayout<i - 1>::size);
  }

  template <class L>
  static constexpr Lines lines(Index before) {
    return {before, L::origin, L::size, L::row_step, L::height, L::width * L::channels};
  }
  static constexpr auto value_lines = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{lines<ValueLayout<i>>(values_before<i>())...};
  }(std::make_integer_sequence<int, depth + 1>{});
  static constexpr auto gradient_lines = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{lines<GradientLayout<i>>(gradients_before<i>())...};
  }(std::make_integer_sequence<int, depth + 1>{});

  static constexpr Index scratch_size = [] {
    const Index of_layers = std::apply([](auto... layer) { return std::max({layer.scratch_size + chunk * layer.scratch_per_sample...}); }, Bound{});
    return penalizes<depth> ? std::max(of_layers, 2 * aligned(output_shape::size)) : of_layers;  // see penalize_logits
  }();

  // ---- the table

  template <int i>
  static constexpr auto activation_before() {
    if constexpr (i == 0)
      return Linear{};
    else
      return typename Layer<i - 1>::activation{};
  }
  /// Whether the input gradient of layer i also undoes the activation before it.
  template <int i>
  static constexpr bool undoes_previous = [] {
    if constexpr (i == depth)
      return false;
    else
      return Layer<i>::undoes_previous && Elementwise<decltype(activation_before<i>())> && !penalizes<i>;
  }();

  /// The functions of layer i. `Last` is the last layer's activation: Linear where the logits are wanted.
  template <int i, class Last, Backward backward>
  static constexpr LayerPasses<Scalar> passes_of() {
    using L = Layer<i>;
    using X = ValueLayout<i>;
    using Y = ValueLayout<i + 1>;
    using DX = GradientLayout<i>;
    using DZ = GradientLayout<i + 1>;
    using Act = std::conditional_t<i == depth - 1, Last, typename L::activation>;
    using Previous = std::conditional_t<undoes_previous<i>, decltype(activation_before<i>()), Linear>;
    LayerPasses<Scalar> passes;
    passes.forward = detail::forward<L, Act, X, Y, Scalar>;
    if constexpr (backward != Backward::none) {
      if constexpr (!L::parameters.empty()) passes.weight_gradient = detail::weight_gradient<L, X, DZ, Scalar>;
      if constexpr (i > 0 || backward == Backward::input)
        passes.input_gradient = detail::input_gradient<L, Previous, X, Y, DX, DZ, Scalar>;
      if constexpr (!std::is_same_v<Act, Linear> && !undoes_previous<i + 1>)
        passes.undo_activation = detail::undo_fused_activation<Act, Y, DZ, Scalar>;
    }
    if constexpr (L::prepared_size > 0) passes.prepare = detail::prepare<L, Scalar>;
    if constexpr (L::statistics_size > 0) {
      passes.gather = detail::gather<L, X, Scalar>;
      passes.join = detail::join<L>;
      passes.remember = detail::remember<L, Scalar>;
      passes.statistics_size = L::statistics_size;
    }
    passes.prepared = prepared_before<i>();
    passes.statistics = statistics_before<i>();
    if constexpr (L::own_loss.name != nullptr) passes.loss_part = loss_parts.find(L::own_loss.name);
    return passes;
  }
  template <class Last, Backward backward>
  static constexpr auto passes = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{passes_of<i, Last, backward>()...};
  }(std::make_integer_sequence<int, depth>{});

  template <class Last>
  static constexpr typename LayerPasses<Scalar>::Function logits_penalty() {
    if constexpr (penalizes<depth> && !std::is_same_v<Last, last_activation>)
      return detail::penalize_logits<Layer<depth - 1>, last_activation, ValueLayout<depth>, GradientLayout<depth>, Scalar>;
    else
      return nullptr;
  }

  template <class Last = last_activation, Backward backward = Backward::none>
  static constexpr Plan<Scalar> plan{
      .layers = layers,
      .passes = passes<Last, backward>,
      .values = value_lines,
      .gradients = gradient_lines,
      .segments = segment_begins,
      .penalize_logits = logits_penalty<Last>(),
      .chunk = chunk,
      .parameters = buffer_size,
      .prepared = prepared_before<depth>(),
      .statistics = statistics_before<depth>(),
      .loss_gradient = gradients_before<depth + 1>(),
      .scratch = gradients_before<depth + 1>() + aligned(output_shape::size),
      .workspace = gradients_before<depth + 1>() + aligned(output_shape::size) + scratch_size,
      .loss_parts = {loss_parts.names.data(), loss_parts.count},
      .penalty_part = loss_parts.find(regularization),
      .has_penalties = has_penalties};

  /// Calls f.template operator()<i>() for every layer in order, or for those from `first` to before `end`.
  template <int first = 0, int end = depth, class F>
  static void for_layers([[maybe_unused]] F&& f) {
    [&]<int... i>(std::integer_sequence<int, i...>) {
      (f.template operator()<first + i>(), ...);
    }(std::make_integer_sequence<int, end - first>{});
  }
};

}  // namespace latent::detail
