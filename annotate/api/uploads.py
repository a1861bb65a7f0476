"""Files that come with a request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.core.files.uploadedfile import UploadedFile as AnyUploadedFile
from pydantic import BaseModel
from rest_framework.request import Request

from annotate.api.wire import Model, plain_fields, validated
from annotate.config.env import env
from annotate.errors import AnnotateError, ErrorCode, invalid

if TYPE_CHECKING:
    UploadedFile = AnyUploadedFile[bytes]
else:
    UploadedFile = AnyUploadedFile  # generic only to the type checker


def is_multipart(request: Request) -> bool:
    """True when the request carries a form, which may hold a file."""
    return (request.content_type or "").startswith("multipart/")


def uploaded_file(request: Request) -> UploadedFile:
    """The multipart part `file`.

    Raises: AnnotateError 400 when there is none, 413 when it is larger than this site takes.
    """
    file = cast("UploadedFile | None", request.FILES.get("file"))
    if file is None:
        raise invalid("file", "expected a file in the part 'file'")
    limit = env().upload_mb
    if (file.size or 0) > limit * 2**20:
        raise AnnotateError(
            ErrorCode.TOO_LARGE, f"The file is larger than {limit} MB. Split it, or compress it with gzip.", status=413
        )
    return file


def upload_fields(model: type[Model], request: Request) -> Model:
    """The other parts of a multipart request as `model`; empty parts count as left out."""
    parts = cast("Mapping[str, Any]", request.data)
    return validated(model, {name: parts[name] for name in parts if name != "file" and parts[name]})


def upload_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a multipart request with `file` and the fields of `model`."""
    file = {"type": "string", "format": "binary"}
    return {"type": "object", "properties": {"file": file, **plain_fields(model)}, "required": ["file"]}
