// A batch on its way through a network: which layer is called when, for which samples, on which numbers. The layers are those of a
// network, their functions are not: these write down that they have been called.
#include <doctest/doctest.h>

#include <latent/latent.hpp>
#include <latent/models/walk.hpp>
#include <mutex>

using namespace latent;
using namespace latent::engine;

namespace {

using Net = Sequential<Input<3>, Named<"a", Dense<3, ReLU>>, BatchNormalization<>, Named<"b", Dense<3>>, Add<"a">,
                       BatchNormalization<>, Named<"c", Dense<2>>, DenseTranspose<"c">>;
constexpr const Plan<float>& whole = Net::network::plan<0, Backward::parameters>;
const std::vector<float> prepared_numbers(static_cast<std::size_t>(whole.prepared));
constexpr int depth = Net::network::depth;

std::string words;
std::mutex one_at_a_time;
void say(const std::string& word) {
  const std::lock_guard lock(one_at_a_time);
  words += word + " ";
}
std::string said() { return std::exchange(words, ""); }

/// The letter, the layer, the first sample of the chunk: "f2.0".
template <char letter>
void called(const LayerCall<float>& at) {
  say(letter + text(at.call.layer, ".", at.call.first, at.call.parts > 1 ? text("/", at.call.parts) : ""));
}
/// What layer i gives as a gradient, for every number; beside a gradient to add one sample more.
float given(int i) { return static_cast<float>(i + 1); }

/// A plan whose layers only write down their names; statistics are numbers that tell layer, lane and first sample.
struct Traced {
  std::vector<LayerPasses<float>> passes{whole.passes.begin(), whole.passes.end()};
  Plan<float> plan = whole;

  explicit Traced(Index chunk) {
    for (LayerPasses<float>& layer : passes) {
      layer.forward = called<'f'>;
      if (layer.weight_gradient) layer.weight_gradient = [](const ChangingCall<float>& at) { called<'w'>(at); };
      if (layer.undo_activation) layer.undo_activation = called<'u'>;
      if (layer.input_gradient)
        layer.input_gradient = [](const LayerCall<float>& at) {
          called<'i'>(at);
          for (const Read& read : whole.passes[static_cast<std::size_t>(at.call.layer)].reads)
            std::fill_n(at.memory + read.dx, 3 * (at.call.samples + read.adds), given(at.call.layer));
        };
      if (!layer.gather) continue;
      layer.gather = [](const LayerCall<float>& at) {
        called<'g'>(at);
        for (Index k = 0; k < whole.passes[static_cast<std::size_t>(at.call.layer)].statistics_size; ++k)
          at.call.lane_statistics[k] += static_cast<double>(1000 * at.call.layer + at.call.first + 1);
      };
      layer.join = [](const double* other, double* statistics) {
        say(text("j", other[0]));
        for (Index k = 0; k < whole.passes[1].statistics_size; ++k) statistics[k] += other[k];
      };
      layer.remember = [](const ChangingCall<float>&, const double* statistics) {
        const Index size = whole.passes[1].statistics_size;
        say(text("r", statistics[0], std::count(statistics, statistics + size, statistics[0]) == size ? "" : "?"));
      };
    }
    plan.passes = passes;
    plan.chunk = chunk;
  }
};

/// What is called for `samples` samples in chunks of at most `chunk`, in training.
std::string trace(Index samples, Index chunk, Index lanes, Frozen frozen = nullptr, bool training = true,
                  Company* company = nullptr) {
  const Traced traced(chunk);
  const std::vector<float> parameters(static_cast<std::size_t>(whole.parameters));
  Pass<float> pass(traced.plan, lanes, 2, 1);
  pass.freeze(frozen);
  pass.join(company, lanes);
  CHECK(pass.begin({.training = training}, samples, 1) == 1);
  std::vector<float> gradients(8);
  std::vector<const void*> workspaces(static_cast<std::size_t>(samples));
  const auto start = [&](Index lane) { return gradients.data() + lane; };
  const auto input = [&](const Chunk<float>& at) {
    CHECK(at.call.batch == samples);
    CHECK(at.sums == pass.sums_of(at.call.lane));
    CHECK(at.call.loss == at.sums + 1);  // behind the loss of the first output
    CHECK(at.call.training == training);
    CHECK(at.scratches.empty());
    workspaces[static_cast<std::size_t>(at.call.first)] = at.workspace.begin();
    say(text("in", at.call.first, "+", at.call.samples, "@", at.call.lane));
  };
  const auto loss = [&](const Chunk<float>& at) {
    CHECK(workspaces[static_cast<std::size_t>(at.call.first)] == at.workspace.begin());
    CHECK(at.gradients == gradients.data() + at.call.lane);
    say(text("loss", at.call.first));
  };
  const auto done = [&](const Chunk<float>& at) {
    CHECK(workspaces[static_cast<std::size_t>(at.call.first)] == at.workspace.begin());
    say(text("done", at.call.first));
    if (frozen || at.call.first > 0) return;
    // Value 1 is read by a BatchNormalization and by the Add.
    for (Index n = 0; n < chunk; ++n)
      for (Index k = 0; k < 3; ++k)
        CHECK(at.workspace.line(whole.gradients[1], n, 0)[k] == (n < at.call.samples ? given(1) + given(3) : 0));
  };
  pass.run(parameters.data(), prepared_numbers.data(), {.start = start, .input = input, .loss = loss, .done = done});
  if (training) {
    std::vector<float> changed(parameters);
    pass.remember(changed.data());
    std::erase(workspaces, nullptr);  // where layers see the whole batch each chunk keeps its own
    std::sort(workspaces.begin(), workspaces.end());
    CHECK(std::adjacent_find(workspaces.begin(), workspaces.end()) == workspaces.end());
  }
  return said();
}

}  // namespace

