#include "support/run_report.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <streambuf>

#include "latent/report.hpp"
#include "support/options.hpp"

namespace latent {
namespace {

std::optional<Report> shown;

/// Passes on what is printed, and has it in the report, too.
class Copied : public std::streambuf {
 public:
  Copied() : out_(std::cout.rdbuf(this)) {}
  ~Copied() override { std::cout.rdbuf(out_); }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    if (shown) shown->output(std::string(1, traits_type::to_char_type(c)));
    return out_->sputc(traits_type::to_char_type(c));
  }
  std::streamsize xsputn(const char* words, std::streamsize count) override {
    if (shown) shown->output(std::string(words, static_cast<std::size_t>(count)));
    return out_->sputn(words, count);
  }
  int sync() override { return out_->pubsync(); }

 private:
  std::streambuf* out_;
};
std::optional<Copied> copied;

}  // namespace

namespace run_report {

void begin(const Options& options, const std::string& source_file) {
  shown.emplace(options.path("report.html"), ReportOptions{.title = options.program, .at_once = !options.resume},
                source_file);
  copied.emplace();
}
void figure(const std::string& name, double value) {
  if (shown) shown->figure(name, value), shown->write_if_due();
}
void fact(const std::string& name, const std::string& value) {
  if (shown) shown->fact(name, value);
}
void table(const std::string& title, const std::vector<std::string>& heads,
           const std::vector<std::vector<report::Cell>>& rows) {
  if (shown) shown->table(title, heads, rows);
}
void end(const std::string& status, const std::string& why) {
  copied.reset();
  if (!shown) return;
  shown->finish(status, why);
  shown.reset();
}

}  // namespace run_report

void tell_data(const std::string& description) {
  run_report::fact("data", description);
  std::cout << description << std::endl;
}

void Reported::on_moment(Training& training, Moment moment) {
  if (!shown) return;
  if (moment == Moment::start) shown->training(name_);
  shown->on_moment(training, moment);
}
void Reported::on_train_end(Training& training) {
  if (shown) shown->on_train_end(training);
}

}  // namespace latent
