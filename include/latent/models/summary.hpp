/// The table of `model.summary()`, as Keras 3 prints it. `[[gnu::cold]]`, here and elsewhere, marks what runs once and is
/// not worth the compiler's time.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "latent/models/layer_facts.hpp"

namespace latent {

/// What the table of a summary shows.
struct SummaryOptions {
  int columns = 80;        ///< of the terminal; Keras makes wider tables up to 92
  bool show_input = true;  ///< a row for the input, as in Keras's functional models; its Sequential leaves it out
};

namespace engine {

/// 297988 -> "291.00 KB".
LATENT_COLD inline std::string readable_size(Index bytes) {
  if (bytes == 0) return "0.00 B";
  const char* units[] = {"B", "KB", "MB", "GB", "TB"};
  double amount = static_cast<double>(bytes);
  int unit = 0;
  for (; amount >= 1024 && unit < 4; ++unit) amount /= 1024;
  return with_decimals(amount, 2) + " " + units[unit];
}

/// Breaks a text at spaces into lines of at most `width` characters. A longer word has a line of its own, and its end is cut
/// off: "max_pooling2d[0]…".
LATENT_COLD inline std::vector<std::string> wrapped(const std::string& words, std::size_t width) {
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
LATENT_COLD inline std::size_t columns_of(const std::string& text) {
  return text.size() - (text.ends_with("…") ? 2 : 0);
}

LATENT_COLD inline std::string repeat(const char* piece, std::size_t times) {
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
      : network_(network),
        names_(names),
        values_(static_cast<int>(names.size())),
        inputs_(static_cast<int>(network.input_shapes.size())),
        row_of_(names.size()),
        call_of_(names.size()) {
    for (int v = 0; v < values_; ++v) {
      const LayerFacts* const layer = v < inputs_ ? nullptr : &network_.layers[index(v - inputs_)];
      if (names_[index(v)].belongs_to_previous)
        row_of_[index(v)] = row_of_[index(v - 1)], call_of_[index(v)] = call_of_[index(v - 1)];
      else if (layer && layer->repeats)
        row_of_[index(v)] = row_of_[index(inputs_ + layer->lender)], call_of_[index(v)] = calls(row_of_[index(v)], v);
      else
        row_of_[index(v)] = v;  // a row has the number of the first value that its layer gives
    }
    sort();
  }

  bool branches() const { return branches_; }
  [[gnu::cold]] std::vector<SummaryRow> rows() const {
    std::vector<SummaryRow> made;
    for (const int row : order_) {
      const LayerName& name = names_[index(row)];
      std::string connected;
      for (int v = row; v < values_; ++v)
        if (row_of_[index(v)] == row && !names_[index(v)].belongs_to_previous) append_reads(v, connected);
      made.push_back({{name.name + " (" + name.class_name + ")", shape_of(row), with_commas(parameters(row)),
                       connected.empty() ? "-" : connected}});
    }
    return made;
  }

 private:
  static std::size_t index(int v) { return static_cast<std::size_t>(v); }
  /// Calls of the layer of a row among the values before `end`.
  [[gnu::cold]] int calls(int row, int end) const {
    int count = 0;
    for (int v = row; v < end; ++v) count += row_of_[index(v)] == row && !names_[index(v)].belongs_to_previous;
    return count;
  }
  /// The values that the layer reads that gives value v.
  std::span<const int> reads(int v) const {
    return v < inputs_ ? std::span<const int>{} : network_.layers[index(v - inputs_)].reads;
  }
  /// The value of the layer itself, without its activation, if that belongs to it.
  int whole(int v) const { return v - names_[index(v)].belongs_to_previous; }

  /// "(None, 28, 28, 1)", of the last call.
  [[gnu::cold]] std::string shape_of(int row) const {
    int last = row;
    for (int v = row; v < values_; ++v)
      if (row_of_[index(v)] == row) last = v;
    std::string shape = "(None";
    for (const Index n :
         last < inputs_ ? network_.input_shapes[index(last)] : network_.layers[index(last - inputs_)].output_shape)
      shape.append(", ").append(std::to_string(n));
    return shape.append(")");
  }
  /// "add[0][0], eye[1][0]": which call of which layers gives what is read for value v.
  [[gnu::cold]] void append_reads(int v, std::string& connected) const {
    for (const int from : reads(v)) {
      connected.append(connected.empty() ? "" : ", ").append(names_[index(row_of_[index(from)])].name);
      connected.append("[").append(std::to_string(call_of_[index(from)])).append("][0]");
    }
  }
  /// Of the layer that gives value v; one that borrows some counts all of the lender's, too.
  [[gnu::cold]] Index parameters(int v) const {
    if (v < inputs_) return 0;
    const LayerFacts& layer = network_.layers[index(v - inputs_)];
    Index sum = 0;
    for (std::size_t t = 0; t < layer.parameters.size(); ++t) sum += layer.owns(t) ? layer.parameters[t].size() : 0;
    return layer.lender == v - inputs_ ? sum : sum + parameters(inputs_ + layer.lender);
  }

  /// Depth first from an output: numbers the rows at first sight, before those that they read, and appends the values to
  /// `finished_` after those that they are made of.
  [[gnu::cold]] void visit(int v) {
    v = whole(v);
    if (std::exchange(seen_[index(v)], true)) return;
    int& number = number_[index(row_of_[index(v)])];
    if (number < 0) number = next_++;
    for (const int before : reads(v)) visit(before);
    finished_.push_back(v);
  }
  /// Keras's order: a layer's depth is the longest way from it to an output; of equally deep ones the one that comes
  /// first on the way back from the outputs.
  [[gnu::cold]] void sort() {
    std::vector<int> depth(row_of_.size()), depth_of_row(row_of_.size()), nodes_at(row_of_.size());
    number_.assign(row_of_.size(), -1), seen_.assign(row_of_.size(), false);
    for (const int v : network_.outputs) visit(v);
    for (std::size_t i = finished_.size(); i-- > 0;) {
      const int v = finished_[i];
      int &here = depth[index(v)], &row = depth_of_row[index(row_of_[index(v)])];
      here = row = std::max(here, row);
      for (const int before : reads(v)) {
        int& deeper = depth[index(whole(before))];
        deeper = std::max(deeper, here + 1);
      }
    }
    for (const int v : finished_)
      branches_ = branches_ || reads(v).size() > 1 || call_of_[index(v)] > 0 || ++nodes_at[index(depth[index(v)])] > 1;
    for (int row = 0; row < values_; ++row) {
      if (number_[index(row)] < 0 && row >= inputs_) continue;  // of another row's layer
      auto place = order_.end();
      while (place != order_.begin()) {
        const int other = *(place - 1), by = depth_of_row[index(row)] - depth_of_row[index(other)];
        if (by < 0 || (by == 0 && number_[index(row)] > number_[index(other)])) break;
        --place;
      }
      order_.insert(place, row);
    }
  }

  NetworkFacts network_;
  std::span<const LayerName> names_;
  int values_, inputs_, next_ = 0;
  std::vector<int> row_of_, call_of_;  // of each value: its layer, and by which call of that layer it is given
  std::vector<int> number_, finished_, order_;
  std::vector<char> seen_;
  bool branches_ = false;
};

}  // namespace engine

/// The table. Keras makes it min(88, columns - 4) wide and asks for columns of 45, 35 and 20 % of that; where a model
/// branches 108 instead of 88, 30, 26, 18 and 26 %. Each column is two wider for its padding, and what is then too much is
/// taken from them one after the other, evenly.
LATENT_COLD inline std::string summary_table(const std::string& model, std::span<const LayerName> names,
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

/// A model as it is described: by its summary, or by a drawing of its graph.
struct ModelFacts {
  std::string name;              ///< the model's name
  std::vector<LayerName> names;  ///< of the Inputs, then of the layers
  engine::NetworkFacts network;  ///< its layers and the values between them
  engine::Frozen frozen;         ///< a flag for each layer: it is not trained
  std::size_t scalar_bytes;      ///< bytes of one parameter

  /// The table that Keras's model.summary() prints.
  [[gnu::cold]] std::string summary(const SummaryOptions& options = {}) const {
    return summary_table(name, names, network, frozen, scalar_bytes, options);
  }
};

}  // namespace latent
