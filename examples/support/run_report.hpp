/// The report of a run: report.html in the folder for results, which every program writes while it runs. Options::parse begins
/// it, run() ends it, and what the programs print, train and save finds its way there. Kept apart, for it compiles slowly.
#pragma once

#include <string>
#include <vector>

#include "latent/report/html.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

class Options;

namespace run_report {
void begin(const Options& options, const std::string& source_file);
void figure(const std::string& name, double value);
void fact(const std::string& name, const std::string& value);
void table(const std::string& title, const std::vector<std::string>& heads,
           const std::vector<std::vector<report::Cell>>& rows);
/// The run is "finished", "interrupted" or "failed", and why.
void end(const std::string& status, const std::string& why = "");
}  // namespace run_report

/// Prints where the data are from.
void tell_data(const std::string& description);

/// Shows a training in the report, under a name. GoingOn does that, too. A loop of one's own fills in what Training knows of
/// its model and its history, and tells on_moment.
class Reported : public Callback {
 public:
  explicit Reported(std::string name) : name_(std::move(name)) {}

  void on_moment(Training& training, Moment moment) override;
  void on_train_end(Training& training) override;

 private:
  std::string name_;
};

}  // namespace latent
