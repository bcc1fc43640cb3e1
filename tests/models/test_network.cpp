// What a network knows about itself at compile time: whose gradients are wanted, assigned and added to, which activations are undone
// where, what its outputs and their logits are.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;
using engine::Backward;

namespace {

using Halves = Named<"a", Conv2D<2, 1, ReLU>>;  // a layer with an activation that its reader may undo

template <class... Items>
using Net = typename Sequential<Items...>::network;

/// For each value whether its gradient is wanted.
template <class Network>
std::string wanted(Backward backward) {
  std::string words;
  for (const bool it : Network::wanted_gradients(backward)) words += it ? "1" : "0";
  return words;
}
/// Of all layers, for each value that they read, whether they add to its gradient.
template <class Network, engine::Logits logits = 0>
std::string adds(std::size_t layers = 1000) {
  std::string words;
  for (std::size_t i = 0; i < std::min(layers, static_cast<std::size_t>(Network::depth)); ++i) {
    words += i == 0 ? "" : " ";
    for (const engine::Read& read : Network::template passes<logits, Backward::input>[i].reads)
      words += text(read.value, read.adds ? "+" : "=");
  }
  return words;
}

}  // namespace

TEST_CASE("a network of hundreds of layers with long names is worked out within the steps that compilers allow") {
  constexpr std::size_t items = 400;
  static constexpr auto names = [] {  // convolution_of_block_000, ..., which differ at their ends
    std::array<std::array<char, 32>, items> made{};
    for (std::size_t k = 0; k < items; ++k) {
      constexpr std::string_view begin = "convolution_of_block_";
      std::copy(begin.begin(), begin.end(), made[k].begin());
      for (std::size_t digit = 0, rest = k; digit < 3; ++digit, rest /= 10)
        made[k][begin.size() + 2 - digit] = static_cast<char>('0' + rest % 10);
    }
    return made;
  }();
  static constexpr auto read = [] {  // each layer reads the one before it and, from the third on, the one before that
    std::array<const char*, items> made{};
    for (std::size_t k = 2; k < items; ++k) made[k] = names[k - 2].data();
    return made;
  }();
  static constexpr auto facts = [] {
    std::array<engine::ItemFacts, items> made{};
    for (std::size_t k = 0; k < items; ++k) {
      made[k].value_name = made[k].layer_name = names[k].data();
      if (k == 0) made[k].kind = engine::ItemFacts::input;
      if (k >= 2) made[k].reads = std::span(read).subspan(k, 1);
    }
    return made;
  }();
  constexpr auto graph = engine::graph_of<engine::count_reads(facts)>(facts);
  CHECK(graph.problem == graph.none);
  CHECK(graph.layers == items - 1);
  CHECK(graph.read[graph.first_read[300]] == 300);
  CHECK(graph.read[graph.first_read[300] + 1] == 299);
}

TEST_CASE("whose gradients are wanted: of what has parameters before it, or of everything") {
  using Frozen = Net<Input<4>, ReLU, Dense<3>, ReLU, Dense<2>>;  // ReLU as a layer of its own has no parameters
  CHECK(wanted<Frozen>(Backward::parameters) == "00111");
  CHECK(wanted<Frozen>(Backward::input) == "11111");
  CHECK(!Frozen::wants_input_gradient(0, Backward::parameters));
  CHECK(!Frozen::wants_input_gradient(1, Backward::parameters));
  CHECK(Frozen::wants_input_gradient(2, Backward::parameters));
  CHECK(Frozen::wants_input_gradient(0, Backward::input));
  // One of two branches has parameters.
  using Branches = Net<Named<"x", Input<4>>, Named<"a", Dense<4>>, From<"x">, ReLU, Add<"a">>;
  CHECK(wanted<Branches>(Backward::parameters) == "0101");
  CHECK(Branches::wants_input_gradient(2, Backward::parameters));
  CHECK(!Branches::wants_input_gradient(1, Backward::parameters));
}

