// The training loop, step by step: what callbacks see of epochs and batches, what is counted, what is refused.
#include <doctest/doctest.h>
#include <unistd.h>

#include <latent/latent.hpp>

#include "message_of.hpp"

using namespace latent;

namespace {

using Rows = Tensor<2>;
using Net = Sequential<Input<2>, Dense<1>>;

/// x is 0, 1, 2 ... and y is 0.
Rows counting(Index count, Index columns) {
  Rows x(count, columns);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i) / 16;
  return x;
}
Rows zeros(Index count, Index columns = 1) {
  Rows y(count, columns);
  y.setZero();
  return y;
}

/// Writes down what it is told, a word for each event.
struct Notes : Callback {
  std::vector<std::string> events;
  int stop_after = -1;  // this epoch
  void note(const char* event, const Training& t) {
    events.push_back(text(event, " ", t.epoch, "/", t.epochs, " ", t.batch, "/", t.batches, " of ", t.samples,
                          t.logs.contains("loss") ? " loss" : "", t.logs.contains("val_loss") ? " val" : "",
                          t.validated ? "" : " not validated", t.stop ? " stop" : ""));
  }
  void on_train_begin(Training& t) override {
    events.clear();
    note("train", t);
    events.back() += text(" by ", t.batch_size, " ", t.optimizer, " ", t.threads, " ", t.seed.value, " ",
                          t.parameters.size() / sizeof(float) == Net::network::buffer_size, " ", t.history->lanes, " ",
                          (*t.learning_rate)(0));
  }
  void on_epoch_begin(Training& t) override { note("epoch", t); }
  void on_batch_end(Training& t) override { note("batch", t); }
  void on_epoch_end(Training& t) override {
    note("end", t);
    t.stop = t.epoch == stop_after;
  }
  void on_train_end(Training& t) override { note("done", t); }
  void on_moment(Training& t, Moment moment) override {
    note(moment == Moment::start ? "start" : moment == Moment::batch ? "after" : "next", t);
  }
};

/// What `action` writes to stderr.
template <class Action>
std::string warnings_of(const Action& action) {
  std::FILE* const caught = std::tmpfile();
  const int before = dup(STDERR_FILENO);
  std::fflush(stderr);
  dup2(fileno(caught), STDERR_FILENO);
  action();
  std::fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  std::rewind(caught);
  std::string words(2000, '\0');
  words.resize(std::fread(words.data(), 1, words.size(), caught));
  std::fclose(caught);
  return words;
}
using Words = std::vector<std::string>;

/// Batches of 3, 1, 3, 1 ... rows; tells which were asked for.
struct Uneven : Source<Rows, Rows> {
  Index batches;
  Words asked;
  explicit Uneven(Index count) : batches(count) {}
  Index size() const override { return batches; }
  Batch batch(Index i) override {
    asked.push_back(text(i));
    return {counting(i % 2 == 0 ? 3 : 1, 2), zeros(i % 2 == 0 ? 3 : 1)};
  }
  void on_epoch_begin(Index epoch) override { asked.push_back(text("epoch ", epoch)); }
  void on_epoch_end() override { asked.emplace_back("end"); }
};

/// The same two samples again and again; tells what it is asked to begin with.
struct Beginnings : engine::Feed<float> {
  Index size;
  Words begun;
  Rows x = counting(2, 2), y = zeros(2);
  std::vector<Index> order{0, 1};
  const float *of_x = x.data(), *of_y = y.data();
  explicit Beginnings(Index count) : size(count) {}
  Index batches() const override { return size; }
  Index samples(Index, Index) const override { return 0; }
  std::string facts() const override { return "two samples"; }
  void begin(Index pass, Index first, Index count) override {
    begun.push_back(text("pass ", pass, " at ", first, ", ", count));
  }
  engine::BatchOf<float> next() override { return {{{&of_x, 1}, {&of_y, 1}, {}, 2}, order}; }
};

template <class Trainer>
std::map<std::string, double> counters(Trainer& trainer) {
  TrainingState state;
  trainer.state(state);
  return {{"passes", state.numbers["passes"].values[0]},
          {"calls", state.numbers["calls"].values[0]},
          {"steps", state.numbers["steps"].values[0]}};
}
using Counters = std::map<std::string, double>;

}  // namespace

