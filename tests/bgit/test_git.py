"""What git tells of a directory, whatever state it is in; and what it refuses."""

import errno
import os
from pathlib import Path

import pytest

from breadtui.bgit.git import LARGEST, Git, GitError, Head, NoGit, Ref, RefKind, program
from tests.support.projects import BREAD, bread_directory, commit_all, git, repository


def committed(folder: Path) -> list[str]:
    """The files of the last commit."""
    return git(folder, "show", "--name-only", "--format=", "HEAD").splitlines()


def status(folder: Path) -> list[str]:
    return git(folder, "status", "--porcelain", "--untracked-files=all").splitlines()


def names(folder: Path) -> list[str]:
    return [ref.name for ref in Git(folder).refs()]


# What is checked out


def test_the_head_is_a_branch_and_its_commit(here: Path) -> None:
    assert Git(here).head() == Head("main", git(here, "rev-parse", "HEAD"))


def test_before_the_first_commit_there_is_a_branch_and_nothing_else(tmp_path: Path) -> None:
    asked = Git(repository(tmp_path / "new"))
    assert asked.head() == Head("main", None)
    assert asked.refs() == []
    assert asked.commits(".bread", limit=10) == []


def test_an_unborn_branch_beside_others_hides_none_of_them(here: Path) -> None:
    git(here, "checkout", "--quiet", "--orphan", "new")
    assert Git(here).head() == Head("new", None)
    assert [(ref.name, ref.current) for ref in Git(here).refs()] == [("main", False)]
    assert [commit.subject for commit in Git(here).commits(".bread", limit=10)] == ["first"]


def test_a_detached_head_is_a_ref_of_its_own(here: Path) -> None:
    git(here, "checkout", "--quiet", "--detach")
    commit = git(here, "rev-parse", "HEAD")
    assert Git(here).head() == Head(None, commit)
    assert Git(here).refs() == [
        Ref(RefKind.HEAD, "HEAD", commit, current=True),
        Ref(RefKind.BRANCH, "main", commit),
    ]


def test_a_worktree_has_a_head_of_its_own(here: Path, tmp_path: Path) -> None:
    git(here, "worktree", "add", "--quiet", "-b", "aside", str(tmp_path / "aside"))
    assert Git(tmp_path / "aside").head().branch == "aside"
    assert [(ref.name, ref.current) for ref in Git(tmp_path / "aside").refs()] == [("aside", True), ("main", False)]


def test_a_submodule_is_asked_about_itself(here: Path, tmp_path: Path) -> None:
    outer = repository(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(here), "inner")
    inner = outer / "inner"
    (inner / ".bread").write_text("changed")
    assert Git(inner).commit([".bread"], "inside")
    assert committed(inner) == [".bread"]
    assert [commit.subject for commit in Git(inner).commits(".bread", limit=1)] == ["inside"]


# Refs


def test_refs_are_the_current_one_then_branches_remotes_and_tags(here: Path, tmp_path: Path) -> None:
    git(here, "branch", "another")
    git(here, "tag", "v1")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(here), str(clone))
    assert [(ref.kind, ref.name) for ref in Git(clone).refs()] == [
        (RefKind.BRANCH, "main"),
        (RefKind.REMOTE, "origin/another"),
        (RefKind.REMOTE, "origin/main"),
        (RefKind.TAG, "v1"),
    ]


def test_tags_of_tags_lead_to_their_commit_and_tags_of_files_are_left_out(here: Path) -> None:
    git(here, "tag", "-a", "-m", "x", "told")
    git(here, "tag", "-a", "-m", "x", "twice", "told")
    git(here, "tag", "file", "HEAD:.bread")
    git(here, "tag", "folder", "HEAD^{tree}")
    git(here, "tag", "-a", "-m", "x", "told-file", "HEAD:.bread")
    tags = [ref for ref in Git(here).refs() if ref.kind is RefKind.TAG]
    assert [(tag.name, tag.commit) for tag in tags] == [(n, git(here, "rev-parse", "HEAD")) for n in ("told", "twice")]
    assert [commit.subject for commit in Git(here).commits(".bread", limit=10)] == ["first"]


def test_names_are_told_whatever_signs_are_in_them_and_cleaned(here: Path) -> None:
    for name in ("wörk/ing", 'it\'s"quoted"', "two\u2028lines", "right\u202eleft", "-b"):
        git(here, "update-ref", f"refs/heads/{name}", "HEAD")
    assert set(names(here)) == {"main", "wörk/ing", 'it\'s"quoted"', "two lines", "rightleft", "-b"}


def test_packed_refs_are_refs_too(here: Path) -> None:
    git(here, "branch", "other")
    git(here, "pack-refs", "--all")
    assert names(here) == ["main", "other"]


