/// --option value ..., for the benchmarks.
#pragma once

#include <algorithm>
#include <charconv>
#include <latent/core/check.hpp>
#include <latent/core/threads.hpp>
#include <map>
#include <string>
#include <vector>

using namespace latent;

class CommandLine {
 public:
  /// Throws std::invalid_argument for an option that is not among `known`.
  CommandLine(int argc, char** argv, const std::vector<std::string>& known) {
    std::vector<std::string>* values = nullptr;
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word.starts_with("--")) {
        check(std::find(known.begin(), known.end(), word) != known.end(), "there is no option ", word);
        values = &options_[word];
      } else {
        check(values, "expected an option, received ", word);
        values->push_back(word);
      }
    }
  }

  bool has(const std::string& option) const { return options_.contains(option); }
  std::vector<std::string> words(const std::string& option) const {
    if (!has(option)) return {};
    check(!options_.at(option).empty(), option, " needs a value");
    return options_.at(option);
  }
  std::string word(const std::string& option, const std::string& otherwise) const {
    const auto all = words(option);
    check(all.size() <= 1, option, " takes one value, received ", all.size());
    return all.empty() ? otherwise : all[0];
  }

  /// Whole numbers, at least 1.
  std::vector<int> numbers(const std::string& option) const {
    std::vector<int> all;
    for (const std::string& value : words(option)) {
      all.push_back(parsed<int>(option, value));
      check(all.back() >= 1, option, " is at least 1, received ", value);
    }
    return all;
  }
  int number(const std::string& option, int otherwise) const {
    const std::vector<int> all = numbers(option);
    check(all.size() <= 1, option, " takes one value, received ", all.size());
    return all.empty() ? otherwise : all[0];
  }
  double seconds(double otherwise) const {
    const std::string value = word("--seconds", "");
    const double seconds = value.empty() ? otherwise : parsed<double>("--seconds", value);
    check(seconds > 0, "--seconds is more than 0, received ", value);
    return seconds;
  }
  /// --threads, or else one and all.
  std::vector<int> threads() const {
    if (has("--threads")) return numbers("--threads");
    const int all = team_size(0, "--threads");
    return all > 1 ? std::vector{1, all} : std::vector{1};
  }

 private:
  template <class Number>
  static Number parsed(const std::string& option, const std::string& value) {
    Number number{};
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    check(error == std::errc{} && end == value.data() + value.size(), option, ": expected a number, received ", value);
    return number;
  }

  std::map<std::string, std::vector<std::string>> options_;
};
