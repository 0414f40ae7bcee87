"""The written answers in docs/answers: each is a short message, and the scripts in its details do what it says.

The scripts run with stand-ins for `aws`, `docker` and `sleep` first on PATH.
"""

import json
import os
import re
import shutil
import ssl
import subprocess

import pytest

import peers
from registry_content import image
from scripted_registry import Answer, Registry

ANSWERS = sorted((peers.ROOT / "docs/answers").glob("*.md"))
ECR, LUNCH, ALB = ANSWERS
DENIED = "An error occurred (AccessDeniedException) when calling the operation: not authorized to perform: ecr:*"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"


def message(answer):
    """What is sent: the text above the line, without its heading."""
    heading, _, text = answer.read_text().partition("\n---\n")[0].partition("\n")
    assert heading.startswith("# ")
    return text


def details(answer):
    return answer.read_text().partition("\n---\n")[2]


def sentences(text):
    for paragraph in re.split(r"\n\s*\n|\n(?=(?:-|\d\.) )", text):
        yield from re.split(r"(?<=[.!?])\s+", " ".join(re.sub(r"^(?:-|\d\.) ", "", paragraph.strip()).split()))


def scripts(answer):
    return re.findall(r"^```sh\n(.*?)^```$", answer.read_text(), re.DOTALL | re.MULTILINE)


def script(answer, words):
    """The only script of the answer in which these words are."""
    (found,) = [text for text in scripts(answer) if words in text]
    return found


# ---- the messages ----


def name(answer):
    return answer.stem


def test_there_are_three_answers():
    assert [len(scripts(answer)) for answer in ANSWERS] == [5, 0, 2]


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_a_message_is_short(answer):
    assert 250 <= len(message(answer).split()) <= 350


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_its_sentences_are_short(answer):
    assert [sentence for sentence in sentences(message(answer)) if len(sentence.split()) > 30] == []


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_it_is_readable_anywhere(answer):
    """No tables, code blocks, pictures, links or headings: a chat or a mail client may show them as they are."""
    text = message(answer)
    assert not re.search(r"^\s*(\||```|~~~|#|<)|^ {4}|\]\(|\*\*|→", text, re.MULTILINE)
    assert all(len(command) < 120 and "\n" not in command for command in re.findall("`([^`]*)`", text))


def amount(number):
    return float(number.replace(",", ""))


NUMBER = r"\d[\d,]*(?:\.\d+)?"
UNIT = r" (?:zones|h|GB|USD(?: a month)?)\b"
# "2 x 3 zones x 730 h x 0.011 | 48.18" in a table, "(5,120 - 200) x 0.085 = 418.20" anywhere
CALCULATION = re.compile(rf"(\(?{NUMBER}(?:{UNIT})?(?: [-+x] {NUMBER}\)?(?:{UNIT})?)+) (?:=|\|) ({NUMBER})")


def calculations(answer):
    for terms, result in CALCULATION.findall(" ".join(details(answer).split())):
        yield re.sub(UNIT, "", terms).replace(",", "").replace("x", "*"), result


@pytest.mark.parametrize("answer, how_many", [(ECR, 6), (LUNCH, 9), (ALB, 2)], ids=["ecr", "lunch", "alb"])
def test_its_arithmetic_is_right(answer, how_many):
    found = list(calculations(answer))
    assert len(found) == how_many
    for terms, result in found:
        decimals = len(result.partition(".")[2])
        assert abs(eval(terms) - amount(result)) <= 0.5 * 10**-decimals + 1e-9, terms


def column(answer, number):
    """The amounts at the ends of a column's cells in the table of costs, and what stands in the row "total"."""
    rows = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", details(answer), re.MULTILINE)]
    cells = {row[0].strip(): row[number].strip() for row in rows}
    total = amount(cells.pop("total"))
    return [amount(found.group(1)) for cell in cells.values() if (found := re.search(rf"({NUMBER})$", cell))], total


def test_the_totals_are_right_and_those_of_the_message():
    costs, total = column(ECR, 2)
    assert round(sum(costs[:4]), 2) == total and f"about {total:.0f} USD" in " ".join(message(ECR).split())
    assert f"at {costs[-1]:.0f} USD" in " ".join(message(ECR).split()) and f"{costs[2]:.0f} USD of that" in message(ECR)
    (before, total_before), (after, total_after) = column(LUNCH, 1), column(LUNCH, 2)
    assert (round(sum(before), 2), round(sum(after), 2)) == (total_before, total_after)
    assert f"from about {total_before:.0f} to {total_after:.0f} USD" in message(LUNCH)


