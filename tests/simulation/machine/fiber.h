#pragma once

#include <cstddef>
#include <functional>

#include <boost/context/fiber.hpp>

namespace sosw::simulation {

/// A function with its own stack, which can pause in the middle and be resumed later. The fibers of a thread
/// take turns: one runs until it pauses.
class Fiber {
 public:
  /// The body starts at the first resume(). It must not let an exception out.
  explicit Fiber(std::function<void()> body);
  ~Fiber() = default;  ///< the body must have ended, or never have begun
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  void resume();  ///< from outside: returns when the body pauses or ends
  void pause();   ///< from inside: returns when resumed
  bool ended() const { return ended_; }

 private:
  boost::context::fiber enter(boost::context::fiber&& outside);

  std::function<void()> body_;
  bool ended_ = false;
  const void* bottom_ = nullptr;  ///< of this fiber's stack
  boost::context::fiber inside_;
  boost::context::fiber outside_;

  // What AddressSanitizer must know about the other side at each switch.
  void* inside_fake_stack_ = nullptr;
  void* outside_fake_stack_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
};

}  // namespace sosw::simulation
