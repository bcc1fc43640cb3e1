// fit, evaluate and predict on sources.
#include <sys/resource.h>

#include <atomic>
#include <sstream>

#include "files.hpp"
#include "latent/io/training_state.hpp"
#include "latent/latent.hpp"
#include "latent/sources.hpp"
#include "sanitized.hpp"

using namespace latent;

namespace {

using Rows = Tensor<2>;
using Network = Sequential<Input<6>, Dense<8, ReLU>, Dropout<0.25>, Dense<6, Sigmoid>>;
using TwoOfEach = Sequential<Named<"a", Input<6>>, Named<"b", Input<6>>, Concatenate<"a">, Named<"code", Dense<3>>,
                             Named<"left", Dense<6>>, From<"code">, Named<"right", Dense<6>>>;

Rows rows(Index count) {
  Rows x(count, 6);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(Random(Seed{3}, Purpose::test).uniform(i));
  return x;
}
template <class Model>
std::vector<float> weights(const Model& model) {
  return {model.data(), model.data() + Model::network::buffer_size};
}

/// Two numbers, and their sum and product.
struct Arithmetic : Source<Tensor<2>, Tensor<2>> {
  Index epoch = 0;

  Index size() const override { return 100; }  // batches in an epoch
  void on_epoch_begin(Index number) override { epoch = number; }
  Batch batch(Index i) override {
    Batch made{Tensor<2>(32, 2), Tensor<2>(32, 2)};
    const Random random(Seed{1}, Purpose::test, 0, static_cast<std::uint32_t>(epoch));
    for (Index n = 0; n < 32; ++n) {
      const auto a = static_cast<float>(random.uniform(64 * i + 2 * n)),
                 b = static_cast<float>(random.uniform(64 * i + 2 * n + 1));
      made.x(n, 0) = a, made.x(n, 1) = b;
      made.y(n, 0) = a + b, made.y(n, 1) = a * b;
    }
    return made;
  }
};

/// Batches of rows; tells what it is asked for, and fails at one batch if it is to.
struct Spy : Source<Rows, Rows> {
  Rows x;
  Index size_, batch_size;
  std::atomic<Index> asked = 0, used = 0;
  Index most_ahead = 0, fails_at = -1;
  std::vector<Index> epochs;
  std::atomic<int> ends = 0;

  Spy(const Rows& all, Index each) : x(all), size_((all.dimension(0) + each - 1) / each), batch_size(each) {}
  Index size() const override { return size_; }
  Batch batch(Index i) override {
    if (i == fails_at) throw std::runtime_error("the disk is gone");
    most_ahead = std::max(most_ahead, ++asked - used);
    const Index first = i * batch_size % x.dimension(0);
    Rows part = slice(x, first, std::min(batch_size, x.dimension(0) - first));
    return {part, part};
  }
  void on_epoch_begin(Index epoch) override { epochs.push_back(epoch); }
  void on_epoch_end() override { ++ends; }
};

FitOptions<Rows, Rows> options(int epochs, bool shuffle = false) {
  return {.epochs = epochs, .batch_size = 16, .shuffle = shuffle, .verbose = {}, .seed = Seed{9}};
}

struct Outcome {
  std::vector<float> weights;
  std::map<std::string, std::vector<double>> history;
  bool operator==(const Outcome&) const = default;
};
/// `fit` is given a trainer.
template <class Model, class Fit, class... Heads>
Outcome outcome(const Fit& fit, const Heads&... heads) {
  Model model{Seed{1}};
  auto trainer = compile(model, Adam{.learning_rate = 0.01}, heads...);
  const History history = fit(trainer);
  return {weights(model), history.history};
}
template <class Fit>
Outcome trained(const Fit& fit) {
  return outcome<Network>(fit, MeanSquaredError{}, MeanAbsoluteError{});
}

}  // namespace

