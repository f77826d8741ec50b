// Counts the words and vowels of a text, in C++: sosw::run_worker does the talking.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sosw/worker/runtime_client.h"

namespace {

std::string count(const sosw::WorkerEvent& event) {
  const auto name = nlohmann::json::parse(event.json)["texts"][0].get<std::string>();
  std::ifstream file("texts/" + name);
  if (!file) throw std::invalid_argument("there is no text " + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::istringstream words(text);
  const auto is_vowel = [](char letter) {
    return std::string_view("aeiouAEIOU").find(letter) != std::string_view::npos;
  };
  return nlohmann::json{{"text", name},
                        {"words", std::distance(std::istream_iterator<std::string>(words), {})},
                        {"vowels", std::ranges::count_if(text, is_vowel)}}
      .dump();
}

}  // namespace

int main() { return sosw::run_worker(count); }
