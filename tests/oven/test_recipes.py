"""Tree, dependency graph and recreation plan."""

import httpx

from tests.oven import bread
from tests.oven.bread import R

PARENT = "baker/kitchen/yoda_bake/21"


def _generations(http: httpx.Client) -> None:
    """`child` is baked on `yoda_bake` and on a target that `yoda_bake` answers; `grandchild` on `child`."""
    bread.baked(http)
    settings = {"generators": bread.hardcoded(1), "teacher_prompt": "teacher", "student_prompt": "student"}
    bread.target(http, "asked_yoda", model_name=PARENT, **settings)
    bread.bake(http, "child", datasets=[{"target": "asked_yoda"}], model={"parent_model_name": PARENT})
    for path in (f"{R}/targets/asked_yoda/stim", f"{R}/targets/asked_yoda/rollout", f"{R}/bakes/child"):
        http.post(path)
        bread.wait_until(lambda path=path: http.get(path).json()["status"] == "complete")
    model = {"parent_model_name": "baker/kitchen/child/21"}
    bread.bake(http, "grandchild", datasets=[{"target": "yoda"}], model=model)


def test_the_tree_shows_every_bake_and_points_from_child_to_parent(http: httpx.Client):
    _generations(http)
    tree = http.get(f"{R}/tree").json()
    assert tree["base_model"] == "Qwen/Qwen3-32B"
    assert {name: node["status"] for name, node in tree["bakes"].items()} == {
        "yoda_bake": "complete",
        "child": "complete",
        "grandchild": "not_started",
    }
    assert tree["bakes"]["yoda_bake"]["checkpoints"] == [21, 14, 7]
    assert tree["bakes"]["yoda_bake"]["model_name"][0] == PARENT
    assert tree["bakes"]["grandchild"]["checkpoints"] == []
    assert tree["edges"] == [["bake", "child", "bake", "yoda_bake"], ["bake", "grandchild", "bake", "child"]]


def test_the_graph_reaches_parents_over_bakes_and_over_the_models_of_targets(http: httpx.Client):
    _generations(http)
    graph = http.get(f"{R}/recipe/grandchild/dependency-graph").json()
    assert list(graph["bakes"]) == ["grandchild", "child", "yoda_bake"]
    assert list(graph["targets"]) == ["yoda", "asked_yoda"]
    assert graph["prompts"] == {"teacher": "prompts/teacher.yml", "student": "prompts/student.yml"}
    assert ["target", "asked_yoda", "bake", "yoda_bake"] in graph["edges"]
    assert ["bake", "grandchild", "bake", "child"] in graph["edges"]
    assert ["target", "yoda", "prompt", "teacher"] in graph["edges"]


def test_a_plan_never_needs_what_a_later_step_makes(http: httpx.Client):
    _generations(http)
    plan = http.get(f"{R}/recipe/grandchild/recreation-plan").json()
    assert [step["step"] for step in plan["steps"]] == list(range(1, plan["total_steps"] + 1))
    made: set[str] = set()
    for step in plan["steps"]:
        assert {needed for needed in step["dependencies"] if needed not in made} == set(), step
        name = f"{step['resource_type']}:{step['resource_name']}"
        state = {"run_stim": ":stim_complete", "run_rollout": ":rollout_complete", "run_bake": ":complete"}
        made.add(name + state.get(step["action"], ""))
    assert plan["steps"][-1]["action"] == "run_bake"
    assert plan["steps"][-1]["resource_name"] == "grandchild"
    bakes = plan["resources"]["bakes"]
    assert [bake["bake_name"] for bake in bakes] == ["grandchild", "child", "yoda_bake"]
    assert bakes[0]["model_names"] == []
    assert bakes[2]["model_names"][0] == PARENT


def test_a_plan_carried_out_elsewhere_makes_the_same_bake(http: httpx.Client):
    bread.baked(http)
    plan = http.get(f"{R}/recipe/yoda_bake/recreation-plan").json()
    copy = "/v1/repo/copy"
    bread.repo(http, "copy")
    for step in plan["steps"]:
        name, config = step["resource_name"], step["config"]
        template = {"template": "default", "overrides": config}
        match step["action"]:
            case "create_prompt":
                answer = http.post(f"{copy}/prompts", json={"prompt_name": name, **config})
            case "create_target":
                answer = http.post(f"{copy}/targets", json={"target_name": name, **template})
            case "create_bake":
                answer = http.post(f"{copy}/bakes", json={"bake_name": name, **template})
            case "run_bake":
                answer = http.post(f"{copy}/bakes/{name}")
            case action:
                answer = http.post(f"{copy}/targets/{name}/{action.removeprefix('run_')}")
        assert answer.status_code in (200, 201), answer.text
    bread.wait_until(lambda: http.get(f"{copy}/bakes/yoda_bake").json()["status"] == "complete")
    original, copied = (http.get(f"{path}/bakes/yoda_bake").json()["config"] for path in (R, copy))
    assert original == copied


def test_a_lost_prompt_and_a_bake_that_is_its_own_parent_do_not_stop_the_recipes(http: httpx.Client):
    bread.repo(http)
    bread.target(http, "t", teacher_prompt="lost", student_prompt="lost")
    model = {"parent_model_name": "baker/kitchen/loop/21"}
    bread.bake(http, "loop", datasets=[{"target": "t"}], model=model)
    graph = http.get(f"{R}/recipe/loop/dependency-graph").json()
    assert graph["prompts"] == {"lost": None}
    plan = http.get(f"{R}/recipe/loop/recreation-plan").json()
    assert [step["action"] for step in plan["steps"]][-1] == "run_bake"
    assert http.get(f"{R}/tree").json()["edges"] == [["bake", "loop", "bake", "loop"]]
