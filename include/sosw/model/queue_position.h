#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "sosw/model/greenfield.h"

namespace sosw {

/// Where tasks join the queue of a labourer: positions are integers and increase by one. At the end of a
/// band, tasks share its last position: they stay in their band, and nearly in order (SPEC 3).

/// The position of the first of `tasks` that go in front of the oldest one of the band; nullopt when none is
/// queued in it. The others follow it.
std::int64_t front_position(const Band&, std::optional<std::int64_t> oldest, std::int64_t tasks);

/// The position behind the newest task of the band; `newest` is nullopt when none is queued in it.
std::int64_t end_position(const Band&, std::optional<std::int64_t> newest);

/// A task that was due and joins its queue again.
struct Joining {
  Priority priority = Priority::normal;
  int attempts = 0;
};

/// How tasks join one band, as indexes into the input: some in front of all others, in this order, the rest
/// behind them.
struct JoiningOrder {
  std::vector<std::size_t> in_front;
  std::vector<std::size_t> at_end;
};

/// Orders due tasks, the earliest due first, by the bands that they join. Retried ones go to the front, new
/// ones, which were delayed, to the end (SPEC 3, SPEC 14).
std::map<Priority, JoiningOrder> joining_order(std::span<const Joining> due);

}  // namespace sosw
