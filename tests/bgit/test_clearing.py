"""Clearing `input.yml`: the sections become comments, and nothing else is touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bgit.files.clearing import cleared
from breadtui.bgit.yaml.source import read_source

ASKED = """# My prompts
PROMPT:
  teacher:
    messages:
      - role: system
        content: |
          # Rules

          Be kind.
# and the target
TARGET: # none yet

BAKE:
  name: one"""
DONE = """# My prompts
# PROMPT:
#   teacher:
#     messages:
#       - role: system
#         content: |
          # Rules

#           Be kind.
# and the target
# TARGET: # none yet

# BAKE:
#   name: one"""


def test_the_sections_become_comments_as_bgit_makes_them() -> None:
    assert cleared(ASKED) == DONE
    assert read_source(DONE).value is None


def test_clearing_twice_changes_nothing_more() -> None:
    assert cleared(DONE) == DONE


@pytest.mark.parametrize("text", ["", "\n", "# PROMPT:\n#  a: 1\n", "OTHER: 1\n", "\ufeff# x\r\n"])
def test_what_holds_no_section_stays_as_it_is(text: str) -> None:
    assert cleared(text) == text


def test_ends_of_lines_and_the_mark_at_the_beginning_are_kept() -> None:
    assert cleared("\ufeffPROMPT:\r\n  a:\r\n\r\n  # b\r\n") == "\ufeff# PROMPT:\r\n#   a:\r\n\r\n  # b\r\n"


@pytest.mark.parametrize("head", ["PROMPT :", '"PROMPT":', "'BAKE' :", "TARGET:", "  PROMPT:"])
def test_a_section_is_known_however_its_key_is_written(head: str) -> None:
    assert cleared(f"# x\n{head}\n    a: 1\n") == f"# x\n# {head}\n#     a: 1\n"


def test_what_stands_in_braces_is_cleared_as_well() -> None:
    assert cleared("# x\n{PROMPT: {},\n BAKE: {}}\n") == "# x\n# {PROMPT: {},\n#  BAKE: {}}\n"


@settings(max_examples=100, deadline=None)
@given(st.text("PA: #\n\r\t-1", max_size=40))
def test_what_followed_is_a_comment_or_blank_and_is_written_as_it_was(rest: str) -> None:
    text = f"# head\nPROMPT:{rest}"
    lines = cleared(text).split("\n")
    assert len(lines) == len(text.split("\n"))
    for line, was in zip(lines, text.split("\n"), strict=True):
        assert line in (was, f"# {was}")
        assert not line.strip() or line.lstrip().startswith("#")
