// The pages of explorers, of a made-up network: which files belong to it, and what is in the page.
#include <doctest/doctest.h>
#include <zlib.h>

#include <cstring>
#include <latent/report/explorer.hpp>

#include "files.hpp"

using namespace latent;
using namespace latent::report;

namespace {

/// A tar archive of these files.
std::string tar(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string all;
  for (const auto& [name, content] : files) {
    std::string head(512, '\0');
    const auto put = [&](std::size_t at, const std::string& words) { head.replace(at, words.size(), words); };
    char size[12], sum[8];
    std::snprintf(size, sizeof size, "%011zo", content.size());
    put(0, name), put(100, "0000644"), put(124, size), put(148, "        "), put(156, "0"), put(257, "ustar  ");
    unsigned total = 0;
    for (const char c : head) total += static_cast<unsigned char>(c);
    std::snprintf(sum, sizeof sum, "%06o", total);
    put(148, sum + std::string(1, '\0'));
    all += head + content + std::string((512 - content.size() % 512) % 512, '\0');
  }
  return all + std::string(1024, '\0');
}

std::string config(int units, double beta) {
  return text(R"({"config": {"layers": [{"class_name": "Dense", "config": {"name": "a", "units": )", units,
              R"(}}, {"class_name": "Sampling", "config": {"name": "s", "beta": )", beta, "}}]}}");
}
const CompiledNetwork network{
    "small", config(1, 1),
    R"({"parameters": [{"name": "a/kernel", "shape": [2, 1]}, {"name": "a/bias", "shape": [1]}]})", "with vectors",
    "without"};

/// A file of its three parameters.
io::SafeTensors fitting(const std::vector<float>& values = {1, 2, 3}) {
  io::SafeTensors file;
  file.path = "w";
  file.tensors = {{"a/kernel", {"F32", {2, 1}, 0, 8}}, {"a/bias", {"F32", {1}, 8, 12}}};
  file.data.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return file;
}

std::string unpacked(const std::string& base64) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  for (std::size_t i = 0; i < base64.size() && base64[i] != '='; ++i) {
    bits = bits << 6 | static_cast<unsigned>(digits.find(base64[i]));
    if (i % 4 > 0) bytes += static_cast<char>(bits >> (6 - i % 4 * 2) & 255);
  }
  std::string out(1000, '\0');
  uLongf size = out.size();
  CHECK(uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                   static_cast<uLong>(bytes.size())) == Z_OK);
  return out.substr(0, size);
}

}  // namespace

TEST_CASE("networks of an archive, each in a folder of its own; that of a folder") {
  const TemporaryFolder folder;
  const std::string archive = folder.write("networks.tar", tar({{"b/network.json", "N"},
                                                                {"b/module.json", "M"},
                                                                {"b/simd.wasm", "S"},
                                                                {"b/plain.wasm", "P"},
                                                                {"b/other.txt", "O"},
                                                                {"beside.txt", "?"},
                                                                {"a/simd.wasm", "s"}}));
  const auto networks = compiled_networks(archive);
  REQUIRE(networks.size() == 2);
  const auto all = [](const CompiledNetwork& n) {
    return n.name + "|" + n.config + "|" + n.module + "|" + n.simd + "|" + n.plain;
  };
  CHECK(all(networks[0]) == "a|||s|");
  CHECK(all(networks[1]) == "b|N|M|S|P");
  for (const char* file : {"network.json", "module.json", "simd.wasm", "plain.wasm"})
    folder.write(text("one/", file), text("of ", file));
  CHECK(all(compiled_network((folder.path / "one").string())) ==
        "|of network.json|of module.json|of simd.wasm|of plain.wasm");
}

