#include <doctest/doctest.h>

#include <sstream>

#include "latent/evaluation/confusion_table.hpp"

using namespace latent;
using namespace latent::evaluation;

TEST_CASE("the example of scikit-learn's documentation") {
  const ConfusionTable table({2, 0, 2, 2, 0, 1}, {0, 0, 2, 2, 0, 2}, 3);
  const long expected[3][3] = {{2, 0, 0}, {0, 0, 1}, {1, 0, 2}};
  for (int label = 0; label < 3; ++label)
    for (int prediction = 0; prediction < 3; ++prediction) {
      CHECK(table(label, prediction) == expected[label][prediction]);
      CHECK(table.as_tensor()(label, prediction) == static_cast<float>(expected[label][prediction]));
    }
  CHECK(table.accuracy() == doctest::Approx(4.0 / 6).epsilon(1e-15));
  CHECK(table.recall(0) == 1);
  CHECK(table.recall(1) == 0);
  CHECK(table.recall(2) == doctest::Approx(2.0 / 3).epsilon(1e-15));
  CHECK(table.precision(0) == doctest::Approx(2.0 / 3).epsilon(1e-15));
  CHECK(table.precision(1) == 1);  // never predicted
  CHECK(table.precision(2) == doctest::Approx(2.0 / 3).epsilon(1e-15));
  CHECK(table.text() ==
        "true \\ predicted   0   1   2  recognised\n"
        "               0   2   0   0     100.0 %\n"
        "               1   0   0   1       0.0 %\n"
        "               2   1   0   2      66.7 %\n");
  std::ostringstream printed;
  printed << table;
  CHECK(printed.str() == table.text());
}

TEST_CASE("the most probable class is the first of the largest") {
  Tensor<2> probabilities(3, 3), two(2, 3), four(4, 2);
  probabilities.setValues({{0.1f, 0.2f, 0.7f}, {0.4f, 0.4f, 0.2f}, {0, 1, 0}});
  CHECK(most_probable(probabilities) == std::vector<int>{2, 0, 1});
  two.setValues({{0, 0, 1}, {1, 0, 0}});
  CHECK(most_probable(two) == std::vector<int>{2, 0});
  four.setValues({{0, 1}, {1, 0}, {0, 1}, {0.5f, 0.25f}});
  CHECK(most_probable(four) == std::vector<int>{1, 0, 1, 0});
  CHECK(most_probable(Tensor<2, double>(two.cast<double>())) == most_probable(two));
  four(3, 1) = NAN;
  CHECK_THROWS_WITH_AS(most_probable(four), "most_probable: row 3: expected numbers, received NaN",
                       std::invalid_argument);
}

TEST_CASE("errors name the values") {
  CHECK_THROWS_WITH_AS(ConfusionTable({1, 2}, {1}, 3), doctest::Contains("received 2 and 1"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(ConfusionTable({1, 2}, {1, 3}, 3),
                       doctest::Contains("sample 1: expected a class 0 to 2, received 3"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(ConfusionTable({}, {}),
                       "ConfusionTable: expected as many labels as predictions, and at least one, received 0 and 0",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ConfusionTable({0}, {0}, -1), "ConfusionTable: expected at least 1 class, received -1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ConfusionTable({0, 1, -1}, {0, 1, 1}, 2),
                       "ConfusionTable: sample 2: expected a class 0 to 1, received -1", std::invalid_argument);
}

TEST_CASE("as many classes as there are, and one column is no choice") {
  CHECK(ConfusionTable({0, 1}, {1, 1}).classes() == 2);
  CHECK(ConfusionTable({0, 1}, {4, 1}).classes() == 5);
  CHECK(ConfusionTable({3, 1}, {0, 1}).classes() == 4);
  CHECK(ConfusionTable({0, 1}, {1, 1}, 10).classes() == 10);
  CHECK_THROWS_WITH_AS(ConfusionTable({0, -1}, {0, 0}), doctest::Contains("received -1"), std::invalid_argument);
  CHECK_THROWS_AS(ConfusionTable({-1}, {-1}), std::invalid_argument);
  CHECK_THROWS_WITH_AS(most_probable(Tensor<2>(3, 1)), doctest::Contains("received one column; of yes or no"),
                       std::invalid_argument);
}

TEST_CASE("classes that are not there; numbers of classes of four digits stand apart") {
  const ConfusionTable table({0, 1}, {1, 1}, 2);
  CHECK_THROWS_WITH_AS(table.recall(2), "ConfusionTable: expected a label of 0 to 1, received 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(table.recall(-1), "ConfusionTable: expected a label of 0 to 1, received -1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(table.precision(2), "ConfusionTable: expected a prediction of 0 to 1, received 2",
                       std::invalid_argument);
  CHECK_THROWS_AS(table(0, 5), std::invalid_argument);
  CHECK(ConfusionTable({0}, {0}, 1001).text().find(" 999 1000 ") != std::string::npos);
}

TEST_CASE("a class without samples, and numbers of four digits") {
  std::vector<int> labels(1500, 1), predictions(1500, 1);
  predictions[0] = 0;
  const ConfusionTable table(labels, predictions, 2);
  CHECK(table.classes() == 2);
  CHECK(table.recall(0) == 1);
  CHECK(table.text() ==
        "true \\ predicted    0    1  recognised\n"
        "               0    0    0     100.0 %\n"
        "               1    1 1499      99.9 %\n");
  CHECK(ConfusionTable({0}, {0}, 1).accuracy() == 1);
}
