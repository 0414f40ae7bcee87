// Docker Hub as a registry: its manifests, which count as pulls, and the list of repositories of
// its own API, since it has no catalog.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/world.h"
#include "net/http.h"
#include "net/task.h"
#include "source/oci/cache.h"
#include "source/oci/content_store.h"
#include "source/registry/address.h"
#include "source/registry/store.h"

namespace dkr {

class ExactHubStore final : public RegistryStore {
 public:
  /// See RegistryStore. `address` is that of Docker Hub.
  ExactHubStore(RegistryAddress address, RegistryOptions options, HttpClient& client,
                const World& world, Log& log, std::shared_ptr<ImageCache> cache);

  /// Those of the namespace. Throws Error kUnsupported, with advice, if the address has none.
  Task<NameList> repositories() override;
  [[nodiscard]] std::string catalog_key() const override;

 private:
  std::chrono::seconds timeout_;
  HttpClient& http_;
  const World& world_;
  Log& log_;
};

}  // namespace dkr
