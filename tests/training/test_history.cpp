#include "files.hpp"
#include "latent/latent.hpp"
#include "latent/pictures.hpp"

using namespace latent;

namespace {

/// Logs a number in some epochs only.
struct Sometimes : Callback {
  void on_epoch_end(Training& training) override {
    if (training.epoch >= 1 && training.epoch != 3) training.logs["accuracy_of_codes"] = training.epoch / 8.0;
  }
};

}  // namespace

TEST_CASE("a log that starts late, and one that has gaps, stand beside the epochs that they are of") {
  Sequential<Input<2>, Dense<2>> model;
  Tensor<2> x(4, 2);
  x.setConstant(0.5f);
  Sometimes sometimes;
  const History history =
      compile(model, SGD{}, MeanSquaredError{}).fit(x, x, {.epochs = 5, .verbose = {}, .callbacks = {&sometimes}});
  CHECK(history.epochs() == 5);
  CHECK(history.epochs("loss") == std::vector{0, 1, 2, 3, 4});
  CHECK(history["accuracy_of_codes"] == std::vector{0.125, 0.25, 0.5});
  CHECK(history.epochs("accuracy_of_codes") == std::vector{1, 2, 4});

  const TemporaryFolder folder;
  const std::string path = (folder.path / "history.csv").string();
  history.save_csv(path);
  const auto loss = [&](std::size_t epoch) { return exact(history["loss"][epoch]); };
  CHECK(read_file(path) == "epoch,accuracy_of_codes,loss\n1,," + loss(0) + "\n2,0.125," + loss(1) + "\n3,0.25," +
                               loss(2) + "\n4,," + loss(3) + "\n5,0.5," + loss(4) + "\n");

  using pictures::plot;
  CHECK(plot(history, {.title = "t", .x_label = "x", .y_label = "y"}, "accuracy_of_codes").rgb ==
        plot({{"train", {0.125, 0.25, 0.5}, {2, 3, 5}}}, {.title = "t", .x_label = "x", .y_label = "y"}).rgb);
}

TEST_CASE("a history by hand: its epochs are 1, 2, 3; every number is read back from the table") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "history.csv").string();
  History history{{{"loss", {1.0 / 3, 123456.789012, std::numeric_limits<double>::quiet_NaN()}}}};
  CHECK(history.epochs() == 3);
  CHECK(history.epochs("loss") == std::vector{0, 1, 2});
  history.save_csv(path);
  CHECK(read_file(path) == "epoch,loss\n1,0.3333333333333333\n2,123456.789012\n3,nan\n");

  history = {};
  history.append({{"loss", 2.0}});
  history.append({{"loss", 1.0}, {"val_loss", 0.5}});
  history.save_csv(path);
  CHECK(read_file(path) == "epoch,loss,val_loss\n1,2,\n2,1,0.5\n");
  std::ostringstream printed;
  printed << history;
  CHECK(printed.str() ==
        "epoch         loss     val_loss\n"
        "    1            2             \n"
        "    2            1          0.5\n");
  CHECK_THROWS_WITH_AS(history["mae"], doctest::Contains("\"mae\""), std::invalid_argument);
  History{{{"a,b", {1}}, {"say \"x\"", {2}}}}.save_csv(path);
  CHECK(read_file(path) == "epoch,\"a,b\",\"say \"\"x\"\"\"\n1,1,2\n");
  CHECK_THROWS_WITH_AS((History{{{"loss", {1, 2, 3}}}, {{"loss", {0}}}}.text()),
                       "History: loss has 3 numbers but 1 epochs", std::invalid_argument);
  History().save_csv(path);
  CHECK(read_file(path) == "epoch\n");
}

TEST_CASE("a table of numbers that start late, end early or have long names; the next epoch is that after the last") {
  History history;
  CHECK(history.epochs() == 0);
  CHECK(history.lanes == 0);
  CHECK(history.text() == "epoch\n");
  history.append(1, {{"a", 0.5}, {"twelve_chars", 1.0 / 3}, {"eleven_char", 2}});
  CHECK(history.epochs() == 2);
  CHECK(history.epochs("a") == std::vector{1});
  history.append({{"b", 1234567.0}});
  history.append(0, {{"b", -1}});
  CHECK(history.epochs() == 3);
  CHECK(history.epochs("b") == std::vector{2, 0});
  CHECK(history.text() ==
        "epoch            a            b  eleven_char  twelve_chars\n"
        "    1                        -1                           \n"
        "    2          0.5                         2      0.333333\n"
        "    3               1.23457e+06                           \n");
  CHECK_THROWS_WITH_AS(History()["loss"], "History: nothing was recorded under \"loss\", but under nothing",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(history.epochs("loss"),
                       "History: nothing was recorded under \"loss\", but under a, b, eleven_char, twelve_chars",
                       std::invalid_argument);
}
