"""Bring in the courses of this release whose contents are newer than those in force."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from access import actors, scopes
from access.training import courses, files


class Command(BaseCommand):
    help = "Load new course contents after an upgrade / 升级后装入新的课程内容"

    def handle(self, *args: Any, **options: Any) -> None:
        actor = actors.system("installation")
        with scopes.acting(actor):
            loaded = [courses.load(said, actor=actor) for said in files.read(files.COURSES)]
        for course in filter(None, loaded):
            self.stdout.write(
                _("《%(title)s》第 %(version)s 版")
                % {"title": course.title, "version": course.version}
            )
        if not any(loaded):
            self.stdout.write(_("课程没有新内容。"))
