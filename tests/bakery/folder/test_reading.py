"""What is read from a folder: its documents, their questions, and what is wrong with them, file by file."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breadtui.bakery.folder.files import LARGEST, Unusable, read_csv, read_text, read_yaml
from breadtui.bakery.folder.problems import Concern, FolderError
from breadtui.bakery.folder.reading import Folder, read_folder
from tests.bakery.folder.folders import APPLE, write


def said(folder: Folder, concern: Concern) -> list[str]:
    return [str(problem) for problem in folder.of(concern)]


def asked(folder: Folder) -> dict[str, tuple[str, ...]]:
    return {document.path: document.questions for document in folder.documents}


# -- documents --


def test_documents_are_read_from_every_folder_below_in_the_order_of_their_paths(tmp_path: Path) -> None:
    folder = read_folder(write(tmp_path, {"b.md": "B", "a/z.txt": "Z", "a/y.MD": "Y", "a b.md": "AB"}))
    assert [document.path for document in folder.documents] == ["a/y.MD", "a/z.txt", "a b.md", "b.md"]
    assert [document.text for document in folder.documents] == ["Y", "Z", "AB", "B"]
    assert not folder.problems


def test_hidden_files_questions_and_other_files_are_no_documents(tmp_path: Path) -> None:
    others = {".hidden.md": "x", ".git/a.md": "x", "iphone.questions.txt": "Why?", "a.pdf": "x", "questions.yml": "{}"}
    folder = read_folder(write(tmp_path, {**APPLE, **others}))
    assert [document.path for document in folder.documents] == [*APPLE]
    assert folder.others == 1


def test_a_file_that_is_used_otherwise_is_no_document(tmp_path: Path) -> None:
    write(tmp_path, {**APPLE, "weights.txt": "iphone,1", "intro.md": "You know:"})
    folder = read_folder(tmp_path, apart=[tmp_path / "weights.txt", tmp_path / "x" / ".." / "intro.md"])
    assert [document.path for document in folder.documents] == [*APPLE]


def test_a_document_reads_the_same_from_every_machine(tmp_path: Path) -> None:
    write(tmp_path, {"dos.md": b"\xef\xbb\xbfone\r\ntwo\r\n", "mac.md": b"one\rtwo\r", "unix.md": b"one\ntwo\n"})
    assert {document.text for document in read_folder(tmp_path).documents} == {"one\ntwo\n"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"fine\n\xff\xfe", "is not UTF-8 (line 2)"),
        (b"a\0b", "is not text: it holds a zero byte"),
        (b"x" * (LARGEST + 1), "is larger than 1 MiB"),
    ],
)
def test_a_document_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    folder = read_folder(write(tmp_path, {**APPLE, "notes/bad.md": content}))
    assert said(folder, Concern.DOCUMENT) == [f"notes/bad.md {why}."]
    assert [document.path for document in folder.documents] == [*APPLE]


def test_a_document_of_exactly_one_mebibyte_is_read(tmp_path: Path) -> None:
    assert len(read_folder(write(tmp_path, {"large.md": "x" * LARGEST})).documents[0].text) == LARGEST


def test_links_that_lead_nowhere_and_pipes_are_named_and_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, APPLE)
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    folder = read_folder(tmp_path)
    problems = ["gone.md cannot be read: no such file or directory.", "pipe.txt is not a file."]
    assert said(folder, Concern.DOCUMENT) == problems
    assert len(folder.documents) == 3


def test_a_files_name_cannot_drive_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, {"a\x1b[31m\nb.md": ""})
    (tmp_path / os.fsdecode(b"\xff.md")).write_text("x")
    folder = read_folder(tmp_path)
    assert said(folder, Concern.DOCUMENT) == ["a[31m b.md is empty."]
    assert folder.documents[0].shown == "\N{REPLACEMENT CHARACTER}.md"
    assert folder.documents[0].name.startswith("document-")


@pytest.mark.parametrize("files", [{}, {"a.pdf": "x"}, {".hidden.md": "x"}])
def test_a_folder_without_documents_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(FolderError, match="holds no document"):
        read_folder(write(tmp_path / "docs", files))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"file.md": "x"})
    with pytest.raises(FolderError, match="is not a folder"):
        read_folder(tmp_path / "file.md")
    with pytest.raises(FolderError, match="is not there"):
        read_folder(tmp_path / "missing")


def test_two_files_that_would_get_one_name_are_told_of(tmp_path: Path) -> None:
    folder = read_folder(write(tmp_path, {"a_b.md": "1", "a/b.md": "2"}))
    other = next(document.name for document in folder.documents if document.path == "a/b.md")
    assert said(folder, Concern.NAME) == [f"a/b.md would be called a_b, as a_b.md is: it is called {other}."]


# -- questions --


@pytest.mark.parametrize("reference", ["phones/iphone.md", "phones/iphone", "iphone.md", "iphone", "./phones/iphone"])
def test_questions_find_their_document_by_path_file_or_stem(tmp_path: Path, reference: str) -> None:
    write(tmp_path, {"phones/iphone.md": "x", "mac.md": "x", "questions.yml": f"{reference}: [Why?, ' How? ', '']"})
    assert asked(read_folder(tmp_path)) == {"mac.md": (), "phones/iphone.md": ("Why?", "How?")}


def test_a_sheet_of_questions_stands_beside_its_document(tmp_path: Path) -> None:
    sheets = {"a/x.questions.txt": "Why?\r\n\r\n  How? \n", "y.txt.questions.txt": "When?"}
    write(tmp_path, {"a/x.md": "x", "x.md": "x", "y.md": "y", "y.txt": "y", **sheets})
    questions = {"a/x.md": ("Why?", "How?"), "x.md": (), "y.md": (), "y.txt": ("When?",)}
    assert asked(read_folder(tmp_path)) == questions


def test_questions_from_both_places_are_asked_once_each(tmp_path: Path) -> None:
    write(tmp_path, {"x.md": "x", "questions.yml": "x: [One?, Two?]", "x.questions.txt": "Two?\nThree?\n"})
    assert asked(read_folder(tmp_path)) == {"x.md": ("One?", "Two?", "Three?")}


def test_names_that_look_like_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    table = "2024: [On what day?]\n1.10: [What is new?, 42, yes]\n"
    write(tmp_path, {"2024.md": "x", "1.10.md": "x", "questions.yml": table})
    assert asked(read_folder(tmp_path)) == {"1.10.md": ("What is new?", "42", "yes"), "2024.md": ("On what day?",)}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"questions.yml": "ipod: [Why?]"}, "has questions for “ipod”, and there is no such document"),
        ({"ipod.questions.txt": "Why?"}, "has questions for “ipod”, and there is no such document"),
        ({"b/iphone.md": "x", "c/iphone.md": "x", "questions.yml": "b/iphone: [W?]\nc/iphone.md: [W?]"}, ""),
        ({"b/ipod.md": "x", "c/ipod.md": "x", "questions.yml": "ipod: [W?]"}, "b/ipod.md, c/ipod.md: name it in full"),
        ({"a/questions.yml": "iphone: [W?]"}, "a/questions.yml is read in the folder itself only"),
        ({"questions.yml": "iphone: {a: b}"}, "something other than a list of questions under “iphone”"),
        ({"questions.yml": "iphone: [[a]]"}, "something other than a list of questions under “iphone”"),
        ({"questions.yml": "- iphone"}, "is not a table of files and their questions"),
        ({"questions.yml": "iphone: [a"}, "is not YAML: "),
        ({"questions.yml": "mac: [a]\nmac: [b]"}, "is not YAML: found duplicate key"),
        ({"questions.yml": b"\xff"}, "is not UTF-8 (line 1)"),
        ({"questions.yml": "[" * 1000}, "is not YAML"),
        ({"iphone.questions.txt": b"\xff"}, "is not UTF-8 (line 1)"),
    ],
)
def test_questions_that_would_be_lost_are_named_with_the_reason(
    tmp_path: Path, files: dict[str, str | bytes], why: str
) -> None:
    folder = read_folder(write(tmp_path, {**APPLE, **files}))
    problems = said(folder, Concern.QUESTIONS)
    assert len(problems) == bool(why)
    assert all(why in problem for problem in problems)


def test_questions_for_a_document_that_cannot_be_used_are_no_second_problem(tmp_path: Path) -> None:
    folder = read_folder(write(tmp_path, {**APPLE, "bad.md": "", "questions.yml": "bad: [Why?]"}))
    assert not folder.of(Concern.QUESTIONS)


# -- whatever stands in a file --


@settings(max_examples=60)
@given(content=st.one_of(st.binary(max_size=60), st.text("a:-[]{}&*!|>'\"\n\t #,%@`?1", max_size=40).map(str.encode)))
def test_any_file_is_read_or_refused_in_words(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yml"
    file.write_bytes(content)
    refusals: list[str] = []
    for read in (read_text, read_yaml, read_csv):
        try:
            read(file)
        except Unusable as error:
            refusals.append(str(error))
    assert all(said.startswith("is ") and "\n" not in said for said in refusals)
