"""The steps that this program sees to, how each stands, and which wait for which. Starting them is the pipeline's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from breadtui.bakery.jobs import JobKey
from breadtui.bakery.runs import Held, Run, Standing
from breadtui.bakery.steps import Step

_WAIT = (Standing.WAITING, Standing.FOLLOWED)
_BEGUN = (Standing.STARTING, Standing.STARTED)
_STUCK = (Standing.FAILED, Standing.STOPPED)


class Agenda:
    """What is held, in the order in which it was taken on."""

    def __init__(self) -> None:
        self._held: dict[JobKey, Held] = {}
        self._waiting: dict[JobKey, Step] = {}

    @property
    def held(self) -> Mapping[JobKey, Held]:
        """Every step that is not complete."""
        return self._held

    @property
    def waiting(self) -> Mapping[JobKey, Step]:
        """The steps that have yet to start."""
        return self._waiting

    @property
    def stuck(self) -> dict[JobKey, Held]:
        """The steps that failed, and those that wait for them."""
        return {key: held for key, held in self._held.items() if held.standing in _STUCK}

    @property
    def followed(self) -> list[JobKey]:
        """The steps that are left to another program."""
        return [key for key, held in self._held.items() if held.standing is Standing.FOLLOWED]

    @property
    def awaited(self) -> set[JobKey]:
        """What the waiting steps wait for."""
        return {key for step in self._waiting.values() for key in step.after}

    def own(self, paused: str) -> Run:
        """What is to be kept on disk: what others see to is kept by them."""
        return Run(tuple(held for held in self._held.values() if held.standing is not Standing.FOLLOWED), paused)

    def standing(self, key: JobKey) -> Standing | None:
        """How a step stands; None for what is not held."""
        held = self._held.get(key)
        return held.standing if held else None

    def hold(self, held: Held) -> None:
        """Take in a step, or how it stands now."""
        self._held[held.key] = held
        if held.standing in _WAIT:
            self._waiting[held.key] = held.step
        else:
            self._waiting.pop(held.key, None)

    def let_go(self, key: JobKey) -> None:
        """Forget a step."""
        self._held.pop(key, None)
        self._waiting.pop(key, None)

    def and_what_waits(self, keys: Iterable[JobKey]) -> list[JobKey]:
        """Of the steps that have not begun: `keys`, and what waits for them, directly or not, in their order."""
        left = {key: held.step for key, held in self._held.items() if held.standing not in _BEGUN}
        lost = set(keys)
        while more := {key for key, step in left.items() if step.after & lost} - lost:
            lost |= more
        return [key for key in left if key in lost]

    def begun(self, key: JobKey) -> bool:
        """Whether the server was asked to run a step that is held."""
        return self.standing(key) in _BEGUN

    def stop(self, key: JobKey, why: str) -> list[JobKey]:
        """Note that a job failed, and stop all that waits for it; gives what was stopped."""
        lost = [other for other in self.and_what_waits([key]) if other != key]
        if lost or key in self._held:
            step = self._held[key].step if key in self._held else Step(key)
            self.hold(Held(step, Standing.FAILED, why))
        for other in lost:
            self.hold(Held(self._held[other].step, Standing.STOPPED, f"The {key} failed"))
        return lost

    def revive(self, key: JobKey) -> None:
        """Let wait again what failed of a step and of those before it, and then what that had stopped."""
        for other in (key, *self._before(key)):
            if self.standing(other) is Standing.FAILED:
                self.hold(Held(self._held[other].step))
        while revived := [held for held in self._held.values() if self._may_wait_again(held)]:
            for held in revived:
                self.hold(Held(held.step))

    def _before(self, key: JobKey) -> set[JobKey]:
        """All that a step waits for, directly or not."""
        found, left = set[JobKey](), {key}
        while left:
            left = {k for key in left if key in self._held for k in self._held[key].step.after} - found
            found |= left
        return found

    def _may_wait_again(self, held: Held) -> bool:
        return held.standing is Standing.STOPPED and all(self.standing(key) not in _STUCK for key in held.step.after)
