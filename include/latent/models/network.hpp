/// A list of layers bound to the shapes of its Inputs, at compile time: shapes, functions, tables (models/tables.hpp).
/// It holds no data. Its result is a table, the plan (models/plan.hpp).
/// Together with core/shape.hpp, models/graph.hpp and models/flat_list.hpp this is where the template machinery lives.
#pragma once

#include <string_view>
#include <tuple>

#include "latent/layers/activation_names.hpp"
#include "latent/models/complaints.hpp"
#include "latent/models/flat_list.hpp"
#include "latent/models/layer_functions.hpp"
#include "latent/models/tables.hpp"

namespace latent::engine {

/// What an item is to the graph.
template <class Item>
constexpr ItemFacts facts_of() {
  ItemFacts facts;
  if constexpr (requires { Item::from; }) {
    facts.kind = ItemFacts::from, facts.reads = Item::from;
  } else if constexpr (requires { Item::outputs; }) {
    facts.kind = ItemFacts::outputs, facts.reads = Item::outputs;
  } else if constexpr (requires { Item::again; }) {
    facts.lender = Item::again;
  } else if constexpr (requires { Item::value_name; }) {
    facts.kind = ItemFacts::name, facts.value_name = Item::value_name;
  } else {
    const char* given = "";
    if constexpr (requires { Item::given_name; }) given = Item::given_name;
    facts.value_name = facts.layer_name = given;
    if constexpr (requires { Item::value_comes_later; }) facts.value_name = "";
    if constexpr (requires { Item::belongs_to_previous; }) facts.layer_name = "", facts.belongs_to_previous = true;
    if constexpr (InputLayer<Item>) facts.kind = ItemFacts::input, facts.layer_name = "";
    if constexpr (requires { Item::nested; }) facts.nested = true, facts.first = Item::first;
    if constexpr (requires { typename Item::reads; })
      facts.reads_before = Item::reads::value_before, facts.reads = Item::reads::names;
    if constexpr (requires { Item::lender; }) facts.lender = Item::lender;
    if constexpr (requires { Item::again_input; }) facts.shadows = true;
    if constexpr (requires { Item::distance; }) {
      facts.distance = Item::distance, facts.lender = "", facts.layer_name = "", facts.shadows = true;
      if (!Item::keeps_name) facts.value_name = "";
    }
  }
  return facts;
}

/// The number of an item as a user counts the layers; for an item that is no layer, that of the next one.
template <std::size_t items>
constexpr int number_of(const std::array<ItemFacts, items>& facts, int item) {
  int number = item > 0 && facts[static_cast<std::size_t>(item)].kind != ItemFacts::layer;
  for (std::size_t k = 0; k <= static_cast<std::size_t>(item); ++k)
    number += facts[k].kind == ItemFacts::layer && !facts[k].belongs_to_previous;
  return number;
}

template <std::size_t A, std::size_t B>
constexpr bool same_specs(const std::array<ParameterSpec, A>& a, const std::array<ParameterSpec, B>& b) {
  if (A != B) return false;
  for (std::size_t t = 0; t < std::min(A, B); ++t)
    if (a[t].rank != b[t].rank || a[t].dimensions != b[t].dimensions) return false;
  return true;
}

/// An item of the list, bound to its inputs: a layer, or only a shape. (The messages are not in the functions
/// that compute this: after an error in a function, Clang would report the function as missing, too.)
template <class On_, class S, bool fits_ = true, class Complaint = NoComplaint, class Layer = StandIn>
struct Bound {
  using On = On_;
  using shape = S;
  static constexpr bool fits = fits_;  ///< no layer before it has complained
  using complaint = Complaint;

