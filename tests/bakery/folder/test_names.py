"""What things are called after their files: valid at every server, told apart, and the same tomorrow."""

import random
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.authoring.checks import name_problem
from breadtui.bakery.folder.names import LONGEST, name_of_folder, plain_name, teacher_of, told_apart
from breadtui.bakery.things import Thing

PARTS = st.text("ab_ -.é\u0301世()'\n\x1b\u202eA1", min_size=1, max_size=12).filter(lambda part: part.strip("."))
PATHS = st.lists(
    st.builds(
        lambda parts, ending: "/".join(parts) + ending,
        st.lists(PARTS, min_size=1, max_size=3),
        st.sampled_from([".md", ".txt"]),
    ),
    max_size=12,
    unique=True,
)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("iphone.md", "iphone"),
        ("phones/iphone.md", "phones_iphone"),
        ("a/b/c.txt", "a_b_c"),
        ("iPhone 15 (2024).md", "iPhone_15_2024"),
        ("v1.2.md", "v1.2"),
        ("Über uns.md", "Über_uns"),
        ("U\u0308ber uns.md", "Über_uns"),
        ("製品/電話.md", "製品_電話"),
        ("हिन्दी.md", "हिन्दी"),
    ],
)
def test_a_name_is_the_path_as_far_as_a_name_can_be(path: str, name: str) -> None:
    assert told_apart([path]) == {path: name}


@pytest.mark.parametrize("path", ["batch.md", "default.txt", "!!!.md", "....md", f"{'x' * 300}.md", f"{'電' * 100}.md"])
def test_what_could_be_no_name_gets_digits_of_its_own(path: str) -> None:
    name = plain_name(path)
    assert name_problem(Thing.TARGET, name) is None
    assert name != "default"
    assert len(name.rpartition("-")[2]) == 8
    assert len(name.encode()) <= LONGEST


def test_the_plainest_of_those_that_meet_keeps_the_name() -> None:
    paths = ["a/b.md", "a b.md", "a_b.txt", "a_b.md"]
    names = told_apart(paths)
    assert names["a_b.md"] == "a_b"
    assert all(names[path].startswith("a_b-") for path in paths[:3])


def test_the_others_are_called_the_same_whoever_else_is_there() -> None:
    few = told_apart(["a_b.md", "a/b.md"])
    more = told_apart(["a_b.md", "a_b.txt", "a/b.md", "a/b.txt", "c.md"])
    assert few.items() <= more.items()


def test_a_file_that_bears_anothers_digits_is_told_apart_too() -> None:
    taken = told_apart(["a_b.md", "a/b.md"])["a/b.md"]
    names = told_apart(["a_b.md", "a/b.md", f"{taken}.md"])
    assert len(set(names.values())) == 3


@settings(max_examples=200)
@given(paths=PATHS, seed=st.integers())
def test_every_path_gets_a_valid_name_of_its_own_whatever_the_order(paths: list[str], seed: int) -> None:
    names = told_apart(paths)
    assert len(set(names.values())) == len(paths)
    for name in names.values():
        assert name_problem(Thing.TARGET, name) is None
        assert name_problem(Thing.PROMPT, teacher_of(name)) is None
        assert all(sign in "._-" or unicodedata.category(sign)[0] in "LMN" for sign in name)
    shuffled = random.Random(seed).sample(paths, len(paths))
    assert told_apart(shuffled) == names


@given(paths=PATHS, another=PATHS)
def test_a_file_more_never_renames_one_that_is_as_plain_as_can_be(paths: list[str], another: list[str]) -> None:
    plain = [path for path in paths if path == f"{plain_name(path)}.md" and "/" not in path]
    before, after = told_apart(paths), told_apart({*paths, *another})
    assert all(before[path] == after[path] == PurePosixPath(path).stem for path in plain)


@pytest.mark.parametrize(
    ("folder", "bake"), [("apple_docs", "apple_docs"), ("My docs", "My_docs"), ("v1.2", "v1.2"), ("", "bake")]
)
def test_a_bake_is_called_after_its_folder(folder: str, bake: str) -> None:
    assert name_of_folder(folder) == bake
    assert name_of_folder("batch") != "batch"