# ---- the scripts ----


@pytest.fixture(scope="session")
def shellcheck():
    if not shutil.which("shellcheck"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("there is no shellcheck")


@pytest.mark.parametrize("answer", [ECR, ALB], ids=name)
def test_shells_and_shellcheck_accept_the_scripts(answer, shellcheck):
    commands = ["shellcheck", "--shell=sh", "-"], ["shellcheck", "--shell=bash", "-"], ["bash", "-n"], ["sh", "-n"]
    for text in scripts(answer):
        text = text if text.startswith("set -eu") else f"ALB=arn\n{text}"
        for command in commands:
            checked = subprocess.run(command, input=text, text=True, capture_output=True)
            assert (checked.returncode, checked.stdout + checked.stderr) == (0, ""), command


class StandIns:
    """Programs that answer as a test tells them, and note what they were called with."""

    def __init__(self, dkr_ls, directory):
        self.dkr_ls, self.directory = dkr_ls, directory
        self.programs, self.calls_file = directory / "programs", directory / "calls"
        self.programs.mkdir()
        self.calls_file.touch()
        self.write("sleep", "")

    def write(self, name, script):
        program = self.programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls_file}\n{script}\n')
        program.chmod(0o755)

    def aws(self, **answers):
        """What `aws SERVICE OPERATION` prints, by the operation's name with underscores.

        A list: one after the other, the last one for ever. An error: it exits as the real one does.
        """
        cases = ""
        for operation, found in answers.items():
            found = found if isinstance(found, list) else [found]
            place = self.directory / operation
            place.mkdir(exist_ok=True)
            for number, text in enumerate(found):
                (place / str(number)).write_text(f"{text}\n" if text else "")
            (place / "next").write_text("0")
            failing = [str(number) for number, text in enumerate(found) if text == DENIED]
            cases += f"""
                {operation.replace("_", "-")})
                  n=$(cat {place}/next)
                  [ "$n" = {len(found) - 1} ] || echo $((n + 1)) >{place}/next
                  case $n in {"|".join(failing) or "none"}) cat {place}/$n >&2; exit 254 ;; esac
                  cat {place}/$n ;;"""
        self.write("aws", f'case $2 in {cases}\n *) echo "nobody expected aws $*" >&2; exit 252 ;; esac')

    def run(self, script, *args, shell="sh"):
        path = f"{self.programs}:{os.environ['PATH']}"
        file = self.directory / "script.sh"
        file.write_text(script)
        return self.dkr_ls.run([shell, file, *args], env={"PATH": path}, cwd=self.directory)

    def calls(self, beginning=""):
        return [line for line in self.calls_file.read_text().splitlines() if line.startswith(beginning)]


@pytest.fixture
def stand_ins(dkr_ls, scratch):
    directory = scratch / "stand-ins"
    directory.mkdir()
    return StandIns(dkr_ls, directory)


SHELLS = pytest.mark.parametrize("shell", ["sh", "bash"])
WAIT, REPLICATE = script(ECR, "describe-image-replication-status"), script(ECR, "put-replication-configuration")
BACKFILL = script(ECR, "start-replication-backfill")
COMPARE, MISSING = script(ECR, "dkr-ls diff"), script(ECR, "comm -23")
HANDSHAKES = script(ALB, "--tls-max")

WAITS = {  # statuses, one after the other -> status of the script, what it says last, how often it asked
    "complete": (["COMPLETE"], 0, None, 1),
    "failed": (["FAILED"], 1, "webapp:1.4 in eu-west-1: FAILED", 1),
    "pending-complete": (["IN_PROGRESS", "IN_PROGRESS", "COMPLETE"], 0, None, 3),
    "pending-failed": (["IN_PROGRESS", "FAILED"], 1, "webapp:1.4 in eu-west-1: FAILED", 2),
    "pending-for-ever": (["IN_PROGRESS"], 1, "webapp:1.4 has not arrived in eu-west-1", 180),
    "empty-for-ever": ([""], 1, "webapp:1.4 in eu-west-1: no status", 8),
    "null-for-ever": (["None"], 1, "webapp:1.4 in eu-west-1: None", 8),
    "unknown-for-ever": (["ASLEEP"], 1, "webapp:1.4 in eu-west-1: ASLEEP", 8),
    "empty-complete": (["", "IN_PROGRESS", "COMPLETE"], 0, None, 3),
    "two-registries": (["COMPLETE\tIN_PROGRESS", "COMPLETE\tCOMPLETE"], 0, None, 2),
    "two-registries-one-fails": (["COMPLETE\tIN_PROGRESS", "COMPLETE\tFAILED"], 1, "webapp:1.4 in eu-west-1: COMPLETE\tFAILED", 2),
    "denied": ([DENIED], 254, DENIED, 1),
    "denied-later": (["IN_PROGRESS", DENIED], 254, DENIED, 2),
}


