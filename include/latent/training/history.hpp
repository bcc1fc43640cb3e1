/// The logs of a training: numbers under Keras's names ("loss", "val_loss"), each with its epoch.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/training/state.hpp"

namespace latent {

/// Loss and metrics by name.
using Logs = std::map<std::string, double>;

struct History {
  std::map<std::string, std::vector<double>> history;  ///< by name: a value for each epoch
  /// The epoch, counted from 0, of each number. For a name that is missing here they are 0, 1, 2 ...
  std::map<std::string, std::vector<int>> epoch = {};
  long lanes = 0;  ///< FitOptions::lanes of the training, on which the last digits depend; 0: unknown

  /// The numbers under that name, one for each of epochs(name). Throws std::invalid_argument if there are none.
  const std::vector<double>& operator[](const std::string& name) const& {
    const auto found = history.find(name);
    check(found != history.end(), "History: nothing was recorded under \"", name, "\", but under ", names_in(history));
    return found->second;
  }
  /// Of a history that nobody keeps, `trainer.fit(...)["loss"]`, a copy.
  std::vector<double> operator[](const std::string& name) && { return std::as_const(*this)[name]; }
  /// The epochs, counted from 0, in which there was such a number. A callback may log one in some epochs only.
  LATENT_COLD inline std::vector<int> epochs(const std::string& name) const {
    if (const auto known = epoch.find(name); known != epoch.end()) return known->second;
    std::vector<int> all((*this)[name].size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  /// `of_epoch` counts from 0.
  LATENT_COLD inline void append(int of_epoch, const Logs& logs) {
    for (const auto& [name, value] : logs) {
      epoch[name].push_back(of_epoch);
      history[name].push_back(value);
    }
  }
  /// Appends the logs of the next epoch.
  LATENT_COLD inline void append(const Logs& logs) { append(static_cast<int>(epochs()), logs); }
  /// One more than the last epoch that is recorded.
  LATENT_COLD inline std::size_t epochs() const {
    int last = -1;
    for (const auto& [name, values] : history)
      for (const int e : epochs(name)) last = std::max(last, e);
    return static_cast<std::size_t>(last + 1);
  }

  /// Visits the numbers and their epochs.
  LATENT_COLD inline void state(TrainingState& state) {
    if (state.mode == TrainingState::Mode::compare) return check_stored(state);
    const auto visit = [](TrainingState& of, auto& series) {
      if (of.mode == TrainingState::Mode::read) {
        series.clear();
        for (const std::string& name : of.names()) series[name] = {};
      }
      for (auto& [name, values] : series) of(name, values);
    };
    state.under("history", [&](TrainingState& of) { visit(of, history); });
    state.under("history_epoch", [&](TrainingState& of) { visit(of, epoch); });
  }

  /// A table to print: a line for each epoch, counted from 1, a column for each name.
  LATENT_COLD inline std::string text() const {
    std::string table = at_right("epoch", 5);
    Lines lines = by_epoch([](double value) { return with_digits(value, 6); });
    for (const auto& [name, values] : history) table += "  " + at_right(name, width_of(name));
    for (auto& [of_epoch, line] : lines) {
      table += "\n" + at_right(std::to_string(of_epoch + 1), 5);
      for (const auto& [name, values] : history) table += "  " + at_right(line[name], width_of(name));
    }
    return table + "\n";
  }
  /// Prints a table of the epochs.
  friend std::ostream& operator<<(std::ostream& out, const History& shown) { return out << shown.text(); }

  /// Writes "epoch,loss,val_loss" and a line for each epoch, counted from 1; every number is read back as the same. What
  /// was not recorded in an epoch is left empty. Names are in quotation marks where they need them (RFC 4180). Throws FileError.
  LATENT_COLD inline void save_csv(const std::string& path) const {
    std::string csv = "epoch";
    for (const auto& [name, values] : history) csv += "," + in_quotes(name);
    for (Lines lines = by_epoch(exact<double>); auto& [of_epoch, line] : lines) {
      csv += latent::text("\n", of_epoch + 1);
      for (const auto& [name, values] : history) csv += "," + line[name];
    }
    write_atomically(path, csv + "\n");
  }

 private:
  LATENT_COLD inline static std::string in_quotes(const std::string& name) {
    if (name.find_first_of(",\"\r\n") == std::string::npos) return name;
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }
  /// A different history is allowed, but it must be valid: an epoch for each number.
  LATENT_COLD inline static void check_stored(TrainingState& state) {
    std::map<std::string, std::size_t> count;
    state.under("history", [&](TrainingState& of) {
      for (const std::string& name : of.names()) count[name] = of.values(name).size();
    });
    state.under("history_epoch", [&](TrainingState& of) {
      for (const std::string& name : of.names()) {
        const std::vector<double>& epochs = of.values(name);
        const auto is_epoch = [](double e) { return e >= 0 && e < 1e9 && e == std::floor(e); };
        if (epochs.size() != count[name] || !std::all_of(epochs.begin(), epochs.end(), is_epoch))
          of.differ(name, latent::text("the epochs of ", count[name], " numbers"),
                    latent::text(epochs.size(), " others"));
      }
    });
  }

  using Lines = std::map<int, std::map<std::string, std::string>>;

  /// The text of each number, by epoch and name.
  LATENT_COLD inline Lines by_epoch(std::string (*write)(double)) const {
    Lines lines;
    for (const auto& [name, values] : history) {
      const std::vector<int> of = epochs(name);
      check(of.size() == values.size(), "History: ", name, " has ", values.size(), " numbers but ", of.size(),
            " epochs");
      for (std::size_t i = 0; i < values.size(); ++i) lines[of[i]][name] = write(values[i]);
    }
    return lines;
  }
  static std::size_t width_of(const std::string& name) { return std::max<std::size_t>(name.size(), 11); }
};

}  // namespace latent
