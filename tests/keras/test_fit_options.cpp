// fit and evaluate with weights, splits, steps and sources, as make_fit_reference.py runs them in Keras.
#include "keras/reference.hpp"
#include "latent/latent.hpp"

using namespace latent;

namespace {

using Rows = Tensor<2, double>;
using Labels = Tensor<1, double>;
using Classifier = Model<double, Input<6>, Dense<3, Softmax>>;
using Binary = Model<double, Input<6>, Dense<1, Sigmoid>>;
using TwoHeads = Model<double, Input<6>, Named<"code", Dense<4, Tanh>>, Named<"digit", Dense<3, Softmax>>,
                       From<"code">, Named<"image", Dense<6, Sigmoid>>>;

constexpr double tolerance = 1e-12;

const keras::Group& group() { return keras::shared_group("fit/options"); }
std::vector<double> numbers(const std::string& name) { return group().tensor("data/" + name); }
template <class T = Rows>
T data(const std::string& name, Index columns) {
  return keras::rows<T>(numbers(name), std::array{columns});
}
Labels labels() { return keras::rows<Labels>(numbers("labels"), std::array<Index, 0>{}); }

/// All samples in order, with weights.
struct Batches : Source<Rows, Rows> {
  Rows x = data("x", 6), y = data("classes", 3);
  std::vector<double> weights = numbers("weights");
  Index size() const override { return 6; }
  Batch batch(Index i) override {
    const Index first = 4 * i, count = std::min<Index>(4, 22 - first);
    return {slice(x, first, count), slice(y, first, count),
            std::vector<double>(weights.begin() + first, weights.begin() + first + count)};
  }
};

template <class M>
void set_initial(M& model, const std::string& name) {
  for (auto& parameter : model.parameters()) keras::set(parameter, group().tensor(name + "/initial/" + parameter.name));
}
template <class M>
void compare_final(M& model, const std::string& name) {
  for (auto& parameter : model.parameters())
    keras::compare(name + ", " + parameter.name, group().tensor(name + "/final/" + parameter.name), parameter.data,
                   tolerance);
  group().ran(name);
}

/// Trains, and compares the history and the weights at the end. `train` is given the trainer and Keras's options.
template <class M, class Train, class... Heads>
void run(const std::string& name, std::size_t scores, const Train& train, const Heads&... heads) {
  CAPTURE(name);
  M model;
  set_initial(model, name);
  auto trainer = compile(model, SGD{.learning_rate = 0.125}, heads...);
  using T = decltype(trainer);
  FitOptions<typename T::X, typename T::Y> options{.epochs = 4, .batch_size = 4, .shuffle = false, .verbose = {}};
  const History history = train(trainer, options);
  CHECK(history.history.size() == scores);
  for (const auto& [score, values] : history.history) {
    const auto expected = group().tensor(name + "/history/" + score);
    REQUIRE(values.size() == expected.size());
    keras::compare(name + ", " + score, expected, values.data(), tolerance);
  }
  compare_final(model, name);
}

template <class Change>
void run_classifier(const std::string& name, std::size_t scores, const Change& change) {
  const Rows x = data("x", 6), y = data("classes", 3);
  const auto train = [&](auto& trainer, auto& options) {
    change(options);
    return trainer.fit(x, y, options);
  };
  run<Classifier>(name, scores, train, CategoricalCrossentropy{}, Accuracy{}, weighted(Accuracy{}),
                  weighted(MeanSquaredError{}));
}

}  // namespace

TEST_CASE("weights of samples and of classes") {
  run_classifier("sample_weight", 4, [](auto& options) { options.sample_weight = numbers("weights"); });
  run_classifier("class_weight", 4, [](auto& options) { options.class_weight = {{0, 0.5}, {2, 3.0}}; });
  const Rows x = data("x", 6), not_zero = data("not_zero", 1);
  const Labels y = labels();
  const auto sparse = [&](auto& trainer, auto& options) {
    options.class_weight = {{0, 0.5}, {2, 3.0}};
    return trainer.fit(x, y, options);
  };
  run<Classifier>("class_weight_sparse", 2, sparse, SparseCategoricalCrossentropy{}, Accuracy{});
  const auto binary = [&](auto& trainer, auto& options) {
    options.class_weight = {{1, 0.25}};
    return trainer.fit(x, not_zero, options);
  };
  run<Binary>("class_weight_binary", 2, binary, BinaryCrossentropy{}, Accuracy{});
}

