"""What the objects of the API have in common: they are read field by field, and frozen, and know what they were told.

The names are those of pydantic, which does this and more. It is not used here because a user would wait 70 ms longer
for the first list, and the program be 9 MiB larger.
"""

# Annotations are read when a class is made, so this and what uses it must not import them from __future__.
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, field
from types import NoneType
from typing import Any, ClassVar, Literal, NoReturn, Self, TypeGuard, TypeVar, dataclass_transform, get_args

from breadtui.api import lenient

Reader = Callable[[object], object]
"""Makes what a field holds of any JSON value; None of one that it can make nothing of."""
Mode = Literal["python", "json"]

_SCALARS: Mapping[object, Reader] = {
    str: lenient.text,
    int: lenient.whole,
    float: lenient.number,
    bool: lenient.flag,
    dict[str, object]: lenient.entries,
}


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Wire:
    """A JSON object of the API; what is none reads as an empty one.

    Its classes name their fields, each with a default. One that is neither text, number, flag nor object says how it is
    read, `Annotated[type, reader]`. Reading never raises, whatever JSON came.
    """

    __slots__ = ("__dict__", "_given", "model_extra")  # the dictionary holds the fields, and nothing else

    known_by: ClassVar[str] = ""
    """The field that a bare string stands for, where a server may list names or objects."""
    model_fields: ClassVar[Mapping[str, Reader]] = {}
    """How each field is read."""
    _defaults: ClassVar[Mapping[str, object]] = {}
    _made: ClassVar[Mapping[str, Callable[[], object]]] = {}
    """What makes those defaults that are each one's own."""
    _hidden: ClassVar[frozenset[str]] = frozenset()

    model_extra: dict[str, object]
    """Fields that are unknown here, as they came."""
    _given: set[str]

    def __init_subclass__(cls) -> None:
        own: dict[str, object] = {name: getattr(cls, name) for name in cls.__annotations__}
        said = {name: default for name, default in own.items() if _is_field(default)}
        made = {name: its.default_factory for name, its in said.items() if its.default_factory is not MISSING}
        cls.model_fields = {**cls.model_fields, **{name: _reader(kind) for name, kind in cls.__annotations__.items()}}
        cls._defaults = {**cls._defaults, **own, **{name: its.default for name, its in said.items()}}
        cls._made = {**cls._made, **made}
        cls._hidden = cls._hidden | {name for name, its in said.items() if not its.repr}

    def __init__(self, /, **told: object) -> None:
        # A hundred thousand rows of metrics come this way: only what was told is looked at.
        given: set[str] = set()
        extra: dict[str, object] = {}
        held = vars(self)
        held.update(self._defaults)
        for name, make in self._made.items():
            held[name] = make()
        for name, item in told.items():
            if name not in self.model_fields:
                extra[name] = item
            elif item is None and held[name] is None:
                given.add(name)
            elif (found := self.model_fields[name](item)) is not None:
                held[name] = found
                given.add(name)
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "model_extra", extra)

    @classmethod
    def model_validate(cls, value: object) -> Self:
        """Read `value`, whatever it is."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str) and cls.known_by:
            value = {cls.known_by: value}
        return cls(**lenient.as_object(value))

    def model_copy(self, *, update: Mapping[str, object]) -> Self:
        """The same, but for some fields."""
        told = {name: value for name, value in vars(self).items() if name in self._given}
        return type(self)(**{**told, **self.model_extra, **update})

    def model_dump(self, *, mode: Mode = "python", exclude_unset: bool = False) -> dict[str, Any]:
        """As it would be sent, unknown fields included; as `json` with lists for tuples.

        With `exclude_unset`, without what nobody told.
        """
        fields = {name: value for name, value in vars(self).items() if not exclude_unset or name in self._given}
        return {name: _dumped(value, mode, exclude_unset) for name, value in {**fields, **self.model_extra}.items()}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return vars(self) == vars(other) and self.model_extra == other.model_extra

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in vars(self).items() if name not in self._hidden)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")


W = TypeVar("W", bound=Wire)


def all_of(kind: type[W], sift: Callable[[object], Iterable[object]] = lenient.objects) -> Reader:
    """Reads an array of `kind`, of those items that `sift` lets through."""
    return lambda value: tuple(kind.model_validate(item) for item in sift(value))


def named(kind: type[W]) -> Reader:
    """Reads an object whose entries are of `kind`."""
    return lambda value: {name: kind.model_validate(entry) for name, entry in lenient.named_objects(value).items()}


def maybe(kind: type[W]) -> Reader:
    """Reads one of `kind`, if there is one."""
    return lambda value: None if lenient.object_or_none(value) is None else kind.model_validate(value)


def every(sift: Callable[[object], Iterable[object]]) -> Reader:
    """Reads what `sift` lets through of an array."""
    return lambda value: tuple(sift(value))


def _reader(annotation: object) -> Reader:
    """How a type is read; one that may also be None, as without it."""
    if stated := getattr(annotation, "__metadata__", ()):
        return stated[0]
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    (kind,) = (kind for kind in get_args(annotation) if kind is not NoneType)
    return _reader(kind)


def _is_field(default: object) -> TypeGuard[Field[object]]:
    return isinstance(default, Field)


def _dumped(value: object, mode: Mode, exclude_unset: bool) -> object:
    if isinstance(value, Wire):
        return value.model_dump(mode=mode, exclude_unset=exclude_unset)
    if lenient.is_object(value):
        return {name: _dumped(item, mode, exclude_unset) for name, item in value.items()}
    found = [_dumped(item, mode, exclude_unset) for item in lenient.items(value)]
    if isinstance(value, tuple) and mode == "python":
        return tuple(found)
    return found if isinstance(value, list | tuple) else value
