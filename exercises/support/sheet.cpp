#include "sheet.hpp"

#include <algorithm>
#include <cmath>

#include "latent/core/text.hpp"

namespace marks {
namespace {

/// A number as in a message: four significant digits, more where two would look the same.
std::pair<std::string, std::string> distinguishable(double a, double b) {
  for (int digits = 4; digits < 16; ++digits) {
    auto first = latent::with_digits(a, digits), second = latent::with_digits(b, digits);
    if (first != second) return {first, second};
  }
  return {latent::exact(a), latent::exact(b)};
}

/// Why the check fails; empty if it passes.
std::string failure(const Check& check, const Outcome& outcome) {
  if (!outcome.problem.empty()) return outcome.problem;
  Array expected = check.expected;
  std::vector<double> yours = outcome.values;
  if (expected.values.empty()) {  // two halves: yours, expected
    const auto half = static_cast<std::ptrdiff_t>(yours.size() / 2);
    expected.values.assign(yours.begin() + half, yours.end());
    yours.resize(static_cast<std::size_t>(half));
    if (std::all_of(expected.values.begin(), expected.values.end(), [](double v) { return v == 0 || std::isnan(v); }))
      return "there is nothing to compare with: what you compute forward does not depend on it";
  }
  if (yours.size() != expected.values.size())
    return latent::text("expected ", expected.values.size(), " numbers, yours are ", yours.size());
  const auto at = worst_place(expected, yours, check.tolerance);
  if (!at) return "";
  const auto i = static_cast<std::size_t>(*at);
  const auto [wanted, received] = distinguishable(expected.values[i], yours[i]);
  const std::string where = place(expected.shape, *at),
                    likely = diagnosis(expected, yours, check.suspects, check.tolerance);
  return latent::text(where.empty() ? "" : "at " + where + " ", "expected ", wanted, ", yours ", received,
                      likely.empty() ? "" : ": ", likely);
}

std::string quoted(const std::string& words) {
  std::string out = "\"";
  for (const char c : words) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)
      out += '?';  // a student's program may print anything
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

void Sheet::property(const std::string& name, int marks, const std::vector<Check>& checks) {
  Property result{name, marks, marks, "", ""};
  for (const Check& check : checks) {
    const Outcome outcome = run_apart(check.yours, limits_);
    result.output += outcome.output;
    const std::string why = failure(check, outcome);
    if (why.empty()) continue;
    result.marks = 0;
    result.message = latent::text(why, " (against ", check.against, ")");
    break;
  }
  properties_.push_back(result);
}

int Sheet::marks() const {
  int sum = 0;
  for (const Property& property : properties_) sum += property.marks;
  return sum;
}
int Sheet::of() const {
  int sum = 0;
  for (const Property& property : properties_) sum += property.of;
  return sum;
}

std::string Sheet::text() const {
  std::size_t width = 0;
  for (const Property& property : properties_) width = std::max(width, property.name.size());
  std::string out;
  for (const Property& property : properties_) {
    out += latent::text("  ", property.name, std::string(width - property.name.size(), ' '), "  ", property.marks, "/",
                        property.of, property.message.empty() ? "" : ": ", property.message, "\n");
    std::string line;
    for (const char c : property.output + (property.output.empty() || property.output.back() == '\n' ? "" : "\n"))
      if (c == '\n')
        out += "    | " + line + "\n", line.clear();
      else
        line += c;
  }
  return out;
}

std::string Sheet::json(const std::string& exercise) const {
  std::string list;
  for (const Property& p : properties_)
    list += latent::text(list.empty() ? "" : ",", "\n  {\"name\": ", quoted(p.name), ", \"marks\": ", p.marks,
                         ", \"of\": ", p.of, ", \"message\": ", quoted(p.message), "}");
  return latent::text("{\"exercise\": ", quoted(exercise), ", \"marks\": ", marks(), ", \"of\": ", of(),
                      ", \"properties\": [", list, "]}\n");
}

}  // namespace marks
