import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from annotate.config import spa


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "index.html"
    page.write_text('<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>')
    monkeypatch.setattr(spa, "INDEX", page)
    return page


@pytest.mark.parametrize("address", ["/", "/projects/3/label", "/join/abc", "/no/such/page"])
def test_every_page_is_the_single_page_with_the_nonce_of_its_policy(index: Path, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    nonce = re.search(r'content="([^"]+)"', response.text)
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in response["Content-Security-Policy"]
    assert "__CSP_NONCE__" not in response.text
    assert response["Cache-Control"] == "no-store"
    assert "csrftoken" in response.cookies


def test_each_response_has_its_own_nonce(index: Path, client: Client) -> None:
    assert client.get("/").text != client.get("/").text


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(index: Path, client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_rebuilt_page_is_read_again(index: Path, client: Client) -> None:
    client.get("/")
    index.write_text("<p>rebuilt</p>")
    os.utime(index, ns=(1, 1))
    assert client.get("/").text == "<p>rebuilt</p>"


def test_without_a_build_the_page_says_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(spa, "INDEX", tmp_path / "index.html")
    response = client.get("/")
    assert response.status_code == 503
    assert "npm run build" in response.text


def test_only_reading_is_served(index: Path, client: Client) -> None:
    assert client.post("/").status_code == 405


def test_an_unknown_api_address_is_a_problem_and_not_a_page(index: Path, client: Client) -> None:
    response = client.get("/api/nothing/here/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "request/not-found"


def test_a_missing_file_is_not_a_page(index: Path, client: Client) -> None:
    response = client.get("/static/assets/gone-12345678.js")
    assert response.status_code == 404
    assert "root" not in response.text


def test_an_unexpected_failure_answers_with_a_problem(
    index: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(spa, "_page", fail)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert response.json()["code"] == "site/internal"
    assert "fire" not in response.text


@pytest.mark.parametrize(
    ("address", "forever"),
    [
        ("/static/assets/index-Dm0KzXQp.js", True),
        ("/static/assets/index-OxTW_LQ-.css", True),
        ("/static/color-scheme.js", False),
        ("/static/favicon.svg", False),
        ("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css", False),
    ],
)
def test_only_files_named_by_their_content_are_kept_forever(address: str, forever: bool) -> None:
    assert bool(re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, address)) is forever
