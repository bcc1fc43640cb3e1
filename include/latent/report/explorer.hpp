/// The explorer: a page for walking through the codes of a trained network. It holds the network itself, compiled to WebAssembly
/// (explorer/module.cpp), its weights, and images whose codes are shown. docs/explorer.md.
///
/// The networks of the course come compiled, in explorer/networks.tar.xz; scripts/build_explorer.sh compiles
/// any other. Needs nlohmann-json, libarchive and zlib.
#pragma once

#include <zlib.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "latent/core/files.hpp"
#include "latent/core/version.hpp"
#include "latent/datasets/archive.hpp"
#include "latent/io/architecture.hpp"
#include "latent/io/samples.hpp"
#include "latent/report/explorer_link.hpp"
#include "latent/report/html.hpp"
#include "latent/report/style.hpp"
#include "latent/report/uplot.hpp"

namespace latent::report {

/// A network that scripts/build_explorer.sh has compiled.
struct CompiledNetwork {
  std::string name;         ///< that of its folder
  std::string config;       ///< Keras's, of the layers: network.json
  std::string module;       ///< what the module says of itself, in JSON: module.json
  std::string simd, plain;  ///< WebAssembly, with vectors and without
};

/// Reads the networks of an archive, each in a folder of its own. Throws FileError.
LATENT_COLD inline std::vector<CompiledNetwork> compiled_networks(const std::string& archive) {
  std::vector<CompiledNetwork> networks;
  for (auto& [path, content] : datasets::read_archive(archive)) {  // by name
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) continue;
    const std::string name = path.substr(0, slash), file = path.substr(slash + 1);
    if (networks.empty() || networks.back().name != name) networks.push_back({name, {}, {}, {}, {}});
    CompiledNetwork& network = networks.back();
    if (file == "network.json") network.config = std::move(content);
    if (file == "module.json") network.module = std::move(content);
    if (file == "simd.wasm") network.simd = std::move(content);
    if (file == "plain.wasm") network.plain = std::move(content);
  }
  return networks;
}
/// Reads the network in a folder. Throws FileError.
LATENT_COLD inline CompiledNetwork compiled_network(const std::string& folder) {
  return {"", read_file(folder + "/network.json"), read_file(folder + "/module.json"), read_file(folder + "/simd.wasm"),
          read_file(folder + "/plain.wasm")};
}

namespace detail {

/// The layers of a configuration, without Sampling's beta: the page decides how much the divergence counts.
template <class Json>
[[gnu::cold]] std::vector<io::LayerEntry<Json>> layers_without_beta(const std::string& config) {
  auto layers = io::layers_of(Json::parse(config));
  for (auto& layer : layers) layer.options.erase("beta");
  return layers;
}

}  // namespace detail

/// The differences between a weights file and a compiled network, in layers and tensors, one per line; empty if they match. Files of
/// save_weights do not describe their layers: only their tensors are compared. Throws FileError if the file's description of its
/// layers is not a model.
template <class Json = nlohmann::json>
[[gnu::cold]] std::string differences(const io::SafeTensors& file, const CompiledNetwork& network) {
  std::string lines;
  if (const auto config = file.metadata.find("keras_config"); config != file.metadata.end()) try {
      const auto received = detail::layers_without_beta<Json>(config->second);
      lines = io::compare_layers(detail::layers_without_beta<Json>(network.config), received);
    } catch (const typename Json::exception& error) {
      throw FileError(file.path, "keras_config in its metadata is no model: " + io::excerpt(error.what()));
    }
  std::set<std::string> known;
  const Json module = Json::parse(network.module);
  for (const Json& parameter : module.at("parameters")) {
    const std::string name = parameter.at("name");
    const std::vector<Index> shape = parameter.at("shape");
    known.insert(name);
    if (!file.contains(name))
      lines += "\n  missing: " + name + " " + shape_text(shape);
    else if (file.at(name).shape != shape)
      lines += "\n  other shape: " + name + ": expected " + shape_text(shape) + ", received " +
               shape_text(file.at(name).shape);
  }
  for (const auto& [name, tensor] : file.tensors)
    if (!io::is_sample(name) && !known.contains(name))
      lines += "\n  unexpected: " + io::excerpt(name) + " " + shape_text(tensor.shape);
  return lines;
}

