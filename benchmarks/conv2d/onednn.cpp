#include "onednn.hpp"

#ifdef LATENT_WITH_ONEDNN
#include <omp.h>

#include <latent/core/text.hpp>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

const char* onednn_version() {
  static const std::string version = [] {
    const dnnl_version_t* v = dnnl_version();
    return latent::text(v->major, ".", v->minor, ".", v->patch);
  }();
  return version.c_str();
}

std::function<void()> onednn_convolution(const latent::kernels::Convolution& c, int pass, latent::Index images,
                                         int threads) {
  using namespace dnnl;
  using dims = memory::dims;
  const auto any = [](const dims& d) { return memory::desc(d, memory::data_type::f32, memory::format_tag::any); };
  const auto x = any({images, c.channels, c.rows.input, c.columns.input});
  const auto w = any({c.filters, c.channels, c.rows.kernel, c.columns.kernel});
  const auto y = any({images, c.filters, c.rows.output, c.columns.output});
  const dims strides{c.rows.stride, c.columns.stride}, before{c.rows.before, c.columns.before};
  const dims after{c.rows.after, c.columns.after};
  omp_set_num_threads(threads);  // oneDNN chooses its blocks for so many
  const engine cpu(engine::kind::cpu, 0);
  const auto choice = algorithm::convolution_auto;  // direct or Winograd, as oneDNN sees fit
  const convolution_forward::desc forward(prop_kind::forward_training, choice, x, w, y, strides, before, after);
  const convolution_forward::primitive_desc hint(forward, cpu);
  const auto zeros = [&](const memory::desc& desc) {
    memory m(desc, cpu);
    float* values = static_cast<float*>(m.get_data_handle());
    for (std::size_t i = 0; i < desc.get_size() / sizeof(float); ++i) values[i] = 0.25f + static_cast<float>(i % 7);
    return m;
  };
  const auto function = [&](const primitive& p,
                            const std::unordered_map<int, memory>& arguments) -> std::function<void()> {
    return [p, arguments, s = stream(cpu), threads]() mutable {
      omp_set_num_threads(threads);
      p.execute(s, arguments);
      s.wait();
    };
  };
  if (pass == 0)
    return function(dnnl::convolution_forward(hint), {{DNNL_ARG_SRC, zeros(hint.src_desc())},
                                                      {DNNL_ARG_WEIGHTS, zeros(hint.weights_desc())},
                                                      {DNNL_ARG_DST, zeros(hint.dst_desc())}});
  if (pass == 1) {
    const convolution_backward_data::desc desc(choice, x, w, y, strides, before, after);
    const convolution_backward_data::primitive_desc backward(desc, cpu, hint);
    return function(convolution_backward_data(backward), {{DNNL_ARG_DIFF_DST, zeros(backward.diff_dst_desc())},
                                                          {DNNL_ARG_WEIGHTS, zeros(backward.weights_desc())},
                                                          {DNNL_ARG_DIFF_SRC, zeros(backward.diff_src_desc())}});
  }
  const convolution_backward_weights::desc desc(choice, x, w, y, strides, before, after);
  const convolution_backward_weights::primitive_desc backward(desc, cpu, hint);
  return function(convolution_backward_weights(backward),
                  {{DNNL_ARG_SRC, zeros(backward.src_desc())},
                   {DNNL_ARG_DIFF_DST, zeros(backward.diff_dst_desc())},
                   {DNNL_ARG_DIFF_WEIGHTS, zeros(backward.diff_weights_desc())}});
}

#else
const char* onednn_version() { return nullptr; }
std::function<void()> onednn_convolution(const latent::kernels::Convolution&, int, latent::Index, int) {
  return [] {};
}
#endif
