/// The command line every example has, and the way an example ends. Kept apart from CLI11, which compiles slowly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace latent {

/// An example's own values of the options.
struct Defaults {
  int epochs = 10;
  int batch_size = 128;
  std::ptrdiff_t train = 0;  ///< number of training images; 0 = all
  std::uint64_t seed = 42;
  int quick_epochs = 2;  ///< what --quick takes instead, where the user does not say otherwise
  std::ptrdiff_t quick_train = 10000;
};

/// What the user asked for:
///
///     float noise = 0.5f;
///     std::string loss = "bce";
///     Options options{"denoising_autoencoder", "Removes noise from digits.", {.epochs = 10, .batch_size = 128}};
///     options.add("--noise", noise, "standard deviation of the noise");
///     options.add("--loss", loss, "loss to minimise", {"bce", "mse"});
///     options.parse(argc, argv);
class Options {
 public:
  std::string program;
  std::string data;  ///< folder given by --data; empty: look in the usual places
  std::string out;   ///< folder for everything the program writes; exists and can be written to after parse
  int epochs, batch_size;
  std::ptrdiff_t train;  ///< number of training images; 0 = all
  std::uint64_t seed;
  int threads = 0;  ///< after parse the number of threads in use, at least 1
  bool quick = false;
  bool resume = false;  ///< trainings go on from what lies in `out` (support/going_on.hpp)

  /// `source` is the program's, which its report shows.
  Options(const std::string& program, const std::string& description, const Defaults& defaults = {},
          const std::string& source = __builtin_FILE());
  ~Options();

  /// Adds an option of the program's own. `value` holds the default and takes what the user gives: a number that is
  /// finite and at least `least`, or a text, one of `choices` if there are any. It must outlive parse.
  void add(const std::string& name, float& value, const std::string& help, float least = 0);
  void add(const std::string& name, int& value, const std::string& help, int least = 0);
  void add(const std::string& name, std::string& value, const std::string& help,
           const std::vector<std::string>& choices = {});
  /// Adds an option without a value.
  void add(const std::string& name, bool& value, const std::string& help);

  /// Names options of the program's own that may change when a training is resumed, for the training does not depend on them.
  void may_change(const std::vector<std::string>& names) { may_change_.insert(names.begin(), names.end()); }

  /// What --help says of an option that every program has, where it means something else here. Before parse.
  void describe(const std::string& name, const std::string& help);

  /// Reads the command line (an option given twice counts as given last), makes the folder `out`, begins the report in it
  /// (support/run_report.hpp) and sets OpenMP's number of threads. Ends the program after --help (exit code 0) and after a
  /// mistake (exit code 2, the mistake on stderr). Throws FileError if `out` cannot be written to: better now than after the training.
  void parse(int argc, char** argv);

  /// The program's own options on which a training depends, with their values: "--noise", "0.5".
  std::vector<std::pair<std::string, std::string>> of_training() const;

  /// The path of a file in the folder `out`.
  std::string path(const std::string& file) const { return out + "/" + file; }

 private:
  Defaults defaults_;
  std::string source_;
  std::unique_ptr<CLI::App> app_;
  std::map<std::string, std::function<std::string()>> own_;  // the program's options, and what tells their values
  std::set<std::string> may_change_;
};

/// Runs an example: `int main(int argc, char** argv) { return run(argc, argv, example); }`. An exception ends it with
/// "program: message" on stderr and exit code 1. Its report ends with it. In the end the files that it has written are
/// listed. Started by mpirun, the processes train together (support/processes.hpp).
int run(int argc, char** argv, void (*example)(int argc, char** argv));

}  // namespace latent
