// A network as a table: what is in it for which purpose, and what networks share. (Double brackets: doctest cannot print
// functions.)
#include <doctest/doctest.h>

#include <latent/latent.hpp>

using namespace latent;

using Encoder = Sequential<Input<6, 6, 1>, Conv2D<3, 3, Same, ReLU>, MaxPooling2D<2>, Conv2D<2, 3, Same, ReLU>>;
using Whole = Sequential<Encoder, Conv2D<1, 3, Same, Sigmoid>>;
using Logits = Sequential<Encoder, Conv2D<1, 3, Same>>;

template <class Model>
constexpr const engine::Plan<float>& predicting = Model::network::template plan<>;
template <class Model>
constexpr const engine::Plan<float>& training = Model::network::template plan<1, engine::Backward::parameters>;

TEST_CASE("a plan holds the functions that its purpose needs") {
  REQUIRE(predicting<Whole>.depth() == 4);
  for (const auto& layer : predicting<Whole>.passes) {
    CHECK((layer.forward != nullptr));
    CHECK((layer.weight_gradient == nullptr));
    CHECK((layer.input_gradient == nullptr));
    CHECK((layer.undo_activation == nullptr));
  }
  const auto& passes = training<Whole>.passes;
  CHECK((passes[0].weight_gradient != nullptr));
  CHECK((passes[0].input_gradient == nullptr));  // nobody asks for the gradient with respect to the images
  CHECK((passes[1].weight_gradient == nullptr));
  CHECK((passes[1].input_gradient != nullptr));
  CHECK((passes[3].undo_activation == nullptr));  // the loss gives the gradient with respect to the logits
  using network = Whole::network;
  CHECK((network::plan<0, engine::Backward::parameters>.passes[3].undo_activation != nullptr));
  CHECK((network::plan<0, engine::Backward::input>.passes[0].input_gradient != nullptr));
}

TEST_CASE("what parameters have in common, if a model is to lend them to another") {
  using engine::same_specs;
  const auto of = []<class M>(std::type_identity<M>) { return M::network::template Layer<0>::parameters; };
  const auto kernel = of(std::type_identity<Sequential<Input<4>, Dense<3>>>{}),
             wider = of(std::type_identity<Sequential<Input<4>, Dense<2>>>{}),
             deeper = of(std::type_identity<Sequential<Input<5>, Dense<3>>>{});
  const auto no_bias = of(std::type_identity<Sequential<Input<4>, Dense<3, NoBias>>>{});
  const auto image = of(std::type_identity<Sequential<Input<4, 4, 4>, Conv2D<3, 1>>>{});
  CHECK(same_specs(kernel, kernel));
  CHECK(!same_specs(kernel, wider));
  CHECK(!same_specs(kernel, deeper));
  CHECK(!same_specs(kernel, no_bias));
  CHECK(!same_specs(no_bias, kernel));
  CHECK(!same_specs(kernel, image));
}

TEST_CASE("layers between the same neighbours share their functions") {
  const auto &whole = predicting<Whole>.passes, &other = predicting<Logits>.passes, &part = predicting<Encoder>.passes;
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK((whole[i].forward == other[i].forward));
    CHECK((training<Whole>.passes[i].weight_gradient == training<Logits>.passes[i].weight_gradient));
    CHECK((training<Whole>.passes[i].input_gradient == training<Logits>.passes[i].input_gradient));
  }
  CHECK((whole[3].forward != other[3].forward));
  for (std::size_t i = 0; i < 2; ++i) CHECK((whole[i].forward == part[i].forward));
  CHECK((whole[2].forward != part[2].forward));  // the part's result has no border
}

