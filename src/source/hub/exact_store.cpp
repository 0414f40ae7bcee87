#include "source/hub/exact_store.h"

#include <utility>

namespace dkr {

ExactHubStore::ExactHubStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                             const World& world, Log& log, std::shared_ptr<ImageCache> cache)
    : RegistryStore(std::move(address), options, client, world, log, std::move(cache)),
      timeout_(options.timeout),
      http_(client),
      world_(world),
      log_(log) {}

Task<NameList> ExactHubStore::repositories() {
  if (registry().name_space.empty()) throw HubApi::no_catalog();
  api_.emplace(timeout_, http_, world_, log_);
  try {
    co_return co_await api_->repositories(registry().name_space);
  } catch (const Error& error) {
    throw api_->explain(error);
  }
}

std::string ExactHubStore::catalog_key() const { return "catalog/" + registry().name_space; }

}  // namespace dkr