TEST_CASE("forward and backward, segment by segment, lane by lane") {
  CHECK(trace(1, 1, 0) ==
        "in0+1@0 f0.0 g1.0 j1001 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 loss0 w6.0 i6.0 w5.0 i5.0 w4.0 j4001 i4.0 "
        "i3.0 w2.0 i2.0 "
        "w1.0 j1001 i1.0 u0.0 w0.0 done0 r1001 r4001 ");
  CHECK(trace(3, 1, 2) ==
        "in0+1@0 f0.0 g1.0 in2+1@0 f0.2 g1.2 in1+1@1 f0.1 g1.1 j2004 j1002 "
        "f1.0 f2.0 f3.0 g4.0 f1.2 f2.2 f3.2 g4.2 f1.1 f2.1 f3.1 g4.1 j8004 j4002 "
        "f4.0 f5.0 f6.0 loss0 w6.0 i6.0 w5.0 i5.0 w4.0 f4.2 f5.2 f6.2 loss2 w6.2 i6.2 w5.2 i5.2 w4.2 f4.1 f5.1 f6.1 "
        "loss1 w6.1 i6.1 w5.1 i5.1 w4.1 j8004 j4002 "
        "i4.0 i3.0 w2.0 i2.0 w1.0 i4.2 i3.2 w2.2 i2.2 w1.2 i4.1 i3.1 w2.1 i2.1 w1.1 j2004 j1002 "
        "i1.0 u0.0 w0.0 done0 i1.2 u0.2 w0.2 done2 i1.1 u0.1 w0.1 done1 r3006 r12006 ");
  CHECK(trace(2, 4, 0, nullptr, false) ==
        "in0+2@0 f0.0 f1.0 f2.0 f3.0 f4.0 f5.0 f6.0 loss0 w6.0 i6.0 w5.0 i5.0 w4.0 i4.0 i3.0 w2.0 i2.0 w1.0 i1.0 u0.0 "
        "w0.0 done0 ");
  CHECK(trace(3, 2, 1, nullptr, false) ==
        "in0+2@0 f0.0 f1.0 f2.0 f3.0 f4.0 f5.0 f6.0 loss0 w6.0 i6.0 w5.0 i5.0 w4.0 i4.0 i3.0 w2.0 i2.0 w1.0 i1.0 u0.0 "
        "w0.0 done0 "
        "in2+1@0 f0.2 f1.2 f2.2 f3.2 f4.2 f5.2 f6.2 loss2 w6.2 i6.2 w5.2 i5.2 w4.2 i4.2 i3.2 w2.2 i2.2 w1.2 i1.2 u0.2 "
        "w0.2 done2 ");
}

