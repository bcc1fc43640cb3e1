#include <doctest/doctest.h>

#include <latent/evaluation/roc_curve.hpp>
#include <latent/latent.hpp>
#include <latent/training/heads.hpp>

#include "files.hpp"

using namespace latent;

namespace {

using Classifier = Sequential<Input<6>, Dense<8, ReLU>, Dense<3, Softmax>>;

/// Points of three classes: the largest of the first three coordinates, two of which are a little larger than they
/// should.
struct Points {
  Tensor<2> x;
  Tensor<1> labels;
  Tensor<2> one_hot;
  explicit Points(Index count) : x(count, 6), labels(count), one_hot(count, 3) {
    const Random random(Seed{6}, Purpose::test);
    one_hot.setZero();
    for (Index n = 0; n < count; ++n) {
      for (Index i = 0; i < 6; ++i) x(n, i) = static_cast<float>(random.uniform(6 * n + i));
      const Index label = std::max_element(&x(n, 0), &x(n, 0) + 3) - &x(n, 0);
      labels(n) = static_cast<float>(label);
      one_hot(n, label) = 1;
    }
  }
};

double right(const Tensor<2>& y, const Tensor<1>& labels) {
  double count = 0;
  for (Index n = 0; n < labels.dimension(0); ++n)
    count += static_cast<float>(std::max_element(&y(n, 0), &y(n, 0) + 3) - &y(n, 0)) == labels(n);
  return count / static_cast<double>(labels.dimension(0));
}

template <class Optimizer>
std::pair<std::vector<float>, History> train(const Points& points, const Optimizer& optimizer, int threads) {
  Classifier model(Seed{1});
  auto trainer = compile(model, optimizer, SparseCategoricalCrossentropy{}, Accuracy{}, SparseCategoricalAccuracy{});
  History history = trainer.fit(
      points.x, points.labels,
      {.epochs = 4, .batch_size = 50, .validation_data = {points.x, points.labels}, .verbose = {}, .threads = threads});
  return {{model.data(), model.data() + Classifier::network::buffer_size}, history};
}

}  // namespace

TEST_CASE("metrics are in History and CSV under Keras's names, and the same bits for any number of threads") {
  const Points points(323);
  for (double clip : {0.0, 0.01}) {
    const Adam optimizer{.learning_rate = 0.02, .global_clipnorm = clip};
    const auto [one, history] = train(points, optimizer, 1);
    std::vector<std::string> names;
    for (const auto& [name, values] : history.history) names.push_back(name);
    CHECK(names == std::vector<std::string>{"accuracy", "loss", "sparse_categorical_accuracy", "val_accuracy",
                                            "val_loss", "val_sparse_categorical_accuracy"});
    CHECK(history["accuracy"] == history["sparse_categorical_accuracy"]);
    CHECK(history["val_accuracy"].back() > 0.5);
    CHECK(history["val_accuracy"].back() > history["val_accuracy"].front());
    for (int threads : {1, 2, 3, 5, 16}) {
      const auto [several, other] = train(points, optimizer, threads);
      CHECK(several == one);
      CHECK(other.history == history.history);
    }
    const TemporaryFolder folder;
    const std::string path = folder.path / "history.csv";
    history.save_csv(path);
    std::string header;
    std::getline(std::ifstream(path) >> std::ws, header);
    CHECK(header ==
          "epoch,accuracy,loss,sparse_categorical_accuracy,val_accuracy,val_loss,val_sparse_categorical_accuracy");
  }
}

TEST_CASE("evaluate and train_on_batch give the loss, and metrics of the predictions by name") {
  const Points points(37);
  Classifier model(Seed{1});
  const Tensor<2> y = model.predict(points.x);
  auto sparse = compile(model, SGD{.learning_rate = 0}, SparseCategoricalCrossentropy{}, Accuracy{});
  const Scores scores = sparse.evaluate(points.x, points.labels);
  CHECK(scores["accuracy"] == right(y, points.labels));
  const double loss = scores;
  CHECK(loss == scores["loss"]);
  CHECK(sparse.train_on_batch(points.x, points.labels)["accuracy"] == scores["accuracy"]);
  CHECK(sparse.fit(points.x, points.labels, {.batch_size = 10, .verbose = {}})["accuracy"][0] == scores["accuracy"]);
  CHECK_THROWS_WITH_AS(scores["f1"], "Scores: there is no \"f1\", only accuracy, loss; metrics are handed to compile()",
                       std::invalid_argument);

  // The loss sees logits, metrics see probabilities.
  auto dense =
      compile(model, SGD{}, CategoricalCrossentropy{}, MeanSquaredError{}, CategoricalAccuracy{}, MeanAbsoluteError{});
  const Scores others = dense.evaluate(points.x, points.one_hot);
  double squares = 0, sizes = 0;
  for (Index i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y.data()[i]) - static_cast<double>(points.one_hot.data()[i]);
    squares += error * error, sizes += std::abs(error);
  }
  CHECK(others["categorical_accuracy"] == scores["accuracy"]);
  CHECK(others["mean_squared_error"] == doctest::Approx(squares / static_cast<double>(y.size())).epsilon(1e-6));
  CHECK(others["mean_absolute_error"] == doctest::Approx(sizes / static_cast<double>(y.size())).epsilon(1e-6));
  CHECK(others["loss"] == doctest::Approx(loss).epsilon(1e-6));
}

