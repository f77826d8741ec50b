// A worker for tests and benchmarks: does what the event's "do" says.

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <unistd.h>

#include "sosw/worker/runtime_client.h"

int main() {
  return sosw::run_worker([](const sosw::WorkerEvent& event) -> std::string {
    const auto asks_to = [&](const char* what) { return event.json.find(what) != std::string::npos; };
    if (asks_to("\"fail\"")) throw std::invalid_argument("no such \"thing\"");
    if (asks_to("\"exit\"")) std::exit(3);
    if (asks_to("\"hang\"")) std::this_thread::sleep_for(std::chrono::hours(1));
    if (asks_to("\"pid\"")) return "{\"pid\": " + std::to_string(getpid()) + "}";
    if (asks_to("\"nothing\"")) return "";
    return event.json;
  });
}
