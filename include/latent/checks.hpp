/// latent: tools that look for mistakes.
#pragma once

#include "latent/checks/gradient_check.hpp"
#include "latent/checks/loss_gradient_check.hpp"
#include "latent/checks/nan_tracer.hpp"
