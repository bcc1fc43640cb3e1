/// Runs a student's code in a process of its own, with limits: whatever it does, the marker goes on.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace marks {

/// Thrown by a job that sees what is wrong: its words become the problem.
struct Problem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Limits {
  double seconds = 10;  ///< of processor time; by the clock four times as many, for others may use the machine
  double bytes = 2e9;   ///< of address space
  std::size_t output_size = 4000;  ///< characters of what it prints that are kept
};

struct Outcome {
  std::vector<double> values;  ///< what the job returned
  std::string problem;         ///< why there are no values: "it crashed (...)"; empty if all went well
  std::string output;          ///< what it printed
  bool late = false;           ///< it was ended because its time was up
};

/// Calls the job in a child process and returns what came of it. A crash, an exception, exit(), too much memory and an
/// endless loop end as a problem in words. It cannot start processes, where the system can forbid it (Linux).
Outcome run_apart(const std::function<std::vector<double>()>& job, const Limits& limits);

}  // namespace marks
