#include "simulation/ledger/promises.h"

#include <array>
#include <utility>

namespace sosw::simulation {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kPromises = {{
    {"I1", "a task that was accepted is, until it is closed, in exactly one place"},
    {"I2", "a task is closed exactly once, and stays so"},
    {"I3", "of all orchestrators that see a queued task at once, at most one invokes it"},
    {"I4", "the running tasks of a labourer never exceed its limit because of orchestration"},
    {"I5", "attempts never exceeds max_attempts; a refused invocation costs none"},
    {"I6", "nothing that fails for one task or one labourer stops the others"},
    {"I7", "payload bytes that go in come out"},
    {"I8", "every step can be cut at any call and rerun: everything comes to rest"},
    {"I9", "an accepted job becomes exactly its tasks"},
    {"timing", "nothing is given up, tried again or announced before its time"},
    {"announcements", "on_complete is called once all tasks of the job are closed, at least once"},
    {"events", "events and alarms tell only what happened"},
}};

}  // namespace

std::string_view to_string(Promise promise) { return kPromises[static_cast<std::size_t>(promise)].first; }
std::string_view meaning_of(Promise promise) { return kPromises[static_cast<std::size_t>(promise)].second; }

}  // namespace sosw::simulation
