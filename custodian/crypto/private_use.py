"""Characters that GBK and early GB 18030 kept in the private use area, with their standard places.

Older systems store rare name characters such as 䶮 this way. The codes FE50 to FEA0 run from
U+E815 in the order below; two accented pinyin letters sit apart.
"""

from __future__ import annotations

_FIRST = 0xE815
_IDEOGRAPHS = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌"
    "龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_PINYIN = {0xE7C7: "ḿ", 0xE7C8: "ǹ"}

STANDARD_CHARACTERS: dict[int, str] = {
    **{_FIRST + place: character for place, character in enumerate(_IDEOGRAPHS)},
    **_PINYIN,
}
