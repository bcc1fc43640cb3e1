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

/// What is wrong, empty if nothing is, and the likely reason, empty if none is known.
struct Failure {
  std::string what, why;
};

Failure failure(const Check& check, const Outcome& outcome) {
  if (!outcome.problem.empty()) return {outcome.problem, ""};
  Array expected = check.expected;
  std::vector<double> yours = outcome.values;
  if (expected.values.empty()) {  // two halves: yours, expected
    const auto half = static_cast<std::ptrdiff_t>(yours.size() / 2);
    expected.values.assign(yours.begin() + half, yours.end());
    yours.resize(static_cast<std::size_t>(half));
    if (std::all_of(expected.values.begin(), expected.values.end(), [](double v) { return v == 0 || std::isnan(v); }))
      return {latent::text("there is nothing to compare ", expected.names.empty() ? "" : expected.names[0] + " ",
                           "with: what you compute forward does not depend on it"),
              ""};
  }
  if (yours.size() != expected.values.size())
    return {latent::text("expected ", expected.values.size(), " numbers, yours are ", yours.size()), ""};
  const auto at = worst_place(expected, yours, check.tolerance);
  if (!at) return {};
  const auto i = static_cast<std::size_t>(*at);
  const auto [wanted, received] = distinguishable(expected.values[i], yours[i]);
  const std::string where = place(expected, *at);
  return {latent::text(where.empty() ? "" : "at " + where + " ", "expected ", wanted, ", yours ", received),
          diagnosis(expected, yours, check.suspects, check.tolerance)};
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
  std::string what, against;
  for (const Check& check : checks) {
    const Outcome outcome = run_apart(check.yours, limits_);
    // Who has waited for one endless loop need not wait as long for the next.
    if (outcome.late) limits_.seconds = std::min(limits_.seconds, 2.0);
    if (what.empty()) result.output += outcome.output;
    auto [wrong, why] = failure(check, outcome);
    if (wrong.empty()) continue;
    if (const std::string other = lost(check.needs); outcome.problem.empty() && !other.empty())
      why = latent::text("that comes of your own code, and \"", other, "\" is wrong: mend it first");
    result.marks = 0;
    if (what.empty()) what = wrong, against = check.against;
    result.message =
        latent::text(what, why.empty() ? "" : ": ", why, " (against ", against,
                     against == check.against || why.empty() ? "" : "; the reason, against " + check.against, ")");
    if (!why.empty() || !outcome.problem.empty()) break;
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

std::string Sheet::lost(const std::vector<std::string>& names) const {
  for (const Property& property : properties_)
    if (property.marks < property.of && std::count(names.begin(), names.end(), property.name) > 0) return property.name;
  return "";
}

std::string Sheet::text() const {
  // What a student's program prints must not write over what the marker does.
  const auto visible = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c; };
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
        line += visible(c);
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
