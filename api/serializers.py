"""Input that is refused rather than guessed at: no unknown fields, no number where text belongs."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

MOST_UNKNOWN_FIELDS = 20  # that are named; each comes with the list of those that there are


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a field that it does not declare; read-only ones may be sent back and are ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown_fields(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise ValidationError({**error.detail, **unknown}) from None
            raise
        if unknown:
            raise ValidationError(unknown)
        return value

    def _unknown_fields(self, data: Mapping[Any, Any]) -> dict[str, list[ErrorDetail]]:
        allowed = ", ".join(sorted(name for name, field in self.fields.items() if not field.read_only))
        message = f"There is no such field. Allowed: {allowed or 'none'}."
        unknown = [str(name) for name in data if name not in self.fields]
        if len(unknown) > MOST_UNKNOWN_FIELDS:
            message += f" There are {len(unknown)} unknown fields."
        return {name: [ErrorDetail(message, code="unknown_field")] for name in unknown[:MOST_UNKNOWN_FIELDS]}

    def create(self, validated_data: Any) -> Any:
        raise TypeError("Serializers check input; services write.")

    update = create  # type: ignore[assignment]


def checked(serializer: type[StrictSerializer], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The body as the serializer understands it. Raises ValidationError."""
    body = serializer(data=request.data, partial=partial)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class TextField(serializers.CharField):
    """Text that came as text: DRF's own field turns 12 into "12"."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ShortListField(serializers.ListField):
    """A list that is counted before it is read: DRF's own field checks every item of one that is too long."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self._most = max_length

    def run_child_validation(self, data: Any) -> Any:
        if len(data) > self._most:
            self.fail("max_length", max_length=self._most)
        return super().run_child_validation(data)


class ShortDictField(serializers.DictField):
    """An object with any names, `max_length` of them at most, counted before it is read."""

    default_error_messages = {"max_length": "At most {max_length} entries, each name up to {max_name} long."}

    def __init__(self, *, max_length: int, max_name: int, **options: Any) -> None:
        super().__init__(**options)
        self._most = {"max_length": max_length, "max_name": max_name}

    def run_child_validation(self, data: Any) -> Any:
        if len(data) > self._most["max_length"] or any(len(name) > self._most["max_name"] for name in data):
            self.fail("max_length", **self._most)
        return super().run_child_validation(data)


class StrictBooleanField(serializers.BooleanField):
    """`true` or `false`, and no words for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
