/// The table of `model.summary()`, as Keras 3 prints it. `[[gnu::cold]]`, here and elsewhere, marks what runs once and is
/// not worth the compiler's time.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "latent/models/layer_facts.hpp"

namespace latent {

struct SummaryOptions {
  int columns = 80;        ///< of the terminal; Keras makes wider tables up to 92
  bool show_input = true;  ///< a row for the input, as in Keras's functional models; its Sequential leaves it out
};

namespace detail {

/// 297988 -> "291.00 KB".
[[gnu::cold]] inline std::string readable_size(Index bytes) {
  if (bytes == 0) return "0.00 B";
  const char* units[] = {"B", "KB", "MB", "GB", "TB"};
  double amount = static_cast<double>(bytes);
  int unit = 0;
  for (; amount >= 1024 && unit < 4; ++unit) amount /= 1024;
  char number[32];
  std::snprintf(number, sizeof number, "%.2f %s", amount, units[unit]);
  return number;
}

/// Breaks a text at spaces into lines of at most `width` characters; a longer word is cut.
[[gnu::cold]] inline std::vector<std::string> wrapped(const std::string& words, std::size_t width) {
  std::vector<std::string> lines{""};
  for (std::size_t at = 0; at < words.size();) {
    std::size_t end = words.find(' ', at);
    if (end == std::string::npos) end = words.size();
    std::string word = words.substr(at, end - at);
    at = end + 1;
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() <= width) {
      lines.back().append(" ").append(word);
      continue;
    }
    if (!lines.back().empty()) lines.push_back("");
    for (; word.size() > width; word.erase(0, width)) {
      lines.back() = word.substr(0, width);
      lines.push_back("");
    }
    lines.back() += word;
  }
  return lines;
}

[[gnu::cold]] inline std::string repeat(const char* piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

/// Name and class of a layer, output shape, number of parameters, and the layers before it.
struct SummaryRow {
  std::string cells[4];
};

/// The rows of the table, without the header. `names` begins with the Input's.
[[gnu::cold]] inline std::vector<SummaryRow> summary_rows(std::span<const LayerName> names,
                                                          std::span<const Index> input_shape,
                                                          std::span<const LayerFacts> layers) {
  std::vector<SummaryRow> rows;
  std::string previous = "-", branches;
  const auto add_row = [&](const LayerName& name, std::span<const Index> shape, Index parameters) {
    std::string dimensions = "(None";
    for (const Index n : shape) dimensions.append(", ").append(std::to_string(n));
    rows.push_back({{name.name + " (" + name.class_name + ")", dimensions + ")", with_commas(parameters), previous}});
    branches.append(branches.empty() ? "" : ", ").append(name.name).append("[0][0]");
  };
  const auto count = [](const LayerFacts& layer, int branch) {
    Index sum = 0;
    for (const ParameterSpec& spec : layer.parameters) sum += spec.branch == branch ? spec.size() : 0;
    return sum;
  };
  add_row(names[0], input_shape, 0);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerName& name = names[i + 1];
    if (name.belongs_to_previous) continue;
    previous = branches, branches.clear();
    for (std::size_t b = 0; b < name.branches.size(); ++b)
      add_row(name.branches[b], layers[i].branch_shapes[b], count(layers[i], static_cast<int>(b)));
    if (name.branches.empty()) add_row(name, layers[i].output_shape, count(layers[i], 0));
  }
  return rows;
}

}  // namespace detail

/// The table. Keras makes it min(88, columns - 4) wide and asks for columns of 45, 35 and 20 % of that; where a model
/// forks 108 instead of 88, 30, 26, 18 and 26 %. Each column is two wider for its padding, and what is then too much is
/// taken from them one after the other, evenly.
[[gnu::cold]] inline std::string summary_table(const std::string& model, std::span<const LayerName> names,
                                               std::span<const Index> input_shape,
                                               std::span<const detail::LayerFacts> layers,
                                               std::size_t scalar_bytes, const SummaryOptions& options) {
  bool forks = false;
  for (const LayerName& name : names) forks = forks || !name.branches.empty();
  const int length = std::min(forks ? 108 : 88, std::max(options.columns, 40) - 4);
  const std::vector<double> ends = forks ? std::vector{0.3, 0.56, 0.74, 1.0} : std::vector{0.45, 0.8, 1.0};
  std::vector<std::size_t> widths;
  int start = 0, excess = 3 * static_cast<int>(ends.size()) + 1;  // paddings and lines
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const int end = static_cast<int>(ends[i] * length);
    const int cut = static_cast<int>(std::nearbyint(excess / static_cast<double>(ends.size() - i)));  // as Python rounds
    widths.push_back(static_cast<std::size_t>(end - start + 2 - cut));
    start = end, excess -= cut;
  }

  std::string out = "Model: \"" + model + "\"\n";
  const auto line = [&](const char* left, const char* middle, const char* right, const char* dash) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      out.append(i == 0 ? left : middle).append(detail::repeat(dash, widths[i]));
    out.append(right).append("\n");
  };
  const auto cells = [&](const detail::SummaryRow& row, const char* bar) {
    std::vector<std::string> wrapped[4];
    std::size_t height = 1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      wrapped[i] = detail::wrapped(row.cells[i], widths[i] - 2);
      height = std::max(height, wrapped[i].size());
    }
    for (std::size_t k = 0; k < height; ++k) {
      out += bar;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string field = k < wrapped[i].size() ? wrapped[i][k] : "";
        const std::string gap(widths[i] - 2 - field.size(), ' ');
        out.append(" ").append(i == 2 ? gap + field : field + gap).append(" ").append(bar);
      }
      out += "\n";
    }
  };

  line("┏", "┳", "┓", "━");
  cells({{"Layer (type)", "Output Shape", "Param #", "Connected to"}}, "┃");
  line("┡", "╇", "┩", "━");
  const std::vector<detail::SummaryRow> rows = detail::summary_rows(names, input_shape, layers);
  for (std::size_t i = options.show_input ? 0 : 1; i < rows.size(); ++i) {
    cells(rows[i], "│");
    if (i + 1 < rows.size()) line("├", "┼", "┤", "─");
  }
  line("└", "┴", "┘", "─");

  Index total = 0, trainable = 0;
  for (const detail::LayerFacts& layer : layers)
    for (const ParameterSpec& spec : layer.parameters)
      total += spec.size(), trainable += spec.trainable ? spec.size() : 0;
  const auto line_of = [&](const char* what, Index count) {
    return text(" ", what, " params: ", with_commas(count), " (",
                detail::readable_size(count * static_cast<Index>(scalar_bytes)), ")\n");
  };
  return out + line_of("Total", total) + line_of("Trainable", trainable) + line_of("Non-trainable", total - trainable);
}

}  // namespace latent
