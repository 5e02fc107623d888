"""What a folder would be made into, body by body, before anybody asks what exists already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breadtui.api.text import one_line
from breadtui.bakery.authoring.checks import name_problem
from breadtui.bakery.folder.names import name_of_folder, teacher_of
from breadtui.bakery.folder.options import Options
from breadtui.bakery.folder.problems import Concern, FolderError
from breadtui.bakery.folder.reading import Document, Folder
from breadtui.bakery.folder.weights import weigh
from breadtui.bakery.things import Thing


class Standing(StrEnum):
    """How something that would be made stands to what the server has under its name."""

    NEW = "new"
    SAME = "the same"
    CONFLICT = "in conflict"


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to be made. `body` is a prompt's messages under that key, else the overrides of the default template.

    `document` is the path it is made of, safe to show; empty where it belongs to all. `differs` names what stands in
    the way of one in conflict.
    """

    thing: Thing
    name: str
    body: Mapping[str, object]
    document: str = ""
    standing: Standing = Standing.NEW
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """All that would be made: the student first among the prompts, the rest in the order of the documents."""

    student: Piece
    teachers: tuple[Piece, ...]
    targets: tuple[Piece, ...]
    bake: Piece
    stimuli: int


def draft(folder: Folder, options: Options) -> Draft:
    """The bodies of everything that a folder becomes.

    Raises:
        FolderError: documents or questions cannot be used, a name or the table of weights cannot be.
    """
    _check_documents(folder, options)
    name = options.bake or name_of_folder(folder.path.resolve().name)
    _check_names(name, folder, options)
    left_out = [problem.path for problem in folder.of(Concern.DOCUMENT)]
    weights = weigh(folder.documents, options.weights, left_out)
    targets = tuple(_target(document, options) for document in folder.documents)
    datasets = [{"target": piece.name, "weight": weight} for piece, weight in zip(targets, weights, strict=True)]
    bake: dict[str, object] = {"datasets": datasets}
    if options.epochs is not None:
        bake["epochs"] = options.epochs
    return Draft(
        student=Piece(Thing.PROMPT, options.student, {"messages": [{"role": "system", "content": ""}]}),
        teachers=tuple(_teacher(document, options) for document in folder.documents),
        targets=targets,
        bake=Piece(Thing.BAKE, name, bake),
        stimuli=sum(len(document.questions) + options.numq for document in folder.documents),
    )


def _teacher(document: Document, options: Options) -> Piece:
    intro = options.intro.rstrip()
    content = f"{intro}\n\n{document.text}" if intro else document.text
    messages = {"messages": [{"role": "system", "content": content}]}
    return Piece(Thing.PROMPT, teacher_of(options.prefix + document.name), messages, document.shown)


def _target(document: Document, options: Options) -> Piece:
    generators: list[Mapping[str, object]] = []
    if document.questions:
        asked = [*document.questions]
        generators.append({"type": "hardcoded", "numq": len(asked), "questions": asked})
    if options.numq:
        written: dict[str, object] = {"type": "oneshot_qs", "numq": options.numq, "model": options.model}
        if options.temperature is not None:
            written["temperature"] = options.temperature
        generators.append(written)
    name = options.prefix + document.name
    body = {
        "teacher_prompt": teacher_of(name),
        "student_prompt": options.student,
        "generators": generators,
        # Said even where it is the server's own: how many responses there will be must not depend on that.
        "num_traj_per_stimulus": options.trajectories,
    }
    return Piece(Thing.TARGET, name, body, document.shown)


def _check_documents(folder: Folder, options: Options) -> None:
    if lost := folder.of(Concern.QUESTIONS):
        raise FolderError(f"{_first(lost)} Mend that, or take it away. Nothing was created.")
    if (unusable := folder.of(Concern.DOCUMENT)) and not options.skip_unusable:
        then = "Mend or move what cannot be used, or leave it out with --skip-unusable. Nothing was created."
        raise FolderError(f"{_first(unusable)} {then}")
    if not folder.documents:
        raise FolderError("No document is left that can be used. Nothing was created.")
    bare = [document.shown for document in folder.documents if not document.questions]
    if bare and not options.numq:
        more = f" and {len(bare) - 1:,} more" if len(bare) > 1 else ""
        raise FolderError(
            f"{bare[0]}{more} would have no question at all. Write some into questions.yml, or have them generated."
        )


def _first(problems: tuple[object, ...], most: int = 20) -> str:
    """The first few problems, a line each where there are several."""
    told = [f"{problem}" for problem in problems[:most]]
    if len(problems) > most:
        told.append(f"And {len(problems) - most:,} more.")
    return told[0] if len(told) == 1 else "\n  ".join((f"{len(problems):,} things are in the way:", *told)) + "\n"


def _check_names(bake: str, folder: Folder, options: Options) -> None:
    longest = max((teacher_of(options.prefix + document.name) for document in folder.documents), key=len)
    asked = ((Thing.BAKE, bake), (Thing.PROMPT, options.student), (Thing.PROMPT, longest))
    for thing, name in asked:
        if why := name_problem(thing, name):
            raise FolderError(f"No {thing} can be called “{one_line(name)[:80]}”. {why} Choose another name.")
    for document in folder.documents:
        if teacher_of(options.prefix + document.name) == options.student:
            raise FolderError(
                f"The student prompt is called {options.student}, as the teacher of {document.shown} would be."
                " Name another with --student, or begin the new names with a --prefix."
            )
