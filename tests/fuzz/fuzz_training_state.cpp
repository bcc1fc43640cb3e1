// The state of a training with numbers that are made up: it is refused with what does not fit, or the training goes on.
#include <cstring>
#include <latent/latent.hpp>

#include "as_file.hpp"

using namespace latent;

namespace {

/// Takes the state that is given up at the start, as BackupAndRestore does with that of a file.
struct TakeUp : Callback {
  TrainingState state_;
  void on_moment(Training& training, Moment moment) override {
    if (moment != Moment::start) return;
    if (state_.numbers.empty()) return training.state(state_);
    state_.mode = TrainingState::Mode::compare;
    training.state(state_);
    if (!state_.differences.empty()) throw FileError("made up", state_.differences);
    state_.mode = TrainingState::Mode::read;
    training.state(state_);
  }
};

/// Trains for two epochs of two batches.
History train(TakeUp& take_up) {
  static const Tensor<2> x = Tensor<2>(8, 3).setConstant(0.5f);
  Sequential<Input<3>, Dense<2, ReLU>, Dense<3>> model{Seed{1}};
  EarlyStopping early({.monitor = "loss", .patience = 1, .restore_best_weights = true});
  ReduceLROnPlateau reduce({.monitor = "loss", .patience = 1});
  return compile(model, Adam{}, MeanSquaredError{})
      .fit(x, x, {.epochs = 2, .batch_size = 4, .verbose = {}, .callbacks = {&reduce, &early, &take_up}, .threads = 1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const TrainingState whole = [] {
    TakeUp start;
    train(start);
    start.state_.numbers["history/loss"] = start.state_.numbers["history_epoch/loss"] = {{0}, false};
    return start.state_;
  }();
  TakeUp take_up;
  take_up.state_ = whole;
  // Each ten bytes: which numbers, how many there are or which of them, and what stands there.
  for (; size >= 10; bytes += 10, size -= 10) {
    auto chosen = take_up.state_.numbers.begin();
    std::advance(chosen, bytes[0] % take_up.state_.numbers.size());
    std::vector<double>& values = chosen->second.values;
    if (bytes[1] >= 0xF0) values.resize(bytes[1] & 0x0F);
    if (!values.empty()) std::memcpy(&values[bytes[1] % values.size()], bytes + 2, 8);
  }
  try {
    expect(!train(take_up).text().empty());
  } catch (const FileError& error) {
    expect(std::string(error.what()).starts_with("made up: \n  "));
  } catch (const NotFinite&) {              // weights may be infinite
  } catch (const std::invalid_argument&) {  // and so may the learning rate
  }
  return 0;
}