TEST_CASE("what callbacks are told of whole epochs, some of which are validated") {
  Net model(Seed{1});
  auto trainer = compile(model, SGD{.learning_rate = 0.25}, MeanSquaredError{});
  const Rows x = counting(10, 2), y = zeros(10);
  Notes notes;
  FitOptions<Rows, Rows> options{.epochs = 3,
                                 .batch_size = 8,
                                 .validation_data = {x, y},
                                 .validation_freq = 2,
                                 .verbose = {},
                                 .callbacks = {&notes},
                                 .seed = Seed{5},
                                 .threads = 1,
                                 .initial_epoch = 1,
                                 .lanes = 4};
  trainer.fit(x, y, options);
  CHECK(notes.events == Words{"train 1/3 0/0 of 0 by 8 SGD 1 5 1 4 0.25", "start 1/3 0/0 of 0", "epoch 1/3 0/2 of 10",
                              "batch 1/3 0/2 of 10 loss", "after 1/3 1/2 of 10 loss", "batch 1/3 1/2 of 10 loss",
                              "after 1/3 2/2 of 10 loss", "end 1/3 2/2 of 10 loss val", "next 2/3 0/2 of 10 loss val",
                              "epoch 2/3 0/2 of 10", "batch 2/3 0/2 of 10 loss", "after 2/3 1/2 of 10 loss",
                              "batch 2/3 1/2 of 10 loss", "after 2/3 2/2 of 10 loss",
                              "end 2/3 2/2 of 10 loss not validated", "next 3/3 0/2 of 10 loss not validated",
                              "done 3/3 0/2 of 10 loss not validated"});
  CHECK(counters(trainer) == Counters{{"passes", 2}, {"calls", 4}, {"steps", 4}});
  options.initial_epoch = 0, options.batch_size = 10, options.validation_data = {}, notes.stop_after = 1;
  CHECK(trainer.fit(x, y, options).epochs() == 2);
  CHECK(notes.events.back() == "done 2/3 0/1 of 10 loss stop");
  options.epochs = 0;
  CHECK(trainer.fit(x, y, options).history.empty());
  CHECK(notes.events.size() == 3);
  CHECK(counters(trainer) == Counters{{"passes", 4}, {"calls", 6}, {"steps", 6}});
}

TEST_CASE("epochs of some steps: each goes on where the last one ended, and ends with the data") {
  Net model(Seed{1});
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  const Rows x = counting(10, 2), y = zeros(10);
  Notes notes;
  const FitOptions<Rows, Rows> options{
      .epochs = 4, .batch_size = 4, .verbose = {}, .callbacks = {&notes}, .threads = 1, .steps_per_epoch = 2};
  CHECK(warnings_of([&] { trainer.fit(x, y, options); }) ==
        "warning: epoch 2: the data ran out after 1 of 2 steps\n"
        "warning: epoch 4: the data ran out after 1 of 2 steps\n");
  Words epochs;
  for (const std::string& event : notes.events)
    if (event.starts_with("epoch")) epochs.push_back(event);
  CHECK(epochs == Words{"epoch 0/4 0/2 of 8", "epoch 1/4 0/1 of 2", "epoch 2/4 0/2 of 8", "epoch 3/4 0/1 of 2"});
  CHECK(counters(trainer) == Counters{{"passes", 2}, {"calls", 6}, {"steps", 6}});
  // A pass that is not finished counts, too: the next call of fit shuffles otherwise.
  trainer.fit(x, y, {.batch_size = 4, .verbose = {}, .steps_per_epoch = 2});
  CHECK(counters(trainer)["passes"] == 3);
  CHECK(warnings_of([&] { trainer.fit(x, y, {.batch_size = 4, .verbose = {}, .steps_per_epoch = 3}); }).empty());
  CHECK(counters(trainer)["passes"] == 4);
  trainer.fit(x, y, {.batch_size = 4, .verbose = {}, .steps_per_epoch = 1});
  CHECK(counters(trainer)["passes"] == 5);
}

