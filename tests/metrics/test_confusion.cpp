#include <doctest/doctest.h>

#include <latent/latent.hpp>
#include <latent/training/heads.hpp>

#include "message_of.hpp"

using namespace latent;

namespace {
/// A metric of samples of `channels` numbers, each with a weight.
template <class Metric>
double value(const Metric& metric, const std::vector<double>& y, const std::vector<double>& t, Index channels,
             std::vector<double> weights = {}) {
  const auto samples = y.size() / static_cast<std::size_t>(channels);
  weights.resize(samples, 1);
  std::vector<double> sums(static_cast<std::size_t>(metric.sums(channels, channels)));
  for (std::size_t n = 0, i = 0; n < samples; ++n, i += static_cast<std::size_t>(channels))
    metric.add(&y[i], &t[i], channels, channels, weights[n], sums.data());
  return metric.value(sums);
}
const std::vector<double> y{0.9, 0.5, 0.6, 0.2, 0.7, 0.1, 0.8, 0.3}, t{1, 1, 0, 0, 0.5, 1, 0, 0};
}  // namespace

TEST_CASE("predictions above a threshold, by hand") {
  const Confusion all = confusion_of(y.data(), t.data(), 8, 2, 0.5);  // 0.5 is not above 0.5; a target of 0.5 is wanted
  CHECK(all.true_positives == 2);
  CHECK(all.false_positives == 2);
  CHECK(all.true_negatives == 2);
  CHECK(all.false_negatives == 2);
  const Confusion second = confusion_of(y.data(), t.data(), 8, 2, 0.25, 1);  // 0.5, 0.2, 0.1, 0.3 and 1, 0, 1, 0
  CHECK(second.true_positives == 1);
  CHECK(second.false_positives == 1);
  CHECK(second.true_negatives == 1);
  CHECK(second.false_negatives == 1);
  CHECK(confusion_of(y.data(), t.data(), 2, 2, 0.95).false_negatives == 2);
  const double none[] = {NAN};
  CHECK(confusion_of(none, t.data(), 1, 1, 0.5).false_negatives == 1);
}

TEST_CASE("precision, recall and counts over all samples, also where there is nothing to count") {
  CHECK(value(Precision{}, y, t, 2) == 0.5);
  CHECK(value(Precision{.thresholds = 0.65}, y, t, 2) == doctest::Approx(2.0 / 3));
  CHECK(value(Precision{.class_id = 0}, y, t, 2) == 0.5);  // 0.9, 0.6, 0.7, 0.8
  CHECK(value(Precision{.thresholds = 1}, y, t, 2) == 0);
  CHECK(value(Recall{.thresholds = 0.25}, y, t, 2) == 0.75);
  CHECK(value(Recall{.class_id = 1}, y, t, 2) == 0);
  CHECK(value(Recall{}, y, std::vector<double>(8), 2) == 0);
  CHECK(value(TruePositives{}, y, t, 2) == 2);
  CHECK(value(FalsePositives{}, y, t, 2) == 2);
  CHECK(value(TrueNegatives{.thresholds = 0.15}, y, t, 2) == 0);
  CHECK(value(FalseNegatives{.thresholds = 0.15}, y, t, 2) == 1);
  // Of weighted samples the sums of weights.
  CHECK(value(TruePositives{}, y, t, 2, {0.25, 5, 2, 5}) == 2.25);
  CHECK(value(FalsePositives{}, y, t, 2, {0.25, 5, 2, 3}) == 8);
  CHECK(value(Precision{}, y, t, 2, {0.25, 5, 2, 3}) == 2.25 / 10.25);
  CHECK(value(Recall{}, y, t, 2, {0.25, 5, 2, 3}) == 2.25 / 4.5);
}

TEST_CASE("a metric under another name, with its options, weighted or not") {
  Sequential<Input<4>, Dense<3, Softmax>> model(Seed{1});
  Tensor<2> x(6, 4), one_hot(6, 3);
  x.setRandom(), one_hot.setZero();
  for (Index n = 0; n < 6; ++n) one_hot(n, n % 3) = 1;
  auto trainer = compile(model, SGD{}, CategoricalCrossentropy{}, Recall{.thresholds = 0.1},
                         named<"recall_of_2">(Recall{.thresholds = 0.1, .class_id = 2}), named<"right">(Accuracy{}),
                         named<"right_by_weight">(weighted(Accuracy{})), named<"squares">(MeanSquaredError{}),
                         weighted(Accuracy{}));
  const Scores scores = trainer.evaluate(x, one_hot, {.sample_weight = std::vector<float>{0, 1, 2, 0, 0, 3}});
  CHECK(names_in(scores.logs) == "accuracy, loss, recall, recall_of_2, right, right_by_weight, squares");
  const Tensor<2> output = model.predict(x);
  CHECK(scores["recall_of_2"] == ((output(2, 2) > 0.1f) + (output(5, 2) > 0.1f)) / 2.0);
  CHECK(scores["right_by_weight"] == scores["accuracy"]);
  CHECK(scores["squares"] > 0);
}

