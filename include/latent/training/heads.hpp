/// The losses and metrics of compile(model, optimizer, loss, metrics...), by the outputs of the model.
#pragma once

#include <algorithm>

#include "latent/models/model.hpp"
#include "latent/training/scoring.hpp"

namespace latent {

// What a message about heads names.
template <class... Names>
struct TheOutputsAre {};
/// A loss without a name, for a model with several outputs.
template <class Loss, class Outputs>
struct LossForSeveralOutputs {};
/// A head for an output that the model does not have.
template <class Name, class Outputs>
struct HeadOfNoOutput {};
/// Two heads for one output.
template <class Name>
struct TwoHeadsForOneOutput {};

namespace engine {

/// The heads of compile(model, optimizer, loss, metrics...): one without a name, for a model with one output.
template <class Loss, class... Metrics>
struct HeadsOf : std::type_identity<List<Head<"", Loss, Metrics...>>> {
  static std::tuple<Head<"", Loss, Metrics...>> make(const Loss& loss, const Metrics&... metrics) {
    return {{loss, 1, {metrics...}}};
  }
};
template <FixedString output, class Loss, class... Metrics, class... Others>
struct HeadsOf<Head<output, Loss, Metrics...>, Others...>
    : std::type_identity<List<Head<output, Loss, Metrics...>, Others...>> {
  static std::tuple<Head<output, Loss, Metrics...>, Others...> make(const Head<output, Loss, Metrics...>& head,
                                                                    const Others&... others) {
    return {head, others...};
  }
};

/// Names, for messages.
template <class Network_, int o>
struct OutputText {
  static constexpr std::string_view value = Network_::value_name(Network_::output_value(o));
};
template <class Head>
struct HeadText {
  static constexpr std::string_view value = Head::output;
};
template <class Network_, class = std::make_integer_sequence<int, Network_::outputs>>
struct OutputNames;
template <class Network_, int... o>
struct OutputNames<Network_, std::integer_sequence<int, o...>> {
  using type = TheOutputsAre<Spelt<Name, OutputText<Network_, o>>...>;
};

/// Stops the compilation if a head is for an output that is not there, or none of several.
template <class Network_, class Head, bool found>
struct OutputOf {
  static constexpr bool is_there = true;
};
template <class Network_, class Head>
struct OutputOf<Network_, Head, false> : OutputOf<Network_, Head, true> {
  static constexpr auto complaint() {
    if constexpr (HeadText<Head>::value.empty())
      return LossForSeveralOutputs<typename Head::Loss, typename OutputNames<Network_>::type>{};
    else
      return HeadOfNoOutput<Spelt<Name, HeadText<Head>>, typename OutputNames<Network_>::type>{};
  }
  using type = typename decltype(complaint())::a_head_for_each_output_that_has_a_loss;
};
/// The same if two heads are for one output.
template <class Head, bool once>
struct OneHead {
  static constexpr bool is_alone = true;
};
template <class Head>
struct OneHead<Head, false> : OneHead<Head, true> {
  using type = typename TwoHeadsForOneOutput<Spelt<Name, HeadText<Head>>>::one_head_for_each_output;
};

/// The heads of a model, in the order of its outputs.
template <class Network_, class Heads>
struct Scored;
template <class Network_, class... Heads>
struct Scored<Network_, List<Heads...>> {
  using Scalar = typename Network_::Scalar;
  static constexpr std::size_t count = sizeof...(Heads);
  template <std::size_t h>
  using Given = std::tuple_element_t<h, std::tuple<Heads...>>;

  /// The output of that name; the only one, if there is no name.
  static constexpr int output_of(std::string_view name) {
    if (name.empty()) return Network_::outputs == 1 ? 0 : -1;
    for (int o = 0; o < Network_::outputs; ++o)
      if (Network_::value_name(Network_::output_value(o)) == name) return o;
    return -1;
  }
  static constexpr std::array outputs{output_of(Heads::output)...};
  static_assert((OutputOf<Network_, Heads, (output_of(Heads::output) >= 0)>::is_there && ...));
  /// The heads by output: head order[0] is that of the first output that has one.
  static constexpr std::array order = [] {
    std::array<std::size_t, count> sorted{};
    for (std::size_t h = 0; h < count; ++h) sorted[h] = h;
    for (std::size_t i = 1; i < count; ++i)
      for (std::size_t h = i; h > 0 && outputs[sorted[h - 1]] > outputs[sorted[h]]; --h)
        std::swap(sorted[h - 1], sorted[h]);
    return sorted;
  }();
  /// The heads for the output of that one.
  template <class Head>
  static constexpr int heads_like = (int{output_of(Heads::output) == output_of(Head::output)} + ...);
  static_assert((OneHead<Heads, (output_of(Heads::output) < 0 || heads_like<Heads> == 1)>::is_alone && ...));