TEST_CASE("of a source it is not known how many samples an epoch has until it ends; which batches are read") {
  Net model(Seed{1});
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  Notes notes;
  FitOptions<Rows, Rows> options{.epochs = 1, .shuffle = false, .verbose = {}, .callbacks = {&notes}, .prefetch = 0};
  Uneven endless(0), three(3);
  options.steps_per_epoch = 4;
  options.validation_data = three, options.validation_steps = 2;
  trainer.fit(endless, options);
  Words seen;
  for (const std::string& event : notes.events)
    if (!event.starts_with("train") && !event.starts_with("start")) seen.push_back(event);
  CHECK(seen == Words{"epoch 0/1 0/4 of 0", "batch 0/1 0/4 of 12 loss", "after 0/1 1/4 of 12 loss",
                      "batch 0/1 1/4 of 8 loss", "after 0/1 2/4 of 8 loss", "batch 0/1 2/4 of 9 loss",
                      "after 0/1 3/4 of 9 loss", "batch 0/1 3/4 of 8 loss", "after 0/1 4/4 of 8 loss",
                      "end 0/1 4/4 of 8 loss val", "next 1/1 0/4 of 8 loss val", "done 1/1 0/4 of 8 loss val"});
  CHECK(endless.asked == Words{"epoch 0", "0", "1", "2", "3"});
  trainer.fit(endless, {.epochs = 2, .verbose = {}, .steps_per_epoch = 1});  // read ahead
  CHECK(counters(trainer)["passes"] == 2);
  CHECK(three.asked == Words{"epoch 0", "0", "1", "end"});
  CHECK(counters(trainer)["steps"] == 6);

  Uneven one(1);
  CHECK(warnings_of([&] { trainer.fit(one, {.verbose = {}, .steps_per_epoch = 2, .prefetch = 0}); }) ==
        "warning: epoch 1: the data ran out after 1 of 2 steps\n");
  one.asked.clear();
  trainer.evaluate(one, {.steps = 2, .prefetch = 0});
  CHECK(one.asked == Words{"epoch 0", "0", "end"});
  three.asked.clear();
  CHECK(trainer.evaluate(three, {.steps = 7, .prefetch = 0})["loss"] == trainer.evaluate(three)["loss"]);
  CHECK(three.asked == Words{"epoch 0", "0", "1", "2", "end", "epoch 0", "0", "1", "2", "end"});
  endless.asked.clear();
  trainer.evaluate(endless, {.steps = 2, .prefetch = 0});
  CHECK(endless.asked == Words{"epoch 0", "0", "1", "end"});
  CHECK(message_of([&] { trainer.evaluate(endless); }) ==
        "evaluate: a source without an end needs steps (in fit: validation_steps)");
  CHECK(message_of([&] { trainer.fit(endless, {.verbose = {}}); }) ==
        "fit: a source without an end needs steps_per_epoch");
}

TEST_CASE("the mean over batches of several sizes counts each sample once") {
  Net model(Seed{1});
  const Rows x = counting(4, 2), y = zeros(4);
  auto trainer = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{}, MeanAbsoluteError{});
  const Rows out = model.predict(x);
  double squares = 0, sizes = 0, three = 0;
  for (Index n = 0; n < 4; ++n) {
    const double value = out(n, 0);
    squares += value * value / 4, sizes += std::abs(value) / 4, three += n < 3 ? value * value / 3 : 0;
  }
  const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-6); };
  const History history = trainer.fit(x, y,
                                      {.batch_size = 3,
                                       .validation_data = {x, y},
                                       .validation_batch_size = 3,
                                       .validation_steps = 1,
                                       .shuffle = false,
                                       .verbose = {}});
  CHECK(history["loss"][0] == near(squares));
  CHECK(history["mean_absolute_error"][0] == near(sizes));
  CHECK(history["val_loss"][0] == near(three));  // of the first batch
  CHECK(trainer.fit(
            x, y, {.batch_size = 3, .validation_data = {x, y}, .validation_steps = 1, .verbose = {}})["val_loss"][0] ==
        near(three));  // batches as large as those of the training
  CHECK(trainer.evaluate(x, y, {.batch_size = 3})["loss"] == near(squares));
  CHECK(trainer.evaluate(x, y, {.batch_size = 3, .steps = 1})["loss"] == near(three));
  // Half of the samples set aside: the last ones.
  const History split = trainer.fit(x, y, {.validation_split = 0.25, .verbose = {}});
  CHECK(split["loss"][0] == near(three));
  CHECK(split["val_loss"][0] == near(std::pow(static_cast<double>(out(3, 0)), 2)));
}

