#include "support/options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <numeric>
#include <optional>
#include <sstream>

#include "latent/core/check.hpp"
#include "latent/core/files.hpp"
#include "latent/core/threads.hpp"
#include "support/going_on.hpp"
#include "support/processes.hpp"
#include "support/run_report.hpp"

namespace latent {
namespace {

/// Whether CLI11 will make of the text the number that it is. It takes 010 for 8 and larger numbers for the largest.
template <class Number>
bool is_number(const std::string& input, Number& number) {
  if constexpr (std::is_integral_v<Number>) {
    const bool zeros = input.size() > 1 && input[input[0] == '-'] == '0';
    const auto end = input.data() + input.size();
    const auto [stop, error] = std::from_chars(input.data(), end, number);
    return !zeros && stop == end && error == std::errc();
  } else {
    return CLI::detail::lexical_cast(input, number);
  }
}

/// Adds a number. Its text is checked before CLI11 turns it into a number, so that every message has the same form.
template <class Number>
CLI::Option* add_number(CLI::App& app, const std::string& name, Number& value, const std::string& help, Number least,
                        Number most = std::numeric_limits<Number>::max()) {
  const auto problem = [least, most](const std::string& input) {
    Number number{};
    if (is_number(input, number) && number >= least && number <= most) return std::string();  // "nan" is not
    const std::string limit =
        most == std::numeric_limits<Number>::max() ? text(" of at least ", least) : text(" from ", least, " to ", most);
    return text("expected ", std::is_integral_v<Number> ? "a whole number" : "a number", limit, ", received ", input);
  };
  return app.add_option(name, value, help)->check(CLI::Validator(problem, ""))->capture_default_str();
}

/// How many letters must be changed, left out or put in to make one word of another (V. Levenshtein, 1966).
std::size_t changes_between(const std::string& one, const std::string& other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t replaced = diagonal + (one[i] != other[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}
/// The option that may have been meant by --epoch, --learning_rate or --epchs=3, or "".
std::string similar_option(const CLI::App& app, const std::string& given) {
  std::pair<std::size_t, std::string> best{3, ""};  // more changes make another word
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      best = std::min(best, {changes_between(given.substr(0, given.find('=')), "--" + name), "--" + name});
  return best.second;
}

/// Makes the folder if it is missing. Throws FileError unless files can be put into it.
void require_writable_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(folder, "cannot make this folder: " + error.message());
  if (!std::filesystem::is_directory(folder, error)) throw FileError(folder, "is a file, not a folder");
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    throw FileError(folder, text("cannot write here: ", std::strerror(errno)));
}

/// Throws FileError if something that was printed has not come out, as on a full disk.
void check_output() {
  errno = 0;
  std::cout.flush();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) || !std::cout)
    throw FileError("standard output", errno == 0 ? "not all that was printed could be written"
                                                  : text("cannot be written: ", std::strerror(errno)));
}

/// The folder for results, and since when.
struct Results {
  std::string folder;
  std::filesystem::file_time_type since;
};
std::optional<Results> results;

/// Prints what the program has put into the folder for results: the page, the pictures, the rest.
void tell_what_was_written() {
  if (!results || !writes_files()) return;
  std::vector<std::pair<int, std::string>> written;
  std::error_code error;
  for (std::filesystem::directory_iterator files(results->folder, error), end; !error && files != end;
       files.increment(error)) {
    const std::string name = files->path().filename().string(), ending = files->path().extension().string();
    std::error_code gone;
    const auto time = files->last_write_time(gone);
    if (gone || time < results->since || !files->is_regular_file(gone) || ending == ".part") continue;
    written.emplace_back(ending == ".html" ? 0 : ending == ".png" ? 1 : 2, name);
  }
  if (written.empty()) return;
  std::sort(written.begin(), written.end());
  constexpr std::size_t most = 12;
  std::cout << "written to " << results->folder << ":";
  for (std::size_t i = 0; i < std::min(written.size(), most); ++i)
    std::cout << (i > 0 ? ", " : " ") << written[i].second;
  if (written.size() > most) std::cout << " and " << written.size() - most << " more";
  std::cout << "\n";
}

/// The end of a program that only shows its options or does not understand them.
struct Ended {
  int code;
  std::string message;
};

}  // namespace

