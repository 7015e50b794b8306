"""The API's description as a page for people: the same OpenAPI document that programs read, as tables, without a
script.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

Schema = Mapping[str, Any]
REFERENCE = "$ref"


@dataclass(frozen=True)
class Field:
    """A field of what is sent or answered; `name` is its path: "lines[].error.code"."""

    name: str
    kind: str  # "text", "number", "one of: normal, serious, urgent"
    required: bool
    note: str


@dataclass(frozen=True)
class Answer:
    code: str
    phrase: str  # of the status: "Created"
    note: str


@dataclass(frozen=True)
class Call:
    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]
    answered: list[Field]  # what the first good answer holds


@require_GET
@login_not_required
def reference(request: HttpRequest) -> HttpResponse:
    """Open to everybody: it says nothing that a partner's programmer may not know. English, as the document is."""
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        calls = list(calls_of(document))
    return render(request, "api/docs.html", {"calls": calls})


def calls_of(document: Schema) -> Iterator[Call]:
    """Every call of an OpenAPI document, in its order."""
    reader = Reader(document.get("components", {}).get("schemas", {}))
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            answers = call["responses"]
            good: Schema = next((answer for code, answer in answers.items() if code.startswith("2")), {})
            yield Call(
                id=call["operationId"],
                method=method.upper(),
                path=path,
                summary=call.get("summary", ""),
                description=call.get("description", ""),
                parameters=[
                    Field(each["name"], reader.kind(each["schema"]), each.get("required", False), _note(each))
                    for each in call.get("parameters", [])
                ],
                body=reader.fields(_content(call.get("requestBody", {}))),
                answers=[Answer(code, HTTPStatus(int(code)).phrase, _note(answer)) for code, answer in answers.items()],
                answered=reader.fields(_content(good)),
            )


class Reader:
    """Reads the shapes of a document whose parts refer to each other by name."""

    def __init__(self, shapes: Mapping[str, Schema]) -> None:
        self.shapes = shapes

    def fields(self, schema: Schema, prefix: str = "") -> list[Field]:
        """The fields of an object, those of objects inside it after them."""
        found: list[Field] = []
        shape = self.resolved(schema)
        for name, part in shape.get("properties", {}).items():
            path = f"{prefix}{name}"
            found.append(Field(path, self.kind(part), name in shape.get("required", ()), _note(part)))
            inner, mark = (part["items"], "[]") if "items" in part else (part, "")
            found += self.fields(inner, f"{path}{mark}.")
        return found

    def resolved(self, schema: Schema) -> Schema:
        """The shape itself, where only its name is given."""
        while REFERENCE in schema or "allOf" in schema:
            named = schema if REFERENCE in schema else schema["allOf"][0]
            schema = self.shapes[named[REFERENCE].rpartition("/")[2]]
        return schema

    def kind(self, schema: Schema) -> str:
        """A value's kind in words."""
        shape = self.resolved(schema)
        words = _kind(shape) if shape.get("type") != "array" else f"list of {self.kind(shape['items'])}"
        return f"{words}, or null" if schema.get("nullable") else words


def _kind(shape: Schema) -> str:
    if "enum" in shape:
        return "one of: " + ", ".join(str(each) for each in shape["enum"])
    return {
        ("string", "uuid"): "UUID",
        ("string", "date-time"): "date and time (ISO 8601)",
        ("string", "uri"): "address",
        ("integer", ""): "number",
        ("boolean", ""): "true or false",
        ("object", ""): "object",
    }.get((shape.get("type", ""), shape.get("format", "")), "text")


def _content(part: Schema) -> Schema:
    found: Schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _note(part: Schema) -> str:
    said = [part.get("description", "")]
    if "maxLength" in part:
        said.append(f"At most {part['maxLength']} characters.")
    if part.get("default") not in (None, ""):
        said.append(f"{part['default']} when left out.")
    return " ".join(each for each in said if each)
