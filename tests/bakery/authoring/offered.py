"""The fields that the oven's schemas take, to compare with those that the forms offer."""

from typing import Any

from pydantic import BaseModel

from breadtui.bakery.authoring.fields import Field, Path, Repeated, Shape

_SHAPES = {
    "string": {Shape.TEXT, Shape.LONG},
    "integer": {Shape.WHOLE},
    "number": {Shape.NUMBER},
    "boolean": {Shape.FLAG},
    "object": {Shape.OBJECT},
    "array": {Shape.LINES, Shape.NUMBERS},
}


def taken(model: type[BaseModel]) -> dict[Path, tuple[str, float | None, float | None]]:
    """Every leaf of a schema: its JSON type and its range; `*` stands for any item of a list of objects."""
    schema = model.model_json_schema()
    found: dict[Path, tuple[str, float | None, float | None]] = {}
    _walk(schema, schema, (), found)
    return found


def offered(fields: tuple[Field | Repeated, ...]) -> dict[Path, Field]:
    """The fields of a table under the same paths."""
    found: dict[Path, Field] = {}
    for field in fields:
        if isinstance(field, Repeated):
            found |= {(*field.path, "*", *item.path): item for item in field.fields}
        else:
            found[field.path] = field
    return found


def same(field: Field, leaf: tuple[str, float | None, float | None]) -> bool:
    """Whether a field is of the type and has the range that the schema says."""
    kind, least, most = leaf
    return field.shape in _SHAPES[kind] and (field.least, field.most) == (least, most)


def _walk(schema: Any, whole: Any, path: Path, found: dict[Path, Any]) -> None:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    option = options[0]
    if "$ref" in option:
        option = whole["$defs"][option["$ref"].rpartition("/")[2]]
    items = option.get("items", {})
    if "properties" in option:
        for key, below in option["properties"].items():
            _walk(below, whole, (*path, key), found)
    elif "$ref" in items and items["$ref"].rpartition("/")[2] in whole["$defs"]:
        _walk(items, whole, (*path, "*"), found)
    else:
        found[path] = (option["type"], option.get("minimum"), option.get("maximum"))
