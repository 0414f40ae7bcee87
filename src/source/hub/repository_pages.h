// The pages of Docker Hub's list of the repositories of a user or an organisation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/position_index.h"
#include "source/hub/pages.h"

namespace dkr {

class HubRepositoryPages final : public HubPages {
 public:
  /// `name_space` is that of repositories that do not tell it.
  explicit HubRepositoryPages(std::string name_space) : name_space_(std::move(name_space)) {}

  /// The repositories, each once, in the order of the pages, by the names that docker shows.
  [[nodiscard]] std::vector<std::string> take() && { return std::move(names_); }

 protected:
  void add_entry(const json::Value& entry) override;

 private:
  struct NameAt {
    const std::vector<std::string>& names;
    std::string_view operator()(std::uint32_t position) const { return names[position]; }
  };

  std::string name_space_;
  std::vector<std::string> names_;
  PositionIndex<NameAt> index_{NameAt{names_}};
};

/// A page with all of these repositories, which HubRepositoryPages reads back.
std::string repository_page(std::span<const std::string> names);

}  // namespace dkr
