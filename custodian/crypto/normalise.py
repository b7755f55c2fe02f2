"""One spelling per value, so that the same person typed two ways has the same blind index.

Changing any rule here changes stored indexes: it needs a reindex and new frozen vectors.
"""

from __future__ import annotations

import re
import unicodedata

from custodian.crypto.private_use import STANDARD_CHARACTERS

UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # variation selectors
HAN = re.compile(
    "[\u2e80-\u2fdf\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
NAME_DOTS = re.compile("\\s*[.·•・‧∙⋅⸱●]\\s*")
# What keyboards and scanners offer for the check letter of a resident ID.
LOOKALIKE_X = str.maketrans({"×": "X", "✕": "X", "Х": "X", "х": "X"})
CHINESE_MOBILE = re.compile(r"(?:\+?(?:00)?86|0)?(1\d{10})")


def normalise_text(value: str) -> str:
    """Compatibility forms folded, private-use characters replaced, single spaces, none unseen."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())  # nothing to fold: most numbers and addresses of a book
    folded = unicodedata.normalize("NFKC", value.translate(STANDARD_CHARACTERS))
    seen = "".join(c for c in UNSEEN.sub("", folded) if not _is_invisible(c))
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def normalise_name(value: str) -> str:
    """One dot for all name dots, no spaces in a Chinese name, Latin letters without case."""
    dotted = re.sub("·+", "·", NAME_DOTS.sub("·", normalise_text(value))).strip("·")
    return _folded(dotted.replace(" ", "") if HAN.search(dotted) else dotted)


def normalise_id_number(value: str) -> str:
    return _letters_and_digits(normalise_text(value).translate(LOOKALIKE_X))


def normalise_mobile(value: str) -> str:
    """A Chinese mobile without prefix; any other number as + and digits, or as its digits."""
    text = normalise_text(value)
    digits = ("+" if text.startswith("+") else "") + _digits(text)
    if chinese := CHINESE_MOBILE.fullmatch(digits):
        return chinese[1]
    return "+" + digits[2:] if digits.startswith("00") else digits


def normalise_email(value: str) -> str:
    return _folded("".join(normalise_text(value).split())).rstrip(".")


def normalise_account(value: str) -> str:
    return _digits(normalise_text(value))


def normalise_policy_number(value: str) -> str:
    return _letters_and_digits(normalise_text(value))


def _letters_and_digits(text: str) -> str:
    upper = text.upper()
    if upper.isascii() and upper.isalnum():
        return upper
    return normalise_text("".join(c for c in upper if c.isalnum()))


def _folded(text: str) -> str:
    # Folding may leave a form that composes again, so it is done on composed text and once more.
    return normalise_text(normalise_text(text).casefold())


def _is_invisible(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind == "Cf" or (kind == "Cc" and not character.isspace())


def _digits(text: str) -> str:
    if text.isascii() and text.isdecimal():
        return text
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
