// What an action says when it refuses its arguments.
#pragma once

#include <stdexcept>
#include <string>

/// The message of the std::invalid_argument that the action throws; empty if it throws none.
template <class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}
