#define LATENT_ONCE template
#include "support/compiled_once.hpp"
