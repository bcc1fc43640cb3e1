/// What the benchmark conv2d measured, for people: a table and a roofline picture.
///
///     conv2d --benchmark_format=json > results.json
///     conv2d_report results.json [--table FILE.md] [--picture FILE.png]
///
/// A result is named conv2d/<pass>/<rung>/<shape>/threads:<n>. Where the file has the median of repeated runs, that
/// counts. FLOPs are those of the direct convolution, whatever a rung really computes, so Winograd may exceed the peak.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <latent/core/files.hpp>
#include <latent/pictures.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "fma_peak.hpp"
#include "roofline.hpp"

using namespace latent::pictures;
using nlohmann::json;

namespace {

const std::vector<std::string> passes{"forward", "input_gradient", "weight_gradient"};
const std::vector<std::string> ladder{"naive", "im2col", "tiled", "few_filters", "few_weights", "winograd"};

/// Those that multiply as often as the definition, but for the slow ones.
bool is_direct(const std::string& rung) { return rung == "tiled" || rung == "few_filters" || rung == "few_weights"; }

/// oneDNN's direct algorithm, "onednn", and its Winograd's, "onednn_winograd".
bool is_onednn(const std::string& rung) { return rung.starts_with("onednn"); }

/// The rung that one of the library's is compared with; all above `tiled` with that.
std::string below(const std::string& rung) {
  return rung == "naive" || is_onednn(rung) ? "" : rung == "im2col" ? "naive" : rung == "tiled" ? "im2col" : "tiled";
}

struct Result {
  std::string pass, rung, shape;
  int channels = 0, filters = 0, threads = 0;
  double gflops = 0, share_of_peak = 0, peak = 0, intensity = 0;
  double error = NAN;  ///< if the file has it
};

struct Report {
  json context;
  std::vector<Result> results;
  std::vector<std::string> rungs, shapes;  ///< rungs: the ladder, rungs it does not know, oneDNN's; as far as measured
  std::set<int> thread_counts;

  /// What Google Benchmark or the program said of the machine.
  std::string word(const char* key) const {
    const auto it = context.find(key);
    return it == context.end() ? "unknown" : it->is_string() ? it->get<std::string>() : it->dump();
  }
  double peak(int threads) const {
    std::vector<double> peaks;
    for (const Result& r : results)
      if (r.threads == threads) peaks.push_back(r.peak);
    return median(peaks);
  }
};

/// One pass of one shape, on all rungs.
struct Row {
  const Report& report;
  int threads;
  std::string pass, shape;

  /// Null if it was not measured.
  const Result* on(const std::string& rung) const {
    for (const Result& r : report.results)
      if (r.threads == threads && r.pass == pass && r.shape == shape && r.rung == rung) return &r;
    return nullptr;
  }
  /// The fastest of the library's own rungs, and of oneDNN's algorithms.
  const Result* best() const {
    return fastest([](const std::string& rung) { return !is_onednn(rung); });
  }
  const Result* best_of_onednn() const { return fastest(is_onednn); }
  const Result* best_direct() const { return fastest(is_direct); }

