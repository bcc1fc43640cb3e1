/// The state of a training, by name: to be saved, and restored by another process.
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "latent/core/check.hpp"

namespace latent {

/// Numbers and texts under names such as "adam/m/dense/kernel" or "early_stopping/best". One function of the object that owns
/// the state writes, compares and reads it; the mode of the TrainingState decides which:
///
///     void state(TrainingState& state) { state("best", best), state("waited", waited_); }
///
/// Numbers are restored with all their bits.
class TrainingState {
 public:
  /// What happens when a state is visited.
  enum class Mode {
    write,    ///< visited values are stored
    compare,  ///< visited values stay as they are; `differences` describes how they differ from the stored ones
    read      ///< visited values are set to the stored ones
  };
  /// Numbers of one name.
  struct Numbers {
    std::vector<double> values;  ///< a double holds every float and every whole number up to 2^53
    bool floats = false;         ///< whether all of them are floats
  };

  Mode mode = Mode::write;
  bool same_data = true;                     ///< whether the numbers of the data are compared, too
  std::map<std::string, Numbers> numbers;    ///< by name
  std::map<std::string, std::string> words;  ///< by name
  std::string differences;                   ///< a line each; empty if there is none

  /// One number.
  template <class Number>
    requires std::is_arithmetic_v<Number>
  void operator()(const std::string& name, Number& value) {
    (*this)(name, std::span<Number>(&value, 1));
  }
  /// An array of fixed size.
  template <class Number>
  void operator()(const std::string& name, std::span<Number> values) {
    if (mode == Mode::write) {
      numbers[prefix_ + name] = {{values.begin(), values.end()}, std::is_same_v<Number, float>};
    } else if (const Numbers* const found = find(name)) {
      if (found->values.size() != values.size())
        differ(name, text(values.size(), " numbers"), text(found->values.size()));
      else if (mode == Mode::read)
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Number>(found->values[i]);
      else
        must_fit<Number>(name, found->values);
    }
  }
  /// A whole number that is never outside of least ... most.
  template <class Number>
    requires std::is_integral_v<Number>
  void operator()(const std::string& name, Number& value, Number least,
                  Number most = std::numeric_limits<Number>::max()) {
    (*this)(name, value);
    if (const Numbers* const found = mode == Mode::compare ? find(name) : nullptr; found && found->values.size() == 1)
      if (const double number = found->values[0];
          !(number >= static_cast<double>(least) && number <= static_cast<double>(most)))
        differ(name, text("a number within ", least, "..", most), text(number));
  }
  /// However many there are.
  template <class Number>
  void operator()(const std::string& name, std::vector<Number>& values) {
    if (mode == Mode::write) return (*this)(name, std::span<Number>(values));
    const Numbers* const found = find(name);
    if (!found) return;
    if (mode == Mode::compare) return must_fit<Number>(name, found->values);
    values.assign(found->values.size(), Number());
    (*this)(name, std::span<Number>(values));
  }
  /// A text that must not change: the optimiser, the seed.
  LATENT_COLD inline void must_be(const std::string& name, const std::string& value) {
    if (mode == Mode::write) {
      words[prefix_ + name] = value;
      return;
    }
    const auto found = words.find(prefix_ + name);
    if (found == words.end())
      differences += text("\n  missing: ", prefix_, name);
    else if (found->second != value)
      differ(name, value, found->second);
  }

  /// Visits a part of the state under a prefix.
  template <class Visit>
  void under(const std::string& prefix, const Visit& visit) {
    const std::string before = std::exchange(prefix_, prefix_ + prefix + "/");
    visit(*this);
    prefix_ = before;
  }
  /// The stored names under the prefix, without it.
  LATENT_COLD inline std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& [name, values] : numbers)
      if (name.starts_with(prefix_)) found.push_back(name.substr(prefix_.size()));
    return found;
  }

  /// The stored numbers under a name of `names()`.
  LATENT_COLD inline const std::vector<double>& values(const std::string& name) const {
    return numbers.at(prefix_ + name).values;
  }
  /// Notes a difference under that name.
  LATENT_COLD inline void differ(const std::string& name, const std::string& expected, const std::string& received) {
    differences += text("\n  ", prefix_, name, ": expected ", expected, ", received ", received);
  }

 private:
  /// What was taken down of a Number, and may since have been damaged, is one: a float has no larger value than floats have,
  /// a whole number no fraction.
  template <class Number>
  [[gnu::cold]] void must_fit(const std::string& name, const std::vector<double>& values) {
    using Limits = std::numeric_limits<Number>;
    constexpr double least = static_cast<double>(Limits::lowest()),
                     beyond = 2 * static_cast<double>(Limits::max() / 2 + 1);
    for (const double value : values) {
      const bool fits = Limits::is_integer
                            ? value >= least && value < beyond && value == std::trunc(value)
                            : !std::isfinite(value) || std::abs(value) <= static_cast<double>(Limits::max());
      if (fits) continue;
      differ(name, Limits::is_integer ? "whole numbers that can be held" : "numbers that can be held", text(value));
      return;
    }
  }
  LATENT_COLD inline const Numbers* find(const std::string& name) {
    const auto found = numbers.find(prefix_ + name);
    if (found != numbers.end()) return &found->second;
    differences += text("\n  missing: ", prefix_, name);
    return nullptr;
  }

  std::string prefix_;
};

}  // namespace latent