  static constexpr auto activation_of() {
    if constexpr (requires { typename Layer::activation; })
      return typename Layer::activation{};
    else
      return Linear{};
  }
  using activation = decltype(activation_of());
  static constexpr auto shown_activation_of() {
    if constexpr (requires { typename Layer::shown_activation; })
      return typename Layer::shown_activation{};
    else
      return activation{};
  }
  using shown_activation = decltype(shown_activation_of());
  static constexpr Penalty activity_penalty = [] {
    if constexpr (requires { Layer::activity_penalty; }) return Layer::activity_penalty;
    return Penalty{};
  }();
};

/// The items of a list as facts, and the graph that they are.
template <class... Items>
struct GraphOf {
  static constexpr std::array facts{facts_of<Items>()...};
  static constexpr auto graph = graph_of<count_reads(facts)>(facts);
};

template <class BoundLayer>
inline constexpr LayerNumbers numbers_of{BoundLayer::On::parameters,
                                         BoundLayer::shape::dimensions,
                                         BoundLayer::On::prepared_size,
                                         BoundLayer::On::statistics_size,
                                         BoundLayer::On::scratch_size,
                                         BoundLayer::On::scratch_per_sample,
                                         BoundLayer::On::input_border,
                                         BoundLayer::On::gradient_border,
                                         BoundLayer::On::own_loss,
                                         BoundLayer::activity_penalty,
                                         shown_name<typename BoundLayer::shown_activation>()};

/// `Items` is a flat list (models/flat_list.hpp).
template <class Scalar_, class... Items>
struct Network {
  using Scalar = Scalar_;
  static constexpr const auto& facts = GraphOf<Items...>::facts;
  static constexpr const auto& graph = GraphOf<Items...>::graph;
  template <int item>
  using Item = std::tuple_element_t<array_size(item), std::tuple<Items...>>;
  template <int item>
  using Written = typename AsWritten<Item<item>>::type;

  static constexpr int inputs = graph.inputs, depth = graph.layers, outputs = graph.outputs, values = inputs + depth;

  // ---- every item bound to the shapes of its inputs

  template <int item>
  static constexpr auto bind() {
    constexpr ItemFacts it = facts[item];
    constexpr int source = graph.source[item];
    if constexpr (it.kind == ItemFacts::name ||
                  (it.kind == ItemFacts::input && requires { Item<item>::any_shape; } && source >= 0)) {
      return BoundItem<source>{};
    } else if constexpr (it.kind == ItemFacts::from || it.kind == ItemFacts::outputs) {
      return Bound<void, void>{};
    } else if constexpr (it.kind == ItemFacts::input && source >= 0) {
      // The shapes have to be equal. If they are not, the following layers are bound to the wanted one.
      using Given = BoundItem<source>;
      using Wanted = typename Item<item>::shape;
      if constexpr (std::is_same_v<typename Given::shape, Wanted> || !Given::fits)
        return Bound<void, Wanted, Given::fits>{};
      else
        return Bound<void, Wanted, true, Complaint<item, Receives<typename Given::shape>, Expects<Wanted>>>{};
    } else if constexpr (it.kind == ItemFacts::input) {
      return Bound<void, typename Item<item>::shape>{};
    } else {
      constexpr int first = graph.first_read[graph.layer[item]],
                    reads = graph.first_read[graph.layer[item] + 1] - first;
      if constexpr (reads == 1)  // saves the compiler time
        return bind_layer<item, BoundItem<graph.read[first]>>();
      else
        return []<int... k>(std::integer_sequence<int, k...>) {
          return bind_layer<item, BoundItem<graph.read[first + k]>...>();
        }(std::make_integer_sequence<int, reads>{});
    }
  }
  template <int item>
  using BoundItem = decltype(bind<item>());
  template <int item>
  struct OwnName {
    static constexpr std::string_view value = [] {
      if constexpr (requires { Written<item>::given_name; }) return Written<item>::given_name;
      return "";
    }();
  };
  template <int item, std::size_t r>
  struct NameRead {
    static constexpr std::string_view value = facts[item].reads[r];
  };
  template <int item, class Received, class Expected>
  static constexpr auto complaint() {
    using Number = LayerNumber<number_of(facts, item)>;
    using Layer = typename WithoutName<Written<item>>::type;
    if constexpr (std::is_same_v<Expected, AlreadyReported>)
      return NoComplaint{};
    else
      return []<std::size_t... r>(std::index_sequence<r...>) {
        if constexpr (OwnName<item>::value.empty())
          return LayerDoesNotFit<Number, Layer, Received, Expected, Spelt<Reading, NameRead<item, r>>...>{};
        else
          return LayerDoesNotFit<Number, Layer, Received, Expected, Spelt<Called, OwnName<item>>,
                                 Spelt<Reading, NameRead<item, r>>...>{};
      }(std::make_index_sequence<facts[item].reads.size()>{});
  }
  template <int item, class Received, class Expected>
  using Complaint = decltype(complaint<item, Received, Expected>());