TEST_CASE(
    "ratios are those of all samples of an epoch, and not means of the batches'; with weights, threads and company") {
  const Points points(323);
  std::vector<float> weights;
  for (Index n = 0; n < 323; ++n) weights.push_back(static_cast<float>(n % 4));
  // Metrics of one sum and of several, in turns.
  const auto trainer_of = [](auto& model, double rate) {
    return compile(model, SGD{.learning_rate = rate}, CategoricalCrossentropy{}, Accuracy{}, AUC{},
                   weighted(Recall{.class_id = 1}), MeanAbsoluteError{}, RootMeanSquaredError{},
                   weighted(MeanSquaredError{}), Precision{.thresholds = 0.4}, F1Score{});
  };
  Classifier model(Seed{1});
  compile(model, Adam{.learning_rate = 0.05}, CategoricalCrossentropy{})
      .fit(points.x, points.one_hot, {.epochs = 3, .verbose = {}});
  const Tensor<2> y = model.predict(points.x);
  Index predicted = 0, right = 0, classes_right = 0;
  double found = 0, wanted = 0, squares = 0, weighted_squares = 0, sizes = 0, all_weights = 0;
  std::vector<int> is_class;
  std::vector<double> scores_of_classes;
  for (Index n = 0; n < 323; ++n) {
    const auto weight = static_cast<double>(weights[static_cast<std::size_t>(n)]);
    all_weights += weight;
    classes_right += static_cast<float>(index_of_largest(&y(n, 0), 3)) == points.labels(n);
    for (Index c = 0; c < 3; ++c) {
      const bool is = points.one_hot(n, c) == 1;
      const double error = static_cast<double>(y(n, c) - points.one_hot(n, c));
      squares += error * error, weighted_squares += weight * error * error, sizes += std::abs(error);
      predicted += y(n, c) > 0.4f, right += y(n, c) > 0.4f && is;
      if (c == 1 && is) wanted += weight, found += y(n, c) > 0.5f ? weight : 0;
      is_class.push_back(is), scores_of_classes.push_back(static_cast<double>(y(n, c)));
    }
  }
  REQUIRE((right > 0 && found > 0));
  auto trainer = trainer_of(model, 0);
  const auto is_right = [&](const auto& value_of) {
    CHECK(value_of("accuracy") == static_cast<double>(classes_right) / 323);
    CHECK(value_of("precision") == static_cast<double>(right) / static_cast<double>(predicted));
    CHECK(value_of("recall") == found / wanted);
    CHECK(value_of("root_mean_squared_error") == doctest::Approx(std::sqrt(squares / (3 * 323))).epsilon(1e-6));
    CHECK(value_of("mean_absolute_error") == doctest::Approx(sizes / (3 * 323)).epsilon(1e-6));
    CHECK(value_of("mean_squared_error") == doctest::Approx(weighted_squares / (3 * all_weights)).epsilon(1e-6));
    CHECK(value_of("auc") == doctest::Approx(evaluation::roc_auc_score(is_class, scores_of_classes)).epsilon(5e-3));
    CHECK(value_of("f1_score") > 0);
  };
  const Scores scores = trainer.evaluate(points.x, points.one_hot, {.sample_weight = weights});
  is_right([&](const char* name) { return scores[name]; });
  const auto fit = [&](auto&& learner, int threads) {
    return learner.fit(points.x, points.one_hot,
                       {.epochs = 2,
                        .batch_size = 50,
                        .validation_data = {points.x, points.one_hot},
                        .verbose = {},
                        .sample_weight = weights,
                        .threads = threads});
  };
  const History history = fit(trainer, 0);
  for (std::size_t epoch = 0; epoch < 2; ++epoch) is_right([&](const char* name) { return history[name][epoch]; });
  CHECK(history["f1_score"][0] == scores["f1_score"]);
  CHECK(history["val_precision"][0] == scores["precision"]);
  CHECK(history["val_recall"][0] != scores["recall"]);  // without weights

  std::map<std::string, std::vector<double>> first;
  for (const int threads : {1, 2, 5}) {
    Classifier learning(Seed{1});
    const History learned = fit(trainer_of(learning, 0.1), threads);
    if (first.empty()) first = learned.history;
    CHECK(learned.history == first);
  }
  CHECK(first["auc"][1] > first["auc"][0]);
}

