"""The site's addresses: accounts, set-up, admin, and the studio itself at the root."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from omvee.accounts import views

# The admin's own login page knows neither the login limits nor the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Omvee"
admin.site.enable_nav_sidebar = False

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/<str:token>/", views.setup, name="setup"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

if find_spec("projects.urls"):
    urlpatterns.append(path("", include("projects.urls")))
