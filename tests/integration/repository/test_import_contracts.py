"""Each import contract of setup.cfg bites, shown on a tree that breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.options import REPOSITORY
from tests.unit.repository.contracts import allowed_imports, contract_names, root_packages

# One import for each contract that it must refuse. A new contract wants a line here.
VIOLATIONS = {
    "The house: each floor imports only those below it": ("api/upwards.py", "import accounts"),
    "The embedded engines know only the runtime": ("embedded/curious.py", "import campaigns"),
    "Nothing in the product knows that its engines are embedded": ("accounts/knowing.py", "import embedded"),
    "The runtime is there before Django": ("runtime/late.py", "import django"),
    "Redis is reached through django_redis, and by the event log through one file": (
        "ingestion/direct.py",
        "import redis",
    ),
    "Only the event log's room for Kafka speaks to Kafka": (
        "campaigns/second_log.py",
        "import confluent_kafka",
    ),
    "The embedded engine borrows only the driver's compiled reader": (
        "embedded/client.py",
        "import clickhouse_driver",
    ),
    "Only the warehouse speaks to ClickHouse, and through one door": (
        "warehouse/second_door.py",
        "import clickhouse_driver",
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty packages under the product's contracts; the modules that the contracts name exist."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(REPOSITORY / "setup.cfg", house)
    for package in root_packages():
        (house / package).mkdir()
        (house / package / "__init__.py").touch()
    for importer, imported in allowed_imports():
        module = house / f"{importer.replace('.', '/')}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        for folder in module.relative_to(house).parents[:-1]:
            (house / folder / "__init__.py").touch()
        module.write_text(f"import {imported}\n")
    return house


@pytest.fixture(scope="module")
def broken_house(house: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a house with all violations; its report has a part for each broken contract."""
    broken = shutil.copytree(house, tmp_path_factory.mktemp("broken") / "house")
    for module, statement in VIOLATIONS.values():
        (broken / module).write_text(statement + "\n")
    return report_on(broken)


def report_on(house: Path) -> str:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    ran = subprocess.run([*command, "--no-cache"], cwd=house, capture_output=True, text=True, check=False)
    return ran.stdout


def test_every_contract_has_a_violation_to_bite_on() -> None:
    assert set(VIOLATIONS) == set(contract_names())


def test_a_tree_without_imports_keeps_every_contract(house: Path) -> None:
    report = report_on(house)
    assert [name for name in contract_names() if f"{name} KEPT" not in report] == []


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_contract_names_the_module_that_breaks_it(broken_house: str, contract: str) -> None:
    assert f"{contract} BROKEN" in broken_house
    module = VIOLATIONS[contract][0].removesuffix(".py").replace("/", ".")
    part = broken_house.split(f"{contract}\n-")[1].split("\n--")[0]
    assert module in part