TEST_CASE("the whole state of a training, and states that are refused") {
  struct Inspector : Callback {
    std::function<void(Training&)> look;
    int count = 0;
    void on_moment(Training& training, Moment moment) override {
      if (moment == Moment::batch && training.epoch == 1 && training.batch == 1) look(training), ++count;
    }
    const char* state_name() const override { return "inspector"; }
    void state(TrainingState& state) override { state("count", count); }
  } inspector, second;
  second.look = [](Training&) {};
  Notes nameless;  // which keeps nothing
  Net model(Seed{1});
  model.set_trainable("dense", false);
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  const Rows x = counting(10, 2), y = zeros(10);
  FitOptions<Rows, Rows> options{.epochs = 2,
                                 .batch_size = 4,
                                 .shuffle = false,
                                 .verbose = {},
                                 .callbacks = {&nameless, &inspector, &second},
                                 .seed = Seed{6}};
  options.steps_per_epoch = 3;
  inspector.look = [&](Training& training) {
    TrainingState state;
    training.state(state);
    CHECK(state.words["latent"] == version);
    CHECK(state.words["data"] == "10 samples in batches of 4, seed 6, 3 batches an epoch");
    CHECK(state.words["lanes"] == "8");
    CHECK(state.words["loss"] == "weight 1, for two trials 0.0625 4");
    CHECK(state.words["model/dense/kernel"] == "(2, 1), not trained");
    CHECK(state.words["model/dense/bias"] == "(1,), not trained");
    const auto number = [&](const char* name) { return state.numbers.at(name).values; };
    CHECK(number("epoch") == std::vector<double>{1});
    CHECK(number("batch") == std::vector<double>{1});
    CHECK(number("place") == std::vector<double>{1});
    CHECK(number("seen") == std::vector<double>{4});
    CHECK(number("stop") == std::vector<double>{0});
    CHECK(number("passes") == std::vector<double>{1});
    CHECK(number("calls") == std::vector<double>{4});
    CHECK(number("sums").size() == 2);  // of the loss and of the weights
    CHECK(number("sums")[1] == 4);
    CHECK(number("history/loss").size() == 1);
    CHECK(number("callback_1/inspector/count") == std::vector<double>{0});
    CHECK(state.numbers.contains("callback_2/inspector/count"));
    CHECK(!state.numbers.contains("callback_0//count"));
    CHECK(!TrainingState::Numbers{}.floats);
    CHECK(number("model/dense/kernel") == std::vector<double>{model.data()[0], model.data()[1]});

    state.mode = TrainingState::Mode::compare;
    training.state(state);
    CHECK(state.differences.empty());
    const auto differences = [&](const char* name, double value) {
      const std::vector<double> before = std::exchange(state.numbers[name].values, {value});
      training.state(state);
      state.numbers[name].values = before;
      return std::exchange(state.differences, "");
    };
    for (const auto& [name, most] : std::map<const char*, double>{{"batch", 3}, {"place", 2}}) {
      CHECK(differences(name, 0).empty());
      CHECK(differences(name, most).empty());
      CHECK(differences(name, -1) == text("\n  ", name, ": expected a number within 0..", most, ", received -1"));
      CHECK(differences(name, most + 1) ==
            text("\n  ", name, ": expected a number within 0..", most, ", received ", most + 1));
    }
    for (const char* name : {"epoch", "seen", "passes", "calls"}) {
      CHECK(differences(name, 0).empty());
      CHECK(differences(name, -1) != "");
    }
  };
  trainer.fit(x, y, options);
  CHECK(inspector.count == 1);
  options.steps_per_epoch = 0, options.shuffle = true, options.callbacks = {&inspector};
  inspector.look = [](Training& training) {
    TrainingState state;
    training.state(state);
    CHECK(state.words["data"] == "10 samples in batches of 4, shuffled, seed 6");
    state.mode = TrainingState::Mode::compare;
    state.numbers["batch"].values = {4};
    training.state(state);
    CHECK(state.differences == "\n  batch: expected a number within 0..3, received 4");
    CHECK(state.numbers.contains("callback_0/inspector/count"));
  };
  trainer.fit(x, y, options);
  CHECK(inspector.count == 2);

  // Epochs of one step, passes of one batch, and one without an end.
  struct Places : Callback {
    Words all;
    void on_moment(Training& training, Moment moment) override {
      if (moment != Moment::batch || training.epoch > 0) return;
      TrainingState state;
      training.state(state);
      state.mode = TrainingState::Mode::compare;
      for (const auto& [name, value] : std::map<const char*, double>{{"place", 1e6}, {"batch", 2}})
        state.numbers[name].values = {value};
      training.state(state);
      all.push_back(state.words["data"] + state.differences);
    }
  } places;
  Uneven endless(0), one(1);
  trainer.fit(endless, {.verbose = {}, .callbacks = {&places}, .steps_per_epoch = 1, .prefetch = 0});
  trainer.fit(one, {.verbose = {}, .callbacks = {&places}, .prefetch = 0});
  CHECK(places.all ==
        Words{"a source of 0 batches, seed 0, 1 batches an epoch\n  batch: expected a number within 0..1, received 2",
              "a source of 1 batches, shuffled, seed 0\n  batch: expected a number within 0..1, received 2"
              "\n  place: expected a number within 0..0, received 1e+06"});
}

