/// Trainings that can be stopped and gone on with.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "latent/training/callbacks.hpp"
#include "support/options.hpp"
#include "support/run_report.hpp"

namespace latent {

struct BackupAndRestore;

/// Keeps the state of a training in the folder for results, after every epoch (of short epochs after some, so that it takes a tenth
/// of the time at most): with --resume a program goes on from there.
/// Ctrl-C (and SIGTERM) ends it after the current batch, with what is reached kept; a second one ends it at once.
///
///     GoingOn going_on(options);
///     const History history = trainer.fit(x, x, {.epochs = options.epochs, .callbacks = {&going_on}});
///
/// It goes on with the same options of the program only (Options::of_training). A program with a loop of its own visits state() in the
/// training's.
///
/// Where a program trains several networks, a prefix tells their files apart, and a name their curves in the report.
class GoingOn : public Callback {
 public:
  /// Without --resume an earlier run's state is removed. That of a training that has come to its end is removed, too,
  /// unless it is to be kept, for more epochs or for what a program does with the network.
  explicit GoingOn(const Options& options, const std::string& prefix = "", bool keep = true,
                   const std::string& name = "");
  ~GoingOn() override;
  /// The data may be others when it goes on.
  void data_may_change();

  /// Throws Interrupted.

  void on_moment(Training& training, Moment moment) override;
  void on_train_end(Training& training) override;
  const char* state_name() const override { return "options"; }
  void state(TrainingState& state) override;

 private:
  std::vector<std::pair<std::string, std::string>> options_;
  std::unique_ptr<BackupAndRestore> backup_;
  Reported reported_;
  bool begun_ = false;
  std::chrono::steady_clock::time_point next_backup_ = {};  // not before
};

/// What run() (support/options.hpp) ends with exit code 128 + the signal.
struct Interrupted {
  int signal;
  std::string where;
};

}  // namespace latent