TEST_CASE("the lines of a workspace lie one after the other, within borders") {
  const engine::Plan<float>& plan = training<Whole>;
  CHECK(plan.input(0).scalars() == 36);
  CHECK(plan.output(0).scalars() == 9);
  Index end = 0;
  for (const auto& table : {plan.values, plan.gradients})
    for (const engine::Lines& lines : table) {
      CHECK(lines.begin >= end);
      CHECK(lines.origin + (lines.rows - 1) * lines.row_step + lines.size <= lines.sample);
      end = lines.begin + plan.chunk * lines.sample;
    }
  CHECK(end <= plan.sample);
  CHECK(plan.sample + 2 * plan.largest_output <= plan.scratch);
  CHECK(plan.scratch <= plan.workspace);
  CHECK(!plan.values[0].contiguous());  // the convolution's border of zeros
  CHECK(plan.values[4].contiguous());

  const engine::Workspace<float> workspace(plan);
  std::vector<float> image(36);
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = 1 + static_cast<float>(i);
  workspace.set(plan.values[0], 1, image.data());
  double sum = 0;
  for (Index i = 0; i < plan.values[1].begin; ++i) sum += static_cast<double>(workspace.begin()[i]);
  CHECK(sum == 36 * 37 / 2);
  CHECK(workspace.line(plan.values[0], 1, 5)[0] == 31);
}

TEST_CASE("an output that has borders is copied out of them, and its gradient into them") {
  // Of two samples of one output each: the first is read by a convolution, the second by nobody.
  using Two = Sequential<Input<2, 3, 1>, Named<"a", Conv2D<2, 1>>, Named<"b", Conv2D<2, 3, Same>>, Outputs<"a", "b">>;
  engine::Plan<float> plan = Two::network::template plan<0, engine::Backward::parameters>;
  const engine::Workspace<float> workspace(plan);
  REQUIRE(!plan.output(0).contiguous());
  REQUIRE(plan.output(1).contiguous());
  std::vector<float> numbers(12);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i + 1);
  for (std::size_t o = 0; o < 2; ++o) {
    workspace.set(plan.output(o), 1, numbers.data());
    const float* const copy = workspace.output(o, 1);
    CHECK(copy == (o == 0 ? workspace.begin() + plan.sample : workspace.line(plan.output(1), 1, 0)));
    CHECK(std::equal(numbers.begin(), numbers.end(), copy));
  }
  plan.gradients = plan.values;  // of the same layout
  CHECK(workspace.output_gradient(1, 1) == workspace.line(plan.output_gradient(1), 1, 0));
  float* const place = workspace.output_gradient(0, 1);
  CHECK(place == workspace.begin() + plan.sample + engine::aligned<float>(plan.largest_output));
  std::copy(numbers.begin(), numbers.end(), place);
  workspace.keep_gradient(0, 0, place);
  std::vector<float> kept(12);
  workspace.get(plan.output_gradient(0), 0, kept.data());
  CHECK(kept == numbers);
}

TEST_CASE("how many samples go together: chunks of about one size, at least four of eight samples or more") {
  const auto chunk_of = [](Index most, Index samples, Index lanes = 0) {
    engine::Plan<float> plan = training<Whole>;
    plan.chunk = most;
    return engine::Pass<float>::chunk_of(plan, samples, lanes);
  };
  CHECK(chunk_of(4, 100) == 4);  // of so few it makes no difference
  CHECK(chunk_of(4, 5) == 4);
  CHECK(chunk_of(1, 100) == 1);
  CHECK(chunk_of(5, 7) == 4);
  CHECK(chunk_of(32, 1) == 1);
  CHECK(chunk_of(32, 7) == 7);
  CHECK(chunk_of(32, 8) == 8);
  CHECK(chunk_of(32, 15) == 15);
  CHECK(chunk_of(32, 16) == 8);
  CHECK(chunk_of(32, 31) == 11);
  CHECK(chunk_of(32, 32) == 8);
  CHECK(chunk_of(32, 100) == 25);
  CHECK(chunk_of(32, 128) == 32);
  CHECK(chunk_of(32, 129) == 26);
  CHECK(chunk_of(32, 128, 8) == 32);
  CHECK(chunk_of(32, 128, 9) == 15);
  CHECK(chunk_of(32, 128, 16) == 8);
  CHECK(chunk_of(32, 128, 64) == 8);
  CHECK(chunk_of(32, 1024, 16) == 32);
}

