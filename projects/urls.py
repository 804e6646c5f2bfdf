"""The studio's addresses. A view, its URL name and its template share one name."""

from __future__ import annotations

from django.urls import path

from projects.views import acts, favicon, lyrics, media, project, project_new, projects, pulse, song, theme

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
    path("p/<uuid:code>/autopilot/", song.project_autopilot, name="project-autopilot"),
    path("p/<uuid:code>/song/", song.song, name="song"),
    path("p/<uuid:code>/song/data/", song.song_data, name="song-data"),
    path("p/<uuid:code>/song/pulse/<int:take>/", song.song_pulse, name="song-pulse"),
    path("p/<uuid:code>/song/beats/", song.song_beats, name="song-beats"),
    path("p/<uuid:code>/lyrics/save/", lyrics.lyrics_save, name="lyrics-save"),
    path("p/<uuid:code>/lyrics/check/", lyrics.lyrics_check, name="lyrics-check"),
    path("p/<uuid:code>/lyrics/import/", lyrics.lyrics_import, name="lyrics-import"),
    path("p/<uuid:code>/lyrics/approve/", lyrics.lyrics_approve, name="lyrics-approve"),
    path("p/<uuid:code>/lyrics/instrumental/", lyrics.lyrics_instrumental, name="lyrics-instrumental"),
    path("p/<uuid:code>/lyrics/<slug:kind>/", lyrics.lyrics_export, name="lyrics-export"),
    path("s/<uuid:code>/retry/", acts.scene_retry, name="scene-retry"),
    path("s/<uuid:code>/skip/", acts.scene_skip, name="scene-skip"),
    path("s/<uuid:code>/unskip/", acts.scene_unskip, name="scene-unskip"),
    path("media/<slug:kind>/<uuid:code>/", media.media, name="media"),
]