 private:
  template <class Wanted>
  const Result* fastest(const Wanted& wanted) const {
    const Result* best = nullptr;
    for (const std::string& rung : report.rungs) {
      const Result* r = wanted(rung) ? on(rung) : nullptr;
      if (r && (!best || r->gflops > best->gflops)) best = r;
    }
    return best;
  }
};

/// How many times as fast `a` is as `b`; NaN if one of them was not measured.
double ratio(const Result* a, const Result* b) { return a && b ? a->gflops / b->gflops : NAN; }

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

/// The others show scale, other channels, and colours.
bool course_shape(const std::string& shape) {
  static const std::set<std::string> others{"14x14x8x16",     "14x14x24x48", "32x32x32x3",
                                            "14x14x32x64_k5", "56x56x64x64", "224x224x3x64"};
  return !others.contains(shape);
}

double positive(const json& entry, const char* field) {
  const json value = entry.value(field, json());
  const double number = value.is_number() ? value.get<double>() : 0;
  check(number > 0 && std::isfinite(number), field, " is a number above 0, received ", value.dump());
  return number;
}

Result result_of(const json& entry, const std::string& name, const std::string& path) try {
  static const std::regex form(
      "conv2d/(forward|input_gradient|weight_gradient)/([^/]+)/"
      "([1-9]\\d{0,5}x[1-9]\\d{0,5}x([1-9]\\d{0,5})x([1-9]\\d{0,5})(?:_[^/]*)?)/threads:([1-9]\\d{0,5})(?:/.*)?");
  std::smatch part;
  check(std::regex_match(name, part, form), "expected a name such as conv2d/forward/tiled/14x14x32x64_s2/threads:2");
  Result result{part[1], part[2], part[3], std::stoi(part[4]), std::stoi(part[5]), std::stoi(part[6])};
  result.gflops = positive(entry, "GFLOP/s"), result.share_of_peak = positive(entry, "share_of_peak");
  if (const json error = entry.value("error", json()); error.is_number()) result.error = error.get<double>();
  result.peak = positive(entry, "peak"), result.intensity = positive(entry, "intensity");
  return result;
} catch (const std::invalid_argument& error) {
  throw FileError(path, text("the result \"", name, "\": ", error.what()));
}

/// Sorts by a number; what has the same stays in order. (Clang 19 warns of what libstdc++ does in std::stable_sort.)
template <class T, class Key>
void sort_by(std::vector<T>& all, const Key& key) {
  std::multimap<long, T> sorted;
  for (T& one : all) sorted.emplace(key(one), std::move(one));
  all.clear();
  for (auto& [number, one] : sorted) all.push_back(std::move(one));
}

Report read_report(const std::string& path) try {
  const json file = json::parse(read_file(path));
  Report report{file.at("context"), {}, {}, {}, {}};
  std::map<std::string, std::size_t> places;  // of the names among the results
  auto entries = file.at("benchmarks").get<std::vector<json>>();
  // In the order of the program, not in that of runs that took turns.
  sort_by(entries, [](const json& entry) { return entry.value("family_index", 0L); });
  for (const json& entry : entries) {
    const std::string name = entry.value("run_name", entry.at("name").get<std::string>());
    const std::string aggregate = entry.value("aggregate_name", "");
    if (!name.starts_with("conv2d/") || (!aggregate.empty() && aggregate != "median")) continue;
    if (entry.value("error_occurred", false)) {
      std::fprintf(stderr, "conv2d_report: skipped %s: %s\n", name.c_str(),
                   entry.value("error_message", "no message").c_str());
      continue;
    }
    const Result result = result_of(entry, name, path);
    const auto [at, first] = places.try_emplace(name, report.results.size());
    if (first) report.results.push_back(result);
    if (!aggregate.empty()) report.results[at->second] = result;
    report.thread_counts.insert(result.threads);
    if (!contains(report.shapes, result.shape)) report.shapes.push_back(result.shape);
    if (!contains(report.rungs, result.rung)) report.rungs.push_back(result.rung);
  }
  if (report.results.empty()) throw FileError(path, "holds no result of conv2d that succeeded");
  sort_by(report.rungs, [](const std::string& rung) -> long {
    return is_onednn(rung) ? 1000 : std::ranges::find(ladder, rung) - ladder.begin();
  });
  return report;
} catch (const json::exception& error) {
  throw FileError(path, text("is not what Google Benchmark writes as JSON: ", error.what()));
}

/// With so many decimals; if none are asked for, one if the value is below 10.
std::string rounded(double value, int decimals = -1) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals < 0 ? value < 9.95 : decimals, value);
  return buffer;
}

std::string shown(const std::string& name) {
  std::string words = is_onednn(name) ? "oneDNN" + name.substr(6) : name;
  if (is_onednn(name) || contains(passes, name)) std::ranges::replace(words, '_', ' ');
  return words;
}

std::string threads_text(int threads) { return text(threads, threads == 1 ? " thread" : " threads"); }

