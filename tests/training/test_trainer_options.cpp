// fit, evaluate and train_on_batch: options at their limits, weights, and the data that is set aside.
#include <doctest/doctest.h>

#include <latent/latent.hpp>

#include "message_of.hpp"

using namespace latent;

namespace {

using Rows = Tensor<2>;
using Net = Sequential<Input<2>, Dense<1>>;
using Options = FitOptions<Rows, Rows>;

/// Two batches of two rows.
struct Pairs : Source<Rows, Rows> {
  Rows x, y;
  Index batches = 2;
  bool shuffled = true;
  std::vector<Index> asked;
  Pairs(const Rows& inputs, const Rows& targets) : x(inputs), y(targets) {}
  Index size() const override { return batches; }
  Batch batch(Index i) override {
    asked.push_back(i);
    return {slice(x, 2 * (i % 2), 2), slice(y, 2 * (i % 2), 2)};
  }
  bool shuffles() const override { return shuffled; }
};

/// Four rows, and a model whose losses of them are known.
struct Four {
  Net model{Seed{1}};
  Rows x{4, 2}, y{4, 1};
  std::vector<double> losses;
  Four() {
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i * i % 7) / 8;
    y.setValues({{0}, {1}, {1}, {2}});
    const Rows out = model.predict(x);
    for (Index n = 0; n < 4; ++n) losses.push_back(std::pow(static_cast<double>(out(n, 0) - y(n, 0)), 2));
  }
};

const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-6); };

}  // namespace

TEST_CASE("the epochs after which there is a validation") {
  const auto epochs = [](const ValidationFreq& freq) {
    std::vector<int> all;
    for (int epoch = 0; epoch < 12; ++epoch)
      if (freq.has(epoch)) all.push_back(epoch);
    return all;
  };
  const auto message = [](const ValidationFreq& freq) { return message_of([&] { freq.check_options(); }); };
  CHECK(epochs(ValidationFreq()).size() == 12);
  CHECK(epochs(1).size() == 12);
  CHECK(epochs(5) == std::vector{4, 9});
  CHECK(epochs({1, 4, 12}) == std::vector{0, 3, 11});
  CHECK(epochs({2}) == std::vector{1});
  CHECK(message(1).empty());
  CHECK(message({1, 2}).empty());
  CHECK(message(0) == "fit: validation_freq is at least 1 or a list of epochs, received 0");
  CHECK(message(-3) == "fit: validation_freq is at least 1 or a list of epochs, received -3");
  CHECK(message(std::initializer_list<int>{}) == "fit: validation_freq is at least 1 or a list of epochs, received 0");
  CHECK(message({3, 0}) == "fit: validation_freq: epochs count from 1, received 0");
}

TEST_CASE("options of fit, evaluate and train_on_batch are Keras's unless they are set") {
  using T = Tensor<2>;
  const FitOptions<T, T> fit;
  CHECK(fit.epochs == 1);
  CHECK(fit.batch_size == 32);
  CHECK(fit.validation_split == 0);
  CHECK(fit.validation_batch_size == 0);
  CHECK(fit.validation_steps == 0);
  CHECK(fit.shuffle);
  CHECK(fit.verbose.has_value());
  CHECK(fit.threads == 0);
  CHECK(fit.initial_epoch == 0);
  CHECK(fit.steps_per_epoch == 0);
  CHECK(fit.prefetch == 2);
  CHECK(fit.lanes == 8);
  CHECK(fit.validation_freq.has(0));
  const EvaluateOptions<float> evaluate;
  CHECK(evaluate.batch_size == 0);
  CHECK(evaluate.steps == 0);
  CHECK(evaluate.threads == 0);
  CHECK(evaluate.prefetch == 2);
  CHECK(StepOptions<float>{}.threads == 0);

  struct Endless : Source<T, T> {
    Index size() const override { return 0; }
    Batch batch(Index) override { return {T(1, 1)}; }
  } source;
  const T x(1, 1);
  CHECK(!Data<T, T>());
  CHECK(Data<T, T>(x, x));
  CHECK(Data<T, T>(source));
}

