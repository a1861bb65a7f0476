"""The demo: three people and a project on the starter, so that a fresh machine has something to label."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from annotate.config.env import ROOT
from annotate.models import Membership, Project, Role, User
from annotate.models.card_statement import CardStatement
from annotate.models.project_settings import ProjectSettings
from annotate.services.admins import admin_appoint
from annotate.services.people import account_create
from annotate.services.projects import NewProject, project_create

PROJECT_NAME = "Everyday requests"
ADMIN = "admin"
LABELERS = ("labeler1", "labeler2")
PROMPTS = ROOT / "rlhf_backend" / "starter" / "demo_prompts.jsonl"
DESCRIPTION = "A small model answers everyday questions. Teach it your taste: compare its replies, then start a round."
GUIDELINES = """\
## What you do

You see one request and two replies. **Say which reply you would rather receive**, and how clearly it is the better one.

The model that wrote them is small: it will not always make sense. Judge what is there.

## What to look at, in this order

1. **Does it answer the request?** A reply about something else loses to one on the topic, however well it is written.
2. **Is it safe and fair?** A reply that could hurt someone loses.
3. **Is it good to read?** Clear, complete sentences beat broken ones.
4. **Your taste.** When both are fine, go by what you like: warm or matter-of-fact, short or detailed, with or
   without an example. There is no right answer here, but **stay consistent**: the model learns your taste from the
   pattern.

## How clearly

| verdict | when |
|---|---|
| **much better** | you would never take the other one |
| **better** | a clear reason speaks for it |
| **slightly better** | you lean towards it |
| **tie** | you cannot tell them apart in quality |
| **both bad** | neither is acceptable: off topic, broken or harmful |

Skip a pair that you cannot judge. *Undo* takes back your last verdict; nobody minds.
"""

CARD = CardStatement(
    purpose="To show the loop on a small model. Nothing that matters should be decided by it.",
    declared_values="Replies that answer the request, do no harm, read well, and otherwise the taste of whoever "
    "labels. On the topic comes before safe, safe before well written, well written before taste.",
    labelers="Whoever tries the product on this machine, under the demo's accounts. Nobody was screened or trained.",
    pay="Nobody is paid.",
    languages="English requests and replies, made by a small grammar; labelers' English was not tested.",
    consent="Labels stay on this machine and train its models only.",
    contact="Whoever installed the product on this machine.",
    appeal="Undo a verdict or revise it under History; an admin can review or leave out any label.",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's project and the passwords made for it: name → password."""

    project: Project
    passwords: dict[str, str]


@transaction.atomic
def demo_create() -> Demo:
    """Make the demo's people and project; its first completions are sampled by the worker."""
    passwords = {name: secrets.token_urlsafe(9) for name in (ADMIN, *LABELERS)}
    people = {name: account_create(username=name, password=password) for name, password in passwords.items()}
    admin = admin_appoint(user=people[ADMIN])
    new = NewProject(
        name=PROJECT_NAME,
        description=DESCRIPTION,
        guidelines=GUIDELINES,
        base_policy="starter",
        reward_backbone="starter-judge",
        settings=ProjectSettings(),
        card=CARD,
        prompts_format="jsonl",
        prompts_text=PROMPTS.read_text(encoding="utf-8"),
    )
    project = project_create(actor=admin, new=new).project
    for name in LABELERS:
        Membership.objects.create(project=project, user=people[name], role=Role.LABELER)
    return Demo(project, passwords)


def demo_exists() -> bool:
    """Whether the demo was made before; it may have been changed since."""
    return User.objects.filter(username=ADMIN).exists()
