"""What GET /carriers answers: a bare array of code and label. Data only.

Kept from a list measured on 2 September 2026: 66 entries, codes not unique, one label with a trailing blank,
and a catch-all `default`. The labels named in public sources are real, the other codes are invented.
"""

from __future__ import annotations

_LISTED = """
pcc=La Poste|pcc=Colissimo|pcc=Chronopost|pcc=Chronofresh|dhldp=DHL|dhldp=Deutsche Post|dpd=DPD|dpd=DPD France
postnl=PostNL|fedex=FedEx|tnt=TNT|tntfr=TNT Express France|mrelay=Mondial Relay|brt=BRT|gls=GLS|gls=GLS Italy
ups=UPS|upsmi=UPS Mail Innovations|cprive=Colis Privé|rcolis=Relais Colis|schenk=DB Schenker|bpost=Bpost
bpost=Bpost International|seur=Seur|kn=Kuehne + Nagel|geodis=GEODIS|geodis=GEODIS Calberson|dachser=Dachser
heppner=Heppner|cainiao=Cainiao|yun=Yun Express|4px=4PX|rmail=Royal Mail|hermes=Hermes|hermes=Evri|ciblex=Ciblex
xpo=XPO Logistics|fmlog=FM Logistic|vir=VIR Transport|agediss=Agediss|deret=Deret|coliss=Colis Suisse Post
correos=Correos|correosx=Correos Express|mrw=MRW|nacex=Nacex|ctt=CTT Expresso|poste=Poste Italiane|sda=SDA
inpost=InPost|pacz=Packeta|swiss=Swiss Post|austria=Österreichische Post|spring=Spring GDS|asendia=Asendia
landm=Landmark Global|wish=WishPost|sfexp=SF Express|china=China Post|yanwen=Yanwen|ems=EMS|jnt=J&T Express
star=Star Service|stuart=Stuart|default=autre
"""

#: The label that the real list carries with a blank at its end.
TRAILING_BLANK = "Colis Privé"


def _parse() -> list[dict[str, str]]:
    entries = [entry.split("=", 1) for row in _LISTED.split("\n") for entry in row.split("|") if entry]
    return [{"code": code, "label": label + " " if label == TRAILING_BLANK else label} for code, label in entries]


CARRIERS: list[dict[str, str]] = _parse()
LABELS = frozenset(carrier["label"] for carrier in CARRIERS)
