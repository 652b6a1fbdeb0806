"""Who writes invoices."""

import pytest

from tests.emulators.merchant import Merchant
from tests.emulators.paypal.invoicing.billing import Bills


@pytest.fixture
def bills(merchant: Merchant) -> Bills:
    return Bills(merchant)
