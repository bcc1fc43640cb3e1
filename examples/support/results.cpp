#include "support/results.hpp"

#include <iostream>

#include "latent/pictures/plot.hpp"
#include "latent/pictures/png.hpp"

namespace latent {

void print_figure(const std::string& name, double value) { std::cout << name << ": " << value << std::endl; }

void save_history(const Options& options, const History& history) {
  history.save_csv(options.path("history.csv"));
  if (history.epochs() == 0) return;
  pictures::save_png(options.path("loss.png"), pictures::plot(history));
  for (const auto& [name, values] : history.history) print_figure(name, values.back());
}

}  // namespace latent
