// sentence: write scores["loss"] or scores["accuracy"]
// message: operator
#include <latent/latent.hpp>

using namespace latent;

double accuracy(const Scores& scores) { return scores[1]; }
