"""The addresses of the orders' pages in one table; what each does is in the module it names."""

from __future__ import annotations

from flask import Blueprint

from ..one_order import evidence as order_evidence
from ..one_order import preview as order_preview
from ..one_order import view as order_page
from ..order_list import csv_file as order_csv
from ..order_list import view as order_list
from . import actions as order_actions
from . import fixes as order_fixes

pages = Blueprint("orders", __name__, url_prefix="/orders")

pages.add_url_rule("", "page", order_list.page)
pages.add_url_rule("/selection", "selection", order_list.ticked_bar)
pages.add_url_rule("/refusal", "refusal", order_list.refusal)
pages.add_url_rule("/export.csv", "export", order_csv.export)
pages.add_url_rule("/act", "act", order_actions.act, methods=["POST"])
pages.add_url_rule("/lookup", "lookup", order_actions.lookup, methods=["POST"])
pages.add_url_rule("/runs/<int:id>/stop", "stop", order_actions.stop, methods=["POST"])

pages.add_url_rule("/<order:ref>", "order_page", order_page.page)
pages.add_url_rule("/<order:ref>/refusal", "order_refusal", order_page.refusal)
pages.add_url_rule("/<order:ref>/act", "act_on_one", order_actions.act_on_one, methods=["POST"])
pages.add_url_rule("/<order:ref>/carrier", "map_carrier", order_fixes.map_carrier, methods=["GET", "POST"])
pages.add_url_rule("/<order:ref>/product", "map_product", order_fixes.map_product, methods=["GET", "POST"])
pages.add_url_rule("/<order:ref>/preview", "preview", order_preview.preview)
pages.add_url_rule("/<order:ref>/exchanges", "exchanges", order_evidence.exchanges)
pages.add_url_rule("/<order:ref>/raw", "raw", order_evidence.raw)
pages.add_url_rule("/<order:ref>/personal", "personal", order_evidence.personal, methods=["POST"])
pages.add_url_rule("/<order:ref>/support-file", "support_file", order_evidence.support_file)
