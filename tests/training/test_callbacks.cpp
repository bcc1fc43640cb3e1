// Callbacks on their own, epoch by epoch, without a training: early stopping, what is monitored, the progress line.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <latent/latent.hpp>
#include <thread>

using namespace latent;

namespace {

/// The numbers of a callback's state, by name.
std::map<std::string, std::vector<double>> state_of(Callback& callback) {
  TrainingState state;
  callback.state(state);
  std::map<std::string, std::vector<double>> all;
  for (const auto& [name, numbers] : state.numbers) all[name] = numbers.values;
  return all;
}

/// The epoch after which a training stops in which "loss" (or what is monitored) takes these values; -1 if it does not.
int stops_after(EarlyStopping early, const std::vector<double>& values) {
  Training training{.epochs = 99};
  early.on_train_begin(training);
  for (const double value : values) {
    training.logs = {{early.monitor, value}};
    early.on_epoch_end(training);
    if (training.stop) {
      CHECK(early.stopped_epoch == training.epoch);
      return training.epoch;
    }
    ++training.epoch;
  }
  CHECK(early.stopped_epoch == -1);
  return -1;
}

std::string message_of(Callback& callback) {
  LearningRate rate = 1.0;
  Training training{.epochs = 1, .learning_rate = &rate};
  try {
    callback.on_train_begin(training);
    callback.on_epoch_end(training);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

const double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("what a training is at first, and the options of EarlyStopping and ReduceLROnPlateau, as in Keras") {
  const Training training;
  CHECK(training.epoch == 0);
  CHECK(training.epochs == 0);
  CHECK(training.batch == 0);
  CHECK(training.batches == 0);
  CHECK(training.samples == 0);
  CHECK(training.batch_size == 0);
  CHECK(training.threads == 1);
  CHECK(!training.stop);
  CHECK(training.validated);

  CHECK(MonitorCallback("loss").min_delta == 0);
  EarlyStopping early;
  CHECK(early.monitor == "val_loss");
  CHECK(early.min_delta == 0);
  CHECK(early.patience == 0);
  CHECK(!early.baseline);
  CHECK(!early.restore_best_weights);
  CHECK(early.start_from_epoch == 0);
  CHECK(early.mode == Mode::automatic);
  CHECK(early.best == infinity);
  CHECK(early.best_epoch == -1);
  CHECK(early.stopped_epoch == -1);
  CHECK(
      state_of(early) ==
      std::map<std::string, std::vector<double>>{
          {"best", {infinity}}, {"best_epoch", {-1}}, {"best_weights", {}}, {"stopped_epoch", {-1}}, {"waited", {0}}});
  const EarlyStopping alone("loss");
  CHECK(alone.monitor == "loss");
  CHECK(alone.patience == 0);
  CHECK(!alone.restore_best_weights);

  ReduceLROnPlateau reduce;
  CHECK(reduce.factor == 0.1);
  CHECK(reduce.patience == 10);
  CHECK(reduce.min_delta == 1e-4);
  CHECK(reduce.cooldown == 0);
  CHECK(reduce.min_lr == 0);
  CHECK(state_of(reduce) ==
        std::map<std::string, std::vector<double>>{{"best", {infinity}}, {"cooling", {0}}, {"waited", {0}}});
}

TEST_CASE("early stopping counts the epochs that are not better by more than min_delta") {
  CHECK(stops_after({{.monitor = "loss", .patience = 1}}, {3, 2, 2}) == 2);  // the same is no better
  CHECK(stops_after({{.monitor = "loss", .patience = 2}}, {3, 2, 2}) == -1);
  CHECK(stops_after({{.monitor = "loss", .patience = 2}}, {3, 4, 2, 3, 3}) == 4);
  CHECK(stops_after({{.monitor = "loss", .min_delta = 0.5, .patience = 1}}, {3, 2.5}) == 1);
  CHECK(stops_after({{.monitor = "loss", .min_delta = 0.5, .patience = 1}}, {3, 2.25, 1.5, 1.25}) == 3);
  // Small improvements do not become the number that the next one is compared with.
  CHECK(stops_after({{.monitor = "loss", .min_delta = 0.5, .patience = 2}}, {3, 2.75, 2.25, 2}) == -1);
  CHECK(stops_after({{.monitor = "loss", .patience = 1, .mode = Mode::max}}, {1, 2, 2}) == 2);
  CHECK(stops_after({{.monitor = "loss", .patience = 1, .mode = Mode::max}}, {1, 2, 3}) == -1);
  CHECK(stops_after({{.monitor = "loss", .min_delta = 0.5, .patience = 1, .mode = Mode::max}}, {1, 1.5}) == 1);
  CHECK(stops_after({{.monitor = "loss", .min_delta = 0.5, .patience = 1, .mode = Mode::max}}, {1, 1.75}) == -1);
  CHECK(stops_after({{.monitor = "val_accuracy", .patience = 1}}, {0.5, 0.75, 0.5}) == 2);
  CHECK(stops_after({{.monitor = "val_accuracy", .patience = 1, .mode = Mode::min}}, {0.5, 0.75}) == 1);
  CHECK(stops_after({{.monitor = "loss"}}, {1}) == -1);
  CHECK(stops_after({{.monitor = "loss"}}, {1, 1}) == 1);
  CHECK(stops_after({{.monitor = "loss"}}, {infinity, 1}) == -1);
}

TEST_CASE("the best weights come back, and where there are none the last ones stay") {
  std::vector<float> weights{1, 2};
  for (const bool restore : {true, false}) {
    EarlyStopping early{{.monitor = "loss", .patience = 5, .restore_best_weights = restore}};
    Training training{.epochs = 9, .parameters = std::as_writable_bytes(std::span(weights))};
    weights = {1, 2};
    early.on_train_begin(training);
    early.on_train_end(training);
    CHECK(weights == std::vector<float>{1, 2});
    early.on_train_begin(training);
    for (const double loss : {3.0, 2.0, 4.0}) {
      weights = {static_cast<float>(loss), 0.5f};
      training.logs["loss"] = loss;
      early.on_epoch_end(training);
      ++training.epoch;
    }
    CHECK(early.best == 2);
    CHECK(early.best_epoch == 1);
    const auto state = state_of(early);
    CHECK(state.at("waited") == std::vector<double>{1});
    CHECK(state.at("best") == std::vector<double>{2});
    CHECK(state.at("best_epoch") == std::vector<double>{1});
    CHECK(state.at("best_weights").size() == (restore ? 2 : 0));
    early.on_train_end(training);
    CHECK(weights == (restore ? std::vector<float>{2, 0.5f} : std::vector<float>{4, 0.5f}));
    // The next training begins anew.
    early.on_train_begin(training = {.epochs = 9, .parameters = training.parameters});
    CHECK(state_of(early).at("waited") == std::vector<double>{0});
    CHECK(state_of(early).at("best_weights").empty());
    CHECK(early.best == infinity);
    CHECK(early.best_epoch == -1);
  }
}

// What Keras 3's EarlyStopping does with the same values (patience, baseline, start_from_epoch -> the epoch after which it stopped).
TEST_CASE("EarlyStopping with a baseline, and from a later epoch on, stops where Keras's does") {
  const std::vector<double> falling{5, 4, 3, 2.5, 2.4, 2.3, 2.2, 1, 1, 1, 1, 1};
  const auto stops = [&](EarlyStoppingOptions options) {
    options.monitor = "loss";
    return stops_after(options, falling);
  };
  CHECK(stops({.patience = 3}) == 10);
  CHECK(stops({.patience = 3, .baseline = 2.35}) == 10);
  CHECK(stops({.baseline = 2}) == 8);
  CHECK(stops({.patience = 2, .baseline = 2.4}) == 9);
  CHECK(stops({.min_delta = 0.2, .patience = 2, .baseline = 2.4}) == 4);
  CHECK(stops({.patience = 5, .baseline = 0.5}) == 8);  // it has waited all the time
  CHECK(stops({.patience = 2, .start_from_epoch = 5}) == 9);
  CHECK(stops({.patience = 1, .start_from_epoch = 9}) == 10);
  CHECK(stops({.patience = 4, .baseline = 1.5, .start_from_epoch = 4}) == 11);

  const std::vector<double> rising{.1, .3, .2, .4, .5, .5, .5, .6, .6};
  CHECK(stops_after({{.monitor = "accuracy", .patience = 2, .baseline = .45}}, rising) == 2);
  CHECK(stops_after({{.monitor = "accuracy", .patience = 2, .baseline = .25}}, rising) == 6);
  CHECK(stops_after({{.monitor = "accuracy", .patience = 1, .baseline = .9, .start_from_epoch = 6}}, rising) == 8);
}

TEST_CASE("epochs without a validation do not count for what only a validation gives") {
  Training training{.epochs = 9};
  EarlyStopping early{{.patience = 1}};
  early.on_train_begin(training);
  training.logs = {{"val_loss", 1}};
  early.on_epoch_end(training);
  training.logs.clear(), training.validated = false;
  for (training.epoch = 1; training.epoch < 4; ++training.epoch) early.on_epoch_end(training);
  CHECK(!training.stop);
  training.logs = {{"val_loss", 1}}, training.validated = true;
  early.on_epoch_end(training);
  CHECK(training.stop);
  CHECK(early.stopped_epoch == 4);

  training = {.epochs = 9};
  EarlyStopping of_loss({.monitor = "loss", .patience = 1});
  of_loss.on_train_begin(training);
  training.validated = false, training.logs = {{"loss", 1}};
  of_loss.on_epoch_end(training);
  training.epoch = 1;
  of_loss.on_epoch_end(training);
  CHECK(of_loss.stopped_epoch == 1);
}

TEST_CASE("the first weights are the best ones while no number is better than NaN or infinity, as in Keras") {
  for (const double number : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    float weight = 1;
    Training training{.epochs = 9};
    training.parameters = std::as_writable_bytes(std::span(&weight, 1));
    EarlyStopping early({.patience = 2, .restore_best_weights = true});
    early.on_train_begin(training);
    training.logs = {{"val_loss", number}}, training.validated = true;
    for (training.epoch = 0; !training.stop; ++training.epoch, ++weight) early.on_epoch_end(training);
    early.on_train_end(training);
    CHECK(weight == 1);
    CHECK(early.best_epoch == 0);
    CHECK(early.stopped_epoch == 1);
    CHECK(!(early.best < std::numeric_limits<double>::infinity()));

    // A number that is one later is the best.
    training.stop = false;
    early.on_train_begin(training);
    for (training.epoch = 0; training.epoch < 2; ++training.epoch) {
      weight = 5 + static_cast<float>(training.epoch);
      training.logs["val_loss"] = training.epoch == 0 ? number : 3;
      early.on_epoch_end(training);
    }
    early.on_train_end(training);
    CHECK(weight == 6);
    CHECK(early.best_epoch == 1);
  }
}

TEST_CASE("options of callbacks at their limits, and what is monitored but not there") {
  const auto of_early = [](EarlyStoppingOptions options) {
    EarlyStopping early{options};
    return message_of(early);
  };
  const auto of_reduce = [](ReduceLROnPlateauOptions options) {
    ReduceLROnPlateau reduce{options};
    return message_of(reduce);
  };
  CHECK(of_early({.min_delta = -0.5}) == "EarlyStopping: min_delta is at least 0, received -0.5");
  CHECK(of_early({.min_delta = std::numeric_limits<double>::infinity()}) ==
        "EarlyStopping: min_delta is a finite number, received inf");
  CHECK(of_early({.monitor = ""}) ==
        "EarlyStopping: monitor is the name of a number in the logs, received an empty one");
  CHECK(of_early({.patience = -1}) == "EarlyStopping: patience is at least 0, received -1");
  CHECK(of_early({.baseline = std::nan("")}) == "EarlyStopping: baseline is a number, received nan");
  CHECK(of_early({.start_from_epoch = -1}) == "EarlyStopping: start_from_epoch is at least 0, received -1");
  CHECK(of_early({.monitor = "mae", .start_from_epoch = 1}).empty());  // not looked at yet
  const std::string none = ", which this training does not compute; it computes ";
  CHECK(of_early({}) == "EarlyStopping: monitors \"val_loss\"" + none + "nothing (is there validation_data?)");
  const std::string order = " (a callback that logs it has to stand before this one)";
  CHECK(of_early({.monitor = "mae"}) == "EarlyStopping: monitors \"mae\"" + none + "nothing" + order);
  CHECK(of_reduce({.monitor = "mae"}) == "ReduceLROnPlateau: monitors \"mae\"" + none + "learning_rate" + order);
  CHECK(of_reduce({.min_delta = -1}) == "ReduceLROnPlateau: min_delta is at least 0, received -1");
  CHECK(of_reduce({.patience = -1}) == "ReduceLROnPlateau: patience and cooldown are at least 0, received -1 and 0");
  CHECK(of_reduce({.patience = 3, .cooldown = -2}) ==
        "ReduceLROnPlateau: patience and cooldown are at least 0, received 3 and -2");
  CHECK(of_reduce({.min_lr = -0.25}) == "ReduceLROnPlateau: min_lr is at least 0, received -0.25");
  CHECK(of_reduce({.factor = -0.25}) == "ReduceLROnPlateau: factor is within 0..1, 1 excluded, received -0.25");
  CHECK(of_reduce({.factor = 1}) == "ReduceLROnPlateau: factor is within 0..1, 1 excluded, received 1");
  CHECK(of_reduce({.monitor = "learning_rate", .factor = 0, .patience = 0, .mode = Mode::min, .min_delta = 0}).empty());
}

TEST_CASE("which direction is better: the name tells, or the user has to") {
  for (const char* name : {"loss", "val_loss", "val_kl_loss", "mse", "val_mae", "digit_mean_squared_error"})
    CHECK(smaller_is_better(name) == true);
  for (const char* name : {"accuracy", "val_binary_accuracy", "val_f1", "auc", "precision", "val_psnr", "r2_score",
                           "val_fbeta_score", "true_negatives"})
    CHECK(smaller_is_better(name) == false);
  CHECK(!smaller_is_better("val_cosine_similarity"));  // the loss falls, Keras's metric of that name rises
  const auto message = [](EarlyStoppingOptions options) {
    EarlyStopping early{options};
    return message_of(early);
  };
  CHECK(message({.monitor = "val_within_a_tenth"}) ==
        "monitor = \"val_within_a_tenth\" is no name that tells what is better: if it is spelt right, say so: .mode = "
        "Mode::max or "
        ".mode = Mode::min");
  CHECK(message({.monitor = "val_within_a_tenth", .mode = Mode::max}).starts_with("EarlyStopping: monitors"));
  CHECK(stops_after({{.monitor = "f1", .patience = 1}}, {1, 2, 2}) == 2);
}

TEST_CASE("the numbers of a history that nobody keeps") {
  const auto made = [] { return History{{{"loss", {3, 2, 1}}}}; };
  double sum = 0;
  for (const double loss : made()["loss"]) sum += loss;  // a reference into it would dangle
  CHECK(sum == 6);
  const History kept = made();
  CHECK(&kept["loss"] == &kept.history.at("loss"));
}

TEST_CASE("times as a clock shows them") {
  for (const auto& [seconds, words] : std::vector<std::pair<double, std::string>>{{0, " 0.0s"},
                                                                                  {7.44, " 7.4s"},
                                                                                  {59.9, "59.9s"},
                                                                                  {59.949, "59.9s"},
                                                                                  {59.95, "1:00"},
                                                                                  {59.951, "1:00"},
                                                                                  {60, "1:00"},
                                                                                  {60.4, "1:00"},
                                                                                  {60.6, "1:01"},
                                                                                  {83, "1:23"},
                                                                                  {609.5, "10:10"},
                                                                                  {3599.4, "59:59"},
                                                                                  {3599.5, "1:00:00"},
                                                                                  {3723, "1:02:03"},
                                                                                  {36610, "10:10:10"}})
    CHECK(detail::clock_time(seconds) == words);
}

namespace {

/// A stream, and what was written into it.
struct Printed {
  std::FILE* file = std::tmpfile();
  ~Printed() { std::fclose(file); }
  std::string words() const {
    std::string all(5000, '\0');
    std::rewind(file);
    all.resize(std::fread(all.data(), 1, all.size(), file));
    return all;
  }
};

/// A terminal, and what a program has written to it.
struct Terminal {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  std::FILE* file = nullptr;
  Terminal() {
    if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0) file = std::fopen(ptsname(master), "w");
  }
  ~Terminal() {
    if (file) std::fclose(file);
    if (master >= 0) close(master);
  }
  std::string words() const {
    std::string all(5000, '\0');
    const auto count = read(master, all.data(), all.size());
    all.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return all;
  }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("elsewhere than on a terminal: a line for each epoch, with numbers as Keras writes them") {
  const Printed out;
  ProgressBar progress(out.file);
  Training training{.epoch = 8, .epochs = 12, .batch = 0, .batches = 1, .samples = 1000000};
  const auto outside = std::chrono::steady_clock::now();
  progress.on_epoch_begin(training);
  const auto inside = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(160));
  training.logs = {{"a", 0.001}, {"b", 0.0010625}, {"c", -0.0005}, {"d", 0}, {"e", 1234.5}, {"f", -2}};
  progress.on_batch_end(training);
  const double least = seconds_since(inside);
  progress.on_epoch_end(training);
  const double most = seconds_since(outside);
  const std::string words = out.words();
  CHECK(words.starts_with("Epoch  9/12  "));
  CHECK(words.ends_with(" samples/s  a: 1.0000e-03  b: 0.0011  c: -5.0000e-04  d: 0.0000  e: 1234.5000  f: -2.0000\n"));
  CHECK(words.find('.', words.find('.') + 1) > words.find(" samples/s"));  // a rate without decimals
  double took = 0, rate = 0;
  REQUIRE(std::sscanf(words.c_str(), "Epoch  9/12  %lfs %lf samples/s", &took, &rate) == 2);
  CHECK(took >= least - 0.05);
  CHECK(took <= most + 0.05);
  CHECK(rate >= 1e6 / most - 1);
  CHECK(rate <= 1e6 / least + 1);
}

TEST_CASE("on a terminal: a bar that moves ten times a second, and how long it will take") {
  const Terminal terminal;
  if (!terminal.file) {
    MESSAGE("there is no terminal to be had");
    return;
  }
  ProgressBar progress(terminal.file);
  Training training{.epoch = 0, .epochs = 3, .batch = 0, .batches = 30, .samples = 3000, .logs = {{"loss", 0.5}}};
  const auto outside = std::chrono::steady_clock::now();
  progress.on_epoch_begin(training);
  const auto inside = std::chrono::steady_clock::now();
  progress.on_batch_end(training);  // the first one is always shown
  const std::string first = terminal.words();
  CHECK(first.starts_with("\r\033[KEpoch 1/3 [                        ]   3 %  "));
  CHECK(first.ends_with(" left  loss: 0.5000"));
  training.batch = 1;
  progress.on_batch_end(training);
  if (seconds_since(outside) < 0.1) CHECK(terminal.words().empty());  // at once: nothing
  terminal.words();
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  const double least = seconds_since(inside);
  progress.on_batch_end(training);
  const double most = seconds_since(outside);
  const std::string second = terminal.words();
  CHECK(second.starts_with("\r\033[KEpoch 1/3 [=                       ]   7 %  "));
  double rate = 0, left = 0;
  REQUIRE(std::sscanf(second.c_str() + second.find('%') + 1, "%lf samples/s %lfs left", &rate, &left) == 2);
  CHECK(rate >= 200 / most - 1);  // 2 of 30 batches of 100 samples
  CHECK(rate <= 200 / least + 1);
  CHECK(left >= 14 * least - 0.06);
  CHECK(left <= 14 * most + 0.06);
  training.batch = 28;
  progress.on_batch_end(training);
  if (seconds_since(inside) < least + 0.1) CHECK(terminal.words().empty());  // at once: nothing
  terminal.words();
  std::this_thread::sleep_for(std::chrono::milliseconds(110));
  training.batch = 29;
  progress.on_batch_end(training);
  CHECK(terminal.words().starts_with("\r\033[KEpoch 1/3 [========================] 100 %  "));
  progress.on_epoch_end(training);
  CHECK(terminal.words().starts_with("\r\033[KEpoch 1/3  "));
}
