"""Signature Version 4 as the embedded S3 server checks it: in the header or in a presigned link.

The signature is recomputed with botocore's own signer, so what a client signs and what is checked
cannot drift apart. Rules: AWS, "Authenticating Requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local.s3_chunks import ChunkSigner, plain_payload
from local.s3_request import S3RefusalError, S3Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
CLOCK_SKEW = timedelta(minutes=15)
LONGEST_LINK = timedelta(days=7)
HEADER_FORM = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<credential>[^,\s]+),\s*"
    r"SignedHeaders=(?P<signed>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]+)$"
)
SIGNING_PARAMETERS = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signedheaders",
        "x-amz-signature",
    }
)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The one pair of keys that the server knows."""

    identifier: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a request says about its own signature."""

    credential: str
    signed_headers: frozenset[str]
    signature: str
    timestamp: str
    payload_hash: str
    lifetime: timedelta | None


class _Verifier(S3SigV4Auth):  # type: ignore[misc]
    """botocore's signer, made to sign exactly the headers that the client says it signed."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        headers = HTTPHeaders()
        for name, value in request.headers.items():
            headers[name.lower()] = value
        return headers


def verified(request: S3Request, key: AccessKey, now: datetime) -> S3Request:
    """Check a request's signature and payload, and return it as an unsigned plain request.

    The result carries the decoded payload and an Authorization header that names the signer's
    region but holds no signature. Raises S3RefusalError with S3's own codes.
    """
    claim = _claim(request)
    identifier, region = _scope(claim)
    if not hmac.compare_digest(identifier, key.identifier):
        raise S3RefusalError(403, "InvalidAccessKeyId", "The access key is not known here.")
    _check_time(claim, now)
    _check_all_signed(request, claim)
    signer = _Verifier(Credentials(key.identifier, key.secret), "s3", region)
    expected = _signature(signer, request, claim)
    if not hmac.compare_digest(expected, claim.signature):
        raise S3RefusalError(
            403,
            "SignatureDoesNotMatch",
            "The calculated request signature does not match the signature provided.",
        )
    chunk_signer = ChunkSigner(signer, claim.timestamp, claim.signature)
    plain = plain_payload(request, claim.payload_hash, chunk_signer)
    return _without_signature(plain, claim)


def _claim(request: S3Request) -> _Claim:
    parameters = request.parameters()
    authorization = request.header("Authorization")
    if authorization is None and "X-Amz-Signature" in parameters:
        return _claim_of_link(request, parameters)
    if "AWSAccessKeyId" in parameters or (authorization or "").startswith("AWS "):
        raise S3RefusalError(
            400, "InvalidRequest", f"Signature Version 2 is not supported; use {ALGORITHM}."
        )
    if authorization is None:
        raise S3RefusalError(403, "AccessDenied", "Access Denied")
    match = HEADER_FORM.match(authorization.strip())
    payload_hash = request.header("X-Amz-Content-SHA256")
    if match is None or payload_hash is None:
        raise S3RefusalError(
            400, "AuthorizationHeaderMalformed", "The authorization header is malformed."
        )
    return _Claim(
        credential=match["credential"],
        signed_headers=frozenset(match["signed"].split(";")),
        signature=match["signature"],
        timestamp=request.header("X-Amz-Date") or "",
        payload_hash=payload_hash,
        lifetime=None,
    )


def _claim_of_link(request: S3Request, parameters: Mapping[str, str]) -> _Claim:
    expires = parameters.get("X-Amz-Expires", "")
    lifetime = timedelta(seconds=int(expires)) if expires.isdigit() and len(expires) < 9 else None
    if (
        parameters.get("X-Amz-Algorithm") != ALGORITHM
        or lifetime is None
        or not timedelta(0) < lifetime <= LONGEST_LINK
    ):
        raise S3RefusalError(
            400,
            "AuthorizationQueryParametersError",
            f"X-Amz-Algorithm is {ALGORITHM} and X-Amz-Expires 1 to 604800 seconds.",
        )
    signed = frozenset(parameters.get("X-Amz-SignedHeaders", "").split(";"))
    stated = request.header("X-Amz-Content-SHA256") if "x-amz-content-sha256" in signed else None
    return _Claim(
        credential=parameters.get("X-Amz-Credential", ""),
        signed_headers=signed,
        signature=parameters["X-Amz-Signature"],
        timestamp=parameters.get("X-Amz-Date", ""),
        payload_hash=stated or UNSIGNED,
        lifetime=lifetime,
    )


def _scope(claim: _Claim) -> tuple[str, str]:
    parts = claim.credential.rsplit("/", 4)
    well_formed = len(parts) == 5 and parts[3:] == ["s3", "aws4_request"]
    if (
        not well_formed
        or parts[1] != claim.timestamp[:8]
        or not {"host"} <= claim.signed_headers
        or not claim.credential.isascii()
        or not claim.signature.isascii()
    ):
        raise S3RefusalError(
            400, "AuthorizationHeaderMalformed", "The credential's scope is malformed."
        )
    return parts[0], parts[2]


def _check_time(claim: _Claim, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(claim.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise S3RefusalError(
            403, "AccessDenied", "The request needs a valid X-Amz-Date."
        ) from error
    if claim.lifetime is None:
        if abs(now - signed_at) > CLOCK_SKEW:
            raise S3RefusalError(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
        return
    if signed_at - now > CLOCK_SKEW:
        raise S3RefusalError(403, "AccessDenied", "Request is not yet valid")
    if now > signed_at + claim.lifetime:
        raise S3RefusalError(403, "AccessDenied", "Request has expired")


def _check_all_signed(request: S3Request, claim: _Claim) -> None:
    unsigned = {
        name.lower() for name, _ in request.headers if name.lower().startswith("x-amz-")
    } - (claim.signed_headers | {"x-amz-content-sha256"})
    if unsigned:
        raise S3RefusalError(
            403, "AccessDenied", "There were headers present in the request which were not signed"
        )


def _signature(signer: _Verifier, request: S3Request, claim: _Claim) -> str:
    signed_names = claim.signed_headers
    query = "&".join(
        pair for pair in request.query.split("&") if not pair.startswith("X-Amz-Signature=")
    )
    to_sign = AWSRequest(method=request.method, url=f"http://server{request.path}?{query}")
    to_sign.context["timestamp"] = claim.timestamp
    for name, value in request.headers:
        if name.lower() in signed_names:
            to_sign.headers[name] = value
    return _sign(signer, to_sign, claim.payload_hash)


def _sign(signer: _Verifier, to_sign: AWSRequest, payload_hash: str) -> str:
    canonical: str = signer.canonical_request(to_sign)
    # The canonical form ends with the payload's hash; in a link that header is not signed, so
    # botocore would hash an empty body instead.
    canonical = canonical.rsplit("\n", 1)[0] + "\n" + payload_hash
    signature: str = signer.signature(signer.string_to_sign(to_sign, canonical), to_sign)
    return signature


def _without_signature(request: S3Request, claim: _Claim) -> S3Request:
    query = "&".join(
        pair
        for pair in request.query.split("&")
        if pair and pair.partition("=")[0].lower() not in SIGNING_PARAMETERS
    )
    authorization = f"{ALGORITHM} Credential={claim.credential}, SignedHeaders=host, Signature=0"
    return replace(request, query=query).with_headers(
        {"Authorization": authorization}, without=frozenset({"x-amz-content-sha256"})
    )
