"""What a case is called: as its group wrote it; an exercise as its scenario in the reader's language."""

from __future__ import annotations

from incidents.cases import scenarios
from incidents.models import Exercise, Incident


def title(incident: Incident) -> str:
    if not incident.exercise:
        return incident.title
    played = Exercise.objects.filter(incident=incident).first()
    return str(scenarios.of(played.scenario).title) if played else incident.title