TEST_CASE("F scores, by hand") {
  // Predicted: 0, 1, both 0 and 1, none; wanted: 0, 0, 1, 1.
  const std::vector<double> two{0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0, 0}, right{1, 0, 1, 0, 0, 1, 0, 1};
  // Class 0: 1 true, 1 false positive, 1 missed; class 1: 1, 1, 1.
  CHECK(value(F1Score{}, two, right, 2) == doctest::Approx(0.5));
  CHECK(value(F1Score{.average = ClassAverage::micro}, two, right, 2) == doctest::Approx(0.5));
  CHECK(value(F1Score{.threshold = 0.85}, two, right, 2) == doctest::Approx((2.0 / 3 + 0) / 2));
  CHECK(value(FBetaScore{.beta = 3, .threshold = 0.85}, two, right, 2) == doctest::Approx(10 * 0.5 / 9.5 / 2));
  // Class 0 is wanted three times as often.
  const std::vector<double> more{0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1}, mostly{1, 0, 1, 0, 1, 0, 0, 1};
  const double first = 2 * 0.75 / 1.75;
  CHECK(value(F1Score{}, more, mostly, 2) == doctest::Approx(first / 2));
  CHECK(value(F1Score{.average = ClassAverage::weighted}, more, mostly, 2) == doctest::Approx(0.75 * first));
  CHECK(value(F1Score{.average = ClassAverage::micro}, more, mostly, 2) == doctest::Approx(0.75));
  CHECK(value(F1Score{}, more, mostly, 2, {1, 1, 1, 0}) == doctest::Approx(0.5));  // class 1 is not wanted
  CHECK(value(F1Score{}, std::vector<double>(4), {1, 0, 0, 1}, 2) == 0);
}

TEST_CASE("options outside their range, classes and shapes that are not there") {
  for (const double wrong : {-0.1, 1.1, std::nan("")}) {
    CHECK_THROWS_AS(Precision{.thresholds = wrong}.check_options(), std::invalid_argument);
    CHECK_THROWS_AS(Recall{.thresholds = wrong}.check_options(), std::invalid_argument);
    CHECK_THROWS_AS(TruePositives{.thresholds = wrong}.check_options(), std::invalid_argument);
    CHECK_THROWS_AS(F1Score{.threshold = wrong}.check_options(), std::invalid_argument);
  }
  CHECK_THROWS_AS(F1Score{.threshold = 0}.check_options(), std::invalid_argument);
  CHECK_NOTHROW(F1Score{.threshold = 1}.check_options());
  for (const double threshold : {0.0, 1.0}) CHECK_NOTHROW(Precision{.thresholds = threshold}.check_options());
  for (const double beta : {0.0, -1.0, double(INFINITY)})
    CHECK_THROWS_AS(FBetaScore{.beta = beta}.check_options(), std::invalid_argument);

  Sequential<Input<4>, Dense<3, Softmax>> model(Seed{1});
  Sequential<Input<4, 4, 1>, Conv2D<3, 1, Softmax>> image(Seed{1});
  Sequential<Input<4>, Dense<1, Sigmoid>> one(Seed{1});
  CHECK(message_of([&] { compile(model, SGD{}, CategoricalCrossentropy{}, Precision{.class_id = 3}); }) ==
        "Precision: class_id is within 0..2, received 3");
  CHECK(message_of([&] { compile(model, SGD{}, CategoricalCrossentropy{}, Recall{.class_id = -1}); }) ==
        "Recall: class_id is within 0..2, received -1");
  CHECK(message_of([&] { compile(model, SGD{}, CategoricalCrossentropy{}, Recall{.thresholds = 2}); }) ==
        "Recall: a threshold is within 0..1, received 2");
  CHECK(message_of([&] { compile(image, SGD{}, CategoricalCrossentropy{}, F1Score{}); }) ==
        "FBetaScore: expected rows of classes, (samples, classes), received samples of 48 numbers with 3 channels");
  CHECK(message_of([&] { compile(image, SGD{}, CategoricalCrossentropy{}, R2Score{}); }) ==
        "R2Score: expected rows of outputs, (samples, outputs), received samples of 48 numbers with 3 channels");
  CHECK(message_of([&] { compile(model, SGD{}, CategoricalCrossentropy{}, Precision{}, Precision{.class_id = 1}); }) ==
        "compile: two metrics have the same name; all names together are loss, precision; a name of its own has "
        "named<\"other\">(Precision{.class_id = 3})");
  CHECK(message_of([&] { compile(one, SGD{}, BinaryCrossentropy{}, F1Score{}); }) ==
        "FBetaScore: of one output the largest is always that one: give it a threshold, F1Score{.threshold = 0.5}");
  CHECK_NOTHROW(compile(one, SGD{}, BinaryCrossentropy{}, F1Score{.threshold = 0.5}));
  CHECK_NOTHROW(compile(image, SGD{}, CategoricalCrossentropy{}, Precision{.class_id = 2}));
}