void write_pass(std::ostream& out, const Report& report, int threads, const std::string& pass) {
  const bool compared = contains(report.rungs, "onednn");
  std::string line = "| --- |";
  out << "\n### " << shown(pass) << ", " << threads_text(threads) << "\n\n| shape |";
  for (const std::string& rung : report.rungs) out << ' ' << shown(rung) << " |", line += " ---: |";
  out << (compared ? " best / oneDNN | direct / oneDNN |\n" : "\n") << line << (compared ? " ---: | ---: |\n" : "\n");
  for (const std::string& shape : report.shapes) {
    const Row row{report, threads, pass, shape};
    if (!row.best() && !row.best_of_onednn()) continue;
    out << "| " << shape << " |";
    for (const std::string& rung : report.rungs) {
      const Result* r = row.on(rung);
      out << (r ? text(' ', rounded(r->gflops), " (", rounded(100 * r->share_of_peak), " %) |") : " – |");
    }
    if (compared) {
      const double best = ratio(row.best(), row.best_of_onednn()), direct = ratio(row.best_direct(), row.on("onednn"));
      out << (std::isnan(best) ? " – |" : text(' ', rounded(best, 2), " (", shown(row.best()->rung), ") |"));
      out << (std::isnan(direct) ? " – |" : text(' ', rounded(direct, 2), " |"));
    }
    out << '\n';
  }
}

/// The geometric mean of the ratios that exist, as a line of a list.
struct Mean {
  double logarithms = 0;
  int count = 0;

  void add(double value) {
    if (!std::isnan(value)) logarithms += std::log(value), ++count;
  }
  void write(std::ostream& out, const std::string& what) const {
    if (count > 0) out << "- " << what << ": " << rounded(std::exp(logarithms / count), 2) << " (of " << count << ")\n";
  }
};

void write_summary(std::ostream& out, const Report& report, int threads) {
  Mean best, direct;
  std::map<std::string, Mean> steps;  // of each rung, over the one below it
  double least = INFINITY;
  std::string where;
  std::ostringstream list;
  for (const std::string& shape : report.shapes) {
    for (const std::string& pass : passes) {
      if (!course_shape(shape)) continue;
      const Row row{report, threads, pass, shape};
      const double of_direct = ratio(row.best_direct(), row.on("onednn"));
      const bool many = row.best() && std::min(row.best()->channels, row.best()->filters) >= 16;
      best.add(ratio(row.best(), row.best_of_onednn()));
      direct.add(of_direct);
      if (of_direct < least && many)
        least = of_direct, where = text(rounded(least, 2), " (", shape, ", ", shown(pass), ")");
      for (const std::string& rung : report.rungs)
        if (rung != "winograd" || many) steps[rung].add(ratio(row.on(rung), row.on(below(rung))));
    }
  }
  best.write(list, "best rung / oneDNN's faster algorithm");
  direct.write(list, "best direct rung / oneDNN's direct algorithm");
  if (!where.empty()) list << "- smallest direct / oneDNN with at least 16 channels and filters: " << where << '\n';
  for (const std::string& rung : report.rungs)
    steps[rung].write(list, shown(rung) + " / " + shown(below(rung)) +
                                (rung == "winograd" ? ", at least 16 channels and filters" : ""));
  if (list.str().empty()) return;
  out << "\n### course shapes, " << threads_text(threads) << "\n\nGeometric means over all passes of the course's "
      << "shapes (those from 28x28x1x16 to the transposed ones), as far as both sides were measured:\n\n"
      << list.str();
}

/// How exact the library's rungs are in float, whatever the number of threads.
void write_errors(std::ostream& out, const Report& report) {
  std::ostringstream lines;
  for (const std::string& shape : report.shapes) {
    std::string line = "| " + shape + " |";
    bool any = false;
    for (const std::string& rung : report.rungs) {
      if (is_onednn(rung)) continue;
      double largest = NAN;
      for (const Result& r : report.results)
        if (r.shape == shape && r.rung == rung) largest = std::fmax(largest, r.error);
      char buffer[32];
      std::snprintf(buffer, sizeof buffer, " %.1e |", largest);
      line += std::isnan(largest) ? " – |" : buffer;
      any = any || !std::isnan(largest);
    }
    if (any) lines << line << '\n';
  }
  if (lines.str().empty()) return;
  out << "\n### error in float\n\nThe largest difference from the definition in double precision, divided by the "
         "largest "
      << "value, in the worst of the three passes; normally distributed numbers.\n\n| shape |";
  std::string rule = "\n| --- |";
  for (const std::string& rung : report.rungs)
    if (!is_onednn(rung)) out << ' ' << shown(rung) << " |", rule += " ---: |";
  out << rule << '\n' << lines.str();
}

