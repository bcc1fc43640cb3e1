/// latent: tools that look for mistakes.
#pragma once

namespace latent {
struct latent_checks_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/checks/gradient_check.hpp"
#include "latent/checks/loss_gradient_check.hpp"
#include "latent/checks/nan_tracer.hpp"
