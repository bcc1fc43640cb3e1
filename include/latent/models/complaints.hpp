/// What is wrong with a list of layers, as types: a compiler shows their names in the line of its error.
#pragma once

#include <string_view>
#include <utility>

#include "latent/models/flat_list.hpp"

namespace latent {

// What a message about a wrong network names.
template <int number>
struct LayerNumber {};
template <class... S>
struct Receives {};
template <char... characters>
struct Name {};

/// A layer that does not fit: its number (the input is 0), its type, the shape (or shapes) that it receives, and what it expects.
/// Message<...> below stops the compilation with an error whose own line, which is all that an editor may show, holds these
/// arguments: GCC does not write those of a static_assert there, but those of a class in which a type is missing.
/// The names at the end are the layer's own and those of the values that it reads (older versions of Clang write them as numbers where
/// they are the arguments of a layer).
template <class Number, class Layer, class Received, class Expected, class... Names>
struct LayerDoesNotFit {};
/// The layer's own name.
template <char... characters>
struct Called {};
/// That of a value that it reads.
template <char... characters>
struct Reading {};
/// The same for what is wrong with names.
template <class Number, class Item, class Name>
struct NoSuchName {};
/// Two values have one name.
template <class Number, class Item, class Name>
struct NameUsedTwice {};
/// No layer reads the value of a layer, and it is not an output of the model, because those before the last have names.
template <class Number, class Item>
struct NobodyReads {};
/// Of the two values that Sampling reads, this layer makes the second of the first, which has that name.
template <class Number, class Item, class Name>
struct ReadsTheOther {};
template <class FlatList>
struct NoInput {};

namespace engine {

/// void, or the complaint of a layer (or of a type that is no layer) about its inputs.
template <class Layer, class... Given>
struct ComplaintOf {
  using type = Expects<a_layer_such_as_Dense_or_Activation>;
};
template <AnyLayer Layer, class... Given>
struct ComplaintOf<Layer, Given...> {
  using type = typename Layer::template complaint<Given...>;
};

struct NoComplaint {};

/// Text::value, a std::string_view, as a message shows it: Name<'c', 'o', 'd', 'e'>.
template <template <char...> class What, class Text, class = std::make_index_sequence<Text::value.size()>>
struct SpeltOut;
template <template <char...> class What, class Text, std::size_t... i>
struct SpeltOut<What, Text, std::index_sequence<i...>> {
  using type = What<Text::value[i]...>;
};
template <template <char...> class What, class Text>
using Spelt = typename SpeltOut<What, Text>::type;

/// Stops the compilation if there is a complaint.
template <class Complaint>
struct Message {
  static constexpr bool reported = true;
};
template <class Number, class Layer, class S, class Expected, class... Names>
struct Message<LayerDoesNotFit<Number, Layer, Receives<S>, Expected, Names...>> : Message<NoComplaint> {
  using type =
      typename LayerDoesNotFit<Number, Layer, Receives<S>, Expected, Names...>::a_layer_that_fits_the_one_before_it;
};
template <class Number, class Layer, class A, class B, class... More, class Expected, class... Names>
struct Message<LayerDoesNotFit<Number, Layer, Receives<A, B, More...>, Expected, Names...>> : Message<NoComplaint> {
  using type = typename LayerDoesNotFit<Number, Layer, Receives<A, B, More...>, Expected,
                                        Names...>::a_layer_that_fits_the_values_it_reads;
};
template <class... Arguments>
struct Message<NoSuchName<Arguments...>> : Message<NoComplaint> {
  using type = typename NoSuchName<Arguments...>::a_layer_before_that_has_the_name;
};
template <class... Arguments>
struct Message<NameUsedTwice<Arguments...>> : Message<NoComplaint> {
  using type = typename NameUsedTwice<Arguments...>::a_name_of_its_own_for_each_layer;
};
template <class... Arguments>
struct Message<NobodyReads<Arguments...>> : Message<NoComplaint> {
  using type = typename NobodyReads<Arguments...>::a_layer_whose_value_is_read_or_has_a_name;
};
template <class... Arguments>
struct Message<ReadsTheOther<Arguments...>> : Message<NoComplaint> {
  using type = typename ReadsTheOther<Arguments...>::a_From_before_it_of_the_value_that_both_read;
};
/// A list that no model can be made of.
template <class FlatList>
struct Message<NoInput<FlatList>> : Message<NoComplaint> {
  static_assert(std::is_void_v<FlatList>,
                "latent: a model starts with Input<height, width, channels> or Input<features>, and layers follow");
};

}  // namespace engine

}  // namespace latent
