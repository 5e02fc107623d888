"""What a run will start and make, told before it starts, on a real oven."""

from breadtui.api.errors import NotFound
from breadtui.bakery.jobs import JobKey, Phase
from breadtui.bakery.kitchen import Kitchen
from breadtui.bakery.outlook import outlook, unmet
from tests.bakery.recipes import REPO, bake, put_target, rollout, stim, stock


async def test_a_bake_from_nothing_tells_all_its_steps_and_what_they_make(kitchen: Kitchen) -> None:
    await stock(kitchen, "one", "two")
    seen = await outlook(kitchen, [bake()])
    assert (seen.stimuli, seen.responses, seen.uncounted) == (4, 4, 0)
    assert seen.lines == [
        "stim       2  yoda_repo/one, yoda_repo/two",
        "rollout    2  yoda_repo/one, yoda_repo/two",
        "bake       1  yoda_repo/yoda_bake",
        "That makes 4 stimuli and 4 responses.",
    ]
    assert kitchen.watcher.watched.keys() == {stim("one"), stim("two"), rollout("one"), rollout("two"), bake()}
    assert kitchen.pipeline.waiting == {}


async def test_every_stimulus_counts_as_often_as_it_is_answered(kitchen: Kitchen) -> None:
    await stock(kitchen)
    generators = [{"type": "oneshot_qs", "numq": 7}]
    own = {"generators": generators, "teacher_prompt": "teacher", "student_prompt": "student"}
    await put_target(kitchen, "often", {**own, "num_traj_per_stimulus": 3})
    seen = await outlook(kitchen, [rollout("often"), rollout()])
    assert (seen.stimuli, seen.responses) == (9, 23)


async def test_what_is_complete_is_counted_by_what_it_made(kitchen: Kitchen) -> None:
    await stock(kitchen)
    await kitchen.start(stim())
    seen = await outlook(kitchen, [bake()])
    assert [step.key for step in seen.steps] == [rollout(), bake()]
    assert seen.amount == "That makes 2 responses."


async def test_steps_of_phases_that_were_left_out_are_missed_where_they_are_needed(kitchen: Kitchen) -> None:
    await stock(kitchen)
    seen = await outlook(kitchen, [bake()], [Phase.BAKE])
    assert [step.key for step in seen.steps] == [bake()]
    assert [*unmet(kitchen, seen.steps)] == [rollout()]


async def test_what_cannot_be_looked_at_does_not_keep_the_rest_from_being_told(kitchen: Kitchen) -> None:
    await stock(kitchen)
    seen = await outlook(kitchen, [JobKey(REPO, "nobody", Phase.ROLLOUT), rollout()])
    assert [step.key for step in seen.steps] == [stim(), rollout()]
    assert [type(error) for error in seen.refused] == [NotFound]
