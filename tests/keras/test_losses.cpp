#include "keras/loss_case.hpp"

using namespace latent;

namespace {

template <class Activation, class Loss>
void run(const keras::Group& group, const std::string& name, const Loss& loss) {
  const auto on = [&](auto shape) { keras::run_loss<decltype(shape), Activation>(group, name, loss); };
  switch (group.tensor(name + "/prediction").size()) {
    case 3 * 10: on(Shape<10>{}); break;
    case 2 * 4 * 5 * 3: on(Shape<4, 5, 3>{}); break;
    case 2 * 6 * 6: on(Shape<6, 6, 1>{}); break;
    default: FAIL("case ", name, " has another shape");
  }
}

bool starts(const std::string& name, const char* with) { return name.rfind(with, 0) == 0; }

template <class Loss>
void run_all(const char* group_name, const Loss& loss) {
  const keras::Group group(group_name);
  for (const std::string& name : group.cases()) run<Linear>(group, name, loss);
}

template <class Loss>
void run_categorical(const char* group_name) {
  const keras::Group group(group_name);
  for (const std::string& name : group.cases())
    if (starts(name, "softmax_then"))
      run<Softmax>(group, name, Loss{});
    else
      run<Linear>(group, name, Loss{.from_logits = starts(name, "from_logits")});
}

}  // namespace

TEST_CASE("binary cross-entropy as in Keras") {
  const keras::Group group("losses/binary_crossentropy");
  for (const std::string& name : group.cases())
    if (starts(name, "sigmoid_then"))
      run<Sigmoid>(group, name, BinaryCrossentropy{});
    else if (starts(name, "relu_then"))
      run<ReLU>(group, name, BinaryCrossentropy{});
    else
      run<Linear>(group, name,
                  BinaryCrossentropy{.from_logits = starts(name, "from_logits"),
                                     .label_smoothing = name == "label_smoothing" ? 0.25 : 0});
}

TEST_CASE("categorical cross-entropies as in Keras") {
  run_categorical<CategoricalCrossentropy>("losses/categorical_crossentropy");
  run_categorical<SparseCategoricalCrossentropy>("losses/sparse_categorical_crossentropy");
}

TEST_CASE("losses of probabilities and counts as in Keras") {
  const keras::Group group("losses/kl_divergence");
  for (const std::string& name : group.cases())
    if (starts(name, "softmax_then"))
      run<Softmax>(group, name, KLDivergence{});
    else
      run<Linear>(group, name, KLDivergence{});
  run_all("losses/poisson", Poisson{});
}

TEST_CASE("losses of regression as in Keras") {
  run_all("losses/mean_squared_logarithmic_error", MeanSquaredLogarithmicError{});
  run_all("losses/mean_absolute_percentage_error", MeanAbsolutePercentageError{});
  run_all("losses/mean_squared_error", MeanSquaredError{});
  run_all("losses/mean_absolute_error", MeanAbsoluteError{});
  run_all("losses/cosine_similarity", CosineSimilarity{});
  const keras::Group group("losses/huber");
  for (const std::string& name : group.cases())
    run<Linear>(group, name, Huber{.delta = name.find("delta_0.5") == std::string::npos ? 1 : 0.5});
}
