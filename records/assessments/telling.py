"""An assessment on its page: what it says, by the headings of the law, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.law.words import english
from access.vocabulary import Purpose
from custodian.regimes.assessments import Heading
from records.assessments import papers, things
from records.models import ImpactAssessment


def of(row: ImpactAssessment, said: Mapping[str, Any]) -> dict[str, Any]:
    """As it was frozen; of one in work as it stands."""
    tongue = "en" if english() else "zh"
    thing = things.find(row.kind, row.about)
    return {
        "label": things.label_of(row.kind),
        "name": thing.name if thing else said["about"]["name"] or row.title,
        "code": things.reference_of(row.kind, row.about),
        "url": thing.url if thing else "",
        "elements": [
            {**each, "label": each[tongue], "people": said["people"].get(each["code"])}
            for each in said["elements"]
        ],
        "looks": [str(dict(Purpose.choices).get(each, each)) for each in said["looks"]],
        "recipients": said["recipients"],
        "headings": [
            (
                title,
                [
                    (each[tongue], each["answer"])
                    for each in said["answers"]
                    if each["heading"] == title.heading
                ],
            )
            for title in _titles()
        ],
    }


def _titles() -> list[Any]:
    titles = {each.heading: each for each in papers.form().titles.values()}
    return [titles[each] for each in Heading]
