"""`python -m bench.lookup_market ORDERS`: a marketplace that only lists, so that the machine's time goes to who asks.

Its orders are the rehearsal's own, written once; what it is asked is what the rehearsal answers too: a token, and
GET /orders with updatedAtMin, updatedAtMax, pageIndex and pageSize. Prints its port; ends with its standard input.
"""

from __future__ import annotations

import bisect
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json, to_json

SPREAD = timedelta(days=6)  # the orders' last changes lie evenly in so long a time until now
MAKERS = 1000  # orders added to one rehearsal marketplace at a time: what it answers lists all of them


class Orders:
    """JSON texts by the moment of their last change."""

    def __init__(self, count: int) -> None:
        self.moments: list[str] = []
        self.texts: list[str] = []
        began = datetime.now(UTC) - SPREAD
        for first in range(0, count, MAKERS):
            market = OctopiaSandbox()
            for number in range(first, min(first + MAKERS, count)):
                at = began + SPREAD * number / count
                lines = [line_json(sku=f"SKU-{number % 500}", quantity=2), line_json(sku=f"SKU-{number % 77 + 500}")]
                order = order_json(order_id=f"C{number:09}", status="Shipped", lines=lines, purchased_at=at)
                market.add(order)
                record = market.ledger.records[f"C{number:09}"]
                record.order["updatedAt"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            for shown in market.orders():
                self.moments.append(shown["updatedAt"])
                self.texts.append(to_json(shown))

    def page(self, query: dict[str, list[str]]) -> str:
        """Without a page: how many there are (/orders/count)."""
        first = bisect.bisect_left(self.moments, query.get("updatedAtMin", [""])[0])
        last = bisect.bisect_right(self.moments, query.get("updatedAtMax", ["~"])[0])
        if "pageSize" not in query:
            return str(last - first)
        size, index = int(query["pageSize"][0]), int(query["pageIndex"][0])
        shown = self.texts[first:last][(index - 1) * size : index * size]
        return f'{{"itemsPerPage":{size},"items":[{",".join(shown)}]}}'


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    orders: Orders

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer('{"access_token":"a token for measurements","expires_in":7200}')

    def do_GET(self) -> None:
        self._answer(self.orders.page(parse_qs(urlsplit(self.path).query)))

    def _answer(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    Door.orders = Orders(int(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
