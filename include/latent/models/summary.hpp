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

namespace engine {

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

/// Breaks a text at spaces into lines of at most `width` characters. A longer word has a line of its own, and its end is cut
/// off: "max_pooling2d[0]…".
[[gnu::cold]] inline std::vector<std::string> wrapped(const std::string& words, std::size_t width) {
  std::vector<std::string> lines{""};
  bool full = false;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string word = words.substr(at, end - at);
    at = end + 1;
    if (!lines.back().empty() && (full || lines.back().size() + 1 + word.size() > width)) lines.push_back("");
    if (!lines.back().empty()) lines.back() += " ";
    lines.back() += word;
    full = word.size() > width;
  }
  for (std::string& line : lines)
    if (line.size() > width) line = line.substr(0, width - 1) + "…";
  return lines;
}
/// Of a text whose only character of several bytes is "…".
[[gnu::cold]] inline std::size_t columns_of(const std::string& text) {
  return text.size() - (text.ends_with("…") ? 2 : 0);
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

/// A network for summaries: the shapes of its Inputs, its layers, the values that it gives.
struct NetworkFacts {
  std::span<const std::span<const Index>> input_shapes;
  std::span<const LayerFacts> layers;
  std::span<const int> outputs;
};

/// The rows of the table in Keras's order, and whether it has the column "Connected to": what a row stands for is a layer of
/// Keras, which may have been called several times, and what it calls an activation belongs to the layer before it.
class SummaryRows {
 public:
  /// `names` are those of all values: of the Inputs and of what the layers give.
  [[gnu::cold]] SummaryRows(const NetworkFacts& network, std::span<const LayerName> names)
      : network_(network), names_(names) {
    const std::size_t inputs = network.input_shapes.size(), values = names.size();
    row_of_.resize(values), call_of_.resize(values);
    for (std::size_t v = 0; v < values; ++v) {
      const LayerFacts* const layer = v < inputs ? nullptr : &network.layers[v - inputs];
      if (names[v].belongs_to_previous) {
        row_of_[v] = row_of_[v - 1], call_of_[v] = call_of_[v - 1];
        shapes_[row_of_[v]] = layer->output_shape;
        continue;
      }
      const bool once_more = layer && layer->repeats;
      row_of_[v] = once_more ? row_of_[inputs + static_cast<std::size_t>(layer->lender)] : calls_.size();
      if (!once_more) calls_.emplace_back(), shapes_.emplace_back(), first_.push_back(v);
      call_of_[v] = calls_[row_of_[v]].size();
      calls_[row_of_[v]].push_back(v);
      shapes_[row_of_[v]] = layer ? layer->output_shape : network.input_shapes[v];
    }
    sort();
  }

  bool branches() const { return branches_; }
  [[gnu::cold]] std::vector<SummaryRow> rows() const {
    std::vector<SummaryRow> made;
    for (const std::size_t row : order_) {
      const LayerName& name = names_[first_[row]];
      std::string shape = "(None", connected;
      for (const Index n : shapes_[row]) shape.append(", ").append(std::to_string(n));
      for (const std::size_t call : calls_[row])
        for (const int v : reads(call)) {
          const auto from = static_cast<std::size_t>(v);
          connected.append(connected.empty() ? "" : ", ").append(names_[first_[row_of_[from]]].name);
          connected.append("[").append(std::to_string(call_of_[from])).append("][0]");
        }
      made.push_back({{name.name + " (" + name.class_name + ")", shape + ")", with_commas(parameters(first_[row])),
                       connected.empty() ? "-" : connected}});
    }
    return made;
  }

 private:
  /// The values that the layer reads that gives value v.
  std::span<const int> reads(std::size_t v) const {
    const std::size_t inputs = network_.input_shapes.size();
    return v < inputs ? std::span<const int>{} : network_.layers[v - inputs].reads;
  }
  /// Of the layer that gives value v; one that borrows some counts all of the lender's, too.
  [[gnu::cold]] Index parameters(std::size_t v) const {
    const std::size_t inputs = network_.input_shapes.size();
    if (v < inputs) return 0;
    const LayerFacts& layer = network_.layers[v - inputs];
    Index sum = 0;
    for (std::size_t t = 0; t < layer.parameters.size(); ++t) sum += layer.owns(t) ? layer.parameters[t].size() : 0;
    const auto lender = static_cast<std::size_t>(layer.lender);
    return sum + (lender == v - inputs ? 0 : parameters(inputs + lender));
  }

  /// Keras's order: a layer's depth is the longest way from it to an output; of equally deep ones the one that comes first on
  /// the way back from the outputs.
  [[gnu::cold]] void sort() {
    std::vector<int> index(calls_.size(), -1), depth_of_row(calls_.size(), 0), depth(names_.size(), 0);
    std::vector<std::size_t> finished;
    std::vector<bool> seen(names_.size());
    int next = 0;
    const auto visit = [&](const auto& self, std::size_t v) -> void {
      if (names_[v].belongs_to_previous) --v;
      if (seen[v]) return;
      if (index[row_of_[v]] < 0) index[row_of_[v]] = next++;
      for (const int before : reads(v)) self(self, static_cast<std::size_t>(before));
      if (!seen[v]) finished.push_back(v);
      seen[v] = true;
    };
    for (const int v : network_.outputs) visit(visit, static_cast<std::size_t>(v));
    for (std::size_t i = finished.size(); i-- > 0;) {
      const std::size_t v = finished[i];
      depth[v] = depth_of_row[row_of_[v]] = std::max(depth[v], depth_of_row[row_of_[v]]);
      for (const int before : reads(v)) {
        std::size_t from = static_cast<std::size_t>(before);
        if (names_[from].belongs_to_previous) --from;
        depth[from] = std::max(depth[from], depth[v] + 1);
      }
    }
    std::vector<int> depths;
    for (const std::size_t v : finished) {
      branches_ = branches_ || reads(v).size() > 1 || calls_[row_of_[v]].size() > 1 ||
                  std::find(depths.begin(), depths.end(), depth[v]) != depths.end();
      depths.push_back(depth[v]);
    }
    const auto before = [&](std::size_t a, std::size_t b) {
      return depth_of_row[a] != depth_of_row[b] ? depth_of_row[a] > depth_of_row[b] : index[a] < index[b];
    };
    for (std::size_t row = 0; row < calls_.size(); ++row) {
      if (index[row] < 0 && first_[row] >= network_.input_shapes.size()) continue;
      auto place = order_.end();
      while (place != order_.begin() && before(row, *(place - 1))) --place;
      order_.insert(place, row);
    }
  }

  NetworkFacts network_;
  std::span<const LayerName> names_;
  std::vector<std::size_t> row_of_, call_of_;  // of each value: its layer, and by which call of that layer it is given
  std::vector<std::vector<std::size_t>> calls_;  // of each layer: the values that it gives
  std::vector<std::span<const Index>> shapes_;   // of the last of them
  std::vector<std::size_t> first_, order_;       // of each layer: its first value; the layers in the order of the table
  bool branches_ = false;
};

}  // namespace engine

