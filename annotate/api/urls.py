"""The API's addresses: people, projects and labeling here, rounds, runs and models in `run_urls`."""

from django.urls import URLPattern, URLResolver, include, path

from annotate.api import (
    docs,
    exports,
    imports,
    invites,
    labeling,
    members,
    preferences,
    projects,
    prompts,
    queue,
    session,
)

project_urls: list[URLPattern] = [
    path("", projects.ProjectView.as_view(), name="project"),
    path("guidelines/", projects.GuidelinesView.as_view(), name="project-guidelines"),
    path("forms/", projects.FormView.as_view(), name="project-forms"),
    path("prompts/", prompts.PromptsView.as_view(), name="project-prompts"),
    path("members/", members.MembersView.as_view(), name="project-members"),
    path("members/<int:user_id>/", members.MemberView.as_view(), name="project-member"),
    path("invites/", invites.InvitesView.as_view(), name="project-invites"),
    path("invites/<int:invite_id>/", invites.InviteRevokeView.as_view(), name="project-invite"),
    path("audit/", members.AuditView.as_view(), name="project-audit"),
    path("imports/", imports.ImportsView.as_view(), name="project-imports"),
    path("export/", exports.ExportView.as_view(), name="project-export"),
    path("export/manifest/", exports.ExportManifestView.as_view(), name="project-export-manifest"),
    path("preferences/", preferences.PreferencesView.as_view(), name="project-preferences"),
    path("queue/", queue.QueueView.as_view(), name="project-queue"),
    path("claim/", labeling.ClaimView.as_view(), name="project-claim"),
    path("verdicts/", labeling.VerdictsView.as_view(), name="project-verdicts"),
    path("skips/", labeling.SkipsView.as_view(), name="project-skips"),
    path("undo/", labeling.UndoView.as_view(), name="project-undo"),
    path("heartbeat/", labeling.HeartbeatView.as_view(), name="project-heartbeat"),
    path("release/", labeling.ReleaseView.as_view(), name="project-release"),
    path("me/", labeling.MeView.as_view(), name="project-me"),
    path("history/", labeling.HistoryView.as_view(), name="project-history"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.DocsView.as_view(), name="docs"),
    path("session/", session.SessionView.as_view(), name="session"),
    path("session/password/", session.PasswordView.as_view(), name="session-password"),
    path("tokens/", session.TokensView.as_view(), name="tokens"),
    path("tokens/<int:token_id>/", session.TokenView.as_view(), name="token"),
    path("invites/<str:secret>/", invites.InviteView.as_view(), name="invite"),
    path("invites/<str:secret>/accept/", invites.InviteAcceptView.as_view(), name="invite-accept"),
    path("projects/", projects.ProjectsView.as_view(), name="projects"),
    path("projects/defaults/", projects.ProjectDefaultsView.as_view(), name="project-defaults"),
    path("projects/<int:project_id>/", include(project_urls)),
    path("", include("annotate.api.run_urls")),
]