TEST_CASE("options of fit and evaluate at their limits and beyond") {
  Four four;
  auto trainer = compile(four.model, SGD{}, MeanSquaredError{});
  const auto fit = [&](Options options) {
    options.verbose = {};
    return message_of([&] { trainer.fit(four.x, four.y, options); });
  };
  const auto at_least = [](const char* option, int least) {
    return text("fit: ", option, " is at least ", least, ", received ", least - 1);
  };
  CHECK(fit({.epochs = 0}).empty());
  CHECK(fit({.epochs = -1}) == at_least("epochs", 0));
  CHECK(fit({.batch_size = 1}).empty());
  CHECK(fit({.batch_size = 0}) == at_least("batch_size", 1));
  constexpr Index most = std::numeric_limits<Index>::max();  // all in one batch
  CHECK(fit({.epochs = 2, .batch_size = most, .validation_split = 0.5, .validation_batch_size = most - 1}).empty());
  CHECK(fit({.epochs = 2, .batch_size = most, .steps_per_epoch = 1}).empty());
  CHECK(trainer.evaluate(four.x, four.y, {.batch_size = most})["loss"] == trainer.evaluate(four.x, four.y)["loss"]);
  CHECK(fit({.validation_batch_size = -1}) == at_least("validation_batch_size", 0));
  CHECK(fit({.validation_steps = -1}) == at_least("validation_steps", 0));
  CHECK(fit({.initial_epoch = -1}) == at_least("initial_epoch", 0));
  CHECK(fit({.steps_per_epoch = -1}) == at_least("steps_per_epoch", 0));
  CHECK(fit({.prefetch = -1}) == at_least("prefetch", 0));
  CHECK(fit({.validation_freq = 0}) == "fit: validation_freq is at least 1 or a list of epochs, received 0");
  CHECK(fit({.threads = -1}) == "fit: threads is within 0..1024, received -1");
  CHECK(fit({.lanes = 1}).empty());
  CHECK(fit({.epochs = 0, .lanes = 65536}).empty());
  for (const Index lanes : {0, 65537})
    CHECK(fit({.lanes = lanes}) == text("fit: lanes is within 1..65536, received ", lanes));
  for (const double split : {-0.5, 1.0})
    CHECK(fit({.validation_split = split}) ==
          text("fit: validation_split is within 0..1, 1 excluded, received ", split));
  CHECK(fit({.validation_split = 0.875}) ==
        "fit: a validation_split of 0.875 of 4 samples leaves nothing for training");
  CHECK(fit({.validation_split = 1e-20}) ==
        "fit: a validation_split of 1e-20 of 4 samples leaves nothing for validation");
  CHECK(fit({.validation_split = 0.75}).empty());
  Callback nothing;
  CHECK(fit({.callbacks = {&nothing, nullptr}}) == "fit: callback 1 of 2 is a null pointer");

  const auto evaluate = [&](const EvaluateOptions<float>& options) {
    return message_of([&] { trainer.evaluate(four.x, four.y, options); });
  };
  CHECK(evaluate({.batch_size = -1}) == "evaluate: batch_size is at least 0, received -1");
  CHECK(evaluate({.steps = -1}) == "evaluate: steps is at least 0, received -1");
  CHECK(evaluate({.threads = -1}) == "evaluate: threads is within 0..1024, received -1");
  CHECK(evaluate({.batch_size = 1, .steps = 9}).empty());
  CHECK(trainer.evaluate(four.x, four.y, {.batch_size = 1, .steps = 1})["loss"] ==
        trainer.evaluate(slice(four.x, 0, 1), slice(four.y, 0, 1))["loss"]);
  CHECK(message_of([&] { trainer.train_on_batch(four.x, four.y, -1); }) ==
        "train_on_batch: threads is within 0..1024, received -1");
  CHECK(message_of([&] { trainer.gradients(four.x, four.y, {.threads = -1}); }) ==
        "gradients: threads is within 0..1024, received -1");
  CHECK(message_of([&] { trainer.apply(trainer.gradients(four.x, four.y), -1); }) ==
        "apply: threads is within 0..1024, received -1");
  CHECK(trainer.workspace_bytes() == 4 * static_cast<std::size_t>(trainer.plan.workspace));
}

