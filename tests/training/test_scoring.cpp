// Losses and metrics of several outputs, weighted, with a penalty: every number under its name, and the gradients.
#include <doctest/doctest.h>

#include <latent/latent.hpp>
#include <latent/training/heads.hpp>

#include "message_of.hpp"

using namespace latent;

namespace {

using Rows = Tensor<2, double>;
using Two = Model<double, Input<2>, Named<"code", Dense<2, Tanh, KernelRegularizer<L2<0.5>>, ActivityRegularizer<L1<0.25>>>>,
                  Named<"left", Dense<2>>, From<"code">, Named<"right", Dense<3, Softmax>>>;
/// Its first layer.
using Code = Model<double, Input<2>, Dense<2, Tanh>>;

Rows random_rows(Index count, Index columns) {
  Rows x(count, columns);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random(Seed{4}, Purpose::test).uniform(i);
  return x;
}
Index class_of(Index sample) { return 2 - sample % 2; }
Rows one_hot(Index count) {
  Rows t(count, 3);
  t.setZero();
  for (Index n = 0; n < count; ++n) t(n, class_of(n)) = 1;
  return t;
}

/// The squared error, of a user's own; it refuses numbers below 1.
struct Particular : MeanSquaredError {
  template <class Scalar>
  double operator()(const Scalar* y, const Scalar* t, Scalar* dy, Index count, Index channels, Scalar scale) const {
    if (y[0] < 1) throw std::domain_error("below 1");
    return MeanSquaredError::operator()(y, t, dy, count, channels, scale);
  }
};

template <class Trainer>
std::string facts_of(Trainer trainer) {
  TrainingState state;
  trainer.state(state);
  return state.words["loss"];
}

const auto close_to = [](double value) { return doctest::Approx(value).epsilon(1e-12); };

}  // namespace

