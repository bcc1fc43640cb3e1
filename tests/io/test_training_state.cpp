// A training that is stopped and goes on: the same bytes as one that never was.
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "files.hpp"
#include "latent/io.hpp"
#include "latent/io/model_checkpoint.hpp"
#include "latent/io/training_state.hpp"
#include "latent/latent.hpp"

using namespace latent;

namespace {

using Network = Sequential<Input<6>, Dense<8, ReLU>, BatchNormalization<>, Dropout<0.25>, Dense<6, Sigmoid>>;

Tensor<2> rows(Index count) {
  Tensor<2> x(count, 6);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{3}, Purpose::test).uniform(i));
  return x;
}

/// Stops a training at a moment, as a crash would.
struct Crash : Callback {
  int epoch;
  long batch;
  Crash(int e, long b) : epoch(e), batch(b) {}
  void on_moment(Training& training, Moment moment) override {
    if (moment != Moment::start && training.epoch == epoch && training.batch == batch)
      throw std::runtime_error("crash");
  }
};

/// What a training leaves behind, as bytes.
struct Outcome {
  std::string weights, best, csv;
  bool operator==(const Outcome&) const = default;
};

/// Trains in `folder` for 5 epochs of 4 batches; `stop` is told of every moment after the backup.
template <class Optimizer>
Outcome train(const TemporaryFolder& folder, const Optimizer& optimizer, int threads = 0, Callback* stop = nullptr,
              long save_freq = 1) {
  const auto path = [&](const char* name) { return (folder.path / name).string(); };
  const Tensor<2> x = rows(61), held_out = rows(20);
  Network network{Seed{1}};
  auto trainer = compile(network, optimizer, MeanSquaredError{}, MeanAbsoluteError{});
  EarlyStopping early({.patience = 3, .restore_best_weights = true});
  ModelCheckpoint best(network, path("best"), true);
  BackupAndRestore backup(path("state"), save_freq);
  std::vector<Callback*> callbacks{&early, &best, &backup};
  ReduceLROnPlateau reduce("loss", 0.5, 1);
  reduce.min_delta = 1;  // never good enough
  if (!optimizer.learning_rate.is_schedule()) callbacks.insert(callbacks.begin(), &reduce);
  if (stop) callbacks.push_back(stop);
  const History history = trainer.fit(x, x,
                                      {.epochs = 5,
                                       .batch_size = 16,
                                       .validation_data = {held_out, held_out},
                                       .verbose = {},
                                       .callbacks = callbacks,
                                       .seed = Seed{9},
                                       .threads = threads});
  save_weights(path("weights"), network);
  history.save_csv(path("history.csv"));
  CHECK(!std::filesystem::exists(path("state")));  // removed at the end
  return {read_file(path("weights")), read_file(path("best")), read_file(path("history.csv"))};
}

using Stops = std::vector<std::pair<int, long>>;  // epoch, batch

template <class Optimizer>
void check_going_on(const Optimizer& optimizer, const Stops& stops = {{1, 0}, {2, 3}}) {
  const TemporaryFolder whole;
  const Outcome expected = train(whole, optimizer);
  CHECK(has(expected.csv, "\n5,"));
  for (const auto& stop : stops) {
    CAPTURE(stop.first);
    CAPTURE(stop.second);
    const TemporaryFolder folder;
    Crash crash(stop.first, stop.second);
    CHECK_THROWS_WITH_AS(train(folder, optimizer, 1, &crash), "crash", std::runtime_error);
    CHECK(train(folder, optimizer, 2) == expected);
  }
}

}  // namespace

TEST_CASE("stopped at any batch and gone on with: the same bytes, with every optimiser") {
  check_going_on(Adam{.learning_rate = 0.01}, {{0, 1}, {0, 4}, {1, 0}, {2, 3}, {4, 2}, {4, 4}, {5, 0}});
  check_going_on(Adam{.amsgrad = true, .weight_decay = 0.01});
  check_going_on(SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
  check_going_on(RMSprop{.momentum = 0.5, .centered = true});
  check_going_on(Adagrad{});
  check_going_on(Adadelta{});
  check_going_on(Adamax{.global_clipnorm = 0.1});
  check_going_on(Nadam{});
  check_going_on(Lion{});
  check_going_on(
      AdamW{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.01, .decay_steps = 3, .decay_rate = 0.5}});
}

