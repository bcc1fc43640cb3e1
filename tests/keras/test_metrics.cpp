// Metrics that are no means over samples, without and with weights, in double and in float.
#include <latent/latent.hpp>

#include "keras/reference.hpp"

using namespace latent;

namespace {

template <class Scalar, class Metric>
void run_as(const keras::Group& group, const std::string& name, const Metric& metric) {
  using Scoring = engine::ScoringFor<Scalar, Shape<3>, Linear, MeanSquaredError, Metric, Weighted<Metric>>;
  const auto load = [&](const char* tensor) { return keras::numbers<Scalar>(group.tensor(name + "/" + tensor)); };
  auto y = load("prediction");
  const auto t = load("target"), weights = load("weights");
  REQUIRE(y.size() == 3 * weights.size());
  const auto scoring = Scoring::make(MeanSquaredError{}, metric, weighted(metric));
  std::vector<double> sums(scoring->metric_sums());
  double all = 0;
  for (std::size_t n = 0; n < weights.size(); ++n) {
    scoring->add_metrics(&y[3 * n], &t[3 * n], static_cast<double>(weights[n]), sums.data());
    all += static_cast<double>(weights[n]);
  }
  const auto values = scoring->values(sums.data(), static_cast<double>(weights.size()), all);
  REQUIRE(values.size() == 2);
  const double allowed = keras::tolerance<Scalar>(1e-12, 1e-6);
  keras::compare(name, group.tensor(name + "/value"), &values[0], allowed);
  keras::compare(name + ", weighted", group.tensor(name + "/weighted"), &values[1], allowed);
}

template <class Metric>
void run(const std::string& name, const Metric& metric) {
  const keras::Group& group = keras::shared_group("metrics/metrics");
  run_as<double>(group, name, metric);
  run_as<float>(group, name, metric);
  group.ran(name);
}

}  // namespace

TEST_CASE("counts of right and wrong predictions, and their ratios, as in Keras") {
  run("precision", Precision{});
  run("precision_0.25", Precision{.thresholds = 0.25});
  run("precision_of_class_1", Precision{.class_id = 1});
  run("recall", Recall{});
  run("recall_0.75", Recall{.thresholds = 0.75});
  run("recall_of_class_2", Recall{.thresholds = 0.25, .class_id = 2});
  run("true_positives", TruePositives{});
  run("false_positives", FalsePositives{.thresholds = 0.25});
  run("true_negatives", TrueNegatives{});
  run("false_negatives", FalseNegatives{.thresholds = 0.75});
  run("f1_macro", F1Score{});
  run("f1_micro", F1Score{.average = ClassAverage::micro});
  run("f1_weighted", F1Score{.average = ClassAverage::weighted});
  run("f1_0.5", F1Score{.threshold = 0.5});
  run("fbeta_2", FBetaScore{.beta = 2});
  run("fbeta_0.5", FBetaScore{.average = ClassAverage::weighted, .beta = 0.5, .threshold = 0.25});
}

TEST_CASE("areas below curves as in Keras") {
  using enum AUCCurve;
  using enum AUCSummationMethod;
  for (const auto& [curve, words, thresholds] : {std::tuple{ROC, "roc", 200}, {PR, "pr", 50}, {PRGAIN, "prgain", 7}})
    for (const auto& [method, end] :
         {std::pair{interpolation, "interpolation"}, {minoring, "minoring"}, {majoring, "majoring"}})
      run(text("auc_", words, "_", end), AUC{.num_thresholds = thresholds, .curve = curve, .summation_method = method});
  run("auc_of_two_thresholds", AUC{.num_thresholds = 2});
  run("auc_from_logits", AUC{.from_logits = true});
}

TEST_CASE("regressions as in Keras") {
  run("r2_score", R2Score{});
  run("r2_score_weighted", R2Score{.class_aggregation = R2Aggregation::variance_weighted_average});
  run("root_mean_squared_error", RootMeanSquaredError{});
}