TEST_CASE("a source gives the bits of the same data in memory, in order and shuffled, read ahead or not") {
  const Rows x = rows(61), held_out = rows(37);
  Spy spy(x, 16), validation(held_out, 16);
  for (const bool shuffle : {false, true}) {
    auto with = options(3, shuffle);
    with.validation_data = {held_out, held_out};
    const Outcome expected = trained([&](auto& trainer) { return trainer.fit(x, x, with); });
    CHECK(expected.history.at("val_loss").size() == 3);
    TensorSource source(x, x, {.batch_size = 16, .shuffle = shuffle, .seed = 9});
    for (const Index prefetch : {0, 1, 5})
      for (const int threads : {1, 3}) {
        with.prefetch = prefetch, with.threads = threads;
        with.validation_data = validation;
        CHECK(trained([&](auto& trainer) { return trainer.fit(source, with); }) == expected);
        if (!shuffle) CHECK(trained([&](auto& trainer) { return trainer.fit(spy, with); }) == expected);
      }
  }
  CHECK(validation.epochs == std::vector<Index>(54, 0));
}

TEST_CASE("a source that does not shuffle has its batches shuffled, each once an epoch, in another order in each") {
  std::vector<Index> asked;
  auto source = generated(7, [&](Index i, Index epoch) {
    asked.push_back(10 * epoch + i);
    return Source<Rows, Rows>::Batch{rows(2), rows(2)};
  });
  trained([&](auto& trainer) { return trainer.fit(source, options(2, true)); });
  std::vector<Index> first(asked.begin(), asked.begin() + 7), second(asked.begin() + 7, asked.end());
  for (Index& i : second) i -= 10;
  CHECK(first != second);
  CHECK(first != in_order(7));
  std::sort(first.begin(), first.end()), std::sort(second.begin(), second.end());
  CHECK(first == in_order(7));
  CHECK(second == in_order(7));
}

TEST_CASE("no more batches than asked for are ahead, and epochs begin and end in order") {
  Spy spy(rows(160), 4);
  struct Uses : Callback {
    Spy& spy;
    explicit Uses(Spy& its) : spy(its) {}
    void on_batch_end(Training&) override { ++spy.used; }
  } uses(spy);
  auto with = options(3);
  with.prefetch = 3, with.callbacks = {&uses};
  trained([&](auto& trainer) { return trainer.fit(spy, with); });
  CHECK(spy.asked == 120);
  CHECK(spy.most_ahead <= 5);  // three that wait, one that is made, one that is used
  CHECK(spy.epochs == std::vector<Index>{0, 1, 2});
  CHECK(spy.ends == 3);
}

TEST_CASE("what a source throws reaches the caller after the batches before, and the training can go on") {
  const Rows x = rows(61);
  Spy spy(x, 16);
  Network model{Seed{1}}, expected{Seed{1}};
  auto trainer = compile(model, Adam{}, MeanSquaredError{}), other = compile(expected, Adam{}, MeanSquaredError{});
  spy.fails_at = 2;
  CHECK_THROWS_WITH_AS(trainer.fit(spy, options(3)), "the disk is gone", std::runtime_error);
  for (const Index first : {0, 16}) other.train_on_batch(slice(x, first, 16), slice(x, first, 16), 1, Seed{9});
  CHECK(weights(model) == weights(expected));
  spy.fails_at = -1;
  trainer.fit(spy, options(2)), other.fit(x, x, options(2));
  CHECK(weights(model) == weights(expected));

  spy.x = Rows(61, 5);
  CHECK_THROWS_WITH_AS(
      trainer.fit(spy, options(1)),
      "fit: batch 0 of the source: inputs: expected at least 1 sample of shape (6,), received 16 of shape (5,)",
      std::invalid_argument);
}

