/// Files written byte by byte, and what a reader says of them.
#pragma once

#include <initializer_list>
#include <string>

#include "latent/core/check.hpp"

inline std::string letters(std::initializer_list<int> bytes) {
  std::string word;
  for (const int byte : bytes) word += static_cast<char>(byte);
  return word;
}
inline std::string zeros(std::size_t count) { return std::string(count, '\0'); }

/// What the action says is wrong with the file f, or "".
template <class Action>
std::string problem(const Action& action) {
  try {
    action();
  } catch (const latent::FileError& error) {
    return error.what();
  }
  return "";
}
