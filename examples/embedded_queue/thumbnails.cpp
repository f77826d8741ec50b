#include <iostream>

#include "sosw/embed/job_queue.h"

std::string resize(const sosw::TaskAttempt& attempt) { return R"({"resized": )" + attempt.payload + "}"; }

int main() {
  sosw::JobQueue queue({.store = "sqlite:thumbnails.db",
                        .labourers = {{.id = "resize", .max_simultaneous_invocations = 8}},
                        .functions = {{"resize", resize}}});
  const auto job = queue.submit("resize", std::vector<std::string>(1000, R"({"photo": "cat.jpg"})"));
  job.wait();
  std::cout << job.progress().completed << " completed, " << job.progress().dead << " dead\n";
}