@SHELLS
@pytest.mark.parametrize("statuses, status, last, asked", WAITS.values(), ids=WAITS)
def test_the_job_waits_for_the_image(stand_ins, shell, statuses, status, last, asked):
    stand_ins.aws(describe_image_replication_status=statuses, describe_images=DIGEST)
    result = stand_ins.run(WAIT, "webapp", "1.4", shell=shell)
    assert (result.status, result.stdout.decode()) == (status, "" if status else f"{DIGEST}\n"), result
    assert last is None or result.stderr.decode().splitlines()[-1] == last
    calls = stand_ins.calls("aws ecr describe-image-replication-status")
    assert len(calls) == asked
    assert all(" --region us-east-1 --repository-name webapp --image-id imageTag=1.4 " in call for call in calls)
    europe = "--region eu-west-1 --repository-name webapp --image-ids imageTag=1.4 "
    assert len([call for call in stand_ins.calls("aws ecr describe-images") if europe in call]) == (status == 0)
    assert asked != 180 or sum(int(call.split()[1]) for call in stand_ins.calls("sleep")) == 45 * 60


def test_the_job_fails_if_europe_does_not_show_the_image(stand_ins):
    stand_ins.aws(describe_image_replication_status="COMPLETE", describe_images=DENIED)
    result = stand_ins.run(WAIT, "webapp", "1.4")
    assert (result.status, result.stdout, result.stderr.decode().splitlines()[-1]) == (254, b"", DENIED)


ACCOUNT = {"get_caller_identity": "123456789000"}
FRESH = ACCOUNT | {"describe_registry": "0", "put_replication_configuration": "{}"}


@SHELLS
def test_the_rule(stand_ins, shell):
    stand_ins.aws(**FRESH)
    result = stand_ins.run(REPLICATE, "webapp", shell=shell)
    assert (result.status, result.stderr) == (0, b"")
    rule = "".join(stand_ins.calls_file.read_text().partition("--replication-configuration ")[2].split())
    assert rule == (
        "rules=[{destinations=[{region=eu-west-1,registryId=123456789000}],"
        "repositoryFilters=[{filter=webapp,filterType=PREFIX_MATCH}]}]"
    )


@pytest.mark.parametrize("rules", ["2", "", "None"])
def test_rules_that_exist_are_not_replaced(stand_ins, rules):
    stand_ins.aws(**FRESH | {"describe_registry": rules})
    result = stand_ins.run(REPLICATE, "webapp")
    assert (result.status, result.stdout) == (1, b"")
    assert f"replication rules that exist: {rules}" in result.stderr.decode()
    assert not stand_ins.calls("aws ecr put")


@pytest.mark.parametrize("operation", FRESH)
def test_nothing_is_done_after_a_refusal(stand_ins, operation):
    stand_ins.aws(**FRESH | {operation: DENIED})
    result = stand_ins.run(REPLICATE, "webapp")
    assert result.status == 254 and result.stderr.decode().splitlines() == [DENIED]
    operations = [call.split()[2] for call in stand_ins.calls("aws")]
    assert operations == [name.replace("_", "-") for name in FRESH][: len(operations)]
    assert operations[-1] == operation.replace("_", "-")


ID = "6a1f5c1e-0000-4000-8000-0123456789ab"
BACKFILLS = {
    "complete": (["COMPLETE"], 0, f"backfill {ID}: COMPLETE"),
    "pending-complete": (["PREPARING", "IN_PROGRESS", "COMPLETE"], 0, f"backfill {ID}: COMPLETE"),
    "failed": (["IN_PROGRESS", "FAILED"], 1, f"backfill {ID}: FAILED"),
    "stopped": (["STOPPED"], 1, f"backfill {ID}: STOPPED"),
    "empty": ([""], 1, f"backfill {ID}: no status"),
    "denied": ([DENIED], 254, DENIED),
    "pending-for-ever": (["IN_PROGRESS"], 1, f"backfill {ID} has not finished"),
}


