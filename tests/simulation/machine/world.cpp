#include "simulation/machine/world.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace sosw::simulation {
namespace {

constexpr std::int64_t kEventsAtOnce = 1'000'000;

}  // namespace

Time Actor::now() { return world_.now() + world_.host(host_).skew; }

MonotonicTime Actor::monotonic() { return MonotonicTime(world_.elapsed()); }

void Actor::pause(Seconds delay) {
  if (!crashing_) {
    world_.wake_later(*this, delay);
    fiber_->pause();
  }
  if (crashing_) throw Crash{};
}

World::World(std::uint64_t seed, std::vector<Host> hosts) : chance_(seed), hosts_(std::move(hosts)) {}

World::~World() {
  ending_ = true;
  for (const auto& actor : actors_) {
    actor->crashing_ = true;
    if (actor->fiber_ && !actor->fiber_->ended()) actor->fiber_->resume();
  }
}

void World::add_actor(std::string name, int host, Seconds recovery, std::function<void(Actor&)> body) {
  const int index = static_cast<int>(actors_.size());
  actors_.push_back(std::make_unique<Actor>(*this, std::move(name), index, host, std::move(body)));
  start(*actors_.back(), recovery);
}

void World::start(Actor& actor, Seconds recovery) {
  actor.crashing_ = false;
  ++actor.life_;
  actor.fiber_ = std::make_unique<Fiber>([this, &actor, recovery] {
    try {
      if (!actor.crashing_) actor.body_(actor);
    } catch (const Crash&) {
      if (!ending_)
        at(now_ + chance_.within(0, recovery), [this, &actor, recovery] { start(actor, recovery); });
    } catch (...) {
      failure_ = std::current_exception();
    }
  });
  wake_later(actor, 0);
}

void World::at(Time when, std::function<void()> happen) {
  push({when, chance_.next(), nullptr, 0, std::move(happen)});
}

void World::wake_later(Actor& actor, Seconds delay) {
  push({now_ + delay, chance_.next(), &actor, ++actor.turn_, nullptr});
}

void World::crash_host(int index) {
  ++host(index).lives;
  for (const auto& actor : actors_) {
    if (actor->host_ != index || actor->fiber_->ended()) continue;
    actor->crashing_ = true;
    resume(*actor);
  }
}

void World::resume(Actor& actor) {
  ++actor.turn_;
  actor.fiber_->resume();
}

bool World::later(const Event& a, const Event& b) {
  return a.when != b.when ? a.when > b.when : a.order > b.order;
}

void World::push(Event event) {
  events_.push_back(std::move(event));
  std::ranges::push_heap(events_, later);
}

void World::run_until(Time end, const std::function<bool()>& done) {
  while (!events_.empty() && events_.front().when <= end && !done()) {
    std::ranges::pop_heap(events_, later);
    const Event event = std::move(events_.back());
    events_.pop_back();
    events_of_this_moment_ = event.when > now_ ? 0 : events_of_this_moment_ + 1;
    if (events_of_this_moment_ > kEventsAtOnce) throw std::runtime_error("time stands still");
    now_ = std::max(now_, event.when);
    if (event.happen) {
      event.happen();
    } else if (event.actor->turn_ == event.turn && !event.actor->fiber_->ended()) {
      trace_.step(std::bit_cast<std::uint64_t>(now_) ^ static_cast<std::uint64_t>(event.actor->index_));
      resume(*event.actor);
    }
    if (failure_) std::rethrow_exception(failure_);
  }
  if (!done()) now_ = std::max(now_, end);
}

}  // namespace sosw::simulation
