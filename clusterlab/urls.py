"""The addresses of the site."""

from django.urls import include, path

from clusterlab.labs import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("lab/<str:lab_id>", views.lab, name="lab"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler404 = "clusterlab.labs.views.gone"
