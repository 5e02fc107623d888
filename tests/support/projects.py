"""Directories of bgit made by hand, and git to put them under."""

import os
import subprocess
from pathlib import Path

REPO = "my_repo"

INPUT = """\
PROMPT:
  teacher:
    name: tea
    messages:
      - role: system
        content: one
  student:
    messages:
      - role: system
        content: ""
TARGET:
  name: t
  generators:
    - type: hardcoded
      numq: 1
      questions: [one]
BAKE:
  name: one
  datasets:
    - target: t
      weight: 1.0
  model:
    dtype: bf16
"""
"""Asks for what `NAMES` names."""

DONE_INPUT = "".join(f"# {line}\n" for line in INPUT.splitlines())
"""What a finished bake leaves."""

NAMES = {
    "teacher": "tea_983e1ba167325c2c",
    "student": "prompt_3d82040bb35a2971",
    "target": "t_9b4cb973e515bb2c",
    "bake": "one_71589d1750811a6f",
}

BREAD = f"""\
# Bread configuration mapping
# Auto-generated - do not edit manually

[REPO]
name={REPO}

[PROMPT\\.teacher]
hash=983e1ba167325c2c6c160fafc3328b6e8abcb66c524479143f0b9c6a54fbc8db
prompt_name={NAMES["teacher"]}

[PROMPT\\.student]
hash=3d82040bb35a2971ad79deb2d8f8422dbaadbcd2bceff9011834c2a5a7f1b235
prompt_name={NAMES["student"]}

[TARGET]
hash=9b4cb973e515bb2c9f38bacff3a4c7120392664a225727677ae160455227cbe9
target_name={NAMES["target"]}

[BAKE]
hash=71589d1750811a6f234aaf5db3e158c03204dd25cbd3d705bffe6c66a6b2bdc4
bake_name={NAMES["bake"]}
"""
"""As bgit writes it for `INPUT`, before any bake."""

NO_RECIPE = """\
# This file is auto-generated - do not edit manually

resources:
  prompts: []
  targets: []
  bakes: []
"""

BASE_MODEL = "Qwen/Qwen3-32B"

GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Baker",
    "GIT_AUTHOR_EMAIL": "baker@example.org",
    "GIT_COMMITTER_NAME": "A Baker",
    "GIT_COMMITTER_EMAIL": "baker@example.org",
    "GIT_AUTHOR_DATE": "1750000000 +0000",
    "GIT_COMMITTER_DATE": "1750000000 +0000",
}


def bread_directory(
    path: Path, *, input: str = INPUT, bread: str | None = BREAD, recipe: str | None = NO_RECIPE
) -> Path:
    """A directory with these files, or without those that are None; no git."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in (("input.yml", input), (".bread", bread), ("recipe.yml", recipe)):
        if text is not None:
            (path / name).write_bytes(text.encode())
    return path


def model_of(bake: str, checkpoint: int = 21) -> str:
    """A checkpoint's full name."""
    return f"baker/{REPO}/{bake}/{checkpoint}"


def baked_bread(*bakes: str) -> str:
    """`.bread` after these bakes, the latest first, each with the checkpoints 21 and 7."""
    notes = "".join(
        f'\n[RECIPE\\.BAKES\\.{bake}]\nmodel_names="[\\"{model_of(bake)}\\",\\"{model_of(bake, 7)}\\"]"\n'
        for bake in bakes
    )
    return (
        f"{BREAD}\n[PARENT_MODEL]\nmodel_name={model_of(bakes[0])}\n"
        f"\n[RECIPE]\nbase_model={BASE_MODEL}\ntotal_steps={2 * len(bakes)}\nrecipe_file=recipe.yml\n{notes}"
    )


def baked_recipe(*bakes: str) -> str:
    """`recipe.yml` after these bakes, the latest first; each on the checkpoint 21 of the one behind it."""
    steps = "".join(_steps(bakes, bake) for bake in reversed(bakes))
    made = "".join(
        f"    - bake_name: {bake}\n      model_names:\n        - {model_of(bake)}\n        - {model_of(bake, 7)}\n"
        for bake in bakes
    )
    return (
        "# This file is auto-generated - do not edit manually\n\n"
        f"base_model: {BASE_MODEL}\ntotal_steps: {2 * len(bakes)}\nsteps:\n{steps}"
        f"resources:\n  prompts: []\n  targets: []\n  bakes:\n{made}"
    )


def _steps(bakes: tuple[str, ...], bake: str) -> str:
    """How one of them was made, and run."""
    at = len(bakes) - bakes.index(bake)
    parent = bakes[bakes.index(bake) + 1 :][:1]
    model = f"      model:\n        parent_model_name: {model_of(parent[0])}\n" if parent else ""
    return (
        f"  - step: {2 * at - 1}\n    action: create_bake\n    resource_type: bake\n    resource_name: {bake}\n"
        f"    dependencies: []\n    config:\n      epochs: 2\n{model}"
        f"  - step: {2 * at}\n    action: run_bake\n    resource_type: bake\n    resource_name: {bake}\n"
        f"    dependencies:\n      - bake:{bake}\n    config: {{}}\n"
    )


def git(path: Path, *args: str) -> str:
    """What git says in a directory; untouched by whatever the machine's user has set up."""
    done = subprocess.run(
        ["git", *args],
        cwd=path,
        env={**os.environ, **GIT_ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"git {' '.join(args)}: {done.stderr}"
    return done.stdout.strip()


def repository(path: Path) -> Path:
    """A directory under git, on the branch `main`, with no commits and no hooks."""
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "--quiet", "--template=", "-b", "main")
    return path


def commit_all(path: Path, message: str) -> str:
    """Commit all that is there; gives the full id."""
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(path, "rev-parse", "HEAD")


def committed_directory(path: Path) -> Path:
    """A directory of bgit under git, all of it committed."""
    bread_directory(repository(path))
    commit_all(path, "first")
    return path


def contents(directory: Path) -> dict[str, bytes]:
    """The files that stand in a directory, by their names."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
