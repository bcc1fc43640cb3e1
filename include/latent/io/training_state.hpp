/// Trainings that go on in another process: their state in a file, and a callback that keeps it there. Needs nlohmann-json.
///
///     BackupAndRestore backup("state.safetensors");
///     const History history = trainer.fit(x, y, {.epochs = 30, .callbacks = {&early_stopping, &backup}});
///
/// A process that is killed and started again goes on where the last backup was. Weights, history and what callbacks know
/// are those of a training that was never stopped, to the last bit, on any number of threads. A training with another network,
/// loss, optimiser or seed, or with other numbers in its data, is refused.
/// https://keras.io/api/callbacks/backup_and_restore/
#pragma once

#include "latent/core/fingerprint.hpp"
#include "latent/io/safetensors_reader.hpp"
#include "latent/training/callbacks.hpp"

namespace latent::io {

/// What the fingerprint of a state is taken of: a line for each tensor, in the order of their names.
LATENT_COLD inline std::string line_of(const std::string& name, std::string_view bytes) {
  return text(name, " ", fingerprint_of(bytes.data(), bytes.size()), "\n");
}

/// Writes a state: numbers as tensors of F32 or F64, words into the metadata, with a fingerprint of all numbers. Throws FileError if
/// writing fails.
LATENT_COLD inline void write_state(const std::string& path, const TrainingState& state) {
  Metadata metadata = state.words;
  metadata["format"] = "latent training state";
  std::vector<std::vector<float>> floats;
  floats.reserve(state.numbers.size());  // what is in it stays where it is
  std::vector<TensorBytes> tensors;
  for (const auto& [name, numbers] : state.numbers) {
    const std::vector<Index> shape{static_cast<Index>(numbers.values.size())};
    if (!numbers.floats) {
      tensors.push_back(bytes_of(name, shape, numbers.values.data()));
      continue;
    }
    floats.emplace_back(numbers.values.begin(), numbers.values.end());
    tensors.push_back(bytes_of(name, shape, floats.back().data()));
  }
  std::string lines;
  for (const TensorBytes& tensor : tensors) lines += line_of(tensor.name, tensor.bytes);
  metadata["fingerprint"] = fingerprint_of(lines.data(), lines.size());
  write_safetensors(path, tensors, metadata);
}

/// Throws FileError for a file that is none of `write_state`, or has been damaged since.
LATENT_COLD inline TrainingState read_state(const std::string& path) {
  const SafeTensors file = read_safetensors(path);
  const auto format = file.metadata.find("format");
  if (format == file.metadata.end() || format->second != "latent training state")
    throw FileError(path, "is not the state of a training");
  std::string lines;
  for (const auto& [name, tensor] : file.tensors) lines += line_of(name, file.bytes(name));
  const auto written = file.metadata.find("fingerprint");
  if (written == file.metadata.end() || written->second != fingerprint_of(lines.data(), lines.size()))
    throw FileError(path, "is damaged: the numbers in it are not those that were written");
  TrainingState state;
  state.words = file.metadata;
  for (const auto& [name, tensor] : file.tensors) state.numbers[name] = {file.get<double>(name), tensor.dtype == "F32"};
  return state;
}

/// Writes what `visit(TrainingState&)` visits.
template <class Visit>
void save_state(const std::string& path, const Visit& visit) {
  TrainingState state;
  visit(state);
  write_state(path, state);
}
/// Puts it back. Throws FileError, with all differences, for the state of something else; then nothing has changed.
template <class Visit>
void load_state(const std::string& path, const Visit& visit) {
  TrainingState state = read_state(path);
  state.mode = TrainingState::Mode::compare;
  visit(state);
  if (!state.differences.empty()) throw FileError(path, "is the state of another training:" + state.differences);
  state.mode = TrainingState::Mode::read;
  visit(state);
}

/// Keeps the state of a trainer between two calls of `fit` in a file: parameters, moments, steps, epochs. (Callbacks and the
/// history of a call are kept by BackupAndRestore.) Throws FileError if writing fails.
template <class Trainer>
[[gnu::cold]] void save_training(const std::string& path, Trainer& trainer) {
  save_state(path, [&](TrainingState& state) { trainer.state(state); });
}
/// Throws FileError, with all differences, if the model, its frozen layers or the optimiser are others; then nothing has
/// changed.
template <class Trainer>
[[gnu::cold]] void load_training(const std::string& path, Trainer& trainer) {
  load_state(path, [&](TrainingState& state) { trainer.state(state); });
}

}  // namespace latent::io

namespace latent {

using io::load_training, io::save_training;

/// Keeps the state of a training in a file, after every epoch or every `save_freq` batches; a training that finds one when
/// it begins goes on from there. When it has ended the file is removed, unless `delete_checkpoint` is false: then a training
/// with more epochs can go on from it.
struct BackupAndRestore : Callback {
  std::string path;
  Index save_freq = 0;            ///< batches; 0: after every epoch
  bool delete_checkpoint = true;  ///< whether the file is removed when the training has ended
  bool same_data = true;  ///< false: it goes on with other data, as where `fit` is called with new ones for each epoch

  bool restored = false;  ///< whether the last training went on from a file

  /// Saves to that file after each epoch or, if `every` is not 0, after so many batches.
  explicit BackupAndRestore(std::string file, Index every = 0) : path(std::move(file)), save_freq(every) {}

  /// Throws FileError if the file there is that of another training, or cannot be written.
  void on_moment(Training& training, Moment moment) override {
    check(save_freq >= 0, "BackupAndRestore: save_freq is at least 0, received ", save_freq);
    if (moment == Moment::start) {
      std::error_code error;
      restored = std::filesystem::exists(path, error);
      if (restored)
        io::load_state(path, [&](TrainingState& state) {
          state.same_data = same_data;
          training.state(state);
        });
      batches_ = 0;
    } else if (moment == Moment::epoch || (save_freq > 0 && ++batches_ % save_freq == 0)) {
      io::save_state(path, training.state);
    }
  }
  void on_train_end(Training&) override {
    if (delete_checkpoint) remove_file(path);
  }

 private:
  Index batches_ = 0;  // of this process
};

}  // namespace latent