  template <class... S>
  struct AsRead : std::type_identity<Shapes<S...>> {};
  template <class S>
  struct AsRead<S> : std::type_identity<S> {};

  template <int item, class... Given>
  static constexpr auto bind_layer() {
    using L = Item<item>;
    using S = typename AsRead<typename Given::shape...>::type;
    using Received = Receives<typename Given::shape...>;
    constexpr int i = graph.layer[item], lender = graph.lender[i];
    using First = typename std::tuple_element_t<0, std::tuple<Given...>>::shape;
    if constexpr (!(Given::fits && ...)) {
      return Bound<StandIn::On<First, Scalar>, First, false>{};
    } else if constexpr (lender != i && facts[item].distance == 0) {  // it borrows parameters of another layer
      using Lender = BoundItem<graph.layer_item[lender]>;
      if constexpr (Lender::fits)
        return fitting<item, First, Received, typename ComplaintOf<L, S, typename Lender::On>::type, S, Scalar,
                       typename Lender::On>();
      else
        return Bound<StandIn::On<First, Scalar>, First, false>{};
    } else {
      return fitting<item, First, Received, typename ComplaintOf<L, S>::type, S, Scalar>();
    }
  }
  template <int item, class First, class Received, class Expected, class... Arguments>
  static constexpr auto fitting() {
    using L = Item<item>;
    if constexpr (!std::is_void_v<Expected>) {
      return Bound<StandIn::On<First, Scalar>, First, false, Complaint<item, Received, Expected>>{};
    } else if constexpr (facts[item].distance > 0) {
      using On = typename L::template On<Arguments...>;
      using Lender = typename BoundItem<graph.layer_item[graph.lender[graph.layer[item]]]>::On;
      if constexpr (same_specs(On::parameters, Lender::parameters))
        return Bound<On, typename On::output_shape, true, NoComplaint, L>{};
      else
        return Bound<StandIn::On<First, Scalar>, First, false,
                     Complaint<item, Received, Expects<an_input_on_which_its_parameters_have_the_same_shapes>>>{};
    } else {
      using On = typename L::template On<Arguments...>;
      return Bound<On, typename On::output_shape, true, NoComplaint, L>{};
    }
  }
  template <class>
  struct Messages;
  template <int... item>
  struct Messages<std::integer_sequence<int, item...>> {
    static_assert((Message<typename BoundItem<item>::complaint>::reported && ...));
    static constexpr bool given = true;
  };
  static_assert(Messages<std::make_integer_sequence<int, static_cast<int>(sizeof...(Items))>>::given);

