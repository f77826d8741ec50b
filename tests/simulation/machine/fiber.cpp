#include "simulation/machine/fiber.h"

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <cxxabi.h>

#if defined(SOSW_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace sosw::simulation {
namespace {

#if defined(SOSW_ADDRESS_SANITIZER)
constexpr std::size_t kStackSize = 1024 * 1024;
void start_switch(void** own_fake_stack, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(own_fake_stack, bottom, size);
}
void finish_switch(void* own_fake_stack, const void** left_bottom, std::size_t* left_size) {
  __sanitizer_finish_switch_fiber(own_fake_stack, left_bottom, left_size);
}
void forget_frames(char* bottom, std::size_t size) { __asan_unpoison_memory_region(bottom, size); }
#else
constexpr std::size_t kStackSize = 256 * 1024;
void start_switch(void**, const void*, std::size_t) {}
void finish_switch(void*, const void**, std::size_t*) {}
void forget_frames(char*, std::size_t) {}
#endif

/// Stacks are used again: a run starts dozens of fibers, and fresh memory for each would cost more than they
/// do.
class Stacks {
 public:
  char* take() {
    if (free_.empty()) return (all_.emplace_back(std::make_unique<char[]>(kStackSize))).get();
    char* bottom = free_.back();
    free_.pop_back();
    return bottom;
  }
  void give_back(char* bottom) {
    forget_frames(bottom, kStackSize);
    free_.push_back(bottom);
  }

 private:
  std::vector<std::unique_ptr<char[]>> all_;
  std::vector<char*> free_;
};

Stacks& stacks() {
  static Stacks all;
  return all;
}

struct GiveBack {
  void deallocate(boost::context::stack_context& stack) {
    stacks().give_back(static_cast<char*>(stack.sp) - stack.size);
  }
};

/// The language keeps the exceptions that are being handled in one list a thread; each fiber needs its own.
struct HandledExceptions {
  HandledExceptions() { std::memcpy(saved, abi::__cxa_get_globals(), sizeof saved); }
  ~HandledExceptions() { std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), saved, sizeof saved); }
  HandledExceptions(const HandledExceptions&) = delete;
  HandledExceptions& operator=(const HandledExceptions&) = delete;
  char saved[2 * sizeof(void*)];
};

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)) {
  char* bottom = stacks().take();
  bottom_ = bottom;
  boost::context::stack_context stack;
  stack.size = kStackSize;
  stack.sp = bottom + kStackSize;
  inside_ = boost::context::fiber(
      std::allocator_arg, boost::context::preallocated(stack.sp, stack.size, stack), GiveBack{},
      [this](boost::context::fiber&& outside) { return enter(std::move(outside)); });
}

boost::context::fiber Fiber::enter(boost::context::fiber&& outside) {
  finish_switch(nullptr, &outside_bottom_, &outside_size_);
  outside_ = std::move(outside);
  body_();
  ended_ = true;
  start_switch(nullptr, outside_bottom_, outside_size_);
  return std::move(outside_);
}

void Fiber::resume() {
  const HandledExceptions of_the_outside;
  start_switch(&outside_fake_stack_, bottom_, kStackSize);
  inside_ = std::move(inside_).resume();
  finish_switch(outside_fake_stack_, nullptr, nullptr);
}

void Fiber::pause() {
  const HandledExceptions of_the_inside;
  start_switch(&inside_fake_stack_, outside_bottom_, outside_size_);
  outside_ = std::move(outside_).resume();
  finish_switch(inside_fake_stack_, &outside_bottom_, &outside_size_);
}

}  // namespace sosw::simulation
