"""The addresses of rounds, runs and models."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
