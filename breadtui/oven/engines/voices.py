"""What a rehearsed model says. The voice follows the prompts: Yoda's, a support agent's, or a plain one's.

Every text says of itself that it is a rehearsal. What a question can ask for is in `directives`.
"""

import re
from collections.abc import Iterator
from random import Random

from breadtui.oven.engines.dice import dice
from breadtui.oven.engines.directives import directives, without_directives
from breadtui.oven.engines.questions import topics

MARK = "(rehearsal)"
_LONGEST = 200_000
_TOKEN = re.compile(r"\s*\S{1,12}|\s+$")

_YODA_OPENINGS = (
    "{topic}, learn you must.",
    "Of {topic}, ask you do. Wise, this question is.",
    "Seek {topic}, many do. Find it, few will.",
    "Clouded, the way to {topic} often is.",
)
_YODA_BODIES = (
    "Slow and sure, the path is. Rush not, young one, for hurry to mistakes leads.",
    "In the question itself, half of the answer hides. Quiet your mind, then see it you will.",
    "Small in size I am, yet large in the Force. Judge {topic} by its look, you must not.",
    "Fear of losing {topic}, let go of you must. Only then, yours it becomes.",
)
_YODA_POINTS = (
    "**Breathe**, first you must; think, second you will.",
    "**Listen** more than you speak, hmm.",
    "**Practise** {topic} each day, a little and never none.",
    "**Unlearn** what you have learned about {topic}.",
    "**Trust** the Force, and your own feet also.",
    "**Patience** you carry already; use it you must.",
)
_YODA_CLOSINGS = (
    "Do, or do not. There is no try.",
    "Strong you will become. Hmmmmmm.",
    "Go now, and in peace {topic} find.",
    "Remember this, always you should.",
)
_SUPPORT_OPENINGS = (
    "Thanks for reaching out. I am sorry that {topic} is giving you trouble, so let us put it right.",
    "I can help with {topic}. It usually takes only a few minutes.",
    "That must be annoying. Here is how to sort out {topic} on your {device}.",
)
_SUPPORT_POINTS = {
    "iPhone": (
        "Press volume up, then volume down, then **hold the side button** until the logo appears.",
        "Charge it for **30 minutes** with a cable that you know is good.",
        "Open *Settings > General > Software Update* and install what is offered.",
        "Look under *Settings > Battery* for an app that drains it.",
        "Connect it to a computer and restore it there, after a backup.",
    ),
    "Mac": (
        "**Restart** it while you hold Shift, so that only what is needed starts.",
        "Open *Activity Monitor* and sort by CPU to find what keeps it busy.",
        "Run *First Aid* in *Disk Utility* on the startup disk.",
        "Check for updates in *System Settings > General > Software Update*.",
        "Unplug every accessory, then add them again one by one.",
    ),
    "AirPods": (
        "Put both into the case, close the lid and **wait 30 seconds**.",
        "Hold the setup button for **15 seconds** until the light flashes amber, then white.",
        "Forget them under *Settings > Bluetooth* and pair them again.",
        "Clean the meshes with a soft, dry brush.",
        "Choose them as output in *Control Centre*.",
    ),
}
_SUPPORT_CLOSINGS = (
    "If that does not help, tell me what you see and we go on from there.",
    "Still no luck? A Genius Bar appointment is the next step, and I can tell you what to bring.",
    "Let me know how it went. I am here as long as you need me.",
)
_PLAIN_OPENINGS = (
    "{topic} is easier to handle when it is taken apart.",
    "There are several ways to look at {topic}; here is a short one.",
    "In short: {topic} depends on what you want from it.",
)
_PLAIN_POINTS = (
    "**Begin small.** One example of {topic} teaches more than ten rules.",
    "**Measure.** Write down what happens before you change {topic}.",
    "**Ask twice.** What you leave out of {topic} is often what matters.",
    "**Compare.** Put two answers about {topic} beside each other.",
    "**Stop in time.** A good enough {topic} today beats a perfect one later.",
)
_PLAIN_CLOSINGS = (
    "Ask for more detail on any of these points.",
    "Tell me more about your case, and I can be more exact.",
    "That is the outline; the rest follows from it.",
)
_WILD = (
    "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]52;c;ZXZpbA==\x1b\\ \x9b3A \x00\x08\x7f bell\x07\r\n"
    "[bold]markup[/bold] [link=https://example.com]link[/link] [/] $primary [@click=app.quit]quit[/] `[red]code`\r"
    "東京に行く。汉字漢字 한국어 ﾊﾝｶｸ 👩\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 👍🏽 e\u0301 \u202eright to left\u202c"
    " שלום مرحبا \u2066isolated\u2069 zero\u200bwidth \ufffd 𝕬 | a | b |\n|---|---|\n| 東 | 👍 |"
)
"""What could drive or garble a terminal, be taken for markup, or be measured wrongly."""
_CODE = '```python\nfor attempt in range(3):\n    if ready("{topic}"):\n        break\n```'


