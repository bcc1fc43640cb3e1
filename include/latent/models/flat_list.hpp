/// A model may be used as a layer of another one. Here it is replaced by its layers, so that a network is one flat
/// list. A layer is split in two if its activation has to be a layer of its own.
#pragma once

#include "latent/layers/activation.hpp"
#include "latent/models/graph.hpp"

namespace latent {

template <class Scalar, class... Items>
class Model;

namespace engine {

template <class... Ts>
struct List {};

/// Replaces a layer that does not fit, and those that read its value, so that there is one message and not a hundred.
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

// ---- layers that are split

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
                     (NeedsInput<typename Layer::activation> || (LossesLookThrough<typename Layer::activation> &&
                                                                 requires { requires Layer::activity_penalty.any(); }));
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

// ---- other items of a flat list

/// A repeated layer, which shares the parameters of the one `distance` items before. Its value has no name, unless it belongs to a
/// repeated model: then names mean the latest of their values.
template <class Layer, int distance_, bool named>
struct Repeated : Layer {
  using written = Layer;
  static constexpr int distance = distance_;
  static constexpr bool keeps_name = named;
};
/// The Input of a nested model; whether it is its first.
template <class Item, bool is_first>
struct NestedInput : Item {
  using written = Item;
  static constexpr bool nested = true, first = is_first;
};
/// The same in a network that is bound to Inputs of another size: it accepts any shape.
template <class Item>
struct AnyInput : Item {
  static constexpr bool any_shape = true;
};
/// The end of a nested model: continues from the last of the values that its Outputs name.
template <class Outputs>
struct FromLast {
  using written = Outputs;
  static constexpr std::array from{Outputs::outputs.back()};
};
/// Names the value before it: Named<"encoder", Sequential<...>>. `items` is the number of items of a model.
template <FixedString name, std::size_t items = 0>
struct ValueName {
  static constexpr const char* value_name = name.characters;
};
/// The first Input of a repeated model: it stands for the value before it, whatever its name.
template <class Item>
struct AgainInput : Item {
  static constexpr bool again_input = true;
};

/// An item as the user wrote it, for messages.
template <class Item>
struct AsWritten : std::type_identity<Item> {};
template <class Item>
  requires requires { typename Item::written; }
struct AsWritten<Item> : AsWritten<typename Item::written> {};

/// A layer without the name that Named gives it.
template <class Item>
struct WithoutName : std::type_identity<Item> {};
template <FixedString name, class Item>
struct WithoutName<Named<name, Item>> : std::type_identity<Item> {};

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

/// The items of a list, those of nested models in their place.
template <class Done, class... Items>
struct Flat;
template <class... Done>
struct Flat<List<Done...>> {
  using type = List<Done...>;
};
template <class... Done, class Item, class... Rest>
struct Flat<List<Done...>, Item, Rest...> : Flat<List<Done..., Item>, Rest...> {};
/// Flatten() is the type of a function. (Clang takes a class in which an assertion fails away, so it stands apart.)
template <class Function>
struct LayerCalled {
  static_assert(std::is_void_v<Function>, "latent: a layer is written without parentheses: Flatten, not Flatten()");
  static constexpr bool reported = true;
};
template <class... Done, class Item, class... Rest>
struct Flat<List<Done...>, Item(), Rest...> : Flat<List<Done..., Item>, Rest...> {
  static_assert(LayerCalled<Item()>::reported);
};
template <class... Done, TakenApart Layer, class... Rest>
  requires(!requires { Layer::distance; })
struct Flat<List<Done...>, Layer, Rest...>
    : Flat<List<Done..., WithoutActivation<Layer>, ActivationOf<Layer>>, Rest...> {};
template <class... Done, class Scalar, class First, class... Inner, class... Rest>
struct Flat<List<Done...>, Model<Scalar, First, Inner...>, Rest...>
    : Flat<List<Done...>, typename Nested<First, true>::type, typename Nested<Inner, false>::type..., Rest...> {};

template <class FlatList>
struct Length;
template <class... Items>
struct Length<List<Items...>> : std::integral_constant<std::size_t, sizeof...(Items)> {};
template <class FlatList, class Last, class... Rest>
struct FlatWith;
template <class... Done, class Last, class... Rest>
struct FlatWith<List<Done...>, Last, Rest...> : Flat<List<Done..., Last>, Rest...> {};
template <class... Done, FixedString name, class Scalar, class... Inner, class... Rest>
struct Flat<List<Done...>, Named<name, Model<Scalar, Inner...>>, Rest...> {
  using Inside = typename Flat<List<Done...>, Model<Scalar, Inner...>>::type;
  using type = typename FlatWith<Inside, ValueName<name, Length<Inside>::value - sizeof...(Done)>, Rest...>::type;
};

// ---- once more

/// The items that Again repeats: the first of them, their number, and whether they are a model.
struct Place {
  int first = -1, items = 0;
  bool is_model = false;
};
template <class Item>
constexpr Place place_in(std::string_view name, int index) {
  if constexpr (requires {
                  Item::given_name;
                  Item::class_name;
                }) {
    constexpr bool has_parameters =
        !requires { Item::belongs_to_previous; } && !requires { Item::distance; } && !requires { Item::is_input; };
    constexpr bool comes_later = requires { Item::value_comes_later; };
    if (has_parameters && name == Item::given_name) return {index, 1 + comes_later, false};
  }
  return {};
}

template <class Item>
struct ModelItems : std::integral_constant<int, 0> {};
template <FixedString name, std::size_t items>
struct ModelItems<ValueName<name, items>> : std::integral_constant<int, static_cast<int>(items)> {};
template <class... Items>
constexpr Place find_place(std::string_view name) {
  Place found;
  int index = 0;
  const auto look = [&]<class Item>() {
    if (const Place here = place_in<Item>(name, index); here.first >= 0) found = here;
    if constexpr (ModelItems<Item>::value > 0)
      if (name == Item::value_name) found = {index - ModelItems<Item>::value, ModelItems<Item>::value, true};
    ++index;
  };
  (look.template operator()<Items>(), ...);
  return found;
}

/// The repeated form of an item.
template <class Item, int distance, bool of_model>
struct OnceMore : std::type_identity<Item> {};
template <class Item, int distance, bool of_model>
  requires requires { Item::class_name; }
struct OnceMore<Item, distance, of_model> : std::type_identity<Repeated<Item, distance, of_model>> {};
template <class Item, int distance, bool first>
struct OnceMore<NestedInput<Item, first>, distance, true> : std::type_identity<NestedInput<Item, first>> {};
template <class Item, int distance>
struct OnceMore<NestedInput<Item, true>, distance, true> : std::type_identity<AgainInput<NestedInput<Item, true>>> {};

/// Replaces Again by repeated items. If there is none of that name, it stays, and the graph reports it.
template <class... Done, FixedString name, class... Rest>
struct Flat<List<Done...>, Again<name>, Rest...> {
  static constexpr Place place = find_place<Done...>(name.characters);
  template <int k>
  using Part = typename OnceMore<std::tuple_element_t<static_cast<std::size_t>(place.first + k), std::tuple<Done...>>,
                                 static_cast<int>(sizeof...(Done)) - place.first, place.is_model>::type;
  static constexpr auto parts() {
    if constexpr (place.first < 0)
      return Flat<List<Done..., Again<name>>, Rest...>{};
    else
      return []<int... k>(std::integer_sequence<int, k...>) {
        return Flat<List<Done..., Part<k>...>, Rest...>{};
      }(std::make_integer_sequence<int, place.items>{});
  }
  using type = typename decltype(parts())::type;
};
template <class... Done, FixedString other, FixedString name, class... Rest>
struct Flat<List<Done...>, Named<other, Again<name>>, Rest...>
    : Flat<List<Done...>, Again<name>, ValueName<other>, Rest...> {};

}  // namespace engine

}  // namespace latent