TEST_CASE("lanes, threads and sums of a pass") {
  engine::Plan<float> plan = training<Whole>;
  plan.chunk = 4;
  engine::Pass<float> whole(plan), eight(plan, 8);
  CHECK(whole.mine().size() == 0);
  CHECK(whole.begin({}, 41, 3) == 3);
  CHECK(whole.lanes() == 11);  // one for each chunk
  whole.join(nullptr);
  CHECK(whole.lanes() == 11);
  CHECK(whole.mine().first == 0);
  CHECK(whole.mine().end == 11);
  CHECK(eight.begin({}, 41, 16) == 8);
  CHECK(eight.lanes() == 8);
  CHECK(eight.most_lanes() == 8);
  CHECK(eight.begin({}, 13, 16) == 4);
  CHECK(eight.lanes() == 4);
  CHECK(eight.begin({}, 1, 16) == 1);
  // Sums: of two outputs, of what the network adds, and of three metrics; each lane has a row of its own.
  engine::Pass<float> sums(plan, 8, 2, 3);
  sums.begin({}, 12, 2);
  const std::size_t width = 2 + plan.loss_parts.size() - 1 + 3;
  for (Index lane = 0; lane < 3; ++lane) {
    CHECK(sums.sums_of(lane) - sums.sums_of(0) == lane * static_cast<Index>(width));
    for (std::size_t i = 0; i < width; ++i)
      sums.sums_of(lane)[i] = static_cast<double>(lane + 1) * static_cast<double>(i + 1);
  }
  const std::vector<double> total = sums.sums();
  REQUIRE(total.size() == width);
  for (std::size_t i = 0; i < width; ++i) CHECK(total[i] == 6 * static_cast<double>(i + 1));
}

TEST_CASE("a number that is written beyond the samples of a chunk is found, wherever it is") {
  const engine::Plan<float>& plan = training<Whole>;
  const engine::Workspace<float> workspace(plan);
  for (const auto& table : {plan.values, plan.gradients})
    for (std::size_t v = 0; v < table.size(); ++v)
      for (const Index row : {Index{0}, table[v].rows - 1})
        for (const Index k : {Index{0}, table[v].size - 1})
          for (const Index n : {Index{0}, plan.chunk - 1}) {
            workspace.fill_with_nan();
            CHECK(workspace.written_beyond(0) == -1);
            workspace.line(table[v], n, row)[k] = 1;
            CHECK(workspace.written_beyond(n) == static_cast<int>(v));
            CHECK(workspace.written_beyond(n + 1) == -1);
          }
  // Borders stay 0, and samples are copied in and out of them.
  const engine::Lines& image = plan.values[0];
  std::vector<float> in(36), out(36);
  for (std::size_t i = 0; i < 36; ++i) in[i] = static_cast<float>(i + 1);
  workspace.set(image, 0, in.data());
  workspace.get(image, 0, out.data());
  CHECK(in == out);
  CHECK(workspace.line(image, 0, 0)[-1] == 0);
  CHECK(engine::aligned<float>(0) == 0);
  CHECK(engine::aligned<float>(1) == 16);
  CHECK(engine::aligned<float>(16) == 16);
  CHECK(engine::aligned<float>(17) == 32);
  CHECK(engine::aligned<double>(9) == 16);
  CHECK(Whole().training_lanes == 0);
}

namespace {

using engine::ItemFacts;

/// A graph in words: the value of each item; of each layer its item, the values it reads and its lender; the items of the
/// outputs. Or what is wrong, with the item and the name.
template <class... Facts>
std::string graph_in_words(const Facts&... facts) {
  const auto g = engine::graph_of<16>(std::array<ItemFacts, sizeof...(Facts)>{facts...});
  if (g.problem != g.none)
    return text(g.problem == g.unknown_name      ? "unknown "
                : g.problem == g.name_used_twice ? "twice "
                                                 : "unread ",
                g.problem_item, " ", g.problem_name);
  std::string words = "values";
  std::size_t k = 0;
  for (const ItemFacts& item : {facts...}) {
    const bool has_value = item.kind != ItemFacts::from && item.kind != ItemFacts::outputs;
    words += has_value ? text(" ", g.value[k]) : " -";
    ++k;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(g.layers); ++i) {
    words += text("; ", g.layer_item[i], " of");
    for (int r = g.first_read[i]; r < g.first_read[i + 1]; ++r)
      words += text(" ", g.value[static_cast<std::size_t>(g.read[static_cast<std::size_t>(r)])]);
    if (g.lender[i] != static_cast<int>(i)) words += text(" with ", g.lender[i]);
  }
  words += "; gives";
  for (std::size_t o = 0; o < static_cast<std::size_t>(g.outputs); ++o) words += text(" ", g.output_item[o]);
  return words;
}

}  // namespace

