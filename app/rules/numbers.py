"""Which telephone numbers may be a customer's at all: none that costs or belongs to nobody.

Calls to premium numbers are how a stolen key is turned into money; see "toll fraud" in Twilio's
anti-fraud guide (https://www.twilio.com/docs/usage/anti-fraud-developer-guide).
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from app.saying import Saying

_NOBODYS = {
    PhoneNumberType.PREMIUM_RATE: Saying("a premium-rate number"),
    PhoneNumberType.SHARED_COST: Saying("a shared-cost number"),
    PhoneNumberType.TOLL_FREE: Saying("a toll-free number"),
    PhoneNumberType.PAGER: Saying("a pager's number"),
    PhoneNumberType.VOICEMAIL: Saying("a voicemail access number"),
    PhoneNumberType.UAN: Saying("a company's access number"),
}
_OF_NO_COUNTRY = "001"


def not_a_customers(number: PhoneNumber) -> Saying | None:
    """What kind of number it is, if it cannot be a customer's; None where it may be."""
    if phonenumbers.region_code_for_country_code(number.country_code or 0) == _OF_NO_COUNTRY:
        return Saying("a satellite or international number")
    return _NOBODYS.get(phonenumbers.number_type(number))
