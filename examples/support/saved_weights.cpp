#include "support/saved_weights.hpp"

#include <filesystem>

#include "latent/io/load_weights.hpp"

namespace latent {

bool load_if_saved(const std::string& file, const std::vector<NamedTensor<float>>& parameters) {
  if (!std::filesystem::exists(file)) return false;
  struct Model {
    const std::vector<NamedTensor<float>>& all;
    const std::vector<NamedTensor<float>>& parameters() const { return all; }
  };
  try {
    load_weights(file, Model{parameters});
  } catch (const FileError& error) {
    throw FileError(
        file, text("expected the weights of an earlier run (", error.what(), "); remove the file to train again"));
  }
  return true;
}

}  // namespace latent
