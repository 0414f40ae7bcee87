#include "source/hub/exact_store.h"

#include <utility>

#include "source/hub/api.h"

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
  HubApi api(timeout_, http_, world_, log_);  // which reads credentials, so not before it is needed
  try {
    co_return co_await api.repositories(registry().name_space);
  } catch (const Error& error) {
    throw api.explain(error);
  }
}

std::string ExactHubStore::catalog_key() const { return "catalog/" + registry().name_space; }

}  // namespace dkr
