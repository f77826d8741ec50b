#pragma once

#include <filesystem>

namespace sosw {

/// The file itself, whether it exists or not, by whichever links it is named.
std::filesystem::path behind_links(std::filesystem::path file);

/// Makes an empty file that only this user can read and write, unless there is one. When that is not
/// possible, it does nothing: whoever opens the file will say why.
void create_for_owner_only(const std::filesystem::path& file);

}  // namespace sosw