TEST_CASE("what any function of a source or a callback throws reaches the caller, and the training can go on") {
  struct Thrower : Source<Rows, Rows>, Callback {
    std::string at;  // of the function that throws
    Rows x = rows(32);
    void may_throw(const std::string& here) const {
      if (here == at) throw std::domain_error(here);
    }
    Index size() const override { return may_throw("size"), 2; }
    bool shuffles() const override { return may_throw("shuffles"), false; }
    Batch batch(Index i) override { return may_throw("batch"), Batch{slice(x, 16 * i, 16)}; }
    void on_epoch_begin(Index) override { may_throw("begin"); }
    void on_epoch_end() override { may_throw("end"); }
    void on_train_begin(Training&) override { may_throw("on_train_begin"); }
    void on_epoch_begin(Training&) override { may_throw("on_epoch_begin"); }
    void on_batch_end(Training&) override { may_throw("on_batch_end"); }
    void on_epoch_end(Training&) override { may_throw("on_epoch_end"); }
    void on_train_end(Training&) override { may_throw("on_train_end"); }
    void on_moment(Training&, Moment moment) override {
      may_throw(moment == Moment::start ? "start" : moment == Moment::batch ? "after a batch" : "after an epoch");
    }
  } thrower;
  Network model{Seed{1}};
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  auto with = options(1);
  with.callbacks = {&thrower};
  for (const Index prefetch : {0, 2})
    for (const char* at :
         {"size", "shuffles", "batch", "begin", "end", "on_train_begin", "on_epoch_begin", "on_batch_end",
          "on_epoch_end", "on_train_end", "start", "after a batch", "after an epoch"}) {
      CAPTURE(at);
      with.prefetch = prefetch, with.shuffle = true;
      thrower.at = at;
      CHECK_THROWS_WITH_AS(trainer.fit(thrower, with), at, std::domain_error);
      thrower.at = "";
      CHECK(std::isfinite(trainer.fit(thrower, with)["loss"].back()));
    }
  thrower.at = "batch";
  CHECK_THROWS_WITH_AS(model.predict(thrower), "batch", std::domain_error);
  CHECK_THROWS_WITH_AS(trainer.evaluate(thrower), "batch", std::domain_error);
}