TEST_CASE("two outputs, each with loss, factor, metrics and weights of its own: all numbers, and the gradients") {
  constexpr Index count = 5;
  Two model(Seed{2});
  const Rows x = random_rows(count, 2), of_left = random_rows(count, 2), of_right = one_hot(count);
  const std::vector<double> left_weights{1, 0, 2, 0.5, 3}, right_weights{0.25, 1, 0, 4, 1};
  // The heads in another order than the outputs.
  auto trainer = compile(model, SGD{}, head<"right">(CategoricalCrossentropy{}, 0.5, Accuracy{}, weighted(Accuracy{})),
                         head<"left">(MeanSquaredError{}, 2, weighted(MeanAbsoluteError{}), MeanSquaredError{}));
  const EvaluateOptions<double> options{.sample_weight = {left_weights, right_weights}};

  const auto [left, right] = model.predict(x);
  double squares = 0, plain_squares = 0, sizes = 0, crossentropy = 0, correct = 0, weighted_correct = 0, penalty = 0;
  for (Index n = 0; n < count; ++n) {
    const double l = left_weights[static_cast<std::size_t>(n)], r = right_weights[static_cast<std::size_t>(n)];
    for (Index i = 0; i < 2; ++i) {
      const double error = left(n, i) - of_left(n, i);
      squares += l * error * error, plain_squares += error * error, sizes += l * std::abs(error);
    }
    crossentropy -= r * std::log(right(n, class_of(n)));
    const bool is_correct = index_of_largest(&right(n, 0), 3) == class_of(n);
    correct += is_correct, weighted_correct += is_correct * r;
  }
  for (const auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size() && parameter.name == "code/kernel"; ++i)
      penalty += 0.5 * parameter.data[i] * parameter.data[i];
  Code first(Seed{1});
  std::copy_n(model.data(), Code::network::buffer_size, first.data());
  const Rows code = first.predict(x);
  for (Index i = 0; i < code.size(); ++i) penalty += 0.25 * std::abs(code.data()[i]) / count;
  REQUIRE((correct > 0 && correct < count));

  const Scores scores = trainer.evaluate(x, {of_left, of_right}, options);
  CHECK(names_in(scores.logs) ==
        "left_loss, left_mean_absolute_error, left_mean_squared_error, loss, regularization_loss, right_accuracy, "
        "right_loss, right_weighted_accuracy");
  CHECK(scores["left_loss"] == close_to(squares / (2 * count)));
  CHECK(scores["left_mean_squared_error"] == close_to(plain_squares / (2 * count)));
  CHECK(scores["left_mean_absolute_error"] == close_to(sizes / (2 * 6.5)));
  CHECK(scores["right_loss"] == close_to(crossentropy / count));
  CHECK(scores["right_accuracy"] == close_to(correct / count));
  CHECK(scores["right_weighted_accuracy"] == close_to(weighted_correct / 6.25));
  CHECK(scores["regularization_loss"] == close_to(penalty));
  CHECK(scores["loss"] == close_to(2 * squares / (2 * count) + 0.5 * crossentropy / count + penalty));
  CHECK(static_cast<double>(scores) == scores["loss"]);
  // Weights that all outputs share; and of nothing the mean is 0.
  CHECK(trainer.evaluate(x, {of_left, of_right}, {.sample_weight = left_weights})["left_loss"] == scores["left_loss"]);
  const Scores nothing = trainer.evaluate(x, {of_left, of_right}, {.sample_weight = std::vector<double>(count, 0)});
  CHECK(nothing["left_mean_absolute_error"] == 0);
  CHECK(nothing["left_loss"] == 0);

  const auto gradients = trainer.gradients(x, {of_left, of_right}, {.sample_weight = options.sample_weight});
  CHECK(gradients.scores["loss"] == close_to(scores["loss"]));
  for (const auto& parameter : model.parameters())
    for (Index i = 0; i < parameter.size(); ++i) {
      const double kept = parameter.data[i];
      const auto loss_at = [&](double value) {
        parameter.data[i] = value;
        return trainer.evaluate(x, {of_left, of_right}, options)["loss"];
      };
      const double difference = (loss_at(kept + 1e-5) - loss_at(kept - 1e-5)) / 2e-5;
      parameter.data[i] = kept;
      CHECK(gradients[parameter.name][static_cast<std::size_t>(i)] == doctest::Approx(difference).epsilon(1e-6));
    }

  // A batch of many chunks in each lane: each sample 200 times.
  constexpr Index times = 200;
  Rows many_x(times * count, 2), many_left(times * count, 2), many_right(times * count, 3);
  for (Index n = 0; n < times * count; ++n) {
    std::copy_n(&x(n % count, 0), 2, &many_x(n, 0)), std::copy_n(&of_left(n % count, 0), 2, &many_left(n, 0));
    std::copy_n(&of_right(n % count, 0), 3, &many_right(n, 0));
  }
  const auto once = trainer.gradients(x, {of_left, of_right}),
             often = trainer.gradients(many_x, {many_left, many_right});
  for (const auto& [name, value] : once.scores.logs) CHECK(often.scores[name] == close_to(value));
  for (const auto& [name, values] : once.parameters)
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(often[name][i] == doctest::Approx(values[i]).epsilon(1e-10));

  // An output without a loss has no part in it, also after a step in which it had one.
  auto alone = compile(model, SGD{}, head<"left">(MeanSquaredError{}, Accuracy{}));
  const auto of_one = alone.gradients(x, of_left);
  CHECK(names_in(of_one.scores.logs) == "left_accuracy, left_loss, loss, regularization_loss");
  for (const double value : of_one["right/kernel"]) CHECK(value == 0);
  auto other = compile(model, SGD{}, head<"right">(CategoricalCrossentropy{}));
  for (int again = 0; again < 2; ++again) {
    const auto of_left_one = alone.gradients(many_x, many_left), of_other = other.gradients(many_x, many_right);
    for (const double value : of_left_one["right/kernel"]) CHECK(value == 0);
    for (const double value : of_other["left/kernel"]) CHECK(value == 0);
    for (std::size_t i = 0; i < 6; ++i) CHECK(of_other["right/kernel"][i] == close_to(2 * once["right/kernel"][i]));
  }
  CHECK(of_one["left/kernel"] != std::vector<double>(4, 0));
  double of_left_alone = 0;
  for (Index i = 0; i < of_left.size(); ++i) of_left_alone += std::pow(left.data()[i] - of_left.data()[i], 2);
  CHECK(of_one.scores["loss"] == close_to(of_left_alone / (2 * count) + penalty));  // a factor of 1

  CHECK(message_of([&] {
          trainer.evaluate(x, {of_left, of_right}, {.sample_weight = {left_weights, left_weights, left_weights}});
        }) == "evaluate: 3 sample_weights but 2 losses");
  CHECK(message_of([&] { alone.evaluate(x, of_left, {.sample_weight = {left_weights, left_weights}}); }) ==
        "evaluate: 2 sample_weights but 1 loss");
  CHECK(message_of([&] { trainer.train_on_batch(x, {of_left, of_right}, {.class_weight = {{0, 2}}}); }) ==
        "train_on_batch: class_weight is for a model with one loss, this one has 2");
}

