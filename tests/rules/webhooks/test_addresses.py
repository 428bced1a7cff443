"""Where events may be sent: every known way to lead us into our own network is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.webhooks.addresses import AddressError, is_public, target

GOOD = {
    "https://hooks.shop.example/delauto": "https://hooks.shop.example/delauto",
    "https://HOOKS.Shop.Example": "https://hooks.shop.example/",
    "https://shop.example:443/a?b=c&d=%2F": "https://shop.example/a?b=c&d=%2F",
    "https://shop.example:8443/": "https://shop.example:8443/",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
    "https://shop.example?token=abc": "https://shop.example/?token=abc",
}


@pytest.mark.parametrize(("given_url", "kept"), GOOD.items())
def test_a_name_of_the_public_internet_is_taken(given_url, kept) -> None:
    assert target(given_url).url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "//shop.example/",
        "shop.example",
        "",
        "https://",
        "https:///path",
        # Numbers for names, however they are written.
        "https://127.0.0.1/",
        "https://8.8.8.8/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://017700000001/",
        "https://127.1/",
        "https://1.2.3.0x10/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::]/",
        # Names that lead inside.
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://a.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://intranet/",
        "https://shop.example./",
        "https://1.0.0.127.in-addr.arpa/",
        # What readers of addresses disagree about.
        "https://user@shop.example/",
        "https://user:secret@shop.example/",
        "https://@shop.example/",
        "https://shop.example@127.0.0.1/",
        "https://127.0.0.1#@shop.example/",
        "https://shop.example#fragment",
        "https://shop.example\\@127.0.0.1/",
        "https://127.0.0.1\\.shop.example/",
        "https://shop.example/ a",
        " https://shop.example/",
        "https://shop.example/\r\nHost: other",
        "https://sho\tp.example/",
        "https://shop.ex%61mple/",
        "https://bücher.example/",
        "https://①②⑦.⓪.⓪.①/",
        "https://shop。example/",
        "https://-shop.example/",
        "https://shop..example/",
        "https://" + "a" * 64 + ".example/",
        "https://shop.example/" + "a" * 2000,
        # Ports of other services.
        "https://shop.example:22/",
        "https://shop.example:6379/",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:-1/",
        "https://shop.example:abc/",
    ],
)
def test_everything_else_is_refused_with_a_reason(url) -> None:
    with pytest.raises(AddressError) as caught:
        target(url)
    assert str(caught.value).startswith("it")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/x",
        "http://localhost:9000/x",
        "https://localhost/",
        "http://[::1]:80/",
    ],
)
def test_our_own_machine_is_taken_where_the_operator_lets_it(url) -> None:
    assert target(url, to_loopback=True)
    with pytest.raises(AddressError):
        target(url)


def test_nothing_else_is_let_in_with_our_own_machine() -> None:
    for url in ("http://10.0.0.1/", "http://shop.example/", "https://169.254.169.254/"):
        with pytest.raises(AddressError):
            target(url, to_loopback=True)


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble(text) -> None:
    for url in (text, f"https://{text}", f"https://shop.example{text}"):
        try:
            found = target(url)
        except AddressError:
            continue
        assert found.scheme == "https"
        assert found.port in (443, 8443)
        assert target(found.url) == found


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"],
)
def test_addresses_of_the_internet_are_public(address) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200",
        "192.0.0.1", "192.0.0.9", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "168.63.129.16",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1",
        "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700:4700::1111%eth0",
        "localhost", "", "8.8.8", "8.8.8.8/32", "0x08080808",
    ],
)  # fmt: skip
def test_all_others_are_not(address) -> None:
    assert not is_public(address)