TEST_CASE("a file fits if it has the network's tensors, and its layers if it tells them; whatever beta is") {
  io::SafeTensors file = fitting();
  CHECK(differences(file, network).empty());
  file.tensors[std::string(io::input_samples) + "0"] = {"F32", {1}, 0, 4};
  file.metadata["keras_config"] = config(1, 0.25);
  CHECK(differences(file, network).empty());
  file.metadata["keras_config"] = config(2, 1);
  CHECK(differences(file, network) == "\n  layer 0, a (Dense): units: expected 1, received 2");
  file.metadata["keras_config"] = "{}";
  CHECK(file_error("w", [&] {
          differences(file, network);
        }).starts_with("w: keras_config in its metadata is no model: "));
  file = fitting();
  file.tensors["a/kernel"].shape = {1, 2};
  file.tensors.erase("a/bias");
  file.tensors["b/bias"] = {"F32", {1}, 8, 12};
  CHECK(
      differences(file, network) ==
      "\n  other shape: a/kernel: expected (2, 1), received (1, 2)\n  missing: a/bias (1,)\n  unexpected: b/bias (1,)");
}

TEST_CASE("of several networks a file belongs to one") {
  CompiledNetwork other = network, again = network;
  other.module = R"({"parameters": []})", again.name = "again";
  const std::vector<CompiledNetwork> two{other, network}, three{other, network, again};
  CHECK(&network_of(fitting(), two) == &two[1]);
  CHECK(file_error("w", [&] { network_of(fitting(), three); }) ==
        "w: does not say what its layers are, and could be of small, again: write it by save_model, which says it");
  CHECK(file_error("w", [&] { network_of(fitting(), {other, other}); }) ==
        "w: is of none of the 2 networks that are compiled for the browser; scripts/build_explorer.sh compiles one");
}

TEST_CASE("a page: facts, both modules, weights, images and scripts, each in its place") {
  const TemporaryFolder folder;
  for (const char* name : {"network", "pixels", "plane", "pad", "layers", "training", "page", "worker"})
    folder.write(text(name, ".js"), text(name, ";"));
  folder.write("page.css", "main {}"), folder.write("page.html", "<main></main>");
  const ExplorerImages images{{0, 255, 7}, {4, 5}, "three <pixels>"};
  const ExplorerPage page{"A & B", "w.safetensors", folder.path.string(), "report.html"};
  const std::string html = explorer_html(fitting(), network, images, page);
  CHECK(html.starts_with(head_html("A & B · explorer", std::string(style) + uplot_style + "main {}", true) +
                         "<body>\n<main></main><script type=\"text/plain\" id=\"data-facts\">{"));
  CHECK(html.ends_with("</script>\n<script>" + std::string(uplot_script) +
                       "</script>\n<script>\"use strict\";\nnetwork;pixels;plane;pad;layers;training;page;</script>\n"
                       "</body>\n</html>\n"));
  const auto block = [&](const std::string& id) {
    const std::string begin = "<script type=\"text/plain\" id=\"data-" + id + "\">", end = "</script>\n";
    const std::size_t at = html.find(begin);
    REQUIRE(at != std::string::npos);
    return html.substr(at + begin.size(), html.find(end, at) - at - begin.size());
  };
  CHECK(block("facts") ==
        R"({"count":2,"images":"three \u003cpixels>","parameters":[{"count":2,"name":"a/kernel"},)"
        R"({"count":1,"name":"a/bias"}],"report":"report.html","title":"A & B","weights":"w.safetensors"})");
  CHECK(unpacked(block("simd")) == "with vectors");
  CHECK(unpacked(block("plain")) == "without");
  CHECK(unpacked(block("weights")) == fitting().data);
  CHECK(unpacked(block("images")) == std::string("\0\xff\x07", 3));
  CHECK(unpacked(block("labels")) == "\x04\x05");
  CHECK(block("worker") == "\"use strict\";\nnetwork;worker;");

  CHECK(file_error("w", [&] { explorer_html(fitting({1, HUGE_VALF, 3}), network, images, page); }) ==
        "w: tensor a/kernel, element 1 is inf");
  io::SafeTensors file = fitting();
  file.tensors.erase("a/bias");
  CHECK(file_error("w", [&] { explorer_html(file, network, images, page); }) ==
        "w: does not fit the compiled network:\n  missing: a/bias (1,)");
  CHECK(ExplorerImages{}.description == "no images");
}
