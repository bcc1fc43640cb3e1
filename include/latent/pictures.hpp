/// Everything about pictures: sheets of images, plots, tables, PNG files. Needs stb; the CMake target is `latent::pictures`.
#pragma once

namespace latent {
struct latent_pictures_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/pictures/apng.hpp"
#include "latent/pictures/bars.hpp"
#include "latent/pictures/beside.hpp"
#include "latent/pictures/feature_maps.hpp"
#include "latent/pictures/grid.hpp"
#include "latent/pictures/heat_map.hpp"
#include "latent/pictures/histogram.hpp"
#include "latent/pictures/image.hpp"
#include "latent/pictures/plot.hpp"
#include "latent/pictures/png.hpp"
#include "latent/pictures/scatter.hpp"
#include "latent/pictures/sheet.hpp"
