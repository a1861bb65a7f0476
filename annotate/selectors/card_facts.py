"""What the product knows of a reward model by itself, as lines of its card."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, Max, Min

from annotate.models import ModelKind, ModelVersion, PreferenceEffect, Round, Run, Snapshot
from annotate.selectors.lineage import version_labels
from annotate.selectors.receipts import CONTRADICTED_BELOW
from annotate.types import ReadModel
from rlhf_backend.config import RewardModelJob
from rlhf_backend.types import Interval, RewardModelReport

_MOST = 12


class CardFact(ReadModel):
    label: str
    value: str


class CardSection(ReadModel):
    title: str
    facts: list[CardFact]


def card_facts(*, version: ModelVersion) -> list[CardSection]:
    """Identity, data, interface, training, figures and use of a reward model. Nine SQL statements."""
    run = Run.objects.select_related("snapshot", "round").filter(model_version=version).first()
    if run is None:
        return [_section("Identity", {"Version": str(version.number), "Files": version.source})]
    job = RewardModelJob.model_validate(run.job)
    sections = [_identity(version, run, job), *_labels(version, run.snapshot), _training(job)]
    if run.report is not None:
        sections.append(_figures(RewardModelReport.model_validate(run.report)))
    return [*sections, _failures(version), _use(version)]


def _identity(version: ModelVersion, run: Run, job: RewardModelJob) -> CardSection:
    return _section(
        "Identity",
        {
            "Version": str(version.number),
            "Parent": f"reward model {version.parent.number}" if version.parent else "none",
            "Made": f"{version.created_at:%Y-%m-%d %H:%M} UTC, run {run.pk}, seed {run.seed}",
            "Code": run.code_version or "unknown",
            "Manifest": version.manifest_sha256 or "none",
            "Backbone": job.backbone,
        },
    )


def _labels(version: ModelVersion, snapshot: Snapshot | None) -> list[CardSection]:
    labels = version_labels(version=version)
    span = labels.aggregate(
        n=Count("pk"), people=Count("annotator", distinct=True), first=Min("created_at"), last=Max("created_at")
    )
    kinds = _counts(labels.values_list("comparison__kind").annotate(n=Count("pk")))
    forms = _counts(labels.values_list("form__number").annotate(n=Count("pk")))
    guidelines = _counts(labels.values_list("guidelines__number").annotate(n=Count("pk")))
    verdicts = _counts(labels.values_list("kind").annotate(n=Count("pk")))
    days = f"{span['first']:%Y-%m-%d} to {span['last']:%Y-%m-%d}" if span["first"] else "none"
    data = {
        "Preferences": f"{span['n']} from {span['people']} people",
        "Given": days,
        "Verdicts": _listed(verdicts),
        "Comparisons": _listed(kinds),
        "Left out": _listed(Counter(snapshot.excluded)) if snapshot else "none",
        "Softened by review": str(len(snapshot.soft_labels)) if snapshot else "0",
        "Snapshot": snapshot.sha256 if snapshot else "none",
    }
    interface = {
        "Question form": _listed(forms, "version "),
        "Guidelines": _listed(guidelines, "version "),
        "Sides": "drawn at random for every labeler and pair",
        "Order of pairs": "drawn at random within a priority",
    }
    return [_section("Data", data), _section("Interface", interface)]


def _training(job: RewardModelJob) -> CardSection:
    """Settings that are not what a new project has say so."""
    defaults = type(job.config)().model_dump()
    facts = {}
    for name, value in job.config.model_dump().items():
        title = type(job.config).model_fields[name].title or name.replace("_", " ").capitalize()
        shown = _shown(value)
        facts[title] = shown if value == defaults[name] else f"{shown} (not the default)"
    if job.principles:
        facts["Principles"] = ", ".join(f"{p.name} × {p.weight:g}" for p in job.principles)
    return _section("Training", facts)


def _shown(value: object) -> str:
    if value is None:
        return "by cross-validation"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def _figures(report: RewardModelReport) -> CardSection:
    facts = {
        "Held-out accuracy": f"{_interval(report.accuracy)}; {report.method}",
        "The longer completion wins": _interval(report.baseline_longer),
        "The first one always wins": _interval(report.baseline_always_a),
        "Two people agree": _interval(report.ceiling) if report.ceiling else "no pair was judged twice",
        "Log-loss": f"{report.log_loss:.3f} nats",
        "Calibration error": f"{report.calibration_error:.3f}",
    }
    if report.top_decile is not None:
        facts["Calibration error in the top tenth"] = (
            f"{report.top_decile.calibration_error:.3f} (n = {report.top_decile.n})"
        )
    for probe in report.probes:
        alarm = "ALARM, " if probe.alarm else ""
        facts[f"Probe: {probe.name}"] = f"{alarm}{probe.effect.value:+.3f} sd (limit {probe.limit:g}); {probe.says}"
    if report.drift is not None:
        facts["Ranks differently from its predecessor"] = _interval(report.drift.flips)
    return _section("Evaluation", facts)


def _failures(version: ModelVersion) -> CardSection:
    effects = PreferenceEffect.objects.filter(reward_model=version)
    contradicted = effects.filter(held_out__lt=CONTRADICTED_BELOW).count()
    return _section(
        "Disagreements",
        {f"Preferences it finds less than {CONTRADICTED_BELOW:.0%} likely": f"{contradicted} of {effects.count()}"},
    )


def _use(version: ModelVersion) -> CardSection:
    rounds = Round.objects.filter(reward_model=version, policy__isnull=False).select_related("policy")
    facts = {}
    for round_ in rounds.order_by("number")[:_MOST]:
        policy = round_.policy
        if policy is None or policy.kind != ModelKind.POLICY:
            continue
        kl, wins = policy.metrics.get("kl"), policy.metrics.get("win_rate")
        figures = [f"KL {kl:.2f} nats" if kl is not None else "", f"wins {wins:.0%}" if wins is not None else ""]
        said = ", ".join(figure for figure in [policy.get_status_display().lower(), *figures] if figure)
        facts[f"Policy {policy.number}"] = f"{said} (round {round_.number})"
    return _section("Policies tuned against it", facts or {"None": "yet"})


def _section(title: str, facts: Mapping[str, str]) -> CardSection:
    return CardSection(title=title, facts=[CardFact(label=label, value=value) for label, value in facts.items()])


def _counts(rows: object) -> Counter[str]:
    return Counter({str(name): n for name, n in rows if name is not None})  # type: ignore[attr-defined]


def _listed(counts: Mapping[str, int], before: str = "") -> str:
    shown = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{n} {before}{name.replace('_', ' ')}" for name, n in shown[:_MOST]) or "none"


def _interval(interval: Interval) -> str:
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%}, n = {interval.n})"