TEST_CASE("a training that goes on in the middle of an epoch sees what one sees that was not interrupted") {
  struct Copy : Callback {
    TrainingState* state;
    int epoch;
    Index batch;
    Moment at;
    Copy(TrainingState& of, int e, Index b, Moment when) : state(&of), epoch(e), batch(b), at(when) {}
    void on_moment(Training& training, Moment moment) override {
      if (moment == at && (at == Moment::start || (training.epoch == epoch && training.batch == batch)))
        training.state(*state);
    }
  };
  const Rows x = counting(10, 2), y = zeros(10);
  struct Place {
    Index steps;
    int epoch;
    Index batch;
  };
  for (const auto& [steps, epoch, batch] : {Place{0, 1, 1}, {0, 1, 2}, {2, 1, 1}, {2, 2, 1}}) {
    Net whole(Seed{1}), part(Seed{2});
    auto trainer = compile(whole, Adam{}, MeanSquaredError{}), other = compile(part, Adam{}, MeanSquaredError{});
    Notes notes, notes_of_part;
    TrainingState state;
    Copy write(state, epoch, batch, Moment::batch), read(state, 0, 0, Moment::start);
    FitOptions<Rows, Rows> options{
        .epochs = 3, .batch_size = 4, .verbose = {}, .callbacks = {&notes, &write}, .threads = 1};
    options.steps_per_epoch = steps;
    trainer.fit(x, y, options);
    state.mode = TrainingState::Mode::read;
    options.callbacks = {&notes_of_part, &read};
    std::FILE* const quiet = std::tmpfile();
    options.verbose = ProgressBar(quiet);
    const History history = other.fit(x, y, options);
    std::fclose(quiet);
    CHECK(history.epochs() == 3);
    CHECK(std::equal(whole.data(), whole.data() + Net::network::buffer_size, part.data()));
    // After "train" and "start" the events of the other one, from the next batch on.
    const std::string last = text("after ", epoch, "/3 ", batch, "/");
    const auto same = std::find_if(notes.events.begin(), notes.events.end(),
                                   [&](const std::string& event) { return event.starts_with(last); });
    REQUIRE(same != notes.events.end());
    CHECK(Words(notes_of_part.events.begin() + 2, notes_of_part.events.end()) == Words(same + 1, notes.events.end()));
  }
  // Of a feed that reads ahead it says how much is left of the pass.
  const auto begun = [&](Index batches, Callback* callback) {
    Net model(Seed{1});
    const auto loss = head<"">(MeanSquaredError{});
    engine::Learner<float> learner(
        decltype(compile(model, SGD{}, loss))::plan, model.data(), model.facts(),
        engine::Scored<Net::network, engine::List<std::remove_const_t<decltype(loss)>>>::make({loss}),
        std::make_unique<engine::UpdaterOf<float, SGD>>(SGD{}, model.parameters(), model.data(),
                                                        Net::network::buffer_size));
    Beginnings feed(batches);
    learner.fit(feed, nullptr, {0, 1, batches > 0 ? 0 : 2, 0, {}, {}, {callback}, {}, 8}, 1);
    return feed.begun;
  };
  TrainingState state;
  Copy write(state, 0, 1, Moment::batch), read(state, 0, 0, Moment::start);
  CHECK(begun(0, &write) == Words{"pass 0 at 0, 9223372036854775807"});
  CHECK(begun(1, &write) == Words{"pass 0 at 0, 1"});
  CHECK(begun(3, &write) == Words{"pass 0 at 0, 3"});
  state.mode = TrainingState::Mode::read;
  CHECK(begun(3, &read) == Words{"pass 0 at 1, 2"});
}

