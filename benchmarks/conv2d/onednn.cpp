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

namespace {

using namespace dnnl;

/// What oneDNN would do for each pass, on data in layouts of its choice. Throws dnnl::error for what it does not have.
struct Description {
  const engine cpu{engine::kind::cpu, 0};
  memory::desc x, w, y;
  memory::dims strides, before, after;
  algorithm choice;
  convolution_forward::primitive_desc forward;

  Description(const latent::kernels::Convolution& c, latent::Index images, OneDNN wanted)
      : x(any({images, c.channels, c.rows.input, c.columns.input})),
        w(any({c.filters, c.channels, c.rows.kernel, c.columns.kernel})),
        y(any({images, c.filters, c.rows.output, c.columns.output})),
        strides{c.rows.stride, c.columns.stride},
        before{c.rows.before, c.columns.before},
        after{c.rows.after, c.columns.after},
        choice(wanted == OneDNN::direct ? algorithm::convolution_direct : algorithm::convolution_winograd),
        forward({prop_kind::forward_training, choice, x, w, y, strides, before, after}, cpu) {}

  convolution_backward_data::primitive_desc input_gradient() const {
    return {{choice, x, w, y, strides, before, after}, cpu, forward};
  }
  convolution_backward_weights::primitive_desc weight_gradient() const {
    return {{choice, x, w, y, strides, before, after}, cpu, forward};
  }

  memory numbers(const memory::desc& desc) const {
    memory m(desc, cpu);
    float* values = static_cast<float*>(m.get_data_handle());
    for (std::size_t i = 0; i < desc.get_size() / sizeof(float); ++i) values[i] = 0.25f + static_cast<float>(i % 7);
    return m;
  }
  std::function<void()> function(const primitive& p, const std::unordered_map<int, memory>& arguments,
                                 int threads) const {
    return [p, arguments, s = stream(cpu), threads]() mutable {
      omp_set_num_threads(threads);
      p.execute(s, arguments);
      s.wait();
    };
  }

 private:
  static memory::desc any(const memory::dims& d) { return {d, memory::data_type::f32, memory::format_tag::any}; }
};

}  // namespace

bool onednn_supports(const latent::kernels::Convolution& c, int pass, latent::Index images, OneDNN algorithm) try {
  const Description description(c, images, algorithm);
  if (pass == 1) description.input_gradient();
  if (pass == 2) description.weight_gradient();
  return true;
} catch (const dnnl::error&) {
  return false;
}

std::function<void()> onednn_convolution(const latent::kernels::Convolution& c, int pass, latent::Index images,
                                         OneDNN algorithm, int threads) {
  omp_set_num_threads(threads);  // oneDNN chooses its blocks for so many
  const Description d(c, images, algorithm);
  if (pass == 0) {
    const auto& p = d.forward;
    return d.function(convolution_forward(p),
                      {{DNNL_ARG_SRC, d.numbers(p.src_desc())},
                       {DNNL_ARG_WEIGHTS, d.numbers(p.weights_desc())},
                       {DNNL_ARG_DST, d.numbers(p.dst_desc())}},
                      threads);
  }
  if (pass == 1) {
    const auto p = d.input_gradient();
    return d.function(convolution_backward_data(p),
                      {{DNNL_ARG_DIFF_DST, d.numbers(p.diff_dst_desc())},
                       {DNNL_ARG_WEIGHTS, d.numbers(p.weights_desc())},
                       {DNNL_ARG_DIFF_SRC, d.numbers(p.diff_src_desc())}},
                      threads);
  }
  const auto p = d.weight_gradient();
  return d.function(convolution_backward_weights(p),
                    {{DNNL_ARG_SRC, d.numbers(p.src_desc())},
                     {DNNL_ARG_DIFF_DST, d.numbers(p.diff_dst_desc())},
                     {DNNL_ARG_DIFF_WEIGHTS, d.numbers(p.diff_weights_desc())}},
                    threads);
}

#else
const char* onednn_version() { return nullptr; }
bool onednn_supports(const latent::kernels::Convolution&, int, latent::Index, OneDNN) { return false; }
std::function<void()> onednn_convolution(const latent::kernels::Convolution&, int, latent::Index, OneDNN, int) {
  return [] {};
}
#endif