TEST_CASE("backups after every epoch, or every few batches, on any number of threads") {
  const TemporaryFolder whole;
  const Outcome expected = train(whole, Adam{});
  for (const long save_freq : {0L, 3L})
    for (const int threads : {1, 2, 3}) {
      const TemporaryFolder folder;
      for (const auto& [epoch, batch] : {std::pair{0, 2}, {1, 1}, {3, 0}, {3, 3}}) {
        Crash crash(epoch, batch);
        CHECK_THROWS_AS(train(folder, Adam{}, threads, &crash, save_freq), std::runtime_error);
      }
      CHECK(train(folder, Adam{}, 1 + threads % 3, nullptr, save_freq) == expected);
    }
}

TEST_CASE("killed at any moment, also while it writes") {
  const TemporaryFolder whole, folder;
  const Outcome expected = train(whole, Adam{}, 1);
  struct Slow : Callback {
    void on_batch_end(Training&) override { usleep(2000); }
  };
  int kills = 0;
  for (bool done = false; !done;) {
    const pid_t child = fork();
    if (child == 0) {
      Slow slow;
      train(folder, Adam{}, 1, &slow);
      _exit(0);
    }
    usleep(static_cast<useconds_t>(4'000 + 1'777 * (kills % 17)));
    done = waitpid(child, nullptr, WNOHANG) == child;
    if (done) break;
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (++kills == 50) break;
  }
  CHECK(kills > 3);
  CHECK(train(folder, Adam{}, 2) == expected);
}

TEST_CASE("between two calls of fit: initial_epoch goes on as one call would") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  const Tensor<2> x = rows(50);
  const auto options = [](int first, int last) {
    return FitOptions<Tensor<2>, Tensor<2>>{.epochs = last, .batch_size = 8, .verbose = {}, .initial_epoch = first};
  };
  Network whole{Seed{1}}, part{Seed{1}}, other{Seed{2}};
  auto all = compile(whole, Adam{}, MeanSquaredError{});
  const History history = all.fit(x, x, options(0, 4));
  auto before = compile(part, Adam{}, MeanSquaredError{});
  before.fit(x, x, options(0, 2));
  before.save(path);
  auto after = compile(other, Adam{}, MeanSquaredError{});
  after.load(path);
  const History rest = after.fit(x, x, options(2, 4));
  CHECK(rest.epochs("loss") == std::vector{2, 3});
  CHECK(rest["loss"] == std::vector{history["loss"][2], history["loss"][3]});
  CHECK(std::equal(whole.data(), whole.data() + Network::network::buffer_size, other.data()));
  CHECK_THROWS_WITH_AS(after.fit(x, x, {.verbose = {}, .initial_epoch = -1}),
                       "fit: initial_epoch is at least 0, received -1", std::invalid_argument);
  CHECK(after.fit(x, x, options(4, 4)).history.empty());
}

