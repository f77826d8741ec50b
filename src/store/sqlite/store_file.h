#pragma once

#include <filesystem>

namespace sosw {

/// The file itself, whether it exists or not, with all links resolved.
std::filesystem::path behind_links(std::filesystem::path file);

/// Creates an empty file that only this user can read and write, unless it exists. On failure it does
/// nothing: opening the file will report the error.
void create_for_owner_only(const std::filesystem::path& file);

}  // namespace sosw