TEST_CASE("metrics do not change what is learned") {
  const Points points(40);
  Classifier a(Seed{1}), b(Seed{1});
  compile(a, Adam{}, CategoricalCrossentropy{}).train_on_batch(points.x, points.one_hot);
  compile(b, Adam{}, CategoricalCrossentropy{}, Accuracy{}, MeanSquaredError{})
      .train_on_batch(points.x, points.one_hot);
  CHECK(std::equal(a.data(), a.data() + Classifier::network::buffer_size, b.data()));
}

TEST_CASE("labels that are no classes are refused with sample and label") {
  const Points points(20);
  Classifier model(Seed{1});
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{});
  Tensor<1> wrong = points.labels;
  wrong(13) = 3;
  CHECK_THROWS_WITH_AS(trainer.fit(points.x, wrong),
                       "fit: targets: sample 13 has the label 3, expected a number of a class, 0 to 2",
                       std::invalid_argument);
  wrong(13) = -1;
  CHECK_THROWS_WITH_AS(trainer.evaluate(points.x, wrong),
                       "evaluate: targets: sample 13 has the label -1, expected a number of a class, 0 to 2",
                       std::invalid_argument);
  wrong(13) = 0.5;
  CHECK_THROWS_AS(trainer.train_on_batch(points.x, wrong), std::invalid_argument);
  wrong(13) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(trainer.fit(points.x, points.labels, {.validation_data = {points.x, wrong}}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.fit(points.x, Tensor<1>(4)), "fit: 20 inputs but 4 targets", std::invalid_argument);
  CHECK_THROWS_WITH_AS(
      compile(model, Adam{}, SparseCategoricalCrossentropy{}, Accuracy{}, Accuracy{}),
      doctest::Contains(
          "compile: two metrics have the same name; all names together are accuracy, loss; a name of its own"),
      std::invalid_argument);
}

TEST_CASE("labels for every pixel") {
  Sequential<Input<4, 4, 1>, Conv2D<3, 3, Same, Softmax>> model(Seed{1});
  Tensor<4> x(9, 4, 4, 1);
  Tensor<3> labels(9, 4, 4);
  for (Index i = 0; i < x.size(); ++i) {
    x.data()[i] = static_cast<float>(Random(Seed{2}, Purpose::test).uniform(i));
    labels.data()[i] = static_cast<float>(i % 3);
  }
  auto trainer = compile(model, Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  const Scores scores = trainer.evaluate(x, labels);
  const Tensor<4> y = model.predict(x);
  double sum = 0, count = 0;
  for (Index i = 0; i < x.size(); ++i) {
    sum -= std::log(static_cast<double>(y.data()[3 * i + i % 3]));
    count += std::max_element(y.data() + 3 * i, y.data() + 3 * i + 3) - (y.data() + 3 * i) == i % 3;
  }
  CHECK(scores["loss"] == doctest::Approx(sum / (9 * 16)).epsilon(1e-6));
  CHECK(scores["accuracy"] == count / (9 * 16));
  labels(2, 1, 3) = 7;
  CHECK_THROWS_WITH_AS(trainer.evaluate(x, labels), doctest::Contains("sample 2 has the label 7"),
                       std::invalid_argument);
}

TEST_CASE("EarlyStopping knows that accuracies go up") {
  const Points points(60);
  Classifier model(Seed{1});
  auto trainer = compile(model, Adam{.learning_rate = 0.02}, SparseCategoricalCrossentropy{}, Accuracy{});
  EarlyStopping early({.monitor = "accuracy", .patience = 3, .restore_best_weights = true});
  const History history = trainer.fit(points.x, points.labels, {.epochs = 12, .verbose = {}, .callbacks = {&early}});
  CHECK(early.best == *std::max_element(history["accuracy"].begin(), history["accuracy"].end()));
  CHECK(early.best > history["accuracy"].front());
}
