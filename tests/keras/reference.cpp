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

Group::Group(const std::string& name) : name_(name) {
  std::string path = folder() + "/" + name;
  if (!std::filesystem::exists(path + ".json")) path = shipped + "/" + name;  // of the project's own
  if (!is_whole() && !std::filesystem::exists(path + ".json")) return;        // not among the few
  files_ = std::make_shared<Files>(Files{latent::read_safetensors(path + ".safetensors")});
  const auto json = nlohmann::json::parse(std::ifstream(path + ".json"));
  if (json.contains("cases"))
    for (const auto& entry : json["cases"]) cases_.push_back(entry["case"]);
}

Group& shared_group(const std::string& name) {
  static std::map<std::string, Group> groups;
  return groups.try_emplace(name, name).first->second;
}

std::vector<double> training_images(const std::string& kind) {
  const Group& batches = shared_group("models/batches");
  if (batches.has(kind)) return batches.tensor(kind);
  if (kind != "clean") return {};
  const auto images =
      latent::datasets::read_idx_images(LATENT_SOURCE_DIR "/data/mnist_sample/t10k-images-idx3-ubyte.gz");
  return {images.data(), images.data() + 320 * 28 * 28};
}

bool Group::has(const std::string& tensor) const { return files_ && files_->data.contains(tensor); }

std::vector<double> Group::tensor(const std::string& name) const { return files_->data.get<double>(name); }

void Group::check_coverage(const std::set<std::string>& not_yet) const {
  std::size_t later = 0;
  for (const std::string& name : cases_) {
    const bool run = ran_.count(name) > 0, known = not_yet.count(name) > 0;
    later += known;
    CHECK_MESSAGE(run != known, name_, ": case ", name, run ? " was run, but is listed as not yet run" : " was not run");
  }
  MESSAGE(name_, ": ", ran_.size(), " of ", cases_.size(), " cases run, ", later, " not yet supported");
}

}  // namespace keras
