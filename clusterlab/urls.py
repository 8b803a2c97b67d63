"""The addresses of the site; /healthz and /readyz are answered by a middleware."""

from django.urls import include, path

from clusterlab.labs import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("lab/<str:lab_id>", views.lab, name="lab"),
    path("lab/<str:lab_id>/start-over", views.start_over, name="start-over"),
    path("glossary/<str:language>.json", views.glossary, name="glossary"),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler404 = "clusterlab.labs.views.gone"