TEST_CASE("who reads what, in graphs by hand") {
  const char *const a[] = {"a"}, *const b[] = {"b"}, *const ab[] = {"a", "b"}, *const ba[] = {"b", "a"};
  const ItemFacts input{.kind = ItemFacts::input}, layer{}, name_a{.kind = ItemFacts::name, .value_name = "a"},
      input_a{.kind = ItemFacts::input, .value_name = "a"}, input_b{.kind = ItemFacts::input, .value_name = "b"},
      layer_a{.value_name = "a", .layer_name = "a"}, layer_b{.value_name = "b", .layer_name = "b"},
      from_a{.kind = ItemFacts::from, .reads = a}, from_b{.kind = ItemFacts::from, .reads = b}, with_a{.reads = a},
      only_ab{.reads_before = false, .reads = ab}, outputs_a{.kind = ItemFacts::outputs, .reads = a},
      outputs_ab{.kind = ItemFacts::outputs, .reads = ab}, outputs_ba{.kind = ItemFacts::outputs, .reads = ba},
      first{.kind = ItemFacts::input, .nested = true, .first = true},
      second{.kind = ItemFacts::input, .value_name = "b", .nested = true},
      again{.value_name = "c", .shadows = true, .distance = 2}, tied{.lender = "a"}, tied_b{.lender = "b"};
  CHECK(engine::count_reads(std::array{input, with_a, only_ab}) == 1 + 2 + 3);
  CHECK(graph_in_words(input, layer, layer) == "values 0 1 2; 1 of 0; 2 of 1; gives 2");
  CHECK(graph_in_words(input, layer_a, layer, with_a) == "values 0 1 2 3; 1 of 0; 2 of 1; 3 of 2 1; gives 3");
  CHECK(graph_in_words(input_a, layer_b, only_ab) == "values 0 1 2; 1 of 0; 2 of 0 1; gives 2");
  CHECK(graph_in_words(input, layer_a, layer, from_a, layer) == "unread 2 ");
  CHECK(graph_in_words(input, layer_a, layer_b, from_a, layer) ==
        "values 0 1 2 - 3; 1 of 0; 2 of 1; 4 of 1; gives 2 4");
  CHECK(graph_in_words(input, layer, name_a, layer_b, from_a, layer) ==
        "values 0 1 1 2 - 3; 1 of 0; 3 of 1; 5 of 1; gives 3 5");
  CHECK(graph_in_words(input, layer_a, layer_b, outputs_ab) == "values 0 1 2 -; 1 of 0; 2 of 1; gives 1 2");
  CHECK(graph_in_words(input, layer_a, layer_b, outputs_ba) == "values 0 1 2 -; 1 of 0; 2 of 1; gives 2 1");
  CHECK(graph_in_words(input, layer_a, layer_b, outputs_a) == "unread 2 b");
  CHECK(graph_in_words(input_a, input_b, layer, with_a) == "values 0 1 2 3; 2 of 1; 3 of 2 0; gives 3");
  CHECK(graph_in_words(input_a, input_b, layer) == "unread 0 a");
  CHECK(graph_in_words(input_a, layer, input_b, from_a, layer_b) == "twice 4 b");
  CHECK(graph_in_words(input, layer_a, layer_a) == "twice 2 a");
  CHECK(graph_in_words(input_a, layer_a) == "twice 1 a");
  CHECK(graph_in_words(input, layer, with_a) == "unknown 2 a");
  CHECK(graph_in_words(input, layer, from_b, layer) == "unknown 2 b");
  CHECK(graph_in_words(input, layer_a, outputs_ab) == "unknown 2 b");
  CHECK(graph_in_words(input, with_a, layer_a) == "unknown 1 a");  // which comes later
  CHECK(graph_in_words(input, layer, tied) == "unknown 2 a");
  CHECK(graph_in_words(input, layer_a, layer_a, with_a, from_b, layer) == "twice 2 a");  // the first that is wrong
  // Models in a model: the first of their Inputs is the value before it, others are the values of their names.
  CHECK(graph_in_words(input, layer, first, layer) == "values 0 1 1 2; 1 of 0; 3 of 1; gives 3");
  CHECK(graph_in_words(input_b, layer, first, layer, second, layer_a) == "unread 3 ");
  CHECK(graph_in_words(input, layer_b, first, layer_a, second, with_a) ==
        "values 0 1 1 2 1 3; 1 of 0; 3 of 1; 5 of 1 2; gives 5");
  CHECK(graph_in_words(input_b, layer_a, second, layer, with_a) ==
        "values 0 1 0 2 3; 1 of 0; 3 of 0; 4 of 2 1; gives 4");
  CHECK(graph_in_words(first, layer_a) == "values 0 1; 1 of 0; gives 1");
  CHECK(graph_in_words(input, layer_a, first, layer, second, with_a) == "unread 3 ");
  // Lenders: the layer so many items before, or that of a name; a lender's lender lends.
  CHECK(graph_in_words(input, layer_a, layer, again) == "values 0 1 2 3; 1 of 0; 2 of 1; 3 of 2 with 0; gives 3");
  CHECK(graph_in_words(input, layer_a, layer, again, layer, again) ==
        "values 0 1 2 3 4 5; 1 of 0; 2 of 1; 3 of 2 with 0; 4 of 3; 5 of 4 with 0; gives 5");
  CHECK(graph_in_words(input, layer_a, layer_b, layer, again) ==
        "values 0 1 2 3 4; 1 of 0; 2 of 1; 3 of 2; 4 of 3 with 1; gives 4");
  CHECK(graph_in_words(input, layer_a, layer_b, tied) == "values 0 1 2 3; 1 of 0; 2 of 1; 3 of 2 with 0; gives 3");
  CHECK(graph_in_words(input, layer_a, layer_b, tied_b) == "values 0 1 2 3; 1 of 0; 2 of 1; 3 of 2 with 1; gives 3");
}

