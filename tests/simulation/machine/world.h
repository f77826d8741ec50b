#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sosw/ports/clock.h"

#include "simulation/machine/chance.h"
#include "simulation/machine/coverage.h"
#include "simulation/machine/fiber.h"
#include "simulation/machine/trace.h"

namespace sosw::simulation {

/// Crashes an actor. Not a std::exception, so that no essential can catch it: its memory is lost.
struct Crash {};

/// A machine. Its clock is wrong by a constant.
struct Host {
  Seconds skew = 0;
  int lives = 0;  ///< how often it has crashed
};

class World;

/// An essential, or an operator. Runs as a fiber, and starts anew after each crash.
class Actor final : public Clock {
 public:
  Actor(World& world, std::string name, int index, int host, std::function<void(Actor&)> body)
      : world_(world), name_(std::move(name)), index_(index), host_(host), body_(std::move(body)) {}

  const std::string& name() const { return name_; }
  int index() const { return index_; }
  int host() const { return host_; }
  World& world() const { return world_; }

  /// The clock of its host.
  Time now() override;
  MonotonicTime monotonic() override;

  /// Lets others run for a while.
  void pause(Seconds);

 private:
  friend class World;
  World& world_;
  std::string name_;
  int index_;
  int host_;
  std::function<void(Actor&)> body_;
  std::unique_ptr<Fiber> fiber_;
  int life_ = 0;            ///< 1, 2, ...
  std::uint64_t turn_ = 0;  ///< of its pending wake-up; others belong to an earlier life
  bool crashing_ = false;
};

/// The true time, and the order of events. One run has one world, and everything in it happens in one thread
/// in an order determined by the seed: simultaneous events come in random order.
class World {
 public:
  static constexpr Time kBeginning{1'800'000'000};

  World(std::uint64_t seed, std::vector<Host> hosts);
  ~World();  ///< everyone crashes
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Time now() const { return now_; }
  Seconds elapsed() const { return now_ - kBeginning; }
  Chance& chance() { return chance_; }
  Trace& trace() { return trace_; }
  Coverage& coverage() { return coverage_; }
  Host& host(int index) { return hosts_[static_cast<std::size_t>(index)]; }
  int hosts() const { return static_cast<int>(hosts_.size()); }

  /// An actor's current or last life.
  int life_of(int actor) const { return actors_[static_cast<std::size_t>(actor)]->life_; }

  template <typename... Parts>
  void say(std::string_view who, fmt::format_string<Parts...> format, Parts&&... parts) {
    trace_.say(elapsed(), who, format, std::forward<Parts>(parts)...);
  }

  /// An actor that begins immediately. After a crash its body restarts within `recovery`.
  void add_actor(std::string name, int host, Seconds recovery, std::function<void(Actor&)> body);

  void at(Time when, std::function<void()> happen);

  /// All actors on the host crash. Only from an event, not from an actor.
  void crash_host(int index);

  /// Runs until true time reaches `end`, or `done`, called after each event. Exceptions other than a crash
  /// propagate. Throws std::runtime_error when an actor loops and time does not pass.
  void run_until(Time end, const std::function<bool()>& done);

 private:
  friend class Actor;
  struct Event {
    Time when;
    std::uint64_t order;  ///< random: decides between simultaneous ones
    Actor* actor;         ///< to be resumed when it still waits for this turn, or none
    std::uint64_t turn;
    std::function<void()> happen;
  };
  static bool later(const Event& a, const Event& b);

  void push(Event);
  void start(Actor&, Seconds recovery);
  void wake_later(Actor&, Seconds delay);
  void resume(Actor&);

  Time now_ = kBeginning;
  std::int64_t events_of_this_moment_ = 0;
  Chance chance_;
  Trace trace_;
  Coverage coverage_;
  std::vector<Host> hosts_;
  std::vector<std::unique_ptr<Actor>> actors_;
  std::vector<Event> events_;  ///< a heap
  std::exception_ptr failure_;
  bool ending_ = false;
};

}  // namespace sosw::simulation
