/// A reference to a function that is called but not stored. It avoids the costs of compiling and copying a std::function.
#pragma once

namespace latent {

template <class Signature>
class FunctionRef;

/// Refers to a callable object, which must outlive it. An empty one refers to nothing and converts to false.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  FunctionRef() = default;
  /// Refers to f, which must outlive it.
  template <class F>
  FunctionRef(const F& f)  // NOLINT: the conversion is the point
      : object_(&f), call_([](const void* object, Arguments... arguments) -> Result {
          return (*static_cast<const F*>(object))(arguments...);
        }) {}

  /// Whether it refers to a function.
  explicit operator bool() const { return call_ != nullptr; }
  /// Calls the function.
  Result operator()(Arguments... arguments) const { return call_(object_, arguments...); }

 private:
  const void* object_ = nullptr;
  Result (*call_)(const void*, Arguments...) = nullptr;
};

}  // namespace latent