TEST_CASE("the numbers of a plan follow from those of its layers") {
  const auto expect = []<class M>(std::type_identity<M>) {
    using network = typename M::network;
    const engine::Plan<float>& plan = network::template plan<0, engine::Backward::parameters>;
    const auto lines_of = [](int v) {
      const std::span<const Index> shape =
          v < network::inputs ? network::input_shapes[static_cast<std::size_t>(v)]
                              : network::numbers[static_cast<std::size_t>(v - network::inputs)].output_shape;
      return std::vector<Index>(shape.begin(), shape.end());
    };
    Index next = 0;
    const auto expect_lines = [&](const engine::Lines& lines, const std::vector<Index>& shape, const Border& border) {
      const Index height = shape.size() == 3 ? shape[0] : 1, width = shape.size() == 1 ? 1 : shape[shape.size() - 2];
      const Index across = (border.left + width + border.right) * shape.back();
      CHECK(lines.begin == next);
      CHECK(lines.rows == height);
      CHECK(lines.size == width * shape.back());
      CHECK(lines.row_step == across);
      CHECK(lines.origin == border.top * across + border.left * shape.back());
      CHECK(lines.sample == (border.top + height + border.bottom) * across);
      CHECK(lines.scalars() == height * width * shape.back());
      next += (plan.chunk * lines.sample + 15) / 16 * 16;
    };
    for (int v = 0; v < network::values; ++v) {
      Border border{};
      for (int i = 0; i < network::depth; ++i)
        for (const int read : network::reads_of(i))
          if (read == v) border = larger(border, network::numbers[static_cast<std::size_t>(i)].input_border);
      expect_lines(plan.values[static_cast<std::size_t>(v)], lines_of(v), border);
    }
    for (int v = 0; v < network::values; ++v)
      expect_lines(plan.gradients[static_cast<std::size_t>(v)], lines_of(v),
                   v < network::inputs
                       ? Border{}
                       : network::numbers[static_cast<std::size_t>(v - network::inputs)].gradient_border);
    // Of a value that several layers read: the last assigns its gradient, and what the others give is added.
    Index added = 0;
    std::vector<int> given(static_cast<std::size_t>(network::values), 0);
    for (const engine::OutputValue& output : plan.outputs) given[static_cast<std::size_t>(output.value)] = 1;
    for (std::size_t i = static_cast<std::size_t>(network::depth); i-- > 0;) {
      Index here = 0;
      for (const engine::Read& read : plan.passes[i].reads) {
        const auto v = static_cast<std::size_t>(read.value);
        CHECK(read.x == plan.values[v].begin);
        CHECK(read.adds == (given[v]++ > 0));
        CHECK(read.dx == (read.adds ? next + here : plan.gradients[v].begin));
        if (read.adds) here += (plan.chunk * plan.gradients[v].sample + 15) / 16 * 16;
      }
      added = std::max(added, here);
    }
    Index largest = 0, scratch = 0, prepared = 0, statistics = 0, parameters = 0;
    std::vector<int> segments{0};
    for (const engine::OutputValue& output : plan.outputs)
      largest = std::max(largest, plan.values[static_cast<std::size_t>(output.value)].scalars());
    for (std::size_t i = 0; i < plan.passes.size(); ++i) {
      const engine::LayerNumbers& layer = network::numbers[i];
      CHECK(plan.passes[i].prepared == prepared);
      CHECK(plan.passes[i].statistics == statistics);
      if (layer.statistics > 0) segments.push_back(static_cast<int>(i));
      prepared += (layer.prepared + 15) / 16 * 16, statistics += layer.statistics;
      scratch = std::max(scratch, layer.scratch + plan.chunk * layer.scratch_per_sample);
      for (std::size_t t = 0; t < layer.parameters.size(); ++t) {
        CHECK(plan.layers[i].places[t] == parameters);
        parameters += (layer.parameters[t].size() + 15) / 16 * 16;
      }
    }
    segments.push_back(network::depth);
    CHECK(std::vector<int>(plan.segments.begin(), plan.segments.end()) == segments);
    CHECK(plan.prepared == prepared);
    CHECK(plan.statistics == statistics);
    CHECK(plan.parameters == parameters);
    CHECK(plan.largest_output == largest);
    CHECK(plan.sample == next + added);
    CHECK(plan.scratch == next + added + 2 * ((largest + 15) / 16 * 16));
    CHECK(plan.workspace == plan.scratch + scratch);
    CHECK(M::network::is_chain == (plan.inputs() == 1 && added == 0 && plan.outputs.size() == 1));
  };
  expect(std::type_identity<Whole>{});
  expect(std::type_identity<
         Sequential<Named<"x", Input<5, 7, 2>>, Named<"a", Conv2D<3, Size{3, 5}, Same, ReLU>>, BatchNormalization<>,
                    Named<"b", Conv2D<3, 3, Same>>, From<"x">, Conv2D<3, 1>, Add<"a", "b">, Named<"y", Flatten>,
                    From<"x">, Named<"z", GlobalAveragePooling2D<>>>>{});
  // A small network takes 64 samples at once, a large one as many as fit: a mebibyte, or 2.5 of them for four, two and one.
  const auto chunk = []<Index numbers>(std::integral_constant<Index, numbers>) {
    return Sequential<Input<numbers - 1>,
                      Dense<1>>::network::chunk;  // of each number its value and its gradient, 8 bytes
  };
  CHECK(chunk(std::integral_constant<Index, 2048>{}) == 64);
  CHECK(chunk(std::integral_constant<Index, 2049>{}) == 32);
  CHECK(chunk(std::integral_constant<Index, 16384>{}) == 8);
  CHECK(chunk(std::integral_constant<Index, 16385>{}) == 4);
  CHECK(chunk(std::integral_constant<Index, 81920>{}) == 4);
  CHECK(chunk(std::integral_constant<Index, 81921>{}) == 2);
  CHECK(chunk(std::integral_constant<Index, 163840>{}) == 2);
  CHECK(chunk(std::integral_constant<Index, 163841>{}) == 1);
}