TEST_CASE("sources: their order is their own if they shuffle; options that are for tensors") {
  Four four;
  auto trainer = compile(four.model, SGD{.learning_rate = 0}, MeanSquaredError{});
  Pairs pairs(four.x, four.y);
  Options options{.epochs = 5, .verbose = {}, .prefetch = 0};
  trainer.fit(pairs, options);
  CHECK(pairs.asked == std::vector<Index>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  const auto asked = [&](bool shuffled, bool shuffle, Index batches) {
    pairs.asked.clear(), pairs.shuffled = shuffled, pairs.batches = batches;
    options.shuffle = shuffle, options.steps_per_epoch = batches == 0 ? 2 : 0, options.epochs = 1;
    trainer.fit(pairs, options);
    return pairs.asked;
  };
  const std::vector<Index> in_order{0, 1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(asked(true, true, 9) == in_order);
  CHECK(asked(false, false, 9) == in_order);
  CHECK(asked(false, true, 9) != in_order);
  CHECK(asked(false, true, 0) == std::vector<Index>{0, 1});  // what has no end is not shuffled

  const auto fit = [&](const Options& with) { return message_of([&] { trainer.fit(pairs, with); }); };
  pairs.batches = 2;
  CHECK(fit({.validation_split = 0.5, .verbose = {}}) ==
        "fit: validation_split is for tensors; a source needs validation_data");
  CHECK(fit({.verbose = {}, .sample_weight = std::vector<float>(4, 1)}) ==
        "fit: sample_weight is for tensors; the batches of a source have their own");
  CHECK(fit({.verbose = {}, .prefetch = -1}) == "fit: prefetch is at least 0, received -1");
  CHECK(message_of([&] { trainer.evaluate(pairs, {.sample_weight = std::vector<float>(4, 1)}); }) ==
        "evaluate: sample_weight is for tensors; the batches of a source have their own");
  CHECK(message_of([&] { trainer.evaluate(pairs, {.prefetch = -1}); }) ==
        "evaluate: prefetch is at least 0, received -1");
  pairs.batches = -1;
  CHECK(fit({.verbose = {}}) == "fit: a source has at least 0 batches, received -1");
  CHECK(message_of([&] { trainer.evaluate(pairs); }) == "evaluate: a source has at least 0 batches, received -1");
}

TEST_CASE("weights of samples and classes, in what is trained on and in what is set aside") {
  Four four;
  const auto& [model, x, y, losses] = four;
  auto trainer = compile(four.model, SGD{.learning_rate = 0}, MeanSquaredError{});
  const auto fit = [&](Options options) {
    options.verbose = {};
    return trainer.fit(four.x, four.y, options);
  };
  const History weighted = fit({.validation_split = 0.5, .sample_weight = std::vector<float>{1, 0.5f, 4, 3}});
  CHECK(weighted["loss"][0] == near((losses[0] + 0.5 * losses[1]) / 2));
  CHECK(weighted["val_loss"][0] == near((4 * losses[2] + 3 * losses[3]) / 2));
  CHECK(fit({.validation_data = {x, y}, .validation_batch_size = 1, .validation_steps = 1})["val_loss"][0] ==
        near(losses[0]));
  // What is set aside has several targets to a sample.
  Sequential<Input<2>, Dense<2>> two(Seed{1});
  auto of_two = compile(two, SGD{.learning_rate = 0}, MeanSquaredError{});
  CHECK(of_two.fit(x, x, {.validation_split = 0.25, .verbose = {}})["val_loss"][0] ==
        near(of_two.evaluate(slice(x, 3, 1), slice(x, 3, 1))));
  // validation_data goes before validation_split; class_weight is for training alone.
  const History classes = fit({.validation_split = 0.5,
                               .validation_data = {x, y, std::vector<float>{1, 1, 1, 5}},
                               .class_weight = {{0, 2}, {1, 0.25}}});
  CHECK(classes["loss"][0] == near((2 * losses[0] + 0.25 * (losses[1] + losses[2]) + losses[3]) / 4));
  CHECK(classes["val_loss"][0] == near((losses[0] + losses[1] + losses[2] + 5 * losses[3]) / 4));
  CHECK(fit({.validation_split = 0.5, .class_weight = {{1, 0.25}}})["loss"][0] ==
        near((losses[0] + 0.25 * losses[1]) / 2));
  Pairs pairs(x, y);
  CHECK(trainer.fit(pairs, {.verbose = {}, .class_weight = {{2, 3}}})["loss"][0] ==
        near((losses[0] + losses[1] + losses[2] + 3 * losses[3]) / 4));

  const auto step = [&](const StepOptions<float>& options) {
    return message_of([&] { trainer.train_on_batch(four.x, four.y, options); });
  };
  CHECK(step({.sample_weight = std::vector<float>{INFINITY, 1, 1, 1}}) ==
        "train_on_batch: sample_weight of sample 0 is inf");
  const std::vector<float> ones(4, 1);
  CHECK(step({.sample_weight = {ones, ones}}) == "train_on_batch: 2 sample_weights but 1 loss");
  CHECK(step({.sample_weight = std::vector<float>(4, 1), .class_weight = {{0, 1}}}) ==
        "train_on_batch: expected class_weight or sample_weight, received both");
  CHECK(step({.sample_weight = std::vector<float>(3, 1)}) == "train_on_batch: 4 inputs but 3 numbers in sample_weight");
  four.y(2, 0) = 1e9f, four.y(1, 0) = 0.75f, four.y(0, 0) = -0.25f;
  CHECK(step({.class_weight = {{0, 1}}}).empty());
  // The class of a number is the nearest whole one.
  four.y(2, 0) = 1;
  const Rows out = four.model.predict(four.x);
  double sum = 0;
  for (Index n = 0; n < 4; ++n) sum += (n == 0 ? 3 : n == 3 ? 1 : 5) * std::pow(out(n, 0) - four.y(n, 0), 2) / 4;
  CHECK(trainer.train_on_batch(four.x, four.y, {.class_weight = {{0, 3}, {1, 5}}})["loss"] == near(sum));
  for (const float label : {1.00001e9f, -1.00001e9f}) {
    four.y(2, 0) = label;
    CHECK(step({.class_weight = {{0, 1}}}) ==
          text("train_on_batch: class_weight: the target of sample 2 is ", label, ", which is no class"));
  }
}

TEST_CASE("the class of several targets is the largest; of pixels there is none") {
  Sequential<Input<2>, Dense<2, Softmax>> model(Seed{1});
  auto trainer = compile(model, SGD{.learning_rate = 0}, CategoricalCrossentropy{});
  Rows x(2, 2), y(2, 2);
  x.setValues({{0.5f, 1}, {-1, 2}});
  y.setValues({{0.25f, 0.75f}, {0.75f, 0.25f}});
  const auto loss = [&](const std::vector<float>& weights) {
    return static_cast<double>(trainer.evaluate(x, y, {.sample_weight = weights}));
  };
  const auto weighted = trainer.train_on_batch(x, y, {.class_weight = {{1, 4}, {0, 0.5}}});
  CHECK(weighted["loss"] == near(loss({4, 0.5f})));
  y(1, 0) = 2e9f;  // the class is the place, whatever the number
  auto of_numbers = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{});
  CHECK(message_of([&] { of_numbers.train_on_batch(x, y, {.class_weight = {{0, 0.5}}}); }).empty());
  CHECK(message_of([&] { trainer.train_on_batch(x, y); }) ==
        "train_on_batch: targets: value 0 of sample 1 is 2e+09; categorical_crossentropy is for targets within 0..1: "
        "divide "
        "pixels of 0..255 by 255");
  y(1, 0) = 0.75f;
  for (const int label : {-1, static_cast<int>(y.dimension(1))})
    CHECK(
        message_of([&] { trainer.train_on_batch(x, y, {.class_weight = {{0, 0.5}, {label, 1}}}); }) ==
        text("train_on_batch: class_weight has the class ", label, ", but the targets have 0 to ", y.dimension(1) - 1));
  // Of labels there are as many as the model has outputs; of targets of 0 and 1 two.
  Tensor<1> classes(2);
  classes.setValues({0, 1});
  for (const int label : {-1, 2})
    CHECK(message_of([&] {
            compile(model, SGD{}, SparseCategoricalCrossentropy{})
                .train_on_batch(x, classes, {.class_weight = {{label, 1}}});
          }) == text("train_on_batch: class_weight has the class ", label, ", but the targets have 0 to 1"));
  Sequential<Input<2>, Dense<1, Sigmoid>> binary(Seed{1});
  Rows yes_or_no(2, 1);
  yes_or_no.setValues({{0}, {1}});
  const auto of_binary = [&](int label) {
    auto binary_trainer = compile(binary, SGD{}, BinaryCrossentropy{});
    return message_of([&] { binary_trainer.train_on_batch(x, yes_or_no, {.class_weight = {{label, 2}}}); });
  };
  CHECK(of_binary(1).empty());
  CHECK(of_binary(2) == "train_on_batch: class_weight has the class 2, but the targets have 0 to 1");
  Tensor<1> labels(2);
  labels.setValues({0, 3});
  CHECK(message_of([&] { compile(model, SGD{}, SparseCategoricalCrossentropy{}).train_on_batch(x, labels); }) ==
        "train_on_batch: targets: sample 1 has the label 3, expected a number of a class, 0 to 1");

  Sequential<Input<2, 1>, Conv1D<1, 1>> of_series(Seed{1});
  Tensor<3> series(1, 2, 1);
  series.setZero();
  CHECK(message_of([&] {
          compile(of_series, SGD{}, MeanSquaredError{}).train_on_batch(series, series, {.class_weight = {{0, 1}}});
        }) == "train_on_batch: class_weight is for targets with one class to a sample");
}

TEST_CASE("numbers that are none, in inputs, targets and what validates") {
  Four four;
  auto trainer = compile(four.model, SGD{}, MeanSquaredError{});
  Rows bad = four.x;
  bad(2, 1) = std::numeric_limits<float>::quiet_NaN();
  const std::string where = "value 1 of sample 2 is nan; leave such samples out, or put numbers in their place";
  CHECK(message_of([&] { trainer.fit(bad, four.y, {.verbose = {}}); }) == "fit: inputs: " + where);
  CHECK(message_of([&] { trainer.fit(four.x, four.y, {.validation_data = {bad, four.y}, .verbose = {}}); }) ==
        "fit: validation: inputs: " + where);
  Sequential<Input<2>, Dense<2>> same(Seed{1});
  CHECK(message_of([&] { compile(same, SGD{}, MeanSquaredError{}).fit(bad, bad, {.verbose = {}}); }) ==
        "fit: targets: " + where);
}

TEST_CASE("a loss and its gradient: means over the terms of all samples") {
  const Net model(Seed{1});
  Rows y(2, 1), t(2, 1);
  y.setValues({{3}, {5}}), t.setValues({{1}, {6}});
  const auto [loss, dy] = loss_and_gradient(model, MeanSquaredError{}, y, t);
  CHECK(loss == 2.5);
  CHECK(dy(0, 0) == 2);
  CHECK(dy(1, 0) == -1);
  CHECK(message_of([&] { loss_and_gradient(model, MeanSquaredError{}, y, Rows(3, 1)); }) ==
        "loss_and_gradient: 2 outputs but 3 targets");
  CHECK(message_of([&] { loss_and_gradient(model, MeanSquaredError{}, y, Rows(2, 2)); }) ==
        "loss_and_gradient: targets: expected at least 1 sample of shape (1,), received 2 of shape (2,)");
  CHECK(message_of([&] { loss_and_gradient(model, MeanSquaredError{}, Rows(2, 2), t); }) ==
        "loss_and_gradient: outputs: expected at least 1 sample of shape (1,), received 2 of shape (2,)");
  // What fit refuses.
  CHECK(message_of([&] { loss_and_gradient(model, Huber{.delta = -1}, y, t); }) ==
        "Huber: delta is more than 0, received -1");
  Sequential<Input<1>, Dense<3>> classes;
  const SparseCategoricalCrossentropy of_logits{.from_logits = true};
  for (const float label : {3.0f, -1.0f, 0.5f, 1e9f}) {
    Tensor<1> labels(2);
    labels.setValues({2, label});
    CHECK(message_of([&] { loss_and_gradient(classes, of_logits, Rows(2, 3), labels); }) ==
          text("loss_and_gradient: targets: sample 1 has the label ", label, ", expected a number of a class, 0 to 2"));
  }
  Rows beyond(2, 1);
  beyond.setValues({{0}, {2}});
  CHECK(message_of([&] { loss_and_gradient(model, BinaryCrossentropy{.from_logits = true}, y, beyond); }) != "");
}

TEST_CASE("what compile takes") {
  using engine::LossAndMetrics, engine::CanBeCompiled;
  CHECK(LossAndMetrics<float, MeanSquaredError, Accuracy>);
  CHECK(!LossAndMetrics<float>);
  CHECK(!LossAndMetrics<float, Accuracy>);
  CHECK(!LossAndMetrics<float, MeanSquaredError, SGD>);
  CHECK(!LossAndMetrics<float, MeanSquaredError, int>);
  CHECK(LossAndMetrics<float, Head<"a", MeanSquaredError>, Head<"b", MeanSquaredError, Accuracy>>);
  CHECK(!LossAndMetrics<float, Head<"a", MeanSquaredError>, Accuracy>);
  CHECK(!LossAndMetrics<float, Head<"a", int>>);
  CHECK(CanBeCompiled<Net&, SGD, MeanSquaredError>);
  CHECK(!CanBeCompiled<const Net&, SGD, MeanSquaredError>);
  CHECK(!CanBeCompiled<Net, SGD, MeanSquaredError>);
  CHECK(!CanBeCompiled<Net&, MeanSquaredError, SGD>);
  CHECK(!CanBeCompiled<Net&, SGD>);
}
