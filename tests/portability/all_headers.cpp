// Every public header compiles after the headers of others, and beside the whole standard library.
#include "macros_of_others.hpp"
//
#include <latent/checks.hpp>
#include <latent/datasets.hpp>
#include <latent/datasets/open.hpp>
#include <latent/evaluation.hpp>
#include <latent/io.hpp>
#include <latent/kernels/conv2d_alone.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report.hpp>
#include <latent/report/explorer.hpp>
#include <latent/report/film.hpp>
#include <latent/sources.hpp>

using namespace std;     // NOLINT: as lessons do
using namespace latent;  // NOLINT

using Network = Sequential<Input<8, 8, 1>, Conv2D<4, 3, Same, ReLU>, MaxPooling2D<2>, Flatten, Dense<10, Softmax>>;

int main() {
  Network model{Seed{1}};
  Tensor<4> x(4, 8, 8, 1);
  Tensor<1> y(4);
  x.setZero(), y.setZero();
  auto trainer = compile(model, Adam{.learning_rate = 1e-3}, SparseCategoricalCrossentropy{}, Accuracy{});
  EarlyStopping early("loss");
  const History history = trainer.fit(x, y, {.epochs = 2, .batch_size = 2, .callbacks = {&early}});
  cout << model.summary() << history["loss"].back() << text("a", 1) << '\n';
}
