#include "support/results.hpp"

#include <iostream>

#include "latent/core/files.hpp"
#include "latent/pictures/plot.hpp"
#include "latent/pictures/png.hpp"

namespace latent {

void print_figure(const std::string& name, double value) {
  run_report::figure(name, value);
  std::cout << name << ": " << exact(value) << std::endl;
}

void save_codes(const std::string& file, const Tensor<2>& codes, const std::vector<int>& labels) {
  std::string csv = "label";
  for (Index i = 0; i < codes.dimension(1); ++i) csv += ",z" + std::to_string(i);
  csv += "\n";
  for (Index n = 0; n < codes.dimension(0); ++n) {
    csv += std::to_string(labels[static_cast<std::size_t>(n)]);
    for (Index i = 0; i < codes.dimension(1); ++i) csv += "," + exact(codes(n, i));
    csv += "\n";
  }
  write_atomically(file, csv);
}

void save_history(const Options& options, const History& history, const std::string& prefix) {
  history.save_csv(options.path(prefix + "history.csv"));
  for (const auto& [name, values] : history.history) print_figure(prefix + name, values.back());
  const std::string picture = options.path(prefix + "loss.png");
  if (history.epochs() > 0)
    pictures::save_png(picture, pictures::plot(history));
  else
    remove_file(picture);  // of an earlier run
}

void tell_explorer(const std::string& weights) {
  std::cout << "explore it in a browser: build/release/examples/latent_explorer " << weights << " (docs/explorer.md)\n";
}

}  // namespace latent
