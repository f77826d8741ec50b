#include "sosw/worker/runtime_client.h"

std::string measure(const sosw::WorkerEvent& event) {
  return R"({"bytes": )" + std::to_string(event.json.size()) + "}";
}

int main() { return sosw::run_worker(measure); }
