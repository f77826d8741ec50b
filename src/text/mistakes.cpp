#include "text/mistakes.h"

#include <utility>

namespace sosw {
namespace {

std::string lines_behind_first_place(const std::vector<InvalidConfig>& all) {
  std::string lines = all.front().what();
  if (!all.front().where.empty()) lines.erase(0, all.front().where.size() + 2);  // "where: "
  for (std::size_t i = 1; i < all.size(); ++i) lines.append("\n").append(all[i].what());
  return lines;
}

}  // namespace

InvalidConfigs::InvalidConfigs(std::vector<InvalidConfig> all_)
    : InvalidConfig(all_.front().where, lines_behind_first_place(all_)), all(std::move(all_)) {}

void Mistakes::throw_if_any() const {
  if (noted_.size() > 1) throw InvalidConfigs(noted_);
  if (!noted_.empty()) throw noted_.front();
}

}  // namespace sosw
