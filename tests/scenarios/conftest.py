"""`pytest tests/scenarios --golden` writes the golden scripts anew; read the diff afterwards."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden scripts anew")
