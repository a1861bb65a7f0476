"""Cards of reward models: what is missing keeps a model out of use, and a round waits for nothing else."""

import pytest

from annotate.errors import AnnotateError
from annotate.models import ModelCard, ModelVersion, Project, Round, RoundTrigger, User
from annotate.models.card_statement import CardStatement
from annotate.selectors.cards import (
    CardVersionOut,
    card_current,
    card_markdown,
    card_read,
    card_versions_read,
    cards_compare,
)
from annotate.selectors.principles import PrinciplesVersionOut
from annotate.services.cards import card_publish
from annotate.services.round_starts import round_start
from annotate.services.rounds import round_advance
from annotate.services.versions import version_activate
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import project_prepare, work
from tests.factories import CARD

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def silent(project: Project) -> Project:
    """A project that says nothing for the cards of its reward models."""
    ModelCard.objects.all().delete()
    return project_prepare(project=project)


def blocked(project: Project, ada: User) -> Round:
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    work()
    round_.refresh_from_db()
    return round_


def failed_checks(round_: Round) -> list[str]:
    return [check["name"] for check in round_.gates["reward_gate"]["checks"] if not check["passed"]]


def test_a_round_waits_for_the_card_and_goes_on_when_it_is_complete(silent: Project, ada: User) -> None:
    round_ = blocked(silent, ada)
    assert (round_.status, failed_checks(round_)) == ("blocked", ["card"])
    partial = CARD.model_copy(update={"pay": ""})
    card_publish(project=silent, version=round_.reward_model, actor=ada, statement=partial)
    assert round_advance(round_id=round_.pk) == "blocked"
    card_publish(project=silent, version=round_.reward_model, actor=ada, statement=CARD)
    assert round_advance(round_id=round_.pk) == "policy"
    work()
    round_.refresh_from_db()
    assert round_.status == "done"


def test_a_round_blocked_for_its_accuracy_too_stays_blocked(silent: Project, ada: User) -> None:
    silent.settings["gates"] = {**silent.settings["gates"], "reward_accuracy_above": 0.99}
    silent.save()
    round_ = blocked(silent, ada)
    assert failed_checks(round_) == ["accuracy", "card"]
    card_publish(project=silent, version=round_.reward_model, actor=ada, statement=CARD)
    assert round_advance(round_id=round_.pk) == "blocked"


def test_a_reward_model_without_a_whole_card_is_not_put_to_use_by_hand(silent: Project, ada: User) -> None:
    version = blocked(silent, ada).reward_model
    assert version is not None
    with pytest.raises(AnnotateError, match="Purpose, Declared values") as refused:
        version_activate(version=version, actor=ada)
    assert refused.value.code == "card/incomplete"
    assert "pay" in refused.value.data["missing"]
    assert "demographics" not in refused.value.data["missing"]
    card_publish(project=silent, version=None, actor=ada, statement=CARD)
    assert version_activate(version=version, actor=ada).status == "active"


def test_putting_to_use_pins_what_the_project_said_then(project: Project, ada: User) -> None:
    round_ = blocked(project_prepare(project=project), ada)
    version = round_.reward_model
    assert version is not None
    card_publish(project=project, version=None, actor=ada, statement=CARD.model_copy(update={"pay": "Later."}))
    card = card_current(project=project, version=version)
    assert card is not None
    assert (card.version, card.statement["pay"]) == (version, CARD.pay)


def test_a_card_that_says_the_same_is_the_same_version_and_a_change_is_told(silent: Project, ada: User) -> None:
    version = blocked(silent, ada).reward_model
    assert version is not None
    first = card_publish(project=silent, version=version, actor=ada, statement=CARD)
    assert card_publish(project=silent, version=version, actor=ada, statement=CARD) == first
    better = CARD.model_copy(update={"contact": "The data team."})
    card_publish(project=silent, version=version, actor=ada, statement=better, note="Someone answers now.")
    newest, oldest = card_versions_read(list(ModelCard.objects.filter(version=version).order_by("-number")))
    assert [(change.title, change.before, change.after) for change in newest.changes] == [
        ("Contact", CARD.contact, "The data team.")
    ]
    assert (newest.note, newest.created_by, oldest.number) == ("Someone answers now.", "ada", 1)
    assert len(oldest.changes) == 8


def test_policies_have_no_such_card(project: Project, ada: User) -> None:
    policy = ModelVersion.objects.get(project=project)
    with pytest.raises(AnnotateError, match="only reward models"):
        card_publish(project=project, version=policy, actor=ada, statement=CARD)


def test_the_card_tells_what_was_measured_and_how_two_models_differ(project: Project, ada: User) -> None:
    before = blocked(project_prepare(project=project), ada).reward_model
    assert before is not None
    facts = {
        (section.title, fact.label): fact.value
        for section in card_read(version=before).sections
        for fact in section.facts
    }
    assert facts[("Data", "Preferences")] == "12 from 0 people"
    assert facts[("Data", "Verdicts")] == "12 prefer"
    assert facts[("Evaluation", "Held-out accuracy")].startswith("75.0%")
    assert "Policy 1" in {label for _, label in facts}
    after = ModelVersion.objects.create(
        project=project, kind="reward_model", number=2, source="models/x", parent=before
    )
    card_publish(project=project, version=after, actor=ada, statement=CardStatement(purpose="Other."))
    differences = {
        (d.section, d.label): (d.before, d.after) for d in cards_compare(before=before, after=after).differences
    }
    assert differences[("Statement", "Purpose")] == (CARD.purpose, "Other.")
    assert differences[("Data", "Verdicts")] == ("12 prefer", "")
    assert ("Statement", "Demographics") not in differences


def test_the_document_shows_what_is_missing_and_keeps_tables_whole(silent: Project, ada: User) -> None:
    version = blocked(silent, ada).reward_model
    assert version is not None
    card_publish(project=silent, version=version, actor=ada, statement=CardStatement(purpose="<script>a | b</script>"))
    text = card_markdown(version=version)
    assert "## Purpose\n\n<script>a | b</script>" in text
    assert "## Pay\n\n*missing*" in text
    assert "| Preferences | 12 from 0 people |" in text


def test_a_statement_in_spaces_says_nothing_and_nul_is_refused() -> None:
    assert "pay" in CardStatement(pay="   ").missing()
    with pytest.raises(ValueError, match="pay"):
        CardStatement(pay="a\0b")


def test_versions_of_cards_and_of_principles_tell_who_and_when_by_the_same_names() -> None:
    told = {"number", "note", "changes", "created_by", "created_at"}
    assert set(CardVersionOut.model_fields) == told
    assert set(PrinciplesVersionOut.model_fields) == told | {"principles"}
