#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/output.h"
#include "store/aws_store.h"

namespace sosw {
namespace {

struct InitOptions {
  Location location;
  bool json = false;
};

int init(const InitOptions& options) {
  const StoreLocation store_location = locate_store(options.location);
  std::vector<std::string> made;
  if (store_location.is_file()) {
    if (!exists(store_location.file)) made.push_back(store_location.file.string());
    open_store(store_location, StoreAccess::create);
  } else {
    made = AwsStore(store_location.tables).make_missing_tables();
  }
  if (options.json) {
    print_json({{"store", store_location.text()}, {"made", made}});
    return 0;
  }
  for (const std::string& name : made) print(fmt::format("made {}\n", name));
  if (made.empty()) print(fmt::format("{} is there already; nothing was changed\n", store_location.text()));
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Action& action) {
  auto options = std::make_shared<InitOptions>();
  CLI::App* command =
      app.add_subcommand("init", "Make the store: what is missing of it, leaving what is there");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer(
      "A file is made by the first run as well; tables on DynamoDB are made by this command only.\n\n"
      "Example: sosw init --store dynamodb:");
  command->callback([options, &action] { action = [options] { return init(*options); }; });
}

}  // namespace sosw