TEST_CASE("the first layer that gives a gradient assigns it, unless a loss has, and the others add") {
  CHECK(adds<Net<Input<4>, Dense<3>, Dense<2>>>() == "0= 1=");
  // The output is y alone: a is read twice. Going backward Add is first.
  CHECK(adds<Net<Input<4>, Named<"a", Dense<4>>, Dense<4>, Add<"a">>>() == "0= 1+ 2=1=");
  // a is an output, too: its gradient comes from its loss.
  CHECK(adds<Net<Input<4>, Named<"a", Dense<4>>, Named<"b", Dense<4>>, Outputs<"a", "b">>>() == "0= 1+");
  CHECK(adds<Net<Input<4>, Named<"a", Dense<4>>, Named<"b", Dense<4>>, Outputs<"b", "a">>>() == "0= 1+");
  // Logits of an activation that is a layer of its own: the value before it is shown, and has its gradient from the loss.
  using Apart = Net<Input<4>, Dense<3>, Dense<2, GELU>>;
  REQUIRE(Apart::depth == 3);
  CHECK(adds<Apart>() == "0= 1= 2=");
  CHECK(adds<Apart, 1>() == "0= 1= 2+");
  // What is added has a place of its own behind all gradients, for a chunk of samples.
  using Skip = Net<Input<20>, Named<"a", Dense<20>>, Dense<20>, Add<"a">>;
  const auto& added = Skip::passes<0, Backward::input>[1].reads[0];
  CHECK(added.dx == Skip::places.added);
  CHECK(Skip::reads<0>.added == Skip::chunk * 20);
  CHECK(Skip::plan<>.sample == Skip::places.added + Skip::chunk * 20);
}

TEST_CASE(
    "an activation is undone by the only layer that reads it, where that can do it, and nobody else has a part in it") {
  using Pooled = Net<Input<4, 4, 1>, Halves, AveragePooling2D<2>>;
  CHECK(Pooled::undoes_previous<1>);
  CHECK(!Pooled::undoes_previous<0>);  // before it is an Input
  CHECK(Pooled::undone_by_reader<1>());
  CHECK(std::is_same_v<decltype(Pooled::activation_before<1>()), ReLU>);
  CHECK((Pooled::passes<0, Backward::input>[0].undo_activation == nullptr));

  const auto not_undone = []<class Network>(std::type_identity<Network>) {
    CHECK(!Network::template undoes_previous<1>);
    CHECK(!Network::template undone_by_reader<1>());
    CHECK(std::is_same_v<decltype(Network::template activation_before<1>()), Linear>);
    CHECK((Network::template passes<0, Backward::input>[0].undo_activation != nullptr));
  };
  // A layer that cannot, one that is not element by element, and two that read it.
  not_undone(std::type_identity<Net<Input<4, 4, 1>, Halves, Flatten>>{});
  not_undone(std::type_identity<Net<Input<4, 4, 1>, Conv2D<2, 1, Softmax>, AveragePooling2D<2>>>{});
  not_undone(std::type_identity<Net<Input<4, 4, 1>, Halves, Named<"b", AveragePooling2D<2>>, From<"a">,
                                    Named<"c", Flatten>, Outputs<"b", "c">>>{});
  not_undone(std::type_identity<Net<Input<4, 4, 1>, Halves, Named<"b", AveragePooling2D<2>>, Outputs<"a", "b">>>{});
  not_undone(std::type_identity<
             Net<Input<4, 4, 1>, Conv2D<2, 1, ReLU, ActivityRegularizer<L1<0.1f>>>, AveragePooling2D<2>>>{});
  // The reader need not be the next layer.
  using Later = Net<Named<"x", Input<4, 4, 1>>, Halves, From<"x">, Named<"b", Flatten>, From<"a">,
                    Named<"c", AveragePooling2D<2>>, Outputs<"b", "c">>;
  CHECK(Later::undone_by_reader<1>());
  CHECK(Later::undoes_previous<2>);
  // A join reads two values and undoes nothing.
  using Joined = Net<Named<"x", Input<4>>, Named<"a", Dense<4, ReLU>>, Add<"x">>;
  CHECK(!Joined::undoes_previous<1>);
  CHECK(!Joined::undone_by_reader<1>());
}

