"""Uses every operation by the client that OpenAPI Generator makes for Python; the generated models judge each answer.

Takes the URL of a service, and prints one JSON object: what the client decoded. Ends with an error where an answer does not fit.
"""

import datetime
import json
import sys

import registry_client as generated

ID = "orders/web"
UTC = datetime.timezone.utc
LIFESPAN = "client_credentials_grant_access_token_lifespan"
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "one",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}

url, example = sys.argv[1:]
connection = generated.ApiClient(generated.Configuration(host=url))
clients = generated.ClientsApi(connection)
health = generated.HealthApi(connection)
with open(example, encoding="utf8") as file:
    sent = json.load(file)


def client(**members):
    return generated.OAuth2Client(**members)


def patch(op, path, value):
    return generated.JsonPatch(op=op, path=path, value=value)


def kept(metadata):
    return clients.create_o_auth2_client(client(metadata=metadata)).metadata


def refusal(call, *args, **kwargs):
    """The decoded error: its status, its code and the members at fault."""
    try:
        call(*args, **kwargs)
    except generated.ApiException as error:
        pointers = [fault.pointer for fault in error.data.errors or []]
        return [error.status, error.data.error, pointers]
    return "not refused"


everything = clients.create_o_auth2_client(generated.OAuth2Client.from_dict(sent))
created = clients.create_o_auth2_client(client(client_id=ID, **{LIFESPAN: "90m"}))
read = clients.get_o_auth2_client_with_http_info(ID)
etag = read.headers["ETag"]
page = clients.list_o_auth2_clients_with_http_info(
    client_id=[ID, "nobody"],
    created_after=datetime.datetime(2020, 1, 1, tzinfo=UTC),
    include_total=True,
    page_size=5,
    sort="-created_at",
)
changes = [
    patch("replace", "/client_name", "Orders"),
    patch("add", "/contacts/-", "ops@example.com"),
    patch("replace", "/skip_consent", True),
]
patched = clients.patch_o_auth2_client(ID, changes, if_match=etag)
replaced = clients.set_o_auth2_client(ID, generated.OAuth2Client.from_dict(patched.to_dict()))
lifespans = [
    getattr(clients.set_o_auth2_client_lifespans(ID, generated.OAuth2ClientTokenLifespans(**{LIFESPAN: value})), LIFESPAN)
    for value in ("1h30m", "", None)
]
added = clients.add_o_auth2_client_secret(ID, o_auth2_client_secret_input=generated.OAuth2ClientSecretInput(label="blue"))
clients.delete_o_auth2_client_secret(ID, str(added.id))
rotated = clients.rotate_o_auth2_client_secret(ID, o_auth2_client_secret_rotation=generated.OAuth2ClientSecretRotation(grace="24h"))
secrets = clients.list_o_auth2_client_secrets(ID)
clients.delete_rotated_o_auth2_client_secrets(ID)
keys = generated.JsonWebKeySet.from_dict({"keys": [KEY]})
with_keys = clients.create_o_auth2_client(client(token_endpoint_auth_method="private_key_jwt", jwks=keys))
refusals = [
    refusal(clients.create_o_auth2_client, client(client_id=ID)),
    refusal(clients.create_o_auth2_client, client(redirect_uris=["x", "javascript:1"])),
    refusal(clients.delete_o_auth2_client, ID, if_match=etag),
    refusal(clients.get_o_auth2_client, "nobody"),
]
clients.delete_o_auth2_client(ID)

print(
    json.dumps(
        {
            "example": everything.to_dict()["client_name"] == sent["client_name"],
            "secrets shown": [bool(created.client_secret), read.data.client_secret, bool(rotated.client_secret)],
            "lifespan": getattr(read.data, LIFESPAN),
            "created in UTC": created.created_at.utcoffset() == datetime.timedelta(),
            "page": [found.client_id for found in page.data],
            "total": page.headers["X-Total-Count"],
            "names left out": [found.client_name for found in clients.list_o_auth2_clients(fields="client_id", page_size=1)],
            "patched": [patched.client_name, patched.contacts, patched.skip_consent],
            "replaced": replaced == patched,
            "lifespans": lifespans,
            "labels": [secret.label for secret in secrets],
            "kid": with_keys.jwks.keys[0].kid,
            "metadata": [kept(value) for value in (["any", 1.5, None], {"a": {"b": 1}}, "text", 5, True, None)],
            "refusals": refusals,
            "health": [health.is_alive().status, health.is_ready().status],
            "version": health.get_version().version,
        }
    )
)
