/// A network in a page: its graph as a drawing, its layers as a table, and Keras's summary.
///
/// The drawing goes from top to bottom. The width of a box grows with the logarithm of the number of a layer's outputs, so that an
/// auto-encoder looks like an hourglass. A line that skips layers goes along the right side.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "latent/models/summary.hpp"
#include "latent/report/html.hpp"

namespace latent::report {

/// One box of the drawing, one line of the table.
struct NetworkNode {
  std::string name, class_name, activation, shape;
  Index values = 1, parameters = 0;  ///< numbers that it gives for a sample; its own parameters
  std::string remark = {};           ///< "output", "frozen", "parameters of code"
  std::vector<int> reads = {};       ///< boxes
  bool again = false;                ///< all its parameters are those of another layer
  int row = 0;
  double x = 0, y = 0, width = 0;  ///< its left upper corner, in pixels
};

/// The boxes of a network, in its order. An activation that belongs to the layer before it is part of that layer's box.
LATENT_COLD inline std::vector<NetworkNode> network_nodes(const ModelFacts& model) {
  std::vector<NetworkNode> nodes;
  std::vector<int> box(model.names.size());  // of each value
  const std::size_t inputs = model.network.input_shapes.size();
  for (std::size_t v = 0; v < model.names.size(); ++v) {
    const LayerName& name = model.names[v];
    const engine::LayerFacts* const layer = v < inputs ? nullptr : &model.network.layers[v - inputs];
    const std::string activation = layer && std::string_view(layer->activation) != "linear" ? layer->activation : "";
    if (name.belongs_to_previous && !nodes.empty()) {
      box[v] = box[v - 1];
      nodes.back().activation = activation;
      continue;
    }
    NetworkNode node{name.name, name.class_name, activation, ""};
    for (const Index n : layer ? layer->output_shape : model.network.input_shapes[v]) {
      node.shape += text(node.shape.empty() ? "" : " × ", n);
      node.values *= n;
    }
    const auto add_remark = [&](const std::string& words) { node.remark += (node.remark.empty() ? "" : ", ") + words; };
    if (layer) {
      const std::size_t i = v - inputs;
      for (std::size_t t = 0; t < layer->parameters.size(); ++t)
        node.parameters += layer->owns(t) ? layer->parameters[t].size() : 0;
      for (const int read : layer->reads) node.reads.push_back(box[static_cast<std::size_t>(read)]);
      node.again = layer->repeats;
      if (static_cast<std::size_t>(layer->lender) != i)
        add_remark("parameters of " + model.names[inputs + static_cast<std::size_t>(layer->lender)].name);
      if (!engine::trains(model.frozen, i) && !layer->parameters.empty()) add_remark("frozen");
    }
    box[v] = static_cast<int>(nodes.size());
    nodes.push_back(std::move(node));
  }
  for (const int output : model.network.outputs) {
    std::string& remark = nodes[static_cast<std::size_t>(box[static_cast<std::size_t>(output)])].remark;
    remark += remark.empty() ? "output" : ", output";
  }
  return nodes;
}

/// Decides the colour of a box: "conv", "dense", "size", "norm", "join", "chance", "input".
LATENT_COLD inline const char* kind_of_layer(const std::string& class_name) {
  const auto any = [&](std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return class_name.find(word) != std::string::npos; });
  };
  if (any({"InputLayer"})) return "input";
  if (any({"Pooling", "UpSampling", "ZeroPadding", "Cropping", "Flatten", "Reshape", "Permute"})) return "size";
  if (any({"Conv"})) return "conv";
  if (any({"Dense"})) return "dense";
  if (any({"Dropout", "Noise", "Sampling"})) return "chance";
  if (any({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"})) return "join";
  return "norm";
}

class NetworkDrawing {
 public:
  [[gnu::cold]] explicit NetworkDrawing(std::vector<NetworkNode> nodes) : nodes_(std::move(nodes)) {
    choose_rows();
    place();
  }

  /// An SVG element. `label` is its text for screen readers.
  [[gnu::cold]] std::string svg(const std::string& label) const {
    std::string lines, boxes;
    std::vector<std::pair<int, int>> skips;  // from, to
    for (std::size_t to = 0; to < nodes_.size(); ++to)
      for (const int from : nodes_[to].reads) {
        if (node(from).row + 1 < nodes_[to].row)
          skips.emplace_back(from, static_cast<int>(to));
        else
          lines += straight(node(from), nodes_[to]);
      }
    const double right = draw_skips(skips, lines);
    for (const NetworkNode& node : nodes_) boxes += box(node);
    const auto width = static_cast<long>(right), height = static_cast<long>(bottom_);
    return text("<svg viewBox=\"0 0 ", width, " ", height, "\" width=\"", width, "\" height=\"", height,
                "\" role=\"img\" aria-label=\"", escaped(label), "\">\n", lines, boxes, "</svg>\n");
  }

 private:
  static constexpr double box_height = 46, step = 72, gap = 26, margin = 3, narrowest = 130, widest = 430;

  const NetworkNode& node(int i) const { return nodes_[static_cast<std::size_t>(i)]; }

  /// A box is below everything that it reads. An Input after the first one is right above its first reader.
  [[gnu::cold]] void choose_rows() {
    const auto late = [&](std::size_t i) { return nodes_[i].class_name == "InputLayer" && i > 0; };
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      for (const int from : nodes_[i].reads)
        nodes_[i].row = std::max(nodes_[i].row, (late(static_cast<std::size_t>(from)) ? 0 : node(from).row) + 1);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!late(i)) continue;
      int first = -1;
      for (const NetworkNode& reader : nodes_)
        if (std::find(reader.reads.begin(), reader.reads.end(), static_cast<int>(i)) != reader.reads.end())
          first = first < 0 ? reader.row : std::min(first, reader.row);
      nodes_[i].row = std::max(0, first - 1);
    }
  }

  [[gnu::cold]] void place() {
    int rows = 0;
    const auto size = [](const NetworkNode& node) { return std::log2(static_cast<double>(node.values)); };
    double least = INFINITY, most = 0;
    for (const NetworkNode& node : nodes_) least = std::min(least, size(node)), most = std::max(most, size(node));
    for (NetworkNode& node : nodes_) {
      const double words =
          std::max(7.4 * columns(node.name) + 6.6 * columns(kind(node)) + 8, 6.6 * columns(line(node)));
      const double share = most > least ? (size(node) - least) / (most - least) : 0.5;
      node.width = std::max(narrowest + share * (widest - narrowest), words + 26);
      rows = std::max(rows, node.row + 1);
    }
    std::vector<double> widths(static_cast<std::size_t>(rows), -gap);
    for (const NetworkNode& node : nodes_) widths[static_cast<std::size_t>(node.row)] += node.width + gap;
    const double widest_row = *std::max_element(widths.begin(), widths.end());
    right_ = margin + widest_row;
    bottom_ = 2 * margin + step * rows - (step - box_height);
    std::vector<double> next(widths.size());
    for (std::size_t row = 0; row < widths.size(); ++row) next[row] = margin + (widest_row - widths[row]) / 2;
    for (NetworkNode& node : nodes_) {
      double& x = next[static_cast<std::size_t>(node.row)];
      node.x = x, node.y = margin + step * node.row;
      x += node.width + gap;
    }
  }

  /// Characters of UTF-8.
  static double columns(const std::string& words) {
    return static_cast<double>(std::count_if(words.begin(), words.end(),
                                             [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  }
  static std::string kind(const NetworkNode& node) {
    return node.class_name + (node.activation.empty() ? "" : ", " + node.activation);
  }
  static std::string line(const NetworkNode& node) {
    return node.shape + (node.parameters > 0 ? text("  ·  ", with_commas(node.parameters), " parameters") : "") +
           (node.remark.empty() ? "" : "  ·  " + node.remark);
  }
  static std::string at(double value) { return with_decimals(value, 1); }

  [[gnu::cold]] static std::string box(const NetworkNode& node) {
    const double middle = node.x + node.width / 2;
    const std::string size =
        node.shape + (node.parameters > 0 ? text("  ·  ", with_commas(node.parameters), " parameters") : "");
    return text("<g class=\"", kind_of_layer(node.class_name), node.again ? " again" : "",
                "\"><rect class=\"box\" x=\"", at(node.x), "\" y=\"", at(node.y), "\" width=\"", at(node.width),
                "\" height=\"", at(box_height), "\" rx=\"7\"/><text text-anchor=\"middle\" x=\"", at(middle), "\" y=\"",
                at(node.y + 19), "\"><tspan class=\"name\">", escaped(node.name),
                "</tspan><tspan class=\"quiet\" dx=\"6\">", escaped(kind(node)),
                "</tspan></text><text class=\"quiet\" text-anchor=\"middle\" x=\"", at(middle), "\" y=\"",
                at(node.y + 37), "\">", escaped(size),
                node.remark.empty() ? "" : text("<tspan class=\"tag\">  ·  ", escaped(node.remark), "</tspan>"),
                "</text></g>\n");
  }

  /// From a box to one in the next row.
  [[gnu::cold]] static std::string straight(const NetworkNode& from, const NetworkNode& to) {
    const double x0 = from.x + from.width / 2, y0 = from.y + box_height, x1 = to.x + to.width / 2, y1 = to.y - 6;
    const std::string bend = text("C", at(x0), " ", at((y0 + y1) / 2), " ", at(x1), " ", at((y0 + y1) / 2), " ");
    return text("<path class=\"edge\" d=\"M", at(x0), " ", at(y0), x0 == x1 ? "L" : bend, at(x1), " ", at(y1),
                "\"/><path class=\"tip\" d=\"M", at(x1 - 4.5), " ", at(y1 - 1), "h9l-4.5 7z\"/>\n");
  }

  /// Each skip has a lane on the right; the shorter it is, the nearer to the boxes. Returns the right edge of the drawing.
  [[gnu::cold]] double draw_skips(std::vector<std::pair<int, int>> skips, std::string& lines) const {
    const auto span = [&](const std::pair<int, int>& skip) { return node(skip.second).row - node(skip.first).row; };
    std::sort(skips.begin(), skips.end(), [&](const auto& a, const auto& b) {
      return std::tuple(span(a), a.second, a.first) < std::tuple(span(b), b.second, b.first);
    });
    std::vector<std::vector<std::pair<int, int>>> lanes;
    for (const auto& skip : skips) {
      const auto meets = [&](const std::pair<int, int>& other) {
        return node(skip.first).row <= node(other.second).row && node(other.first).row <= node(skip.second).row;
      };
      std::size_t lane = 0;
      while (lane < lanes.size() && std::any_of(lanes[lane].begin(), lanes[lane].end(), meets)) ++lane;
      if (lane == lanes.size()) lanes.emplace_back();
      lanes[lane].push_back(skip);
      const NetworkNode &from = node(skip.first), &to = node(skip.second);
      const double x = right_ + 18 + 16 * static_cast<double>(lane), y0 = from.y + box_height / 2 + 6,
                   y1 = to.y + box_height / 2 - 6, x0 = from.x + from.width, x1 = to.x + to.width + 7;
      lines += text("<path class=\"edge skip\" d=\"M", at(x0), " ", at(y0), "H", at(x - 9), "q9 0 9 9V", at(y1 - 9),
                    "q0 9 -9 9H", at(x1), "\"/><path class=\"skip-tip\" d=\"M", at(x1 + 1), " ", at(y1 - 4.5),
                    "v9l-8 -4.5z\"/>\n");
    }
    return right_ + margin + (lanes.empty() ? 0 : 22 + 16 * static_cast<double>(lanes.size()));
  }

  std::vector<NetworkNode> nodes_;
  double right_ = 0, bottom_ = 0;
};

/// The drawing, the table and the summary of a model. `id` must be different for each model of a page.
LATENT_COLD inline std::string network_html(const ModelFacts& model, const std::string& id) {
  const std::vector<NetworkNode> nodes = network_nodes(model);
  std::vector<std::vector<Cell>> rows;
  for (const NetworkNode& node : nodes) {
    std::string reads;
    for (const int read : node.reads) reads += (reads.empty() ? "" : ", ") + nodes[static_cast<std::size_t>(read)].name;
    rows.push_back({static_cast<long>(rows.size()), node.name, node.class_name, node.activation, node.shape,
                    static_cast<long>(node.parameters), reads, node.remark});
  }
  return text("<div class=\"graph\">",
              NetworkDrawing(nodes).svg(text("Graph of the layers of ", model.name, "; the table below lists them.")),
              "</div>\n<details id=\"", id, "\"><summary>Table of layers and Keras summary</summary>\n",
              table_html("Layers of " + model.name,
                         {"", "layer", "type", "activation", "output shape", "parameters", "reads", "remark"}, rows),
              "<pre tabindex=\"0\">", escaped(model.summary()), "</pre></details>\n");
}

}  // namespace latent::report
