#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "simulation/machine/world.h"

namespace sosw::simulation {

/// A queue of texts with at-least-once delivery: a receiver that crashes, or fails, returns its text.
class Mailbox {
 public:
  explicit Mailbox(World& world) : world_(world) {}

  void send(Seconds delay, std::string text) {
    ++in_transit_;
    world_.at(world_.now() + delay, [this, text = std::move(text)] {
      --in_transit_;
      arrived_.push_back(text);
    });
  }

  /// A text taken by a receiver.
  class Delivery {
   public:
    Delivery(Mailbox& from, std::string text) : from_(&from), text_(std::move(text)) {
      ++from.being_handled_;
    }
    ~Delivery() {
      if (!from_) return;
      --from_->being_handled_;
      if (!done_) from_->arrived_.push_back(text_);
    }
    Delivery(Delivery&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), text_(std::move(other.text_)), done_(other.done_) {}
    Delivery& operator=(Delivery&&) = delete;

    const std::string& text() const { return text_; }
    void done() { done_ = true; }

   private:
    Mailbox* from_;
    std::string text_;
    bool done_ = false;
  };

  std::optional<Delivery> take() {
    if (arrived_.empty()) return std::nullopt;
    std::string text = std::move(arrived_.front());
    arrived_.pop_front();
    return std::optional<Delivery>(std::in_place, *this, std::move(text));
  }

  bool empty() const { return arrived_.empty() && in_transit_ == 0 && being_handled_ == 0; }

 private:
  World& world_;
  std::deque<std::string> arrived_;
  int in_transit_ = 0;
  int being_handled_ = 0;
};

}  // namespace sosw::simulation