TEST_CASE("validation: with weights, split off, in some epochs, of some steps") {
  const Rows x = data("held_out_x", 6), y = data("held_out_classes", 3);
  const std::vector<double> weights = numbers("held_out_weights");
  run_classifier("validation_data", 8, [&](auto& options) { options.validation_data = {x, y, weights}; });
  run_classifier("validation_split", 8, [&](auto& options) {
    options.sample_weight = numbers("weights");
    options.validation_split = 0.3;
  });
  run_classifier("validation_freq", 8, [&](auto& options) {
    options.validation_data = {x, y, weights};
    options.validation_freq = 2;
    options.epochs = 5;
  });
  run_classifier("validation_freq_list", 8, [&](auto& options) {
    options.validation_data = {x, y, weights};
    options.validation_freq = {1, 2, 4};
  });
  run_classifier("validation_steps", 8, [&](auto& options) {
    options.validation_data = {x, y, weights};
    options.validation_steps = 2;
  });
}

TEST_CASE("epochs of some steps go on in the data") {
  run_classifier("steps_per_epoch", 4, [](auto& options) {
    options.sample_weight = numbers("weights");
    options.steps_per_epoch = 2;
  });
  run_classifier("steps_that_do_not_divide", 4, [](auto& options) { options.steps_per_epoch = 4; });
}

TEST_CASE("a source with weights, whole and in steps, as a PyDataset") {
  Batches batches;
  const Rows x = data("held_out_x", 6), y = data("held_out_classes", 3);
  for (const bool in_steps : {false, true}) {
    const auto train = [&](auto& trainer, auto& options) {
      if (in_steps) options.steps_per_epoch = 4;
      if (in_steps) options.validation_data = {x, y, numbers("held_out_weights")};
      return trainer.fit(batches, options);
    };
    run<Classifier>(in_steps ? "py_dataset_steps" : "py_dataset", in_steps ? 8 : 4, train, CategoricalCrossentropy{},
                    Accuracy{}, weighted(Accuracy{}), weighted(MeanSquaredError{}));
  }
}

TEST_CASE("two outputs with one weight, and with two") {
  const Rows x = data("x", 6), y = data("classes", 3);
  for (const bool two : {false, true}) {
    const auto train = [&](auto& trainer, auto& options) {
      options.sample_weight = numbers("weights");
      if (two) options.sample_weight = {numbers("weights"), numbers("other_weights")};
      return trainer.fit(x, {y, x}, options);
    };
    run<TwoHeads>(two ? "two_weights" : "one_weight_for_two", 6, train,
                  head<"digit">(CategoricalCrossentropy{}, 0.5, weighted(Accuracy{})),
                  head<"image">(BinaryCrossentropy{}, 2.0, MeanAbsoluteError{}, weighted(MeanAbsoluteError{})));
  }
}

TEST_CASE("weights in train_on_batch and evaluate") {
  const Rows x = data("x", 6), y = data("classes", 3), held_out = data("held_out_x", 6),
             held_out_y = data("held_out_classes", 3);
  Classifier model;
  set_initial(model, "on_batch");
  auto trainer = compile(model, SGD{.learning_rate = 0.125}, CategoricalCrossentropy{}, Accuracy{},
                         weighted(Accuracy{}), weighted(MeanSquaredError{}));
  const std::array steps{trainer.train_on_batch(x, y, {.sample_weight = numbers("weights")}),
                         trainer.train_on_batch(x, y, {.class_weight = {{0, 0.5}, {2, 3.0}}})};
  const Scores evaluated = trainer.evaluate(held_out, held_out_y, {.sample_weight = numbers("held_out_weights")});
  CHECK(evaluated.logs.size() == 4);
  for (const auto& [score, value] : evaluated.logs) {
    const std::array got{steps[0][score], steps[1][score]};
    keras::compare("on_batch, " + score, group().tensor("on_batch/history/" + score), got.data(), tolerance);
    keras::compare("evaluated, " + score, group().tensor("on_batch/evaluated/" + score), &value, tolerance);
  }
  compare_final(model, "on_batch");
  group().ran("data");
}
