#include <string>
#include <unistd.h>
#include <vector>

#include "base/masked_output.h"
#include "cli/run.h"
#include "net/curl_client.h"
#include "system/system.h"

int main(int argc, char** argv) {
  dkr::prepare_process();
  dkr::SystemOutput out(STDOUT_FILENO, "standard output");
  dkr::SystemOutput standard_error(STDERR_FILENO, "standard error");
  dkr::MaskedOutput err(standard_error);
  const dkr::SystemFiles files;
  const dkr::SystemPrograms programs;
  const dkr::SystemEnvironment environment;
  const dkr::SystemClock clock;
  dkr::CurlClient http(clock);
  dkr::World world{out, err, http, http, files, programs, environment, clock};
  return dkr::run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), world);
}
