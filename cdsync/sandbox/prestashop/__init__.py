"""The rehearsal's PrestaShop: as strict as the recorded 9.1.4 and 8.2.1 shops. Never imports cdsync itself."""

from .core.front import Front
from .sandbox import Combination, PrestaShopSandbox

__all__ = ["Combination", "Front", "PrestaShopSandbox"]