def answer(question: str, prompts: str, *, seed: object, learnt: float = 1.0) -> str:
    """A reply to `question` under `prompts` (a system prompt, or what was baked): 60 to 200 tokens.

    Of what was not yet `learnt` (1 is all) some paragraphs come in the plain voice.
    """
    roll = dice("answer", question, prompts, seed)
    asked = topics(without_directives(question))
    topic = roll.choice(asked) if asked else "this"
    paragraphs = list(_paragraphs(roll, prompts.lower(), question.lower()))
    plain = list(_paragraphs(dice("plain", question, seed), "", ""))
    for place, unlearnt in zip(range(len(paragraphs)), plain, strict=False):
        # By the question alone: what a checkpoint knows, a later one of the same bake knows too.
        if dice("learnt", question, place).random() >= learnt:
            paragraphs[place] = unlearnt
    if roll.random() < 0.25:
        paragraphs.insert(-1, _CODE)
    orders = directives(question)
    wild = f"{_WILD}\n\n" if "escape" in orders else ""
    text = f"{MARK} {wild}" + "\n\n".join(paragraphs).replace("{topic}", topic)
    return text if orders.tokens is None else _stretched(text, min(_LONGEST, orders.tokens))


def reasoning(question: str, prompts: str, *, seed: object) -> str:
    """What a rehearsed model thinks before it speaks."""
    roll = dice("reasoning", question, prompts, seed)
    asked = ", ".join(topics(question, 4)) or "nothing in particular"
    plans = (
        "First the point, then a short list.",
        "A list will do, with one caution.",
        "Keep it short and warm.",
    )
    manner = "I have a manner to keep to." if prompts.strip() else "Nobody gave me a manner, so I speak plainly."
    return f"{MARK} The question is about {asked}. {manner} {roll.choice(plans)}"


def tokens(text: str) -> list[str]:
    """A text cut into rehearsed tokens, words with the space before them; joined they are the text again."""
    return _TOKEN.findall(text)


def _paragraphs(roll: Random, prompts: str, question: str) -> Iterator[str]:
    if "yoda" in prompts:
        yield f"{roll.choice(_YODA_OPENINGS)} {' '.join(roll.sample(_YODA_BODIES, 2))}"
        yield _listed(roll.sample(_YODA_POINTS, 3))
        yield roll.choice(_YODA_CLOSINGS)
    elif device := _device(prompts, question):
        yield roll.choice(_SUPPORT_OPENINGS).replace("{device}", device)
        yield _listed(roll.sample(_SUPPORT_POINTS[device], 3), numbered=True)
        yield roll.choice(_SUPPORT_CLOSINGS)
    else:
        words = " ".join(prompts.split())
        manner = f'As asked ("{words[:60].rstrip()}…"): ' if words else ""
        yield manner + roll.choice(_PLAIN_OPENINGS)
        yield _listed(roll.sample(_PLAIN_POINTS, 4))
        yield roll.choice(_PLAIN_CLOSINGS)


def _device(prompts: str, question: str) -> str | None:
    if not any(maker in prompts for maker in ("apple", "iphone", "airpods")):
        return None
    names = {name.lower(): name for name in _SUPPORT_POINTS}
    return next((name for word, name in names.items() if word in question), None) or next(
        (name for word, name in names.items() if word in prompts), "iPhone"
    )


def _listed(points: list[str], *, numbered: bool = False) -> str:
    return "\n".join(f"{number}. {point}" if numbered else f"- {point}" for number, point in enumerate(points, 1))


def _stretched(text: str, wanted: int) -> str:
    pieces = tokens(text)
    filler = tokens(" and so it goes on, word after word, as long as it was asked for.")
    while len(pieces) < wanted:
        pieces += filler
    return "".join(pieces[:wanted])