TEST_CASE("a layer that borrows a tensor has its place, and one that is used again those of all") {
  using Tied = Sequential<Input<5>, Named<"a", Dense<3>>, Named<"b", Dense<3, ReLU>>, DenseTranspose<"b">,
                          DenseTranspose<"a", NoBias>, Dense<5>>;
  using Repeated = Sequential<Input<3>, Named<"a", Dense<3>>, Dense<3>, Again<"a">, Dense<2>>;
  const auto& layers = Tied::network::layers;
  const auto& repeated = Repeated::network::layers;
  const auto places = [](const engine::LayerFacts& layer) {
    return std::vector<Index>(layer.places.begin(), layer.places.end());
  };
  using Places = std::vector<Index>;
  CHECK(places(layers[0]) == Places{0, 16});    // (5, 3) and 3
  CHECK(places(layers[1]) == Places{32, 48});   // (3, 3) and 3
  CHECK(places(layers[2]) == Places{32, 64});   // the kernel of b
  CHECK(places(layers[3]) == Places{0});        // that of a
  CHECK(places(layers[4]) == Places{80, 112});  // (5, 5) and 5
  CHECK(Tied::network::buffer_size == 128);
  CHECK(Tied::count_params() == 15 + 3 + 9 + 3 + 3 + 25 + 5);
  CHECK(places(repeated[1]) == Places{32, 48});
  CHECK(places(repeated[2]) == Places{0, 16});
  CHECK(places(repeated[3]) == Places{64, 80});
}