TEST_CASE("the gradients of outputs without a loss are 0, whatever has been there; without a scale there are none") {
  constexpr Index count = 2;
  Two model(Seed{2});
  const auto of_right = head<"right">(CategoricalCrossentropy{});
  constexpr auto& plan = decltype(compile(model, SGD{}, of_right))::plan;
  using Heads = engine::Scored<Two::network, engine::List<std::remove_const_t<decltype(of_right)>>>;
  const engine::Objective<double> objective(plan, Heads::make({of_right}));
  const engine::Workspace<double> workspace(plan);
  const Call call(count);
  engine::Sums sums = objective.no_sums();
  const engine::Chunk<double> chunk{plan, nullptr, nullptr, workspace, call, sums.data()};
  const Rows t = one_hot(count);
  const auto gradients = [&](std::size_t output, const double* scale) {
    workspace.fill_with_nan();
    workspace.fill(plan.output(1), count, 0.0);  // its logits
    objective.score(
        chunk, [&](std::size_t, Index n) { return &t(n, 0); }, [](std::size_t, Index) { return 1.0; }, scale);
    std::vector<double> all;
    workspace.for_lines(plan.output_gradient(output), count,
                        [&](Index, const double* line, Index size) { all.insert(all.end(), line, line + size); });
    return all;
  };
  const double scale = 6;
  CHECK(gradients(0, &scale) == std::vector<double>(4, 0.0));
  const std::vector<double> right = gradients(1, &scale);
  REQUIRE(right.size() == 6);
  for (Index i = 0; i < 6; ++i) CHECK(right[static_cast<std::size_t>(i)] == close_to(2 - 6 * t.data()[i]));
  for (const double value : gradients(0, nullptr)) CHECK(std::isnan(value));
}