TEST_CASE("the state of something else is refused, with all differences, and changes nothing") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  const Tensor<2> x = rows(16);
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{}, MeanSquaredError{});
  trainer.fit(x, x, {.verbose = {}});
  save_training(path, trainer);

  Sequential<Input<6>, Dense<8, ReLU>, Dense<6>> other{Seed{1}};
  auto different = compile(other, SGD{.momentum = 0.5}, MeanSquaredError{});
  const std::vector<float> before(other.data(), other.data() + 8 * 6);
  CHECK(file_error(path, [&] { load_weights(path, network); }) ==
        path + ": is the state of a training, which load_training reads, and not a model's weights");
  const std::string message = file_error(path, [&] { load_training(path, different); });
  CHECK(has(message, "is the state of another training:"));
  CHECK(has(message, "\n  model/dense_1/kernel: expected (8, 6), received (8, 6)") == false);
  CHECK(has(message, "\n  optimizer: expected SGD, 1 slots"));
  CHECK(has(message, "received Adam, 2 slots"));
  CHECK(has(message, "\n  missing: sgd/m/dense/kernel"));
  CHECK(std::equal(before.begin(), before.end(), other.data()));

  Sequential<Input<6>, Dense<5, ReLU>, BatchNormalization<>, Dropout<0.25>, Dense<6, Sigmoid>> narrower;
  auto narrow = compile(narrower, Adam{}, MeanSquaredError{});
  CHECK(has(file_error(path, [&] { load_training(path, narrow); }),
            "\n  model/dense/kernel: expected (6, 5), received (6, 8)"));
  // The same tensors, but other layers, or in another order.
  Sequential<Input<6>, Dense<8>, BatchNormalization<>, Dropout<0.25>, ReLU, Dense<6, Sigmoid>> later;
  auto later_activation = compile(later, Adam{}, MeanSquaredError{});
  const std::string order = file_error(path, [&] { load_training(path, later_activation); });
  CHECK(has(order,
            "\n  model/layer 1: expected dense (Dense) of input_layer: (8,), linear, received dense (Dense) of "
            "input_layer: (8,), relu"));
  CHECK(
      has(order,
          "\n  model/layer 4: expected re_lu (ReLU) of dropout: (8,), relu, received dense_1 (Dense) of dropout: (6,), "
          "sigmoid"));
  Network frozen;
  frozen.set_trainable("dense", false);
  auto tuned = compile(frozen, Adam{}, MeanSquaredError{});
  CHECK(has(file_error(path, [&] { load_training(path, tuned); }),
            "\n  model/dense/kernel: expected (6, 8), not trained, received (6, 8)"));

  Network same{Seed{1}};
  const auto other_options = [&](const auto& optimizer) {
    auto changed = compile(same, optimizer, MeanSquaredError{});
    return file_error(path, [&] { load_training(path, changed); });
  };
  CHECK(has(other_options(Adam{.beta_1 = 0.8}), "\n  optimizer: expected Adam, 2 slots"));
  CHECK(has(other_options(Adam{.beta_2 = 0.99}), "by which 1 becomes "));
  CHECK(has(other_options(Adam{.epsilon = 1e-3}), "by which 1 becomes "));
  CHECK(has(other_options(Adam{.clipnorm = 1}), "clipnorm 1"));
  CHECK(has(
      other_options(Adam{.learning_rate =
                             ExponentialDecay{.initial_learning_rate = 0.001, .decay_steps = 10, .decay_rate = 0.9}}),
      "\n  learning_rate: expected a schedule: 0.001 "));
  const auto other_loss = [&](const auto& loss) {
    auto changed = compile(same, Adam{}, loss);
    return file_error(path, [&] { load_training(path, changed); });
  };
  CHECK(has(other_loss(BinaryCrossentropy{}), "\n  loss: expected weight 1, for two trials "));
  CHECK(has(other_loss(Huber{.delta = 0.5}), "\n  loss: expected"));
  CHECK(has(other_loss(MeanAbsoluteError{}), "\n  loss: expected"));
  auto equal = compile(same, Adam{}, MeanSquaredError{});
  CHECK_NOTHROW(load_training(path, equal));

  save_weights(path, network);
  CHECK(has(file_error(path, [&] { load_training(path, trainer); }), "is not the state of a training"));
  BackupAndRestore backup(path);
  CHECK_THROWS_AS(trainer.fit(x, x, {.verbose = {}, .callbacks = {&backup}}), FileError);
}

TEST_CASE("another seed, batch size or data set is another training") {
  const TemporaryFolder folder;
  BackupAndRestore backup((folder.path / "state").string());
  backup.delete_checkpoint = false;
  const Tensor<2> x = rows(16), more = rows(17);
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{}, MeanSquaredError{});
  trainer.fit(x, x, {.batch_size = 8, .verbose = {}, .callbacks = {&backup}});
  CHECK(!backup.restored);
  const auto refused = [&](const Tensor<2>& data, Index batch_size, Seed seed, const char* difference) {
    const auto options = FitOptions<Tensor<2>, Tensor<2>>{
        .epochs = 2, .batch_size = batch_size, .verbose = {}, .callbacks = {&backup}, .seed = seed};
    CHECK(has(file_error(backup.path, [&] { trainer.fit(data, data, options); }), difference));
  };
  refused(x, 4, {},
          "\n  data: expected 16 samples in batches of 4, shuffled, seed 0, received 16 samples in batches of 8");
  refused(x, 8, {5}, "shuffled, seed 5, received");
  refused(more, 8, {}, "expected 17 samples");
  // With more epochs it goes on.
  CHECK(trainer.fit(x, x, {.epochs = 3, .batch_size = 8, .verbose = {}, .callbacks = {&backup}}).epochs() == 3);
  CHECK(backup.restored);
}