// Layer 6 borrows the kernel of layer 5 and has a bias of its own: it learns unless both are frozen.
TEST_CASE("frozen layers have no weight gradient, and nothing goes back beyond the first that learns") {
  const auto frozen = [](std::initializer_list<int> layers) {
    bool flags[depth] = {};
    for (const int i : layers) flags[i] = true;
    const std::string all = trace(1, 1, 0, flags);
    return all.substr(0, all.find(" loss")) + " ..." + all.substr(all.find("loss0") + 5);
  };
  CHECK(frozen({}) ==
        "in0+1@0 f0.0 g1.0 j1001 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 w5.0 i5.0 w4.0 j4001 i4.0 i3.0 "
        "w2.0 i2.0 w1.0 "
        "j1001 i1.0 u0.0 w0.0 done0 r1001 r4001 ");
  CHECK(frozen({0}) ==
        "in0+1@0 f0.0 g1.0 j1001 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 w5.0 i5.0 w4.0 j4001 i4.0 i3.0 "
        "w2.0 i2.0 w1.0 "
        "j1001 done0 r1001 r4001 ");
  CHECK(frozen({1}) ==
        "in0+1@0 f0.0 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 w5.0 i5.0 w4.0 j4001 i4.0 i3.0 w2.0 i2.0 "
        "i1.0 u0.0 w0.0 "
        "done0 r4001 ");
  CHECK(frozen({2, 5}) ==
        "in0+1@0 f0.0 g1.0 j1001 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 i5.0 w4.0 j4001 i4.0 i3.0 i2.0 "
        "w1.0 j1001 "
        "i1.0 u0.0 w0.0 done0 r1001 r4001 ");
  CHECK(frozen({0, 1, 2}) ==
        "in0+1@0 f0.0 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 w5.0 i5.0 w4.0 j4001 done0 r4001 ");
  CHECK(frozen({0, 1, 2, 5}) ==
        "in0+1@0 f0.0 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 i5.0 w4.0 j4001 done0 r4001 ");
  CHECK(frozen({0, 1, 2, 6}) ==
        "in0+1@0 f0.0 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... w6.0 i6.0 w5.0 i5.0 w4.0 j4001 done0 r4001 ");
  CHECK(frozen({0, 1, 2, 5, 6}) ==
        "in0+1@0 f0.0 f1.0 f2.0 f3.0 g4.0 j4001 f4.0 f5.0 f6.0 ... i6.0 i5.0 w4.0 j4001 done0 r4001 ");
  CHECK(frozen({0, 1, 2, 3, 4, 5, 6}) == "in0+1@0 f0.0 f1.0 f2.0 f3.0 f4.0 f5.0 f6.0 ... done0 ");
}

namespace {

/// The second of three learners: it writes down what it exchanges. The others have the same sums, or one has failed.
struct Second : Company {
  bool fails = false;
  int rank() const override { return 1; }
  int size() const override { return 3; }
  void gather(std::byte*, std::span<const std::size_t> bytes) override {
    say(text("gather", bytes[0], ",", bytes[1], ",", bytes[2]));
  }
  void all_to_all(const std::byte*, std::span<const std::size_t>, std::byte*, std::span<const std::size_t>) override {}
  bool any(bool mine) override {
    say(mine ? "any!" : "any");
    return mine || fails;
  }
};

}  // namespace

