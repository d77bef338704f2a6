"""Money: which currencies there are (ISO 4217), how fine each is, and how an amount is spelled."""

from decimal import ROUND_HALF_EVEN, Decimal

AMOUNT_DIGITS = 18  # of which six stand behind the point: what every stored amount can hold
AMOUNT_PLACES = 6
LEAST_PLACES = 2
LARGEST_AMOUNT = Decimal(10) ** (AMOUNT_DIGITS - AMOUNT_PLACES) - Decimal(10) ** -AMOUNT_PLACES

# Funds, metals and test codes are left out: nobody is billed for advertising in them. Currencies that
# were withdrawn less than three years ago (ANG, BGN, ZWL) stay, since facts that old are still accepted.
_CODES_BY_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP "
        "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
        "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS "
        "VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
MINOR_UNITS = {code: digits for digits, codes in _CODES_BY_MINOR_UNITS.items() for code in codes.split()}
CURRENCIES = frozenset(MINOR_UNITS)


def amount_text(amount: Decimal) -> str:
    """At least two decimals, at most six, no zeros beyond the second; rounded half-even."""
    rounded = amount.quantize(Decimal(10) ** -AMOUNT_PLACES, ROUND_HALF_EVEN)
    whole, _, fraction = f"{rounded:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(LEAST_PLACES, '0')}"
