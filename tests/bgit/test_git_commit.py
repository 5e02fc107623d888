"""That a commit takes the files asked for and no more, whatever hooks do; and that all else stays as it was."""

import os
from pathlib import Path

import pytest

from breadtui.bgit.git import Git, GitError, program
from tests.support.projects import bread_directory, commit_all, git, repository


def hook(folder: Path, name: str, script: str) -> None:
    path = folder / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def committed(folder: Path) -> list[str]:
    """The files of the last commit."""
    return git(folder, "show", "--name-only", "--format=", "HEAD").splitlines()


def staged(folder: Path) -> list[str]:
    return git(folder, "diff", "--cached", "--name-only").splitlines()


def status(folder: Path) -> list[str]:
    return git(folder, "status", "--porcelain", "--untracked-files=all").splitlines()


def test_a_commit_holds_the_files_asked_for_and_nothing_else(here: Path) -> None:
    for name in (".bread", "recipe.yml", "input.yml"):
        (here / name).write_text("changed")
    (here / "staged").write_text("by the user")
    (here / "untracked").write_text("x")
    git(here, "add", "staged", "input.yml")
    made = Git(here).commit([".bread", "recipe.yml"], "recorded")
    assert git(here, "rev-parse", "--short", "HEAD") == made
    assert git(here, "log", "-1", "--format=%s") == "recorded"
    assert committed(here) == [".bread", "recipe.yml"]
    assert staged(here) == ["input.yml", "staged"]
    assert status(here) == ["M  input.yml", "A  staged", "?? untracked"]


def test_what_was_staged_of_a_file_asked_for_gives_way_to_what_is_on_disk(here: Path) -> None:
    (here / ".bread").write_text("staged")
    git(here, "add", ".bread")
    (here / ".bread").write_text("on disk")
    assert Git(here).commit([".bread"], "x")
    assert git(here, "show", "HEAD:.bread") == "on disk"
    assert status(here) == []


