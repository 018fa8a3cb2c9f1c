"""What the random orders buy: products at the four French rates, combinations, ecotax, and a product for fees. Data.

Rates in percent; prices, price impacts and ecotax without tax. `put_into` fills a rehearsal shop with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cdsync.sandbox.prestashop import Combination, PrestaShopSandbox

RATES = ("20", "10", "5.5", "2.1")
FEE_SKU = "FEE"
STOCK, LITTLE = 1_000_000, 3


@dataclass(frozen=True)
class Variant:
    """A combination; `ecotax` above zero stands in for the product's own."""

    sku: str
    impact: str
    ecotax: str = "0"


@dataclass(frozen=True)
class Product:
    sku: str
    rate: str
    price: str
    ecotax: str = "0"
    stock: int = STOCK
    variants: tuple[Variant, ...] = ()


def _variants(sku: str, *impacts: str, ecotaxes: tuple[str, ...] = ()) -> tuple[Variant, ...]:
    own = ecotaxes or ("0",) * len(impacts)
    return tuple(Variant(f"{sku}-{n}", impact, tax) for n, (impact, tax) in enumerate(zip(impacts, own, strict=True)))


PRODUCTS = (
    *(Product(f"PLAIN-{rate}-{n}", rate, price) for rate in RATES for n, price in enumerate(("11.90", "3.333333"))),
    Product("SCARCE", "20", "7.77", stock=LITTLE),
    Product("SIZES-20", "20", "23.90", variants=_variants("SIZES-20", "0", "1.50", "-2.35")),
    Product("SIZES-5.5", "5.5", "8.00", variants=_variants("SIZES-5.5", "0", "0.333333")),
    Product("ECO-20", "20", "300.00", ecotax="12.50"),
    Product("ECO-10", "10", "40.00", ecotax="0.416667"),
    Product(
        "ECOSIZES-20", "20", "90.00", ecotax="1.20",
        variants=_variants("ECOSIZES-20", "0", "10.00", ecotaxes=("0", "3.00")),
    ),
    Product(FEE_SKU, "20", "1.00"),
)  # fmt: skip


@dataclass(frozen=True)
class Article:
    """Something that can be bought: rate in percent, ecotax per piece without tax."""

    sku: str
    rate: Decimal
    ecotax: Decimal


def _articles() -> dict[str, Article]:
    found = {}
    for product in PRODUCTS:
        rate = Decimal(product.rate)
        if not product.variants:
            found[product.sku] = Article(product.sku, rate, Decimal(product.ecotax))
        for one in product.variants:
            ecotax = one.ecotax if Decimal(one.ecotax) else product.ecotax
            found[one.sku] = Article(one.sku, rate, Decimal(ecotax))
    return found


ARTICLES = _articles()


def put_into(shop: PrestaShopSandbox) -> None:
    """Adds every product; the shop keeps its installed carriers (2: 7.00 without tax, 8.40 with)."""
    for product in PRODUCTS:
        sizes = [Combination(v.sku, v.sku, STOCK, price_impact=Decimal(v.impact)) for v in product.variants]
        shop.add_product(
            product.sku,
            f"Product {product.sku}",
            Decimal(product.price),
            tax_rate=product.rate,
            stock=product.stock,
            ecotax=Decimal(product.ecotax),
            combinations=sizes,
        )
        for one in product.variants:
            combinations = shop.shop.store.table("combinations")
            (row,) = combinations.where("reference", one.sku)
            combinations.update(row["id"], {"ecotax": one.ecotax})
