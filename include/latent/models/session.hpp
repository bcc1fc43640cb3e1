/// What repeated predictions of a model need not make again: the weights in the form in which the layers read them, and the
/// workspaces of the threads. For one image that would take longer than the image.
///
/// Parameters change in many ways: an optimiser's step, weights from a file, a number that somebody writes through a pointer
/// of last week. So a session does not ask to be told. It keeps a copy of the parameters of which its weights were made, and
/// compares all of them, byte by byte, before each prediction. (For 74,497 parameters that is a tenth of what one image
/// takes; preparing them takes twice as long as the image.)
///
/// A model and its parts share their sessions, each of which is for one network. Calls that come at the same time each get
/// one of their own, without waiting for anybody:
///
///     predict on thread A   takes session 0 from its place ...                          ... puts it back
///     predict on thread B       finds the place empty, makes session 1 ...        ... puts it into the next place
#pragma once

#include <cstring>

#include "latent/models/run.hpp"

namespace latent::engine {

template <class Scalar>
class Session {
 public:
  explicit Session(const Plan<Scalar>& plan) : plan_(plan), pass_(plan) {}

  const Plan<Scalar>& plan() const { return plan_; }

  /// As engine::forward at inference: outputs[o] gets the results, one after the other.
  void forward(const Scalar* parameters, const Samples<Scalar>& samples, Scalar* const* outputs, int team) {
    if (!is_of(parameters, team)) prepare_for(parameters);
    pass_.begin({}, samples.count, team);
    run_forward(pass_, parameters, prepared_.get(), samples, outputs);
  }

 private:
  /// Whether the weights are those of these parameters.
  bool is_of(const Scalar* parameters, int team) const {
    constexpr Index piece = 1 << 14;  // scalars, which are compared in about 1 us
    std::atomic<bool> same = copy_ != nullptr;
    if (plan_.prepared == 0) return same;
    const Index parts = std::clamp<Index>(plan_.parameters / piece, 1, team);
    share_out(team, same ? parts : 0, [&](Index part, int) {
      const Index begin = plan_.parameters * part / parts, end = plan_.parameters * (part + 1) / parts;
      const auto bytes = static_cast<std::size_t>(end - begin) * sizeof(Scalar);
      if (std::memcmp(copy_.get() + begin, parameters + begin, bytes) != 0) same = false;
    });
    return same;
  }
  [[gnu::cold]] void prepare_for(const Scalar* parameters) {
    if (!copy_) prepared_ = aligned_zeros<Scalar>(plan_.prepared), copy_ = aligned_zeros<Scalar>(plan_.parameters);
    std::copy_n(parameters, plan_.parameters, copy_.get());
    for (int i = 0; i < plan_.depth(); ++i) prepare(plan_, i, copy_.get(), prepared_.get());
  }

  const Plan<Scalar>& plan_;
  Pass<Scalar> pass_;
  std::shared_ptr<Scalar[]> prepared_, copy_;  // null before the first call
};

LATENT_COMPILED_ONCE_BEGIN
/// The sessions of a model and its parts that nobody is using.
template <class Scalar>
class Sessions {
 public:
  Sessions() = default;
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;
  ~Sessions() {
    for (Place& place : idle_) delete place.session.load(std::memory_order_acquire);
  }

  /// Session::forward in one of them. One in which something is thrown is not used again.
  void forward(const Plan<Scalar>& plan, const Scalar* parameters, const Samples<Scalar>& samples,
               Scalar* const* outputs, int team) {
    std::unique_ptr<Session<Scalar>> session = taken(plan);
    session->forward(parameters, samples, outputs, team);
    put_back(std::move(session));
  }

 private:
  struct Place {
    std::atomic<Session<Scalar>*> session{nullptr};
    std::atomic<const Plan<Scalar>*> plan{nullptr};  // of the last session here, so that others are left where they are
  };

  std::unique_ptr<Session<Scalar>> taken(const Plan<Scalar>& plan) {
    for (Place& place : idle_) {
      if (place.plan.load(std::memory_order_relaxed) != &plan) continue;
      std::unique_ptr<Session<Scalar>> session(place.session.exchange(nullptr, std::memory_order_acquire));
      if (session && &session->plan() == &plan) return session;
      if (session) put_back(std::move(session));
    }
    return std::make_unique<Session<Scalar>>(plan);
  }
  /// Into an empty place; if there is none, instead of a session of another plan.
  void put_back(std::unique_ptr<Session<Scalar>> session) {
    const Plan<Scalar>* const plan = &session->plan();  // once it is in its place, the session is anybody's
    for (Place& place : idle_) {
      Session<Scalar>* nobody = nullptr;
      if (place.session.compare_exchange_strong(nobody, session.get(), std::memory_order_acq_rel)) {
        place.plan.store(plan, std::memory_order_relaxed);
        return (void)session.release();
      }
    }
    for (Place& place : idle_)
      if (place.plan.exchange(plan, std::memory_order_relaxed) != plan) {
        delete place.session.exchange(session.release(), std::memory_order_acq_rel);
        return;
      }
  }

  std::array<Place, 8> idle_;
};
LATENT_COMPILED_ONCE_END

}  // namespace latent::engine