def test_a_repository_that_the_environment_names_is_not_taken_for_the_directorys_own(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = bread_directory(repository(tmp_path / "other"))
    commit_all(other, "of another")
    (here / ".bread").write_text("changed")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    made = Git(here).commit([".bread"], "x")
    monkeypatch.delenv("GIT_DIR")
    assert git(here, "log", "-1", "--format=%h %s") == f"{made} x"
    assert git(other, "log", "--format=%s") == "of another"


def test_a_file_that_git_did_not_know_is_committed_too(here: Path) -> None:
    (here / "new.yml").write_text("x")
    assert Git(here).commit(["new.yml", ".bread"], "x")
    assert committed(here) == ["new.yml"]
    assert status(here) == []


def test_the_first_commit_of_all_leaves_what_is_staged(tmp_path: Path) -> None:
    folder = bread_directory(repository(tmp_path / "new"))
    git(folder, "add", "input.yml")
    assert Git(folder).commit([".bread", "recipe.yml"], "x")
    assert committed(folder) == [".bread", "recipe.yml"]
    assert status(folder) == ["A  input.yml"]


def test_nothing_is_committed_where_nothing_changed(here: Path) -> None:
    before = git(here, "rev-parse", "HEAD")
    os.utime(here / ".bread", (1, 1))
    (here / "staged").write_text("x")
    git(here, "add", "staged")
    assert Git(here).commit([".bread", "recipe.yml", "never there"], "x") == ""
    assert git(here, "rev-parse", "HEAD") == before
    assert staged(here) == ["staged"]


def test_a_removal_that_the_user_staged_stays_so_beside_a_commit_of_another_file(here: Path) -> None:
    git(here, "rm", "--quiet", "--cached", "recipe.yml")
    (here / ".bread").write_text("x")
    assert Git(here).commit([".bread", "recipe.yml"], "x")
    assert committed(here) == [".bread"]
    assert status(here) == ["D  recipe.yml", "?? recipe.yml"]


def test_a_detached_head_takes_a_commit_and_moves_no_branch(here: Path) -> None:
    git(here, "checkout", "--quiet", "--detach")
    (here / ".bread").write_text("x")
    main = git(here, "rev-parse", "main")
    assert Git(here).commit([".bread"], "x")
    assert git(here, "rev-parse", "main") == main != git(here, "rev-parse", "HEAD")


def test_a_message_that_looks_like_an_option_or_a_comment_is_a_message(here: Path) -> None:
    (here / ".bread").write_text("x")
    assert Git(here).commit([".bread"], "--amend é\n\n# not a comment")
    assert git(here, "log", "-1", "--format=%B") == "--amend é\n\n# not a comment"


def test_a_hook_that_fails_is_quoted_and_leaves_everything_as_it_was(here: Path) -> None:
    hook(here, "pre-commit", "printf '%1000s\\n' long; printf '\\033[31mno bread today\\033[0m\\n'; exit 1")
    (here / ".bread").write_text("x")
    (here / "new.yml").write_text("x")
    before = git(here, "rev-parse", "HEAD")
    with pytest.raises(GitError, match="no bread today") as told:
        Git(here).commit([".bread", "new.yml"], "x")
    assert len(str(told.value)) < 450
    assert "\x1b" not in str(told.value)
    assert "[31m" not in str(told.value)
    assert git(here, "rev-parse", "HEAD") == before
    assert status(here) == ["M .bread", "?? new.yml"]
    assert staged(here) == []


def test_hooks_are_passed_over_only_when_asked(here: Path) -> None:
    hook(here, "pre-commit", "exit 1")
    hook(here, "commit-msg", "exit 1")
    (here / ".bread").write_text("x")
    with pytest.raises(GitError):
        Git(here).commit([".bread"], "x")
    assert Git(here).commit([".bread"], "x", hooks=False)


def test_a_hook_that_leaves_a_program_behind_is_not_waited_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "HOOKS_PATIENCE", 5.0)
    hook(here, "pre-commit", f"sleep 30 & echo $! > {here}/.git/left")
    (here / ".bread").write_text("x")
    try:
        assert Git(here).commit([".bread"], "x")
    finally:
        os.kill(int((here / ".git" / "left").read_text()), 9)


def test_a_hook_that_rewrites_a_file_is_told_and_leaves_no_change_behind(here: Path) -> None:
    hook(here, "pre-commit", "echo rewritten > .bread; git add .bread")
    (here / ".bread").write_text("x")
    (here / "recipe.yml").write_text("x")
    asked = Git(here)
    assert asked.commit([".bread", "recipe.yml"], "x")
    assert asked.by_hooks == (".bread",)
    assert git(here, "show", "HEAD:.bread") == "rewritten"
    assert status(here) == []


def test_a_file_that_a_hook_adds_is_told_and_what_the_user_staged_of_others_stays(here: Path) -> None:
    hook(here, "pre-commit", "echo rewritten > .bread; git add .bread")
    (here / "recipe.yml").write_text("x")
    (here / "staged").write_text("x")
    git(here, "add", "staged")
    asked = Git(here)
    assert asked.commit(["recipe.yml"], "x")
    assert asked.by_hooks == (".bread",)
    assert committed(here) == [".bread", "recipe.yml"]
    assert status(here) == ["A  staged"]


def test_what_a_hook_adds_takes_nothing_from_what_the_user_staged_of_it(here: Path) -> None:
    (here / ".bread").write_text("by the user")
    git(here, "add", ".bread")
    hook(here, "pre-commit", "echo rewritten > .bread; git add .bread")
    (here / "recipe.yml").write_text("x")
    asked = Git(here)
    assert asked.commit(["recipe.yml"], "x")
    assert asked.by_hooks == (".bread",)
    assert git(here, "show", ":.bread") == "by the user"


def test_a_file_that_a_hook_rewrites_without_staging_it_is_told_too(here: Path) -> None:
    hook(here, "pre-commit", "echo rewritten > .bread")
    (here / ".bread").write_text("x")
    asked = Git(here)
    assert asked.commit([".bread"], "x")
    assert asked.by_hooks == (".bread",)
    assert git(here, "show", "HEAD:.bread") == "x"