TEST_CASE("data of the same size, but with other numbers, are another training") {
  const TemporaryFolder folder;
  BackupAndRestore backup((folder.path / "state").string());
  backup.delete_checkpoint = false;
  const Tensor<2> x = rows(16), held_out = rows(4);
  const auto changed = [](Tensor<2> data) {  // the last number, in its last bit
    float& last = data.data()[data.size() - 1];
    last = std::nextafter(last, 2.0f);
    return data;
  };
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{}, MeanSquaredError{});
  const auto train = [&](const Tensor<2>& inputs, const Tensor<2>& targets, const Tensor<2>& validation_inputs,
                         const Tensor<2>& validation_targets, float weight) {
    std::vector<float> weights(16, 1.0f);
    weights[15] = weight;
    trainer.fit(inputs, targets,
                {.epochs = 2,
                 .batch_size = 8,
                 .validation_data = {validation_inputs, validation_targets},
                 .verbose = {},
                 .callbacks = {&backup},
                 .sample_weight = weights});
  };
  train(x, x, held_out, held_out, 1);
  const std::vector<float> before(network.data(), network.data() + Network::network::buffer_size);
  const auto refused = [&](const std::string& name, const auto& action) {
    const std::string message = file_error(backup.path, action);
    const std::string start = "is the state of another training:\n  " + name + ": expected ";
    CHECK_MESSAGE(has(message, start.c_str()), message);
    CHECK(has(message, " numbers, fingerprint "));
    CHECK(std::count(message.begin(), message.end(), '\n') == 1);
    CHECK(std::equal(before.begin(), before.end(), network.data()));
  };
  refused("inputs", [&] { train(changed(x), x, held_out, held_out, 1); });
  refused("targets", [&] { train(x, changed(x), held_out, held_out, 1); });
  refused("validation inputs", [&] { train(x, x, changed(held_out), held_out, 1); });
  refused("validation targets", [&] { train(x, x, held_out, changed(held_out), 1); });
  refused("sample weights", [&] { train(x, x, held_out, held_out, 0.5f); });
  CHECK_NOTHROW(train(Tensor<2>(x), Tensor<2>(x), Tensor<2>(held_out), Tensor<2>(held_out), 1));  // equal, elsewhere
  CHECK(backup.restored);

  // New data for each epoch.
  backup.same_data = false;
  CHECK_NOTHROW(train(changed(x), changed(x), changed(held_out), changed(held_out), 0.5f));
  CHECK(backup.restored);
  CHECK(has(file_error(backup.path,
                       [&] {
                         trainer.fit(rows(17), rows(17),
                                     {.epochs = 3, .batch_size = 8, .verbose = {}, .callbacks = {&backup}});
                       }),
            "\n  data: expected 17 samples"));
}

TEST_CASE("a state is that of the learning rate with which it began; what has become of it goes on") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  const Tensor<2> x = rows(16);
  struct Lower : Callback {
    double rate = 0;  // before
    void on_train_begin(Training& training) override {
      rate = (*training.learning_rate)(0);
      *training.learning_rate = 0.005;
    }
  } lower;
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{.learning_rate = 0.01}, MeanSquaredError{});
  trainer.fit(x, x, {.verbose = {}, .callbacks = {&lower}});
  CHECK(lower.rate == 0.01);
  save_training(path, trainer);
  auto same = compile(network, Adam{.learning_rate = 0.01}, MeanSquaredError{});
  load_training(path, same);
  same.fit(x, x, {.verbose = {}, .callbacks = {&lower}});
  CHECK(lower.rate == 0.005);
  auto other = compile(network, Adam{.learning_rate = 0.02}, MeanSquaredError{});
  CHECK(file_error(path, [&] { load_training(path, other); }) ==
        path +
            ": is the state of another training:\n  learning_rate: expected a number, 0.02 at first, received a "
            "number, 0.01 at first");
}

TEST_CASE("numbers of a state are written in their own type") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  TrainingState state;
  state.numbers["floats"] = {{1, 0.5}, true};
  state.numbers["doubles"] = {{0.1}, false};
  io::write_state(path, state);
  CHECK(read_safetensors(path).at("floats").dtype == "F32");
  CHECK(read_safetensors(path).at("doubles").dtype == "F64");
  const TrainingState read = io::read_state(path);
  CHECK(read.numbers.at("floats").floats);
  CHECK(!read.numbers.at("doubles").floats);
  CHECK(read.numbers.at("doubles").values == std::vector{0.1});
}

