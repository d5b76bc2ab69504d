from collections.abc import Iterator

import pytest

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import Newsstand, serve


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with serve(OUTLETS.values()) as running:
        yield running
