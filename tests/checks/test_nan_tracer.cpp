// Where a value that is not finite comes from: the whole sentence, for each place it can be.
#include <doctest/doctest.h>

#include <latent/checks/nan_tracer.hpp>
#include <latent/latent.hpp>

using namespace latent;

namespace {

using Network = Model<double, Input<2>, Dense<3>, Dense<1, Exponential>>;
using TwoInputs = Model<double, Named<"a", Input<2>>, Named<"b", Input<2>>, Add<"a">, Dense<1>>;
const double infinity = std::numeric_limits<double>::infinity();

/// Samples of two numbers between 0 and 1.
Tensor<2, double> rows(Index count) {
  Tensor<2, double> x(count, 2);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random(Seed{1}, Purpose::test).uniform(i);
  return x;
}

/// What is thrown for these inputs, in that order.
template <class M>
std::string traced(M& model, const std::vector<const double*>& inputs, const std::vector<Index>& order) {
  try {
    const auto names = model.layer_names();
    engine::throw_not_finite<double>(M::network::template plan<>, model.data(), nullptr, names, inputs, order,
                                     CallMode{}, std::nan(""), "step 7");
  } catch (const NotFinite& error) {
    return error.what();
  }
}

std::string spoilt(std::vector<double> values, const std::vector<double>& gradient) {
  try {
    const NamedTensor<double> tensor{"dense/bias", {static_cast<Index>(values.size())}, values.data()};
    engine::throw_spoilt(tensor, gradient.data(), "apply:");
  } catch (const NotFinite& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("the first parameter that is not finite, before all else") {
  Network model(Seed{1});
  auto x = rows(3);
  model.parameters()[0].data[4] = -infinity, model.parameters()[1].data[0] = std::nan(""), x(0, 0) = std::nan("");
  CHECK(traced(model, {x.data()}, {0, 1, 2}) ==
        "step 7: the loss is nan; the first parameter that is not finite is dense/kernel, value 4 = -inf. A smaller "
        "learning rate may help");
}

TEST_CASE(
    "the first layer whose output is not finite, and its first sample, under the number that it has in the data") {
  Network model(Seed{1});
  auto x = rows(200);
  std::vector<Index> order(150);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = 199 - static_cast<Index>(i);
  const auto first = [&] { return traced(model, {x.data()}, order); };
  const std::string none =
      "step 7: the loss is nan; every layer's output is finite, so it comes from the targets or from the loss itself";
  CHECK(first() == none);
  x(20, 1) = infinity;  // is not among them
  CHECK(first() == none);
  x(70, 1) = infinity, x(55, 0) = std::nan("");  // 70 comes first
  CHECK(first() ==
        "step 7: the loss is nan; it first appears in the output of layer 0 (input_layer) for training "
        "sample 70");
  x = rows(200);
  x(99, 0) = x(98, 0) = 1e5;
  for (Index i = 0; i < 9; ++i) model.parameters()[i < 6 ? 0 : 2].data[i % 6] = 1;
  CHECK(first() ==
        "step 7: the loss is nan; it first appears in the output of layer 2 (dense_1) for training sample 99");
  x(98, 0) = 1e308, x(98, 1) = 1e308;  // overflows before that
  CHECK(first() == "step 7: the loss is nan; it first appears in the output of layer 1 (dense) for training sample 98");
}

TEST_CASE("of several Inputs, the one that is not finite") {
  TwoInputs model(Seed{1});
  const auto a = rows(4);
  auto b = rows(4);
  b(2, 0) = std::nan("");
  CHECK(traced(model, {a.data(), b.data()}, {3, 2}) ==
        "step 7: the loss is nan; it first appears in the output of layer 0 (b) for training sample 2");
  b(2, 0) = infinity;
  CHECK(traced(model, {b.data(), a.data()}, {1, 2}) ==
        "step 7: the loss is nan; it first appears in the output of layer 0 (a) for training sample 2");
}

TEST_CASE("the value that a step has spoilt, or whose gradient is not finite") {
  const auto says = [](int value, const char* what, const char* gradient) {
    return text("apply: the step is not finite; the first is that of dense/bias, value ", value, " = ", what,
                " (gradient ", gradient, "). A smaller learning rate, clipnorm or inputs closer to 0 may help");
  };
  CHECK(spoilt({1, infinity, infinity}, {1, 2, 3}) == says(1, "inf", "2"));
  CHECK(spoilt({1, 2, infinity}, {infinity, 2, 3}) == says(0, "1", "inf"));
  CHECK(spoilt({1, 2, 3}, {1, 2, 3}) == says(2, "3", "3"));
  CHECK(spoilt({infinity}, {4}) == says(0, "inf", "4"));
}