TEST_CASE("no bit of the numbers in a state can change unseen") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "state").string();
  TrainingState state;
  state.numbers["a"] = {{1, 0.5}, true};
  state.numbers["b"] = {{0.1}, false};
  io::write_state(path, state);
  const std::string whole = read_file(path);
  const std::size_t numbers = 2 * sizeof(float) + sizeof(double);
  for (std::size_t bit = 0; bit < 8 * numbers; ++bit) {
    std::string damaged = whole;
    char& byte = damaged[whole.size() - numbers + bit / 8];
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    std::ofstream(path, std::ios::binary) << damaged;  // which need not outlive a power cut
    CHECK(file_error(path, [&] { io::read_state(path); }) ==
          path + ": is damaged: the numbers in it are not those that were written");
  }
  std::ofstream(path, std::ios::binary) << whole;
  CHECK(io::read_state(path).numbers.at("b").values == std::vector{0.1});
}

TEST_CASE("after which batches a state is saved: every so many of a call of fit") {
  const TemporaryFolder folder;
  BackupAndRestore backup((folder.path / "state").string(), 3);
  CHECK(!backup.restored);
  CHECK(BackupAndRestore("state").save_freq == 0);
  struct Seen : Callback {
    std::string path, batches;
    void on_moment(Training&, Moment) override {
      if (std::filesystem::remove(path)) batches += text(count, " ");
      ++count;
    }
    int count = 0;
  } seen;
  seen.path = backup.path;
  const Tensor<2> x = rows(16);
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{}, MeanSquaredError{});
  for (int call = 0; call < 2; ++call) {
    seen.count = 0;
    trainer.fit(x, x, {.epochs = 2, .batch_size = 4, .verbose = {}, .callbacks = {&backup, &seen}});
  }
  CHECK(seen.batches == "3 5 7 10 3 5 7 10 ");  // moment 0 is the start, 5 and 10 are the ends of epochs
}

TEST_CASE("a state that is damaged is refused with what it says, and changes nothing") {
  const TemporaryFolder folder;
  BackupAndRestore backup((folder.path / "state").string());
  backup.delete_checkpoint = false;
  EarlyStopping early({.monitor = "loss", .patience = 9, .restore_best_weights = true});
  const Tensor<2> x = rows(16);
  Network network{Seed{1}};
  auto trainer = compile(network, Adam{}, MeanSquaredError{});
  const auto train = [&] {
    return trainer.fit(x, x, {.epochs = 2, .batch_size = 4, .verbose = {}, .callbacks = {&early, &backup}});
  };
  train();
  const TrainingState whole = io::read_state(backup.path);
  const std::vector<float> before(network.data(), network.data() + Network::network::buffer_size);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [&](const std::string& name, std::vector<double> values, const std::string& difference) {
    CAPTURE(name);
    TrainingState damaged = whole;
    REQUIRE(damaged.numbers.contains(name));
    damaged.numbers[name] = {std::move(values), false};
    io::write_state(backup.path, damaged);
    CHECK(has(file_error(backup.path, train), "\n  " + name + ": expected " + difference));
    CHECK(std::equal(before.begin(), before.end(), network.data()));
  };
  const std::string whole_numbers = "whole numbers that can be held, received ";
  refused("epoch", {-1}, "a number within 0..2147483647, received -1");
  refused("epoch", {0.5}, whole_numbers + "0.5");
  refused("epoch", {2147483648.0}, whole_numbers + "2.14748e+09");
  refused("epoch", {nan}, whole_numbers + "nan");
  refused("batch", {-1}, "a number within 0..4, received -1");
  refused("batch", {5}, "a number within 0..4, received 5");
  refused("place", {4}, "a number within 0..3, received 4");
  refused("place", {-1}, "a number within 0..3, received -1");
  refused("place", {1, 2}, "1 numbers, received 2");
  refused("seen", {-1}, "a number within 0..");
  refused("stop", {2}, whole_numbers + "2");
  for (const char* count : {"steps", "passes", "calls"}) {
    refused(count, {-1}, "a number within 0..");
    refused(count, {9223372036854775808.0}, whole_numbers + "9.22337e+18");
  }
  refused("callback_0/early_stopping/waited", {1e12}, whole_numbers + "1e+12");
  refused("callback_0/early_stopping/best_weights", {1, -1}, whole_numbers + "-1");
  refused("model/dense_1/bias", {0, 0, 0, 1e39, 0, 0}, "numbers that can be held, received 1e+39");
  refused("history_epoch/loss", {0}, "the epochs of 2 numbers, received 1 others");
  refused("history_epoch/loss", {0, -1}, "the epochs of 2 numbers, received 2 others");
  refused("history_epoch/loss", {0, 1.5}, "the epochs of 2 numbers, received 2 others");
  io::write_state(backup.path, whole);
  CHECK(train()["loss"].size() == 2);
}
