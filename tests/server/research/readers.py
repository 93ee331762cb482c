"""Readers of a vetted room: they answer invitations, sign in, and lose their phones."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from server.research.accounts import Accounts
from server.research.config import ACCESS, VETTED, ResearchConfig
from server.research.sessions import Sessions
from server.research.tables import connect, key_of, prepare

PHRASE: Final = "옹기 열두 개를 묻었다 twelve jars"
SITE: Final = "https://localhost"
NOON: Final = 1_800_000_000.0


@dataclass
class Clock:
    """The room's clock, which a test moves."""

    seconds: float = NOON

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Desk:
    """The accounts of one room, with a clock that a test moves."""

    engine: Engine
    accounts: Accounts
    sessions: Sessions
    clock: Clock

    @classmethod
    def of(cls, home: Path) -> Desk:
        prepare(home)
        engine, clock = connect(home), Clock()
        return cls(engine, Accounts(engine, key_of(home), clock), Sessions(engine, clock), clock)

    def number(self, secret: bytes) -> str:
        """What her app shows now."""
        return number(secret, self.clock())

    def joined(self, name: str) -> tuple[bytes, tuple[str, ...]]:
        """*name* has answered an invitation: the secret in her app, and her recovery codes."""
        code = self.accounts.invite(name, self.accounts.today)
        secret = self.accounts.invited(code).secret
        return secret, self.accounts.join(code, PHRASE, self.number(secret))


def number(secret: bytes, now: float) -> str:
    return TOTP(secret, 6, SHA1(), 30).generate(int(now)).decode()


def vetted(config: ResearchConfig) -> ResearchConfig:
    """The same room, for invited readers only."""
    prepare(config.home)
    (config.home / ACCESS).write_text(VETTED)
    return config


def post(browser: FlaskClient, path: str, page: str = "", **fields: str) -> TestResponse:
    """Fill in the form of a page, as a browser does, with the token that the page carries."""
    shown = browser.get(page or path, base_url=SITE).text
    token = re.search(r'name="form" value="([^"]*)"', shown)
    assert token
    return browser.post(path, base_url=SITE, data={"form": html.unescape(token[1])} | fields)


def reading(app: Flask, name: str, secret: bytes, now: float, *, accepts: bool = True) -> FlaskClient:
    """A browser in which *name* is signed in, and has accepted the terms."""
    browser = app.test_client()
    answer = post(browser, "/sign-in", name=name, phrase=PHRASE, number=number(secret, now))
    assert answer.status_code == 302, answer.text
    if accepts:
        post(browser, "/terms", version="1")
    return browser
