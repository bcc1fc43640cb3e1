/// A page about a run: the task, results, curves, pictures, the network, tables, the command, the source.
#pragma once

#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/core/version.hpp"
#include "latent/report/banner.hpp"
#include "latent/report/explorer_link.hpp"
#include "latent/report/machine.hpp"
#include "latent/report/network.hpp"
#include "latent/report/picture.hpp"
#include "latent/report/script.hpp"
#include "latent/report/style.hpp"
#include "latent/report/uplot.hpp"
#include "latent/training/callbacks.hpp"

namespace latent {

/// How a report is written.
struct ReportOptions {
  std::string title = {};       ///< of the page; if there is none the name of the source file
  bool at_once = true;          ///< false: a page that is there stays until a training begins, or all has ended well
  bool pictures_beside = true;  ///< takes in every PNG file in its folder that is written after it was made
  double seconds = 2;           ///< from one time that it is written to the next, at least
  double share = 0.01;          ///< of the time that goes into writing it, at most
  std::size_t picture_bytes = 1300000;  ///< of all pictures; where there are more the largest are made smaller
  std::size_t page_bytes = 1950000;     ///< of the page; pictures get what the rest leaves, `picture_bytes` at most
};

/// A page that shows a training while it runs, and all of its results in the end. It is one file that needs nothing else:
///
///     Report report("out/report.html");
///     trainer.fit(x, y, {.epochs = 10, .callbacks = {&report}});
///
/// The page is written when a Report is made, during trainings (every two seconds, in at most a hundredth of the time) and when the
/// Report goes out of scope. It is complete each time, and reloads itself in a browser while the program runs.
///
/// The page holds the comment at the top of the source and the source itself, if the source is still where it was compiled from.
/// A report does not change a training: weights and histories have the same bits with and without it.
class Report : public Callback {
 public:
  /// `source_file` is the source of the program; by default the file that calls this constructor. Throws FileError if the page cannot
  /// be written, and std::invalid_argument for options outside their range.
  [[gnu::cold]] explicit Report(std::string path, ReportOptions options = {},
                                std::string source_file = __builtin_FILE())
      : path_(std::move(path)), options_(std::move(options)), source_file_(std::move(source_file)) {
    check(options_.seconds >= 0, "report: seconds is at least 0, received ", options_.seconds);
    check(options_.share > 0, "report: share is more than 0, received ", options_.share);
    std::error_code error;
    if (std::filesystem::is_regular_file(source_file_, error)) source_ = read_file(source_file_);
    banner_ = report::Banner(source_);
    if (options_.title.empty()) options_.title = std::filesystem::path(source_file_).stem().string();
    if (options_.at_once) write();
  }
  /// Writes the page a last time. An error is reported on stderr.
  ~Report() override {
    if (done_) return;
    const bool thrown = std::uncaught_exceptions() > exceptions_;
    finish(thrown ? "failed" : "finished", thrown ? "an exception ended the program" : "");
  }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// Adds a line about the run: fact("data", "60,000 digits").
  void fact(const std::string& name, const std::string& value) { facts_.emplace_back(name, value); }
  /// Adds a numeric result. It replaces an earlier one with the same name.
  [[gnu::cold]] void figure(const std::string& name, double value) {
    for (auto& [known, number] : figures_)
      if (known == name) {
        number = value;
        return;
      }
    figures_.emplace_back(name, value);
  }
  /// Adds a table, which a click on a heading sorts. It replaces an earlier one with the same title. Throws std::invalid_argument
  /// unless each row has a cell for each heading.
  [[gnu::cold]] void table(const std::string& title, const std::vector<std::string>& heads,
                           const std::vector<std::vector<report::Cell>>& rows) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      check(rows[r].size() == heads.size(), "report: row ", r + 1, " of the table \"", title, "\" has ", rows[r].size(),
            " cells, expected ", heads.size());
    std::string html = report::table_html(title, heads, rows);
    for (auto& [known, content] : tables_)
      if (known == title) {
        content = std::move(html);
        return;
      }
    tables_.emplace_back(title, std::move(html));
  }
  /// Adds a picture that is not a file of the folder, or one that needs a caption.
  [[gnu::cold]] void picture(const std::string& name, const pictures::Image& image, const std::string& caption = "") {
    captions_[name] = caption;
    own_pictures_.insert_or_assign(name, report::Picture(name, pictures::encode_png(image)));
  }
  /// Describes the picture of that name. Without this, the description is taken from the comment at the top of the source.
  void caption(const std::string& name, const std::string& words) { captions_[name] = words; }
  /// Adds text that the program printed.
  void output(const std::string& words) { output_ += words; }
  /// Names the trainings that follow: it tells the curves apart where a program trains several networks.
  void training(const std::string& name) { name_ = name; }

