#include "support/going_on.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <utility>

#include "latent/io/training_state.hpp"
#include "latent/models/company.hpp"

namespace latent {
namespace {

volatile std::sig_atomic_t caught = 0;

/// The next one does what it always does.
void take_down(int signal) {
  caught = signal;
  std::signal(signal, SIG_DFL);
}

/// "digit_2_" is "digit 2".
std::string name_of(std::string prefix) {
  if (prefix.ends_with('_')) prefix.pop_back();
  std::replace(prefix.begin(), prefix.end(), '_', ' ');
  return prefix;
}

}  // namespace

GoingOn::GoingOn(const Options& options, const std::string& prefix, bool keep, const std::string& name)
    : options_(options.of_training()),
      backup_(std::make_unique<BackupAndRestore>(options.path(prefix + "training.safetensors"))),
      reported_(name.empty() ? name_of(prefix) : name) {
  backup_->delete_checkpoint = !keep;
  if (!options.resume) remove_file(backup_->path);
  std::signal(SIGINT, take_down), std::signal(SIGTERM, take_down);
}
GoingOn::~GoingOn() { std::signal(SIGINT, SIG_DFL), std::signal(SIGTERM, SIG_DFL); }
void GoingOn::data_may_change() { backup_->same_data = false; }

void GoingOn::on_moment(Training& training, Moment moment) {
  // A backup after an epoch takes at most a tenth of the time: an epoch of some milliseconds is soon done again.
  const auto begin = std::chrono::steady_clock::now();
  if (moment != Moment::epoch || begin >= next_backup_ || training.epoch == training.epochs || training.stop) {
    backup_->on_moment(training, moment);
    const auto end = std::chrono::steady_clock::now();
    if (moment == Moment::epoch) next_backup_ = end + 9 * (end - begin);
  }
  reported_.on_moment(training, moment);
  if (!std::exchange(begun_, true) && backup_->restored && training.epoch < training.epochs)
    std::cout << "goes on after " << training.epoch << " of " << training.epochs << " epochs"
              << (training.batch > 0 ? text(" and ", training.batch, " batches") : "") << std::endl;
  if (engine::Company* const all = engine::company(); all && all->any(caught != 0) && caught == 0) caught = SIGTERM;
  if (caught == 0) return;
  io::save_state(backup_->path, training.state);
  throw Interrupted{caught, text("stopped in epoch ", training.epoch + 1, " after ", training.batch, " of ",
                                 training.batches, " batches; the same command with --resume goes on from there")};
}
void GoingOn::state(TrainingState& state) {
  for (const auto& [name, value] : options_) state.must_be(name, value);
}
void GoingOn::on_train_end(Training& training) {
  backup_->on_train_end(training);
  reported_.on_train_end(training);
}

}  // namespace latent
