/// Pages about runs. Needs stb and zlib; the CMake target is `latent::report`. docs/report.md shows what is in such a page.
#pragma once

#include "latent/report/film.hpp"
#include "latent/report/report.hpp"
