/// A model may stand among the layers of another one: here its layers are put in its place, so that a network is one flat
/// list. A layer with an activation that has to be a layer of its own is taken apart into two.
#pragma once

#include "latent/layers/activation.hpp"
#include "latent/models/graph.hpp"

namespace latent {

template <class Scalar, class... Items>
class Model;

namespace engine {

template <class... Ts>
struct List {};

/// Takes the place of a layer that does not fit, and of those that read its value: one message, not a hundred.
struct StandIn {
  static constexpr const char *class_name = "", *default_name = "";
  template <class S>
  using complaint = void;
  template <class S, class Scalar>
  struct On : LayerDefaults {
    using output_shape = S;
    static void forward(const auto&...) {}
    static void input_gradient(const auto&...) {}
  };
};

// ---- layers that are taken apart

template <class Item>
struct IsModel : std::false_type {};
template <class Scalar, class... Items>
struct IsModel<Model<Scalar, Items...>> : std::true_type {};
template <FixedString name, class Item>
struct IsModel<Named<name, Item>> : IsModel<Item> {};
/// A layer's activation becomes a layer of its own, under the same name, if it cannot be undone from its result
/// (`Dense<32, GELU>`), and if there is a penalty on its result while a loss may want to look through it to the logits
/// (`Dense<10, Softmax, ActivityRegularizer<...>>`).
template <class Layer>
concept TakenApart = !IsModel<Layer>::value && requires { typename Layer::activation; } &&
                     (NeedsInput<typename Layer::activation> ||
                      (LossesLookThrough<typename Layer::activation> && requires { requires Layer::activity_penalty.any(); }));
template <class Layer>
struct WithoutActivation : Layer {
  using written = Layer;
  using activation = Linear;
  static constexpr Penalty activity_penalty{};
  static constexpr bool value_comes_later = true;
};
template <class Layer>
struct ActivationOf : Activation<typename Layer::activation> {
  using written = Layer;
  static constexpr bool belongs_to_previous = true;
  static constexpr const char* given_name = [] {
    if constexpr (requires { Layer::given_name; }) return Layer::given_name;
    return "";
  }();
  static constexpr Penalty activity_penalty = [] {
    if constexpr (requires { Layer::activity_penalty; }) return Layer::activity_penalty;
    return Penalty{};
  }();
};

// ---- what stands in a flat list beside layers

/// A layer that was there before, with the parameters that it has there.
template <class Layer>
struct Repeated : Layer {
  using written = Layer;
  static constexpr const char* lender = Layer::given_name;
  static constexpr const char* given_name = "";
  static constexpr bool repeats = true;
};
/// The Input of a nested model; whether it is its first.
template <class Item, bool is_first>
struct NestedInput : Item {
  using written = Item;
  static constexpr bool nested = true, first = is_first;
};
/// The same in a network that is bound to Inputs of another size: it takes what comes.
template <class Item>
struct AnyInput : Item {
  static constexpr bool any_shape = true;
};
/// Where a nested model ends: goes on from the last of the values that its Outputs name.
template <class Outputs>
struct FromLast {
  using written = Outputs;
  static constexpr std::array from{Outputs::outputs.back()};
};
/// Gives the value before it a name: Named<"encoder", Sequential<...>>.
template <FixedString name>
struct ValueName {
  static constexpr const char* value_name = name.characters;
};

/// An item as the user wrote it, for messages.
template <class Item>
struct AsWritten : std::type_identity<Item> {};
template <class Item>
  requires requires { typename Item::written; }
struct AsWritten<Item> : AsWritten<typename Item::written> {};

/// An item of a nested model.
template <class Item, bool first>
struct Nested : std::type_identity<Item> {};
template <Index... Dimensions, bool first>
struct Nested<Input<Dimensions...>, first> : std::type_identity<NestedInput<Input<Dimensions...>, first>> {};
template <FixedString name, Index... Dimensions, bool first>
struct Nested<Named<name, Input<Dimensions...>>, first>
    : std::type_identity<NestedInput<Named<name, Input<Dimensions...>>, first>> {};
template <FixedString... names, bool first>
struct Nested<Outputs<names...>, first> : std::type_identity<FromLast<Outputs<names...>>> {};

// ---- the list

/// The layer of that name among those of a list, or void.
template <FixedString name, class... Layers>
struct Find : std::type_identity<void> {};
template <FixedString name, class Layer, class... Rest>
struct Find<name, Layer, Rest...> : Find<name, Rest...> {};
template <FixedString name, class Layer, class... Rest>
  requires requires { Layer::given_name, Layer::class_name; } && (!requires { Layer::belongs_to_previous; })
struct Find<name, Layer, Rest...>
    : std::conditional_t<std::string_view(Layer::given_name) == name.characters, std::type_identity<Layer>, Find<name, Rest...>> {};

/// The items of a list, those of nested models in their place.
template <class Done, class... Items>
struct Flat;
template <class... Done>
struct Flat<List<Done...>> {
  using type = List<Done...>;
};
template <class... Done, class Item, class... Rest>
struct Flat<List<Done...>, Item, Rest...> : Flat<List<Done..., Item>, Rest...> {};
template <class... Done, TakenApart Layer, class... Rest>
  requires(!requires { Layer::repeats; })
struct Flat<List<Done...>, Layer, Rest...> : Flat<List<Done..., WithoutActivation<Layer>, ActivationOf<Layer>>, Rest...> {};
template <class... Done, class Scalar, class First, class... Inner, class... Rest>
struct Flat<List<Done...>, Model<Scalar, First, Inner...>, Rest...>
    : Flat<List<Done...>, typename Nested<First, true>::type, typename Nested<Inner, false>::type..., Rest...> {};
template <class... Done, FixedString name, class Scalar, class First, class... Inner, class... Rest>
struct Flat<List<Done...>, Named<name, Model<Scalar, First, Inner...>>, Rest...>
    : Flat<List<Done...>, typename Nested<First, true>::type, typename Nested<Inner, false>::type..., ValueName<name>, Rest...> {};

/// Again becomes the layer itself, marked; the name of the result is that of the last part. Where there is no such layer
/// it stays as it is, for the graph to complain.
template <class Layer>
struct RepeatedParts : std::type_identity<List<Repeated<Layer>>> {};
template <class Layer>
struct RepeatedParts<WithoutActivation<Layer>> : std::type_identity<List<Repeated<WithoutActivation<Layer>>, Repeated<ActivationOf<Layer>>>> {};
template <class Done, class Parts, class... Rest>
struct FlatAgain;
template <class... Done, class... Parts, class... Rest>
struct FlatAgain<List<Done...>, List<Parts...>, Rest...> : Flat<List<Done..., Parts...>, Rest...> {};
template <class... Done, FixedString name, class... Rest>
struct Flat<List<Done...>, Again<name>, Rest...> {
  using Layer = typename Find<name, Done...>::type;
  using Parts = typename std::conditional_t<std::is_void_v<Layer>, std::type_identity<List<Again<name>>>, RepeatedParts<Layer>>::type;
  using type = typename FlatAgain<List<Done...>, Parts, Rest...>::type;
};
template <class... Done, FixedString other, FixedString name, class... Rest>
struct Flat<List<Done...>, Named<other, Again<name>>, Rest...> : Flat<List<Done...>, Again<name>, ValueName<other>, Rest...> {};

}  // namespace engine

}  // namespace latent
