/// The table of `model.summary()`, as Keras 3 prints it. `[[gnu::cold]]`, here and elsewhere, marks what runs once and is
/// not worth the compiler's time.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "latent/core/check.hpp"
#include "latent/core/parameters.hpp"

namespace latent {

struct LayerName {
  const char* class_name;    ///< "Conv2D"
  const char* default_name;  ///< "conv2d"
  std::string name;          ///< "conv2d_1", or what the user gave; empty before unique_names
  bool is_input = false;
  bool belongs_to_previous = false;  ///< the activation of the layer before, which has that layer's name
  std::vector<LayerName> branches = {};  ///< of a Fork, whose own name is then theirs
};

/// Gives every layer without a name its automatic one: conv2d, conv2d_1, conv2d_2, ... A layer with a name of the user's
/// does not count. Throws std::invalid_argument if two layers end up with one name.
[[gnu::cold]] inline std::vector<LayerName> unique_names(std::vector<LayerName> layers) {
  std::map<std::string, int> used, seen;
  const auto name = [&](LayerName& layer) {
    if (!layer.name.empty()) return;
    const int number = used[layer.default_name]++;
    layer.name = layer.default_name;
    if (number > 0) layer.name.append("_").append(std::to_string(number));
  };
  for (LayerName& layer : layers) {
    if (layer.belongs_to_previous) {
      layer.name = (&layer - 1)->name;
    } else if (layer.branches.empty()) {
      name(layer);
    } else {
      layer.name.clear();
      for (LayerName& branch : layer.branches) {
        name(branch);
        layer.name.append(layer.name.empty() ? "" : ", ").append(branch.name);
      }
    }
  }
  const auto is_new = [&](const LayerName& layer) {
    check(++seen[layer.name] == 1, "the name \"", layer.name, "\" is given to two layers of a model; names are unique");
  };
  for (const LayerName& layer : layers)
    if (!layer.branches.empty())
      for (const LayerName& branch : layer.branches) is_new(branch);
    else if (!layer.belongs_to_previous)
      is_new(layer);
  return layers;
}

struct SummaryOptions {
  int columns = 80;        ///< of the terminal; Keras makes wider tables up to 92
  bool show_input = true;  ///< a row for the input, as in Keras's functional models; its Sequential leaves it out
};

struct SummaryRow {
  LayerName layer;
  std::vector<Index> output_shape;  ///< without the batch axis
  Index parameters;
  std::vector<std::string> connected_to = {};  ///< the layers it reads; shown where a model forks
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

}  // namespace detail

/// The table. Keras makes it min(88, columns - 4) wide and asks for columns of 45, 35 and 20 % of that; where a model
/// forks 108 instead of 88, 30, 26, 18 and 26 %. Each column is two wider for its padding, and what is then too much is
/// taken from them one after the other, evenly.
[[gnu::cold]] inline std::string summary_table(const std::string& name, const std::vector<SummaryRow>& rows, Index trainable,
                                               std::size_t scalar_bytes, bool forks, const SummaryOptions& options) {
  const int length = std::min(forks ? 108 : 88, std::max(options.columns, 40) - 4);
  std::vector<std::string> header{"Layer (type)", "Output Shape", "Param #"};
  if (forks) header.push_back("Connected to");
  const std::vector<double> ends = forks ? std::vector{0.3, 0.56, 0.74, 1.0} : std::vector{0.45, 0.8, 1.0};
  std::vector<std::size_t> widths;
  int start = 0, excess = 3 * static_cast<int>(ends.size()) + 1;  // paddings and lines
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const int end = static_cast<int>(ends[i] * length);
    const int cut = static_cast<int>(std::nearbyint(excess / static_cast<double>(ends.size() - i)));  // as Python rounds
    widths.push_back(static_cast<std::size_t>(end - start + 2 - cut));
    start = end, excess -= cut;
  }

  const auto line = [&](const char* left, const char* middle, const char* right, const char* dash) {
    std::string out;
    for (const std::size_t width : widths) out.append(out.empty() ? left : middle).append(detail::repeat(dash, width));
    return out + right + "\n";
  };
  const auto cells = [&](const std::vector<std::string>& fields, const char* bar) {
    std::vector<std::vector<std::string>> wrapped;
    std::size_t height = 1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      wrapped.push_back(detail::wrapped(fields[i], widths[i] - 2));
      height = std::max(height, wrapped[i].size());
    }
    std::string out;
    for (std::size_t k = 0; k < height; ++k) {
      out += bar;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string field = k < wrapped[i].size() ? wrapped[i][k] : "";
        const std::string gap(widths[i] - 2 - field.size(), ' ');
        out.append(" ").append(i == 2 ? gap + field : field + gap).append(" ").append(bar);
      }
      out += "\n";
    }
    return out;
  };

  std::string out = "Model: \"" + name + "\"\n" + line("┏", "┳", "┓", "━");
  out += cells(header, "┃") + line("┡", "╇", "┩", "━");
  Index total = 0;
  for (std::size_t i = options.show_input ? 0 : 1; i < rows.size(); ++i) {
    std::string shape = "(None", connections;
    for (Index n : rows[i].output_shape) shape.append(", ").append(std::to_string(n));
    for (const std::string& layer : rows[i].connected_to)
      connections.append(connections.empty() ? "" : ", ").append(layer).append("[0][0]");
    out += cells({text(rows[i].layer.name, " (", rows[i].layer.class_name, ")"), shape + ")",
                  with_commas(rows[i].parameters), connections.empty() ? "-" : connections},
                 "│");
    out += i + 1 < rows.size() ? line("├", "┼", "┤", "─") : line("└", "┴", "┘", "─");
    total += rows[i].parameters;
  }
  const auto line_of = [&](const char* what, Index count) {
    return text(" ", what, " params: ", with_commas(count), " (",
                detail::readable_size(count * static_cast<Index>(scalar_bytes)), ")\n");
  };
  return out + line_of("Total", total) + line_of("Trainable", trainable) + line_of("Non-trainable", total - trainable);
}

}  // namespace latent
