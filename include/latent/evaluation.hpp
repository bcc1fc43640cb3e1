/// How results are evaluated after the training: PSNR, SSIM, confusion tables, ROC curves, codes in the plane. Needs Eigen;
/// OpenMP if there is any.
#pragma once

namespace latent {
struct latent_evaluation_hpp {};  // see core/missing_includes.hpp
}  // namespace latent

#include "latent/evaluation/confusion_table.hpp"
#include "latent/evaluation/distances.hpp"
#include "latent/evaluation/diversity.hpp"
#include "latent/evaluation/latent_plane.hpp"
#include "latent/evaluation/neighbours.hpp"
#include "latent/evaluation/pca.hpp"
#include "latent/evaluation/psnr.hpp"
#include "latent/evaluation/quantile.hpp"
#include "latent/evaluation/roc_curve.hpp"
#include "latent/evaluation/ssim.hpp"
#include "latent/evaluation/trustworthiness.hpp"
#include "latent/evaluation/tsne.hpp"
