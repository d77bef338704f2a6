"""The OpenAPI file: what every operation shares is added here once."""

from typing import Any

from api.problem_codes import ProblemCode
from api.problems import CONTENT_TYPE

PROBLEM = "Problem"
_EVERYWHERE = (
    ProblemCode.INVALID,
    ProblemCode.NOT_FOUND,
    ProblemCode.METHOD_NOT_ALLOWED,
    ProblemCode.NOT_ACCEPTABLE,
    ProblemCode.RATE_LIMITED,
    ProblemCode.UNAVAILABLE,
)
_UNSAFE = ("post", "put", "patch", "delete")
_WITH_CREDENTIALS = (ProblemCode.NOT_AUTHENTICATED, ProblemCode.PERMISSION_DENIED)
_WITH_BODY = (
    ProblemCode.LENGTH_REQUIRED,
    ProblemCode.BODY_TOO_LARGE,
    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
)


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation may fail; say how, once for all of them."""
    result["components"].setdefault("schemas", {})[PROBLEM] = _problem_schema()
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for code in _problems_of(method, operation):
                operation["responses"].setdefault(str(int(code.status)), _response(code))
    return result


def _problems_of(method: str, operation: dict[str, Any]) -> tuple[ProblemCode, ...]:
    changing = (ProblemCode.CONFLICT,) if method in _UNSAFE else ()
    with_body = _WITH_BODY if "requestBody" in operation else ()
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    edited = (ProblemCode.PRECONDITION_FAILED,) if "If-Match" in names else ()
    # Public routes answer 401 and 403 as well: sign-in refuses, and so does a closed account.
    return _EVERYWHERE + _WITH_CREDENTIALS + changing + with_body + edited


def _response(code: ProblemCode) -> dict[str, Any]:
    example = {
        "type": f"/api/docs/problems/{code.code}",
        "title": code.title,
        "status": int(code.status),
        "detail": code.title,
        "code": code.code,
        "request_id": "5f0c6f0e1c7f4b0e9d1a2b3c4d5e6f70",
    }
    content = {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}, "example": example}
    return {"description": code.title, "content": {CONTENT_TYPE: content}}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    fields = {"field": text, "code": text, "message": text}
    error = {"type": "object", "required": list(fields), "properties": fields}
    return {
        "type": "object",
        "description": "RFC 9457 problem details.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": text | {"format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text | {"enum": sorted(code.code for code in ProblemCode)},
            "request_id": text,
            "errors": {"type": "array", "items": error},
        },
    }
