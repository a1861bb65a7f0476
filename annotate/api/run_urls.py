"""The addresses of rounds, runs and models."""

from django.urls import URLPattern, path

from annotate.api import cards, checkpoints, health, models, receipts, rounds, runs, self_labels, streams

urlpatterns: list[URLPattern] = [
    path("health/", health.HealthView.as_view(), name="health"),
    path("projects/<int:project_id>/rounds/", rounds.RoundsView.as_view(), name="project-rounds"),
    path("projects/<int:project_id>/rounds/preview/", rounds.RoundPreviewView.as_view(), name="project-rounds-preview"),
    path("rounds/<int:round_id>/", rounds.RoundView.as_view(), name="round"),
    path("rounds/<int:round_id>/cancel/", rounds.RoundCancelView.as_view(), name="round-cancel"),
    path("rounds/<int:round_id>/override/", rounds.RoundOverrideView.as_view(), name="round-override"),
    path("rounds/<int:round_id>/retry/", rounds.RoundRetryView.as_view(), name="round-retry"),
    path("rounds/<int:round_id>/promote/", rounds.RoundPromoteView.as_view(), name="round-promote"),
    path("rounds/<int:round_id>/dismiss/", rounds.RoundDismissView.as_view(), name="round-dismiss"),
    path("rounds/<int:round_id>/stream/", streams.round_stream, name="round-stream"),
    path("runs/<int:run_id>/", runs.RunView.as_view(), name="run"),
    path("runs/<int:run_id>/metrics/", runs.RunMetricsView.as_view(), name="run-metrics"),
    path("runs/<int:run_id>/log/", runs.RunLogView.as_view(), name="run-log"),
    path("runs/<int:run_id>/cancel/", runs.RunCancelView.as_view(), name="run-cancel"),
    path("runs/<int:run_id>/resume/", runs.RunResumeView.as_view(), name="run-resume"),
    path("runs/<int:run_id>/finish/", runs.RunFinishView.as_view(), name="run-finish"),
    path("runs/<int:run_id>/repeat/", runs.RunRepeatView.as_view(), name="run-repeat"),
    path("runs/<int:run_id>/checkpoints/", checkpoints.RunCheckpointsView.as_view(), name="run-checkpoints"),
    path(
        "projects/<int:project_id>/checkpoints/compare/",
        checkpoints.CheckpointsCompareView.as_view(),
        name="project-checkpoints-compare",
    ),
    path("checkpoints/<int:checkpoint_id>/check/", checkpoints.CheckpointCheckView.as_view(), name="checkpoint-check"),
    path("checkpoints/<int:checkpoint_id>/use/", checkpoints.CheckpointUseView.as_view(), name="checkpoint-use"),
    path("projects/<int:project_id>/models/", models.ModelsView.as_view(), name="project-models"),
    path("models/<int:model_id>/", models.ModelView.as_view(), name="model"),
    path("models/<int:model_id>/report/", models.ModelReportView.as_view(), name="model-report"),
    path("models/<int:model_id>/activate/", models.ModelActivateView.as_view(), name="model-activate"),
    path("models/<int:model_id>/card/", cards.ModelCardView.as_view(), name="model-card"),
    path("models/<int:model_id>/card/versions/", cards.ModelCardVersionsView.as_view(), name="model-card-versions"),
    path(
        "models/<int:model_id>/card/comparison/", cards.ModelCardComparisonView.as_view(), name="model-card-comparison"
    ),
    path("models/<int:model_id>/card/document/", cards.ModelCardDocumentView.as_view(), name="model-card-document"),
    path("models/<int:model_id>/effects/", receipts.ModelEffectsView.as_view(), name="model-effects"),
    path("models/<int:model_id>/self-labels/", self_labels.ModelSelfLabelsView.as_view(), name="model-self-labels"),
    path("models/<int:model_id>/download/", models.ModelDownloadView.as_view(), name="model-download"),
]
