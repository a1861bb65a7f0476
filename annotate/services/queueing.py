"""From a round's samples to the next comparisons in the queue: pairs, or rankings where the question form asks so."""

from dataclasses import asdict

import numpy as np

from annotate.models import (
    Assignment,
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    Prompt,
    Round,
    Run,
)
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.queue import form_current
from annotate.selectors.queue_plan import ChosenFor, queue_plan
from annotate.services.pair_standing import NORMAL_PRIORITY, PANEL_PRIORITY, pairs_demote_older
from annotate.services.qualifications import qualifications_apply
from rlhf_backend.config import RunKind
from rlhf_backend.stats.candidates import Candidate, heads_from_bytes
from rlhf_backend.stats.ranking_selection import SelectedRanking, select_rankings
from rlhf_backend.stats.selection import SelectedPair, select_pairs
from rlhf_backend.types import EvaluationReport, SamplePair

_BATCH = 500


def round_queue(*, round_: Round) -> int:
    """Queue the round's comparisons and the panel's, put older ones behind them; how many there are now.

    Call it in a transaction that holds the round. A second call adds nothing.
    """
    queued = Comparison.objects.filter(round=round_).count()
    if queued:
        return queued
    settings = ProjectSettings.model_validate(round_.settings)
    sampling = Run.objects.filter(round=round_, kind=RunKind.SAMPLING).order_by("pk").last()
    if sampling is None:
        raise LookupError(f"round {round_.pk} has no sampling run to queue pairs from")
    rng = np.random.default_rng(sampling.seed)
    comparisons = _from_samples(round_, _candidates(sampling), settings, rng)
    comparisons += _panel_comparisons(round_, settings, rng)
    comparisons_insert(comparisons, rng)
    qualifications_apply(project=round_.project, prompts={comparison.prompt_id for comparison in comparisons})
    pairs_demote_older(round_=round_)
    return len(comparisons)


def _candidates(sampling: Run) -> list[Candidate]:
    """One candidate for each distinct text of a prompt: nobody can say which of two equal texts is better."""
    seen: set[tuple[int, str]] = set()
    candidates = []
    for completion in Completion.objects.filter(run=sampling).order_by("pk"):
        key = (completion.prompt_id, completion.text.strip())
        if key not in seen:
            seen.add(key)
            candidates.append(
                Candidate(
                    completion.prompt_id,
                    completion.pk,
                    completion.reward,
                    completion.reward_sd,
                    heads_from_bytes(bytes(completion.head_rewards)) or None,
                    len(completion.text),
                    is_anchor=bool(completion.sampling.get("anchor")),
                )
            )
    return candidates


def _from_samples(
    round_: Round, candidates: list[Candidate], settings: ProjectSettings, rng: np.random.Generator
) -> list[Comparison]:
    """The round's own comparisons, of the kind that the question form in force asks for."""
    form = form_current(project=round_.project).typed()
    queue = settings.queue
    plan = queue_plan(
        project=round_.project, policy=queue, prompt_ids={candidate.prompt_id for candidate in candidates}
    )
    share = queue.uniform_share
    # Without an anchor, as before the first tuning, the policy is the base policy: its own pairs are all there are.
    anchored = any(candidate.is_anchor for candidate in candidates)
    if form.mode == "ranking":
        rankings = select_rankings(
            candidates, rankings=queue.pairs_per_round, size=form.ranked, uniform_share=share, rng=rng, plan=plan
        )
        return [_comparison(round_, chosen, chosen.completions, settings) for chosen in rankings]
    pairs = select_pairs(
        candidates, pairs=queue.pairs_per_round, uniform_share=share, rng=rng, plan=plan, anchored=anchored
    )
    return [_comparison(round_, chosen, (chosen.a, chosen.b), settings) for chosen in pairs]


def _comparison(
    round_: Round, chosen: SelectedPair | SelectedRanking, completions: tuple[int, ...], settings: ProjectSettings
) -> Comparison:
    a, b, *more = completions
    return Comparison(
        project=round_.project,
        prompt_id=chosen.prompt_id,
        completion_a_id=a,
        completion_b_id=b,
        more=more,
        kind=ComparisonKind.NORMAL,
        strategy=chosen.strategy,
        propensity=chosen.propensity,
        scores=ChosenFor(inclusion=chosen.inclusion, **asdict(chosen.reasons)).model_dump(),
        priority=NORMAL_PRIORITY,
        wanted=settings.queue.overlap,
        round=round_,
    )


def _panel_comparisons(round_: Round, settings: ProjectSettings, rng: np.random.Generator) -> list[Comparison]:
    """Old against new policy on panel prompts, from the evaluation's own samples, in random order."""
    evaluation = Run.objects.filter(round=round_, kind=RunKind.EVALUATION).order_by("pk").last()
    if evaluation is None or evaluation.report is None or settings.queue.panel_pairs == 0:
        return []
    samples = EvaluationReport.model_validate(evaluation.report).samples
    known = set(Prompt.objects.filter(project=round_.project).values_list("pk", flat=True))
    usable = [s for s in samples if s.prompt_id in known and s.before.strip() != s.after.strip()]
    chosen = [usable[i] for i in rng.permutation(len(usable))[: settings.queue.panel_pairs]]
    pairs = [(sample, *_panel_completions(round_, evaluation, sample)) for sample in chosen]
    Completion.objects.bulk_create([c for _, before, after in pairs for c in (before, after)], batch_size=_BATCH)
    comparisons = []
    for sample, before, after in pairs:
        a, b = (before, after) if rng.random() < 0.5 else (after, before)
        comparisons.append(
            Comparison(
                project=round_.project,
                prompt_id=sample.prompt_id,
                completion_a=a,
                completion_b=b,
                kind=ComparisonKind.PANEL,
                strategy="panel",
                propensity=len(chosen) / len(usable),
                priority=PANEL_PRIORITY,
                wanted=settings.queue.overlap,
                round=round_,
            )
        )
    return comparisons


def _panel_completions(round_: Round, evaluation: Run, sample: SamplePair) -> tuple[Completion, Completion]:
    texts = (
        (round_.start_policy, sample.before, sample.reward_before),
        (round_.policy, sample.after, sample.reward_after),
    )
    before, after = (
        Completion(
            project=round_.project,
            prompt_id=sample.prompt_id,
            source=CompletionSource.POLICY,
            policy=policy,
            run=evaluation,
            text=text,
            sampling=evaluation.job["config"],
            seed=evaluation.seed,
            reward=reward,
        )
        for policy, text, reward in texts
    )
    return before, after


def comparisons_insert(comparisons: list[Comparison], rng: np.random.Generator) -> None:
    """Write comparisons with the slots that they want, in an order drawn by `rng`."""
    Comparison.objects.bulk_create(comparisons, batch_size=_BATCH)
    slots = [
        Assignment(
            project_id=c.project_id,
            comparison=c,
            priority=c.priority,
            rnd=float(rng.random()),
            shown_order=rng.permutation(2 + len(c.more)).tolist() if c.more else [],
        )
        for c in comparisons
        for _ in range(c.wanted)
    ]
    Assignment.objects.bulk_create(slots, batch_size=_BATCH)
