"""Gathers what came to an end, and tells of it once: on the screen, by bell and title, and where nobody looks at it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from breadtui.bakery.changes import Change, DownloadChanged, JobChanged, PipelineChanged
from breadtui.bakery.jobs import JobKey, JobStatus, Phase, State, format_loss
from breadtui.terminal.notify import Command, notification, title

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from breadtui.bakery.downloads.transfer import Transfer
    from breadtui.bakery.kitchen import Kitchen
    from breadtui.settings import Notify

GATHERED = 2.0
"""Seconds in which ends are gathered: what ends together is told together."""
NAMED = 3
"""Jobs that are told by name, at most."""
ANEW = "it begins anew."
MADE = {Phase.STIM: "has its stimuli", Phase.ROLLOUT: "has its responses", Phase.BAKE: "is baked"}


class Notices:
    """`write` puts a sequence on the terminal. What a run goes on from by itself is no news: its end is."""

    def __init__(
        self,
        app: App[None],
        kitchen: Kitchen,
        settings: Notify,
        write: Callable[[str], None],
        *,
        gather: float = GATHERED,
    ) -> None:
        self._app = app
        self._kitchen = kitchen
        self._settings = settings
        self._write = write
        self._gather = gather
        self._loop = asyncio.get_running_loop()
        self._command = Command(settings.command, self._failed)
        self._ended: dict[JobKey, JobStatus] = {}
        self._halted: list[str] = []
        self._timer: Timer | None = None
        self._quiet: Timer | None = None

    def take(self, change: Change) -> None:
        """Something changed; what is worth telling will be told within moments."""
        match change:
            case PipelineChanged(message=message, failed=True):
                self._halt(message)
            case JobChanged(status=status, before=before) if _ends(status, before):
                self._ended[status.key] = status
                self._timer = self._timer or self._app.set_timer(self._gather, self._tell)
            case DownloadChanged(transfer=transfer, before=before):
                self._tell_download(transfer, before)
            case JobChanged(status=status):
                self._ended.pop(status.key, None)  # it was started again
            case _:
                pass

    def looked_at(self) -> None:
        """Somebody looks: the title needs to say nothing any more."""
        self._write(title("breadtui", os.environ))

    def close(self) -> None:
        """Tell nothing any more."""
        for timer in (self._timer, self._quiet):
            if timer:
                timer.stop()

    # -- what was brought to a halt: at once, but of many only the first --

    def _halt(self, message: str) -> None:
        if self._quiet is None:
            self._toast(message, "error")
            self._quiet = self._app.set_timer(self._gather, self._tell_halted)
        else:
            self._halted.append(message)

    def _tell_halted(self) -> None:
        halted, self._halted, self._quiet = self._halted, [], None
        if len(halted) == 1:
            self._toast(halted[0], "error")
        elif halted:
            self._toast(f"{len(halted):,} more came to a halt. J shows them all.", "error")

    # -- downloads: at once, for there are few --

    def _tell_download(self, now: Transfer, before: Transfer | None) -> None:
        name, was = now.key.path.name, before.state if before else None
        if now.state is State.COMPLETE and was is not State.COMPLETE:
            self._toast(f"{name} is there: {now.key.path}", "information")
        elif now.state is State.FAILED and was is not State.FAILED:
            self._toast(f"{name}: {now.note}", "error")
        elif now.note.endswith(ANEW) and (before is None or before.note != now.note):
            self._toast(f"{name}: {now.note}", "information")

    # -- what came to its end --

    def _tell(self) -> None:
        ended, self._ended, self._timer = self._ended, {}, None
        news = [status for status in ended.values() if not self._goes_on(status)]
        if not news:
            return
        news.sort(key=_notable)
        said = summary(news)
        if complete := [status for status in news if status.state is State.COMPLETE]:
            self._toast(_toast(complete), "information")  # failures were told when they halted their run
        if self._settings.bell:
            self._app.bell()
        self._write(title(f"{news[0].state.sign} {said} · breadtui", os.environ) + notification(said, os.environ))
        self._command.run(facts(news))

    def _goes_on(self, status: JobStatus) -> bool:
        """Whether something runs already, or is about to, that waited for this."""
        if status.state is not State.COMPLETE:
            return False
        pipeline, look = self._kitchen.pipeline, self._kitchen.watcher.status
        for key in self._following(status.key):
            known = look(key)
            if key in pipeline.waiting or key in pipeline.starting or (known and not known.state.settled):
                return True
        return False

    def _following(self, key: JobKey) -> Iterable[JobKey]:
        match key.phase:
            case Phase.STIM:
                return [JobKey(key.repo, key.name, Phase.ROLLOUT)]
            case Phase.ROLLOUT:
                bakes = self._kitchen.bakes_of(key.repo, key.name)
                waiting = [step.key for step in self._kitchen.pipeline.waiting.values() if key in step.after]
                return [*waiting, *(JobKey(key.repo, bake, Phase.BAKE) for bake in bakes)]
            case Phase.BAKE:
                return []

    def _toast(self, message: str, severity: str) -> None:
        if severity == "error":
            self._app.notify(message, severity="error", timeout=10, markup=False)
        else:
            self._app.notify(message, markup=False)

    def _failed(self, message: str) -> None:
        """The command could not tell; its thread says so."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: there is nobody left to tell
            self._loop.call_soon_threadsafe(self._complain, message)

    def _complain(self, message: str) -> None:
        self._app.notify(message, severity="warning", timeout=10, markup=False)


def summary(news: Sequence[JobStatus]) -> str:
    """What came to its end, in a line: one by its name, several counted."""
    if len(news) == 1:
        (status,) = news
        if status.state is State.COMPLETE:
            return f"{status.key.name} {MADE[status.key.phase]}"
        return f"{status.key.phase} of {status.key.name} failed" + (f": {status.error}" if status.error else "")
    counts = Counter(status.state for status in news)
    parts = [f"{counts[state]:,} {word}" for state, word in _WORDS.items() if counts[state]]
    names = ", ".join(dict.fromkeys(status.key.name for status in news[:NAMED]))
    return f"{' and '.join(parts)}: {names}{' …' if len(news) > NAMED else ''}"


def facts(news: Sequence[JobStatus]) -> Mapping[str, str]:
    """What a command is told in its environment: of several jobs, the most notable, and a line for each."""
    first = news[0]
    told = {
        "REPO": first.key.repo,
        "NAME": first.key.name,
        "PHASE": first.key.phase.value,
        "STATE": first.state.value,
        "ERROR": first.error or "",
        "LOSS": format_loss(first.loss),
        "MODEL": first.models[0] if first.models else "",
        "SUMMARY": summary(news),
        "COUNT": str(len(news)),
        "JOBS": "\n".join(f"{status.state} {status.key.phase} {status.key.repo}/{status.key.name}" for status in news),
    }
    return {f"BREADTUI_{name}": value for name, value in told.items()}


_WORDS = {State.FAILED: "failed", State.COMPLETE: "complete"}


def _ends(status: JobStatus, before: JobStatus | None) -> bool:
    """Whether a job was seen to end: one that had ended when it was first seen is old news."""
    return (
        status.state in _WORDS and before is not None and before.state is not status.state and not before.state.settled
    )


def _notable(status: JobStatus) -> tuple[int, int]:
    """What failed comes first, then what is the most work."""
    return list(_WORDS).index(status.state), -list(Phase).index(status.key.phase)


def _toast(complete: Sequence[JobStatus]) -> str:
    if len(complete) == 1 and complete[0].key.phase is Phase.BAKE:
        return f"{summary(complete)}. c talks to it."
    return f"{summary(complete)}."