@SHELLS
@pytest.mark.parametrize("statuses, status, last", BACKFILLS.values(), ids=BACKFILLS)
def test_the_backfill(stand_ins, shell, statuses, status, last):
    stand_ins.aws(**ACCOUNT, start_replication_backfill=ID, describe_replication_backfill_results=statuses)
    result = stand_ins.run(BACKFILL, shell=shell)
    assert result.status == status
    assert (result.stderr or result.stdout).decode().splitlines()[-1] == last
    assert " --destination region=eu-west-1,registryId=123456789000 " in stand_ins.calls("aws ecr start-replication-backfill")[0]
    assert all(ID in call for call in stand_ins.calls("aws ecr describe-replication-backfill-results"))
    assert statuses != ["IN_PROGRESS"] or sum(int(call.split()[1]) for call in stand_ins.calls("sleep")) == 8 * 60 * 60


def test_a_backfill_that_cannot_be_started(stand_ins):
    stand_ins.aws(**ACCOUNT, start_replication_backfill=DENIED)
    result = stand_ins.run(BACKFILL)
    assert (result.status, result.stdout, result.stderr.decode().splitlines()) == (254, b"", [DENIED])


US, EU = "1.3\tsha256:a\n1.4\tsha256:b\n1.10\tsha256:c", "1.10\tsha256:c\n0.9\tsha256:0\n1.3\tsha256:a\n1.4\tsha256:b"
LISTS = {  # us-east-1, eu-west-1 -> status, output
    "complete": (US, EU, 0, "\n"),
    "behind": (US, "1.3\tsha256:a", 1, "1.10\tsha256:c\n1.4\tsha256:b\n"),
    "another-digest": (US, EU.replace("sha256:b", "sha256:x"), 1, "1.4\tsha256:b\n"),
    "empty-europe": (US, "", 1, "1.10\tsha256:c\n1.3\tsha256:a\n1.4\tsha256:b\n"),
    "empty-source": ("", EU, 1, ""),
    "denied-source": (DENIED, EU, 254, ""),
    "denied-europe": (US, DENIED, 254, ""),
}


@SHELLS
@pytest.mark.parametrize("us, eu, status, output", LISTS.values(), ids=LISTS)
def test_the_aws_cli_compares(stand_ins, shell, us, eu, status, output):
    stand_ins.aws(list_images=[us, eu])
    result = stand_ins.run(MISSING, "webapp", shell=shell)
    assert (result.status, result.stdout.decode()) == (status, output), result
    regions = [re.search("--region (.*?) ", call).group(1) for call in stand_ins.calls("aws")]
    assert regions == ["us-east-1", "eu-west-1"][: 1 if us == DENIED else 2]


# ---- dkr-ls diff ----


class Regions:
    """Two registries in the places of ECR's; the script gets their addresses for the hosts' names."""

    def __init__(self, stand_ins, us, eu):
        self.stand_ins, self.us, self.eu = stand_ins, us, eu
        stand_ins.write("dkr-ls", f'exec "{stand_ins.dkr_ls.binary}" "$@"')
        stand_ins.write("docker", 'read -r password && [ "$password" = secret ] || { echo "Error: password is empty" >&2; exit 1; }')
        stand_ins.aws(get_caller_identity="123456789000", get_login_password="secret")

    def compare(self, *repository):
        script = COMPARE
        for region, registry in ("us-east-1", self.us), ("eu-west-1", self.eu):
            host = f"$account.dkr.ecr.{region}.amazonaws.com"
            assert host in script
            script = script.replace(host, registry.source)
        return self.stand_ins.run(script, *(repository or ["webapp"]))


@pytest.fixture
def regions(stand_ins, start_server):
    found = Regions(stand_ins, start_server(Registry), start_server(Registry))
    for registry in found.us, found.eu:
        registry.heads = True
        registry.put("webapp", **{"1.3": image(3), "1.4": image(4)})
    return found


def listed(result):
    return [tuple(line.split()[:3]) for line in result.stdout.decode().splitlines()[1:]]


def test_equal_regions(regions):
    result = regions.compare()
    assert (result.status, listed(result), result.stderr) == (0, [], b"")
    hosts = [call.split()[-1] for call in regions.stand_ins.calls("docker login --username AWS --password-stdin ")]
    assert hosts == [regions.us.address, regions.eu.address]
    passwords = regions.stand_ins.calls("aws ecr get-login-password")
    assert [call.split()[-1] for call in passwords] == ["us-east-1", "eu-west-1"]