def test_three_thousand_refs_take_a_few_programs(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(here, "rev-parse", "HEAD")
    packed = "".join(f"{commit} refs/tags/v{number:04}\n" for number in range(3000))
    (here / ".git" / "packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{packed}")
    started: list[tuple[str, ...]] = []
    real = program._started
    monkeypatch.setattr(program, "_started", lambda *given: started.append(given[1]) or real(*given))
    refs = Git(here).refs()
    texts = Git(here).read([(ref.commit, ".bread") for ref in refs])
    assert len(refs) == 3001
    assert texts == {(commit, ".bread"): BREAD}
    assert len(started) <= 5


# Commits


def test_commits_are_those_of_all_branches_that_changed_the_files(here: Path) -> None:
    (here / "README").write_text("x")
    commit_all(here, "nothing of bgit's")
    git(here, "checkout", "--quiet", "-b", "side")
    (here / "recipe.yml").write_text("{}")
    commit_all(here, "on the side")
    git(here, "checkout", "--quiet", "main")
    commits = Git(here).commits(".bread", "recipe.yml", limit=10)
    assert [commit.subject for commit in commits] == ["on the side", "first"]
    assert commits[0].id == git(here, "rev-parse", "side")
    assert commits[0].parents == (git(here, "rev-parse", "main"),)
    assert (commits[0].author, commits[0].when) == ("A Baker", 1750000000.0)
    assert [commit.subject for commit in Git(here).commits(".bread", "recipe.yml", limit=1)] == ["on the side"]


def test_a_merge_that_takes_one_side_hides_nothing_of_the_other(here: Path) -> None:
    git(here, "checkout", "--quiet", "-b", "side")
    (here / "recipe.yml").write_text("side: 1")
    commit_all(here, "on the side")
    git(here, "checkout", "--quiet", "main")
    (here / "recipe.yml").write_text("main: 1")
    commit_all(here, "on main")
    git(here, "merge", "--quiet", "-s", "ours", "-m", "merged", "side")
    git(here, "branch", "--quiet", "-D", "side")
    subjects = {commit.subject for commit in Git(here).commits("recipe.yml", limit=10)}
    assert {"on the side", "on main", "first"} <= subjects


def test_a_shallow_clone_tells_what_it_has(here: Path, tmp_path: Path) -> None:
    (here / ".bread").write_text("second")
    commit_all(here, "second")
    git(tmp_path, "clone", "--quiet", "--depth=1", here.as_uri(), "shallow")
    assert [commit.subject for commit in Git(tmp_path / "shallow").commits(".bread", limit=10)] == ["second"]


def test_subjects_and_authors_are_cleaned(here: Path) -> None:
    (here / ".bread").write_text("x")
    git(here, "-c", "user.name=x", "commit", "--quiet", "-am", "red \x1b[31m\u202eand\tmore", "--author=É\x1b[1m <e@f>")
    latest = Git(here).commits(".bread", limit=1)[0]
    assert (latest.subject, latest.author) == ("red [31mand more", "É[1m")


def test_what_the_user_has_set_up_for_the_log_changes_nothing(here: Path) -> None:
    for setting in ("log.showSignature", "log.follow", "log.showRoot"):
        git(here, "config", setting, "true")
    git(here, "config", "color.ui", "always")
    git(here, "config", "format.pretty", "raw")
    assert [commit.subject for commit in Git(here).commits(".bread", limit=10)] == ["first"]
    assert names(here) == ["main"]


def test_a_signature_that_the_user_wants_to_see_is_not_taken_for_an_answer(here: Path, tmp_path: Path) -> None:
    signer = tmp_path / "signer"
    said = "echo '[GNUPG:] SIG_CREATED ' >&2; echo -----BEGIN PGP SIGNATURE-----; echo seen >&2"
    signer.write_text(f"#!/bin/sh\ncat > /dev/null; {said}\n")
    signer.chmod(0o755)
    git(here, "config", "gpg.program", str(signer))
    (here / ".bread").write_text("x")
    git(here, "commit", "--quiet", "-S", "-am", "signed")
    git(here, "config", "log.showSignature", "true")
    assert "seen" in git(here, "log", "-1")
    assert [commit.id for commit in Git(here).commits(".bread", limit=10)] == [
        git(here, "rev-parse", "HEAD"),
        git(here, "rev-parse", "HEAD~1"),
    ]


# Reading


def test_files_are_read_of_any_commit_without_a_checkout(here: Path) -> None:
    first = git(here, "rev-parse", "HEAD")
    (here / ".bread").write_text("now")
    second = commit_all(here, "second")
    (here / ".bread").write_text("not committed")
    wanted = [(first, ".bread"), (second, ".bread"), (second, "missing"), ("0" * 40, ".bread"), (first, ".bread")]
    assert Git(here).read(wanted) == {(first, ".bread"): BREAD, (second, ".bread"): "now"}
    assert Git(here).read([]) == {}


def test_a_directory_below_the_top_is_asked_for_its_own_files(tmp_path: Path) -> None:
    top = repository(tmp_path / "top")
    (top / ".bread").write_text("of the top")
    below = bread_directory(top / "the models" / "ünder", bread="of below")
    commit = commit_all(top, "both")
    (top / ".bread").write_text("of the top, later")
    commit_all(top, "top only")
    assert Git(below).read([(commit, ".bread")]) == {(commit, ".bread"): "of below"}
    assert [found.subject for found in Git(below).commits(".bread", limit=10)] == ["both"]
    (below / ".bread").write_text("changed")
    assert Git(below).commit([".bread"], "below only")
    assert git(top, "show", "HEAD:the models/ünder/.bread") == "changed"
    assert git(top, "show", "HEAD:.bread") == "of the top, later"


def test_names_with_signs_of_all_kinds_are_read_and_committed(here: Path) -> None:
    odd = ["*.yml", "-q", "é \"'.yml", ":(top)x", "#"]
    for name in odd:
        (here / name).write_text(name)
    (here / "not asked.yml").write_text("x")
    assert Git(here).commit(odd, "odd")
    commit = git(here, "rev-parse", "HEAD")
    assert Git(here).read([(commit, name) for name in odd]) == {(commit, name): name for name in odd}
    assert status(here) == ['?? "not asked.yml"']


def test_a_huge_file_is_left_out_and_other_bytes_than_utf8_are_replaced(here: Path) -> None:
    (here / "huge").write_bytes(b"x" * (LARGEST + 1))
    (here / "latin").write_bytes(b"caf\xe9\n")
    (here / "none").write_bytes(b"")
    (here / "link").symlink_to("latin")
    commit = commit_all(here, "files")
    texts = Git(here).read([(commit, name) for name in ("huge", "latin", "none", "link")])
    assert texts == {(commit, "latin"): "caf\ufffd\n", (commit, "none"): "", (commit, "link"): "latin"}


def test_a_bare_repository_tells_its_refs_and_takes_no_commit(here: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(here), "bare.git")
    bare = Git(tmp_path / "bare.git")
    assert [ref.name for ref in bare.refs()] == ["main"]
    with pytest.raises(GitError, match="work tree"):
        bare.commit([".bread"], "x")


# No git, and git's refusals


def test_a_directory_that_is_not_under_git_is_nothing_wrong(tmp_path: Path) -> None:
    with pytest.raises(NoGit, match="not under git"):
        Git(tmp_path).head()


def test_a_machine_without_git_is_nothing_wrong(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(NoGit, match="git cannot be started"):
        Git(here).refs()


@pytest.mark.parametrize(
    "script",
    [
        "echo nonsense",
        "printf '\\377\\376'",
        """case "$*" in *--verify*|*symbolic-ref*) exit 1;; *) printf 'a\\0b\\0c\\n';; esac""",
    ],
)
def test_another_program_called_git_is_an_error_like_any(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    other = tmp_path / "bin" / "git"
    other.parent.mkdir()
    other.write_text(f"#!/bin/sh\n{script}\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{other.parent}:/usr/bin:/bin")
    git = Git(here)
    for ask in (git.refs, lambda: git.commits(".bread", limit=5), lambda: git.commit([".bread"], "x")):
        with pytest.raises(GitError, match="not answer as git does"):
            ask()


def test_a_machine_without_room_for_gits_answers_is_an_error_like_any(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(GitError, match="TMPDIR"):
        Git(here).head()


def test_a_directory_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is no directory") as told:
        Git(tmp_path / "gone").head()
    assert not isinstance(told.value, NoGit)


def test_a_repository_that_git_does_not_trust_is_refused_in_gits_words(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match=r"dubious ownership.*safe\.directory") as told:
        Git(here).head()
    assert not isinstance(told.value, NoGit)


def test_a_worktree_whose_repository_is_gone_is_an_error_and_not_no_git(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(GitError, match="/nowhere/at/all") as told:
        Git(tmp_path).head()
    assert not isinstance(told.value, NoGit)


def test_asking_writes_no_index(here: Path) -> None:
    os.utime(here / ".bread", (1, 1))
    index = (here / ".git" / "index").read_bytes()
    asked = Git(here)
    asked.refs()
    asked.commits(".bread", limit=5)
    assert (here / ".git" / "index").read_bytes() == index