/// The table. Keras makes it min(88, columns - 4) wide and asks for columns of 45, 35 and 20 % of that; where a model
/// branches 108 instead of 88, 30, 26, 18 and 26 %. Each column is two wider for its padding, and what is then too much is
/// taken from them one after the other, evenly.
[[gnu::cold]] inline std::string summary_table(const std::string& model, std::span<const LayerName> names,
                                               const engine::NetworkFacts& network, engine::Frozen frozen,
                                               std::size_t scalar_bytes, const SummaryOptions& options) {
  const engine::SummaryRows summary(network, names);
  const bool branches = summary.branches();
  const int length = std::min(branches ? 108 : 88, std::max(options.columns, 40) - 4);
  const std::vector<double> ends = branches ? std::vector{0.3, 0.56, 0.74, 1.0} : std::vector{0.45, 0.8, 1.0};
  std::vector<std::size_t> widths;
  int start = 0, excess = 3 * static_cast<int>(ends.size()) + 1;  // paddings and lines
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const int end = static_cast<int>(ends[i] * length);
    const int cut =
        static_cast<int>(std::nearbyint(excess / static_cast<double>(ends.size() - i)));  // as Python rounds
    widths.push_back(static_cast<std::size_t>(end - start + 2 - cut));
    start = end, excess -= cut;
  }

  std::string out = "Model: \"" + model + "\"\n";
  const auto line = [&](const char* left, const char* middle, const char* right, const char* dash) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      out.append(i == 0 ? left : middle).append(engine::repeat(dash, widths[i]));
    out.append(right).append("\n");
  };
  const auto cells = [&](const engine::SummaryRow& row, const char* bar) {
    std::vector<std::string> wrapped[4];
    std::size_t height = 1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      wrapped[i] = engine::wrapped(row.cells[i], widths[i] - 2);
      height = std::max(height, wrapped[i].size());
    }
    for (std::size_t k = 0; k < height; ++k) {
      out += bar;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string field = k < wrapped[i].size() ? wrapped[i][k] : "";
        const std::string gap(widths[i] - 2 - engine::columns_of(field), ' ');
        out.append(" ").append(i == 2 ? gap + field : field + gap).append(" ").append(bar);
      }
      out += "\n";
    }
  };

  line("┏", "┳", "┓", "━");
  cells({{"Layer (type)", "Output Shape", "Param #", "Connected to"}}, "┃");
  line("┡", "╇", "┩", "━");
  std::vector<engine::SummaryRow> rows = summary.rows();
  if (!options.show_input) std::erase_if(rows, [](const auto& row) { return row.cells[0].ends_with("(InputLayer)"); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    cells(rows[i], "│");
    if (i + 1 < rows.size()) line("├", "┼", "┤", "─");
  }
  line("└", "┴", "┘", "─");

  Index total = 0, trainable = 0;
  engine::for_parameters(network.layers, [&](std::size_t layer, std::size_t, const ParameterSpec& spec, Index) {
    total += spec.size(), trainable += spec.trainable && engine::trains(frozen, layer) ? spec.size() : 0;
  });
  const auto line_of = [&](const char* what, Index count) {
    return text(" ", what, " params: ", with_commas(count), " (",
                engine::readable_size(count * static_cast<Index>(scalar_bytes)), ")\n");
  };
  return out + line_of("Total", total) + line_of("Trainable", trainable) + line_of("Non-trainable", total - trainable);
}

}  // namespace latent
