#pragma once

#include <latent/datasets.hpp>
#include <latent/datasets/open.hpp>
#include <latent/io.hpp>
#include <latent/latent.hpp>
#include <latent/pictures.hpp>
#include <latent/report.hpp>
