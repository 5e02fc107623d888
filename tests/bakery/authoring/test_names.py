"""Names for the next version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breadtui.bakery.authoring.names import LONGEST, fresh_name


@pytest.mark.parametrize(
    ("name", "taken", "fresh"),
    [
        ("yoda", [], "yoda_v2"),
        ("yoda", ["yoda"], "yoda_v2"),
        ("yoda_v2", ["yoda", "yoda_v2"], "yoda_v3"),
        ("yoda", ["yoda", "yoda_v2", "yoda_v3", "yoda_v5"], "yoda_v4"),
        ("yoda_v2", [], "yoda_v3"),
        ("yoda_v9", ["yoda_v10"], "yoda_v11"),
        ("yoda_v007", [], "yoda_v8"),
        ("yoda_vx", [], "yoda_vx_v2"),
        ("v2", [], "v2_v2"),
        ("_v2", [], "_v3"),
        ("yoda_v٣", [], "yoda_v٣_v2"),
        ("y" * 255, [], "y" * 252 + "_v2"),
        ("y" * 252 + "_v9", [], "y" * 251 + "_v10"),
        ("yoda_v" + "9" * 5000, [], ("yoda_v" + "9" * 5000)[:252] + "_v2"),
    ],
)
def test_a_version_follows_the_one_before(name: str, taken: list[str], fresh: str) -> None:
    assert fresh_name(name, taken) == fresh


@given(st.text(max_size=300), st.integers(0, 30))
def test_it_is_never_taken_nor_too_long(name: str, steps: int) -> None:
    taken = {name}
    for _ in range(steps):
        name = fresh_name(name, taken)
        assert name not in taken
        assert len(name) <= LONGEST
        taken.add(name)