  template <int i>
  using LayerBound = BoundItem<graph.layer_item[i]>;
  template <int i>
  using Layer = typename LayerBound<i>::On;
  template <int i>
  using Activation = typename LayerBound<i>::activation;
  static constexpr int item_of(int v) {
    return v < inputs ? graph.input_item[static_cast<std::size_t>(v)]
                      : graph.layer_item[static_cast<std::size_t>(v - inputs)];
  }
  template <int v>
  using ShapeOf = typename BoundItem<item_of(v)>::shape;
  static constexpr int output_value(int o) {
    return graph.value[static_cast<std::size_t>(graph.output_item[static_cast<std::size_t>(o)])];
  }
  template <int i>
  using InputShape = ShapeOf<i>;
  template <int o>
  using OutputShape = ShapeOf<output_value(o)>;
  static constexpr auto input_shapes = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{std::span<const Index>(InputShape<i>::dimensions)...};
  }(std::make_integer_sequence<int, inputs>{});
  static constexpr auto output_shapes = []<int... o>(std::integer_sequence<int, o...>) {
    return std::array{std::span<const Index>(OutputShape<o>::dimensions)...};
  }(std::make_integer_sequence<int, outputs>{});
  // Of a model with one Input and one output.
  using input_shape = InputShape<0>;
  using output_shape = OutputShape<0>;

  // ---- the network as numbers, and the tables of models/tables.hpp

