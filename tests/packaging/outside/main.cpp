// Trains a model of six parameters for one step: everything a user's program includes is found, compiles and links.
#include <iostream>

#include "all_headers.hpp"

latent::Index parameters_in_second_file();

int main() {
  using namespace latent;
  Sequential<Input<2>, Dense<2, Sigmoid>> model{Seed{1}};
  Tensor<2> x(4, 2);
  x.setConstant(0.5f);
  auto trainer = compile(model, Adam{}, BinaryCrossentropy{});
  Report report("report.html");
  trainer.fit(x, x, {.epochs = 1, .verbose = std::nullopt, .callbacks = {&report}});
  save_weights("weights.safetensors", model);
  load_weights("weights.safetensors", model);
  datasets::write_npz("images.npz", {{"images", datasets::as_images(x, 1, 2)}});
  check(datasets::open("images.npz").description == "npz: 4 images of 1 x 2 x 1 without labels from images.npz",
        "images.npz does not hold what was written");
  std::cout << "latent works: " << model.count_params() << " = " << parameters_in_second_file() << "\n";
}