TEST_CASE("a source's NaN, and targets that are not the loss's, stop fit with the number of the batch") {
  Network model{Seed{1}};
  auto trainer = compile(model, SGD{}, BinaryCrossentropy{});
  const FitOptions<Rows, Rows> options{.epochs = 1, .shuffle = false, .verbose = std::nullopt};
  Rows x = rows(64);
  x(41, 3) = 255;
  Spy of_pixels(x, 8), of_nothing(rows(64), 8);
  CHECK_THROWS_WITH_AS(
      trainer.fit(of_pixels, options),
      "fit: batch 5 of the source: targets: value 3 of sample 1 is 255; binary_crossentropy is for targets "
      "within 0..1: divide pixels of 0..255 by 255",
      std::invalid_argument);
  of_nothing.x(63, 5) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(
      trainer.fit(of_nothing, options),
      "fit: batch 7 of the source: targets: value 5 of sample 7 is nan; leave such samples out, or put "
      "numbers in their place",
      std::invalid_argument);
  Spy good(rows(64), 8);
  FitOptions<Rows, Rows> validated = options;
  validated.validation_data = of_pixels;
  CHECK_THROWS_WITH_AS(trainer.fit(good, validated),
                       doctest::Contains("fit: validation: batch 5 of the source: targets"), std::invalid_argument);
  CHECK(std::isnan(trainer.evaluate(of_nothing)["loss"]));  // which evaluate says as it is
  CHECK_THROWS_WITH_AS(trainer.evaluate(of_pixels),
                       doctest::Contains("evaluate: batch 5 of the source: targets: value 3"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(trainer.evaluate(x, x), doctest::Contains("evaluate: targets: value 3 of sample 41 is 255"),
                       std::invalid_argument);
}

TEST_CASE("stopped in the middle of an epoch a training on a source goes on to the same bits") {
  std::vector<int> begun;
  struct Begun : Callback {
    std::vector<int>& epochs;
    explicit Begun(std::vector<int>& all) : epochs(all) {}
    void on_epoch_begin(Training& training) override { epochs.push_back(training.epoch); }
  } begins(begun);
  struct Crash : Callback {
    int epoch;
    long batch;
    Crash(int e, long b) : epoch(e), batch(b) {}
    void on_moment(Training& training, Moment moment) override {
      if (moment != Moment::start && training.epoch == epoch && training.batch == batch)
        throw std::runtime_error("crash");
    }
  };
  const Rows x = rows(61);
  TensorSource source(x, x, {.batch_size = 16, .seed = 9});
  for (const Index steps : {0, 3}) {
    const auto train = [&](Callback* crash, const std::string& path) {
      BackupAndRestore backup(path, 1);
      auto with = options(4);
      with.callbacks = {&backup, &begins}, with.steps_per_epoch = steps;
      if (crash) with.callbacks.push_back(crash);
      return trained([&](auto& trainer) { return trainer.fit(source, with); });
    };
    const TemporaryFolder folder;
    const std::string path = (folder.path / "state").string();
    const Outcome expected = train(nullptr, path);
    begun.clear();
    const std::vector<std::pair<int, long>> whole{{0, 2}, {1, 1}, {1, 3}, {2, 0}, {3, 2}},
        in_steps{{0, 2}, {1, 1}, {2, 2}};
    for (const auto& [epoch, batch] : steps > 0 ? in_steps : whole) {
      Crash crash(epoch, batch);
      CHECK_THROWS_WITH_AS(train(&crash, path), "crash", std::runtime_error);
    }
    CHECK(train(nullptr, path) == expected);
    CHECK(begun == std::vector{0, 1, 2, 3});  // an epoch that goes on does not begin again
  }
}

TEST_CASE("several inputs and outputs from a source, and from memory; evaluate and predict") {
  const Rows a = rows(30), b = slice(rows(61), 31, 30);
  TensorSource source(Tensors(a, b), Tensors(b, a), {.batch_size = 16, .shuffle = false});
  const auto loss = [] {
    return std::tuple{head<"left">(MeanSquaredError{}), head<"right">(MeanAbsoluteError{}, 0.5)};
  };
  std::apply(
      [&](const auto&... heads) {
        TwoOfEach one{Seed{1}}, other{Seed{1}};
        auto in_memory = compile(one, Adam{}, heads...), streamed = compile(other, Adam{}, heads...);
        const History expected = in_memory.fit({a, b}, {b, a}, {.batch_size = 16, .shuffle = false, .verbose = {}});
        const History history = streamed.fit(source, {.shuffle = false, .verbose = {}});
        CHECK(weights(one) == weights(other));
        CHECK(history.history == expected.history);
        CHECK(streamed.evaluate(source).logs == in_memory.evaluate({a, b}, {b, a}, {.batch_size = 16}).logs);
        const auto [left, right] = one.predict({a, b});
        const auto [streamed_left, streamed_right] = other.predict(source);
        CHECK(std::equal(left.data(), left.data() + left.size(), streamed_left.data()));
        CHECK(std::equal(right.data(), right.data() + right.size(), streamed_right.data()));
        CHECK(streamed_right.dimension(0) == 30);
        std::vector<float> weights_of(30, 0.5f);
        weights_of[7] = 3;
        const auto evaluate = [&](const SampleWeight<float>& weight) {
          return in_memory.evaluate({a, b}, {b, a}, {.sample_weight = weight}).logs;
        };
        CHECK(evaluate(weights_of) == evaluate({weights_of, weights_of}));  // which all losses share
        CHECK(evaluate(weights_of) != evaluate({}));
        CHECK_THROWS_WITH_AS(evaluate({weights_of, weights_of, weights_of}), "evaluate: 3 sample_weights but 2 losses",
                             std::invalid_argument);
      },
      loss());
}

TEST_CASE("a source without an end needs steps; options that are not for sources are refused") {
  Spy spy(rows(160), 4);
  spy.size_ = 0;
  Network model{Seed{1}};
  auto trainer = compile(model, Adam{}, MeanSquaredError{});
  CHECK_THROWS_WITH_AS(trainer.fit(spy, options(1)), "fit: a source without an end needs steps_per_epoch",
                       std::invalid_argument);
  CHECK_THROWS_AS(trainer.evaluate(spy), std::invalid_argument);
  CHECK_THROWS_AS(model.predict(spy), std::invalid_argument);
  auto with = options(2);
  with.steps_per_epoch = 5;
  CHECK(trainer.fit(spy, with)["loss"].size() == 2);
  CHECK(spy.asked >= 10);
  CHECK(trainer.evaluate(spy, {.steps = 3}).logs.contains("loss"));
  with.validation_split = 0.5;
  CHECK_THROWS_AS(trainer.fit(spy, with), std::invalid_argument);
  with.validation_split = 0, with.sample_weight = std::vector<float>(4, 1);
  CHECK_THROWS_AS(trainer.fit(spy, with), std::invalid_argument);
}

TEST_CASE("an epoch over far more data than memory is used for takes no more memory than a short one") {
  const auto peak = [] {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;  // KiB
  };
  auto source = generated(300, [](Index i, Index) {
    Rows x(600, 6), y(600, 6);  // 14 kB each
    x.setConstant(static_cast<float>(i) / 300), y.setZero();
    return Source<Rows, Rows>::Batch{x, y};
  });
  auto with = options(1);
  with.steps_per_epoch = 10;
  trained([&](auto& trainer) { return trainer.fit(source, with); });
  const long before = peak();
  trained([&](auto& trainer) { return trainer.fit(source, options(1)); });
#ifdef LATENT_SANITIZED
  MESSAGE("a sanitizer keeps memory that has been given back: skipped, after ", peak() - before, " KiB");
#else
  CHECK(peak() - before < 2'000);  // of 8.6 MB
#endif
}

TEST_CASE("docs/streams.md shows code that works") {
  Sequential<Input<2>, Dense<16, ReLU>, Dense<2>> model;
  auto trainer = compile(model, Adam{.learning_rate = 0.01}, MeanSquaredError{});
  Arithmetic arithmetic;
  trainer.fit(arithmetic, {.epochs = 3, .validation_data = arithmetic, .validation_steps = 10, .verbose = {}});
  const double loss = trainer.evaluate(arithmetic, {.steps = 10});
  CHECK(loss < 0.02);

  Tensor<4> images(12, 8, 8, 1);
  images.setConstant(0.5f);
  {
    TensorSource digits(images, images, {.batch_size = 4, .seed = 1});
    Augmented changed(digits, Seed{2}, augment::RandomFlip{augment::Flip::horizontal}, augment::RandomRotation(0.05),
                      augment::RandomTranslation(0.1, 0.1), augment::GaussianNoise{.stddev = 0.2});
    CHECK(changed.batch(0).x.dimension(0) == 4);
  }
  {
    const Rows x = rows(32);
    Sequential<Sequential<Input<6>, Dense<3>>, Sequential<Input<3>, Dense<6>>> autoencoder;
    auto losses = compile(autoencoder, SGD{}, MeanSquaredError{});
    const double before = losses.evaluate(x, x);
    auto encoder = autoencoder.part<0>();
    auto decoder = autoencoder.part<1>();
    auto of_encoder = optimizer_for(encoder, Adam{.learning_rate = 1e-3});
    auto of_decoder = optimizer_for(decoder, SGD{.learning_rate = 0.1});

    const auto step = losses.gradients(x, x);  // step.scores["loss"], step["dense/kernel"]
    of_encoder.apply(step), of_decoder.apply(step);
    CHECK(losses.evaluate(x, x) < before);
  }

  const auto without_indentation = [](const std::string& text) {
    std::string lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
      lines += line.substr(std::min(line.size(), line.find_first_not_of(' '))) + "\n";
    return lines;
  };
  const std::string folder = LATENT_SOURCE_DIR, document = read_file(folder + "/docs/streams.md");
  const std::string code = without_indentation(read_file(folder + "/tests/training/test_streams.cpp") +
                                               read_file(folder + "/examples/adversarial_autoencoder.cpp"));
  const std::string opening = "```cpp\n";
  int blocks = 0;
  for (std::size_t at = document.find(opening); at != std::string::npos; at = document.find(opening, at), ++blocks) {
    at += opening.size();
    const std::string block = without_indentation(document.substr(at, document.find("```", at) - at));
    CAPTURE(block);
    CHECK(code.find(block) != std::string::npos);
  }
  CHECK(blocks == 5);
}