Options::Options(const std::string& name, const std::string& description, const Defaults& defaults,
                 const std::string& source)
    : program(name),
      out("out/" + name),
      epochs(defaults.epochs),
      batch_size(defaults.batch_size),
      train(defaults.train),
      seed(defaults.seed),
      defaults_(defaults),
      source_(source),
      app_(std::make_unique<CLI::App>(description, name)) {
  // So that a script's own options can come first and the user's after them.
  app_->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app_->add_option("--data", data,
                   "folder with the data, or mnist.npz or an archive; otherwise $LATENT_DATA and data/ are searched")
      ->type_name("DIR")
      ->check([](const std::string& folder) {
        std::error_code error;
        return std::filesystem::exists(folder, error) ? "" : "expected a folder, received " + folder;
      });
  app_->add_option("--out", out, "folder for the pictures, the history and the weights")
      ->type_name("DIR")
      ->check([](const std::string& folder) { return folder.empty() ? "expected a folder, received nothing" : ""; })
      ->capture_default_str();
  add_number(*app_, "--epochs", epochs, "passes over the training images", 0)->type_name("N");
  add_number(*app_, "--batch-size", batch_size, "images a step", 1)->type_name("N");
  const auto images =
      add_number<std::ptrdiff_t>(*app_, "--train", train, "number of training images, 0 for all", 0)->type_name("N");
  if (train == 0) images->default_str("all");
  add_number<std::uint64_t>(*app_, "--seed", seed, "start of all random numbers", 0)->type_name("N");
  add_number(*app_, "--threads", threads, "number of threads", 1, 1024)->type_name("N")->default_str("all processors");
  app_->add_flag("--resume", resume, "go on with a training that was stopped, from what lies in --out");
  app_->add_flag("--quick", quick,
                 text("a short run: --epochs ", defaults.quick_epochs, " --train ", defaults.quick_train));
}

Options::~Options() = default;

void Options::add(const std::string& name, float& value, const std::string& help, float least) {
  own_[name] = [&value] { return exact(value); };
  add_number(*app_, name, value, help, least)->type_name("NUMBER");
}

void Options::add(const std::string& name, int& value, const std::string& help, int least) {
  own_[name] = [&value] { return text(value); };
  add_number(*app_, name, value, help, least)->type_name("N");
}

void Options::add(const std::string& name, std::string& value, const std::string& help,
                  const std::vector<std::string>& choices) {
  own_[name] = [&value] { return value; };
  std::string listed;
  for (const std::string& choice : choices) listed += (listed.empty() ? "" : "|") + choice;
  app_->add_option(name, value, help)
      ->type_name(listed.empty() ? "TEXT" : listed)
      ->check([choices, listed](const std::string& input) {
        for (const std::string& choice : choices)
          if (input == choice) return std::string();
        if (choices.empty()) return std::string(input.empty() ? "expected a text, received an empty one" : "");
        return "expected " + listed + ", received " + input;
      })
      ->capture_default_str();
}

void Options::add(const std::string& name, bool& value, const std::string& help) {
  own_[name] = [&value] { return value ? "given" : "not given"; };
  app_->add_flag(name, value, help);
}

std::vector<std::pair<std::string, std::string>> Options::of_training() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [name, value] : own_)
    if (!may_change_.contains(name)) all.emplace_back(name, value());
  return all;
}

void Options::describe(const std::string& name, const std::string& help) { app_->get_option(name)->description(help); }

void Options::parse(int argc, char** argv) {
  app_->failure_message([this](const CLI::App*, const CLI::Error& error) {
    return program + ": " + error.what() + "\n" + program + ": --help shows the options\n";
  });
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    std::string message = program + ": not expected:";
    for (const std::string& argument : app_->remaining()) message += " " + argument;
    if (const std::string meant = similar_option(*app_, app_->remaining()[0]); !meant.empty())
      message += "; did you mean " + meant + "?";
    throw Ended{2, message + "\n" + program + ": --help shows the options\n"};
  } catch (const CLI::ParseError& error) {
    std::ostringstream help, message;
    const bool failed = app_->exit(error, help, message) != 0;
    if (writes_files()) std::cout << help.str();  // of several processes the first says it
    throw Ended{failed ? 2 : 0, message.str()};
  }
  if (quick && app_->count("--epochs") == 0) epochs = defaults_.quick_epochs;
  if (quick && app_->count("--train") == 0) train = defaults_.quick_train;
  if (threads > 0) set_threads(threads);
  threads = team_size(0, "--threads");
  require_writable_folder(out);
  // File systems have slower clocks.
  results = Results{out, std::filesystem::file_time_type::clock::now() - std::chrono::milliseconds(20)};
  run_report::begin(*this, source_);
}

int run(int argc, char** argv, void (*example)(int, char**)) {
  std::unique_ptr<Processes> processes;
  const auto say = [&](const char* why, const char* status = "failed") {
    std::cout.flush();
    run_report::end(status, why);
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "example";
    std::cerr << program << ": " << why << '\n';
  };
  const auto failed = [&](const char* why) {
    if (processes) processes->before_message();
    say(why);
    if (processes) processes->end_all();
    return 1;
  };
  try {
    processes = join_processes(argc, argv);
    try {
      example(argc, argv);
    } catch (const Ended& end) {
      if (processes && end.code != 0) processes->before_message();
      std::cerr << end.message;
      if (processes && end.code != 0) processes->end_all();
      check_output();
      return end.code;
    }
    tell_what_was_written();
    check_output();
    run_report::end("finished");
    return 0;
  } catch (const Interrupted& stop) {
    if (writes_files()) say(stop.where.c_str(), "interrupted");  // all of several processes have stopped there
    return 128 + stop.signal;
  } catch (const OutOfMemory& error) {
    return failed(error.what());
  } catch (const std::bad_alloc&) {
    return failed("there is not enough memory; fewer images (--train) or a smaller --batch-size may help");
  } catch (const std::exception& error) {
    return failed(error.what());
  }
}

}  // namespace latent
