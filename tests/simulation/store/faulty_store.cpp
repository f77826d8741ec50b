#include "simulation/store/faulty_store.h"

namespace sosw::simulation {
namespace {

constexpr double kThrottledShare = 0.8;

}  // namespace

void FaultyStore::wait() {
  Chance& chance = world().chance();
  if (chance.happens(conditions_.faults.stall)) {
    world().coverage().note(Happened::long_stall);
    world().say(actor_.name(), "stalls");
    actor_.pause(conditions_.stall(chance.within(5, 60), world().now()));
  } else {
    actor_.pause(chance.happens(0.5) ? 0 : chance.within(0, conditions_.faults.latency));
  }
}

void FaultyStore::arrive(Call call, const std::string& labourer_id) {
  watch_.called(call, labourer_id);
  wait();
  Chance& chance = world().chance();
  if (chance.happens(conditions_.faults.crash)) {
    world().coverage().note(Happened::crash_before_effect);
    world().say(actor_.name(), "{}: CRASHES before it took effect", to_string(call));
    throw Crash{};
  }
  if (!labourer_id.empty() && labourer_id == conditions_.sick_labourer &&
      world().now() < conditions_.sick_until)
    fail(call, labourer_id, Happened::labourer_sick, "nothing works for this labourer");
  if (world().now() < conditions_.throttled_until && chance.happens(kThrottledShare))
    fail(call, labourer_id, Happened::throttled, "throttled");
  if (chance.happens(conditions_.faults.error_before))
    fail(call, labourer_id, Happened::error_before_effect, "failed before it took effect");
}

void FaultyStore::leave(Call call, const std::string& labourer_id, bool half) {
  wait();
  Chance& chance = world().chance();
  if (chance.happens(conditions_.faults.crash)) {
    world().coverage().note(Happened::crash_after_effect);
    world().say(actor_.name(), "{}: CRASHES after it took effect", to_string(call));
    throw Crash{};
  }
  if (half) fail(call, labourer_id, Happened::batch_half_done, "failed half done");
  if (chance.happens(conditions_.faults.error_after))
    fail(call, labourer_id, Happened::error_after_effect, "timed out after it took effect");
}

void FaultyStore::fail(Call call, const std::string& labourer_id, Happened fault, const char* why) {
  world().coverage().note(fault);
  watch_.failed(call, labourer_id);
  world().say(actor_.name(), "{} {}: {}", to_string(call), labourer_id, why);
  throw StoreError(why);
}

std::string FaultyStore::labourer_of(const std::string& task_id) const {
  const std::string* labourer_id = ledger_.labourer_of(task_id);
  return labourer_id ? *labourer_id : "";
}

}  // namespace sosw::simulation