/// The network to which a weights file belongs. Throws FileError if none or several match.
LATENT_COLD inline const CompiledNetwork& network_of(const io::SafeTensors& file,
                                                     const std::vector<CompiledNetwork>& networks) {
  std::vector<const CompiledNetwork*> fitting;
  std::string names;
  for (const CompiledNetwork& network : networks)
    if (differences(file, network).empty()) {
      fitting.push_back(&network);
      names += (names.empty() ? "" : ", ") + network.name;
    }
  if (fitting.empty())
    throw FileError(file.path,
                    text("is of none of the ", networks.size(),
                         " networks that are compiled for the browser; scripts/build_explorer.sh compiles one"));
  if (fitting.size() > 1)
    throw FileError(file.path, text("does not say what its layers are, and could be of ", names,
                                    ": write it by save_model, which says it"));
  return *fitting[0];
}

/// The images whose codes are shown and on which the page trains: pixels of 0 to 255, one image after the other.
struct ExplorerImages {
  std::vector<std::uint8_t> pixels;       ///< 784 of each image, row by row
  std::vector<std::uint8_t> labels;       ///< one of each image
  std::string description = "no images";  ///< what they are, in words
};

/// The contents of the page.
struct ExplorerPage {
  std::string title;    ///< what was trained
  std::string weights;  ///< the file, as the page names it
  std::string folder;   ///< explorer/page, with the page's scripts and styles
  std::string report;   ///< the report of the run, if there is one, as a link from the page
};

namespace detail {

/// Compressed by zlib, as text; the page decompresses it.
LATENT_COLD inline std::string packed(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                               reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()), 9);
  check(status == Z_OK, "zlib cannot pack ", bytes.size(), " bytes");
  out.resize(size);
  return base64(out);
}
LATENT_COLD inline std::string block(const std::string& id, const std::string& content) {
  return text("<script type=\"text/plain\" id=\"data-", id, "\">", content, "</script>\n");
}

}  // namespace detail

/// The page. Throws FileError if the weights do not fit the network, or are not all numbers.
template <class Json = nlohmann::json>
[[gnu::cold]] std::string explorer_html(const io::SafeTensors& file, const CompiledNetwork& network,
                                        const ExplorerImages& images, const ExplorerPage& page) {
  if (const std::string lines = differences<Json>(file, network); !lines.empty())
    throw FileError(file.path, "does not fit the compiled network:" + lines);
  Json parameters = Json::array();
  std::string weights;
  const Json module = Json::parse(network.module);
  for (const Json& parameter : module.at("parameters")) {
    const std::string name = parameter.at("name");
    const std::vector<float> values = file.get<float>(name);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        throw FileError(file.path, text("tensor ", name, ", element ", i, " is ", values[i]));
    weights.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    parameters.push_back({{"name", name}, {"count", values.size()}});
  }
  std::string facts = Json{{"title", page.title},      {"weights", page.weights},       {"report", page.report},
                           {"parameters", parameters}, {"count", images.labels.size()}, {"images", images.description}}
                          .dump(-1, ' ', false, Json::error_handler_t::replace);
  for (std::size_t at = 0; (at = facts.find('<', at)) != std::string::npos;) facts.replace(at, 1, "\\u003c");

  const auto part = [&](const std::string& name) { return read_file(page.folder + "/" + name + ".js"); };
  std::string scripts = "\"use strict\";\n";
  for (const char* name : {"network", "pixels", "plane", "pad", "layers", "training", "page"}) scripts += part(name);
  const auto bytes = [](const std::vector<std::uint8_t>& of) {
    return std::string_view(reinterpret_cast<const char*>(of.data()), of.size());
  };
  return head_html(page.title + " · explorer", std::string(style) + uplot_style + read_file(page.folder + "/page.css"),
                   true) +
         "<body>\n" + read_file(page.folder + "/page.html") + detail::block("facts", facts) +
         detail::block("simd", detail::packed(network.simd)) + detail::block("plain", detail::packed(network.plain)) +
         detail::block("weights", detail::packed(weights)) +
         detail::block("images", detail::packed(bytes(images.pixels))) +
         detail::block("labels", detail::packed(bytes(images.labels))) +
         detail::block("worker", "\"use strict\";\n" + part("network") + part("worker")) + "<script>" + uplot_script +
         "</script>\n<script>" + scripts + "</script>\n</body>\n</html>\n";
}

}  // namespace latent::report
