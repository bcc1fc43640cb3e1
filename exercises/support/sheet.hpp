/// A sheet of marks: properties of a student's code, each compared with numbers that are known to be right.
#pragma once

#include <functional>

#include "diagnosis.hpp"
#include "sandbox.hpp"

namespace marks {

/// One comparison.
struct Check {
  std::string against;                         ///< "latent's Dense", "Keras", "central differences of your forward"
  Array expected;                              ///< without values: `yours` gives yours, then what was expected
  std::function<std::vector<double>()> yours;  ///< runs the student's code, apart
  std::vector<Suspect> suspects = {};
  double tolerance = 1e-9;  ///< of the largest number; rounding in double makes a millionth of that
  /// Properties whose code the expected values come from: if one of them is wrong, these are, too.
  std::vector<std::string> needs = {};
};

/// A property of the code, with what it earned. Marks are given if all its checks pass.
struct Property {
  std::string name;
  int marks = 0, of = 0;
  std::string message;  ///< why marks are missing: the place, expected, yours, and the likely mistake
  std::string output;   ///< what the student's code printed
};

class Sheet {
 public:
  explicit Sheet(Limits limits = {}) : limits_(limits) {}

  /// Runs the checks, up to the first that fails. If it cannot be told why, those after it are asked, too.
  void property(const std::string& name, int marks, const std::vector<Check>& checks);
  /// A property that is judged elsewhere, such as speed: `message` is shown in any case.
  void add(Property property) { properties_.push_back(std::move(property)); }

  const Limits& limits() const { return limits_; }
  const std::vector<Property>& properties() const { return properties_; }
  int marks() const;
  int of() const;
  /// The first of these properties that has lost its marks; empty if none has.
  std::string lost(const std::vector<std::string>& names) const;

  /// A line for each property.
  std::string text() const;
  /// {"exercise": ..., "marks": ..., "of": ..., "properties": [{"name", "marks", "of", "message"}]}
  std::string json(const std::string& exercise) const;

 private:
  Limits limits_;
  std::vector<Property> properties_;
};

}  // namespace marks
