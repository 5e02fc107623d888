"""A body while it is being written."""

from breadtui.bakery.authoring.checks import Around
from breadtui.bakery.authoring.fields import Path
from breadtui.bakery.authoring.manuscript import Manuscript
from breadtui.bakery.things import Thing

GENERATORS: Path = ("overrides", "generators")
WRITTEN, PERSONA = {"type": "hardcoded", "questions": ["How tall are you?"]}, {"type": "persona", "numq": 5}
TEMPLATE: dict[str, object] = {
    "teacher_prompt": "yoda_teacher",
    "temperature": 0.7,
    "generators": [WRITTEN, PERSONA],
}


def target() -> Manuscript:
    made = Manuscript(Thing.TARGET, {"target_name": "copy", "template": "yoda_target", "overrides": {}})
    made.around = Around(template=TEMPLATE)
    return made


def test_what_the_body_does_not_say_the_template_does() -> None:
    made = target()
    assert made.effective(("overrides", "temperature")) == 0.7
    made.change(("overrides", "temperature"), 1.0)
    assert made.effective(("overrides", "temperature")) == 1.0
    made.change(("overrides", "temperature"), None)
    assert made.effective(("overrides", "temperature")) == 0.7
    assert not made.touched


def test_a_change_inside_an_inherited_list_takes_the_whole_list_over() -> None:
    made = target()
    made.change((*GENERATORS, 1, "numq"), 9)
    assert made.body["overrides"] == {"generators": [WRITTEN, {"type": "persona", "numq": 9}]}
    assert PERSONA["numq"] == 5


def test_a_list_of_its_own_inherits_nothing_inside() -> None:
    made = target()
    made.change((*GENERATORS, 0, "questions"), None)
    assert made.effective((*GENERATORS, 0, "questions")) is None


def test_items_are_added_moved_and_removed() -> None:
    made = target()
    assert made.add(GENERATORS, {"type": "custom"}) == (*GENERATORS, 2)
    assert made.move((*GENERATORS, 2), -1) == (*GENERATORS, 1)
    assert made.move((*GENERATORS, 0), -1) == (*GENERATORS, 0)
    made.remove((*GENERATORS, 0))
    assert made.effective(GENERATORS) == [{"type": "custom"}, PERSONA]


def test_every_step_can_be_taken_back() -> None:
    made = target()
    before = made.body
    made.add(GENERATORS, {"type": "custom"})
    made.remove((*GENERATORS, 0))
    made.replace({"target_name": "other"})
    assert made.undo()
    assert made.undo()
    assert made.undo()
    assert made.body == before
    assert not made.undo()


def test_problems_follow_the_body_and_its_surroundings() -> None:
    made = target()
    assert {problem.path for problem in made.errors} == {("overrides", "student_prompt")}
    made.change(("overrides", "student_prompt"), "empty_student")
    assert not made.errors
    made.around = Around(template=TEMPLATE, prompts=["yoda_teacher"])
    assert any("empty_student" in problem.sentence for problem in made.errors)
