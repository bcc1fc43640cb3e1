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

TEST_CASE("how many samples go together: chunks of about one size, at least four of eight samples or more") {
  const auto chunk_of = [](Index most, Index samples, Index lanes = 0) {
    engine::Plan<float> plan = training<Whole>;
    plan.chunk = most;
    return engine::Pass<float>::chunk_of(plan, samples, lanes);
  };
  CHECK(chunk_of(4, 100) == 4);  // of so few it makes no difference
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
            workspace.fill(std::numeric_limits<float>::quiet_NaN());
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
