// `dkr-ls repos`: each repository once.
#pragma once

#include "cli/command.h"

namespace dkr {

class ReposCommand final : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "repos"; }
  void add_to(CLI::App& root) override;
  [[nodiscard]] Task<Result> run(ImageSource& source, const Platform& platform, const Clock& clock,
                                 Log& log) const override;
};

}  // namespace dkr