TEST_CASE("what layers do in training alone is done in a step; gradients change nothing and ask for no rate") {
  Sequential<Input<2>, Dropout<0.5>, Dense<1>> model(Seed{1});
  int asked = 0;
  const auto rate = [&](Index) {
    ++asked;
    return 0.5;
  };
  auto trainer = compile(model, SGD{.learning_rate = rate}, MeanSquaredError{});
  const Rows x = counting(64, 2), y = zeros(64);
  const std::vector<float> before(model.data(), model.data() + decltype(model)::network::buffer_size);
  const double loss = trainer.evaluate(x, y);
  CHECK(std::abs(trainer.gradients(x, y).scores["loss"] - loss) > 1e-3 * loss);
  CHECK(asked == 0);
  CHECK(std::equal(before.begin(), before.end(), model.data()));
  trainer.train_on_batch(x, y);
  CHECK(asked == 1);
  CHECK(!std::equal(before.begin(), before.end(), model.data()));
  const std::vector<float> stepped(model.data(), model.data() + decltype(model)::network::buffer_size);
  trainer.gradients(x, y);
  CHECK(asked == 1);
  CHECK(std::equal(stepped.begin(), stepped.end(), model.data()));
}

TEST_CASE("a step that is not finite is noticed in the step, with the name of the tensor") {
  Sequential<Input<4>, Dense<3>, Dense<4>> model{Seed{1}};
  Tensor<2> x(2, 4), y(2, 4);
  x.setConstant(1);
  y.setConstant(0);
  for (const int threads : {1, 2}) {
    auto trainer = compile(model, SGD{.learning_rate = 1e39}, MeanSquaredError{});
    CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, y, threads),
                         doctest::Contains("but the step is not finite; the first is that of dense/kernel, value 0 = "),
                         NotFinite);
    model = decltype(model){Seed{1}};
  }
  // Where the first layer is frozen, the second is the first to be spoilt.
  model = decltype(model){Seed{1}};
  model.set_trainable("dense", false);
  for (auto& parameter : model.parameters())
    if (parameter.name == "dense/bias") std::fill_n(parameter.data, parameter.size(), 1e3f);
  auto second = compile(model, SGD{.learning_rate = 1e37}, MeanAbsoluteError{});
  const float gradient = second.gradients(x, y)["dense_1/kernel"][0];
  CHECK_THROWS_WITH_AS(second.train_on_batch(x, y), doctest::Contains(text("(gradient ", gradient, ")").c_str()),
                       NotFinite);
  model = decltype(model){Seed{1}};
  model.set_trainable("dense", false);
  for (auto& parameter : model.parameters())
    if (parameter.name == "dense/bias") std::fill_n(parameter.data, parameter.size(), 1e3f);
  CHECK_THROWS_WITH_AS(second.fit(x, y, {.verbose = {}}),
                       doctest::Contains("but the step is not finite; the first is that of dense_1/kernel, value 0 = "),
                       NotFinite);
}

TEST_CASE("a collapsed posterior is warned of after each epoch, with its number, unless all is to be silent") {
  using Encoder = Sequential<Named<"x", Input<6>>, Named<"z_mean", Dense<2>>, From<"x">, Named<"z_log_var", Dense<2>>>;
  Sequential<Encoder, Sampling<>, Dense<6, Sigmoid, ActivityRegularizer<L1<0.0>>>> model{Seed{1}};
  for (auto& parameter : model.parameters()) std::fill_n(parameter.data, parameter.size(), 0.0f);
  Tensor<2> x(4, 6);
  x.setConstant(0.5f);
  auto trainer = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{});
  std::FILE* const quiet = std::tmpfile();
  const std::string words = warnings_of([&] { trainer.fit(x, x, {.epochs = 2, .verbose = ProgressBar(quiet)}); });
  CHECK(words.starts_with("warning: epoch 1, kl_loss 0: the posterior has collapsed"));
  CHECK(words.find("\nwarning: epoch 2, kl_loss 0: the posterior has collapsed") != std::string::npos);
  CHECK(std::count(words.begin(), words.end(), '\n') == 2);
  CHECK(warnings_of([&] { trainer.fit(x, x, {.verbose = {}}); }).empty());
  const auto set_mean = [&](float mean) {
    for (auto& parameter : model.parameters())
      if (parameter.name == "z_mean/bias") std::fill_n(parameter.data, parameter.size(), mean);
  };
  set_mean(0.0351f);  // whose square is 0.001232
  CHECK(warnings_of([&] {
          trainer.fit(x, x, {.verbose = ProgressBar(quiet)});
        }).starts_with("warning: epoch 1, kl_loss 0.0012: "));
  set_mean(2);
  CHECK(warnings_of([&] { trainer.fit(x, x, {.verbose = ProgressBar(quiet)}); }).empty());
  std::fclose(quiet);
}

