"""The studio's addresses. A view, its URL name and its template share one name."""

from __future__ import annotations

from django.urls import path

from projects.views import acts, favicon, media, project, project_new, projects, pulse, theme

urlpatterns = [
    path("", projects.projects, name="projects"),
    path("new/", project_new.project_new, name="project-new"),
    path("favicon.ico", favicon.favicon, name="favicon"),
    path("theme/", theme.theme, name="theme"),
    path("p/<uuid:code>/", project.project, name="project"),
    path("p/<uuid:code>/pulse/", pulse.project_pulse, name="project-pulse"),
    path("p/<uuid:code>/stop/", acts.project_stop, name="project-stop"),
    path("p/<uuid:code>/resume/", acts.project_resume, name="project-resume"),
    path("p/<uuid:code>/retry/", acts.project_retry, name="project-retry"),
    path("p/<uuid:code>/trash/", acts.project_trash, name="project-trash"),
    path("p/<uuid:code>/restore/", acts.project_restore, name="project-restore"),
    path("s/<uuid:code>/retry/", acts.scene_retry, name="scene-retry"),
    path("s/<uuid:code>/skip/", acts.scene_skip, name="scene-skip"),
    path("s/<uuid:code>/unskip/", acts.scene_unskip, name="scene-unskip"),
    path("media/<slug:kind>/<uuid:code>/", media.media, name="media"),
]
