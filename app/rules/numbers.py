"""Which telephone numbers may be a customer's at all: none that costs or belongs to nobody.

Calls to premium numbers are how a stolen key is turned into money; see "toll fraud" in Twilio's
anti-fraud guide (https://www.twilio.com/docs/usage/anti-fraud-developer-guide).
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

_NOBODYS = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.TOLL_FREE: "a toll-free number",
    PhoneNumberType.PAGER: "a pager's number",
    PhoneNumberType.VOICEMAIL: "a voicemail access number",
    PhoneNumberType.UAN: "a company's access number",
}
_OF_NO_COUNTRY = "001"


def not_a_customers(number: PhoneNumber) -> str | None:
    """What kind of number it is, if it cannot be a customer's; None where it may be."""
    if phonenumbers.region_code_for_country_code(number.country_code or 0) == _OF_NO_COUNTRY:
        return "a satellite or international number"
    return _NOBODYS.get(phonenumbers.number_type(number))
