// Prints the options as the examples get them, for check_options.sh.
#include <iostream>

#include "support/options.hpp"

namespace {

void example(int argc, char** argv) {
  float noise = 0.5f;
  int latent_size = 2;
  std::string loss = "bce", title = "none";
  bool plain = false;
  latent::Options options{"options_program", "Prints its options.", {.epochs = 7, .batch_size = 64, .quick_epochs = 1}};
  options.add("--noise", noise, "standard deviation of the noise");
  options.add("--latent-size", latent_size, "numbers in the code", 1);
  options.add("--loss", loss, "loss to minimise", {"bce", "mse"});
  options.add("--title", title, "of the picture");
  options.add("--plain", plain, "no decoration");
  options.parse(argc, argv);
  std::cout << "data=" << options.data << " out=" << options.out << " epochs=" << options.epochs
            << " batch_size=" << options.batch_size << " train=" << options.train << " seed=" << options.seed
            << " threads=" << options.threads << " quick=" << options.quick << " noise=" << noise
            << " latent_size=" << latent_size << " loss=" << loss << " plain=" << plain << "\n";
}

}  // namespace

int main(int argc, char** argv) { return latent::run(argc, argv, example); }
