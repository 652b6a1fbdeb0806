"""On what terms each demo car is rented, beside the texts and figures of `fleet.json`."""

from decimal import Decimal
from typing import Literal

import msgspec

from exodrive.operate.seed.house import AIRPORT, SHOWROOM, DemoPlace

FeeTerms = tuple[str, str, Decimal, Literal["rental", "day"], bool]

CLEANING = "Hand wash and preparation"
CLEANING_WHY = "Washed, dried and checked by hand before every rental."
TOLLS = "Toll pass"
TOLLS_WHY = "All tolls in Florida, without stopping and without a bill later."


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Who may drive a car, how far, from where, and which fees belong to it: name, explanation, amount, per what, taxed.

    ``requires_approval`` where staff look at each booking before they accept it.
    """

    minimum_age: int
    licence_years: int
    included: int
    extra: Decimal
    plate: str
    vin: str
    odometer: int
    fees: tuple[FeeTerms, ...]
    turnaround_days: int = 0
    featured: bool = False
    requires_approval: bool = False
    home: DemoPlace = SHOWROOM


def _cleaning(amount: int) -> FeeTerms:
    return (CLEANING, CLEANING_WHY, Decimal(amount), "rental", True)


def _tolls(amount: str) -> FeeTerms:
    return (TOLLS, TOLLS_WHY, Decimal(amount), "day", False)


TERMS = {
    "averno-v10": Terms(
        minimum_age=28, licence_years=5, included=120, extra=Decimal("4.50"), plate="AV10 RNO", vin="EXDAVERN0V10D0001", odometer=8412,
        fees=(_cleaning(145), _tolls("12.50")), featured=True,
    ),
    "calvane-gt": Terms(
        minimum_age=27, licence_years=4, included=200, extra=Decimal("3.25"), plate="CLV 612", vin="EXDCALVANEGTD0002", odometer=21890,
        fees=(_cleaning(110), _tolls("12.50")),
    ),
    "lumira-e": Terms(
        minimum_age=30, licence_years=5, included=150, extra=Decimal("6.00"), plate="LMR 1180", vin="EXDLUMRAE0EVD0003", odometer=3067,
        fees=(_cleaning(160), _tolls("12.50")), turnaround_days=1, featured=True,
    ),
    "tavira-spyder": Terms(
        minimum_age=25, licence_years=3, included=150, extra=Decimal("2.95"), plate="TVR SUN", vin="EXDTAVRASPYDR0004", odometer=12733,
        fees=(_cleaning(95), _tolls("12.50")), featured=True,
    ),
    "brannoch-x": Terms(
        minimum_age=25, licence_years=3, included=200, extra=Decimal("2.10"), plate="BRX 405", vin="EXDBRANCHXSVD0005", odometer=30258,
        fees=(_cleaning(90), _tolls("9.90")), home=AIRPORT,
    ),
    "ostrand-v8": Terms(
        minimum_age=25, licence_years=2, included=250, extra=Decimal("1.60"), plate="OST 808", vin="EXDXSTRANDV8D0006", odometer=26541,
        fees=(_cleaning(75), _tolls("9.90")), home=AIRPORT,
    ),
    "kitto-r": Terms(
        minimum_age=21, licence_years=1, included=180, extra=Decimal("0.85"), plate="KTT 0R", vin="EXDKTTR0C0UPE0007", odometer=18204,
        fees=(_cleaning(45), _tolls("7.50")),
    ),
    "wexcombe-coupe": Terms(
        minimum_age=30, licence_years=8, included=100, extra=Decimal("3.75"), plate="WEX 1962", vin="EXDWEXC0MBECP0008", odometer=6190,
        fees=(_cleaning(120),), turnaround_days=1, requires_approval=True,
    ),
}  # fmt: skip