  /// The values that all layers read, one layer after the other.
  static constexpr auto read_values = [] {
    std::array<int, array_size(graph.first_read[depth])> read{};
    for (std::size_t r = 0; r < read.size(); ++r) read[r] = graph.value[static_cast<std::size_t>(graph.read[r])];
    return read;
  }();
  static constexpr auto readers = count_readers<array_size(values)>(read_values);
  static constexpr auto output_list = []<int... o>(std::integer_sequence<int, o...>) {
    return std::array{output_value(o)...};
  }(std::make_integer_sequence<int, outputs>{});
  static constexpr auto numbers = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array<LayerNumbers, sizeof...(i)>{numbers_of<LayerBound<i>>...};
  }(std::make_integer_sequence<int, depth>{});
  static constexpr NetworkNumbers all{.input_shapes = input_shapes,
                                      .layers = numbers,
                                      .items = facts,
                                      .layer_item = graph.layer_item,
                                      .lender = graph.lender,
                                      .read = read_values,
                                      .first_read = graph.first_read,
                                      .readers = readers,
                                      .outputs = output_list,
                                      .line = engine::aligned<Scalar>(1)};
  static constexpr bool is_chain = all.is_chain();
  static constexpr std::span<const int> reads_of(int i) { return all.reads_of(i); }

  static constexpr auto placement = place_parameters<array_size(depth), all.tensors()>(all);
  static constexpr Index buffer_size = placement.before[depth];
  static constexpr auto layers = layer_facts(all, placement);
  static constexpr Index count_params = count_parameters(layers, false),
                         trainable_params = count_parameters(layers, true);
  static constexpr auto prepared_before = before<array_size(depth)>(all, &LayerNumbers::prepared, all.line);
  static constexpr auto statistics_before = before<array_size(depth)>(all, &LayerNumbers::statistics, 1);
  static constexpr auto segment_begins = segment_begins_of<all.segments()>(all);
  static constexpr auto loss_parts = loss_parts_of<array_size(depth)>(all);

  static constexpr auto value_borders = value_borders_of<array_size(values)>(all);
  template <int v>
  using ValueLayout = Layout<ShapeOf<v>, value_borders[v]>;
  template <int v>
  using GradientLayout = Layout<ShapeOf<v>, all.gradient_border(v)>;
  static constexpr Index chunk = chunk_of(all, value_borders);
  static constexpr auto places = places_of(all, value_borders, chunk);
  template <Logits logits>
  static constexpr auto reads = reads_table<read_values.size()>(all, places, chunk, logits);
  static constexpr auto wanted_gradients(Backward backward) {
    return wanted_gradients_of<array_size(values)>(all, backward);
  }

  /// Calls f.template operator()<i>() for every layer in order.
  template <class F>
  static void for_layers(const F& f) {
    [&]<int... i>(std::integer_sequence<int, i...>) {
      (f.template operator()<i>(), ...);
    }(std::make_integer_sequence<int, depth>{});
  }
  /// Whether another network has tensors of the same shapes, so that both can work on one buffer.
  template <class Other>
  static constexpr bool same_parameters() {
    if constexpr (Other::depth != depth) {
      return false;
    } else {
      return []<int... i>(std::integer_sequence<int, i...>) {
        return (same_specs(Layer<i>::parameters, Other::template Layer<i>::parameters) && ...);
      }(std::make_integer_sequence<int, depth>{});
    }
  }

  // ---- the table

  template <int i>
  static constexpr bool is_activation_of_previous = facts[graph.layer_item[i]].belongs_to_previous;
  /// The activation before an output, through which a loss may look: that of the layer that gives it, if nobody else reads
  /// it. `Linear` where there is none.
  template <int o>
  static constexpr auto activation_before_output() {
    constexpr int v = output_value(o);
    if constexpr (v < inputs || readers[v] > 0)
      return Linear{};
    else
      return Activation<v - inputs>{};
  }
  template <int o>
  using OutputActivation = decltype(activation_before_output<o>());

  static constexpr Logits all_logits = ~Logits(0);

  /// Whether the input gradient of layer i also undoes the activation before it.
  template <int i>
  static constexpr bool undoes_previous = [] {
    if constexpr (reads_of(i).size() != 1) {
      return false;
    } else if constexpr (constexpr int v = reads_of(i)[0]; v < inputs) {
      return false;
    } else {
      return Layer<i>::undoes_previous && Elementwise<Activation<v - inputs>> && readers[v] == 1 && !all.is_output(v) &&
             !all.penalizes(v);
    }
  }();
  /// The same seen from value v: whether its only reader does so.
  template <int v, int i = v - inputs + 1>
  static constexpr bool undone_by_reader() {
    if constexpr (readers[v] != 1 || i >= depth)
      return false;
    else if constexpr (reads_of(i).size() == 1 && reads_of(i)[0] == v)
      return undoes_previous<i>;
    else
      return undone_by_reader<v, i + 1>();
  }
  template <int i>
  static constexpr auto activation_before() {
    if constexpr (undoes_previous<i>)
      return Activation<reads_of(i)[0] - inputs>{};
    else
      return Linear{};
  }

  static constexpr bool wants_input_gradient(int i, Backward backward) {
    for (const int v : reads_of(i))
      if (wanted_gradients(backward)[static_cast<std::size_t>(v)]) return true;
    return false;
  }

  template <int i, template <int> class LayoutOf>
  static constexpr auto layouts_read() {
    return []<std::size_t... k>(std::index_sequence<k...>) {
      return List<LayoutOf<reads_of(i)[k]>...>{};
    }(std::make_index_sequence<reads_of(i).size()>{});
  }

  /// The functions of layer i.
  template <int i, Logits logits, Backward backward>
  static constexpr LayerPasses<Scalar> passes_of() {
    using L = Layer<i>;
    constexpr int v = inputs + i;
    using X = decltype(layouts_read<i, ValueLayout>());
    using Y = ValueLayout<v>;
    using DX = decltype(layouts_read<i, GradientLayout>());
    using DZ = GradientLayout<v>;
    using Act = std::conditional_t<all.without_activation(logits, v), Linear, Activation<i>>;
    LayerPasses<Scalar> passes;
    passes.forward = engine::forward<L, Act, Y, X, Scalar>;
    passes.forward_parts = L::forward_parts;
    if constexpr (backward != Backward::none) {
      if constexpr (!L::parameters.empty()) passes.weight_gradient = engine::weight_gradient<L, DZ, X, Scalar>;
      if constexpr (wants_input_gradient(i, backward))
        passes.input_gradient = engine::input_gradient<L, decltype(activation_before<i>()), Y, DZ, X, DX, Scalar>;
      if constexpr (!std::is_same_v<Act, Linear> && !undone_by_reader<v>())
        passes.undo_activation = undo_fused_activation<Act, Y, DZ, Scalar>;
    }
    if constexpr (L::prepared_size > 0) passes.prepare = engine::prepare<L, Scalar>;
    if constexpr (L::statistics_size > 0) {
      passes.gather = engine::gather<L, ValueLayout<reads_of(i)[0]>, Scalar>;
      passes.join = engine::join<L>;
      passes.remember = engine::remember<L, Scalar>;
      passes.statistics_size = L::statistics_size;
    }
    passes.reads = std::span<const Read>(reads<logits>.table).subspan(graph.first_read[i], reads_of(i).size());
    passes.prepared = prepared_before[i];
    passes.statistics = statistics_before[i];
    if constexpr (L::own_loss.name != nullptr) passes.loss_part = loss_parts.find(L::own_loss.name);
    return passes;
  }
  template <Logits logits, Backward backward>
  static constexpr auto passes = []<int... i>(std::integer_sequence<int, i...>) {
    return std::array{passes_of<i, logits, backward>()...};
  }(std::make_integer_sequence<int, depth>{});

  /// The name that the user gave value v, or empty.
  static constexpr const char* value_name(int v) {
    for (std::size_t k = sizeof...(Items); k-- > 0;)
      if (facts[k].kind != ItemFacts::outputs && facts[k].kind != ItemFacts::from && graph.value[k] == v &&
          std::string_view(facts[k].value_name) != "")
        return facts[k].value_name;
    return "";
  }
  template <Logits logits>
  static constexpr auto output_values = [] {
    std::array<OutputValue, static_cast<std::size_t>(outputs)> made{};
    for (int o = 0; o < outputs; ++o) {
      const int v = output_value(o);
      made[static_cast<std::size_t>(o)] = {value_name(v), v, all.shown_value(logits, static_cast<std::size_t>(o))};
    }
    return made;
  }();

  template <Logits logits = 0, Backward backward = Backward::none>
  static constexpr Plan<Scalar> plan{
      .layers = layers,
      .passes = passes<logits, backward>,
      .values = places.value,
      .gradients = places.gradient,
      .outputs = output_values<logits>,
      .segments = segment_begins,
      .backward = backward,
      .chunk = chunk,
      .parameters = buffer_size,
      .prepared = prepared_before[depth],
      .statistics = statistics_before[depth],
      .sample = places.added + reads<logits>.added,
      .scratch = places.added + reads<logits>.added + 2 * all.aligned(places.largest_output),
      .workspace = places.added + reads<logits>.added + 2 * all.aligned(places.largest_output) + places.scratch,
      .largest_output = places.largest_output,
      .loss_parts = {loss_parts.names.data(), loss_parts.count},
      .penalty_part = loss_parts.find(regularization),
      .has_penalties = all.has_penalties()};
};