TEST_CASE("what tells a loss from another, and losses and metrics that are refused") {
  Two model(Seed{2});
  // 0.25² + 0.375², the same times 64; 0.25 + 0.375 + 0.5, the same times 8
  CHECK(facts_of(compile(model, SGD{}, head<"right">(MeanAbsoluteError{}, 0.5), head<"left">(MeanSquaredError{}, 2))) ==
        "left_weight 2, for two trials 0.20312 13; right_weight 0.5, for two trials 1.125 9");
  Model<double, Input<2>, Dense<6>> six(Seed{1});  // the sixth trial number is the first again
  CHECK(facts_of(compile(six, SGD{}, MeanSquaredError{})) == "weight 1, for two trials 1.4688 94");
  CHECK(facts_of(compile(six, SGD{}, Particular{})) == "weight 1, for two trials thrown 94");
  // Metrics of one sum each may change; the sums of others belong to them.
  const std::string plain = "weight 1, for two trials 1.4688 94";
  CHECK(facts_of(compile(six, SGD{}, MeanSquaredError{}, BinaryAccuracy{}, MeanAbsoluteError{})) == plain);
  CHECK(facts_of(compile(six, SGD{}, MeanSquaredError{}, BinaryAccuracy{}, Precision{})) ==
        plain + "; 3 sums of binary_accuracy precision");
  CHECK(facts_of(compile(six, SGD{}, MeanSquaredError{}, AUC{.num_thresholds = 5})) == plain + "; 10 sums of auc");

  const auto with_weight = [&](double weight) {
    return message_of([&] { compile(model, SGD{}, head<"left">(MeanSquaredError{}, weight)); });
  };
  CHECK(with_weight(0).empty());
  for (const double weight : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    CHECK(with_weight(weight) == text("compile: the weight of a loss is at least 0, received ", weight));
  CHECK(message_of([&] {
          compile(model, SGD{}, head<"left">(MeanSquaredError{}, 1, weighted(Accuracy{}), weighted(Accuracy{})));
        }) ==
        "compile: two metrics have the same name; all names together are left_accuracy, left_loss, loss, "
        "regularization_loss; a name of its own has named<\"other\">(Precision{.class_id = 3})");
  CHECK(message_of([&] {
          compile(six, SGD{}, MeanSquaredError{}, BinaryAccuracy{}, weighted(BinaryAccuracy{}));
        }).empty());
}

TEST_CASE("two losses of the network's own; the outputs by name") {
  Model<double, Named<"x", Input<3>>, Named<"z_mean", Dense<2>>, From<"x">, Named<"z_log_var", Dense<2>>, Sampling<>,
        Dense<3, KernelRegularizer<L2<0.5>>>>
      model(Seed{2});
  const Rows x = random_rows(40, 3);
  auto trainer = compile(model, SGD{}, MeanSquaredError{}, weighted(MeanSquaredError{}));
  const Scores scores = trainer.train_on_batch(x, x, {.sample_weight = std::vector<double>(40, 2)});
  CHECK(names_in(scores.logs) == "kl_loss, loss, mean_squared_error, reconstruction_loss, regularization_loss");
  CHECK(scores["kl_loss"] > 0);
  CHECK(scores["regularization_loss"] > 0);
  CHECK(scores["kl_loss"] != scores["regularization_loss"]);
  CHECK(scores["reconstruction_loss"] == close_to(2 * scores["mean_squared_error"]));
  CHECK(scores["loss"] == close_to(scores["kl_loss"] + scores["regularization_loss"] + scores["reconstruction_loss"]));

  using Of =
      engine::Scored<Two::network, engine::List<Head<"right", MeanSquaredError>, Head<"left", MeanSquaredError>>>;
  CHECK(Of::output_of("left") == 0);
  CHECK(Of::output_of("right") == 1);
  constexpr int none = Of::output_of("none");  // a constant: who looks beyond the last output does not compile
  CHECK(none == -1);
  CHECK(Of::output_of("") == -1);
  CHECK(Of::order == std::array<std::size_t, 2>{1, 0});
  CHECK(engine::Scored<Code::network, engine::List<Head<"", MeanSquaredError>>>::output_of("") == 0);
  CHECK(Head<"left", MeanSquaredError>{}.weight == 1);
  // Which outputs are wanted as logits: a bit for each.
  using engine::List;
  using OfSigmoid = Model<double, Input<2>, Dense<3, Sigmoid>>::network;
  CHECK(engine::Scored<OfSigmoid, List<Head<"", MeanSquaredError>>>::logits == 0);
  CHECK(engine::Scored<OfSigmoid, List<Head<"", BinaryCrossentropy>>>::logits == 1);
  CHECK(engine::Scored<Two::network,
                       List<Head<"right", CategoricalCrossentropy>, Head<"left", MeanSquaredError>>>::logits == 2);
}