  [[gnu::cold]] void on_moment(Training& training, Moment moment) override {
    if (moment == Moment::start) entry_ = nullptr, options_.at_once = true, begin(training);
    if (!entry_ || (moment == Moment::batch && Clock::now() < due_)) return;
    entry_->seconds = std::chrono::duration<double>(Clock::now() - entry_begin_).count();
    entry_->epoch = training.epoch, entry_->batch = training.batch, entry_->batches = training.batches;
    if (moment != Moment::batch) {
      if (moment == Moment::epoch) {
        entry_->samples += training.samples;
        for (auto& [name, value] : entry_->settings)
          if (name == "samples") value = with_commas(training.samples);
      }
      if (training.history) entry_->add(*training.history);
    }
    entry_->logs = training.logs;
    write_if_due();
  }
  [[gnu::cold]] void on_train_end(Training&) override {
    if (entry_) entry_->ended = true;
  }

  /// Writes the page. Throws FileError.
  [[gnu::cold]] void write() {
    if (!writes_files()) return;
    const auto start = Clock::now();
    write_atomically(path_, html());
    const std::chrono::duration<double> cost = Clock::now() - start;
    const double most = 1e8;  // three years: a clock counts nanoseconds
    const double wait = std::min(std::max(options_.seconds, cost.count() / options_.share), most);
    due_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(wait));
  }
  /// Writes the page, unless it has just been written. An error is reported on stderr once and does not end the training.
  [[gnu::cold]] void write_if_due() {
    if (options_.at_once && Clock::now() >= due_) try_to_write();
  }
  /// Writes the page a last time: the run is "finished", "interrupted" or "failed", and why. Throws std::invalid_argument for
  /// another word.
  [[gnu::cold]] void finish(const std::string& status, const std::string& why = "") {
    check(status == "finished" || status == "interrupted" || status == "failed",
          "report: a run is finished, interrupted or failed, received ", status);
    status_ = status, why_ = why, done_ = true;
    if (options_.at_once || status == "finished") try_to_write();
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// What is known about one training.
  struct Entry {
    std::string wanted, name;  // names as they were given, and with a number where there are several
    std::string network, settings_html;
    std::map<int, Logs> history;  // by epoch, counted from 0
    Logs logs;                    // of the epoch that goes on
    int epoch = 0, epochs = 0;
    long batch = 0, batches = 0, samples = 0;
    double seconds = 0;
    Index parameters = 0;
    bool ended = false;
    std::vector<std::pair<std::string, std::string>> settings;

    [[gnu::cold]] void add(const History& of) {
      for (const auto& [key, values] : of.history) {
        const std::vector<int> epochs_of = of.epochs(key);
        for (std::size_t i = 0; i < values.size(); ++i) history[epochs_of[i]][key] = values[i];
      }
    }
    [[gnu::cold]] std::vector<std::string> quantities() const {
      std::set<std::string> names;
      for (const auto& [of_epoch, numbers] : history)
        for (const auto& [key, value] : numbers) names.insert(key);
      return {names.begin(), names.end()};
    }
  };

  struct Network {
    std::string key, heading;
    std::vector<std::string> trainings;
    std::string html;
  };

  /// A training that continues after some epochs is the earlier one of the same name; any other training is new.
  [[gnu::cold]] void begin(const Training& training) {
    const bool is_new = !training.history || training.history->history.empty();
    if (training.epoch >= training.epochs && is_new) return;
    const std::string wanted = !name_.empty() ? name_ : training.model ? training.model->name : "training";
    Entry* known = nullptr;
    int count = 0;
    for (const auto& entry : entries_)
      if (entry->wanted == wanted) known = entry.get(), ++count;
    if (!known || training.epoch == 0) {
      entries_.push_back(std::make_unique<Entry>());
      known = entries_.back().get();
      known->wanted = wanted;
      known->name = count == 0 ? wanted : text(wanted, " (", count + 1, ")");
    }
    entry_ = known;
    entry_begin_ =
        Clock::now() - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(known->seconds));
    known->epochs = training.epochs, known->ended = false;
    if (training.model) {
      known->network = training.model->name;
      known->parameters = 0;
      engine::for_parameters(training.model->network.layers, [&](std::size_t, std::size_t, const ParameterSpec& spec,
                                                                 Index) { known->parameters += spec.size(); });
      draw(*training.model, *known);
    }
    known->settings = {{"optimiser", training.optimizer},
                       {"learning rate", rate_in_words(training)},
                       {"batch size", training.batch_size > 0 ? with_commas(training.batch_size) : "not known"},
                       {"samples", ""},  // known after an epoch
                       {"seed", std::to_string(training.seed.value)},
                       {"threads", std::to_string(training.threads)}};
  }
  /// Trainings of the same network share its drawing.
  [[gnu::cold]] void draw(const ModelFacts& model, const Entry& entry) {
    const std::string heading = text(model.name, ": ", with_commas(entry.parameters), " parameters");
    std::string key = model.summary();
    for (const engine::LayerFacts& layer : model.network.layers) key += text(layer.activation, " ");
    for (Network& network : networks_)
      if (network.key == key) {
        if (std::find(network.trainings.begin(), network.trainings.end(), entry.name) == network.trainings.end())
          network.trainings.push_back(entry.name);
        return;
      }
    networks_.push_back({key, heading, {entry.name}, report::network_html(model, text("layers-", networks_.size()))});
  }
  [[gnu::cold]] std::string networks_html() const {
    std::string out;
    for (std::size_t i = 0; i < networks_.size(); ++i) {
      const Network& network = networks_[i];
      std::string trainings;
      for (const std::string& name : network.trainings) trainings += (trainings.empty() ? "" : ", ") + name;
      const std::string remark =
          entries_.size() > 1 ? "<p class=\"file\">" + report::escaped(trainings) + "</p>\n" : "";
      const std::string heading = report::escaped(network.heading);
      if (networks_.size() <= 2)
        out += text("<div><h3>", heading, "</h3>\n", remark, network.html, "</div>\n");
      else
        out += text("<details id=\"network-", i, "\"", i == 0 ? " open" : "", "><summary>", heading, "</summary>\n",
                    remark, network.html, "</details>\n");
    }
    return out.empty() ? "" : "<div class=\"networks\">\n" + out + "</div>\n";
  }
  [[gnu::cold]] static std::string rate_in_words(const Training& training) {
    if (!training.learning_rate) return "";
    const double first = (*training.learning_rate)(0);
    return with_digits(first, 4) + (training.learning_rate->is_schedule() ? ", by a schedule" : "");
  }

  [[gnu::cold]] void try_to_write() {
    try {
      write();
    } catch (const std::exception& error) {
      if (!std::exchange(said_, true)) std::fprintf(stderr, "report: %s\n", error.what());
      due_ = Clock::now() + std::chrono::minutes(1);
    }
  }

  /// Reads the pictures that are new in the folder, in the order in which they were written.
  [[gnu::cold]] void find_pictures() {
    namespace fs = std::filesystem;
    if (!options_.pictures_beside) return;
    std::error_code error;
    const fs::path folder = fs::path(path_).parent_path();
    for (fs::directory_iterator files(folder.empty() ? "." : folder, error), end; !error && files != end;
         files.increment(error)) {
      if (files->path().extension() != ".png") continue;
      std::error_code gone;
      const auto time = fs::last_write_time(files->path(), gone);
      const std::string name = files->path().filename().string();
      if (gone || time < begin_ - std::chrono::milliseconds(20)) continue;  // file systems have slower clocks
      const auto known = found_.find(name);
      if (known != found_.end() && known->second.first == time) continue;
      try {
        found_.insert_or_assign(name, std::pair{time, report::Picture(name, read_file(files->path().string()))});
      } catch (const std::exception&) {
        // No PNG file, or one that somebody else is writing.
      }
    }
  }

  /// The pictures of the page: those of the folder by age, then those of the program.
  [[gnu::cold]] std::vector<const report::Picture*> all_pictures(std::size_t most_bytes) {
    find_pictures();
    std::vector<report::Picture*> all;
    std::vector<std::pair<std::filesystem::file_time_type, report::Picture*>> by_age;
    for (auto& [name, found] : found_)
      if (!own_pictures_.contains(name)) by_age.emplace_back(found.first, &found.second);
    std::sort(by_age.begin(), by_age.end(), [](const auto& a, const auto& b) {
      return std::tie(a.first, a.second->name) < std::tie(b.first, b.second->name);
    });
    for (const auto& [time, picture] : by_age) all.push_back(picture);
    for (auto& [name, picture] : own_pictures_) all.push_back(&picture);
    shrink(all, std::min(options_.picture_bytes, most_bytes));
    return {all.begin(), all.end()};
  }
  /// Halves the largest pictures until all of them together keep to the limit.
  [[gnu::cold]] static void shrink(std::vector<report::Picture*> pictures, std::size_t most_bytes) {
    std::size_t bytes = 0;
    for (const auto* picture : pictures) bytes += picture->bytes();
    while (bytes > most_bytes && !pictures.empty()) {
      // The one of most bytes that can still be looked at when it is half as wide.
      const auto order = [](const auto* picture) { return std::pair(picture->width() > 320, picture->bytes()); };
      const auto largest = std::max_element(pictures.begin(), pictures.end(),
                                            [&](const auto* a, const auto* b) { return order(a) < order(b); });
      bytes -= (*largest)->bytes();
      try {
        (*largest)->reduce();
        bytes += (*largest)->bytes();
        if ((*largest)->bytes() < 1000) break;
      } catch (const std::exception&) {
        pictures.erase(largest);  // of a kind that is not read; it stays as it is
      }
    }
  }

  static std::string section(const std::string& id, const std::string& heading, const std::string& content) {
    return content.empty() ? ""
                           : text("<section id=\"", id, "\" aria-labelledby=\"h-", id, "\"><h2 id=\"h-", id, "\">",
                                  report::escaped(heading), "</h2>\n", content, "</section>\n");
  }

  [[gnu::cold]] std::string status_html() const {
    std::string out = text("<p class=\"status\"><span class=\"pill ", status_, "\">", status_, "</span>");
    const double seconds = std::chrono::duration<double>(Clock::now() - clock_begin_).count();
    if (status_ == "running" && entry_ && !entry_->ended) {
      const double done =
          entry_->epoch +
          (entry_->batches > 0 ? static_cast<double>(entry_->batch) / static_cast<double>(entry_->batches) : 0);
      std::string logs;
      for (const auto& [name, value] : entry_->logs) logs += text("  ", name, " ", with_digits(value, 4));
      out +=
          text("<progress max=\"", entry_->epochs, "\" value=\"", with_decimals(done, 3), "\" aria-label=\"progress\">",
               "</progress><span>", report::escaped(entry_->name), ": epoch ",
               std::min(entry_->epoch + 1, entry_->epochs), " of ", entry_->epochs, report::escaped(logs), "</span>");
    }
    if (!why_.empty()) out += text("<span>", report::escaped(why_), "</span>");
    out += text("<span>", report::duration(seconds), ", written ", report::local_time(std::time(nullptr)), "</span>");
    if (status_ == "running")
      out +=
          "<span id=\"news\" role=\"status\"></span><label class=\"follow\"><input type=\"checkbox\" id=\"follow\" "
          "checked> "
          "reload automatically</label>";
    return out + "</p>\n";
  }

  /// The last numbers of the only training, and the program's own results.
  [[gnu::cold]] std::string results_html() const {
    std::string cards;
    std::vector<std::vector<report::Cell>> rows;
    const auto card = [&](const std::string& name, double value) {
      cards += text("<li><b>", report::escaped(report::readable(value)), "</b><span>", report::escaped(name),
                    "</span></li>\n");
    };
    std::set<std::string> told;
    for (const auto& [name, value] : figures_) {
      rows.push_back({name, value});
      told.insert(name);
    }
    if (entries_.size() == 1 && !entries_[0]->history.empty())
      for (const auto& [name, value] : entries_[0]->history.rbegin()->second)
        if (!told.contains(name)) card(name, value);
    for (std::size_t i = 0; i < figures_.size() && i < 8; ++i) card(figures_[i].first, figures_[i].second);
    std::string out = cards.empty() ? "" : "<ul class=\"cards\">\n" + cards + "</ul>\n";
    if (figures_.size() > 8) out += report::table_html("All figures", {"figure", "value"}, rows);
    return out;
  }

  [[gnu::cold]] std::string curves_html() const {
    std::string tables;
    for (const auto& entry : entries_) {
      if (entry->history.empty()) continue;
      const std::vector<std::string> quantities = entry->quantities();
      std::vector<std::string> heads{"epoch"};
      heads.insert(heads.end(), quantities.begin(), quantities.end());
      std::vector<std::vector<report::Cell>> rows;
      // Of trainings of thousands of epochs the page has some: 3,000 in all.
      const std::size_t most = std::max<std::size_t>(100, 3000 / entries_.size()), count = entry->history.size(),
                        step = (count + most - 1) / most;
      std::size_t seen = 0;
      for (const auto& [epoch, numbers] : entry->history) {
        if (seen++ % step != 0 && seen != count) continue;
        std::vector<report::Cell> row{epoch + 1};
        for (const std::string& quantity : quantities) {
          const auto found = numbers.find(quantity);
          row.push_back(found == numbers.end() ? report::Cell("") : report::Cell(found->second));
        }
        rows.push_back(row);
      }
      tables += report::table_html(entry->name + (step > 1 ? text(": one epoch of ", step) : ""), heads, rows,
                                   text("class=\"sortable history\" data-name=\"", report::escaped(entry->name), "\""));
    }
    if (tables.empty()) return "";
    return text("<div class=\"tools\"><label><input type=\"checkbox\" id=\"log\"> logarithmic</label>",
                "<label for=\"compare\">compare with other runs (their report.html or history.csv):</label>",
                "<input type=\"file\" id=\"compare\" accept=\".html,.csv\" multiple><span id=\"compared\" "
                "role=\"status\"></span></div>\n",
                "<p class=\"tools\">Drag to zoom in, double-click to zoom out. The legend shows the values at the "
                "pointer.</p>\n",
                "<div class=\"charts\" id=\"charts\"><noscript>The curves need JavaScript; the numbers are "
                "below.</noscript></div>\n",
                "<details id=\"numbers\"><summary>All numbers, epoch by epoch</summary>\n", tables, "</details>\n");
  }

  [[gnu::cold]] std::string trainings_html() const {
    if (entries_.empty()) return "";
    if (entries_.size() == 1) return "<h3>Training</h3>\n" + report::facts_html(facts_of(*entries_[0]));
    // Settings that all trainings share are listed once.
    std::vector<std::pair<std::string, std::string>> common;
    std::vector<std::size_t> varying;
    for (std::size_t k = 0; k < entries_[0]->settings.size(); ++k) {
      const auto& setting = entries_[0]->settings[k];
      if (std::all_of(entries_.begin(), entries_.end(),
                      [&](const auto& entry) { return entry->settings[k] == setting; }))
        common.push_back(setting);
      else
        varying.push_back(k);
    }
    std::vector<std::string> heads{"training", "network", "parameters", "epochs", "seconds", "loss", "val_loss"};
    for (const std::size_t k : varying) heads.push_back(entries_[0]->settings[k].first);
    std::vector<std::vector<report::Cell>> rows;
    for (const auto& entry : entries_) {
      std::vector<report::Cell> row{entry->name, entry->network, static_cast<long>(entry->parameters),
                                    static_cast<long>(entry->epoch), std::round(10 * entry->seconds) / 10};
      for (const char* quantity : {"loss", "val_loss"}) {
        const auto last = entry->history.rbegin();
        row.push_back(last != entry->history.rend() && last->second.contains(quantity)
                          ? report::Cell(last->second.at(quantity))
                          : report::Cell(""));
      }
      for (const std::size_t k : varying) row.push_back(entry->settings[k].second);
      rows.push_back(row);
    }
    return "<h3>Trainings</h3>\n" + report::table_html("All trainings of this run", heads, rows) +
           report::facts_html(common);
  }
  [[gnu::cold]] static std::vector<std::pair<std::string, std::string>> facts_of(const Entry& entry) {
    auto facts = entry.settings;
    facts.emplace_back("epochs", text(entry.epoch, " of ", entry.epochs));
    facts.emplace_back("seconds", with_decimals(entry.seconds, 1));
    if (entry.seconds > 0 && entry.samples > 0)
      facts.emplace_back("samples per second",
                         with_commas(static_cast<long>(static_cast<double>(entry.samples) / entry.seconds)));
    return facts;
  }

  [[gnu::cold]] std::string run_html() const {
    auto facts = facts_;
    if (const std::string line = report::command_line(); !line.empty()) facts.insert(facts.begin(), {"command", line});
    facts.emplace_back("started", report::local_time(time_));
    facts.emplace_back("duration",
                       report::duration(std::chrono::duration<double>(Clock::now() - clock_begin_).count()));
    facts.emplace_back("processor", report::processor());
    facts.emplace_back("system", report::operating_system());
    facts.emplace_back("compiler", report::compiler());
    facts.emplace_back("version", text("latent ", version));
    return report::facts_html(facts) + trainings_html();
  }

  [[gnu::cold]] std::string html() {
    const std::string curves = curves_html(), networks = networks_html(), run = run_html(), source = source_html();
    std::string tables;
    for (const auto& [title, content] : tables_) tables += content;
    std::size_t others = 120000;  // scripts and styles, the banner, captions
    for (const std::string_view part :
         std::initializer_list<std::string_view>{curves, networks, run, source, tables, output_})
      others += part.size();
    // Text has 4 bytes for 3 of a picture.
    const auto shown = all_pictures(others < options_.page_bytes ? (options_.page_bytes - others) / 4 * 3 : 0);
    std::set<std::string> names;
    for (const auto* picture : shown) names.insert(picture->name);
    std::string films, gallery;
    for (const auto* picture : shown) {
      const auto own = captions_.find(picture->name);
      (picture->is_film() ? films : gallery) +=
          picture->html(own == captions_.end() || own->second.empty() ? banner_.caption(picture->name) : own->second);
    }
    if (!gallery.empty()) gallery = "<div class=\"gallery\">\n" + gallery + "</div>\n";

    struct Part {
      const char *id, *heading;
      std::string content;
    };
    const Part parts[] = {
        {"about", "About", banner_.html(names)},
        {"results", "Results", results_html()},
        {"curves", "Curves", curves},
        {"film", "Training film", films},
        {"pictures", "Pictures", gallery},
        {"tables", "Tables", tables},
        {"network", networks_.size() > 1 ? "Networks" : "Network", networks},
        {"run", "Run", run},
        {"output", "Program output",
         output_.empty() ? "" : text("<pre class=\"printed\" tabindex=\"0\">", report::escaped(output_), "</pre>\n")},
        {"source", "Source", source}};
    std::string contents, body;
    for (const Part& part : parts) {
      if (part.content.empty()) continue;
      contents += text("<li><a href=\"#", part.id, "\">", report::escaped(part.heading), "</a></li>");
      body += section(part.id, part.heading, part.content);
    }
    const std::string refresh = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n";
    std::string head = report::head_html(options_.title, std::string(report::uplot_style) + report::style);
    if (status_ == "running") head.insert(head.rfind("</head>"), refresh);
    return text(head, "<body data-status=\"", status_, "\" data-written=\"", static_cast<long long>(std::time(nullptr)),
                "\">\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header class=\"top\"><h1>",
                report::escaped(options_.title), "</h1>\n", status_html(), report::explorers_place,
                "\n</header>\n<nav class=\"contents\" aria-label=\"Contents\"><ul>", contents,
                "</ul></nav>\n<main id=\"main\">\n", body, "</main>\n<footer>Made by latent ", version,
                ". Curves by uPlot (MIT licence).</footer>\n<script>", report::uplot_script, "</script>\n<script>",
                report::script, "</script>\n</body>\n</html>\n");
  }
  [[gnu::cold]] std::string source_html() const {
    if (source_.empty()) return "";
    return text("<details id=\"source-text\"><summary>",
                report::escaped(std::filesystem::path(source_file_).filename().string()),
                "</summary><pre class=\"source\" tabindex=\"0\"><code class=\"cpp\">", report::escaped(source_),
                "</code></pre></details>\n");
  }

  std::string path_;
  ReportOptions options_;
  std::string source_file_, source_;
  report::Banner banner_;
  std::string status_ = "running", why_, output_, name_;
  std::vector<std::pair<std::string, std::string>> facts_, tables_;
  std::vector<std::pair<std::string, double>> figures_;
  std::map<std::string, std::string> captions_;
  std::map<std::string, report::Picture> own_pictures_;
  std::map<std::string, std::pair<std::filesystem::file_time_type, report::Picture>> found_;
  std::vector<Network> networks_;
  std::vector<std::unique_ptr<Entry>> entries_;
  Entry* entry_ = nullptr;  // the training that goes on
  Clock::time_point clock_begin_ = Clock::now(), entry_begin_, due_;
  std::filesystem::file_time_type begin_ = std::filesystem::file_time_type::clock::now();
  std::time_t time_ = std::time(nullptr);
  int exceptions_ = std::uncaught_exceptions();
  bool done_ = false, said_ = false;
};

}  // namespace latent