std::string table(const Report& report) {
  std::ostringstream out;
  std::string peaks;
  for (const int n : report.thread_counts)
    peaks += (peaks.empty() ? "" : ", ") + rounded(report.peak(n)) + " GFLOP/s with " + threads_text(n);
  out << report.word("cpu") << ", " << report.word("num_cpus") << " processors; vectors: " << report.word("vector")
      << "; compiler: " << report.word("compiler") << "; oneDNN: " << report.word("onednn") << "; "
      << report.word("date").substr(0, 10) << ". FMA peak: " << peaks << ".\n\n"
      << "Entries are GFLOP/s of the direct convolution and, in parentheses, the share of the FMA peak measured around "
      << "the run. Shapes are height x width x channels x filters, kernels are 3x3; `_k5` is a 5x5 kernel, `_s2` "
      << "strides of 2, `_transposed` a transposed convolution. `few_filters` and `few_weights` stand where the "
         "library "
      << "takes them. oneDNN's direct algorithm is compared with the best of those and `tiled`, the best of all rungs "
         "with "
      << "the faster one of oneDNN's.\n";
  for (const int n : report.thread_counts) {
    for (const std::string& pass : passes) {
      const auto belongs = [&](const Result& r) { return r.threads == n && r.pass == pass; };
      if (std::ranges::any_of(report.results, belongs)) write_pass(out, report, n, pass);
    }
    write_summary(out, report, n);
  }
  write_errors(out, report);
  return out.str();
}

Image picture(const Report& report, int threads) {
  roofline::Roofline what{.title = "The convolution ladder, " + threads_text(threads),
                          .subtitle = report.word("cpu") + ", " + report.word("vector"),
                          .peak = report.peak(threads)};
  if (report.context.contains("memory_gb_per_s")) {
    const std::string given = report.word("memory_gb_per_s");
    char* end = nullptr;
    what.bandwidth = std::strtod(given.c_str(), &end);
    check(*end == '\0' && what.bandwidth > 0 && std::isfinite(what.bandwidth),
          "memory_gb_per_s is a number above 0, received \"", given, '"');
  }
  for (const std::string& pass : passes) what.markers.push_back(shown(pass));
  for (std::size_t i = 0; i < report.rungs.size(); ++i) {
    const bool other = is_onednn(report.rungs[i]);
    const Color color = report.rungs[i] == "onednn" ? black : other ? roofline::memory_color : curve_colors[i % 6];
    roofline::Series series{shown(report.rungs[i]), color, other, {}};
    for (const Result& r : report.results) {
      const auto marker = std::ranges::find(passes, r.pass) - passes.begin();
      if (r.threads == threads && r.rung == report.rungs[i])
        series.points.push_back({r.intensity, r.gflops, static_cast<roofline::Marker>(marker)});
    }
    what.series.push_back(series);
  }
  return roofline::draw(what);
}

}  // namespace

int main(int argc, char** argv) try {
  std::string results, table_file, picture_file;
  const auto usage = [](int code) {
    std::fputs("usage: conv2d_report RESULTS.json [--table FILE.md] [--picture FILE.png]\n", code ? stderr : stdout);
    return code;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--table" && i + 1 < argc)
      table_file = argv[++i];
    else if (argument == "--picture" && i + 1 < argc)
      picture_file = argv[++i];
    else if (!argument.starts_with("-") && results.empty())
      results = argument;
    else
      return usage(argument == "--help" ? 0 : 2);
  }
  if (results.empty()) return usage(2);
  const Report report = read_report(results);
  const std::string words = table(report);
  if (!picture_file.empty()) save_png(picture_file, picture(report, *report.thread_counts.rbegin()));
  if (table_file.empty()) return std::fputs(words.c_str(), stdout) < 0;
  write_atomically(table_file, words);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "conv2d_report: %s\n", error.what());
  return 1;
}
