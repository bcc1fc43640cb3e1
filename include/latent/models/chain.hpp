/// Binds layers one after the other: every layer gets the shape that the one before it gives, and one that does not fit
/// stops the compilation with a sentence.
#pragma once

#include <concepts>
#include <tuple>

#include "latent/layers/layer.hpp"

namespace latent {

/// The first layer of a model: the shape of one sample, Input<28, 28, 1> or Input<784>.
template <Index... Dimensions>
struct Input {
  static constexpr bool is_input = true;
  static constexpr const char* class_name = "InputLayer";
  static constexpr const char* default_name = "input_layer";
  using shape = Shape<Dimensions...>;
};

template <class Layer>
concept InputLayer = requires { Layer::is_input; };
template <class Layer>
concept AnyLayer = requires { Layer::class_name; };

// What a message about a wrong network names.
template <int number>
struct LayerNumber {};
template <class S>
struct Receives {};

/// Stops the compilation with a sentence if a layer does not fit. GCC's and Clang's messages show the arguments.
template <class Number, class Layer, class Received, class Expected>
struct LayerDoesNotFit {
  static constexpr bool reported = true;
  static_assert(std::is_void_v<Expected>,
                "latent: a layer does not fit the one before it; LayerDoesNotFit<...> in this message names its number "
                "(the input is 0), its type, the shape it receives and what it expects");
};
template <class Number, class Layer, class Received>
struct LayerDoesNotFit<Number, Layer, Received, AlreadyReported> {
  static constexpr bool reported = true;
};

namespace detail {

template <class... Ts>
struct List {};

/// Takes the place of a layer that does not fit and of all that follow.
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

/// void, or what a layer (or what stands in its place) has to say about its input.
template <class Layer, class S>
struct ComplaintOf {
  using type = Expects<a_layer_such_as_Dense_or_Activation>;
};
template <AnyLayer Layer, class S>
struct ComplaintOf<Layer, S> {
  using type = typename Layer::template complaint<S>;
};

/// The layers bound one after the other: `layers` are the On<...> types. After a complaint a StandIn ends the chain: one
/// message, not a hundred.
template <class Scalar, int Number, class S, class Done, class... Layers>
struct Chain;
template <class Scalar, int Number, class S, class... Done>
struct Chain<Scalar, Number, S, List<Done...>> {
  using layers = std::tuple<Done...>;
};
template <class Scalar, int Number, class S, class... Done, class Layer, class... Rest>
struct Chain<Scalar, Number, S, List<Done...>, Layer, Rest...> {
  template <class Complaint>
  struct Next {
    static_assert(LayerDoesNotFit<LayerNumber<Number>, Layer, Receives<S>, Complaint>::reported);
    using type = Chain<Scalar, Number, S, List<Done..., StandIn::On<S, Scalar>>>;
  };
  template <std::same_as<void> None>
  struct Next<None> {
    using On = BoundLayer<Layer, S, Scalar>;
    static constexpr int next = Number + !requires { Layer::belongs_to_previous; };  // as a user counts
    using type = Chain<Scalar, next, typename On::output_shape, List<Done..., On>, Rest...>;
  };
  using layers = typename Next<typename ComplaintOf<Layer, S>::type>::type::layers;
};
// The Input of a nested model adds nothing, but it has to fit. Where it does not, the layers behind it still fit on it.
template <class Scalar, int Number, class S, class... Done, InputLayer Layer, class... Rest>
struct Chain<Scalar, Number, S, List<Done...>, Layer, Rest...> {
  using complaint = Unless<std::is_same_v<S, typename Layer::shape>, Expects<typename Layer::shape>>;
  static_assert(std::is_void_v<complaint> || LayerDoesNotFit<LayerNumber<Number>, Layer, Receives<S>, complaint>::reported);
  using layers = typename Chain<Scalar, Number, typename Layer::shape, List<Done...>, Rest...>::layers;
};

}  // namespace detail

}  // namespace latent
