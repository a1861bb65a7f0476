import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_schema_is_served_to_anyone(client: Client) -> None:
    response = client.get("/api/schema/")
    assert response.status_code == 200
    assert "openapi: 3.1.0" in response.text


def test_the_docs_page_loads_only_files_of_this_site(client: Client) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert address.startswith("/"), address
    scripts = re.findall(r"<script(?![^>]*src=)[^>]*>", page.text)
    assert scripts == [], "an inline script would be refused by the policy"
    assert "script-src 'self';" in page["Content-Security-Policy"] + ";"


def test_the_docs_script_and_files_are_served(client: Client) -> None:
    page = client.get("/api/docs/")
    for address in re.findall(r'<script[^>]*src="([^"]+)"', page.text):
        response = client.get(address.replace("&amp;", "&"))
        assert response.status_code == 200, address
        assert "javascript" in response["Content-Type"], address