/// The network of a flat list. After a message about its names, it is replaced by a single stand-in.
template <class Scalar, class FlatList>
struct NetworkOf : NetworkOf<Scalar, List<Input<1>, StandIn>> {
  static_assert(Message<NoInput<FlatList>>::reported);
};
template <class Scalar, InputLayer First, class Second, class... Rest>
struct NetworkOf<Scalar, List<First, Second, Rest...>> {
  using Items = std::tuple<First, Second, Rest...>;
  static constexpr const auto& facts = GraphOf<First, Second, Rest...>::facts;
  static constexpr const auto& graph = GraphOf<First, Second, Rest...>::graph;

  using Number = LayerNumber<number_of(facts, graph.problem_item)>;
  using Item = typename AsWritten<std::tuple_element_t<graph.problem_item, Items>>::type;
  struct Problem {
    static constexpr std::string_view value = graph.problem_name;
  };
  using What = Spelt<Name, Problem>;
  using Complaint =
      std::tuple_element_t<graph.problem, std::tuple<NoComplaint, NoSuchName<Number, Item, What>,
                                                     NameUsedTwice<Number, Item, What>, NobodyReads<Number, Item>,
                                                     ReadsTheOther<Number, Item, What>>>;
  static_assert(Message<Complaint>::reported);
  using type = std::conditional_t<graph.problem == graph.none, Network<Scalar, First, Second, Rest...>,
                                  Network<Scalar, First, StandIn>>;
};

}  // namespace latent::engine
