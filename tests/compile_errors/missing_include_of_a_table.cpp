// sentence: ConfusionTable
// message: incomplete type
// more errors follow
#include <latent/latent.hpp>

using namespace latent;

int main() {
  const std::vector<int> labels{0, 1}, answers{1, 1};
  const evaluation::ConfusionTable table(labels, answers);
}
