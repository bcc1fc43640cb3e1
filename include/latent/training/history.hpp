/// What happened in a training: one number an epoch under each of Keras's names ("loss", "val_loss").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"

namespace latent {

using Logs = std::map<std::string, double>;

struct History {
  std::map<std::string, std::vector<double>> history;

  /// The numbers under that name, one an epoch. Throws std::invalid_argument if there are none.
  const std::vector<double>& operator[](const std::string& name) const {
    const auto found = history.find(name);
    check(found != history.end(), "History: nothing was recorded under \"", name, "\"");
    return found->second;
  }
  [[gnu::cold]] void append(const Logs& logs) {
    for (const auto& [name, value] : logs) history[name].push_back(value);
  }
  /// Epochs recorded.
  std::size_t epochs() const { return history.empty() ? 0 : history.begin()->second.size(); }

  /// Writes "epoch,loss,val_loss" and a line for each epoch. Throws FileError.
  [[gnu::cold]] void save_csv(const std::string& path) const {
    std::ostringstream out;
    out.precision(9);
    out << "epoch";
    for (const auto& [name, values] : history) out << ',' << name;
    for (std::size_t epoch = 0; epoch < epochs(); ++epoch) {
      out << '\n' << epoch + 1;
      for (const auto& [name, values] : history) out << ',' << (epoch < values.size() ? text(values[epoch]) : "");
    }
    write_atomically(path, out.str() + '\n');
  }
};

}  // namespace latent