TEST_CASE("only what reads the value before it, and nothing else, is a chain") {
  CHECK(Sequential<Input<3>, Dense<3>, Dense<3>>::network::is_chain);
  CHECK(!Sequential<Named<"x", Input<3>>, Dense<3>, Add<"x">>::network::is_chain);
  CHECK(!Sequential<Named<"x", Input<3>>, Named<"y", Dense<3>>, Outputs<"x", "y">>::network::is_chain);
  CHECK(!Sequential<Named<"x", Input<3>>, Input<3>, Add<"x">>::network::is_chain);
  CHECK(!Sequential<Input<3>, Named<"a", Dense<3>>, Again<"a">>::network::is_chain);
  CHECK(!Sequential<Input<3>, Named<"a", Dense<2>>, DenseTranspose<"a">>::network::is_chain);
  CHECK(Sequential<Named<"x", Input<3>>, Dense<3>, Add<"x">>().name() == "functional");
  CHECK(Sequential<Input<3>, Dense<3>>().name() == "sequential");
}

TEST_CASE("what a layer of a chunk receives, number by number") {
  using Net = Sequential<Input<3>, Dense<3>, BatchNormalization<>, Dense<2, ActivityRegularizer<L2<1>>>>;
  engine::Plan<float> plan = Net::network::template plan<0, engine::Backward::parameters>;
  std::vector<engine::LayerPasses<float>> own_losses(plan.passes.begin(), plan.passes.end());
  for (std::size_t i = 0; i < 3; ++i) own_losses[i].loss_part = i + 1;
  plan.passes = own_losses;
  const engine::Workspace<float> workspace(plan);
  std::vector<float> parameters(100), prepared(100);
  std::vector<double> loss(10), lane(100), batch(100);
  engine::Duty duties[3] = {{}, {}, {}};
  Call call(2, {.training = true});
  engine::Chunk<float> chunk{plan, parameters.data(), prepared.data(), workspace, call};
  CHECK((chunk.at(0).call.loss == nullptr && chunk.at(2).call.lane_statistics == nullptr));
  CHECK((duties[0].learns && duties[0].passes_back && !duties[0].frozen));
  call.loss = loss.data(), call.lane_statistics = lane.data(), call.batch_statistics = batch.data();
  for (const bool frozen : {false, true}) {
    for (engine::Duty& duty : duties) duty.frozen = frozen;
    chunk.duties = duties;
    for (int i = 0; i < 3; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const engine::LayerCall<float> at = chunk.at(i);
      const engine::LayerPasses<float>& passes = plan.passes[index];
      CHECK(at.parameters == parameters.data());
      CHECK(at.places == plan.layers[index].places.data());
      CHECK(at.prepared == prepared.data() + passes.prepared);
      CHECK(at.memory == workspace.begin());
      CHECK(at.reads == passes.reads.data());
      CHECK(at.y == workspace.begin() + plan.values[index + 1].begin);
      CHECK(at.dz == workspace.begin() + plan.gradients[index + 1].begin);
      CHECK(at.scratch == workspace.begin() + plan.scratch);
      CHECK(at.call.layer == i);
      CHECK(at.call.training == (!frozen || i != 1));  // only statistics are made otherwise
      CHECK(at.call.loss == loss.data() + passes.loss_part);
      CHECK(at.call.lane_statistics == lane.data() + passes.statistics);
      CHECK(at.call.batch_statistics == batch.data() + passes.statistics);
    }
  }
  CHECK(plan.passes[2].statistics > 0);
}