TEST_CASE("in a company each does the chunks of its own lanes, and joins what all have gathered") {
  Second second;
  const Index statistics = 8 * whole.statistics;
  const std::string one = text("gather", statistics, ",", statistics, ",", 2 * statistics, " ");
  // Four lanes: the first learner has lane 0, this one lane 1, with the samples 1 and 5.
  CHECK(trace(6, 1, 4, nullptr, true, &second) ==
        "in1+1@1 f0.1 g1.1 in5+1@1 f0.5 g1.5 any " + one + "j0 j2008 j0 j0 " +
            "f1.1 f2.1 f3.1 g4.1 f1.5 f2.5 f3.5 g4.5 any " + one + "j0 j8008 j0 j0 " +
            "f4.1 f5.1 f6.1 loss1 w6.1 i6.1 w5.1 i5.1 w4.1 f4.5 f5.5 f6.5 loss5 w6.5 i6.5 w5.5 i5.5 w4.5 any " + one +
            "j0 j8008 j0 j0 " + "i4.1 i3.1 w2.1 i2.1 w1.1 i4.5 i3.5 w2.5 i2.5 w1.5 any " + one + "j0 j2008 j0 j0 " +
            "i1.1 u0.1 w0.1 done1 i1.5 u0.5 w0.5 done5 any r2008 r8008 ");
  second.fails = true;
  for (int step = 0; step < 2; ++step)
    CHECK_THROWS_WITH_AS(trace(6, 1, 4, nullptr, true, &second),
                         "the step has failed in another process, whose message says why", std::runtime_error);
  CHECK(said() == "in1+1@1 f0.1 g1.1 in5+1@1 f0.5 g1.5 any in1+1@1 f0.1 g1.1 in5+1@1 f0.5 g1.5 any ");

  // The same pass goes on after a step that has failed; the others are told once.
  const Traced traced(1);
  Pass<float> pass(traced.plan, 4);
  pass.join(&second, 4);
  const auto nothing = [](const Chunk<float>&) {};
  const auto bad = [](const Chunk<float>&) { throw std::domain_error("bad sample"); };
  second.fails = false;
  for (int step = 0; step < 2; ++step) {
    pass.begin({.training = true}, 6, 1);
    CHECK_THROWS_WITH_AS(pass.run(nullptr, prepared_numbers.data(), {.input = bad, .loss = nothing}), "bad sample",
                         std::domain_error);
    CHECK(said() == "any! ");
  }
  pass.begin({}, 6, 1);
  pass.run(nullptr, prepared_numbers.data(), {.input = nothing});
  CHECK(said() == "f0.1 f1.1 f2.1 f3.1 f4.1 f5.1 f6.1 f0.5 f1.5 f2.5 f3.5 f4.5 f5.5 f6.5 any ");
  pass.sums_of(1)[0] = 7;
  REQUIRE(pass.lanes() == 4);
  CHECK(pass.sums()[0] == 7);
  CHECK(said() == text("gather", 8, ",", 8, ",", 16, " "));
  CHECK(pass.begin({}, 1, 2) == 1);  // of one lane it has none
  CHECK(pass.mine().size() == 0);
}