  template <int o, class Head>
  struct For;
  template <int o, FixedString name, class Loss, class... Metrics>
  struct For<o, Head<name, Loss, Metrics...>> {
    using type = ScoringFor<Scalar, typename Network_::template OutputShape<o>,
                            typename Network_::template OutputActivation<o>, Loss, Metrics...>;
    static_assert(
        !type::of_one_class,
        "latent: a Softmax or a CategoricalCrossentropy of one value is always the same: for two classes write "
        "Dense<1, Sigmoid> and BinaryCrossentropy, for more a unit for each");
  };
  /// What head k means, in the order of the outputs.
  template <std::size_t k>
  using Scoring = typename For<std::max(outputs[order[k]], 0), Given<order[k]>>::type;

  static constexpr Logits logits = []<std::size_t... k>(std::index_sequence<k...>) {
    return ((Scoring<k>::from_logits ? Logits(1) << std::max(outputs[order[k]], 0) : 0) | ...);
  }(std::make_index_sequence<count>{});
  using Targets = typename decltype([]<std::size_t... k>(std::index_sequence<k...>) {
    return OneOrSeveral<Tensors, Tensor<Scoring<k>::target_shape::rank + 1, Scalar>...>{};
  }(std::make_index_sequence<count>{}))::type;
  static constexpr auto target_shapes = []<std::size_t... k>(std::index_sequence<k...>) {
    return std::array{std::span<const Index>(Scoring<k>::target_shape::dimensions)...};
  }(std::make_index_sequence<count>{});
  static std::array<std::string, count> target_names() {
    return []<std::size_t... k>(std::index_sequence<k...>) {
      return std::array<std::string, count>{Given<order[k]>::output...};
    }(std::make_index_sequence<count>{});
  }

  static std::vector<typename Objective<Scalar>::Part> make(const std::tuple<Heads...>& heads) {
    std::vector<typename Objective<Scalar>::Part> parts;
    const auto add = [&]<std::size_t k>() {
      const auto& head = std::get<order[k]>(heads);
      parts.push_back(
          {static_cast<std::size_t>(outputs[order[k]]), head.weight,
           std::apply([&](const auto&... metrics) { return Scoring<k>::make(head.loss, metrics...); }, head.metrics)});
    };
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (add.template operator()<k>(), ...);
    }(std::make_index_sequence<count>{});
    return parts;
  }
};

template <class T>
concept AnyModel = requires {
  typename T::network;
  typename T::Scalar;
};
template <class T>
concept AnyOptimizer = requires(const T& optimizer) {
  T::name;
  optimizer.learning_rate(Index{0});
  optimizer.slot_count();
  optimizer.check_options();
  optimizer.clipnorm;
};
/// A loss: the sum over one sample, and its gradient.
template <class T, class Scalar>
concept AnyLoss = requires(const T& loss, const Scalar* y, Scalar* dy, Index count, Scalar scale) {
  { loss(y, y, dy, count, count, scale) } -> std::convertible_to<double>;
};
template <class T>
concept AnyMetric = requires { T::name; } && !AnyOptimizer<T>;

/// A loss and metrics, or a head for each output.
template <class Scalar, class... T>
inline constexpr bool are_loss_and_metrics = false;
template <class Scalar, class Loss, class... Metrics>
inline constexpr bool are_loss_and_metrics<Scalar, Loss, Metrics...> =
    AnyLoss<Loss, Scalar> && (AnyMetric<Metrics> && ...);
template <class T>
inline constexpr bool is_head = false;
template <FixedString output, class... T>
inline constexpr bool is_head<Head<output, T...>> = true;
template <class Scalar, FixedString output, class Loss, class... Metrics, class... Others>
inline constexpr bool are_loss_and_metrics<Scalar, Head<output, Loss, Metrics...>, Others...> =
    are_loss_and_metrics<Scalar, Loss, Metrics...> && (is_head<Others> && ...);
template <class Scalar, class... T>
concept LossAndMetrics = are_loss_and_metrics<Scalar, T...>;

template <class Model_, class Optimizer, class... Others>
inline constexpr bool can_be_compiled = false;
template <AnyModel Model_, AnyOptimizer Optimizer, class... Others>
inline constexpr bool can_be_compiled<Model_&, Optimizer, Others...> =
    !std::is_const_v<Model_> && LossAndMetrics<typename Model_::Scalar, Others...>;
template <class Model_, class Optimizer, class... Others>
concept CanBeCompiled = can_be_compiled<Model_&&, Optimizer, Others...>;

}  // namespace engine

}  // namespace latent
