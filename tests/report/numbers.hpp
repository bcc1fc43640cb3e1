// Numbers in what a report has written.
#pragma once

#include <charconv>
#include <string>
#include <vector>

/// All numbers in a text.
inline std::vector<double> numbers(const std::string &words) {
  std::vector<double> found;
  for (const char *at = words.data(), *const end = at + words.size(); at != end;) {
    double number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error == std::errc()) found.push_back(number);
    at = error == std::errc() ? after : at + 1;
  }
  return found;
}