TEST_CASE("outputs, the activations before them, and their logits") {
  using One = Net<Input<4>, Dense<3, ReLU>, Dense<2, Sigmoid>>;
  CHECK(std::is_same_v<One::OutputActivation<0>, Sigmoid>);
  CHECK((One::all.shown_value(0, 0) == 2 && One::all.shown_value(1, 0) == 2));
  CHECK(
      (!One::all.without_activation(0, 2) && One::all.without_activation(1, 2) && !One::all.without_activation(1, 1)));
  CHECK((One::all.wanted_as_logits(1, 0) && !One::all.wanted_as_logits(0, 0) && !One::all.wanted_as_logits(2, 0)));

  using Two = Net<Input<4>, Named<"a", Dense<3, ReLU>>, Named<"b", Dense<2, Sigmoid>>, Outputs<"a", "b">>;
  CHECK(std::is_same_v<Two::OutputActivation<0>, Linear>);  // the other output reads it
  CHECK(std::is_same_v<Two::OutputActivation<1>, Sigmoid>);
  CHECK((!Two::all.wanted_as_logits(3, 0) && Two::all.wanted_as_logits(3, 1) && !Two::all.wanted_as_logits(1, 1)));
  CHECK((!Two::all.without_activation(3, 1) && Two::all.without_activation(3, 2)));
  CHECK(std::string(Two::plan<>.outputs[0].name) == "a");
  CHECK(std::string(Two::plan<>.outputs[1].name) == "b");
  CHECK((Two::all.is_output(1) && Two::all.is_output(2) && !Two::all.is_output(0)));
  CHECK(std::string(Two::value_name(0)) == "");

  using Apart = Net<Input<4>, Dense<2, GELU>>;
  CHECK((Apart::all.shown_value(0, 0) == 2 && Apart::all.shown_value(1, 0) == 1));
  CHECK((!Apart::all.without_activation(1, 1) && !Apart::all.without_activation(1, 2)));
  CHECK((Apart::is_activation_of_previous<1> && !Apart::is_activation_of_previous<0>));

  using Itself = Net<Named<"x", Input<4>>, Named<"a", Dense<4>>, Outputs<"x", "a">>;  // an Input is an output
  CHECK(std::is_same_v<Itself::OutputActivation<0>, Linear>);
  CHECK((Itself::all.shown_value(3, 0) == 0 && Itself::all.shown_value(3, 1) == 1));
  CHECK(!Itself::all.without_activation(3, 0));
}

TEST_CASE("parts of the loss, parameters as Keras counts them, segments") {
  using Plain = Net<Input<4>, Dense<3>>;
  CHECK((Plain::loss_parts.count == 1 && !Plain::all.has_penalties() && Plain::all.segments() == 1));
  CHECK((Plain::count_params == 15 && Plain::trainable_params == 15));

  using Penalised = Net<Input<4>, Dense<3, KernelRegularizer<L2<0.1f>>>, Dense<2, ActivityRegularizer<L1<0.1f>>>>;
  CHECK((Penalised::all.has_penalties() && Penalised::loss_parts.count == 2));
  CHECK(std::string(Penalised::loss_parts.names[1]) == "regularization_loss");
  CHECK((!Penalised::all.penalizes(0) && !Penalised::all.penalizes(1) && Penalised::all.penalizes(2)));
  using OnActivity = Net<Input<4>, Dense<2, ActivityRegularizer<L1<0.1f>>>>;
  CHECK((!OnActivity::all.has_penalties() && OnActivity::loss_parts.count == 2 &&
         OnActivity::loss_parts.find("none") == 2));

  using Normal = Net<Input<4>, BatchNormalization<>, Dense<3>, BatchNormalization<>>;
  CHECK((Normal::count_params == 16 + 15 + 12 && Normal::trainable_params == 8 + 15 + 6));
  CHECK((Normal::all.segments() == 3 && (Normal::numbers[0].statistics > 0) && !(Normal::numbers[1].statistics > 0) &&
         (Normal::numbers[2].statistics > 0)));
  CHECK((Normal::segment_begins[0] == 0 && Normal::segment_begins[1] == 0 && Normal::segment_begins[2] == 2));
  CHECK(Normal::segment_begins[3] == 3);

  using Vae = Net<Input<4>, Named<"h", Dense<3>>, Named<"m", Dense<2>>, From<"h">, Named<"v", Dense<2>>,
                  Sampling<Of<"m", "v">>, Dense<4>>;
  CHECK(Vae::loss_parts.count == 2);
  CHECK(std::string(Vae::loss_parts.names[0]) == "reconstruction_loss");
  CHECK(std::string(Vae::loss_parts.names[1]) == "kl_loss");
}
