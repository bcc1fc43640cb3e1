#include "support/digit_classifier.hpp"

#include <filesystem>
#include <iostream>

#include "latent/datasets/labels.hpp"
#include "latent/evaluation/confusion_table.hpp"
#include "latent/io/save_weights.hpp"
#include "latent/latent.hpp"
#include "support/going_on.hpp"
#include "support/results.hpp"
#include "support/saved_weights.hpp"

namespace latent {

struct DigitClassifier::Model {
  Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, ReLU>, MaxPooling2D<2>, Conv2D<64, 3, Same, ReLU>, MaxPooling2D<2>,
             Flatten, Dense<10, Softmax>>
      network{Seed{1}, "digit_classifier"};
};

DigitClassifier::DigitClassifier(const Options& options, const datasets::Dataset& data)
    : model_(std::make_unique<Model>()), threads_(options.threads) {
  // Few steps where there are few digits, but not too few.
  const Index digits =
      options.quick ? std::min<Index>(10000, data.train.images.dimension(0)) : data.train.images.dimension(0);
  const int epochs = digits < 20000 ? 3 : 6;
  const std::filesystem::path folder = std::filesystem::path(options.out).parent_path() / "digit_classifier";
  const std::string name =
      text("weights_", digits, "_digits_", datasets::fingerprint(data.train.images), ".safetensors");
  const std::string file = (folder / name).string();
  if (load_if_saved(file, model_->network.parameters())) {
    std::cout << "digit classifier: " << file << std::endl;
  } else {
    std::cout << "digit classifier: learns from " << digits << " digits, once" << std::endl;
    const Index steps = epochs * (digits / 128 + 1);
    auto trainer = compile(model_->network, Adam{.learning_rate = CosineDecay{0.002, static_cast<double>(steps)}},
                           SparseCategoricalCrossentropy{}, Accuracy{});
    GoingOn going_on(options, "digit_classifier_", false);
    trainer.fit(first_of(data.train.images, digits), first_of(datasets::as_tensor(data.train.labels), digits),
                {.epochs = epochs, .batch_size = 128, .callbacks = {&going_on}, .threads = threads_});
    std::filesystem::create_directories(folder);
    save_weights(file, model_->network);
  }
  print_figure("classifier_accuracy", evaluation::ConfusionTable(data.test.labels, read(data.test.images)).accuracy());
}

DigitClassifier::~DigitClassifier() = default;

std::vector<int> DigitClassifier::read(const Tensor<4>& images) const {
  return evaluation::most_probable(model_->network.predict(images, threads_));
}

}  // namespace latent