def test_a_message_is_utf8_whatever_the_repository_has_set_up(here: Path) -> None:
    git(here, "config", "i18n.commitEncoding", "ISO-8859-1")
    (here / ".bread").write_text("x")
    assert Git(here).commit([".bread"], "é")
    assert "encoding" not in git(here, "cat-file", "commit", "HEAD")
    assert Git(here).commits(".bread", limit=1)[0].subject == "é"


def test_a_commit_that_no_hook_touched_says_so(here: Path) -> None:
    (here / ".gitattributes").write_text("* text=auto eol=crlf\n")
    (here / ".bread").write_bytes(b"lines\r\nof\r\nanother kind\r\n")
    asked = Git(here)
    assert asked.commit([".bread"], "x")
    assert asked.by_hooks == ()


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick", "revert"])
def test_nothing_is_committed_in_the_middle_of_something(here: Path, how: str) -> None:
    git(here, "checkout", "--quiet", "-b", "side")
    (here / "input.yml").write_text("side")
    side = commit_all(here, "side")
    git(here, "checkout", "--quiet", "main")
    (here / "input.yml").write_text("main")
    commit_all(here, "main")
    with pytest.raises(AssertionError):
        git(here, how, "--no-edit", side) if how in ("merge", "revert") else git(here, how, side)
    (here / ".bread").write_text("x")
    with pytest.raises(GitError, match=f"A git {how} is under way"):
        Git(here).commit([".bread"], "x")


def test_an_ignored_file_is_refused_with_the_line_that_ignores_it(here: Path) -> None:
    (here / ".gitignore").write_text("# ours\n*.model\n.bread\n")
    (here / "a.model").write_text("x")
    (here / ".bread").write_text("tracked, so not ignored")
    with pytest.raises(GitError, match=r"a\.model is ignored by git \(\.gitignore, line 2: \*\.model\)"):
        Git(here).commit([".bread", "a.model"], "x")
    assert staged(here) == []
    assert Git(here).commit([".bread"], "x")


def test_a_missing_identity_is_told_in_gits_words(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    git(here, "config", "user.useConfigOnly", "true")
    (here / ".bread").write_text("x")
    with pytest.raises(GitError, match=r"user\.email"):
        Git(here).commit([".bread"], "x")
    assert status(here) == ["M .bread"]


def test_a_key_that_wants_a_passphrase_finds_no_terminal_to_ask_on(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = tmp_path / "signer"
    signer.write_text(f"#!/bin/sh\n(read x < /dev/tty) || echo nobody to ask $GPG_TTY > {tmp_path}/asked; exit 1\n")
    signer.chmod(0o755)
    git(here, "config", "gpg.program", str(signer))
    git(here, "config", "commit.gpgSign", "true")
    (here / ".bread").write_text("x")
    monkeypatch.setenv("GPG_TTY", "/dev/pts/99")
    with pytest.raises(GitError, match="gpg failed to sign"):
        Git(here).commit([".bread"], "x")
    assert (tmp_path / "asked").read_text() == "nobody to ask\n"
    assert status(here) == ["M .bread"]


def test_another_git_at_work_is_told_in_gits_words(here: Path) -> None:
    (here / ".git" / "index.lock").touch()
    (here / ".bread").write_text("x")
    with pytest.raises(GitError, match=r"index\.lock"):
        Git(here).commit([".bread"], "x")


def test_git_that_takes_too_long_is_stopped(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook(here, "pre-commit", "exec sleep 100")
    monkeypatch.setattr(program, "HOOKS_PATIENCE", 0.2)
    (here / ".bread").write_text("x")
    with pytest.raises(GitError, match="took longer than"):
        Git(here).commit([".bread"], "x")
    assert not (here / ".git" / "index.lock").exists()
    assert status(here) == ["M .bread"]
