"""Listens for syslog of firewalls and detectors, and raises an alert for what is grave enough."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from ipaddress import ip_network
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.syslog.listening import Listening
from incidents.syslog.taking import WARNING, Taking


class Command(BaseCommand):
    help = "Raise alerts from syslog over UDP and TCP / 接收防火墙等系统的 syslog 并生成告警"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on / 监听地址")
        parser.add_argument("--port", type=int, default=5514)
        parser.add_argument(
            "--from", action="append", dest="senders", metavar="NETWORK", default=[],
            help="network that may send, again for more; without any only this host / 允许的来源网段",
        )  # fmt: skip
        parser.add_argument(
            "--level", type=int, choices=range(8), default=WARNING,
            help="least grave level that becomes an alert, 0 to 7 / 生成告警的最低级别",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            known = [ip_network(each) for each in options["senders"] or ["127.0.0.0/8", "::1/128"]]
        except ValueError as error:
            raise CommandError(str(error)) from None
        listening = Listening(known, Taking(up_to=options["level"]))
        try:
            asyncio.run(listening.run(options["host"], options["port"], self.stdout.write))
        except OSError as error:
            raise CommandError(str(error.strerror)) from None