TEST_CASE(
    "parameters on which no loss depends are named once in training, unless they are frozen or all is to be silent") {
  using Heads = Model<float, Input<2>, Named<"body", Dense<2>>, Named<"a", Dense<1>>, From<"body">, BatchNormalization<>,
                    Named<"b", Dense<1, KernelRegularizer<L2<0.1>>>>, Outputs<"a", "b">>;
  Heads model{Seed{1}};
  const Rows x = counting(4, 2), y = zeros(4);
  std::FILE* const quiet = std::tmpfile();
  const auto warnings = [&](auto& trainer, const auto& targets) {
    return warnings_of([&] { trainer.fit(x, targets, {.verbose = ProgressBar(quiet)}); });
  };
  auto trainer = compile(model, SGD{}, head<"a">(MeanSquaredError{}));
  CHECK(warnings_of([&] { trainer.train_on_batch(x, y), trainer.fit(x, y, {.verbose = {}}); }).empty());
  CHECK(warnings(trainer, y) ==
        "warning: no loss depends on batch_normalization/gamma, batch_normalization/beta, b/bias, which will not "
        "change: give an output "
        "behind it a loss, or freeze its layer\n");
  CHECK(warnings(trainer, y).empty());
  model.set_trainable("b", false);
  auto frozen = compile(model, SGD{}, head<"a">(MeanSquaredError{}));
  CHECK(warnings(frozen, y) ==
        "warning: no loss depends on batch_normalization/gamma, batch_normalization/beta, which will not change: give "
        "an output behind it "
        "a loss, or freeze its layer\n");
  auto all = compile(model, SGD{}, head<"a">(MeanSquaredError{}), head<"b">(MeanSquaredError{}));
  CHECK(warnings_of([&] { all.fit(x, {y, y}, {.verbose = ProgressBar(quiet)}); }).empty());
  std::fclose(quiet);
}

TEST_CASE("a loss that is not finite is told with its epoch and batch; of the own loop with the function") {
  Net model(Seed{1});
  auto trainer = compile(model, SGD{.learning_rate = 0}, MeanSquaredError{});
  Rows x = counting(10, 2);
  const Rows y = zeros(10);
  x(9, 1) = 3e38f;  // a square of which is no float
  const auto said = [](const auto& action) {
    try {
      action();
    } catch (const NotFinite& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(said([&] {
          trainer.fit(x, y, {.epochs = 3, .batch_size = 4, .shuffle = false, .verbose = {}, .initial_epoch = 1});
        }).starts_with("epoch 2, batch 3: "));
  const std::vector<float> before(model.data(), model.data() + Net::network::buffer_size);
  const Counters counted = counters(trainer);
  CHECK(said([&] { trainer.train_on_batch(x, y); }).starts_with("train_on_batch: "));
  CHECK(std::equal(before.begin(), before.end(), model.data()));
  CHECK(counters(trainer) == counted);
  CHECK(said([&] { trainer.gradients(x, y); }).starts_with("gradients: "));
}

TEST_CASE("each stage of a step is watched, once") {
  Net model(Seed{1});
  auto trainer = compile(model, SGD{}, MeanSquaredError{});
  std::map<engine::Stage, int> count;
  const auto watch = [&](engine::Stage stage, int layer) {
    ++count[stage];
    if (stage == engine::Stage::prepare || stage == engine::Stage::update) CHECK(layer == 0);
  };
  trainer.watch(watch);
  trainer.train_on_batch(counting(4, 2), zeros(4), 1);
  CHECK(count[engine::Stage::prepare] == 1);
  CHECK(count[engine::Stage::update] == 1);
  CHECK(count[engine::Stage::forward] >= 1);
}

TEST_CASE("that a program is slow is said once") {
  const std::string words = warnings_of([] { detail::say_missing_flags(false), detail::say_missing_flags(false); });
  CHECK(
      words.starts_with("latent: this program trains faster when compiled with" + detail::missing_flags(false) + " ("));
  CHECK(words.find("latent:", 1) == std::string::npos);
}
