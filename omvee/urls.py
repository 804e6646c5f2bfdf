"""The site's addresses: accounts, set-up, admin, and the studio itself at the root."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from omvee.accounts import views
from pipeline.webhooks import hook

# The admin's own login page knows neither the login limits nor the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Omvee"
admin.site.enable_nav_sidebar = False

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/<str:token>/", views.setup, name="setup"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    re_path(r"^hooks/(?P<provider>[a-z]{2,40})/(?P<code>[0-9a-f-]{36})/$", hook, name="hook"),
]

if find_spec("projects.urls"):
    urlpatterns.append(path("", include("projects.urls")))