def test_what_europe_lacks_and_what_it_kept(regions):
    regions.us.put("webapp", **{"1.5": image(5), "latest": image(5)})
    regions.eu.put("webapp", **{"1.2": image(2), "latest": image(4)})
    for registry in regions.us, regions.eu:
        registry.expect_digests("webapp", registry.repositories["webapp"]["latest"])
    result = regions.compare()
    assert (result.status, result.stderr) == (3, b"")
    expected = [("only-b", "webapp", "1.2"), ("only-a", "webapp", "1.5"), ("differs", "webapp", "latest")]
    assert listed(result) == expected


def test_a_region_that_cannot_be_read_is_no_difference(regions):
    regions.eu.always("/v2/webapp/tags/list", Answer(403, json.dumps({"errors": [{"code": "DENIED"}]}).encode()))
    result = regions.compare()
    assert (result.status, listed(result)) == (1, [])
    assert regions.eu.address in result.stderr.decode()


@pytest.mark.parametrize("passwords", [[DENIED, "secret"], ["secret", DENIED]])
def test_nothing_is_compared_without_a_login(regions, passwords):
    regions.stand_ins.aws(get_caller_identity="123456789000", get_login_password=passwords)
    result = regions.compare()
    assert (result.status, result.stdout) == (1, b"")
    assert DENIED in result.stderr.decode() and not regions.stand_ins.calls("dkr-ls")


# ---- handshakes ----

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@pytest.fixture
def https(start_server, start):
    certificate = start(peers.certificate())

    def https(*versions):
        context = certificate.context()
        context.minimum_version, context.maximum_version = VERSIONS[versions[0]], VERSIONS[versions[-1]]
        server = start_server(Registry, tls=context)
        server.always("/", Answer(200, b"{}"))
        return server, {"CURL_CA_BUNDLE": str(certificate.path)}

    return https


def medians(result):
    found = [re.fullmatch(r"TLS (1\.[23]), (.*): (\d+\.\d) ms", line).groups() for line in result.stdout.decode().splitlines()]
    return [(version, name) for version, name, _ in found], [float(time) for *_, time in found]


ROWS = ["round trip", "handshake", "first byte"]


@SHELLS
def test_the_handshakes_of_a_real_server(dkr_ls, https, scratch, shell):
    server, env = https("1.2", "1.3")
    (scratch / "handshakes.sh").write_text(HANDSHAKES)
    result = dkr_ls.run([shell, scratch / "handshakes.sh", server.address], env=env)
    assert (result.status, result.stderr) == (0, b"")
    rows, times = medians(result)
    assert rows == [(version, row) for version in VERSIONS for row in ROWS]
    assert times[1] < times[2] and times[4] < times[5]
    assert server.connections == 40


def test_a_server_without_tls_1_3_is_an_error(dkr_ls, https, scratch):
    server, env = https("1.2")
    (scratch / "handshakes.sh").write_text(HANDSHAKES)
    result = dkr_ls.run(["sh", scratch / "handshakes.sh", server.address], env=env)
    rows, _ = medians(result)
    assert (result.status, rows) == (35, [("1.2", row) for row in ROWS])
    assert "curl: (35)" in result.stderr.decode()


def test_medians_in_milliseconds(stand_ins):
    """Times of twenty runs that are not in order; the tenth of the sorted ones is shown."""
    count = stand_ins.directory / "count"
    count.write_text("0")
    stand_ins.write("curl", f"""
        n=$(( ($(cat {count}) + 7) % 20 )); echo $n >{count}
        awk -v n=$n 'BEGIN {{ r = n / 1000; print 0.1, 0.1 + r, 0.1 + 3 * r, 0.1 + 4 * r }}'""")
    result = stand_ins.run(HANDSHAKES, "api.example.com")
    assert (result.status, result.stderr) == (0, b"")
    expected = ["round trip: 9.0 ms", "handshake: 18.0 ms", "first byte: 136.0 ms"]
    assert result.stdout.decode().splitlines() == [f"TLS {version}, {row}" for version in VERSIONS for row in expected]
    flags = {tuple(call.split()[4:7]) for call in stand_ins.calls("curl")}
    assert flags == {("--tlsv1.2", "--tls-max", "1.2"), ("--tlsv1.3", "--tls-max", "1.3")}


def test_the_listeners_policy_is_shown(stand_ins):
    stand_ins.aws(describe_listeners="arn:listener\tELBSecurityPolicy-2016-08")
    result = stand_ins.run(f"ALB=arn:alb\n{script(ALB, 'describe-listeners')}")
    assert (result.status, result.stdout) == (0, b"arn:listener\tELBSecurityPolicy-2016-08\n")
    assert stand_ins.calls("aws")[0].startswith("aws elbv2 describe-listeners --load-balancer-arn arn:alb ")
