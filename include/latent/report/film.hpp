/// A film of a training: pictures drawn after some of the epochs.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/pictures/apng.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

/// How a film is made.
struct FilmOptions {
  int frames = 24;         ///< at most, about: after each of the first 8 epochs, then evenly, and after the last
  int milliseconds = 350;  ///< duration of a frame
};

/// Draws a picture before a training and after some of its epochs. Together they are one animated PNG file, which is rewritten each
/// time:
///
///     Film film("out/training.png", [&] { return pictures::grid({noisy, autoencoder.predict(noisy), clean}, 10); });
///     trainer.fit(x, y, {.callbacks = {&film}});
///
/// A Report in the same folder shows it with a slider. A resumed training (BackupAndRestore before the film among the
/// callbacks) continues the film in the file.
class Film : public Callback {
 public:
  /// All pictures must have the same size. Throws std::invalid_argument for options outside their range.
  Film(std::string path, std::function<pictures::Image()> draw, FilmOptions options = {})
      : path_(std::move(path)), draw_(std::move(draw)), options_(options) {
    // The last frame is shown five times as long, and the file has 16 bits for a time.
    check(options.milliseconds >= 1 && options.milliseconds <= 13000,
          "Film: milliseconds is within 1..13000, received ", options.milliseconds);
  }

  /// Throws FileError, and whatever the drawing function throws.
  [[gnu::cold]] void on_moment(Training& training, Moment moment) override {
    if (moment == Moment::start) {
      frames_.clear();
      if (training.epoch > 0 || training.batch > 0) take_up(training.epoch);
      if (!frames_.empty()) save();  // it is of this run, too
    }
    if (moment != Moment::batch && training.batch == 0 && due(training.epoch, training.epochs)) add(training.epoch);
  }

 private:
  struct Frame {
    int epoch;
    std::string png;
  };

  /// Epochs are counted from 1 here; 0 is before the first.
  [[gnu::cold]] bool due(int epoch, int epochs) const {
    const int every = std::max(1, (epochs - 9 + options_.frames) / std::max(1, options_.frames - 9));
    return epoch <= 8 || epoch == epochs || epoch % every == 0;
  }
  static std::string label(int epoch) { return epoch == 0 ? "before the training" : text("epoch ", epoch); }

  [[gnu::cold]] void add(int epoch) {
    if (!frames_.empty() && frames_.back().epoch >= epoch) return;
    frames_.push_back({epoch, pictures::encode_png(draw_(), true)});
    save();
  }
  [[gnu::cold]] void save() const {
    std::vector<std::string> pngs;
    std::string labels;
    for (const Frame& frame : frames_) {
      pngs.push_back(frame.png);
      labels += (labels.empty() ? "" : "\n") + label(frame.epoch);
    }
    std::string file = pictures::encode_apng(pngs, options_.milliseconds, 5 * options_.milliseconds);
    file.insert(pictures::png_header_end, pictures::png_text_chunk("Labels", labels));
    write_atomically(path_, file);
  }

  /// The frames of the file up to this epoch; none if the file is not a film.
  [[gnu::cold]] void take_up(int epoch) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path_, error)) return;
    try {
      const std::string file = read_file(path_);
      const std::vector<std::string> pngs = pictures::apng_frames(file);
      if (pngs.empty() || pngs[0][25] != 2) return;  // not RGB: a film of another program
      const std::string labels = "\n" + pictures::png_text(file, "Labels") + "\n";
      std::vector<int> epochs;
      for (int e = 0; e <= epoch; ++e)
        if (labels.find("\n" + label(e) + "\n") != std::string::npos) epochs.push_back(e);
      for (std::size_t i = 0; i < std::min(pngs.size(), epochs.size()); ++i) {
        std::string png = pngs[i];
        if (i == 0)  // what the file says in words is the first frame's
          png.insert(pictures::png_header_end, pictures::png_text_chunk("Title", pictures::png_text(file, "Title")));
        frames_.push_back({epochs[i], png});
      }
    } catch (const std::invalid_argument&) {
      frames_.clear();
    }
  }

  std::string path_;
  std::function<pictures::Image()> draw_;
  FilmOptions options_;
  std::vector<Frame> frames_;
};

}  // namespace latent
