#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "simulation/machine/world.h"

namespace sosw::simulation {

/// Texts on their way to whoever takes them next, at least once: who takes one and crashes, or fails, gives
/// it back.
class Mailbox {
 public:
  explicit Mailbox(World& world) : world_(world) {}

  void send(Seconds delay, std::string text) {
    ++on_the_way_;
    world_.at(world_.now() + delay, [this, text = std::move(text)] {
      --on_the_way_;
      arrived_.push_back(text);
    });
  }

  /// A text in somebody's hands.
  class Letter {
   public:
    Letter(Mailbox& from, std::string text) : from_(&from), text_(std::move(text)) { ++from.in_hands_; }
    ~Letter() {
      if (!from_) return;
      --from_->in_hands_;
      if (!done_) from_->arrived_.push_back(text_);
    }
    Letter(Letter&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), text_(std::move(other.text_)), done_(other.done_) {}
    Letter& operator=(Letter&&) = delete;

    const std::string& text() const { return text_; }
    void done() { done_ = true; }

   private:
    Mailbox* from_;
    std::string text_;
    bool done_ = false;
  };

  std::optional<Letter> take() {
    if (arrived_.empty()) return std::nullopt;
    std::string text = std::move(arrived_.front());
    arrived_.pop_front();
    return std::optional<Letter>(std::in_place, *this, std::move(text));
  }

  bool empty() const { return arrived_.empty() && on_the_way_ == 0 && in_hands_ == 0; }

 private:
  World& world_;
  std::deque<std::string> arrived_;
  int on_the_way_ = 0;
  int in_hands_ = 0;
};

}  // namespace sosw::simulation
