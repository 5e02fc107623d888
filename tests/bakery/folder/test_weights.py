"""Weights: even, by length, or from a table that names every document; they add up to 1 as printed."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.folder.problems import FolderError
from breadtui.bakery.folder.reading import Document
from breadtui.bakery.folder.weights import weigh

DOCUMENTS = (
    Document("airpods.md", "airpods", "x" * 20),
    Document("phones/iphone.md", "phones_iphone", "x" * 50),
    Document("mac.md", "mac", "x" * 30),
)


def table(tmp_path: Path, content: str, name: str = "weights.csv") -> Path:
    file = tmp_path / name
    file.write_text(content)
    return file


def test_even_weights_add_up_to_one() -> None:
    assert weigh(DOCUMENTS, "even") == (0.334, 0.333, 0.333)


def test_weights_by_length_follow_the_characters() -> None:
    assert weigh(DOCUMENTS, "length") == (0.2, 0.5, 0.3)


@settings(max_examples=40)
@given(lengths=st.lists(st.integers(1, 1 << 20), min_size=1, max_size=300), even=st.booleans())
def test_printed_weights_add_up_to_exactly_one_and_none_is_lost(lengths: list[int], even: bool) -> None:
    text = "x" * max(lengths)
    documents = [Document(f"{n}.md", f"{n}", text[:length]) for n, length in enumerate(lengths)]
    weights = weigh(documents, "even" if even else "length")
    assert sum(Decimal(repr(weight)) for weight in weights) == 1
    assert min(weights) > 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("iphone,0.5\nmac,0.3\nairpods,0.2\n", "w.csv"),
        ("name,weight\nmac.md,3\n\nairpods.md,2\nphones/iphone.md,5\n", "w.csv"),
        ("Document;Weight\nphones_iphone;0,5\nmac;0,3\nairpods;0,2\n", "w.csv"),
        ("mac\t30\nairpods\t20\niphone\t50", "w.tsv"),
        ("iphone: 0.5\nmac: 0.3\nairpods.md: 0.2\n", "w.yml"),
        ("- {name: mac, weight: 3}\n- {name: iphone, weight: 5}\n- {name: airpods, weight: 2}\n", "w.yaml"),
    ],
)
def test_a_table_gives_each_document_its_weight(tmp_path: Path, content: str, name: str) -> None:
    assert weigh(DOCUMENTS, table(tmp_path, content, name)) == (0.2, 0.5, 0.3)


def test_a_document_may_count_for_nothing(tmp_path: Path) -> None:
    assert weigh(DOCUMENTS, table(tmp_path, "iphone,1\nmac,1\nairpods,0")) == (0.0, 0.5, 0.5)


def test_what_a_table_says_of_a_file_that_was_left_out_does_not_count(tmp_path: Path) -> None:
    weights = table(tmp_path, "iphone,1\nmac,1\nairpods,2\nbad.md,4")
    assert weigh(DOCUMENTS, weights, left_out=["bad.md"]) == (0.5, 0.25, 0.25)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("iphone,0.5", "has no weight for airpods.md, mac.md"),
        ("iphone,1\nmac,1\nairpods,1\nipod,1", "has a weight for “ipod”, and there is no such document"),
        ("iphone,1\nmac,1\nairpods,1\nmac.md,2", "has two weights for mac.md"),
        ("iphone,1\nmac,lots\nairpods,1", "has “lots” for “mac”"),
        ("iphone,1\nmac,-1\nairpods,1", "has “-1” for “mac”"),
        ("iphone,1\nmac,nan\nairpods,1", "has “nan” for “mac”"),
        ("iphone,1\nmac,inf\nairpods,1", "has “inf” for “mac”"),
        ("iphone,0\nmac,0\nairpods,0", "has no weight above 0"),
        ("iphone,1\nmac\nairpods,1", "has 1 cells in line 2, not two"),
        ('iphone,"1\nmac,1', "is not CSV"),
        ("", "is empty"),
    ],
)
def test_a_table_that_leaves_something_open_is_refused(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(FolderError, match=r"weights\.csv") as refused:
        weigh(DOCUMENTS, table(tmp_path, content))
    assert why in str(refused.value)


@pytest.mark.parametrize("content", ["iphone", "[1, 2]", "- {name: mac}", "iphone: {a: 1}\nmac: 1\nairpods: 1", "a: ["])
def test_a_yaml_table_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(FolderError, match=r"weights\.yml"):
        weigh(DOCUMENTS, table(tmp_path, content, "weights.yml"))


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="cannot be read: no such file or directory"):
        weigh(DOCUMENTS, tmp_path / "missing.csv")
