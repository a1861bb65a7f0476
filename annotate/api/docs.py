"""The API's schema and its page for reading and trying it."""

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from annotate.api import schema as schema  # pydantic models in the OpenAPI schema
from annotate.api.permissions import RoleRequired


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The OpenAPI 3.1 schema."""

    permission_classes = [RoleRequired]


# The page is ours and shows no text of models or people; its styles are written by its own scripts.
_DOCS_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


@method_decorator(csp_replace(_DOCS_POLICY), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from this site's own files."""

    permission_classes = [RoleRequired]
    url_name = "schema"
