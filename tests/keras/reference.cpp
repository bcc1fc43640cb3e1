#include "keras/reference.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <latent/datasets.hpp>
#include <latent/io.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace keras {

namespace {
const std::string whole = LATENT_SHARED_DIR "/keras_reference", shipped = LATENT_SOURCE_DIR "/tests/keras/reference";
}

bool is_whole() { return folder() != shipped; }

std::string folder() {
  static const std::string found = [] {
    if (const char* given = std::getenv("LATENT_KERAS_REFERENCE")) return std::string(given);
    if (std::filesystem::exists(whole + "/layers/conv2d.json")) return whole;
    MESSAGE("the full Keras references are not at ", whole, ": using the few in ", shipped);
    return shipped;
  }();
  return found;
}

std::vector<std::pair<std::string, std::string>> all_groups() {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> found;  // by name
  for (const std::string& root : {folder(), shipped})
    for (const auto& kind : fs::directory_iterator(root))
      for (const auto& file : kind.is_directory() ? fs::directory_iterator(kind) : fs::directory_iterator())
        if (file.path().extension() == ".json")
          found.emplace((kind.path().filename() / file.path().stem()).string(), root);
  found.erase("models/batches");  // the images
  std::vector<std::pair<std::string, std::string>> groups;
  for (const auto& [name, root] : found) groups.emplace_back(root, name);
  return groups;
}

std::string text_file(const std::string& name) {
  std::ifstream in(folder() + "/" + name);
  if (!in) in.open(shipped + "/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Group::Files {
  latent::SafeTensors data;
};

Group::Group(const std::string& name)
    : Group(std::filesystem::exists(folder() + "/" + name + ".json") ? folder() : shipped, name) {}

Group::Group(const std::string& root, const std::string& name) : name_(name) {
  const std::string path = root + "/" + name;
  if (!is_whole() && !std::filesystem::exists(path + ".json")) return;  // not among the few
  files_ = std::make_shared<Files>(Files{latent::read_safetensors(path + ".safetensors")});
  const auto json = nlohmann::json::parse(std::ifstream(path + ".json"));
  if (!json.contains("cases"))
    cases_.push_back(json["case"]);
  else
    for (const auto& entry : json["cases"]) cases_.push_back(entry["case"]);
}

Group& shared_group(const std::string& name) {
  static std::map<std::string, Group> groups;
  return groups.try_emplace(name, name).first->second;
}

std::vector<double> training_images(const std::string& kind) {
  static const Group own(shipped, "models/batches");  // of the project's own models
  for (const Group* batches : {static_cast<const Group*>(&shared_group("models/batches")), &own})
    if (batches->has(kind)) return batches->tensor(kind);
  if (kind != "clean") return {};
  const auto images =
      latent::datasets::read_idx_images(LATENT_SOURCE_DIR "/data/mnist_sample/t10k-images-idx3-ubyte.gz");
  return {images.data(), images.data() + 320 * 28 * 28};
}

bool Group::has(const std::string& tensor) const { return files_ && files_->data.contains(tensor); }

std::vector<double> Group::tensor(const std::string& name) const { return files_->data.get<double>(name); }

void Group::ran(const std::string& name) const {
  const char* file = std::getenv("LATENT_KERAS_CASES_RUN");
  if (!file) return;
  // In one go, for several tests may run at a time.
  std::ofstream(file, std::ios::app) << name_ + "\t" + name + "\n" << std::flush;
}

}  // namespace keras
