"""django-helpdesk's own addresses: it writes links to tickets into what it keeps."""

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