TEST_CASE("a single chunk: further threads help with each layer, in memory of their own") {
  Traced traced(4);
  traced.passes[2].forward_parts = 3;
  static std::atomic<int> begun;
  static std::array<std::atomic<const float*>, 3> scratch;
  traced.passes[2].forward = [](const LayerCall<float>& at) {
    ++begun;  // each part waits for the others, so that each has a thread
    for (int i = 0; i < 500 && begun < at.call.parts; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    scratch[static_cast<std::size_t>(at.call.part)] = at.scratch;
    called<'f'>(at);
  };
  Pass<float> pass(traced.plan);
  const float* own = nullptr;
  std::vector<const float*> helpers;
  const auto input = [&](const Chunk<float>& at) {
    own = at.workspace.begin() + whole.scratch;
    helpers.clear();
    for (const auto& memory : at.scratches) helpers.push_back(memory.get());
  };
  for (const int team : {1, 2, 3, 8}) {
    begun = 0;
    CHECK(pass.begin({}, 2, team) == 1);
    pass.run(nullptr, prepared_numbers.data(), {.input = input});
    const int parts = std::min(team, 3);
    std::string expected = "f0.0 f1.0 ";
    for (int part = 0; part < parts; ++part) expected += parts > 1 ? text("f2.0/", parts, " ") : "f2.0 ";
    CHECK(said() == expected + "f3.0 f4.0 f5.0 f6.0 ");
    CHECK(helpers.size() == static_cast<std::size_t>(parts) - 1);
    helpers.push_back(own);
    std::vector<const float*> used(scratch.begin(), scratch.begin() + parts);
    std::sort(used.begin(), used.end()), std::sort(helpers.begin(), helpers.end());
    CHECK(used == helpers);
  }
  pass.begin({}, 5, 1);  // two chunks
  pass.run(nullptr, prepared_numbers.data(), {.input = input});
  CHECK(helpers.empty());
  said();
}

TEST_CASE("as many threads as there is work for, by the fastest step so far") {
  Traced traced(4);
  for (LayerPasses<float>& layer : traced.passes) layer.forward = [](const LayerCall<float>&) {};
  Pass<float> pass(traced.plan, 8);
  const auto step = [&](std::chrono::microseconds of_chunk) {
    const auto input = [&](const Chunk<float>&) {
      for (const auto end = std::chrono::steady_clock::now() + of_chunk; std::chrono::steady_clock::now() < end;) {
      }
    };
    pass.run(nullptr, prepared_numbers.data(), {.input = input});
    return pass.begin({}, 16, 2);
  };
  using std::chrono::microseconds;
  CHECK(pass.begin({}, 16, 2) == 2);
  CHECK(step(microseconds(2000)) == 2);
  for (int i = 0; i < 50 && step(microseconds(0)) > 1; ++i) {
  }
  CHECK(step(microseconds(0)) == 1);
  CHECK(step(microseconds(2000)) == 1);
}

TEST_CASE("the stages of a step are told with their layers") {
  const Traced traced(1);
  Pass<float> pass(traced.plan, 1);
  const auto nothing = [](const Chunk<float>&) {};
  std::string stages;
  const auto watch = [&](Stage stage, int layer) { stages += text("_if.wd"[static_cast<int>(stage)], layer, " "); };
  const auto start = [](Index) -> float* { return nullptr; };
  pass.watch(watch);
  pass.begin({.training = true}, 1, 1);
  pass.run(nullptr, prepared_numbers.data(), {.start = start, .input = nothing, .loss = nothing});
  said();
  CHECK(stages == "i0 f0 f1 f1 f2 f3 f4 f4 f5 f6 .0 w6 d6 w5 d5 w4 d4 d3 w2 d2 w1 d1 w0 ");
}

TEST_CASE("a layer that writes beyond the samples of its call is named") {
  const Workspace<float> workspace(whole);
  const Call call(1);
  const Chunk<float> chunk{whole, nullptr, nullptr, workspace, call};
  begin_with_nan(chunk);
  CHECK_NOTHROW(expect_nan_beyond(chunk));
  workspace.line(whole.values[2], 1, 0)[0] = 0;
  CHECK_THROWS_WITH_AS(expect_nan_beyond(chunk),
                       "a layer has written beyond the 1 samples of its call, into the values of layer 1 or their "
                       "gradients",
                       std::logic_error);
  workspace.line(whole.values[1], 1, 0)[0] = 0;
  CHECK_THROWS_WITH_AS(expect_nan_beyond(chunk), doctest::Contains("into the values of layer 0 or"), std::logic_error);
  workspace.line(whole.values[0], 1, 0)[0] = 0;
  CHECK_THROWS_WITH_AS(expect_nan_beyond(chunk), doctest::Contains("into the values of Input 0 or"), std::logic_error);
}

TEST_CASE("gradients of many parameters, from several lanes; of penalties on activities") {
  // y = x W + b: the gradient of W is x^T dy, that of x is dy W^T.
  using Large = Model<double, Input<70>, Dense<70>>;  // 4,970 numbers, more than a thread adds at a time
  const Large model(Seed{1});
  Tensor<2, double> x(20, 70), dy(20, 70);
  for (Index i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<double>(i % 11), dy.data()[i] = static_cast<double>(i % 7);
  for (const int threads : {1, 3}) {
    const auto gradients = model.backward(x, dy, {}, threads);
    const std::vector<double>&kernel = gradients["dense/kernel"], &bias = gradients["dense/bias"];
    for (Index j = 0; j < 70; ++j) {
      double of_bias = 0;
      for (Index n = 0; n < 20; ++n) of_bias += dy(n, j);
      CHECK(bias[static_cast<std::size_t>(j)] == of_bias);
      for (Index i = 0; i < 70; ++i) {
        double sum = 0;
        for (Index n = 0; n < 20; ++n) sum += x(n, i) * dy(n, j);
        if (kernel[static_cast<std::size_t>(70 * i + j)] != sum) FAIL_CHECK("kernel ", i, " ", j);
      }
    }
  }
  // Each lane has numbers of its own; the first begins with those that are there.
  Traced traced(4);
  for (LayerPasses<float>& layer : traced.passes) layer.weight_gradient = nullptr;
  traced.passes[0].weight_gradient = [](const ChangingCall<float>& at) { at.buffer[0] = 2 * at.buffer[0] + 1; };
  std::vector<float> zeros(static_cast<std::size_t>(whole.parameters)), sum(zeros), of_x(24);
  const float* const in[] = {zeros.data()};
  float* const out[] = {of_x.data()};
  sum[0] = 4;
  backward<float>(traced.plan, zeros.data(), nullptr, {in, 8}, in, {}, out, sum.data(), 1);
  said();
  CHECK(sum[0] == 9 + 1);
  // Of the mean over the samples of 0.5 |h|^2 and 0.25 |y|^2, where y = h = x.
  using Penalised = Model<double, Input<2>, Dense<2, NoBias, ActivityRegularizer<L2<0.5>>>,
                          Dense<2, NoBias, ActivityRegularizer<L2<0.25>>>>;
  Penalised penalised;
  for (const auto& kernel : penalised.parameters()) {
    std::fill_n(kernel.data, 4, 0.0);
    kernel.data[0] = kernel.data[3] = 1;
  }
  const Tensor<2, double> some = slice(x, 0, 3), of_outputs = slice(dy, 0, 3);
  Tensor<2, double> two(3, 2), dy2(3, 2);
  double squares = 0;
  for (Index i = 0; i < 6; ++i) two.data()[i] = some.data()[i], dy2.data()[i] = of_outputs.data()[i] + 1;
  for (Index i = 0; i < 6; ++i) squares += two.data()[i] * two.data()[i];
  CHECK(penalised.losses(two).at("regularization_loss") == doctest::Approx(0.75 * squares / 3));
  const auto dx = penalised.backward(two, dy2).dx;
  for (Index i = 0; i < 6; ++i) CHECK(dx.data()[i] == doctest::Approx(dy2.data()[i] + 2 * 0.75 * two.data()[i] / 3));

  // The samples that a chunk does not have stay as they are.
  const Plan<double>& plan = Penalised::network::plan<0, Backward::input>;
  const Workspace<double> workspace(plan);
  const Call call(1);
  std::vector<double> gradients(static_cast<std::size_t>(plan.parameters));
  const auto memory = prepared<double>(plan, penalised.data());
  const Chunk<double> chunk{plan, penalised.data(), memory.get(), workspace, call, nullptr, gradients.data()};
  for (const engine::Lines& lines : plan.gradients) workspace.fill(lines, plan.chunk, 3);
  chunk.forward(0, 2);
  chunk.backward(0, 2, true);
  for (const Index v : {0, 1, 2}) CHECK(workspace.line(plan.gradients[static_cast<std::size_t>(v)], 1, 0)[0] == 3);
  chunk.no_gradient(plan.gradients[2]);
  CHECK(workspace.line(plan.gradients[2], 0, 0)[1] == 0);
  CHECK(workspace.line(plan.gradients[2], 1, 0)[0] == 3);
}

namespace {
std::atomic<int> prepared_now;
const float* prepared_in;
/// The plan of a network whose second layer counts how often it is prepared.
struct Counted {
  using Large = Sequential<Input<130>, Dense<130>, Dense<130>>;  // 34,060 parameters, two pieces of 16,384
  static constexpr const Plan<float>& real = Large::network::plan<>;
  std::vector<LayerPasses<float>> passes{real.passes.begin(), real.passes.end()};
  Plan<float> plan = real;
  Counted() {
    for (LayerPasses<float>& layer : passes) layer.forward = [](const LayerCall<float>&) {}, layer.prepare = nullptr;
    passes[1].prepare = [](const LayerCall<float>&, float* to) { ++prepared_now, prepared_in = to; };
    passes[1].prepared = 3;
    plan.passes = passes, plan.prepared = 8;
  }
};
}  // namespace

TEST_CASE("weights are prepared when they have changed, and not otherwise") {
  const Counted counted;
  std::vector<float> parameters(static_cast<std::size_t>(counted.plan.parameters), 1.0f), x(130), y(130);
  const float* const inputs[] = {x.data()};
  float* const outputs[] = {y.data()};
  Session<float> session(counted.plan);
  const auto prepared_by = [&](int team) {
    prepared_now = 0;
    session.forward(parameters.data(), {inputs, 1}, outputs, team);
    return prepared_now.load();
  };
  CHECK(prepared_by(1) == 1);
  const float* const place = prepared_in;
  for (const int team : {1, 2, 3}) CHECK(prepared_by(team) == 0);
  for (const std::size_t changed : {std::size_t{0}, parameters.size() / 2, parameters.size() - 1}) {
    parameters[changed] = 2;
    CHECK(prepared_by(2) == 1);
    CHECK(prepared_in == place);
    CHECK(prepared_by(2) == 0);
  }
}

TEST_CASE("eight sessions are kept; then one of another network makes room") {
  std::vector<std::unique_ptr<Counted>> all;
  for (int i = 0; i < 10; ++i) all.push_back(std::make_unique<Counted>());
  const std::vector<float> parameters(static_cast<std::size_t>(Counted::real.parameters), 1.0f), x(130);
  std::vector<float> y(130);
  const float* const inputs[] = {x.data()};
  float* const outputs[] = {y.data()};
  Sessions<float> sessions;
  const auto prepared_for = [&](std::size_t i) {
    prepared_now = 0;
    sessions.forward(all[i]->plan, parameters.data(), {inputs, 1}, outputs, 1);
    return prepared_now.load();
  };
  for (std::size_t i = 0; i < 8; ++i) CHECK(prepared_for(i) == 1);
  for (std::size_t i = 0; i < 8; ++i) CHECK(prepared_for(i) == 0);
  CHECK(prepared_for(8) == 1);
  CHECK(prepared_for(8) == 0);
  CHECK(prepared_for(0) == 1);  // it had made room
  CHECK(prepared_for(7) == 0);
}

TEST_CASE("a walk from layer to layer") {
  const Net net(Seed{1});
  Walk<float> walk(Net::network::plan<>, net.data());
  Tensor<2> x(3, 3);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i) - 4;
  const Tensor<2> y = net.predict(x);
  CHECK(walk.most() == whole.chunk);
  CHECK((walk.scalars(0) == 3 && walk.scalars(depth - 1) == 2));
  walk.set(0, 3, x.data());
  walk.run(0, 2, 3);
  std::vector<float> code(10, 7.0f), result(10, 7.0f);
  walk.get(2, 3, code.data());
  CHECK(code[9] == 7);
  walk.run(2, depth, 3);
  walk.get(depth, 3, result.data());
  CHECK(std::equal(y.data(), y.data() + 9, result.data()));
  CHECK(result[9] == 7);
  const float one[] = {7, 8, 9};
  walk.set(0, 1, one);  // the other samples stay
  walk.get(0, 3, result.data());
  CHECK(std::equal(one, one + 3, result.data()));
  CHECK(std::equal(x.data() + 3, x.data() + 9, result.data() + 3));
  // From another value 2 on, here that of the samples in another order.
  std::swap_ranges(code.begin(), code.begin() + 3, code.begin() + 6);
  std::vector<float> between(9);
  walk.get(1, 3, between.data());
  std::swap_ranges(between.begin(), between.begin() + 3, between.begin() + 6);
  walk.set(1, 3, between.data()), walk.set(2, 3, code.data());
  walk.run(2, depth, 3);
  walk.get(depth, 3, result.data());
  for (Index n = 0; n < 3; ++n)
    for (Index k = 0; k < 3; ++k) CHECK(result[static_cast<std::size_t>(3 * (2 - n) + k)] == y(n, k));
}
